//! Java properties, .ini files and environment files: a key and a value on each line.

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
pub fn continues(line: &str) -> bool {
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

/// Returns true for a file with sections such as `[consumer]`, an .ini file: nothing else is in it but
/// keys with their values.
pub fn has_sections(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !is_ini_comment(line));
    let is_value = |line: &str| {
        let key = line.split_once(['=', ':']).map(|(key, _)| key.trim());
        let in_key = |c: char| c.is_ascii_alphanumeric() || "._-%\"".contains(c);
        line.starts_with([' ', '\t'])
            || key.is_some_and(|key| !key.is_empty() && key.chars().all(in_key))
    };
    let mut sections = 0;
    let mut values = 0;
    let all = lines.all(|line| {
        let is_section = section(line).is_some();
        sections += usize::from(is_section);
        values += usize::from(!is_section);
        is_section || is_value(line)
    });
    all && sections > 0 && values > 0
}

/// Reads an .ini file: a map of its sections; what stands in front of them is in one without a name.
pub fn sections(text: &str) -> Node {
    let mut all: Vec<Entry> = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !is_ini_comment(line)) {
        let name = section(line);
        if name.is_some() || all.is_empty() {
            let (key, value) =
                (name.unwrap_or_default().to_owned(), Node::new(i + 1, Data::Map(Vec::new())));
            all.push(Entry { key, line: i + 1, value });
        }
        if let (None, Some((key, value))) = (name, line.split_once(['=', ':']))
            && let Some(Entry { value: Node { data: Data::Map(entries), .. }, .. }) = all.last_mut()
        {
            let key = key.trim().trim_matches('"').to_owned();
            let value = Node::text_at(i + 1, unquoted(value));
            entries.push(Entry { key, line: i + 1, value });
        }
    }
    Node::new(1, Data::Map(all))
}

fn is_ini_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(['#', ';'])
}

/// Returns the name of a section: `[consumer]`, or `[[consumer]]` in TOML.
fn section(line: &str) -> Option<&str> {
    let name = line.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let in_name = |c: char| c.is_ascii_alphanumeric() || " ._-:".contains(c);
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(in_name))
        .then_some(name)
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
    fn reads_sections() {
        let text = "; no\n[a]\nb.c = 1\n\n[d]\ne: \"2\" # f\n";
        assert!(has_sections(text) && !has_sections("[a]\n") && !has_sections("[a]\nb c\n"));
        let read = sections(text);
        let value = read.at(&["d", "e"]).unwrap();
        assert_eq!((value.text(), value.line), (Some("2"), 6));
        assert_eq!(read.at(&["a", "b.c"]).and_then(Node::text), Some("1"));
    }

    #[test]
    fn reads_environments() {
        let read = environment("export A_B=\"x y\" # z\n# C=1\n  - D='2'\nE=3 # four\nF");
        let all: Vec<_> =
            read.entries().iter().map(|e| (e.key.as_str(), e.value.text().unwrap())).collect();
        assert_eq!(all, [("A_B", "x y"), ("D", "2"), ("E", "3")]);
    }
}
