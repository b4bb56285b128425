//! What the files say, product by product and side by side, under the names of the settings.

use super::formats::Syntax;
use super::layers::Layer;
use super::tree::Node;
pub use crate::sim::clients::{Side, System};

/// A line of one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Variables say it, in place of an application's file.
    pub of_variables: bool,
}

impl Part {
    pub fn new(side: Side, layer: &'static Layer, place: Place) -> Part {
        let (name, items) = (String::new(), Vec::new());
        Part { side, layer, name, place, items, refers_to: None, of_variables: false }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A profile that a file makes active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// One or several, separated by commas.
    pub profile: String,
    pub place: Place,
    /// The key that says it: `SPRING_PROFILES_ACTIVE`.
    pub written: String,
    /// It is a variable.
    pub is_variable: bool,
}

/// A variable of a container, or in a file of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub value: String,
}

/// A file with manifests of Kubernetes.
#[derive(Clone, Debug)]
pub struct Manifests {
    pub file: usize,
    pub documents: Vec<Node>,
    pub text: String,
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
    /// The profile that is active, as far as it is known before the files are read.
    pub profile: Option<String>,
    /// The profile that the files make active.
    pub active: Option<Active>,
    /// The files of active profiles, which go over the application's own.
    pub of_profiles: Vec<usize>,
    /// The variables that the files have, and those that were known before they were read.
    pub variables: Vec<Variable>,
    pub known: Vec<Variable>,
    /// For each broker of a cluster, its file and its variables with their lines: what is changed for
    /// one is changed for all.
    pub brokers: Vec<(usize, Vec<(String, usize)>)>,
    /// Files inside of the files.
    pub blocks: Vec<Block>,
    /// Manifests of Kubernetes, and files of Terraform, that wait for each other.
    pub manifests: Vec<Manifests>,
    pub terraform: Vec<(usize, Node)>,
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

    /// Records the profile that a file makes active: a variable goes over a file.
    pub fn activates(&mut self, active: Active) {
        let plain = |c: char| c.is_alphanumeric() || "-_.,".contains(c);
        let names = !active.profile.is_empty() && active.profile.chars().all(plain);
        if names && (self.active.is_none() || active.is_variable) {
            self.active = Some(active);
        }
    }

    /// Returns the value of a variable, if all files agree on it.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let mut all = self.known.iter().filter(|variable| variable.name == name);
        let first = all.next()?;
        all.all(|other| other.value == first.value).then_some(first.value.as_str())
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
