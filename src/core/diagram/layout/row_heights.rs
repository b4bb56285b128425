//! How high each row is, and so where it is: rows from the top down, each in its own strip.
//!
//! The one exception to "below the row before": what happens at the lifeline at which an arrow
//! has just ended, on its other side, stands level with the arrowhead.

use super::Band;
use super::arrows::{Flight, Flights};
use super::columns::Columns;
use super::labels::{self, Plan, Side, Spot};
use super::metric::{BURST, HEAD_HALF, ICON, LOST, PILL};
use super::text_wrap;
use crate::diagram::ir::{Item, Row};

/// A row's place in the height, in px from the top of the body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// Of its words.
    pub text: i32,
    /// Where the line of an arrow leaves; the same as `anchor` for everything else.
    pub tail: i32,
    /// Where an arrow ends; the middle of a mark, of a ✕, of a pill. A row without height has
    /// the y here at which it would stand.
    pub anchor: i32,
    /// Where the next row may begin.
    pub bottom: i32,
}

/// All heights.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    pub slots: Vec<Slot>,
    pub bands: Vec<Band>,
    /// Of the body, in px.
    pub height: i32,
}

/// Free room above the first band and below the last.
const TOP: i32 = 4;
const BOTTOM: i32 = 14;
/// Free room within a band, above its first row and below its last.
const BAND_PAD: i32 = 5;
/// The height of a band without rows.
const EMPTY_BAND: i32 = 10;
/// Between rows of a step.
const ROW_GAP: i32 = 3;
/// For the ends of arrows that are still in flight.
const UNENDED: i32 = 22;
/// Between the tail of an arrow and the head of one that comes from where it goes: closer, they
/// would cross at the head.
const CROSSING: i32 = 40;
/// Half the height of a token at the tail of an arrow.
const TOKEN: i32 = 5;

/// Stacks the rows; there is a band for each step up to the last, be it of rows or of `sentences`.
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
    /// Nothing is below.
    cursor: i32,
    /// No words are below.
    floor: i32,
    /// The arrow that ended in the row before: at which lifeline, from which side, at which y.
    arrival: Option<(usize, Side, i32)>,
    /// The last arrow that left: from which lifeline, to which side, at which y.
    departure: Option<(usize, bool, i32)>,
}

impl Pile<'_> {
    fn open_band(&mut self) {
        self.cursor += BAND_PAD;
        self.floor = self.cursor;
        self.arrival = None;
    }

    /// Gives `row` its strip below the others.
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
            // On the lifeline, it would meet the head.
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

    /// Notes what the next row must heed.
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

    /// How far an arrow falls on its way: the wider, the more, as its slope should be seen.
    fn drop(&self, from: usize, to: usize, per: i32, range: (i32, i32)) -> i32 {
        let span = (self.columns.xs[from] - self.columns.xs[to]).abs();
        (span / per).clamp(range.0, range.1)
    }

    /// The lowest an arrow that ends now may have come by its slope alone.
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

    /// The least y for a head that comes against an arrow that has just left.
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

    /// A row whose words and icon are centred on one y, from `top` on.
    fn centred(&self, top: i32, plan: &Plan, icon: i32) -> Slot {
        let height = plan.block.height.max(icon);
        let anchor = top + height / 2;
        let text = top + (height - plan.block.height) / 2;
        Slot { text, tail: anchor, anchor, bottom: top + height }
    }

    /// A mark or a pill: level with the arrowhead before it if it stands on its other side.
    fn level(&self, plan: &Plan, icon: i32, at: Option<usize>) -> Slot {
        if let Spot::Across { .. } = plan.spot {
            let (anchor, text) = (self.cursor + icon / 2, self.cursor + icon);
            // The words of the next row are not the next line of these.
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

/// The lifeline beside which a row stands.
fn at_of(row: &Row) -> Option<usize> {
    match row.item {
        Item::Mark { at, .. } | Item::Stamp { at, .. } => Some(at.into()),
        _ => None,
    }
}
