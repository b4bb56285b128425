//! The catalogue for a program that does not have it built in: the list of what there is, and the
//! scenarios that were fetched.
//!
//! `list.txt` has a line for each group, for each of its entries (id, badge, tone, id of the cure,
//! title, summary, settings and faults) and for each preset, and `lines.txt` all that the scenarios
//! say ([`super::lines`]); tests write both from the scenarios. Parts go by the names of their files,
//! without the ending: `list`, `lines/scenarios/ack-lost`, `lines/presets/kafka-default`.

use std::cell::RefCell;
use std::sync::OnceLock;

use super::{BUILT_IN, Entry, Group, lines, settings, words};
use crate::diagram::ir::Tone;
use crate::sim::Scenario;

/// The name of the list.
pub const LIST: &str = "list";

static GROUPS: OnceLock<(Vec<Group>, Vec<String>)> = OnceLock::new();

thread_local! {
    /// What was fetched, by its name; none where there is no such thing.
    static KEPT: RefCell<Vec<(String, Option<&'static Scenario>)>> = RefCell::default();
}

/// The groups, once the list is there.
pub(super) fn groups() -> &'static [Group] {
    GROUPS.get().map_or(&[], |(groups, _)| groups)
}

/// A scenario or preset that was fetched.
pub(super) fn kept(folder: &str, id: &str) -> Option<&'static Scenario> {
    let name = name(folder, id);
    KEPT.with_borrow(|all| all.iter().find(|(kept, _)| *kept == name).and_then(|(_, kept)| *kept))
}

/// The name of what has to be fetched before a scenario or preset can be shown; none where it is
/// there, and where there is none of that id.
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

/// Whether there may be such a thing, as far as the list is there to tell.
pub fn listed(folder: &str, id: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let Some((groups, presets)) = GROUPS.get() else { return id.chars().all(letters) };
    match folder {
        "presets" => presets.iter().any(|preset| preset == id),
        _ => groups.iter().flat_map(|group| &group.entries).any(|entry| entry.id == id),
    }
}

/// Keeps the list. False where it cannot be read: it may be that of another version.
pub fn keep_list(text: &str) -> bool {
    // Asked for twice, the first is as good.
    read(text).map(|list| GROUPS.set(list)).is_some()
}

/// Keeps the lines of a scenario or preset; an empty text says that there is no such thing. False
/// where they cannot be read: they may be those of another version.
pub fn keep(name: &str, text: &str) -> bool {
    let scenario = lines::read(text).filter(|scenario| !scenario.id.is_empty());
    if scenario.is_none() && !text.is_empty() {
        return false;
    }
    // There are no more of them than files on the server, and each is kept once.
    let scenario = scenario.map(|scenario| &*Box::leak(Box::new(scenario)));
    KEPT.with_borrow_mut(|all| {
        if all.iter().all(|(known, _)| known != name) {
            all.push((name.to_owned(), scenario));
        }
    });
    true
}

/// The groups, and the ids of the presets.
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

    /// The list as a file.
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
