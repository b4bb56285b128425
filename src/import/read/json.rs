//! JSON with the lines of its values.
//!
//! serde_json has no positions, but its raw values are slices of the text, and where a slice
//! begins is a position.

use super::{MOST_DEPTH, Problem};
use crate::import::tree::{Data, Entry, Node};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reads a document.
pub fn document(text: &str) -> Result<Node, Problem> {
    let raw: &RawValue = serde_json::from_str(text)
        .map_err(|error| Problem::at(error.line(), format!("this is no valid JSON: {error}")))?;
    let mut lines = Lines { text, at: 0, line: 1 };
    node(raw, &mut lines, 0)
}

/// Reads a document that may have comments, and commas behind the last value, as that of .NET's
/// appsettings.json may.
pub fn lenient(text: &str) -> Result<Node, Problem> {
    document(text).or_else(|problem| document(&strict(text)).map_err(|_| problem))
}

/// Replaces comments, and commas in front of a closing bracket, by spaces.
fn strict(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Where a comma stands, as long as nothing but space has come behind it.
    let mut comma = None;
    while let Some(first) = rest.chars().next() {
        let comment = match () {
            () if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            () if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            () => 0,
        };
        if comment > 0 {
            out.extend(rest[..comment].chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = &rest[comment..];
            continue;
        }
        if let (']' | '}', Some(at)) = (first, comma) {
            out.replace_range(at..=at, " ");
        }
        let length = if first == '"' { quoted(rest) } else { first.len_utf8() };
        match first {
            ',' => comma = Some(out.len()),
            first if first.is_whitespace() => {}
            _ => comma = None,
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Returns the length of the text in quotes that begins here.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Counts lines up to positions that only grow.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, raw: &RawValue) -> usize {
        // Both point into the same text.
        let at = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
        let passed = &self.text.as_bytes()[self.at..at.max(self.at)];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.at = at.max(self.at);
        self.line
    }
}

/// The entries of an object, in their order.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    entries.push((Cow::Owned(key), value));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(InOrder)
    }
}

fn node(raw: &RawValue, lines: &mut Lines, depth: usize) -> Result<Node, Problem> {
    let line = lines.of(raw);
    if depth > MOST_DEPTH {
        let problem = format!("more than {MOST_DEPTH} levels of nesting are not read");
        return Err(Problem::at(line, problem));
    }
    let text = raw.get();
    let wrong = |error: serde_json::Error| Problem::at(line, error.to_string());
    let data = match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(all) = serde_json::from_str(text).map_err(wrong)?;
            let mut entries = Vec::new();
            for (key, value) in all {
                let value = node(value, lines, depth + 1)?;
                entries.push(Entry { key: key.into_owned(), line: value.line, value });
            }
            Data::Map(entries)
        }
        Some(b'[') => {
            let all: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
            let items = all.into_iter().map(|item| node(item, lines, depth + 1));
            Data::List(items.collect::<Result<_, _>>()?)
        }
        Some(b'"') => Data::Text(serde_json::from_str(text).map_err(wrong)?),
        Some(b'n') => Data::Null,
        _ => Data::Text(text.to_owned()),
    };
    Ok(Node::new(line, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines_and_order() {
        let read = document("{\n  \"b\": 1,\n  \"a\": [true,\n    {\"c\": null}]\n}").unwrap();
        let keys: Vec<_> = read.entries().iter().map(|e| (e.key.as_str(), e.line)).collect();
        assert_eq!(keys, [("b", 2), ("a", 3)]);
        let inner = &read.get("a").unwrap().items()[1];
        assert_eq!((inner.line, inner.get("c").map(|c| &c.data)), (4, Some(&Data::Null)));
    }

    #[test]
    fn comments_and_last_commas_are_passed_over() {
        let text = "{ // a\n /* \" */ \"a\": \"// no, \\\" comment\", \n \"b\": [1, 2,],\n}";
        let read = lenient(text).unwrap();
        assert_eq!(read.get("a").and_then(Node::text), Some("// no, \" comment"));
        assert_eq!(
            read.entry("b").map(|entry| (entry.line, entry.value.items().len())),
            Some((3, 2))
        );
        assert!(document(text).is_err());
        assert_eq!(lenient("{\"a\":\n [1,").unwrap_err().line, 2);
    }

    #[test]
    fn half_a_document_and_a_deep_one_are_refused() {
        assert_eq!(document("{\"a\":\n [1,").unwrap_err().line, 2);
        assert!(document(&"[".repeat(100_000)).is_err());
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert!(document(&deep).unwrap_err().text.contains("nesting"));
    }
}
