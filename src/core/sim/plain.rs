//! Text that others wrote, made fit to be shown in a line: nothing in it moves a cursor, clears a
//! screen, begins a line of its own or turns the direction of reading (CWE-150; Boucher & Anderson,
//! "Trojan Source", 2021).

use std::borrow::Cow;
use std::fmt::Write;

/// Letters of a text that a message repeats, at most.
const ECHOED: usize = 80;

/// Returns true if a terminal or a reader's eye could be misled by the character: control
/// characters, line and paragraph separators, the embeddings, overrides and isolates of
/// bidirectional text, and what XML cannot hold.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// The text with its control characters written out: `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    visible_but(text, |_| false)
}

/// The same for a text of several lines of our own.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    visible_but(text, |c| c == '\n')
}

fn visible_but(text: &str, kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hidden = |c: char| is_control(c) && !kept(c);
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            // Writing to a text cannot fail.
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The text as a message repeats it: visible, and cut where it is long.
pub fn echo(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(ECHOED).collect();
    let start = visible(&start);
    // What is written out takes more room.
    let cut = start.char_indices().nth(ECHOED).map_or(start.len(), |(at, _)| at);
    match cut < start.len() || letters.next().is_some() {
        true => format!("{}…", &start[..cut]),
        false => start.into_owned(),
    }
}

/// How many letters the text has when it is [`visible`].
pub fn length(text: &str) -> usize {
    visible(text).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mislead_is_written_out() {
        let text = "a\u{1b}[2J\nb\r\u{7f}\u{9b}\u{202e}\u{2066}\u{2028}ü";
        let shown = r"a\u{1b}[2J\u{a}b\u{d}\u{7f}\u{9b}\u{202e}\u{2066}\u{2028}ü";
        assert_eq!(visible(text), shown);
        assert_eq!(visible(shown), shown, "what is visible stays");
        assert_eq!(length(text), length(shown));
        assert_eq!(visible_lines("a\n\tb"), "a\n\\u{9}b");
        assert!(matches!(visible("plain – “text” مرحبا"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(echo("acks"), "acks");
        assert_eq!(echo(&"ü".repeat(80)), "ü".repeat(80));
        assert_eq!(echo(&"ü".repeat(81)), "ü".repeat(80) + "…");
        assert_eq!(echo(&"\n".repeat(80)).chars().count(), 81);
    }
}
