//! Import of configurations: from the files that an engineer has to a verdict.
//!
//! ```text
//! text ──▶ syntax ──▶ tree ──▶ parts ──▶ layers of defaults ──▶ plan ──▶ search ──▶ report
//! ```
//!
//! `formats` tells by its content what a text is and reads it into parts: one side of one
//! application or queue, under the names of its settings. `layers` puts them over the defaults of
//! framework and client. A plan turns that into configurations of the model, asks what no file
//! says, and `search` checks them. Only literals are read; code is never run or guessed. Values
//! are repeated only where they decide on a verdict: secrets, hosts and accounts never are.

mod active;
mod answers;
mod ask;
mod causes;
mod checked;
mod domains;
mod fixes;
mod formats;
mod headline;
mod json;
mod keys;
mod layers;
mod map;
mod part;
mod patch;
mod plan;
mod profiles;
mod read;
mod reading;
mod report;
mod rules;
mod scope;
mod search;
mod spelling;
mod tree;
mod values;
mod variables;

pub use answers::{AckPlace, Answers, BatchFailure, Handler, OnError, Question, SendFailure};
pub use answers::{setting, version, yes};
pub use checked::{Checked, origin};
pub use fixes::{Fixes, Proved, fixes};
pub use formats::Syntax;
pub use headline::headline;
pub use json::json;
pub use layers::{Origin, Taken, Version, Versions};
pub use part::{Place, Remark, RemarkKind, Sheet, Side, System};
pub use plan::{Forced, Given, Plan, Refusal, Variant};
pub use reading::{Reading, read};
pub use report::{Finding, NOTHING_SO_FAR, Report, Status, verdict, verdict_with};
pub use rules::Rule;
pub use scope::{assumptions, left_out, not_tried};
pub use search::{Effort, Run, Scripts, Tag};
pub use spelling::Spelled;

/// Maximum size of a file in bytes.
pub const MOST_BYTES: usize = 1 << 20;

/// A text to import.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub name: String,
    pub text: String,
    /// Its syntax, if it is not to be told by the content.
    pub syntax: Option<Syntax>,
}

/// A text that cannot be read: which one, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Index of the source.
    pub file: usize,
    /// The line, from 1; 0 if the problem is of the whole text.
    pub line: usize,
    pub text: String,
}
