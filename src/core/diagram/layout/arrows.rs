//! Layout pass: matches the rows in which arrows start with those in which they end.
//!
//! It depends on the order of rows, not on their height.

use crate::diagram::ir::{Item, Row, Stroke};

/// An arrow from the row in which it is sent to the row in which it ends.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    /// Index of the row in which it is sent.
    pub send: usize,
    /// Index of the row in which it ends; `None` if it is still in flight at the last row.
    pub end: Option<usize>,
    /// The message is lost: the arrow ends at a ✕.
    pub lost: bool,
    pub from: usize,
    pub to: usize,
    pub msg: Option<u8>,
    pub stroke: Stroke,
}

impl Flight {
    /// Returns true if the arrow points to the right.
    pub fn rightward(&self) -> bool {
        self.to > self.from
    }
}

/// All arrows that span rows.
#[derive(Clone, Debug, Default)]
pub struct Flights {
    /// The arrows in the order in which they are sent.
    pub list: Vec<Flight>,
    /// For each row, the arrow that starts or ends in it, as an index into `list`.
    of_row: Vec<Option<usize>>,
}

impl Flights {
    /// Returns the arrow that starts or ends in `row`.
    pub fn of(&self, row: usize) -> Option<&Flight> {
        self.of_row[row].map(|i| &self.list[i])
    }

    /// Returns the arrows that are still in flight after the last row.
    pub fn unended(&self) -> impl Iterator<Item = &Flight> {
        self.list.iter().filter(|flight| flight.end.is_none())
    }
}

/// Matches start rows with end rows. An end without a start belongs to no arrow and is not shown.
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
