//! Checks that the reductions are sound: with and without them, verdicts and terminal states are
//! the same, and every counterexample is a run of the model.

use ackward::check::{
    Bounds, DeliveryModel, Explorer, Finding, Model as _, Progress, Property, TerminalState,
    Verdict, changes, usual,
};
use ackward::sim::{Class, Classes, CompiledScenario, Configuration};
use std::collections::BTreeSet;

/// The state limit: larger searches take too long for a test.
const MOST: usize = 120_000;

struct Found {
    verdict: Verdict,
    broken: Vec<bool>,
    endings: BTreeSet<TerminalState>,
}

fn found(model: DeliveryModel, most: usize) -> Option<Found> {
    let mut explorer = Explorer::new(model, most);
    let progress = explorer.run();
    let verdict = Verdict::of(&explorer, progress);
    let broken = verdict.findings.iter().map(|(_, f)| matches!(f, Finding::Violated(_))).collect();
    let endings = verdict.endings.iter().copied().collect();
    (progress == Progress::Exhausted).then_some(Found { verdict, broken, endings })
}

/// Compares the reduced and the unreduced search, unless the latter is too large; returns the
/// number of states of both.
fn compare(name: &str, config: &Configuration, bounds: Bounds) -> Option<(usize, usize)> {
    let setup = CompiledScenario::bare(config).ok()?;
    let reduced = DeliveryModel::new(&setup, bounds);
    let whole = DeliveryModel { reduced: false, ..reduced.clone() };
    let all = found(whole.clone(), MOST)?;
    let fewer = found(reduced, MOST).expect("there are fewer states");
    let name = format!("{name}: {} messages, {} faults", config.messages, bounds.faults);
    assert_eq!(fewer.broken, all.broken, "{name}");
    assert_eq!(fewer.endings, all.endings, "{name}");
    for (property, finding) in &fewer.verdict.findings {
        if let Finding::Violated(run) = finding {
            is_a_run(&whole, run, *property, &name);
        }
    }
    Some((all.verdict.states, fewer.verdict.states))
}

/// Asserts that each choice of the counterexample is enabled, and that the property is violated at
/// the end.
fn is_a_run(model: &DeliveryModel, run: &[ackward::sim::Choice], property: Property, name: &str) {
    let (mut world, mut choices) = (model.init(), Vec::new());
    for choice in run {
        choices.clear();
        model.choices(&world, &mut choices);
        assert!(choices.contains(choice), "{name}, {property:?}: {choice:?} in {run:?}");
        world = model.next(&world, *choice);
    }
    choices.clear();
    let ended = model.choices(&world, &mut choices) == Some(0);
    let broken = model.violated_properties(&world, ended) & (1 << property as u16) != 0;
    // No single state shows that no terminal state can be reached.
    assert!(broken || property == Property::NeverStuck, "{name}, {property:?}: {run:?}");
}

#[test]
fn reductions_keep_every_verdict_and_every_end() {
    let all: Classes = Class::ALL.into_iter().collect();
    let (mut with, mut without, mut compared) = (0, 0, 0);
    for preset in ackward::catalogue::presets().iter().flat_map(|group| &group.presets) {
        for (messages, faults, classes) in [(1, 1, all), (1, 2, usual()), (2, 1, usual())] {
            let config = preset.configuration.with_messages(messages);
            let compare = compare(&preset.id, &config, Bounds { faults, classes });
            let Some((states, fewer)) = compare else { continue };
            println!("{:34} {messages} {faults} {states:8} {fewer:8}", preset.id);
            without += states;
            with += fewer;
            compared += 1;
        }
    }
    println!("{compared} compared: {with} states instead of {without}");
    assert!(compared > 100 && with < without / 4);
}

#[test]
fn reductions_keep_them_with_one_setting_changed() {
    let mut compared = 0;
    for preset in ackward::catalogue::presets().iter().flat_map(|group| &group.presets) {
        for change in changes(&preset.configuration.with_messages(1)) {
            let name = format!("{} with {}", preset.id, change.label);
            let bounds = Bounds { faults: 1, classes: usual() };
            compared += usize::from(compare(&name, &change.configuration, bounds).is_some());
        }
    }
    assert!(compared > 300);
}
