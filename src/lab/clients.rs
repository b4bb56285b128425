//! Clients as settings: a name that stands for the defaults of a client library or framework.
//!
//! `client=sarama` sets both sides that the client has, `producer.client=` and `consumer.client=`
//! one of them. A client's defaults are set first, whatever the order, so that everything that a
//! person sets stays as it is.

use super::{put, table};
use crate::did_you_mean::nearest;
use crate::sim::clients::{self, CLIENTS, Client, ClientDefault, ClientName, Side};
use crate::sim::plain::echo;
use crate::sim::settings::value::NONE;
use crate::sim::{Configuration, Scenario, ScenarioError};

const SIDES: [Side; 2] = [Side::Producer, Side::Consumer];
const BOTH: &str = "client";

/// Returns the sides that a key sets the client of; none if it is another key.
fn sides(key: &str) -> Vec<Side> {
    let is = |side: &Side| key == BOTH || key == path(*side);
    SIDES.into_iter().filter(is).collect()
}

/// Returns true if the key names a client.
pub fn is_client(key: &str) -> bool {
    !sides(key).is_empty()
}

fn path(side: Side) -> &'static str {
    match side {
        Side::Producer => "producer.client",
        _ => "consumer.client",
    }
}

/// Sets the clients that are named, with their defaults.
///
/// # Errors
/// Returns which client the product has not, and which ones it has.
pub(super) fn set_clients<K: AsRef<str>, V: AsRef<str>>(
    config: &mut Configuration,
    settings: &[(K, V)],
) -> Result<(), String> {
    for (key, value) in settings {
        let (key, value) = (key.as_ref(), value.as_ref().trim());
        let asked = sides(key);
        if asked.is_empty() {
            continue;
        }
        let product = config.broker.key();
        let has = |side: &Side| value == NONE || clients::find(product, *side, value).is_some();
        let own: Vec<Side> = asked.iter().copied().filter(has).collect();
        // The short form sets the sides that there are.
        if own.is_empty() || key != BOTH && own.len() < asked.len() {
            let why = refusal(product, &asked, value);
            return Err(format!("{key}={}: {why}", echo(value)));
        }
        for side in own {
            set(config, side, value);
        }
    }
    Ok(())
}

/// Sets the client of a side, which has it, and its defaults.
fn set(config: &mut Configuration, side: Side, name: &str) {
    let done = put(config, path(side), name);
    if done.is_none() || name == NONE {
        return;
    }
    for own in config.client_defaults(side) {
        // What the rest of the configuration leaves no room for has no default either.
        let _ = put(config, own.path, &own.value);
    }
}

/// Formats the problem of a configuration. If a client that is named wrote the program, it says what
/// the client does.
pub(super) fn explained<K: AsRef<str>, V>(
    config: &Configuration,
    error: &ScenarioError,
    settings: &[(K, V)],
) -> String {
    let is_own = |key: &str| key.ends_with("program");
    let named = settings.iter().any(|(key, _)| sides(key.as_ref()).contains(&Side::Consumer))
        && !settings.iter().any(|(key, _)| is_own(key.as_ref()));
    let client = config.client(Side::Consumer).filter(|_| named);
    match client.map(|client| (client.name, client.left_out(Side::Consumer))) {
        Some((name, left_out)) if error.at.starts_with("consumer.program") => {
            format!("{error}. This is the program of {name}. {left_out}").trim_end().to_owned()
        }
        _ => error.to_string(),
    }
}

/// Returns why there is no such client, and which ones may have been meant.
fn refusal(product: &str, asked: &[Side], value: &str) -> String {
    let known: Vec<(&str, &str)> =
        asked.iter().flat_map(|side| clients::names(product, *side)).map(|n| (n, n)).collect();
    let elsewhere = CLIENTS.iter().any(|client| client.is(value));
    let mut near: Vec<&str> = nearest(value, &known).into_iter().map(|(name, _)| name).collect();
    near.dedup();
    let unmodeled = clients::UNMODELED.iter().any(|(name, _)| name.eq_ignore_ascii_case(value));
    if !near.is_empty() && !elsewhere && !unmodeled {
        return format!("no client of this name is known; did you mean {}?", near.join(", "));
    }
    let side = asked.last().copied().unwrap_or(Side::Consumer);
    clients::no_client(product, side, value)
}

