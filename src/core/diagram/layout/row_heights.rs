//! Layout pass: the height and the y of each row. Rows are stacked top down, each in its own strip.
//!
//! There is one exception: a note or pill beside the lifeline at which an arrow has just ended, on
//! its other side, is level with the arrowhead instead of below it.

use super::Band;
use super::arrows::{Flight, Flights};
use super::columns::Columns;
use super::labels::{self, Plan, Side, Spot};
use super::metric::{BURST, HEAD_HALF, ICON, LOST, PILL};
use super::text_wrap;
use crate::diagram::ir::{Item, Row};

/// The vertical position of a row, in px from the top of the body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// The top of its text.
    pub text: i32,
    /// The y at which an arrow starts; equal to `anchor` for everything else.
    pub tail: i32,
    /// The y at which an arrow ends; the center of a note, of a ✕ or of a pill. For a row without
    /// height, the y at which it would be.
    pub anchor: i32,
    /// The y from which the next row may begin.
    pub bottom: i32,
}

/// The positions of all rows and bands.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    pub slots: Vec<Slot>,
    pub bands: Vec<Band>,
    /// Height of the body, in px.
    pub height: i32,
}

/// Free space above the first band and below the last.
const TOP: i32 = 4;
const BOTTOM: i32 = 14;
/// Free space within a band, above its first row and below its last.
const BAND_PAD: i32 = 5;
/// Height of a band without rows.
const EMPTY_BAND: i32 = 10;
/// Gap between rows of a step.
const ROW_GAP: i32 = 3;
/// Space for the ends of arrows that are still in flight.
const UNENDED: i32 = 22;
/// Minimum distance between the tail of an arrow and the head of one in the opposite direction:
/// closer together, they would cross at the head.
const CROSSING: i32 = 40;
/// Half the height of a message token at the tail of an arrow.
const TOKEN: i32 = 5;

/// Stacks the rows. There is a band for each step up to the last one in `rows` or `sentences`.
pub fn stack(
    rows: &[&Row],
    plans: &[Plan],
    flights: &Flights,
    columns: &Columns,
    sentences: usize,
) -> Stack {
    let mut pile = Pile {
        flights,
        columns,
        slots: Vec::with_capacity(rows.len()),
        cursor: TOP,
        floor: TOP,
        arrival: None,
        departure: None,
    };
    let mut bands = Vec::new();
    let mut next = 0;
    let last_step = rows.iter().map(|row| usize::from(row.step)).max().unwrap_or(0);
    for step in 1..=last_step.max(sentences).min(usize::from(u16::MAX)) {
        let top = pile.cursor;
        pile.open_band();
        let first = next;
        while next < rows.len() && usize::from(rows[next].step) <= step {
            pile.add(next, rows[next], &plans[next]);
            next += 1;
        }
        pile.cursor = if first == next { top + EMPTY_BAND } else { pile.cursor + BAND_PAD };
        let step = u16::try_from(step).unwrap_or(u16::MAX);
        bands.push(Band { step, top, height: pile.cursor - top });
    }
    let flying = if flights.unended().next().is_some() { UNENDED } else { 0 };
    Stack { slots: pile.slots, bands, height: pile.cursor + flying + BOTTOM }
}

/// The rows stacked so far.
struct Pile<'a> {
    flights: &'a Flights,
    columns: &'a Columns,
    slots: Vec<Slot>,
    /// The y below which the strip is free.
    cursor: i32,
    /// The y below which there are no texts.
    floor: i32,
    /// The arrow that ended in the previous row: its lifeline, the side it came from, and its y.
    arrival: Option<(usize, Side, i32)>,
    /// The arrow sent last: its lifeline, whether it points right, and its y.
    departure: Option<(usize, bool, i32)>,
}

