//! Compares each fault that `ackward faults` lists, as a script of its own, with the bounded search
//! over its kind.

use crate::case::Case;
use crate::compare::{delivery, verdict};
use crate::naive::{self, Budget};
use ackward::catalogue::{presets, scenarios};
use ackward::check::{Finding, Property};
use ackward::lab;
use ackward::sim::{Class, CompiledScenario, FaultSpec, Scenario};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::process::Command;

/// The state limit of a search. One message and one fault never need as many, but for [`TOO_LARGE`].
const LIMIT: usize = 200_000;

/// Scenarios that the search without any reduction does not finish: two relays, each with attempts
/// and copies of its own. `tests/reference.rs` compares smaller ones of the kind.
const TOO_LARGE: [&str; 3] = ["outbox-two-relays", "outbox-skip-locked", "outbox-lease"];

/// Returns the faults that `ackward faults` lists.
fn listed(id: &str) -> Vec<FaultSpec> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ackward"));
    let out = command.args(["faults", id, "--json"]).output().expect("the program starts");
    assert!(out.status.success(), "{id}: {}", String::from_utf8_lossy(&out.stderr));
    let kinds: serde_json::Value = serde_json::from_slice(&out.stdout).expect("it prints JSON");
    let faults = |kind: &serde_json::Value| kind["faults"].as_array().expect("a list").clone();
    let all = kinds.as_array().expect("a list").iter().flat_map(faults);
    let read = |fault: serde_json::Value| fault.as_str().expect("text").parse().expect("a fault");
    all.map(read).collect()
}

const MESSAGES: &str = "messages";
const OTHER_SENDS: &str = "producer.kafka.other_sends";

/// Returns the presets, then the scenarios, each configuration once.
fn configurations() -> Vec<&'static Scenario> {
    let presets = presets().iter().flat_map(|group| &group.presets);
    let mut seen = HashSet::new();
    let is_new = |scenario: &&Scenario| {
        let mut settings = lab::settings(&scenario.configuration);
        settings.retain(|held| ![MESSAGES, OTHER_SENDS].contains(&held.field.path));
        let settings = settings.into_iter().map(|held| (held.field.path, held.value));
        seen.insert(settings.collect::<Vec<_>>())
    };
    presets.chain(scenarios()).filter(is_new).collect()
}

/// Returns the configuration with one message, which the producer itself sends, as `ackward faults`
/// examines it.
fn with_one_message(base: &Scenario) -> Case {
    let is_other = |held: &lab::Held| held.field.path == OTHER_SENDS && held.value != "0";
    let other = lab::settings(&base.configuration).iter().any(is_other);
    Case {
        base: base.id.clone(),
        settings: if other { vec![(OTHER_SENDS.into(), "0".into())] } else { Vec::new() },
        messages: 1,
        budget: Budget::default(),
    }
}

/// Returns the properties that one fault of a kind can violate, by the shipped search.
fn violated_within(case: &Case) -> BTreeSet<Property> {
    let setup = case.setup().expect("the catalogue can be run");
    let findings = verdict(delivery(&setup, case.budget), LIMIT).findings.into_iter();
    let violated = findings.filter(|(_, finding)| matches!(finding, Finding::Violated(_)));
    violated.map(|(property, _)| property).collect()
}

/// Returns why the shipped search does not find a violation: the unreduced model lacks the fault, or a
/// reduction drops it.
fn cause(case: &Case, property: Property) -> String {
    let setup = case.setup().expect("the catalogue can be run");
    let model = delivery(&setup, case.budget);
    match naive::search(&model.setup, case.budget, LIMIT) {
        Ok(reference) if reference.violated.contains(&property) => {
            "the unreduced model fails: a reduction is wrong".into()
        }
        Ok(_) => "and so does the unreduced model: it has no such fault".into(),
        Err(why) => format!("the unreduced model: {why:?}"),
    }
}

/// Returns the properties that are violated if only this fault strikes, at its point; `None` if the
/// search does not end.
fn violated_by(case: &Case, fault: FaultSpec) -> Option<BTreeSet<Property>> {
    let bare = case.scenario().expect("the catalogue can be run");
    let scripted = CompiledScenario::new(&bare.with_faults(vec![fault]));
    let scripted = scripted.unwrap_or_else(|problem| panic!("{case}: {problem}"));
    let found = match naive::search(&scripted, Budget::default(), LIMIT) {
        Err(naive::Incomplete::TooLarge) => return None,
        found => found.unwrap_or_else(|why| panic!("{case}, {fault}: {why:?}")),
    };
    assert!(found.any_scripted_fault_struck(), "{case}: {fault} is listed and never strikes");
    Some(found.violated)
}

#[test]
fn every_listed_fault_is_covered_by_the_budget_of_its_kind() {
    let (mut faults, mut uncovered, mut too_large) = (0, 0, Vec::new());
    for base in configurations() {
        let case = with_one_message(base);
        let mut by_class: HashMap<Class, (Case, BTreeSet<Property>)> = HashMap::new();
        for fault in listed(&base.id) {
            let class = fault.kind.class().expect("no fault that is listed needs another");
            faults += 1;
            let (within, found) = by_class.entry(class).or_insert_with(|| {
                let budget = Budget { faults: 1, classes: [class].into_iter().collect() };
                let within = Case { budget, ..case.clone() };
                let found = violated_within(&within);
                (within, found)
            });
            let Some(violated) = violated_by(&case, fault) else {
                too_large.push(base.id.as_str());
                break;
            };
            for &property in violated.difference(found) {
                uncovered += 1;
                let cause = cause(within, property);
                let (require, start) = (property.key(), script_of(&case));
                println!("UNCOVERED {start} --fault {fault} --require {require}");
                println!("    fails; {within} --require {require}");
                println!("    passes, {cause}");
            }
        }
    }
    println!("{faults} faults tried");
    assert_eq!(too_large, TOO_LARGE);
    assert_eq!(uncovered, 0, "violations that the budget of the fault's kind does not find");
}

/// Returns the command line of the case without its bounds.
fn script_of(case: &Case) -> String {
    let command = case.to_string();
    command.split(" --faults").next().unwrap_or_default().to_owned()
}
