//! Layout pass: activation bars and downtimes, as vertical spans of each lifeline.
//!
//! Begin and end rows have no height of their own: a bar is attached to the adjacent row of the
//! same step.

use super::arrows::Flights;
use super::occupancy::{Span, Tracks};
use super::row_heights::Stack;
use crate::diagram::ir::{Item, Row};

/// Minimum length of a bar, in px.
const SHORTEST: i32 = 8;

/// Finds the spans of `n` lifelines. Bars do not nest: only the outermost is shown. A crash ends a
/// bar.
pub fn find(rows: &[&Row], flights: &Flights, stack: &Stack, n: usize) -> Tracks {
    let mut lives = vec![Life::default(); n];
    for (i, row) in rows.iter().enumerate() {
        match row.item {
            Item::Begin { at } => {
                let y = edge(rows, flights, stack, i, at, true);
                lives[usize::from(at)].begin(y);
            }
            Item::End { at } => {
                let y = edge(rows, flights, stack, i, at, false);
                lives[usize::from(at)].end(y);
            }
            Item::Crash { at, .. } => lives[usize::from(at)].crash(stack.slots[i].anchor),
            Item::Restart { at, .. } => lives[usize::from(at)].restart(stack.slots[i].anchor),
            _ => {}
        }
    }
    Tracks { of: lives.into_iter().map(|life| life.close(stack.height)).collect() }
}

/// State of one lifeline during the sweep from top to bottom.
#[derive(Clone, Default)]
struct Life {
    spans: Vec<Span>,
    /// The number of open bars, and where the outermost one began.
    depth: u32,
    begun: i32,
    /// The y of the crash, while the participant is down.
    crashed: Option<i32>,
}

impl Life {
    fn begin(&mut self, y: i32) {
        if self.depth == 0 {
            self.begun = y;
        }
        self.depth += 1;
    }

    fn end(&mut self, y: i32) {
        if self.depth == 1 {
            self.push(self.begun, y.max(self.begun + SHORTEST), false);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn crash(&mut self, y: i32) {
        if self.depth > 0 {
            self.push(self.begun, y, false);
            self.depth = 0;
        }
        self.crashed.get_or_insert(y);
    }

    fn restart(&mut self, y: i32) {
        if let Some(crashed) = self.crashed.take() {
            self.push(crashed, y, true);
        }
    }

    fn close(mut self, height: i32) -> Vec<Span> {
        if self.depth > 0 {
            self.push(self.begun, height, false);
        }
        if let Some(crashed) = self.crashed {
            self.push(crashed, height, true);
        }
        self.spans
    }

    /// Adds a span. Keeps the spans ascending and free of overlaps, whatever the rows contain.
    fn push(&mut self, top: i32, bottom: i32, down: bool) {
        let top = self.spans.last().map_or(top, |last| top.max(last.bottom));
        if bottom > top {
            self.spans.push(Span { top, bottom, down });
        }
    }
}

/// Returns the y at which a bar begins or ends: at the nearest earlier row of the same step that
/// touches the lifeline, else at the nearest later one, else at the row's own position.
fn edge(
    rows: &[&Row],
    flights: &Flights,
    stack: &Stack,
    index: usize,
    at: u8,
    begins: bool,
) -> i32 {
    // A step has few rows; related rows are never further apart than this.
    const FAR: usize = 8;
    let step = rows[index].step;
    let same = |j: &usize| rows[*j].step == step;
    let touch = |j: usize| touch(rows[j], j, flights, stack, at.into());
    let before = (0..index).rev().take(FAR).take_while(same).find_map(touch);
    if let Some(touch) = before {
        return if begins && touch.arrives { touch.top } else { touch.bottom };
    }
    let after = (index + 1..rows.len()).take(FAR).take_while(same).find_map(touch);
    after.map_or(stack.slots[index].anchor, |touch| touch.top)
}

/// The vertical extent in which a row touches a lifeline.
struct Touch {
    top: i32,
    bottom: i32,
    /// An arrow ends there.
    arrives: bool,
}

fn touch(row: &Row, index: usize, flights: &Flights, stack: &Stack, at: usize) -> Option<Touch> {
    let slot = stack.slots[index];
    let around =
        |y: i32, half: i32, arrives| Some(Touch { top: y - half, bottom: y + half, arrives });
    match row.item {
        Item::Send { from, .. } if usize::from(from) == at => around(slot.tail, 6, false),
        Item::Call { from, .. } if usize::from(from) == at => around(slot.tail, 6, false),
        Item::Call { to, .. } if usize::from(to) == at => around(slot.anchor, 5, true),
        Item::Arrive { .. } => {
            let here = flights.of(index).is_some_and(|flight| flight.to == at);
            if here { around(slot.anchor, 5, true) } else { None }
        }
        Item::Mark { at: mark, .. } if usize::from(mark) == at => around(slot.anchor, 10, false),
        Item::Stamp { at: mark, .. } if usize::from(mark) == at => around(slot.anchor, 11, false),
        Item::Restart { at: mark, .. } if usize::from(mark) == at => around(slot.anchor, 12, false),
        _ => None,
    }
}
