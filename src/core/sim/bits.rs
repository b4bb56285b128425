//! Fields of a few bits, written one behind the other.

/// A bit writer.
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    bits: u32,
}

impl<'a> Writer<'a> {
    /// Creates a writer that appends to these bytes.
    pub fn new(out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer { out, held: 0, bits: 0 }
    }

    /// Writes a field of this many bits.
    pub fn put(&mut self, value: u8, bits: u32) {
        self.all([(value, bits)]);
    }

    /// Writes several fields of at most 32 bits in total at once; this runs for every transition
    /// the search tries.
    #[inline(always)]
    pub fn all<const N: usize>(&mut self, fields: [(u8, u32); N]) {
        let (mut word, mut at) = (0, 0);
        for (value, bits) in fields {
            debug_assert!(bits == 8 || u32::from(value) < 1 << bits, "{value} in {bits} bits");
            word |= u64::from(value) << at;
            at += bits;
        }
        debug_assert!(at <= 32);
        self.held |= word << self.bits;
        self.bits += at;
        // Flush four bytes at a time.
        if self.bits >= 32 {
            self.out.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.bits -= 32;
        }
    }

    /// Writes a single bit.
    #[inline]
    pub fn flag(&mut self, value: bool) {
        self.all([(u8::from(value), 1)]);
    }

    /// Writes what is left.
    pub fn finish(self) {
        let bytes = self.bits.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
    }
}

/// A bit reader: reads what a [`Writer`] has written.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    bits: u32,
}

impl<'a> Reader<'a> {
    /// Creates a reader at the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0, held: 0, bits: 0 }
    }

    /// Reads a field of this many bits.
    #[inline]
    pub fn get(&mut self, bits: u32) -> u8 {
        if self.bits < bits {
            self.fill();
        }
        let value = (self.held & ((1 << bits) - 1)) as u8;
        self.held >>= bits;
        self.bits -= bits;
        value
    }

    /// Reads a single bit.
    #[inline]
    pub fn flag(&mut self) -> bool {
        self.get(1) == 1
    }

    fn fill(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let four = rest.first_chunk::<4>().copied().unwrap_or_else(|| {
            let mut four = [0; 4];
            four[..rest.len()].copy_from_slice(rest);
            four
        });
        self.held |= u64::from(u32::from_le_bytes(four)) << self.bits;
        self.at += 4;
        self.bits += 32;
    }
}
