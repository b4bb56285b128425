//! Words broken into lines: as few as the room allows, and no word broken where it can be helped.
//!
//! It knows widths of text, not lifelines.

use super::metric::LABEL_GAP;
use crate::diagram::measure::{self, Face};
use crate::diagram::picture::REST_GAP;

/// The widths of a row's words on one line, in px.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    pub label: i32,
    pub detail: i32,
}

/// Lines of text as a block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub lines: Vec<Line>,
    /// Of the widest line, in px.
    pub width: i32,
    /// In px.
    pub height: i32,
    /// All the words, when the lines leave some out.
    pub title: Option<String>,
}

/// A line of a [`Block`].
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// Quieter words on the same line; may be empty.
    pub rest: String,
    pub face: Face,
}

/// Labels up to this width, in px, are a few short words, which look forlorn in two lines.
pub const SHORT: i32 = 96;

/// Breaks label and detail for a `snug` width if that goes well, else for the `wide` one; and
/// whether words are broken or left out.
pub fn fit(label: &str, detail: &str, size: Size, snug: i32, wide: i32) -> (Block, bool) {
    if label.is_empty() && detail.is_empty() {
        return (Block::default(), false);
    }
    if inline(detail, size) <= snug {
        return (one_line(label, detail, size), false);
    }
    let narrow = (snug > 0).then(|| stacked(label, detail, snug, 2)).filter(|(_, rough)| !rough);
    if let Some(narrow) = narrow
        && narrow.0.lines.len() <= 2
    {
        return narrow;
    }
    // A line across a neighbour's lifeline reads better than a column of single words.
    if size.label.max(size.detail) <= wide {
        return stacked(label, detail, wide, 1);
    }
    stacked(label, detail, wide.max(Face::Label.size()), 4)
}

/// Breaks label and detail for a `wide` width, and on one line only for a `snug` one; nothing if
/// that does not go well.
pub fn fit_within(label: &str, detail: &str, size: Size, snug: i32, wide: i32) -> Option<Block> {
    if inline(detail, size) <= snug.min(wide) {
        return Some(one_line(label, detail, size)).filter(|block| block.width > 0);
    }
    let lines = if size.label <= wide { 1 } else { 2 };
    let (block, rough) = stacked(label, detail, wide.max(1), lines);
    (!rough).then_some(block)
}

pub fn one_line(label: &str, detail: &str, size: Size) -> Block {
    let face = if label.is_empty() { Face::Detail } else { Face::Label };
    let (text, rest) = if label.is_empty() { (detail, "") } else { (label, detail) };
    let line = Line { text: text.to_owned(), rest: rest.to_owned(), face };
    Block { lines: vec![line], width: inline(detail, size), height: face.line(), title: None }
}

/// The width of label and detail on one line.
pub fn inline(detail: &str, size: Size) -> i32 {
    size.label + if detail.is_empty() { 0 } else { REST_GAP + size.detail }
}

/// The label's lines and then the detail's; whether words had to be broken or left out.
pub fn stacked(label: &str, detail: &str, room: i32, max_lines: usize) -> (Block, bool) {
    let mut block = Block::default();
    let (mut broken, mut cut) = (false, false);
    for (text, face) in [(label, Face::Label), (detail, Face::Detail)] {
        let wrapped = measure::wrap(text, face, room, max_lines);
        broken |= wrapped.broken;
        cut |= wrapped.cut;
        block.width = block.width.max(wrapped.width);
        for text in wrapped.lines {
            block.height += face.line();
            block.lines.push(Line { text, rest: String::new(), face });
        }
    }
    if cut {
        block.title = Some(format!("{label} {detail}").trim_end().to_owned());
    }
    (block, broken || cut)
}

/// The height of words above a line, with the gap between them.
pub fn above(block: &Block) -> i32 {
    if block.lines.is_empty() { 0 } else { block.height + LABEL_GAP }
}
