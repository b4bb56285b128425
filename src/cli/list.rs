//! `scenarios` and `presets`: lists the catalogue.

use super::Answer;
use super::print::{Form, pretty};
use crate::catalogue;
use serde_json::{Value, json};

/// An entry of the catalogue.
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    summary: &'a str,
    /// The outcome of a scenario.
    badge: Option<&'a str>,
}

pub fn scenarios(as_json: bool) -> Answer {
    let groups = catalogue::groups().iter().map(|group| {
        let items = group.entries.iter().map(|e| Item {
            id: &e.id,
            title: &e.title,
            summary: &e.summary,
            badge: Some(&e.badge),
        });
        (group.title.as_str(), items.collect())
    });
    list(groups.collect(), as_json)
}

pub fn presets(as_json: bool) -> Answer {
    let groups = catalogue::presets().iter().map(|group| {
        let items = group.presets.iter().map(|preset| Item {
            id: &preset.id,
            title: &preset.narrative.title,
            summary: &preset.narrative.summary,
            badge: None,
        });
        (group.title, items.collect())
    });
    list(groups.collect(), as_json)
}

fn list(groups: Vec<(&str, Vec<Item>)>, as_json: bool) -> Answer {
    Answer::of(if as_json { as_values(&groups) } else { as_text(&groups) }, Form::of(as_json))
}

fn as_values(groups: &[(&str, Vec<Item>)]) -> String {
    let items = groups.iter().flat_map(|(group, items)| {
        items.iter().map(move |item| {
            let mut out = json!({ "id": item.id, "group": group, "title": item.title,
                                  "summary": item.summary });
            if let Some(badge) = item.badge {
                out["ends"] = badge.into();
            }
            out
        })
    });
    pretty(&Value::Array(items.collect()))
}

fn as_text(groups: &[(&str, Vec<Item>)]) -> String {
    let ids = groups.iter().flat_map(|(_, items)| items.iter().map(|item| item.id.len()));
    let width = ids.max().unwrap_or_default();
    let mut out = String::new();
    for (group, items) in groups {
        let gap = if out.is_empty() { "" } else { "\n" };
        out += &format!("{gap}{group}\n");
        for Item { id, title, badge, .. } in items {
            let badge = badge.map_or_else(String::new, |badge| format!("{badge:<4}"));
            out += &format!("  {id:<width$}  {badge}{title}\n");
        }
    }
    out
}
