//! Formats: which product a text belongs to, told by its content, and what it says.

mod aws;
mod brokers;
mod celery;
mod clients;
mod code_kafka;
mod code_rabbitmq;
mod code_sqs;
mod connect;
mod kubernetes;
mod overlay;
mod services;
mod smallrye;
mod spring;
mod substituted;
mod syntax;
mod terraform;
mod unknown;

pub use syntax::Syntax;

use super::keys::{Influence, Key, Space, influence};
use super::part::{Item, Part, Place, RemarkKind, Sheet, Value};
use super::read::{Problem, code, hcl, json, properties, yaml};
use super::tree::{BY_DEFAULT, Data, Node};
use crate::did_you_mean::nearest;
use std::collections::HashMap;
use syntax::{is_comment, is_mapping};

/// Reads a text and adds what it says to the sheet.
pub fn read(
    sheet: &mut Sheet,
    file: usize,
    text: &str,
    syntax: Option<Syntax>,
    profile: Option<&str>,
) -> Result<(), Problem> {
    let syntax = syntax.unwrap_or_else(|| Syntax::of(text));
    let waiting = |sheet: &Sheet| sheet.terraform.len() + sheet.manifests.len();
    let before = (sheet.parts.len(), sheet.facts.len(), waiting(sheet));
    contents(sheet, file, text, syntax, profile)?;
    let nothing = before == (sheet.parts.len(), sheet.facts.len(), waiting(sheet));
    if nothing && sheet.read_as.get(file).is_none_or(Vec::is_empty) {
        return Err(Problem::at(0, unknown::unknown(text, syntax)));
    }
    Ok(())
}

/// Reads a text of this syntax.
fn contents(
    sheet: &mut Sheet,
    file: usize,
    text: &str,
    syntax: Syntax,
    profile: Option<&str>,
) -> Result<(), Problem> {
    match syntax {
        Syntax::Yaml => {
            let documents =
                yaml_documents(text).map_err(|problem| unknown::prose(text, problem))?;
            tree(sheet, file, &documents, text, profile);
        }
        Syntax::Json => tree(sheet, file, &[json::lenient(text)?], text, profile),
        Syntax::Properties if properties::has_sections(text) => {
            clients::sections(sheet, file, &properties::sections(text));
        }
        Syntax::Properties => {
            let mut documents = spring::documents_of_properties(text);
            documents.iter_mut().for_each(|document| overruled(sheet, file, document));
            flat(sheet, file, &documents, profile);
        }
        Syntax::Environment => {
            let mut variables = properties::environment(text);
            overruled(sheet, file, &mut variables);
            let variables = substituted::node(sheet, &variables);
            clients::environment(sheet, file, &variables);
        }
        Syntax::Hcl => terraform::hcl(sheet, file, hcl::body(text)?),
        Syntax::Code => {
            let code = code::read(text);
            code_kafka::read(sheet, file, &code);
            code_rabbitmq::read(sheet, file, &code);
            code_sqs::read(sheet, file, &code);
            celery::code(sheet, file, &code);
        }
        Syntax::Described => brokers::described(sheet, file, text),
    }
    Ok(())
}

/// Reads YAML as its product does: Spring Boot's reader is one of YAML 1.1.
fn yaml_documents(text: &str) -> Result<Vec<Node>, Problem> {
    let documents = yaml::documents(text)?;
    if is_spring(&documents) { yaml::documents_1_1(text) } else { Ok(documents) }
}

fn is_spring(documents: &[Node]) -> bool {
    let mut keys = documents.iter().flat_map(Node::entries).map(|entry| entry.key.as_str());
    keys.any(|key| key == "spring" || key.starts_with("spring."))
}

/// Drops the lines of properties and variables that a later one with the same key overrules, and says
/// so.
fn overruled(sheet: &mut Sheet, file: usize, document: &mut Node) {
    let Data::Map(entries) = &mut document.data else { return };
    let mut last: HashMap<String, usize> = HashMap::new();
    for entry in entries.iter() {
        last.insert(entry.key.clone(), entry.line);
    }
    entries.retain(|entry| {
        let by = last[&entry.key];
        // `key[]` adds an item to a list.
        let counts = by == entry.line || entry.key.ends_with("[]");
        if !counts {
            let text = format!(
                "{} has no effect on this line: line {by} has the same key, and the last one counts",
                entry.key
            );
            sheet.remark(RemarkKind::Overruled, Place { file, line: entry.line }, text);
        }
        counts
    });
}

/// Completes what needs all files.
pub fn finish(sheet: &mut Sheet, profile: Option<&str>) {
    kubernetes::finish(sheet, profile);
    terraform::finish(sheet);
    sheet.parts.sort_by_key(|part| part.place.file);
    overlay::finish(sheet);
    connect::finish(sheet);
}

