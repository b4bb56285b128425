//! The diagram: from what happened to a picture, in named passes.
//!
//! [`build`] says what happened in a run, as [`ir`]; [`layout`] gives it a place in the width there is (with text
//! measured by [`measure`], not by a browser), [`picture`] is the result as shapes, [`svg`]
//! writes it down, [`check`] finds what is wrong with it. [`mermaid`] and [`plantuml`] write what
//! happened for tools that lay it out themselves.

pub mod build;
pub mod check;
pub mod ir;
pub mod layout;
mod lines;
pub mod mermaid;
pub mod metrics;
pub mod picture;
pub mod plantuml;
pub mod svg;

#[cfg(test)]
mod samples;

/// Returns the character, or U+FFFD in place of one that XML and YAML have no way to write: the
/// control characters but for tab, line feed and carriage return, and U+FFFE and U+FFFF. A single
/// one of them makes a whole document unreadable (<https://www.w3.org/TR/xml/#charsets>).
fn writable(c: char) -> char {
    let space = matches!(c, '\t' | '\n' | '\r');
    let forbidden = (c.is_control() && !space) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if forbidden { char::REPLACEMENT_CHARACTER } else { c }
}
