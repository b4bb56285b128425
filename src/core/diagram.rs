//! Sequence diagrams: from a trace to SVG, in separate passes.
//!
//! [`build`] converts a trace into the intermediate representation [`ir`]; [`layout`] assigns
//! coordinates for a given width (text is measured by [`metrics`], not by a browser); [`picture`]
//! is the resulting display list; [`svg`] serializes it; [`check`] finds layout defects, for tests.
//! [`mermaid`] and [`plantuml`] export the same diagram for tools that do the layout themselves.

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

/// Returns the character, or U+FFFD in place of one that XML and YAML cannot represent: control
/// characters other than tab, line feed and carriage return, and U+FFFE and U+FFFF. A single one of
/// them makes a whole document unreadable (<https://www.w3.org/TR/xml/#charsets>).
fn writable(c: char) -> char {
    let space = matches!(c, '\t' | '\n' | '\r');
    let forbidden = (c.is_control() && !space) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if forbidden { char::REPLACEMENT_CHARACTER } else { c }
}
