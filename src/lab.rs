//! Configurations changed by their settings: each under the product's own name, with what it
//! means, its default, where that is written, and what it can be.
//!
//! A setting is written `key=value`, as in an address, on the command line, or in a form. The key
//! is the path in the JSON of the scenario, `consumer.kafka.isolation.level`, or as much of its end
//! as is unambiguous, `isolation.level`. This module knows nothing of JSON: it reads and writes the
//! values themselves.

mod fields;
mod not_modeled;
mod program_edit;
mod unset;
mod value;

pub use not_modeled::not_modeled;
pub use program_edit::{program, with_line, without_line};
pub use unset::UNSET;
pub use value::Form;

use crate::check::{self, Change};
use crate::did_you_mean::nearest;
use crate::sim::plain::echo;
use crate::sim::{Op, Scenario};
use value::Slot;

/// A setting that a configuration has.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// `producer.kafka.acks`.
    pub path: &'static str,
    /// What it means, in a sentence or two.
    pub label: &'static str,
    /// The product's own default, as text.
    pub default: &'static str,
    /// Where the default or the meaning is written; empty where it is ours.
    pub source: &'static str,
    slot: fn(&mut Scenario) -> Option<Slot<'_>>,
}

/// A setting with its value.
#[derive(Clone, Debug)]
pub struct Held {
    pub field: &'static Field,
    pub value: String,
    pub form: Form,
    /// What it means here that the setting is not set; none where it has no such value.
    pub unset: Option<&'static str>,
}

impl Held {
    /// A value of the setting as a person reads it: "unset: 20".
    pub fn shown(&self, value: &str) -> String {
        match self.unset.filter(|_| value == UNSET) {
            Some(meaning) => format!("{UNSET}: {meaning}"),
            None => value.to_owned(),
        }
    }
}

impl Field {
    /// The product's name of it: `acks`.
    pub fn name(&self) -> &'static str {
        let parts = if self.path.starts_with("store.") { 2 } else { 3 };
        match self.path.split_once('.') {
            Some(("consumer", rest)) if !is_product(rest) => rest,
            Some(_) => self.path.splitn(parts, '.').last().unwrap_or(self.path),
            None => self.path,
        }
    }

    /// Returns true if the setting says how matters stand, rather than what somebody decides.
    pub fn is_circumstance(&self) -> bool {
        CIRCUMSTANCES.contains(&self.path)
    }

    /// The product whose setting it is; none where every configuration can have it.
    fn product(&self) -> Option<&'static str> {
        let products = [(".kafka.", "Kafka"), (".rabbitmq.", "RabbitMQ"), (".sqs.", "SQS")];
        let own = products.iter().find(|(part, _)| self.path.contains(part));
        own.map(|(_, product)| *product)
    }

    /// Whose setting it is: `producer`, `broker`, `consumer`, `store`, or nobody's.
    pub fn owner(&self) -> &'static str {
        match self.path.split_once('.') {
            Some((owner, _)) => owner,
            None if self.path == "producer" => "producer",
            None => "",
        }
    }
}

/// What is said of settings is for those who change them: the small program of the page shows none.
const fn told(text: &'static str) -> &'static str {
    if cfg!(any(feature = "whole", not(feature = "browser"))) { text } else { "" }
}

fn is_product(rest: &str) -> bool {
    ["kafka.", "rabbitmq.", "sqs."].iter().any(|product| rest.starts_with(product))
}

/// The settings that this configuration has, in reading order.
pub fn settings(scenario: &Scenario) -> Vec<Held> {
    let mut scenario = scenario.clone();
    let held = |field: &'static Field| {
        let unset = unset::meaning(field.path, &scenario);
        let slot = (field.slot)(&mut scenario)?;
        Some(Held { field, value: slot.text(), form: slot.form(), unset })
    };
    fields::ALL.iter().copied().flatten().filter_map(held).collect()
}

/// The scenario with these settings changed, checked by the rules of its product.
///
/// # Errors
/// The setting, what is wrong with it, and what to write instead.
pub fn change<K: AsRef<str>, V: AsRef<str>>(
    scenario: &Scenario,
    settings: &[(K, V)],
) -> Result<Scenario, String> {
    let mut changed = scenario.clone();
    for (key, value) in settings {
        set(&mut changed, key.as_ref(), value.as_ref())?;
    }
    // Only now: two settings may be right together and wrong alone.
    changed.consumer.tidy();
    changed.check().map_err(|e| e.to_string())?;
    Ok(changed)
}

fn set(scenario: &mut Scenario, key: &str, value: &str) -> Result<(), String> {
    let field = resolve(scenario, key)?;
    let unset = unset::meaning(field.path, scenario);
    let slot = (field.slot)(scenario);
    let form = slot.as_ref().map(Slot::form);
    match slot.and_then(|mut slot| slot.put(unset::read(field.path, value.trim()))) {
        Some(()) => Ok(()),
        None => {
            let use_ = form.map(|form| form.label()).unwrap_or_default();
            let unset = unset.map_or_else(String::new, |meaning| format!(" (unset: {meaning})"));
            Err(format!("{}={}: {use_}{unset}", field.path, echo(value)))
        }
    }
}

/// Sets what stands at a whole path, by no rules but those of its own type. `None` where there is
/// no such setting, or it cannot be that.
pub fn put(scenario: &mut Scenario, path: &str, value: &str) -> Option<()> {
    let field = fields::ALL.iter().copied().flatten().find(|field| field.path == path)?;
    (field.slot)(scenario)?.put(unset::read_exactly(path, value))
}

