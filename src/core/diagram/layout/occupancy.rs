//! Occupancy of each lifeline over time: activation bars and downtimes.
//!
//! It only stores spans and looks them up; [`super::activations`] decides where they begin and end.

/// A vertical span of a lifeline, in px from the top of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub top: i32,
    pub bottom: i32,
    pub down: bool,
}

/// The spans of each lifeline, each list ascending and free of overlaps.
#[derive(Clone, Debug, Default)]
pub struct Tracks {
    pub of: Vec<Vec<Span>>,
}

impl Tracks {
    /// Returns true if a bar or a downtime covers part of lifeline `at` between `top` and `bottom`.
    pub fn occupied(&self, at: usize, top: i32, bottom: i32) -> bool {
        let spans = &self.of[at];
        let first = spans.partition_point(|span| span.bottom <= top);
        spans.get(first).is_some_and(|span| span.top < bottom)
    }
}
