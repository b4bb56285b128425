//! Which arrow starts and ends in which rows.
//!
//! It knows the order of rows, not their height.

use crate::diagram::ir::{Item, Row, Stroke};

/// An arrow from the row in which it leaves to the one in which it ends.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    /// Index of the row in which it leaves.
    pub send: usize,
    /// The row in which it ends; `None` while it is in flight at the last one.
    pub end: Option<usize>,
    /// It ends at a ✕.
    pub lost: bool,
    pub from: usize,
    pub to: usize,
    pub msg: Option<u8>,
    pub stroke: Stroke,
}

impl Flight {
    /// Whether it goes to the right.
    pub fn rightward(&self) -> bool {
        self.to > self.from
    }
}

/// All arrows that take time.
#[derive(Clone, Debug, Default)]
pub struct Flights {
    /// In the order in which they leave.
    pub list: Vec<Flight>,
    /// For each row the flight that leaves or ends in it, as an index into `list`.
    of_row: Vec<Option<usize>>,
}

impl Flights {
    /// The flight that leaves or ends in `row`.
    pub fn of(&self, row: usize) -> Option<&Flight> {
        self.of_row[row].map(|i| &self.list[i])
    }

    /// Those still in flight after the last row.
    pub fn unended(&self) -> impl Iterator<Item = &Flight> {
        self.list.iter().filter(|flight| flight.end.is_none())
    }
}

/// Joins the rows in which arrows leave with those in which they end. An end without a start
/// belongs to no flight and is not shown.
pub fn find(rows: &[&Row]) -> Flights {
    let mut flights = Flights { list: Vec::new(), of_row: vec![None; rows.len()] };
    let mut open = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        match row.item {
            Item::Send { arrow, from, to, stroke, .. } => {
                flights.of_row[i] = Some(flights.list.len());
                open.push((arrow, flights.list.len()));
                flights.list.push(Flight {
                    send: i,
                    end: None,
                    lost: false,
                    from: from.into(),
                    to: to.into(),
                    msg: row.msg,
                    stroke,
                });
            }
            Item::Arrive { arrow } | Item::Lose { arrow, .. } => {
                if let Some(at) = open.iter().position(|&(of, _)| of == arrow) {
                    let (_, flight) = open.swap_remove(at);
                    flights.of_row[i] = Some(flight);
                    flights.list[flight].end = Some(i);
                    flights.list[flight].lost = matches!(row.item, Item::Lose { .. });
                }
            }
            _ => {}
        }
    }
    flights
}
