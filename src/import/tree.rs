//! A document as a tree of literals, each with its line: the common form of YAML, JSON, HCL,
//! properties and object literals in code.

/// The tag of a value that is the default of a placeholder: of `${X:-3}`, whose variable is not known.
pub const BY_DEFAULT: &str = "by default";

/// A value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The line on which the value begins, from 1.
    pub line: usize,
    /// A YAML tag such as `!Ref`, or the type or function in front of a literal in code.
    pub tag: Option<String>,
    pub data: Data,
}

/// The content of a [`Node`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    Null,
    /// A literal: text, a number or a boolean, as it is written but without quotes.
    Text(String),
    /// An expression that is not evaluated, as it is written: `process.env.ACKS`.
    Opaque(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    /// The line of the key, from 1.
    pub line: usize,
    pub value: Node,
}

/// A scalar or a list with its full key: `spring.kafka.producer.acks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    pub key: String,
    /// The line of the key, from 1.
    pub line: usize,
    pub value: &'a Node,
}

impl Node {
    pub fn new(line: usize, data: Data) -> Node {
        Node { line, tag: None, data }
    }

    pub fn text_at(line: usize, text: impl Into<String>) -> Node {
        Node::new(line, Data::Text(text.into()))
    }

    /// Returns the literal; `None` for anything else.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        // The last of several equal keys counts, as in most readers.
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Follows nested keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Moves all lines down by so many.
    pub fn shift(&mut self, lines: usize) {
        self.line += lines;
        match &mut self.data {
            Data::List(items) => items.iter_mut().for_each(|item| item.shift(lines)),
            Data::Map(entries) => {
                for entry in entries {
                    entry.line += lines;
                    entry.value.shift(lines);
                }
            }
            Data::Null | Data::Text(_) | Data::Opaque(_) => {}
        }
    }

    /// Returns all scalars and lists below this node, with their full keys.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut out = Vec::new();
        self.collect("", &mut out);
        out
    }

    fn collect<'a>(&'a self, prefix: &str, out: &mut Vec<Leaf<'a>>) {
        for Entry { key, line, value } in self.entries() {
            let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match &value.data {
                Data::Map(entries) if !entries.is_empty() => value.collect(&key, out),
                _ => out.push(Leaf { key, line: *line, value }),
            }
        }
    }
}
