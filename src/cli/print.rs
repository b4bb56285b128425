//! Terminal output: answers on standard output, problems on standard error.
//!
//! Text from other authors never reaches a terminal unescaped: strings in a configuration are
//! escaped before anything is reported about it ([`super::settings::ready`]), and any control
//! character that is left is escaped here.

use crate::sim::plain::{is_control, visible, visible_lines};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write, stderr, stdout};

/// The format of an answer, which determines how control characters are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain text, for people.
    Text,
    Json,
}

impl Form {
    /// Returns the format that `--json` selects.
    pub fn of(json: bool) -> Form {
        if json { Form::Json } else { Form::Text }
    }
}

/// Formats the value with indentation and a trailing newline, as in a file.
pub fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// Prints an answer in full.
///
/// # Errors
/// Returns an error if the answer could not be written. A reader that closes the pipe early is not
/// an error.
pub fn answer(text: &str, form: Form) -> Result<(), std::io::Error> {
    let text = match form {
        Form::Text => visible_lines(text),
        Form::Json => escaped(text),
    };
    let mut out = stdout().lock();
    quiet_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Turns a broken pipe into success: nobody reads the output any more.
pub fn quiet_pipe(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints a problem on one line.
pub fn problem(text: &str) {
    // If standard error cannot be written to, the problem cannot be reported.
    let _ = writeln!(stderr(), "error: {}", visible(text));
}

/// Escapes control characters that JSON allows unescaped. They occur inside strings only.
fn escaped(json: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_control(c) && c != '\n';
    if !json.contains(hidden) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if hidden(c) {
            // All of them are in the Basic Multilingual Plane; writing to a `String` cannot fail.
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
