//! AMQP 0-9-1 frames (amqp0-9-1.pdf, 2.3.5 and 4.2.3): a type, a channel, a size, a payload, and an
//! end octet. A method that carries a message is followed by a header frame and body frames.

/// The protocol header that a client opens a connection with.
const PREFACE: usize = 8;
/// Type, channel and size before the payload, and the end octet after it.
const AROUND: usize = 8;

/// Methods that carry a delivery tag or a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    Publish { body: Vec<u8> },
    Deliver { tag: u64, body: Vec<u8> },
    Return { body: Vec<u8> },
    Ack { tag: u64, multiple: bool },
    Nack { tag: u64, multiple: bool, requeue: bool },
    Reject { tag: u64, requeue: bool },
    Other,
}

/// Frames that belong together, byte for byte as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub bytes: Vec<u8>,
    pub method: Method,
}

/// Cuts a stream of bytes into units.
#[derive(Debug)]
pub struct Reader {
    bytes: Vec<u8>,
    /// The protocol header is still to come; only clients send one.
    preface: bool,
}

impl Reader {
    pub fn of_client() -> Reader {
        Reader { bytes: Vec::new(), preface: true }
    }

    pub fn of_broker() -> Reader {
        Reader { bytes: Vec::new(), preface: false }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next complete unit, if it has arrived.
    pub fn next_unit(&mut self) -> Option<Unit> {
        if self.preface {
            let bytes = self.take(PREFACE)?;
            self.preface = false;
            return Some(Unit { bytes, method: Method::Other });
        }
        let first = frame(&self.bytes, 0)?;
        let payload = &self.bytes[first.payload.clone()];
        let Some(method) = method(first.kind, payload) else {
            let bytes = self.take(first.end)?;
            return Some(Unit { bytes, method: Method::Other });
        };
        if !matches!(
            method,
            Method::Publish { .. } | Method::Deliver { .. } | Method::Return { .. }
        ) {
            let bytes = self.take(first.end)?;
            return Some(Unit { bytes, method });
        }
        let header = frame(&self.bytes, first.end)?;
        let size = number(&self.bytes[header.payload.clone()], 4, 8)? as usize;
        let (mut end, mut content) = (header.end, Vec::new());
        while content.len() < size {
            let part = frame(&self.bytes, end)?;
            content.extend_from_slice(&self.bytes[part.payload]);
            end = part.end;
        }
        let bytes = self.take(end)?;
        let method = match method {
            Method::Publish { .. } => Method::Publish { body: content },
            Method::Deliver { tag, .. } => Method::Deliver { tag, body: content },
            _ => Method::Return { body: content },
        };
        Some(Unit { bytes, method })
    }

    fn take(&mut self, n: usize) -> Option<Vec<u8>> {
        (self.bytes.len() >= n).then(|| self.bytes.drain(..n).collect())
    }
}

struct Frame {
    kind: u8,
    payload: std::ops::Range<usize>,
    end: usize,
}

fn frame(bytes: &[u8], at: usize) -> Option<Frame> {
    let kind = *bytes.get(at)?;
    let size = number(bytes, at + 3, 4)? as usize;
    let end = at + AROUND + size;
    (bytes.len() >= end).then_some(Frame { kind, payload: at + 7..end - 1, end })
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let octets = bytes.get(at..at + size)?;
    Some(octets.iter().fold(0, |n, &octet| n << 8 | u64::from(octet)))
}

/// Returns what a method frame says, if it is of the class `basic` and names a message.
fn method(kind: u8, payload: &[u8]) -> Option<Method> {
    const METHOD: u8 = 1;
    const BASIC: u64 = 60;
    if kind != METHOD || number(payload, 0, 2)? != BASIC {
        return None;
    }
    let bits = |at: usize| payload.get(at).copied().unwrap_or_default();
    let tag = number(payload, 4, 8);
    Some(match number(payload, 2, 2)? {
        40 => Method::Publish { body: Vec::new() },
        50 => Method::Return { body: Vec::new() },
        60 => {
            let name = usize::from(bits(4));
            Method::Deliver { tag: number(payload, 5 + name, 8)?, body: Vec::new() }
        }
        80 => Method::Ack { tag: tag?, multiple: bits(12) & 1 != 0 },
        90 => Method::Reject { tag: tag?, requeue: bits(12) & 1 != 0 },
        120 => Method::Nack { tag: tag?, multiple: bits(12) & 1 != 0, requeue: bits(12) & 2 != 0 },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Method, Reader};

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut all = vec![kind, 0, 1];
        all.extend((payload.len() as u32).to_be_bytes());
        all.extend(payload);
        all.push(0xce);
        all
    }

    #[test]
    fn a_publish_comes_with_its_header_and_body_however_it_is_cut() {
        let mut header = vec![0, 60, 0, 0];
        header.extend(3u64.to_be_bytes());
        header.extend([0, 0]);
        let mut all = b"AMQP\0\0\x09\x01".to_vec();
        all.extend(frame(1, &[0, 60, 0, 40, 0, 0, 0, 0, 0]));
        all.extend(frame(2, &header));
        all.extend(frame(3, b"ab"));
        all.extend(frame(3, b"c"));
        let mut reader = Reader::of_client();
        let mut units = Vec::new();
        for octet in &all {
            reader.push(&[*octet]);
            units.extend(std::iter::from_fn(|| reader.next_unit()));
        }
        assert_eq!(units.len(), 2);
        assert_eq!(units[1].method, Method::Publish { body: b"abc".to_vec() });
        assert_eq!(units.iter().map(|unit| unit.bytes.len()).sum::<usize>(), all.len());
    }

    #[test]
    fn tags_and_flags_are_read() {
        let mut reader = Reader::of_broker();
        let mut nack = vec![0, 60, 0, 120];
        nack.extend(7u64.to_be_bytes());
        nack.push(2);
        reader.push(&frame(1, &nack));
        let unit = reader.next_unit().expect("it is complete");
        assert_eq!(unit.method, Method::Nack { tag: 7, multiple: false, requeue: true });
        reader.push(&frame(8, &[]));
        assert_eq!(reader.next_unit().map(|unit| unit.method), Some(Method::Other));
    }
}
