//! Clients in the JSON form: what is not written has the client's default.
//!
//! The program of a consumer is always written, so only values follow. The form that is written
//! keeps apart what is not the client's default and would not be written otherwise.

use super::tree::Json;
use crate::sim::clients::{ClientDefault, Side};
use crate::sim::configuration::Configuration;
use crate::sim::settings::table::{self, Field};
use crate::sim::settings::value::{Form, UNSET};
use serde_json::{Map, Value};

/// Sets what the text leaves out to the default of its client.
pub(super) fn complete(config: &mut Configuration, tree: &Json) {
    for own in defaults(config) {
        let Some(field) = table::all().find(|field| field.path == own.path) else { continue };
        if !is_written(tree, field)
            && let Some(mut slot) = (field.slot)(config)
        {
            // A value that does not fit is refused by the check that follows.
            let _ = slot.put(&own.value);
        }
    }
    if config.consumer.client.is_some() {
        config.consumer.drop_defaults();
    }
}

/// Returns the defaults of both clients, without the program.
fn defaults(config: &Configuration) -> Vec<ClientDefault> {
    let sides = [Side::Producer, Side::Consumer];
    let all = sides.into_iter().flat_map(|side| config.client_defaults(side));
    all.filter(|own| own.path != "consumer.program").collect()
}

/// Returns the names of the objects around a setting.
fn objects(field: &Field) -> impl Iterator<Item = &'static str> {
    std::iter::once(field.owner()).chain(field.product())
}

fn is_written(tree: &Json, field: &Field) -> bool {
    let mut at = tree;
    for name in objects(field) {
        let Json::Object(members) = at else { return false };
        let Some((_, inner)) = members.iter().find(|(own, _)| own == name) else { return false };
        at = inner;
    }
    let is = |name: &str| {
        name == field.name()
            || field.aliases.contains(&name)
            || field.name().strip_prefix("x-") == Some(name)
    };
    matches!(at, Json::Object(members) if members.iter().any(|(name, _)| is(name)))
}

/// Adds to the JSON form what its client would set otherwise.
pub(in crate::sim::scenario) fn keep(config: &Configuration, form: &mut Value) {
    let mut config = config.clone();
    for own in defaults(&config) {
        let Some(field) = table::all().find(|field| field.path == own.path) else { continue };
        let Some(slot) = (field.slot)(&mut config) else { continue };
        let text = slot.text();
        if text == own.value {
            continue;
        }
        let value = match slot.form() {
            _ if text == UNSET => Value::Null,
            Form::One(_) if text == "true" || text == "false" => (text == "true").into(),
            Form::One(_) => text.into(),
            _ => text.parse::<u64>().map_or(Value::Null, Value::from),
        };
        insert(form, field, value);
    }
}

/// Inserts a value where there is none.
fn insert(form: &mut Value, field: &Field, value: Value) {
    let mut at = form;
    for name in objects(field) {
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(name).or_insert_with(|| Map::new().into());
    }
    if let Some(members) = at.as_object_mut() {
        members.entry(field.name()).or_insert(value);
    }
}
