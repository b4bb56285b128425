//! Values of options that are names: of properties, of kinds of faults, of what the catalogue holds.

use crate::check::{Property, usual};
use crate::did_you_mean::nearest;
use crate::sim::plain::echo;
use crate::sim::{Class, Classes};

/// A property, by its name.
pub fn property(text: &str) -> Result<Property, String> {
    let known = Property::ALL.map(|p| (p.key(), p.label()));
    Property::from_key(text).ok_or_else(|| unknown("property", text, &known))
}

/// Kinds of faults by name, separated by commas.
pub fn classes(text: &str) -> Result<Classes, String> {
    let mut classes = Classes::default();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        classes = match name {
            "all" => Class::ALL.into_iter().fold(classes, Classes::with),
            "usual" => usual().iter().fold(classes, Classes::with),
            name => {
                let known = Class::ALL.map(|class| (class.key(), ""));
                let class = Class::from_key(name);
                classes.with(class.ok_or_else(|| unknown("kind of fault", name, &known))?)
            }
        };
    }
    Ok(classes)
}

/// Names that are few enough to be listed, whatever was asked for.
const FEW: usize = 16;
/// Names that are few enough to be listed where none is like the one that was asked for.
const SOME: usize = 60;

/// "There is no … 'x'", with all names where they are few, else with those like it.
pub fn unknown(what: &str, asked: &str, known: &[(&str, &str)]) -> String {
    let near = if known.len() <= FEW { Vec::new() } else { nearest(asked, known) };
    let listed = if near.is_empty() { known } else { &near };
    let names: Vec<&str> = listed.iter().map(|(name, _)| *name).collect();
    let names = match (&names[..], near.is_empty()) {
        (all, true) if all.len() > SOME => ".".to_owned(),
        (all, true) => format!("; use one of {}", all.join(", ")),
        ([one], _) => format!("; did you mean {one}?"),
        (some, _) => format!("; did you mean one of {}?", some.join(", ")),
    };
    format!("there is no {what} '{}'{names}", echo(asked))
}
