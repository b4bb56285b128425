//! Readers: from a text to a tree of literals. They know syntax, not products.

pub mod code;
pub mod hcl;
pub mod json;
pub mod properties;
pub mod yaml;

/// Maximum depth of nesting that is read.
pub const MOST_DEPTH: usize = 64;
/// Maximum number of values in a document, with all aliases followed.
pub const MOST_NODES: usize = 200_000;

/// A text that cannot be read: its place, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; 0 if the problem is of the whole text.
    pub line: usize,
    pub text: String,
}

impl Problem {
    pub fn at(line: usize, text: impl Into<String>) -> Problem {
        Problem { line, text: text.into() }
    }
}
