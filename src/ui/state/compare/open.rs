//! Resolves an address to a comparison; invalid parts are skipped and reported.

use std::rc::Rc;

use super::{Compare, Fault, Side, align};
use crate::catalogue;
use crate::did_you_mean::nearest;
use crate::lab;
use crate::present;
use crate::sim::FaultSpec;
use crate::ui::share::{Compared, Config, MOST_SIDES};
use crate::ui::state::open::{add_fault, as_far_as_possible, base};

/// Maximum number of faults in a scenario.
const MOST_FAULTS: usize = 16;

/// The default comparison: one setting decides whether the message is lost together with the
/// leader.
pub fn example() -> Compared {
    let leader = Config::scenario("kafka-acks-1");
    let all = leader.with("acks", "all");
    Compared { sides: vec![leader, all], ..Compared::default() }
}

/// Opens the comparison at an address, and returns the problems as sentences.
pub fn open(asked: &Compared) -> (Compare, Vec<String>) {
    let mut problems = Vec::new();
    let mut asked = asked.clone();
    asked.sides.truncate(MOST_SIDES);
    asked.sides.retain_mut(|side| known(side, &mut problems));
    if asked.sides.is_empty() {
        let Compared { sides, faults, .. } = example();
        asked = Compared { sides, faults: asked.faults.or(faults), ..asked };
    }
    if let [alone] = &asked.sides[..] {
        let beside = opposite(alone);
        asked.sides.push(beside);
    }
    let messages = messages(&mut asked);
    let faults = faults(&asked, &mut problems);
    let sides: Vec<Side> = asked
        .sides
        .iter()
        .enumerate()
        .filter_map(|(at, config)| side(at, config, messages, &faults, &mut problems))
        .collect();
    let keys: Vec<Vec<&str>> = sides
        .iter()
        .map(|side| side.view.moments.iter().skip(1).map(|m| m.key.as_str()).collect())
        .collect();
    let beats = align::align(&keys);
    let faults = faults.iter().map(|fault| told(fault, &sides)).collect();
    let compare =
        Compare { sides, faults, messages, beats, at: 0, shown: 0, asked_messages: asked.messages };
    (compare, problems)
}

/// Returns true if the preset or scenario exists; otherwise reports the closest match.
fn known(side: &mut Config, problems: &mut Vec<String>) -> bool {
    if base(side).is_some() {
        return true;
    }
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = presets.chain(catalogue::scenarios());
    let all: Vec<(&str, &str)> = all.map(|s| (s.id.as_str(), s.id.as_str())).collect();
    let near: Vec<&str> = nearest(&side.base, &all).into_iter().map(|(id, _)| id).collect();
    let asked: String = side.base.chars().take(60).collect();
    let near = match near.is_empty() {
        true => ".".to_owned(),
        false => format!("; did you mean {}?", near.join(" or ")),
    };
    problems.push(format!("There is no preset or scenario “{asked}”{near}"));
    false
}

/// Returns the counterpart of a configuration that was named alone: its fix, or the configuration
/// that it was derived from.
fn opposite(alone: &Config) -> Config {
    let scenario = catalogue::scenario(&alone.base).filter(|_| alone.settings.is_empty());
    match scenario.and_then(|scenario| scenario.narrative.fix.as_ref()) {
        Some(cure) => Config::scenario(&cure.to),
        None => Config { settings: Vec::new(), ..alone.clone() },
    }
}

/// Returns the common number of messages. As a setting of one side it would make the sides
/// incomparable.
fn messages(asked: &mut Compared) -> u8 {
    let first = asked.sides.first().and_then(|side| {
        let own = side.settings.iter().find(|(key, _)| key == "messages");
        let own = own.and_then(|(_, value)| value.parse().ok());
        own.or_else(|| base(&mut side.clone()).map(|base| base.configuration.messages))
    });
    for side in &mut asked.sides {
        side.settings.retain(|(key, _)| key != "messages");
    }
    asked.messages.or(first).unwrap_or(1).clamp(1, 4)
}

/// Returns the common faults in canonical form; invalid ones are skipped.
fn faults(asked: &Compared, problems: &mut Vec<String>) -> Vec<String> {
    let own = || {
        let first = asked.sides.first().and_then(|side| base(&mut side.clone()));
        let faults = first.map_or(&[][..], |scenario| &scenario.faults);
        faults.iter().map(ToString::to_string).collect()
    };
    let mut faults = Vec::new();
    for text in asked.faults.clone().unwrap_or_else(own) {
        match text.parse::<FaultSpec>() {
            _ if faults.len() == MOST_FAULTS => {}
            // Compared in canonical form, so that a different spelling is not a duplicate.
            Ok(fault) if faults.contains(&fault.to_string()) => {}
            Ok(fault) => faults.push(fault.to_string()),
            Err(problem) => problems.push(format!("Without the fault {text}: {problem}.")),
        }
    }
    faults
}

fn side(
    at: usize,
    config: &Config,
    messages: u8,
    faults: &[String],
    problems: &mut Vec<String>,
) -> Option<Side> {
    let mut config = config.clone();
    let own = base(&mut config)?;
    let bare = own.without_faults();
    let mut scenario = match lab::change(&bare, &config.settings) {
        Ok(scenario) => scenario,
        Err(_) => as_far_as_possible(&bare, &mut config.settings, problems),
    };
    match lab::change(&scenario, &[("messages", messages.to_string())]) {
        Ok(changed) => scenario = changed,
        Err(problem) => problems.push(format!(
            "{} sends {} and no other number: {problem}.",
            super::letter(at),
            scenario.configuration.messages
        )),
    }
    let cannot = faults
        .iter()
        .filter_map(|fault| Some((fault.clone(), add_fault(&mut scenario, fault).err()?)))
        .collect();
    // The texts of a scenario are true of the unchanged scenario only.
    let same = own.faults == scenario.faults
        && own.configuration.messages == scenario.configuration.messages
        && config.settings.is_empty();
    if same {
        scenario = own.clone();
    } else {
        scenario.narrative.takeaway.clear();
        (scenario.narrative.fix, scenario.expect) = (None, None);
    }
    let opened = present::open(&scenario).ok()?;
    Some(Side {
        config,
        view: Rc::new(opened.view),
        scenario: Rc::new(scenario),
        original: same,
        cannot,
    })
}

/// Describes the fault in the words of the first side in whose run it can strike.
fn told(text: &str, sides: &[Side]) -> Fault {
    let label = sides.iter().find_map(|side| {
        let all = &side.scenario.faults;
        let at = all.iter().position(|fault| fault.to_string() == *text)?;
        let chips = side.view.chips.iter().filter(|chip| chip.fault);
        chips.map(|chip| chip.what.clone()).nth(at)
    });
    Fault { label: label.unwrap_or_else(|| text.to_owned()), text: text.to_owned() }
}
