//! YAML, by the events of saphyr-parser, which keep lines and tags.
//!
//! Anchors, aliases and merge keys (`<<`) are followed within a budget, so that a bomb of aliases
//! ends with an error instead of filling the memory.

use super::{MOST_DEPTH, MOST_NODES, Problem};
use crate::import::tree::{Data, Entry, Node};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use std::collections::{HashMap, HashSet};

/// Reads all documents of a text.
pub fn documents(text: &str) -> Result<Vec<Node>, Problem> {
    Reader::new(text, false).documents()
}

/// Reads all documents of a text as YAML 1.1, with the numbers and booleans of that version, in which
/// no key stands twice in a map.
///
/// Sources: yaml.org/type/int.html and bool.html, of which SnakeYAML takes neither `y` nor `n`;
/// spring-boot@c329ffa OriginTrackedYamlLoader (`setAllowDuplicateKeys(false)`).
pub fn documents_1_1(text: &str) -> Result<Vec<Node>, Problem> {
    Reader::new(text, true).documents()
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    /// Number of nodes that may still be made.
    left: usize,
    /// It is read as YAML 1.1.
    is_1_1: bool,
}

fn problem(error: &ScanError) -> Problem {
    Problem::at(error.marker().line(), format!("this is no valid YAML: {}", error.info()))
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, is_1_1: bool) -> Reader<'a> {
        let (parser, anchors) = (Parser::new_from_str(text), HashMap::new());
        Reader { parser, anchors, left: MOST_NODES, is_1_1 }
    }

    fn documents(mut self) -> Result<Vec<Node>, Problem> {
        let mut documents = Vec::new();
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) => {
                    let (event, span) = self.need(&span)?;
                    documents.push(self.node(event, &span, 0)?);
                }
                _ => {}
            }
        }
        Ok(documents)
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Problem> {
        self.parser.next_event().transpose().map_err(|error| problem(&error))
    }

    fn need(&mut self, before: &Span) -> Result<(Event<'a>, Span), Problem> {
        let line = before.start.line();
        self.next()?.ok_or_else(|| Problem::at(line, "the document ends in the middle"))
    }

    fn spend(&mut self, nodes: usize, line: usize) -> Result<(), Problem> {
        match self.left.checked_sub(nodes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Problem::at(
                line,
                format!(
                    "with its aliases the document has more than {MOST_NODES} values; write out \
                     what they stand for, or check the part that matters"
                ),
            )),
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Problem> {
        let line = span.start.line();
        if depth > MOST_DEPTH {
            let problem = format!("more than {MOST_DEPTH} levels of nesting are not read");
            return Err(Problem::at(line, problem));
        }
        self.spend(1, line)?;
        let (anchor, tag, data) = match event {
            Event::Alias(id) => {
                let node = self.anchors.get(&id).cloned();
                let node =
                    node.ok_or_else(|| Problem::at(line, "an alias inside its own anchor"))?;
                self.spend(size(&node), line)?;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let other = match style {
                    ScalarStyle::Plain if self.is_1_1 && tag.is_none() => canonical(&text),
                    _ => None,
                };
                let text = other.unwrap_or_else(|| text.into_owned());
                (anchor, tag, if null { Data::Null } else { Data::Text(text) })
            }
            Event::SequenceStart(anchor, tag) => (anchor, tag, self.list(span, depth)?),
            Event::MappingStart(anchor, tag) => (anchor, tag, self.map(span, depth)?),
            _ => return Err(Problem::at(line, "the document ends in the middle")),
        };
        let node = Node { line, tag: tag.as_deref().map(short), data };
        if anchor > 0 {
            self.spend(size(&node), line)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, start: &Span, depth: usize) -> Result<Data, Problem> {
        let mut items = Vec::new();
        loop {
            match self.need(start)? {
                (Event::SequenceEnd, _) => return Ok(Data::List(items)),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, start: &Span, depth: usize) -> Result<Data, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        loop {
            let (key, line) = match self.need(start)? {
                (Event::MappingEnd, _) => break,
                (event, span) => (self.node(event, &span, depth + 1)?, span.start.line()),
            };
            if self.is_1_1
                && let Some(text) = key.text().filter(|text| *text != "<<")
                && let Some(first) = lines.insert(text.to_owned(), line)
            {
                let problem = format!(
                    "{text} is in this map for the second time, after line {first}: Spring Boot does \
                     not start with such a file. Join the two"
                );
                return Err(Problem::at(line, problem));
            }
            let (event, span) = self.need(start)?;
            let value = self.node(event, &span, depth + 1)?;
            match key.text() {
                Some("<<") => {
                    let maps = if value.items().is_empty() {
                        vec![&value]
                    } else {
                        value.items().iter().collect()
                    };
                    maps.iter().for_each(|map| merged.extend_from_slice(map.entries()));
                }
                Some(text) => entries.push(Entry { key: text.to_owned(), line, value }),
                None => entries.push(Entry { key: String::new(), line, value }),
            }
        }
        let mut own: HashSet<String> = match merged.is_empty() {
            true => HashSet::new(),
            false => entries.iter().map(|entry| entry.key.clone()).collect(),
        };
        for entry in merged {
            if own.insert(entry.key.clone()) {
                entries.push(entry);
            }
        }
        Ok(Data::Map(entries))
    }
}

/// Returns what YAML 1.1 makes of a scalar without quotes, if that is written in another way: `on` is
/// `true`, and `600_000` is `600000`.
fn canonical(text: &str) -> Option<String> {
    const TRUE: [&str; 9] = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"];
    const FALSE: [&str; 9] = ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"];
    let value = match text {
        _ if TRUE.contains(&text) => "true".to_owned(),
        _ if FALSE.contains(&text) => "false".to_owned(),
        _ => integer(text)?.to_string(),
    };
    (value != text).then_some(value)
}

/// Reads an integer of YAML 1.1: `600_000`, `+5`, `0x1F`, `0b101`, or `017`, which is octal.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        _ if digits.starts_with(|c: char| c.is_ascii_digit()) => (10, digits),
        _ => return None,
    };
    let digits = digits.replace('_', "");
    // A second sign is none of a number's.
    let plain = digits.chars().all(|c| c.is_digit(base));
    i128::from_str_radix(&digits, base).ok().filter(|_| plain).map(|value| sign * value)
}

