//! The outcome of a command: its output, or a problem with its input.

use super::print::Form;
use super::watch;

/// Exit code: a required property does not hold, or is undecided.
const FAILED: u8 = 1;

/// The output of a command, and whether the required properties hold.
pub struct Answer {
    pub text: String,
    pub form: Form,
    pub passed: bool,
    /// The user interrupted the command before the search was complete.
    pub stopped: bool,
}

impl Answer {
    pub fn of(text: String, form: Form) -> Answer {
        Answer { text, form, passed: true, stopped: false }
    }

    pub fn code(&self) -> u8 {
        match self {
            Answer { passed: false, .. } => FAILED,
            Answer { stopped: true, .. } => watch::INTERRUPTED,
            _ => 0,
        }
    }
}

/// A problem with the input: one sentence with its location and how to fix it.
pub struct Wrong(pub String);
