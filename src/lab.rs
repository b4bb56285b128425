//! Settings of a configuration by name: each under the product's own name, with its meaning, its
//! default, a source, and its possible values.
//!
//! A setting is written `key=value`, as in a link, on the command line, or in a form. The key is
//! the path in the scenario's JSON, `consumer.kafka.isolation.level`, or any unambiguous suffix of
//! it, `isolation.level`. This module does not depend on JSON: it reads and writes the values
//! themselves.

pub mod clients;
pub mod names;
mod not_modeled;
mod program_edit;

pub use not_modeled::{Effect, effect, not_modeled};
pub use program_edit::{program, with_line, without_line};

use crate::check::{self, Change};
use crate::did_you_mean::nearest;
use crate::products;
use crate::sim::plain::echo;
use crate::sim::settings::table;
pub use crate::sim::settings::table::Field;
use crate::sim::settings::value::Slot;
pub use crate::sim::settings::value::{Form, UNSET};
use crate::sim::{Configuration, Op, Scenario, ScenarioError};

/// A setting with its value.
#[derive(Clone, Debug)]
pub struct Held {
    pub field: &'static Field,
    pub value: String,
    pub form: Form,
    /// The meaning of an unset value in this configuration; `None` if the setting cannot be unset.
    pub unset: Option<&'static str>,
}

impl Held {
    /// Returns a value of the setting for display: "unset: 20".
    pub fn shown(&self, value: &str) -> String {
        match self.unset.filter(|_| value == UNSET) {
            Some(meaning) => format!("{UNSET}: {meaning}"),
            None => value.to_owned(),
        }
    }
}

/// Returns the settings that this configuration has, in reading order.
pub fn settings(config: &Configuration) -> Vec<Held> {
    let mut config = config.clone();
    let held = |field: &'static Field| {
        let unset = field.unset.map(|unset| (unset.means)(&config));
        let slot = (field.slot)(&mut config)?;
        Some(Held { field, value: slot.text(), form: slot.form(), unset })
    };
    table::all().filter_map(held).collect()
}

/// Returns the scenario with these settings changed, validated by the rules of its product.
///
/// # Errors
/// Returns the setting, what is wrong with it, and what to write instead.
pub fn change<K: AsRef<str>, V: AsRef<str>>(
    scenario: &Scenario,
    settings: &[(K, V)],
) -> Result<Scenario, String> {
    let mut changed = scenario.clone();
    let config = &mut changed.configuration;
    // What a person sets goes over a client's defaults, in any order.
    clients::set_clients(config, settings)?;
    for (key, value) in settings.iter().filter(|(key, _)| !clients::is_client(key.as_ref())) {
        set(config, key.as_ref(), value.as_ref())?;
    }
    // Validate only now: two settings may be valid together and invalid alone.
    config.tidy();
    changed.check().map_err(|e| clients::explained(&changed.configuration, &e, settings))?;
    Ok(changed)
}

fn set(config: &mut Configuration, key: &str, value: &str) -> Result<(), String> {
    let field = resolve(config, key)?;
    let unset = field.unset.map(|unset| (unset.means)(config));
    let slot = (field.slot)(config);
    let form = slot.as_ref().map(Slot::form);
    match slot.and_then(|mut slot| slot.put(read(field, value.trim()))) {
        Some(()) => Ok(()),
        None => {
            if let Some(why) = not_modeled::value_not_modeled(field.path, value.trim()) {
                return Err(format!("{}={}: {why}", field.path, echo(value)));
            }
            let use_ = form.map(|form| form.label()).unwrap_or_default();
            let unset = unset.map_or_else(String::new, |meaning| format!(" (unset: {meaning})"));
            Err(format!("{}={}: {use_}{unset}", field.path, echo(value)))
        }
    }
}

/// Sets the value at a full path, checking only its type. `None` if there is no such setting or the
/// value is not valid for it.
pub fn put(config: &mut Configuration, path: &str, value: &str) -> Option<()> {
    let field = table::all().find(|field| field.path == path)?;
    (field.slot)(config)?.put(read_exactly(field, value))
}

/// Normalizes a value written by a program: the former word becomes [`UNSET`], as no one could have
/// misread it.
fn read_exactly<'a>(field: &Field, value: &'a str) -> &'a str {
    if field.unset.is_some_and(|unset| unset.former == value) { UNSET } else { value }
}

/// Like [`read_exactly`], but for a value written by a person: a former word that can be misread
/// stays as it is, and is rejected later.
fn read<'a>(field: &Field, value: &'a str) -> &'a str {
    let misread = field.unset.is_some_and(|unset| !unset.by_hand);
    if misread { value } else { read_exactly(field, value) }
}

/// Returns the settings to change in `from` to obtain those of `to`, with the shortest keys.
pub fn difference(from: &Configuration, to: &Configuration) -> Vec<(String, String)> {
    let (from, mut found) = clients::with_clients_of(from, to);
    let (before, after) = (settings(&from), settings(to));
    // A setting that another one brings has its default then.
    let same = |held: &&Held| {
        let old = before.iter().find(|old| old.field.path == held.field.path);
        held.value == old.map_or(held.field.default, |old| &old.value)
    };
    let changed = after.iter().filter(|held| !same(held));
    found.extend(changed.map(|held| (short(&after, held.field), held.value.clone())));
    found
}

