//! The catalogue for builds that do not include the data: the index, and the scenarios fetched so
//! far.
//!
//! `list.txt` has a line for each group, for each of its entries (id, badge, tone, id of the cure,
//! title, summary, settings and faults) and for each preset, and `lines.txt` has the content of all
//! scenarios ([`super::lines`]); tests generate both from the scenarios. Parts are identified by
//! their file names without extension: `list`, `lines/scenarios/ack-lost`,
//! `lines/presets/kafka-default`.

use std::cell::RefCell;
use std::sync::OnceLock;

use super::{BUILT_IN, Entry, Group, lines, settings, words};
use crate::diagram::ir::Tone;
use crate::sim::Scenario;

/// The name of the index.
pub const LIST: &str = "list";

static GROUPS: OnceLock<(Vec<Group>, Vec<String>)> = OnceLock::new();

thread_local! {
    /// The fetched scenarios and presets by name; `None` for one that does not exist.
    static KEPT: RefCell<Vec<(String, Option<&'static Scenario>)>> = RefCell::default();
}

/// Returns the groups, once the index has been fetched.
pub(super) fn groups() -> &'static [Group] {
    GROUPS.get().map_or(&[], |(groups, _)| groups)
}

/// Returns a scenario or preset that has been fetched.
pub(super) fn kept(folder: &str, id: &str) -> Option<&'static Scenario> {
    let name = name(folder, id);
    KEPT.with_borrow(|all| all.iter().find(|(kept, _)| *kept == name).and_then(|(_, kept)| *kept))
}

/// Returns the name of what has to be fetched before a scenario or preset can be shown; `None` if
/// it is already there, or if there is none with that id.
pub fn missing(id: &str, preset: bool) -> Option<String> {
    if BUILT_IN {
        return None;
    }
    let folders = if preset { ["presets", "scenarios"] } else { ["scenarios", "presets"] };
    for folder in folders {
        if kept(folder, id).is_some() {
            return None;
        }
        let name = name(folder, id);
        let known = KEPT.with_borrow(|all| all.iter().any(|(known, _)| *known == name));
        if !known && listed(folder, id) {
            return Some(name);
        }
    }
    None
}

fn name(folder: &str, id: &str) -> String {
    format!("lines/{folder}/{id}")
}

/// Returns true if such an item may exist, as far as the index tells.
pub fn listed(folder: &str, id: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let Some((groups, presets)) = GROUPS.get() else { return id.chars().all(letters) };
    match folder {
        "presets" => presets.iter().any(|preset| preset == id),
        _ => groups.iter().flat_map(|group| &group.entries).any(|entry| entry.id == id),
    }
}

/// Stores the index. Returns false if it cannot be read: it may be of another version.
pub fn keep_list(text: &str) -> bool {
    // If it was fetched twice, the first copy is as good.
    read(text).map(|list| GROUPS.set(list)).is_some()
}

/// Stores the lines of a scenario or preset; an empty text means that it does not exist. Returns
/// false if they cannot be read: they may be of another version.
pub fn keep(name: &str, text: &str) -> bool {
    let scenario = lines::read(text).filter(|scenario| !scenario.id.is_empty());
    if scenario.is_none() && !text.is_empty() {
        return false;
    }
    // Leaking is bounded: there are no more of them than files on the server, and each is stored
    // once.
    let scenario = scenario.map(|scenario| &*Box::leak(Box::new(scenario)));
    KEPT.with_borrow_mut(|all| {
        if all.iter().all(|(known, _)| known != name) {
            all.push((name.to_owned(), scenario));
        }
    });
    true
}

/// Parses the groups and the ids of the presets.
fn read(text: &str) -> Option<(Vec<Group>, Vec<String>)> {
    let mut groups: Vec<Group> = Vec::new();
    let mut presets = Vec::new();
    for line in text.lines() {
        let mut parts = line.split('\t');
        match (parts.next()?, groups.last_mut()) {
            ("group", _) => {
                groups.push(Group { title: parts.next()?.to_owned(), entries: Vec::new() });
            }
            ("preset", _) => presets.push(parts.next()?.to_owned()),
            (id, Some(group)) => group.entries.push(entry(&group.title, id, parts)?),
            _ => return None,
        }
    }
    Some((groups, presets))
}

fn entry<'a>(group: &str, id: &str, mut parts: impl Iterator<Item = &'a str>) -> Option<Entry> {
    let (badge, tone, cure) = (parts.next()?.to_owned(), parts.next()?, parts.next()?);
    let (title, summary) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let chips: Vec<&str> = parts.collect();
    let (words, settings) = (words([group, &title, &summary, id], &chips), settings(&chips));
    let tone = match tone {
        "good" => Tone::Good,
        "warn" => Tone::Warn,
        _ => Tone::Bad,
    };
    let cure = Some(cure).filter(|cure| !cure.is_empty()).map(str::to_owned);
    Some(Entry { id: id.to_owned(), title, summary, badge, tone, cure, settings, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{groups, presets, scenario};
    use crate::present;

    fn row(entry: &Entry) -> String {
        let chips = scenario(&entry.id).map(present::chips).unwrap_or_default();
        let tone = match entry.tone {
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Plain => panic!("{}: no badge is plain", entry.id),
        };
        let cure = entry.cure.as_deref().unwrap_or_default();
        let Entry { id, title, summary, badge, .. } = entry;
        let mut row = [id, badge, tone, cure, title, summary].join("\t");
        row.extend(chips.iter().map(|chip| format!("\t{} {}", chip.who, chip.what)));
        row + "\n"
    }

    /// Returns the content of the index file.
    fn file() -> String {
        let mut all = String::new();
        for group in groups() {
            all += &format!("group\t{}\n", group.title);
            all.extend(group.entries.iter().map(row));
        }
        let presets = presets().iter().flat_map(|group| &group.presets);
        all.extend(presets.map(|preset| format!("preset\t{}\n", preset.id)));
        all
    }

    #[test]
    fn the_list_is_that_of_the_scenarios() {
        expect_test::expect_file!["list.txt"].assert_eq(&file());
    }

    #[test]
    fn what_is_read_from_the_list_is_what_the_scenarios_say() {
        let (read, ids) = read(&file()).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", groups()));
        assert_eq!(ids.len(), presets().iter().map(|group| group.presets.len()).sum::<usize>());
    }
}
