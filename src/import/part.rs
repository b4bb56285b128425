//! What the files say, product by product and side by side, under the names of the settings.

use super::formats::Syntax;
use super::layers::Layer;
pub use crate::sim::clients::{Side, System};

/// A line of one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the file.
    pub file: usize,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
}

/// A value in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// An expression that is not evaluated.
    Unknown(String),
}

impl Value {
    /// Returns what counts of the value of this setting: of a transactional.id, only that there is one.
    pub fn of(self, name: &str) -> Value {
        match self {
            Value::Unknown(expression) if name == "transactional.id" => Value::Text(expression),
            value => value,
        }
    }
}

/// A setting in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name of the setting in the importer: `acks`.
    pub name: String,
    pub value: Value,
    pub place: Place,
    /// The key as it is written in the file: `spring.kafka.producer.acks`.
    pub written: String,
    /// A default of the file itself was read: `${X:3}`, `Parameters.Default`.
    pub by_default: bool,
}

/// One side of one application or one queue, as the files describe it.
#[derive(Clone, Debug)]
pub struct Part {
    pub side: Side,
    /// The framework or client, which knows its defaults.
    pub layer: &'static Layer,
    /// The name of the queue, topic, channel or function; empty if there is none.
    pub name: String,
    pub place: Place,
    pub items: Vec<Item>,
    /// The name of what this part refers to: the queue of a consumer.
    pub refers_to: Option<String>,
}

impl Part {
    pub fn new(side: Side, layer: &'static Layer, place: Place) -> Part {
        Part { side, layer, name: String::new(), place, items: Vec::new(), refers_to: None }
    }

    pub fn named(mut self, name: impl Into<String>) -> Part {
        self.name = name.into();
        self
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>, place: Place, written: &str) {
        self.items.push(Item {
            name: name.to_owned(),
            value: Value::Text(value.into()),
            place,
            written: written.to_owned(),
            by_default: false,
        });
    }
}

/// Kind of a [`Remark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// A key that its product does not know: it has no effect.
    NoEffect,
    /// A known key that has no effect because of another one.
    Overruled,
    /// A value that cannot be read.
    Unreadable,
    /// Something that matters and is not in the model.
    NotModeled,
    /// A part of the file that is passed over.
    PassedOver,
    /// A value that was taken for granted.
    Assumed,
}

impl RemarkKind {
    pub fn key(self) -> &'static str {
        match self {
            RemarkKind::NoEffect => "no-effect",
            RemarkKind::Overruled => "overruled",
            RemarkKind::Unreadable => "unreadable",
            RemarkKind::NotModeled => "not-modeled",
            RemarkKind::PassedOver => "passed-over",
            RemarkKind::Assumed => "assumed",
        }
    }
}

/// Something in the files that has no influence on the verdict, or not the one that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub kind: RemarkKind,
    pub place: Option<Place>,
    /// A sentence.
    pub text: String,
}

/// A file inside of another one: a block of YAML in a ConfigMap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of the file around it.
    pub file: usize,
    /// Its first and its last line there.
    pub from: usize,
    pub to: usize,
    /// Number of spaces in front of its lines.
    pub indent: usize,
    pub syntax: Syntax,
}

/// Everything that was read in the files.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// For each file, what it was taken for.
    pub read_as: Vec<Vec<String>>,
    pub parts: Vec<Part>,
    pub remarks: Vec<Remark>,
    /// Keys that are known and have no influence on delivery.
    pub irrelevant: Vec<(Place, String)>,
    /// Keys that are no settings and beside which settings may stand.
    pub neighbors: Vec<(Place, String)>,
    /// Facts that rules compare, such as the timeout of a function: name and value.
    pub facts: Vec<Item>,
    /// The profiles that the files have settings for.
    pub profiles: Vec<String>,
    /// The profile that is active unless another one is set.
    pub usual_profile: Option<&'static str>,
    /// For each broker of a cluster, its file and its variables with their lines: what is changed for
    /// one is changed for all.
    pub brokers: Vec<(usize, Vec<(String, usize)>)>,
    /// Files inside of the files.
    pub blocks: Vec<Block>,
    /// Files of Terraform that wait for each other.
    pub terraform: Vec<(usize, crate::import::tree::Node)>,
}

impl Sheet {
    pub fn remark(&mut self, kind: RemarkKind, place: Place, text: impl Into<String>) {
        self.remarks.push(Remark { kind, place: Some(place), text: text.into() });
    }

    /// Records the names of profiles in "a,b" or "a | b"; expressions such as "!a" name none that
    /// could be chosen.
    pub fn profiles(&mut self, names: &str) {
        for name in names.split([',', '|']).map(str::trim) {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            if !name.is_empty() && name.chars().all(plain) && !self.profiles.contains(&name.into())
            {
                self.profiles.push(name.to_owned());
            }
        }
    }

    pub fn took_for(&mut self, file: usize, what: impl Into<String>) {
        if self.read_as.len() <= file {
            self.read_as.resize(file + 1, Vec::new());
        }
        let what = what.into();
        if !self.read_as[file].contains(&what) {
            self.read_as[file].push(what);
        }
    }

    pub fn irrelevant(&mut self, place: Place, key: impl Into<String>) {
        self.irrelevant.push((place, key.into()));
    }
}
