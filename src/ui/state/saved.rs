//! Saved configurations: stored under a name, or opened from JSON.
//!
//! Each is stored as its address in the Lab: short, and read by the same parser as any link, so
//! that entries from older builds stay readable.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Effect, Model, open};
use crate::lab;
use crate::sim::ScenarioError;
use crate::ui::share::{Address, Shown};

/// The local-storage key.
pub const KEY: &str = "ackward.own";
/// The version of the stored format.
const VERSION: u32 = 1;
/// Maximum number of saved configurations, and of characters in a name.
pub const MOST: usize = 50;
pub const LONGEST_NAME: usize = 60;
/// Maximum size of a scenario's JSON in bytes: the largest in the catalogue has 3 kB.
const LONGEST_JSON: usize = 200_000;

/// A configuration with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub name: String,
    /// The text of its address.
    pub at: String,
}

/// The stored format. Each entry is parsed separately: one that is invalid does not affect the
/// others.
#[derive(Deserialize)]
struct Kept {
    version: u32,
    saved: Vec<Box<RawValue>>,
}

/// All saved configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub saved: Vec<Saved>,
    /// Entries that cannot be parsed, as JSON: they are written back unchanged.
    pub unreadable: Vec<String>,
}

/// The state of the panel for saved configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedConfigs {
    pub list: List,
    /// The list before the last change, for undo.
    pub before: Option<List>,
    /// The last action, in a sentence.
    pub said: Option<String>,
    /// The reason why an action failed.
    pub problem: Option<String>,
    /// The reason why a file or text could not be opened.
    pub unread: Option<String>,
    /// The suggested name for the current configuration.
    pub name: String,
    /// The stored list comes from a newer build: it is left unchanged.
    newer: bool,
}

/// A message about saved configurations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnMsg {
    /// The stored list was read.
    Read(Option<String>),
    /// Save the current configuration under this name.
    Save(String),
    Rename(usize, String),
    Delete(usize),
    /// Delete an entry that cannot be parsed.
    DeleteUnreadable(usize),
    /// Undo the last change.
    Undo,
    /// The browser refused to store the list.
    Refused,
    /// Open a scenario from JSON.
    Import(String),
    /// A file could not be read.
    Unread(String),
}

/// Handles a message and returns the effects.
pub fn update(model: &mut Model, msg: OwnMsg) -> Vec<Effect> {
    let own = &mut model.own;
    if !matches!(msg, OwnMsg::Read(_)) {
        (own.said, own.problem, own.unread) = (None, None, None);
    }
    match msg {
        OwnMsg::Read(text) => {
            read(own, text.as_deref());
            Vec::new()
        }
        OwnMsg::Save(name) => {
            let Some(run) = model.run() else { return Vec::new() };
            let at = Address::Run(Shown::new(run.config.clone(), true)).text();
            let own = &mut model.own;
            change(own, |own| save(own, &name, at))
        }
        OwnMsg::Rename(at, name) => change(own, |own| rename(own, at, &name)),
        OwnMsg::Delete(at) => change(own, |own| {
            if at >= own.list.saved.len() {
                return Err("This configuration no longer exists.".to_owned());
            }
            let gone = own.list.saved.remove(at);
            Ok(format!("Deleted “{}”.", gone.name))
        }),
        OwnMsg::DeleteUnreadable(at) => change(own, |own| {
            if at >= own.list.unreadable.len() {
                return Err("This entry no longer exists.".to_owned());
            }
            own.list.unreadable.remove(at);
            Ok("Deleted the unreadable entry.".to_owned())
        }),
        OwnMsg::Undo => match own.before.take() {
            Some(before) => {
                own.list = before;
                own.said = Some("Restored.".to_owned());
                vec![keep(&own.list)]
            }
            None => Vec::new(),
        },
        OwnMsg::Refused => {
            if let Some(before) = own.before.take() {
                own.list = before;
            }
            let why = "The browser did not save it: its storage is full, or disabled for this \
                       site. Nothing has changed; the link to this page holds the same.";
            own.problem = Some(why.to_owned());
            Vec::new()
        }
        OwnMsg::Unread(why) => {
            own.unread = Some(format!("{why} Nothing has changed."));
            Vec::new()
        }
        OwnMsg::Import(text) => import(own, &text),
    }
}

fn read(own: &mut SavedConfigs, text: Option<&str>) {
    // Ignore what this window itself has stored.
    if text.is_some_and(|text| keep(&own.list) == Effect::Keep(KEY, text.to_owned())) {
        return;
    }
    *own = SavedConfigs { name: std::mem::take(&mut own.name), ..SavedConfigs::default() };
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return };
    match serde_json::from_str::<Kept>(text) {
        Ok(kept) if kept.version > VERSION => {
            own.newer = true;
            own.problem = Some(newer());
        }
        Ok(kept) => {
            for entry in kept.saved {
                match usable(entry.get()) {
                    Some(saved) => own.list.saved.push(saved),
                    None => own.list.unreadable.push(entry.get().to_owned()),
                }
            }
        }
        // Not a list at all. The text becomes an entry of the next one.
        Err(_) => own.list.unreadable.push(json(text)),
    }
}

