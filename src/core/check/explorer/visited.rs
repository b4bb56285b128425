//! Packed states, one behind the other, and how each was reached.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// States lie in pieces of this size, so that growing copies nothing and never needs twice the
/// room.
const CHUNK: usize = 1 << 17;
/// Before each state: its parent (4 bytes), its length (2), its depth (1), and what follows it (1).
const HEAD: usize = 8;
/// Of the last of these: an end can be reached from here. The rest is how many states follow.
const CAN_END: u8 = 1 << 7;

/// Where a state lies.
pub(super) type StateId = u32;

/// The parent of the first state.
pub(super) const NONE: StateId = StateId::MAX;

/// Every state once.
#[derive(Default)]
pub(super) struct VisitedSet {
    chunks: Vec<Vec<u8>>,
    table: HashTable<StateId>,
    /// The states in the order in which they came.
    order: Chunks<StateId>,
}

#[inline(always)]
fn hash(packed: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(packed);
    hasher.finish()
}

/// A state with what stands before it.
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
    /// How many states there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The place of the state that came after so many others.
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

    /// How many steps led there, 255 for more.
    pub(super) fn depth(&self, place: StateId) -> u8 {
        entry(&self.chunks, place)[6]
    }

    fn last(&mut self, place: StateId) -> &mut u8 {
        let place = place as usize;
        &mut self.chunks[place / CHUNK][place % CHUNK + 7]
    }

    /// How many states follow it without a fault.
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

    /// The place of the state, and whether it is new; `None` where no more fit.
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

    /// Where the next so many bytes go.
    fn room(&mut self, bytes: usize) -> Option<StateId> {
        if self.chunks.last().is_none_or(|chunk| chunk.len() + bytes > CHUNK) {
            // A small search takes little; a large one takes whole pieces.
            let first = self.chunks.is_empty();
            self.chunks.push(if first { Vec::new() } else { Vec::with_capacity(CHUNK) });
        }
        let number = self.chunks.len() - 1;
        StateId::try_from(number * CHUNK + self.chunks[number].len()).ok()
    }

    /// Bytes that all this takes, with the room that is kept for more.
    pub(super) fn memory(&self) -> usize {
        let bytes: usize = self.chunks.iter().map(Vec::capacity).sum();
        // Of a table, one byte for each place besides the number in it.
        bytes + self.order.memory() + self.table.capacity() * 8 / 7 * 5
    }
}

/// A list that grows by pieces.
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
