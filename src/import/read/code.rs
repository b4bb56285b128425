//! Literals in source code: calls, object literals and assignments, in Python, JavaScript,
//! TypeScript, Go, C#, Java and Kotlin.
//!
//! This is no parser of any of these languages. They agree on strings, numbers, brackets and
//! commas, which is enough to find `key: value`, `Key = value` and `call(name=value)` and to keep
//! their lines. Nothing is evaluated: what is no literal is opaque.

mod completed;
mod reader;
mod tokens;

use crate::import::tree::{Data, Entry, Node};
use reader::Reader;
use tokens::tokens;

/// A call with its arguments: `channel.basic_publish("", body, mandatory=True)`.
#[derive(Clone, Debug)]
pub struct Call {
    /// The path in front of the parenthesis: `channel.basic_publish`. It begins with a dot if the call
    /// is on what another one returns: `.createChannel`.
    pub path: String,
    pub line: usize,
    /// Positional arguments.
    pub args: Vec<Node>,
    /// Named arguments.
    pub named: Vec<Entry>,
}

/// An assignment of a literal: `cfg.Producer.RequiredAcks = sarama.NoResponse`.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub path: String,
    pub line: usize,
    pub value: Node,
}

/// What was found in a file of code.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The lines that name other modules.
    imports: Vec<String>,
    pub calls: Vec<Call>,
    pub assignments: Vec<Assignment>,
    /// Object literals, each tagged with the type in front of it, if there is one.
    pub objects: Vec<Node>,
}

impl Call {
    /// Returns the last part of the path: `basic_publish`.
    pub fn name(&self) -> &str {
        self.path.rsplit(['.', ':']).next().unwrap_or(&self.path)
    }

    /// Returns the argument of this name, or at this position.
    pub fn arg(&self, name: &str, position: usize) -> Option<&Node> {
        let named = self.named.iter().find(|entry| entry.key == name);
        named.map(|entry| &entry.value).or_else(|| self.args.get(position))
    }

    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.named.iter().find(|entry| entry.key == name)
    }
}

impl Code {
    /// Returns true if the code names this module, package or namespace where it imports.
    pub fn imports(&self, module: &str) -> bool {
        self.imports.iter().any(|line| line.contains(module))
    }

    /// Returns the calls of this name, whatever they are called on.
    pub fn calls_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Call> {
        self.calls.iter().filter(move |call| call.name() == name)
    }

    /// Returns true if a function or method of this name is called.
    pub fn calls(&self, name: &str) -> bool {
        self.calls_of(name).next().is_some()
    }

    /// Returns the object literals of this type: `new ProducerConfig {…}`, `kafka.Writer{…}`.
    pub fn objects_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.objects.iter().filter(move |node| {
            let tag = node.tag.as_deref().unwrap_or_default();
            tag == name || tag.ends_with(&format!(".{name}"))
        })
    }

    /// Returns the literal that is assigned to a variable of this name.
    pub fn value_of(&self, variable: &str) -> Option<&Node> {
        let found = self.assignments.iter().find(|assignment| assignment.path == variable);
        found.map(|assignment| &assignment.value)
    }

    /// Follows a variable to its literal, once.
    pub fn resolved<'a>(&'a self, node: &'a Node) -> &'a Node {
        match &node.data {
            Data::Opaque(name) => {
                self.value_of(name.trim_start_matches(['*', '&'])).unwrap_or(node)
            }
            _ => node,
        }
    }
}

/// Finds calls, assignments and object literals.
pub fn read(text: &str) -> Code {
    let tokens = tokens(text);
    let reader = Reader::new(&tokens);
    let is_import = |line: &&str| {
        ["import", "from ", "require", "use ", "using "].iter().any(|word| line.contains(word))
    };
    let imports = text.lines().filter(is_import).map(str::to_owned).collect();
    let mut code = Code { imports, ..Code::default() };
    let mut at = 0;
    while at < tokens.len() {
        reader.statement(at, &mut code);
        at += 1;
    }
    completed::complete(&mut code);
    code
}

#[cfg(test)]
mod tests;