/// Returns a tag as it is written: `!Ref`.
fn short(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// Returns the number of nodes of a tree.
fn size(node: &Node) -> usize {
    1 + node.items().iter().map(size).sum::<usize>()
        + node.entries().iter().map(|entry| size(&entry.value)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines_tags_and_merges() {
        let text = "a: &x {b: 1}\nc:\n  <<: *x\n  d: !Ref Tries\n---\n- ~\n";
        let all = documents(text).unwrap();
        assert_eq!(all.len(), 2);
        let c = all[0].get("c").unwrap();
        assert_eq!(c.get("b").and_then(Node::text), Some("1"));
        let d = c.entry("d").unwrap();
        assert_eq!(
            (d.line, d.value.tag.as_deref(), d.value.text()),
            (4, Some("!Ref"), Some("Tries"))
        );
        assert_eq!(all[1].items()[0].data, Data::Null);
    }

    #[test]
    fn yaml_1_1_has_other_numbers_and_booleans() {
        let text =
            "a: [600_000, off, Yes, '1_0', \"no\", 0x1F, 017, -1, +5, 1.5, y, 09, 1_0s, !!str no]";
        let items = |all: Vec<Node>| {
            let items = all[0].get("a").unwrap().items().to_vec();
            items.iter().map(|item| item.text().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let found = items(documents_1_1(text).unwrap());
        assert_eq!(found, "600000 false true 1_0 no 31 15 -1 5 1.5 y 09 1_0s no");
        let found = items(documents(text).unwrap());
        assert_eq!(found, "600_000 off Yes 1_0 no 0x1F 017 -1 +5 1.5 y 09 1_0s no");
    }

    #[test]
    fn yaml_1_1_has_each_key_once() {
        let text = "a: &x {b: 1}\nc: {<<: *x, b: 2}\nd: 1\na: 2\n";
        let problem = documents_1_1(text).unwrap_err();
        assert_eq!(problem.line, 4);
        assert!(problem.text.starts_with("a is in this map"), "{problem:?}");
        assert!(documents(text).is_ok());
    }

    #[test]
    fn a_bomb_of_aliases_is_refused_with_its_line() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
            text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
        }
        let problem = documents(&text).unwrap_err();
        assert!(problem.line > 1 && problem.text.contains("aliases"), "{problem:?}");
        assert!(documents(&"[".repeat(5000)).is_err());
        assert!(documents("a: [1, 2\nb: }").is_err());
        assert!(documents("a: &a [*a]").is_err());
    }
}
