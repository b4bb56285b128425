//! What the program says: answers on standard output, problems on standard error.
//!
//! Nothing that others wrote reaches a terminal as it is: texts of a configuration are made visible
//! before anything is told of it ([`super::settings::ready`]), and whatever control character is
//! still there is written out here.

use crate::sim::plain::{is_control, visible, visible_lines};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write, stderr, stdout};

/// What an answer is, which says how a control character is written in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    Json,
}

impl Form {
    /// The form that `--json` asks for.
    pub fn of(json: bool) -> Form {
        if json { Form::Json } else { Form::Text }
    }
}

/// Prints an answer, to the last byte.
///
/// # Errors
/// Where it could not be written. Whoever closes the pipe early has read enough: that is none.
pub fn answer(text: &str, form: Form) -> Result<(), std::io::Error> {
    let text = match form {
        Form::Text => visible_lines(text),
        Form::Json => escaped(text),
    };
    let mut out = stdout().lock();
    quiet_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// An answer with no error where nobody reads it any more.
pub fn quiet_pipe(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints a problem, in one line.
pub fn problem(text: &str) {
    // Where standard error cannot be written to, nobody can be told.
    let _ = writeln!(stderr(), "error: {}", visible(text));
}

/// JSON escapes for what JSON may have as it is: control characters stand in texts only.
fn escaped(json: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_control(c) && c != '\n';
    if !json.contains(hidden) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if hidden(c) {
            // All of them are in the first plane; writing to a text cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_without_control_characters() {
        let text = "a\u{7f}\u{9b}\u{202e}\u{2028}\u{1b}\nü";
        let json = serde_json::json!({ "title": text }).to_string();
        let escaped = escaped(&json);
        assert!(!escaped.chars().any(is_control), "{escaped}");
        let read: serde_json::Value = serde_json::from_str(&escaped).expect("it is JSON");
        assert_eq!(read["title"], text);
    }
}
