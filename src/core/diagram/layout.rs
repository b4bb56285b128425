//! Where everything goes: from a diagram and a width to two pictures, in named passes.
//!
//! Each pass settles one thing, and nothing moves afterwards: which arrows are in flight
//! ([`flights`]), where the lifelines stand ([`columns`]), how each text is broken and on which
//! side it goes ([`words`]), the height of every row ([`stack`]), bars and downtimes ([`spans`]),
//! where a label has the clearest view along its arrow ([`place`]); then it is drawn ([`draw`],
//! [`header`]). [`under`] says afterwards what is where.
//!
//! No text meets another, because each row has its own strip of the height and keeps its texts in
//! it; what spans rows (bars) is interrupted where a text crosses it. The geometry is in whole px
//! and never depends on the current step: nothing moves while stepping.

mod activations;
mod arrows;
mod columns;
mod draw;
mod header;
mod hit_test;
mod icons;
mod label_positions;
mod labels;
mod occupancy;
mod row_heights;
mod side_labels;
mod text_wrap;

use super::ir::{Diagram, Item, Row};
use super::picture::Picture;
pub use hit_test::{Under, Way};
pub use labels::words_of;

/// The narrowest width that is laid out for, in px; less is drawn as this.
pub const MIN_WIDTH: u32 = 200;

/// A diagram with its geometry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// In px: what was asked for.
    pub width: i32,
    /// The names. It shares its x axis with the body, and can stay in view above it.
    pub header: Picture,
    /// Everything else.
    pub body: Picture,
    /// The strip of each step, in order, without gaps between them.
    pub bands: Vec<Band>,
    /// The x of each lifeline, in px, from left to right.
    pub lifelines: Vec<i32>,
    /// The arrows that take time, in the order in which they leave.
    pub ways: Vec<Way>,
}

/// The strip of the body in which a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Counted from 1.
    pub step: u16,
    /// In px from the top of the body.
    pub top: i32,
    /// In px; small for a step that shows nothing.
    pub height: i32,
}

impl Layout {
    /// The band of a step. There is none for 0, nor beyond the last step.
    pub fn band(&self, step: u16) -> Option<&Band> {
        self.bands.get(usize::from(step).checked_sub(1)?)
    }

    /// The y in px below which lies the future, when `step` is the current one. Before the first
    /// step everything is future; after the last, nothing.
    pub fn horizon(&self, step: u16) -> i32 {
        match (self.band(step), self.bands.last()) {
            (Some(band), Some(last)) if band.step < last.step => band.top + band.height,
            (None, _) if step == 0 => 0,
            _ => self.body.height,
        }
    }
}

/// Lays out `diagram` for a width in px.
pub fn lay_out(diagram: &Diagram, width: u32) -> Layout {
    let width = i32::try_from(width.clamp(MIN_WIDTH, 10_000)).unwrap_or(10_000);
    let rows = sound_rows(diagram);
    let flights = arrows::find(&rows);
    let sizes = labels::measure(&rows);
    let columns = columns::stand(diagram, &rows, &sizes, width);
    let plans = labels::plan(&rows, &sizes, &flights, &columns);
    let stack = row_heights::stack(&rows, &plans, &flights, &columns, diagram.sentences.len());
    let tracks = activations::find(&rows, &flights, &stack, columns.len());
    let spots = label_positions::place(&rows, &plans, &flights, &stack, &tracks, &columns);
    let scene = draw::Scene {
        diagram,
        rows: &rows,
        flights: &flights,
        columns: &columns,
        plans: &plans,
        stack: &stack,
        tracks: &tracks,
        spots: &spots,
    };
    let body = draw::body(&scene);
    let header = header::draw(diagram, &columns);
    let ways = hit_test::ways(&rows, &flights, &stack, &columns);
    Layout { width, header, body, bands: stack.bands, lifelines: columns.xs, ways }
}

/// The rows that name lifelines which exist; the others cannot be shown.
fn sound_rows(diagram: &Diagram) -> Vec<&Row> {
    let exists = |at: u8| usize::from(at) < diagram.lifelines.len();
    let sound = |row: &&Row| match &row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } => exists(*from) && exists(*to),
        Item::Arrive { .. } | Item::Lose { .. } => true,
        Item::Mark { at, .. }
        | Item::Stamp { at, .. }
        | Item::Crash { at, .. }
        | Item::Restart { at, .. }
        | Item::Begin { at }
        | Item::End { at } => exists(*at),
    };
    diagram.rows.iter().filter(sound).collect()
}

/// What the passes agree upon, in px.
mod metric {
    /// Between anything and the edge of the picture.
    pub const EDGE: i32 = 8;
    /// Half the width of an activation bar.
    pub const BAR: i32 = 5;
    /// Between a bar and what stands beside it.
    pub const BESIDE: i32 = 6;
    /// Between a bar and the label of an arrow that passes it.
    pub const BAR_CLEAR: i32 = 5;
    /// The side of an icon.
    pub const ICON: i32 = 18;
    /// Between an icon and its words.
    pub const ICON_GAP: i32 = 5;
    /// The height of a pill.
    pub const PILL: i32 = 22;
    /// Between the words of a pill and its ends.
    pub const PILL_PAD: i32 = 9;
    /// The room for the token of a message before the words in its pill.
    pub const PILL_TOKEN: i32 = 13;
    /// Between a pill and the bar of a lifeline that is not its own.
    pub const PILL_CLEAR: i32 = 3;
    /// How far the loop of a call to oneself goes out.
    pub const LOOP: i32 = 24;
    /// Half the side of the ✕ of a lost message.
    pub const LOST: i32 = 6;
    /// Half the side of the burst of a crash, of the sign of a restart.
    pub const BURST: i32 = 10;
    /// Length of an arrowhead, and half its width.
    pub const HEAD: i32 = 10;
    pub const HEAD_HALF: i32 = 4;
    /// Between a label and the line below it: the token at the tail of the line reaches into it.
    pub const LABEL_GAP: i32 = 6;
}
