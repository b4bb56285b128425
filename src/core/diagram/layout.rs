//! Layout of a sequence diagram: from the IR and a width to two display lists, in separate passes.
//!
//! Each pass settles one thing, and no later pass moves it: which arrows are in flight
//! (`arrows`), where the lifelines are (`columns`), how each label is wrapped and on which side
//! it goes (`labels`), the height of every row (`row_heights`), activation bars and downtimes
//! (`activations`), where along its arrow a label collides least (`label_positions`). Then the
//! result is drawn (`draw`, `header`). `hit_test` maps coordinates back to lifelines and
//! arrows.
//!
//! Texts never overlap: each row has its own horizontal strip and keeps its texts within it, and
//! shapes that span rows (bars) are interrupted where a text crosses them. The geometry is in whole
//! px and does not depend on the current step: nothing moves while stepping.

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

/// The minimum width of a layout, in px; smaller widths are clamped to it.
pub const MIN_WIDTH: u32 = 200;

/// A laid-out diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The width, in px: as requested, clamped.
    pub width: i32,
    /// The names. The header shares its x axis with the body and can stay in view above it.
    pub header: Picture,
    /// Everything below the header.
    pub body: Picture,
    /// The strip of each step, in order, without gaps between them.
    pub bands: Vec<Band>,
    /// The x of each lifeline, in px, from left to right.
    pub lifelines: Vec<i32>,
    /// The arrows that span rows, in the order in which they are sent.
    pub ways: Vec<Way>,
}

/// The horizontal strip of the body that belongs to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The number of the step, counted from 1.
    pub step: u16,
    /// Distance from the top of the body, in px.
    pub top: i32,
    /// Height in px; small for a step that shows nothing.
    pub height: i32,
}

impl Layout {
    /// Returns the band of a step. There is none for step 0, nor beyond the last step.
    pub fn band(&self, step: u16) -> Option<&Band> {
        self.bands.get(usize::from(step).checked_sub(1)?)
    }

    /// Returns the y in px below which the future begins when `step` is the current one. At the last
    /// step there is none, nor at step 0, where the whole run is in view.
    pub fn horizon(&self, step: u16) -> i32 {
        match (self.band(step), self.bands.last()) {
            (Some(band), Some(last)) if band.step < last.step => band.top + band.height,
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

/// Returns the rows whose lifelines exist; the others cannot be drawn.
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

/// Dimensions shared by the passes, in px.
mod metric {
    /// Margin between anything and the edge of the picture.
    pub const EDGE: i32 = 8;
    /// Half the width of an activation bar.
    pub const BAR: i32 = 5;
    /// Gap between a bar and a label or icon beside it.
    pub const BESIDE: i32 = 6;
    /// Gap between a bar and the label of an arrow that passes it.
    pub const BAR_CLEAR: i32 = 5;
    /// Side length of an icon.
    pub const ICON: i32 = 18;
    /// Gap between an icon and its label.
    pub const ICON_GAP: i32 = 5;
    /// Height of a pill.
    pub const PILL: i32 = 22;
    /// Horizontal padding of a pill.
    pub const PILL_PAD: i32 = 9;
    /// Space for the message token before the text of a pill.
    pub const PILL_TOKEN: i32 = 13;
    /// Gap between a pill and the bar of another lifeline.
    pub const PILL_CLEAR: i32 = 3;
    /// Horizontal extent of a self-call's loop.
    pub const LOOP: i32 = 24;
    /// Half the side length of the ✕ of a lost message.
    pub const LOST: i32 = 6;
    /// Half the side length of the crash and restart icons.
    pub const BURST: i32 = 10;
    /// Length of an arrowhead, and half its width.
    pub const HEAD: i32 = 10;
    pub const HEAD_HALF: i32 = 4;
    /// Gap between a label and the line below it; the token at the tail of the line reaches into
    /// it.
    pub const LABEL_GAP: i32 = 6;
}
