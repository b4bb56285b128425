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
pub mod measure;
pub mod mermaid;
pub mod picture;
pub mod plantuml;
pub mod svg;

#[cfg(test)]
mod samples;
