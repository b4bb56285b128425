//! Line wrapping of a row's label and detail: as few lines as the width allows, breaking words only
//! when unavoidable.
//!
//! It depends on text widths, not on lifelines.

use super::metric::LABEL_GAP;
use crate::diagram::metrics::{Face, Folds, Words};
use crate::diagram::picture::REST_GAP;
use std::cell::OnceCell;

/// The widths of a row's label and detail on one line, in px.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    pub label: i32,
    pub detail: i32,
}

/// A block of text lines.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub lines: Vec<Line>,
    /// Width of the widest line, in px.
    pub width: i32,
    /// Height in px.
    pub height: i32,
    /// The full text, if the lines truncate it.
    pub title: Option<String>,
}

/// A line of a [`Block`].
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// Less prominent text that follows on the same line; may be empty.
    pub rest: String,
    pub face: Face,
}

/// Maximum width, in px, of a label that counts as short: a few words that look lost on two lines.
pub const SHORT: i32 = 96;

/// A row's label and detail, to be wrapped at several widths.
pub struct Texts<'a> {
    label: &'a str,
    detail: &'a str,
    pub size: Size,
    /// The measured words of label and detail, computed on first use.
    words: OnceCell<[Words<'a>; 2]>,
}

/// A way to break label and detail into lines.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Label and detail on one line.
    Line,
    /// The lines of the label, then those of the detail.
    Stacked([Folds; 2]),
}

impl<'a> Texts<'a> {
    pub fn new((label, detail): (&'a str, &'a str), size: Size) -> Texts<'a> {
        Texts { label, detail, size, words: OnceCell::new() }
    }

    fn words(&self) -> &[Words<'a>; 2] {
        let measured =
            || [Words::new(self.label, Face::Label), Words::new(self.detail, Face::Detail)];
        self.words.get_or_init(measured)
    }

    /// Returns the width of label and detail on one line.
    pub fn inline(&self) -> i32 {
        let rest = if self.detail.is_empty() { 0 } else { REST_GAP + self.size.detail };
        self.size.label + rest
    }

    /// Wraps label and detail each into at most `max_lines` lines of at most `room` px.
    pub fn stacked(&self, room: i32, max_lines: usize) -> Way {
        Way::Stacked(self.words().each_ref().map(|words| words.folds(room, max_lines)))
    }

    /// Wraps label and detail at `snug` px if no word breaks and two lines suffice, else at `wide`
    /// px.
    pub fn fit(&self, snug: i32, wide: i32) -> Way {
        if self.inline() <= snug || (self.label.is_empty() && self.detail.is_empty()) {
            return Way::Line;
        }
        let narrow = (snug > 0).then(|| self.stacked(snug, 2));
        if let Some(narrow) = narrow.filter(|way| !way.is_rough() && way.lines() <= 2) {
            return narrow;
        }
        // A line across a neighbor's lifeline reads better than a column of single words.
        if self.size.label.max(self.size.detail) <= wide {
            return self.stacked(wide, 1);
        }
        self.stacked(wide.max(Face::Label.size()), 4)
    }

    /// Wraps label and detail at `wide` px, with both on one line only if they fit into `snug`,
    /// too. Returns `None` if words would be broken or left out.
    pub fn fit_within(&self, snug: i32, wide: i32) -> Option<Way> {
        if self.inline() <= snug.min(wide) {
            return (self.inline() > 0).then_some(Way::Line);
        }
        let lines = if self.size.label <= wide { 1 } else { 2 };
        Some(self.stacked(wide.max(1), lines)).filter(|way| !way.is_rough())
    }

    /// Returns the width of the widest line, in px.
    pub fn width(&self, way: &Way) -> i32 {
        match way {
            Way::Line => self.inline(),
            Way::Stacked(folds) => folds[0].width.max(folds[1].width),
        }
    }

    /// Returns the number of lines of the label.
    pub fn labels(&self, way: &Way) -> usize {
        match way {
            Way::Line => usize::from(!self.label.is_empty()),
            Way::Stacked(folds) => folds[0].lines,
        }
    }

    /// Returns the lines as a block.
    pub fn block(&self, way: &Way) -> Block {
        match way {
            Way::Line if self.label.is_empty() && self.detail.is_empty() => Block::default(),
            Way::Line => self.one_line(),
            Way::Stacked(folds) => self.lines(folds),
        }
    }

    fn one_line(&self) -> Block {
        let (face, text, rest) = match self.label {
            "" => (Face::Detail, self.detail, ""),
            label => (Face::Label, label, self.detail),
        };
        let line = Line { text: text.to_owned(), rest: rest.to_owned(), face };
        Block { lines: vec![line], width: self.inline(), height: face.line(), title: None }
    }

    fn lines(&self, folds: &[Folds; 2]) -> Block {
        let mut block = Block::default();
        for ((words, folds), face) in
            self.words().iter().zip(folds).zip([Face::Label, Face::Detail])
        {
            block.width = block.width.max(folds.width);
            for text in words.lines(folds) {
                block.height += face.line();
                block.lines.push(Line { text, rest: String::new(), face });
            }
        }
        if folds.iter().any(|folds| folds.cut) {
            block.title = Some(format!("{} {}", self.label, self.detail).trim_end().to_owned());
        }
        block
    }
}

impl Way {
    /// Returns true if words are broken or left out.
    pub fn is_rough(&self) -> bool {
        match self {
            Way::Line => false,
            Way::Stacked(folds) => folds.iter().any(|folds| folds.broken || folds.cut),
        }
    }

    fn lines(&self) -> usize {
        match self {
            Way::Line => 1,
            Way::Stacked(folds) => folds[0].lines + folds[1].lines,
        }
    }
}

/// Returns the height of a label above a line, including the gap between them.
pub fn above(block: &Block) -> i32 {
    if block.lines.is_empty() { 0 } else { block.height + LABEL_GAP }
}