impl Pile<'_> {
    fn open_band(&mut self) {
        self.cursor += BAND_PAD;
        self.floor = self.cursor;
        self.arrival = None;
    }

    /// Places `row` in its own strip below the others.
    fn add(&mut self, index: usize, row: &Row, plan: &Plan) {
        let block = &plan.block;
        let slot = match row.item {
            Item::Send { from, to, .. } if from != to => {
                let tail = self.cursor + text_wrap::above(block).max(TOKEN);
                Slot { text: self.cursor, tail, anchor: tail, bottom: tail + TOKEN }
            }
            Item::Call { from, to, .. } if from != to => {
                let tail = self.cursor + text_wrap::above(block);
                let anchor = tail + self.drop(from.into(), to.into(), 16, (8, 14));
                Slot { text: self.cursor, tail, anchor, bottom: anchor + HEAD_HALF + 2 }
            }
            Item::Arrive { .. } => self.arrive(index),
            Item::Lose { .. } => self.lose(index, plan),
            Item::Send { .. } | Item::Call { .. } => self.centred(self.cursor, plan, 20),
            // On the lifeline, it would overlap the arrowhead.
            Item::Mark { icon, .. } if labels::on_line(icon) => self.level(plan, ICON, None),
            Item::Mark { .. } => self.level(plan, ICON, at_of(row)),
            Item::Stamp { .. } => self.level(plan, PILL, at_of(row)),
            Item::Crash { .. } | Item::Restart { .. } => {
                self.centred(self.cursor, plan, 2 * BURST + 4)
            }
            Item::Begin { .. } | Item::End { .. } => {
                let y = self.cursor;
                self.slots.push(Slot { text: y, tail: y, anchor: y, bottom: y });
                return;
            }
        };
        self.settle(index, row, slot, plan);
    }

    /// Records what the next row has to avoid.
    fn settle(&mut self, index: usize, row: &Row, slot: Slot, plan: &Plan) {
        if let Item::Send { from, to, .. } = row.item {
            self.departure = Some((from.into(), to > from, slot.tail));
        }
        self.arrival =
            labels::arrival(row, index, self.flights).map(|(at, side)| (at, side, slot.anchor));
        self.floor = match row.item {
            Item::Arrive { .. } => self.floor,
            Item::Call { .. } if self.arrival.is_some() => slot.text + plan.block.height,
            _ => slot.bottom + ROW_GAP,
        };
        if slot.bottom > self.cursor {
            self.cursor = slot.bottom + ROW_GAP;
        }
        self.slots.push(slot);
    }

    /// Returns the vertical drop of an arrow; wider arrows drop more, so that their slope stays
    /// visible.
    fn drop(&self, from: usize, to: usize, per: i32, range: (i32, i32)) -> i32 {
        let span = (self.columns.xs[from] - self.columns.xs[to]).abs();
        (span / per).clamp(range.0, range.1)
    }

    /// Returns the minimum y for an arrow that ends here, from its slope alone.
    fn fall(&self, index: usize) -> Option<i32> {
        let flight = self.flights.of(index)?;
        let tail = self.slots[flight.send].tail;
        let part = if flight.lost { 2 } else { 1 };
        Some(tail + self.drop(flight.from, flight.to, 10, (16, 28)) / part)
    }

    fn arrive(&self, index: usize) -> Slot {
        let top = self.cursor;
        match self.fall(index) {
            // An end without a start shows nothing.
            None => Slot { text: top, tail: top, anchor: top, bottom: top },
            Some(fall) => {
                let anchor = fall.max(top + HEAD_HALF + 2).max(self.beyond(index));
                Slot { text: top, tail: anchor, anchor, bottom: anchor + HEAD_HALF + 2 }
            }
        }
    }

    /// Returns the minimum y for an arrowhead opposite an arrow that was sent just before.
    fn beyond(&self, index: usize) -> i32 {
        let against = |flight: &Flight, (from, rightward, y): (usize, bool, i32)| {
            let meets = flight.to == from && flight.rightward() != rightward;
            (meets && self.slots[flight.send].tail < y).then_some(y + CROSSING)
        };
        let flight = self.flights.of(index);
        flight.zip(self.departure).and_then(|(flight, left)| against(flight, left)).unwrap_or(0)
    }

    fn lose(&self, index: usize, plan: &Plan) -> Slot {
        let top = self.cursor;
        let Some(fall) = self.fall(index) else {
            return Slot { text: top, tail: top, anchor: top, bottom: top };
        };
        let height = plan.block.height;
        if let Spot::Below { .. } = plan.spot {
            let anchor = fall.max(top + LOST + 1);
            let text = anchor + LOST + 3;
            return Slot { text, tail: anchor, anchor, bottom: text + height };
        }
        let half = (height / 2).max(LOST + 1);
        self.centred((fall - half).max(top), plan, 2 * LOST + 2)
    }

    /// Places a row whose label and icon are centered on one y, from `top` on.
    fn centred(&self, top: i32, plan: &Plan, icon: i32) -> Slot {
        let height = plan.block.height.max(icon);
        let anchor = top + height / 2;
        let text = top + (height - plan.block.height) / 2;
        Slot { text, tail: anchor, anchor, bottom: top + height }
    }

    /// Places a note or a pill: level with the arrowhead before it if it is on the other side.
    fn level(&self, plan: &Plan, icon: i32, at: Option<usize>) -> Slot {
        if let Spot::Across { .. } = plan.spot {
            let (anchor, text) = (self.cursor + icon / 2, self.cursor + icon);
            // The label of the next row must not look like the next line of this one.
            let bottom = text + plan.block.height + ROW_GAP;
            return Slot { text, tail: anchor, anchor, bottom };
        }
        let height = plan.block.height.max(icon);
        let top = match self.arrival {
            Some((end, side, y)) if Some(end) == at && plan.side() == Some(other(side)) => {
                // Level with the first line, so that a second one hangs below.
                (y - icon / 2).max(self.floor)
            }
            _ => self.cursor,
        };
        if matches!(plan.spot, Spot::Pill { .. }) {
            return self.centred(top, plan, icon);
        }
        let anchor = top + icon / 2;
        let text =
            if plan.block.lines.len() > 1 { top } else { top + (height - plan.block.height) / 2 };
        Slot { text, tail: anchor, anchor, bottom: top + height }
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    }
}

/// Returns the lifeline beside which a row is placed.
fn at_of(row: &Row) -> Option<usize> {
    match row.item {
        Item::Mark { at, .. } | Item::Stamp { at, .. } => Some(at.into()),
        _ => None,
    }
}