/// Returns the shortest key that identifies this setting.
fn short(all: &[Held], field: &Field) -> String {
    let name = field.name();
    let alone = all.iter().filter(|held| fits(held.field.path, name)).count() == 1;
    (if alone { name } else { field.path }).to_owned()
}

/// Returns true if the key is the path or a suffix of it. A RabbitMQ queue argument has no `x-`
/// prefix in a policy.
fn fits(path: &str, key: &str) -> bool {
    let before = path.strip_suffix(key);
    before
        .is_some_and(|before| before.is_empty() || before.ends_with('.') || before.ends_with(".x-"))
}

/// Returns the one setting that the key identifies.
fn resolve(config: &Configuration, key: &str) -> Result<&'static Field, String> {
    let all: Vec<&'static Field> = settings(config).into_iter().map(|held| held.field).collect();
    let meant = table::all().find(|field| field.aliases.iter().any(|alias| fits(key, alias)));
    let name = meant.map_or(key, |field| field.path);
    let mut found: Vec<_> = all.iter().filter(|field| fits(field.path, name)).collect();
    // Clients in other languages write the same name in other ways: `enableAutoCommit`.
    if found.is_empty() {
        let asked = not_modeled::plain(key);
        let is = |name: &&str| not_modeled::plain(name) == asked;
        found.extend(all.iter().filter(|f| is(&f.name()) || f.aliases.iter().any(&is)));
    }
    // A whole name means that setting, although it may be the end of another one: `version`.
    if found.iter().any(|field| field.name() == name) {
        found.retain(|field| field.name() == name);
    }
    match found[..] {
        [one] => Ok(one),
        [] => Err(format!("{}: {}", echo(key), unknown(&all, key))),
        _ => {
            let paths: Vec<&str> = found.into_iter().map(|field| field.path).collect();
            Err(format!("{}: it could be {}; write one of them", echo(key), paths.join(" or ")))
        }
    }
}

/// Returns the error message for a key that identifies none of these settings.
fn unknown(all: &[&'static Field], key: &str) -> String {
    let nothing = "there is no such setting here";
    let is_it = |field: &&Field| {
        fits(field.path, key) || field.aliases.iter().any(|alias| fits(key, alias))
    };
    let other = table::all().find(is_it).and_then(Field::product);
    if let Some(product) = products::named().find(|product| Some(product.key) == other) {
        return format!("{nothing}; it is one of {}", product.name);
    }
    if let Some(why) = not_modeled(key) {
        return why;
    }
    // Compare a full path with full paths, and a short key with names.
    let whole = all.iter().any(|field| !field.owner().is_empty() && key.starts_with(field.owner()));
    let known = |field: &&'static Field| match whole {
        true => (field.path, field.path),
        false => (field.name(), field.path),
    };
    let known: Vec<(&str, &str)> = all.iter().map(known).collect();
    let near: Vec<_> = nearest(key, &known).into_iter().map(|(_, path)| path).collect();
    if !near.is_empty() {
        return format!("{nothing}; did you mean {}?", near.join(", "));
    }
    // A slip of a name that the product has, and the model does not.
    let near = not_modeled::near_names(key);
    if let Some(why) = near.first().and_then(|name| not_modeled(name)) {
        return format!("{nothing}; did you mean {}? It is {why}", near.join(", "));
    }
    let names: Vec<_> = all.iter().map(|field| field.name()).collect();
    format!("{nothing}; use one of {}", names.join(", "))
}

/// Reads a scenario, and explains what is not modeled in it.
///
/// # Errors
/// Returns the place in the JSON, the problem and its fix.
pub fn from_json(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::from_json(text).map_err(|error| {
        let value =
            error.problem.strip_prefix("there is no \"").and_then(|rest| rest.split('"').next());
        let why = match value {
            Some(value) => not_modeled::value_not_modeled(&error.at, value),
            None if error.problem.starts_with("unknown field") => not_modeled(&error.at),
            None => clients::in_json(&error.problem),
        };
        ScenarioError { problem: why.unwrap_or(error.problem), ..error }
    })
}

/// Returns every configuration that differs in one setting: each other value of it, as far as the
/// values can be enumerated, and the usual mutations ([`check::changes`]), some of which change the
/// technique.
///
/// Circumstances stay as they are: nobody decides on them.
pub fn changes(config: &Configuration) -> Vec<Change> {
    let mut all = check::changes(config);
    let bare = Scenario::from(config.clone());
    for held in settings(config) {
        let Held { field, value, form, .. } = &held;
        if field.circumstance || field.usual_only {
            continue;
        }
        for other in form.values().into_iter().filter(|other| other != value) {
            let changed = change(&bare, &[(field.path, &other)]);
            // A value that the product rejects is not a possible change.
            let Ok(Scenario { configuration, .. }) = changed else { continue };
            if all.iter().all(|known| known.configuration != configuration) {
                let label = match (held.unset, other.as_str()) {
                    (Some(meaning), UNSET) => format!("{} unset ({meaning})", field.name()),
                    _ => format!("{}={other}", field.name()),
                };
                all.push(Change { label, configuration });
            }
        }
    }
    all
}

/// Returns the program lines that a consumer of this configuration can have, and does not have yet.
pub fn palette(config: &Configuration) -> Vec<Op> {
    let program = &config.consumer.program;
    let all = Op::ALL.iter().copied();
    all.filter(|op| !program.contains(op) && config.takes_line(*op)).collect()
}

#[cfg(test)]
mod tests;
