//! Leaving out what makes no difference makes no difference: the same verdicts, the same ends.

use ackward::check::{Bounds, Delivery, Explorer, Progress, Property, usual};
use ackward::sim::{Class, Classes, Scenario, Setup};
use std::collections::BTreeSet;

type Found = (Vec<bool>, BTreeSet<ackward::check::Ending>);

/// What was found, unless it takes more states than a test can wait for.
fn found(setup: &Setup, bounds: Bounds, reduced: bool) -> Option<(usize, Found)> {
    let model = Delivery { reduced, ..Delivery::new(setup, bounds) };
    let mut explorer = Explorer::new(model, 120_000);
    let progress = explorer.run();
    let broken = Property::ALL.map(|p| explorer.violation(p as usize).is_some()).to_vec();
    let endings = explorer.endings().iter().map(|(ending, _)| *ending).collect();
    (progress == Progress::Exhausted).then_some((explorer.states(), (broken, endings)))
}

#[test]
fn reductions_keep_every_verdict_and_every_end() {
    let all: Classes = Class::ALL.into_iter().collect();
    let (mut with, mut without, mut compared) = (0, 0, 0);
    for preset in ackward::catalogue::presets().iter().flat_map(|group| &group.presets) {
        for (messages, faults, classes) in [(1, 1, all), (1, 2, usual()), (2, 1, usual())] {
            let scenario = Scenario { messages, ..preset.clone() };
            let Ok(setup) = Setup::new(&scenario) else { continue };
            let bounds = Bounds { faults, classes };
            let Some((states, whole)) = found(&setup, bounds, false) else { continue };
            let (fewer, reduced) = found(&setup, bounds, true).expect("there are fewer states");
            assert_eq!(reduced, whole, "{}: {messages} messages, {faults} faults", preset.id);
            println!("{:34} {messages} {faults} {states:8} {fewer:8}", preset.id);
            without += states;
            with += fewer;
            compared += 1;
        }
    }
    println!("{compared} compared: {with} states instead of {without}");
    assert!(compared > 100 && with < without * 3 / 4);
}