/// Reads properties, which are flat.
fn flat(sheet: &mut Sheet, file: usize, documents: &[Node], profile: Option<&str>) {
    let any = |start: &str| {
        documents.iter().flat_map(Node::entries).any(|entry| {
            let key = entry.key.strip_prefix('%').and_then(|key| key.split_once('.'));
            key.map_or(entry.key.as_str(), |(_, key)| key).starts_with(start)
        })
    };
    if any("offset.storage.") || any("connector.class") {
        return connect::properties(sheet, file, documents);
    }
    let (is_spring, is_smallrye) = (any("spring."), any("mp.messaging.") || any("quarkus."));
    if is_spring {
        spring::read(sheet, file, documents, profile);
    }
    if is_smallrye || any("kafka.") && !is_spring {
        smallrye::read(sheet, file, documents, profile);
    }
    if !is_spring && !is_smallrye {
        documents.iter().for_each(|document| clients::properties(sheet, file, document));
    }
}

/// Reads documents of YAML or JSON.
fn tree(sheet: &mut Sheet, file: usize, documents: &[Node], text: &str, profile: Option<&str>) {
    let any = |test: &dyn Fn(&str) -> bool| {
        documents.iter().flat_map(Node::entries).any(|entry| test(&entry.key))
    };
    for document in documents {
        aws::read(sheet, file, document);
        terraform::plan(sheet, file, document);
        brokers::rabbitmq(sheet, file, document);
        brokers::strimzi(sheet, file, document);
        if document.get("services").is_some() {
            services::compose(sheet, file, &substituted::node(sheet, document));
        }
    }
    if kubernetes::gather(sheet, file, documents, text) {
        return;
    }
    if sheet.read_as.get(file).is_some_and(|read| !read.is_empty()) {
        return;
    }
    if is_spring(documents) {
        return spring::read(sheet, file, documents, profile);
    }
    if any(&|key| key == "mp" || key.starts_with("mp.") || key == "quarkus" || key.starts_with('%'))
    {
        return smallrye::read(sheet, file, documents, profile);
    }
    for document in documents {
        if !connect::json(sheet, file, document) {
            clients::tree(sheet, file, document);
        }
    }
}

/// Puts a value under a known key into a part, or counts it where it has no influence.
pub fn put(
    sheet: &mut Sheet,
    part: &mut Part,
    key: Key,
    written: &str,
    value: &Node,
    place: Place,
) {
    let by_default = value.tag.as_deref() == Some(BY_DEFAULT);
    match influence(key.name, value.text()) {
        Influence::None => sheet.irrelevant(place, written),
        Influence::NotModeled(why) => {
            sheet.remark(RemarkKind::NotModeled, place, format!("{written} is not modeled. {why}"));
        }
        Influence::Setting => {
            if let Some(value) = literal(value).map(|value| value.of(key.name)) {
                if let Value::Unknown(expression) = &value {
                    let text = format!(
                        "{written}: the value of {expression} is not in the file; the default is \
                         taken instead"
                    );
                    sheet.remark(RemarkKind::Unreadable, place, text);
                }
                let written = written.to_owned();
                let name = key.name.to_owned();
                part.items.push(Item { name, value, place, written, by_default });
            }
        }
    }
}

/// Returns a literal; `None` for null.
pub fn literal(node: &Node) -> Option<Value> {
    let text = match &node.data {
        Data::Text(text) => text.clone(),
        Data::Null => return None,
        Data::Opaque(expression) => return Some(Value::Unknown(expression.clone())),
        Data::List(items) => {
            let all: Option<Vec<&str>> = items.iter().map(Node::text).collect();
            match all {
                Some(all) => all.join(","),
                None => return Some(Value::Unknown("this list".into())),
            }
        }
        Data::Map(_) => return Some(Value::Unknown("this map".into())),
    };
    Some(if text.contains("${") { Value::Unknown(text) } else { Value::Text(text) })
}

/// Reports a key that nobody reads.
pub fn no_effect(sheet: &mut Sheet, space: Space, written: &str, product: &str, place: Place) {
    no_effect_but(sheet, written, product, space.near(written).first().copied(), place);
}

/// Reports a key that nobody reads, with the one that may have been meant.
pub fn no_effect_but(
    sheet: &mut Sheet,
    written: &str,
    product: &str,
    near: Option<&str>,
    place: Place,
) {
    let near = near.map_or(String::new(), |near| format!(". Did you mean {near}?"));
    let end = if near.is_empty() { "." } else { "" };
    let text = format!("{written} is no key of {product} and has no effect{near}{end}");
    sheet.remark(RemarkKind::NoEffect, place, text);
}

/// Reports an option of code that is almost written like a known one; an object may have others that are
/// none of the client's. Returns false if it is not reported.
pub fn near_miss(
    sheet: &mut Sheet,
    known: &[&'static str],
    written: &str,
    product: &str,
    place: Place,
) -> bool {
    let pairs: Vec<(&str, &str)> = known.iter().map(|key| (*key, *key)).collect();
    let near = nearest(written, &pairs).first().map(|(near, _)| *near);
    let is_miss = near.is_some() && !known.contains(&written) && !written.contains('.');
    if is_miss {
        no_effect_but(sheet, written, product, near, place);
    }
    is_miss
}
