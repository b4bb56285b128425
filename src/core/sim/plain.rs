//! Escaping of untrusted text, so that it can be shown in a line: nothing in the result moves a
//! cursor, clears a screen, starts a new line or changes the reading direction (CWE-150; Boucher &
//! Anderson, "Trojan Source", 2021).

use std::borrow::Cow;
use std::fmt::Write;

/// The maximum length, in characters, at which a message repeats a text.
const ECHOED: usize = 80;

/// Returns true if the character could mislead a terminal or a reader: control characters, line and
/// paragraph separators, the embeddings, overrides and isolates of bidirectional text, and what XML
/// cannot hold.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// Returns the text with its control characters escaped: `\u{1b}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    visible_but(text, |_| false)
}

/// Like [`visible`], but for text with line breaks of our own, which are kept.
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
            // Writing to a string cannot fail.
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Returns the text as a message repeats it: escaped, and truncated if it is long.
pub fn echo(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(ECHOED).collect();
    let start = visible(&start);
    // Escaped characters are longer.
    let cut = start.char_indices().nth(ECHOED).map_or(start.len(), |(at, _)| at);
    match cut < start.len() || letters.next().is_some() {
        true => format!("{}…", &start[..cut]),
        false => start.into_owned(),
    }
}

/// Returns the length of the text in characters once it is [`visible`].
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
