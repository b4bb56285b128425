//! Hit testing: finds the lifeline or the arrow in flight at a point of the body.

use super::Layout;
use super::arrows::Flights;
use super::columns::Columns;
use super::label_positions::{self, Stretch};
use super::row_heights::Stack;
use crate::diagram::ir::Row;

/// The target of a hit test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// A lifeline, by its index from the left.
    Life(usize),
    Arrow(Way),
}

/// An arrow that spans rows: its ends, and the steps in which it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub from: usize,
    pub to: usize,
    pub msg: Option<u8>,
    pub sent: u16,
    /// The step in which it ends, if it does.
    pub ended: Option<u16>,
    line: Line,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    x1: i32,
    y1: i32,
    x2: i32,
    y2: i32,
}

/// Hit-test tolerances in px: a lifeline hit exactly, an arrow, and a lifeline nearby.
const HIT: i32 = 6;
const ARROW: i32 = 9;
const MEANT: i32 = 18;

impl Way {
    /// Returns the step nearest to `step` after which the message is in flight.
    pub fn flying(&self, step: u16) -> u16 {
        let last = self.ended.map_or(u16::MAX, |ended| ended.saturating_sub(1));
        step.clamp(self.sent, last.max(self.sent))
    }

    /// Returns the ends of its line in the body, in px: x1, y1, x2, y2.
    pub fn line(&self) -> [i32; 4] {
        let Line { x1, y1, x2, y2 } = self.line;
        [x1, y1, x2, y2]
    }

    fn near(&self, x: i32, y: i32) -> bool {
        let Line { x1, y1, x2, y2 } = self.line;
        let (left, right) = (x1.min(x2), x1.max(x2));
        let there = y1 + (y2 - y1) * (x - x1).abs() / (x2 - x1).abs().max(1);
        // On a steep arrow the vertical distance is no use: accept the horizontal one, too.
        let aside = x1 + (x2 - x1) * (y - y1) / (y2 - y1).max(1);
        let high = left <= x && x <= right && (y - there).abs() <= ARROW;
        let wide = y1 <= y && y <= y2 && (x - aside).abs() <= ARROW;
        high || wide
    }
}

/// Returns the arrows that can be hit.
pub fn ways(rows: &[&Row], flights: &Flights, stack: &Stack, columns: &Columns) -> Vec<Way> {
    let between = flights.list.iter().filter(|flight| flight.from != flight.to);
    let way = |flight: &super::arrows::Flight| {
        let Stretch { x1, y1, x2, y2 } = label_positions::stretch(flight, stack, columns);
        Way {
            from: flight.from,
            to: flight.to,
            msg: flight.msg,
            sent: rows[flight.send].step,
            ended: flight.end.map(|end| rows[end].step),
            line: Line { x1, y1, x2, y2 },
        }
    };
    between.map(way).collect()
}

impl Layout {
    /// Returns what is at this point of the body, in px.
    pub fn under(&self, x: i32, y: i32) -> Option<Under> {
        let life = self.life_at(x);
        let within = |reach: i32| life.filter(|&at| (self.lifelines[at] - x).abs() <= reach);
        let arrow = || self.ways.iter().rev().find(|way| way.near(x, y));
        within(HIT)
            .map(Under::Life)
            .or_else(|| arrow().map(|way| Under::Arrow(*way)))
            .or_else(|| within(MEANT).map(Under::Life))
    }

    /// Returns the lifeline or the arrow that is hit exactly at this point of the body, in px.
    pub fn hit(&self, x: i32, y: i32) -> Option<Under> {
        let life = self.life_at(x).filter(|&at| (self.lifelines[at] - x).abs() <= HIT);
        let arrow = || self.ways.iter().rev().find(|way| way.near(x, y));
        life.map(Under::Life).or_else(|| arrow().map(|way| Under::Arrow(*way)))
    }

    /// Returns what can be broken at a step: the arrows in flight in it, then the lifelines.
    pub fn breakable(&self, step: u16) -> Vec<Under> {
        let flying = |way: &&Way| way.sent <= step && way.ended.is_none_or(|ended| step <= ended);
        let arrows = self.ways.iter().filter(flying).map(|way| Under::Arrow(*way));
        arrows.chain((0..self.lifelines.len()).map(Under::Life)).collect()
    }

    /// Returns the lifeline nearest to this x, in px.
    pub fn life_at(&self, x: i32) -> Option<usize> {
        (0..self.lifelines.len()).min_by_key(|&at| (self.lifelines[at] - x).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::ir::{Diagram, Item, Lifeline, Stroke};
    use crate::diagram::layout::lay_out;

    /// Returns a layout in which m1 leaves the first of two lifelines in step 1 and reaches the
    /// other in step 3.
    fn sent() -> Layout {
        let life = |name: &str| Lifeline { name: name.into(), detail: String::new() };
        let row = |step, item| Row { step, msg: Some(0), item };
        let (label, detail) = ("send m1".to_owned(), String::new());
        let (stroke, arrow) = (Stroke::Solid, 7);
        let rows = vec![
            row(1, Item::Send { arrow, from: 0, to: 1, label, detail, stroke }),
            row(3, Item::Arrive { arrow }),
        ];
        let lifelines = vec![life("Producer"), life("Broker")];
        lay_out(&Diagram { lifelines, rows, sentences: vec![String::new(); 3] }, 600)
    }

    #[test]
    fn lifelines_and_arrows_are_told_apart() {
        let laid = sent();
        let (a, b) = (laid.lifelines[0], laid.lifelines[1]);
        let line = laid.ways[0].line;
        assert_eq!(laid.under(a, line.y1), Some(Under::Life(0)));
        assert_eq!(laid.under(b + 12, line.y2 + 40), Some(Under::Life(1)));
        let middle = laid.under((a + b) / 2, (line.y1 + line.y2) / 2);
        assert_eq!(middle, Some(Under::Arrow(laid.ways[0])));
        assert_eq!(laid.under((a + b) / 2, line.y2 + 60), None);
        assert_eq!(laid.life_at(a + 30), Some(0));
    }

    #[test]
    fn an_arrow_is_on_its_way_from_its_start_to_before_its_end() {
        let way = sent().ways[0];
        assert_eq!([0, 1, 2, 3, 9].map(|step| way.flying(step)), [1, 1, 2, 2, 2]);
        let lost_at_once = Way { ended: Some(1), ..way };
        assert_eq!(lost_at_once.flying(1), 1);
        let unended = Way { ended: None, ..way };
        assert_eq!(unended.flying(9), 9);
    }
}
