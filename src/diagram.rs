//! The diagram: from what happened to a picture, in named passes.

pub mod build;
pub mod ir;
