//! The visited set: every state that was reached, encoded, with the parent that it was reached
//! from.
//!
//! States are appended to a chunked byte buffer; a hash table over their offsets finds duplicates.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Size of a chunk. Growing by chunks copies nothing, and never needs twice the memory.
const CHUNK: usize = 1 << 17;
/// Length of the header before each state: parent (4 bytes), length (2), depth (1), and successor
/// count with the [`CAN_END`] bit (1).
const HEAD: usize = 8;
/// Bit of the last header byte: a terminal state is reachable from here. The other bits count the
/// fault-free successors.
const CAN_END: u8 = 1 << 7;

/// Identifier of a state: its byte offset in the visited set.
pub(super) type StateId = u32;

/// Parent of the initial state.
pub(super) const NONE: StateId = StateId::MAX;

/// The set of visited states.
#[derive(Default)]
pub(super) struct VisitedSet {
    chunks: Vec<Vec<u8>>,
    table: HashTable<StateId>,
    /// States in order of discovery.
    order: Chunks<StateId>,
}

#[inline(always)]
fn hash(packed: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(packed);
    hasher.finish()
}

/// Returns the bytes from the header of a state on.
#[inline(always)]
fn entry(chunks: &[Vec<u8>], place: StateId) -> &[u8] {
    let place = place as usize;
    &chunks[place / CHUNK][place % CHUNK..]
}

#[inline(always)]
fn state(chunks: &[Vec<u8>], place: StateId) -> &[u8] {
    let entry = entry(chunks, place);
    let length = u16::from_le_bytes([entry[4], entry[5]]);
    &entry[HEAD..HEAD + usize::from(length)]
}

impl VisitedSet {
    /// Returns the number of states.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns the state that was discovered after `number` others.
    pub(super) fn nth(&self, number: usize) -> StateId {
        self.order.get(number)
    }

    pub(super) fn state(&self, place: StateId) -> &[u8] {
        state(&self.chunks, place)
    }

    pub(super) fn parent(&self, place: StateId) -> Option<StateId> {
        let parent = entry(&self.chunks, place).first_chunk().copied().map(u32::from_le_bytes);
        parent.filter(|&parent| parent != NONE)
    }

    /// Returns the depth of a state in steps, saturating at 255.
    pub(super) fn depth(&self, place: StateId) -> u8 {
        entry(&self.chunks, place)[6]
    }

    fn last(&mut self, place: StateId) -> &mut u8 {
        let place = place as usize;
        &mut self.chunks[place / CHUNK][place % CHUNK + 7]
    }

    /// Returns the number of fault-free successors of a state.
    pub(super) fn follows(&self, place: StateId) -> usize {
        usize::from(entry(&self.chunks, place)[7] & !CAN_END)
    }

    pub(super) fn set_follows(&mut self, place: StateId, count: usize) {
        *self.last(place) = count as u8 & !CAN_END;
    }

    pub(super) fn can_end(&self, place: StateId) -> bool {
        entry(&self.chunks, place)[7] & CAN_END != 0
    }

    pub(super) fn set_can_end(&mut self, place: StateId) {
        *self.last(place) |= CAN_END;
    }

    /// Inserts a state. Returns its identifier, and true if it is new; `None` if identifiers are
    /// exhausted.
    pub(super) fn insert(
        &mut self,
        packed: &[u8],
        parent: StateId,
        steps: u8,
    ) -> Option<(StateId, bool)> {
        let code = hash(packed);
        let chunks = &self.chunks;
        if let Some(&place) = self.table.find(code, |&p| state(chunks, p) == packed) {
            return Some((place, false));
        }
        let before = if parent == NONE { 0 } else { self.depth(parent) };
        let place = self.room(HEAD + packed.len())?;
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.extend_from_slice(&parent.to_le_bytes());
            chunk.extend_from_slice(&(packed.len() as u16).to_le_bytes());
            chunk.extend_from_slice(&[before.saturating_add(steps), 0]);
            chunk.extend_from_slice(packed);
        }
        let chunks = &self.chunks;
        self.table.insert_unique(code, place, |&p| hash(state(chunks, p)));
        self.order.push(place);
        Some((place, true))
    }

    /// Reserves space for the next entry and returns its offset.
    fn room(&mut self, bytes: usize) -> Option<StateId> {
        if self.chunks.last().is_none_or(|chunk| chunk.len() + bytes > CHUNK) {
            // The first chunk grows as needed, so that a small search takes little memory; later
            // ones are allocated in full.
            let first = self.chunks.is_empty();
            self.chunks.push(if first { Vec::new() } else { Vec::with_capacity(CHUNK) });
        }
        let number = self.chunks.len() - 1;
        StateId::try_from(number * CHUNK + self.chunks[number].len()).ok()
    }

    /// Returns the memory allocated, in bytes, including unused capacity.
    pub(super) fn memory(&self) -> usize {
        let bytes: usize = self.chunks.iter().map(Vec::capacity).sum();
        // The hash table takes one control byte per slot besides the 4-byte identifier.
        bytes + self.order.memory() + self.table.capacity() * 8 / 7 * 5
    }
}

/// A vector that grows by chunks.
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Chunks(Vec::new())
    }
}

impl<T: Copy> Chunks<T> {
    const MOST: usize = 1 << 14;

    pub(super) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * Self::MOST + last
    }

    pub(super) fn get(&self, at: usize) -> T {
        self.0[at / Self::MOST][at % Self::MOST]
    }

    pub(super) fn push(&mut self, item: T) {
        match self.0.last_mut().filter(|last| last.len() < Self::MOST) {
            Some(last) => last.push(item),
            None => {
                let mut next = Vec::new();
                if !self.0.is_empty() {
                    next.reserve_exact(Self::MOST);
                }
                next.push(item);
                self.0.push(next);
            }
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.0.iter().map(Vec::capacity).sum::<usize>() * size_of::<T>()
    }
}
