//! Applies a change to a comparison; the result is the address to navigate to.

use super::{Change, Compare, refused_at};
use crate::lab;
use crate::sim::FaultSpec;
use crate::ui::share::{AskedStep, Compared, Config, MOST_SIDES};
use crate::ui::state::{FAULTS, Refused, open};

/// Returns the comparison after the change, at its start.
pub(super) fn changed(compare: &Compare, change: &Change) -> Result<Compared, Refused> {
    let mut compared = Compared { step: AskedStep::Start, ..compare.compared() };
    let faults = compared.faults.get_or_insert_default();
    let sides = &mut compared.sides;
    match change {
        Change::Show(_) | Change::Reach(..) => {}
        Change::Base(at, config) => put(sides, *at, config.clone()),
        Change::Set(at, text) => {
            let config = set(compare, *at, text)
                .map_err(|problem| Refused { what: refused_at(*at), problem })?;
            put(sides, *at, config);
        }
        Change::TakeBack(at, key) => {
            if let Some(side) = sides.get_mut(*at) {
                side.settings.retain(|(set, _)| set != key);
            }
        }
        Change::Add if sides.len() < MOST_SIDES => {
            let last = sides.last().map(|side| Config { settings: Vec::new(), ..side.clone() });
            sides.extend(last);
        }
        Change::Add => {}
        Change::Remove(at) if *at < sides.len() && sides.len() > 2 => {
            sides.remove(*at);
        }
        Change::Remove(_) => {}
        Change::AddFault(text) => {
            let fault = possible(compare, text.trim())
                .map_err(|problem| Refused { what: FAULTS.to_owned(), problem })?;
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        Change::DropFault(at) if *at < faults.len() => {
            faults.remove(*at);
        }
        Change::DropFault(_) => {}
        Change::Messages(messages) => compared.messages = Some(*messages),
    }
    Ok(compared)
}

fn put(sides: &mut [Config], at: usize, config: Config) {
    if let Some(side) = sides.get_mut(at) {
        *side = Config { faults: None, ..config };
    }
}

/// Returns the configuration of a side with the setting changed.
///
/// # Errors
/// Returns the product's rule that forbids the change, or how a setting is written.
fn set(compare: &Compare, at: usize, text: &str) -> Result<Config, String> {
    let side = compare.sides.get(at).ok_or("there is no such side")?;
    let (key, value) = text
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| format!("{text}: write a setting and its value, such as messages=2"))?;
    let mut config = side.config.clone();
    let base = open::base(&mut config).ok_or("the configuration has no base")?;
    let (base, now) = (base.without_faults(), side.scenario.without_faults());
    let settings = [(key.to_owned(), value.to_owned())];
    let mut changed = lab::clients::change_of(&base, &config.settings, &now, &settings)?;
    if changed.configuration.messages != side.scenario.configuration.messages {
        return Err("messages: it is the same for all; choose it above".to_owned());
    }
    changed.configuration.messages = base.configuration.messages;
    config.settings = lab::difference(&base.configuration, &changed.configuration);
    Ok(config)
}

/// Returns the fault in its canonical form, if it can strike on any side.
///
/// # Errors
/// Returns the problem, and what to write instead.
fn possible(compare: &Compare, text: &str) -> Result<String, String> {
    let fault: FaultSpec = text.parse()?;
    let mut problem = "there is nothing to compare".to_owned();
    for side in &compare.sides {
        match open::add_fault(&mut (*side.scenario).clone(), text) {
            Ok(()) => return Ok(fault.to_string()),
            Err(why) => problem = why,
        }
    }
    Err(format!("{text}: {problem}"))
}
