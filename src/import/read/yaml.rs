//! YAML, by the events of saphyr-parser, which keep lines and tags.
//!
//! Anchors, aliases and merge keys (`<<`) are followed within a budget, so that a bomb of aliases
//! ends with an error instead of filling the memory.

use super::{MOST_DEPTH, MOST_NODES, Problem};
use crate::import::tree::{Data, Entry, Node};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use std::collections::HashMap;

/// Reads all documents of a text.
pub fn documents(text: &str) -> Result<Vec<Node>, Problem> {
    let mut reader =
        Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), left: MOST_NODES };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) => {
                let (event, span) = reader.need(&span)?;
                documents.push(reader.node(event, &span, 0)?);
            }
            _ => {}
        }
    }
    Ok(documents)
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    /// Number of nodes that may still be made.
    left: usize,
}

fn problem(error: &ScanError) -> Problem {
    Problem::at(error.marker().line(), format!("this is no valid YAML: {}", error.info()))
}

impl<'a> Reader<'a> {
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
                (anchor, tag, if null { Data::Null } else { Data::Text(text.into_owned()) })
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
        loop {
            let (key, line) = match self.need(start)? {
                (Event::MappingEnd, _) => break,
                (event, span) => (self.node(event, &span, depth + 1)?, span.start.line()),
            };
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
        for entry in merged {
            if entries.iter().all(|own| own.key != entry.key) {
                entries.push(entry);
            }
        }
        Ok(Data::Map(entries))
    }
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