/// Adds to the problem of a client that is not known in the JSON form which one may have been meant.
pub(super) fn in_json(problem: &str) -> Option<String> {
    let name = problem.strip_prefix("there is no client \"")?.strip_suffix('"')?;
    let all: Vec<(&str, &str)> = CLIENTS.iter().map(|own| (own.name, own.name)).collect();
    let mut near: Vec<&str> = nearest(name, &all).into_iter().map(|(name, _)| name).collect();
    near.dedup();
    let unmodeled = clients::UNMODELED.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    Some(match (unmodeled, near.is_empty()) {
        (Some((_, why)), _) => (*why).to_owned(),
        (None, false) => format!("{problem}; did you mean {}?", near.join(", ")),
        (None, true) => {
            let mut names: Vec<&str> = all.into_iter().map(|(name, _)| name).collect();
            names.sort_unstable();
            names.dedup();
            format!("{problem}; use one of {}", names.join(", "))
        }
    })
}

/// Returns the configuration with the clients of another one and their defaults, and the settings
/// that lead there.
pub(super) fn with_clients_of(
    from: &Configuration,
    to: &Configuration,
) -> (Configuration, Vec<(String, String)>) {
    let mut begun = from.clone();
    let mut settings = Vec::new();
    for side in SIDES {
        let name = to.client_name(side);
        if from.client_name(side) != name {
            let name = name.map_or(NONE, ClientName::key);
            set(&mut begun, side, name);
            settings.push((path(side).to_owned(), name.to_owned()));
        }
    }
    (begun, settings)
}

/// Returns `now`, which is the base with the settings `before`, with these settings changed. A
/// client that is named now leaves alone what was set before.
///
/// # Errors
/// As [`super::change`].
pub fn change_of(
    base: &Scenario,
    before: &[(String, String)],
    now: &Scenario,
    settings: &[(String, String)],
) -> Result<Scenario, String> {
    let named: Vec<Side> = settings.iter().flat_map(|(key, _)| sides(key)).collect();
    if named.is_empty() {
        return super::change(now, settings);
    }
    let replaced = |key: &str| {
        let own = sides(key);
        !own.is_empty() && own.iter().all(|side| named.contains(side))
    };
    let kept = before.iter().filter(|(key, _)| !replaced(key));
    let all: Vec<(String, String)> = kept.chain(settings).cloned().collect();
    super::change(base, &all)
}

/// A client of a configuration, and how its defaults stand there.
#[derive(Clone, Debug)]
pub struct Held {
    pub side: Side,
    pub client: &'static Client,
    pub defaults: Vec<Followed>,
}

/// A default of a client, and the value that holds in its place.
#[derive(Clone, Debug)]
pub struct Followed {
    pub own: ClientDefault,
    /// The name of the setting: `acks`.
    pub name: &'static str,
    pub value: String,
}

impl Followed {
    /// Returns true if the default holds.
    pub fn holds(&self) -> bool {
        self.value == self.own.value
    }
}

/// Returns the clients of a configuration.
pub fn of(config: &Configuration) -> Vec<Held> {
    let mut copy = config.clone();
    let held = |side: Side| {
        let client = config.client(side)?;
        let followed = |own: ClientDefault| {
            let field = table::all().find(|field| field.path == own.path)?;
            let value = (field.slot)(&mut copy)?.text();
            Some(Followed { own, name: field.name(), value })
        };
        let defaults = config.client_defaults(side).into_iter().filter_map(followed).collect();
        Some(Held { side, client, defaults })
    };
    SIDES.into_iter().filter_map(held).collect()
}

impl Held {
    /// Returns how the client's defaults stand: "producer: Sarama 1.46. Its defaults: acks=1. Set
    /// otherwise: retries=5 (default 3)".
    pub fn label(&self) -> String {
        let (same, other): (Vec<&Followed>, Vec<&Followed>) =
            self.defaults.iter().partition(|default| default.holds());
        let pairs = |all: &[&Followed], shown: &dyn Fn(&Followed) -> String| {
            all.iter().map(|default| shown(default)).collect::<Vec<_>>().join(", ")
        };
        let mut label = format!("{}: {}", self.side.label(), self.client.label(self.side));
        if !same.is_empty() {
            let same = pairs(&same, &|default| format!("{}={}", default.name, default.value));
            label += &format!(". Its defaults: {same}");
        }
        if !other.is_empty() {
            let other = pairs(&other, &|default| {
                format!("{}={} (default {})", default.name, default.value, default.own.value)
            });
            label += &format!(". Set otherwise: {other}");
        }
        label
    }
}

/// Returns the default that the client of a configuration has for a setting.
pub fn default_of(config: &Configuration, path: &str) -> Option<(ClientDefault, String)> {
    SIDES.into_iter().find_map(|side| {
        let own = config.client_defaults(side).into_iter().find(|own| own.path == path)?;
        Some((own, config.client(side)?.label(side)))
    })
}

#[cfg(test)]
mod tests;