/// What is to be set in the one to get the settings of the other; with the shortest keys.
pub fn difference(from: &Scenario, to: &Scenario) -> Vec<(String, String)> {
    let (before, after) = (settings(from), settings(to));
    let same = |held: &&Held| {
        let path = held.field.path;
        before.iter().any(|old| old.field.path == path && old.value == held.value)
    };
    let changed = after.iter().filter(|held| !same(held));
    changed.map(|held| (short(&after, held.field), held.value.clone())).collect()
}

/// The shortest key that means this setting and no other.
fn short(all: &[Held], field: &Field) -> String {
    let name = field.name();
    let alone = all.iter().filter(|held| fits(held.field.path, name)).count() == 1;
    (if alone { name } else { field.path }).to_owned()
}

/// Whether the key is the path or the end of it. What RabbitMQ takes as a queue's argument has no
/// `x-` in a policy.
fn fits(path: &str, key: &str) -> bool {
    let before = path.strip_suffix(key);
    before
        .is_some_and(|before| before.is_empty() || before.ends_with('.') || before.ends_with(".x-"))
}

/// Other names of settings: those of librdkafka (`CONFIGURATION.md`).
const ALIASES: [(&str, &str); 4] = [
    ("max.in.flight", "max.in.flight.requests.per.connection"),
    ("request.required.acks", "acks"),
    ("message.timeout.ms", "delivery.timeout.ms"),
    ("message.send.max.retries", "retries"),
];

/// The one setting that the key names.
fn resolve(scenario: &Scenario, key: &str) -> Result<&'static Field, String> {
    let all: Vec<&'static Field> = settings(scenario).into_iter().map(|held| held.field).collect();
    let alias = ALIASES.iter().find(|(alias, _)| fits(key, alias));
    let name = alias.map_or(key, |(_, name)| name);
    let found: Vec<_> = all.iter().filter(|field| fits(field.path, name)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(format!("{}: {}", echo(key), unknown(&all, key))),
        _ => {
            let paths: Vec<&str> = found.into_iter().map(|field| field.path).collect();
            Err(format!("{}: it could be {}; write one of them", echo(key), paths.join(" or ")))
        }
    }
}

/// What to say of a key that names none of these settings.
fn unknown(all: &[&'static Field], key: &str) -> String {
    if let Some(why) = not_modeled(key) {
        return why;
    }
    let nothing = "there is no such setting here";
    let other = fields::ALL.iter().copied().flatten().find(|field| fits(field.path, key));
    if let Some(product) = other.and_then(Field::product) {
        return format!("{nothing}; it is one of {product}");
    }
    // A whole path is compared with whole paths, a short key with names.
    let whole = all.iter().any(|field| !field.owner().is_empty() && key.starts_with(field.owner()));
    let known = |field: &&'static Field| match whole {
        true => (field.path, field.path),
        false => (field.name(), field.path),
    };
    let known: Vec<(&str, &str)> = all.iter().map(known).collect();
    let near: Vec<_> = nearest(key, &known).into_iter().map(|(_, path)| path).collect();
    match near.is_empty() {
        false => format!("{nothing}; did you mean {}?", near.join(", ")),
        true => {
            let names: Vec<_> = all.iter().map(|field| field.name()).collect();
            format!("{nothing}; use one of {}", names.join(", "))
        }
    }
}

/// Every configuration that differs in one setting: each other value of it, as far as these can be
/// counted, and the usual changes ([`check::changes`]), which are sometimes of a technique.
///
/// Circumstances stay as they are: nobody decides on them.
pub fn changes(scenario: &Scenario) -> Vec<Change> {
    let mut all = check::changes(scenario);
    let bare = Scenario { faults: Vec::new(), notes: Vec::new(), ..scenario.clone() };
    for held in settings(scenario) {
        let Held { field, value, form, .. } = &held;
        if field.is_circumstance() {
            continue;
        }
        for other in form.values().into_iter().filter(|other| other != value) {
            let changed = change(&bare, &[(field.path, &other)]);
            // What the product refuses is no change.
            let Ok(changed) = changed else { continue };
            if all.iter().all(|known| known.scenario != changed) {
                let label = match (held.unset, other.as_str()) {
                    (Some(meaning), UNSET) => format!("{} unset ({meaning})", field.name()),
                    _ => format!("{}={other}", field.name()),
                };
                all.push(Change { label, scenario: changed });
            }
        }
    }
    all
}

/// Settings that say how matters stand rather than what somebody decides: what is sent, how it
/// stands when the run begins, what others have done. They are never offered as a fix.
const CIRCUMSTANCES: [&str; 9] = [
    "messages",
    "producer.kafka.other_sends",
    "producer.sqs.MessageBody",
    "broker.kafka.in_sync_at_start",
    "broker.rabbitmq.bound",
    "broker.rabbitmq.dead_letter_bound",
    "consumer.kafka.new_group",
    "consumer.starts_late",
    "store.amount",
];

/// The lines that a consumer of this configuration can be given, and does not have yet.
pub fn palette(scenario: &Scenario) -> Vec<Op> {
    let program = &scenario.consumer.program;
    let all = Op::ALL.iter().copied();
    all.filter(|op| !program.contains(op) && scenario.takes_line(*op)).collect()
}

#[cfg(test)]
mod tests;
