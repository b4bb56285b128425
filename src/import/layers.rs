//! The settings of a part of the files, over the layers of defaults that
//! [`clients`](crate::sim::clients) has.

use super::part::{Item, Part, Place, Side, Value};
use crate::sim::clients::defaults_of;
pub use crate::sim::clients::{Layer, Version, Versions};

/// The origin of a setting's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of a file, with the key as it is written there.
    File { place: Place, written: String, by_default: bool },
    /// A default of a layer.
    Default { layer: &'static str, since: &'static str, source: &'static str },
    /// Nothing says so: it is the usual case, or the harmless one.
    Assumed(String),
    /// An answer to a question.
    Answer(String),
    /// It follows from another setting.
    Derived(String),
}

/// A setting that was taken, with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub side: Side,
    pub name: String,
    pub value: String,
    pub origin: Origin,
    /// The value that the model uses instead, and why: "looked at as 3".
    pub note: Option<String>,
}

/// The settings of a part: those of the file over the defaults of its layers.
#[derive(Clone, Debug)]
pub struct Settings {
    pub side: Side,
    pub layer: &'static Layer,
    pub rows: Vec<Taken>,
}

impl Settings {
    /// Puts the layers together.
    pub fn of(part: &Part, versions: &Versions) -> Settings {
        let mut rows: Vec<Taken> = Vec::new();
        // The last value of a file counts.
        for item in part.items.iter().rev() {
            if rows.iter().any(|row| row.name == item.name) {
                continue;
            }
            let Item { name, value: Value::Text(value), place, written, by_default } = item else {
                continue;
            };
            let origin =
                Origin::File { place: *place, written: written.clone(), by_default: *by_default };
            let (name, value) = (name.clone(), value.clone());
            rows.push(Taken { side: part.side, name, value, origin, note: None });
        }
        rows.reverse();
        for (layer, default) in defaults_of(part.layer, part.side, versions) {
            if rows.iter().all(|row| row.name != default.name) {
                rows.push(Taken {
                    side: part.side,
                    name: default.name.to_owned(),
                    value: default.value.to_owned(),
                    origin: Origin::Default {
                        layer: layer.label,
                        since: default.since_text,
                        source: default.source,
                    },
                    note: None,
                });
            }
        }
        Settings { side: part.side, layer: part.layer, rows }
    }

    pub fn row(&self, name: &str) -> Option<&Taken> {
        self.rows.iter().find(|row| row.name == name)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.row(name).map(|row| row.value.as_str())
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.trim().parse().ok()
    }

    /// Returns true if the setting is on.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns true if a file sets it.
    pub fn explicit(&self, name: &str) -> bool {
        self.row(name).is_some_and(|row| matches!(row.origin, Origin::File { .. }))
    }

    /// Notes what the model takes instead of the value.
    pub fn note(&mut self, name: &str, note: impl Into<String>) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.name == name) {
            row.note = Some(note.into());
        }
    }

    /// Drops a setting that is not in effect.
    pub fn forget(&mut self, name: &str) {
        self.rows.retain(|row| row.name != name);
    }

    /// Replaces a value, with the reason.
    pub fn derive(&mut self, name: &str, value: &str, why: impl Into<String>) {
        let origin = Origin::Derived(why.into());
        let row = Taken {
            side: self.side,
            name: name.to_owned(),
            value: value.to_owned(),
            origin,
            note: None,
        };
        match self.rows.iter_mut().find(|row| row.name == name) {
            Some(old) => *old = row,
            None => self.rows.push(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_decides_on_the_default() {
        let part = Part::new(Side::Producer, Layer::of("spring-kafka"), Place::default());
        let acks = |version: &str| {
            let versions =
                Versions(vec![("kafka-clients".into(), Version::read(version).unwrap())]);
            Settings::of(&part, &versions).get("acks").map(str::to_owned)
        };
        assert_eq!(acks("2.8.1").as_deref(), Some("1"));
        assert_eq!(acks("3.9").as_deref(), Some("all"));
        assert!(Version::read("v3.0.1") < Version::read("3.1"));
    }
}
