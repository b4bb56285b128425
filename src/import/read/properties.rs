//! Java properties and environment files: a key and a value on each line.

use crate::import::tree::{Data, Entry, Node};

/// Reads Java properties (`java.util.Properties.load`): `=`, `:` or space between key and value,
/// `\` at the end of a line continues it, `#` and `!` begin comments.
pub fn java(text: &str) -> Node {
    let mut entries = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((i, first)) = lines.next() {
        let first = first.trim_start();
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut line = first.to_owned();
        while continues(&line) {
            line.pop();
            let Some((_, next)) = lines.next() else { break };
            line.push_str(next.trim_start());
        }
        let (key, value) = split(&line);
        let value = unescape(value.trim_end());
        entries.push(Entry { key: unescape(key), line: i + 1, value: Node::text_at(i + 1, value) });
    }
    Node::new(1, Data::Map(entries))
}

/// Returns true if the line ends with an odd number of backslashes.
fn continues(line: &str) -> bool {
    line.chars().rev().take_while(|&c| c == '\\').count() % 2 == 1
}

/// Splits a line at the first separator that is not escaped.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (i, c) in line.char_indices() {
        if !escaped && (c == '=' || c == ':' || c.is_whitespace()) {
            let rest = line[i..].trim_start();
            return (&line[..i], rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start());
        }
        escaped = c == '\\' && !escaped;
    }
    (line, "")
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('f') => out.push('\u{c}'),
                Some('u') => {
                    let code: String = chars.by_ref().take(4).collect();
                    let char = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    out.push(char.unwrap_or('\u{fffd}'));
                }
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

/// Reads environment variables: `KEY=value`, also with `export`, quotes, or as an item of a list.
pub fn environment(text: &str) -> Node {
    let mut entries = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("export ").trim();
        if line.starts_with('#') {
            continue;
        }
        let line = line.trim_start_matches("ENV ");
        if let Some((key, value)) = line.split_once('=') {
            entries.push(Entry {
                key: key.trim().trim_matches(['"', '\'']).to_owned(),
                line: i + 1,
                value: Node::text_at(i + 1, unquoted(value)),
            });
        }
    }
    Node::new(1, Data::Map(entries))
}

/// Removes quotes, or a comment behind an unquoted value.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inner.0;
        }
    }
    value.split(" #").next().unwrap_or(value).trim().trim_end_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_java_reads() {
        let text = "! no\na.b = 1\nc:d\\\n   e\n  f g\nempty\nx\\=y=\\u0041\\\\";
        let read = java(text);
        let all: Vec<_> = read
            .entries()
            .iter()
            .map(|e| (e.key.as_str(), e.value.text().unwrap(), e.line))
            .collect();
        let want =
            [("a.b", "1", 2), ("c", "de", 3), ("f", "g", 5), ("empty", "", 6), ("x=y", "A\\", 7)];
        assert_eq!(all, want);
    }

    #[test]
    fn reads_environments() {
        let read = environment("export A_B=\"x y\" # z\n# C=1\n  - D='2'\nE=3 # four\nF");
        let all: Vec<_> =
            read.entries().iter().map(|e| (e.key.as_str(), e.value.text().unwrap())).collect();
        assert_eq!(all, [("A_B", "x y"), ("D", "2"), ("E", "3")]);
    }
}