/// Parses an entry; `None` if it has no name, or its address is not one of the Lab.
fn usable(entry: &str) -> Option<Saved> {
    let saved: Saved = serde_json::from_str(entry).ok()?;
    let lab = matches!(Address::read(&saved.at), Address::Run(Shown { lab: true, .. }));
    (lab && !saved.name.trim().is_empty()).then_some(saved)
}

fn newer() -> String {
    "What this browser has kept was written by a newer Ackward, and is left alone. Load the page \
     again to get that one."
        .to_owned()
}

/// Changes the list, or reports why not.
fn change(
    own: &mut SavedConfigs,
    to: impl FnOnce(&mut SavedConfigs) -> Result<String, String>,
) -> Vec<Effect> {
    if own.newer {
        own.problem = Some(newer());
        return Vec::new();
    }
    let before = own.list.clone();
    match to(own) {
        Ok(said) => {
            own.said = Some(said);
            own.before = Some(before);
            vec![keep(&own.list)]
        }
        Err(problem) => {
            own.problem = Some(problem);
            Vec::new()
        }
    }
}

fn keep(list: &List) -> Effect {
    let saved = list.saved.iter().map(json);
    let entries: Vec<String> = saved.chain(list.unreadable.iter().cloned()).collect();
    let text = format!("{{\"version\":{VERSION},\"saved\":[{}]}}", entries.join(","));
    Effect::Keep(KEY, text)
}

/// Serializes the value. Only strings are written, so this cannot fail.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn save(own: &mut SavedConfigs, name: &str, at: String) -> Result<String, String> {
    let name = named(name)?;
    own.name.clear();
    if let Some(old) = own.list.saved.iter_mut().find(|saved| saved.name == name) {
        old.at = at;
        return Ok(format!("Updated “{name}”."));
    }
    if own.list.saved.len() >= MOST {
        return Err(format!("Limit reached ({MOST} saved). Delete one first."));
    }
    let said = format!("Saved “{name}” in this browser.");
    own.list.saved.push(Saved { name, at });
    Ok(said)
}

fn rename(own: &mut SavedConfigs, at: usize, name: &str) -> Result<String, String> {
    let name = named(name)?;
    let other = |(other, saved): (usize, &Saved)| other != at && saved.name == name;
    if own.list.saved.iter().enumerate().any(other) {
        return Err(format!("The name “{name}” is already taken."));
    }
    let saved = own.list.saved.get_mut(at).ok_or("This configuration no longer exists.")?;
    let old = std::mem::replace(&mut saved.name, name);
    Ok(format!("Renamed “{old}” to “{}”.", saved.name))
}

/// Removes invisible characters from the name.
fn named(name: &str) -> Result<String, String> {
    let words: Vec<&str> = name.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    match name.chars().count() {
        0 => Err("Enter a name first.".to_owned()),
        1..=LONGEST_NAME => Ok(name),
        many => Err(format!("The name has {many} characters; use at most {LONGEST_NAME}.")),
    }
}

/// Opens a scenario from JSON in the Lab, or reports the problem and its location.
fn import(own: &mut SavedConfigs, text: &str) -> Vec<Effect> {
    match opened(text) {
        Ok((address, title)) => {
            own.said = Some(format!("Opened “{title}”: settings, program lines and faults."));
            own.name = title.chars().take(LONGEST_NAME).collect();
            vec![Effect::Go(address)]
        }
        Err(problem) => {
            own.unread = Some(format!("{problem} Nothing has changed."));
            Vec::new()
        }
    }
}

fn opened(text: &str) -> Result<(Address, String), String> {
    if text.trim().is_empty() {
        return Err("It is empty. Paste the JSON of a scenario.".to_owned());
    }
    if text.len() > LONGEST_JSON {
        let kb = text.len() / 1000;
        return Err(format!("It has {kb} kB, and a scenario has a few. Is it the right file?"));
    }
    let scenario = lab::from_json(text).map_err(|e| placed(&e))?;
    let config = open::config_of(&scenario)?;
    let address = Address::Run(Shown::new(config, true));
    if Address::read(&address.text()) != address {
        return Err("It is too long for a link. Use fewer faults, or shorter names.".to_owned());
    }
    let title = if scenario.narrative.title.trim().is_empty() {
        &scenario.id
    } else {
        &scenario.narrative.title
    };
    Ok((address, title.clone()))
}

/// Describes the problem and its location: line and column if the JSON cannot be parsed, the path
/// of the setting if the scenario cannot be run.
fn placed(error: &ScenarioError) -> String {
    match error.problem.rsplit_once(" at line ") {
        Some((problem, place)) => {
            let place = place.replacen(" column ", ", column ", 1);
            format!("Line {place}: {problem}.")
        }
        None => format!("{error}."),
    }
}

#[cfg(test)]
mod tests;
