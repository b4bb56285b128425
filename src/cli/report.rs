//! Results as text.

use super::check::{Faults, Found};
use super::steps::{flags, hints, not_tried, scope, steps};
use super::watch::STOPPED;
use crate::check::{Finding, Fix, Hint, Property, assumptions, fates};
use crate::sim::Choice;
use crate::text;
use std::fmt::Write;

/// Writes a line; writing to a `String` cannot fail.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => {
        let _ = writeln!($out, $($arg)*);
    };
}

pub fn found(found: &Found) -> String {
    let mut out = String::new();
    head(&mut out, found);
    findings(&mut out, found);
    ends(&mut out, found);
    rests_on(&mut out, found);
    for (property, finding) in &found.findings {
        if let Finding::Violated(schedule) = finding {
            violated(&mut out, found, *property, schedule);
            prevented(&mut out, found, *property);
        }
    }
    if found.stopped && found.complete {
        line!(out, "\n{STOPPED}. The verdict above is of every run.");
    }
    required(&mut out, found);
    out
}

/// Prints a counterexample to the property.
fn violated(out: &mut String, found: &Found, property: Property, schedule: &[Choice]) {
    let label = property.label();
    if schedule.is_empty() {
        line!(out, "\n✕ {label}: broken, by a run that the search did not come to again");
        return;
    }
    let (steps, endless) = steps(&found.setup, schedule);
    // The run is not known to be the shortest if the search was cut off or leaves states out.
    let soonest = if found.shortest & 1 << property as u16 != 0 { " soonest" } else { "" };
    line!(out, "\n✕ {label}: broken{soonest} by this run");
    for step in steps {
        let fault = if step.fault { "⚡" } else { " " };
        line!(out, "  {:>3} {fault} {}", step.number, step.sentence);
    }
    if property == Property::NeverStuck {
        let then = if endless { "goes round for ever" } else { "cannot come to an end" };
        line!(out, "      From here on it {then}.");
    }
}

fn head(out: &mut String, found: &Found) {
    let scenario = &found.scenario;
    line!(out, "{} ({})", scenario.title, scenario.id);
    let messages = match scenario.messages {
        1 => "1 message".to_owned(),
        n => format!("{n} messages"),
    };
    let faults = match &found.faults {
        Faults::Anywhere(bounds) => {
            let kinds: Vec<_> = bounds.classes.iter().map(|class| class.key()).collect();
            match (bounds.faults, kinds.is_empty()) {
                (0, _) | (_, true) => "no faults".to_owned(),
                (1, _) => format!("at most 1 fault ({})", kinds.join(", ")),
                (n, _) => format!("at most {n} faults ({})", kinds.join(", ")),
            }
        }
        Faults::Script(script) => {
            script.iter().map(|fault| format!("⚡ {fault}")).collect::<Vec<_>>().join(", ")
        }
    };
    line!(out, "{messages}, {faults}");
    let states = text::thousands(found.states);
    if !found.complete && found.stopped {
        line!(out, "{states} states, {STOPPED}; what was not found is not proved.");
    } else if !found.complete && found.states < found.limit {
        line!(out, "{states} states; some runs do not fit: what was not found is not proved.");
    } else if !found.complete {
        line!(out, "Stopped at {states} states: what was not found is not proved. Raise --limit.");
    } else if !found.idle.is_empty() {
        let idle = found.idle.iter().map(|fault| format!("⚡ {fault}")).collect::<Vec<_>>();
        let (idle, strikes) = (idle.join(", "), if idle.len() == 1 { "strikes" } else { "strike" });
        line!(out, "{states} states, every run tried: {idle} {strikes} in none of them.");
        line!(out, "Nothing is decided. `ackward faults` lists what can strike.");
    } else if found.endings.is_empty() {
        line!(
            out,
            "{states} states, every run tried: in none of them do all of these faults strike."
        );
    } else {
        line!(out, "{states} states, every run tried");
    }
}

fn findings(out: &mut String, found: &Found) {
    line!(out, "");
    for (property, finding) in &found.findings {
        let label = property.label();
        let (mark, known) = match finding {
            Finding::Holds => ("✓", "proved".to_owned()),
            Finding::Violated(run) if run.is_empty() => ("✕", "can happen otherwise".to_owned()),
            Finding::Violated(run) => ("✕", format!("can break, in {} steps", run.len())),
            Finding::Unknown => ("?", "not decided".to_owned()),
        };
        line!(out, "{mark} {label:<31} {:<21} {known}", property.key());
    }
}

fn ends(out: &mut String, found: &Found) {
    let fates = fates(found.scenario.messages, &found.endings);
    if fates.is_empty() {
        return;
    }
    line!(out, "\nWhat can become of a message{}:", if found.complete { "" } else { ", so far" });
    for fate in fates {
        let effects = fate.counted();
        line!(out, "  {effects:<17} producer told {:<8} {}", fate.told(), fate.outcome());
    }
    for (_, words, _) in flags(found).iter().filter(|(.., some)| *some) {
        line!(out, "  Some runs are {words}.");
    }
}

/// Prints the assumptions of the proofs, and the hints on what needs another setting to happen.
fn rests_on(out: &mut String, found: &Found) {
    if !found.findings.iter().any(|(_, finding)| *finding == Finding::Holds) {
        return;
    }
    let assumptions = assumptions(&scope(found));
    line!(out, "\n✓ is proved of {}", assumptions.of());
    line!(out, "It assumes:");
    for sentence in assumptions.assumed {
        line!(out, "  - {sentence}");
    }
    line!(out, "Not tried: {}.", not_tried(found));
    let hints = hints(found);
    if !hints.is_empty() {
        line!(out, "\nWhat needs another setting to happen:");
    }
    for Hint { label, with: (key, value), .. } in hints {
        line!(out, "  - {label} Try --set {key}={value}.");
    }
}

fn prevented(out: &mut String, found: &Found, property: Property) {
    let Some(cures) = found.cures.of(property) else { return };
    let (harmless, harmful): (Vec<&Fix>, Vec<&Fix>) =
        cures.iter().partition(|cure| cure.is_harmless());
    if !harmless.is_empty() {
        line!(out, "  What would prevent it:");
    }
    for cure in &harmless {
        line!(out, "    - {}{}", cure.label, extra(cure));
        newly_possible(out, cure);
    }
    if harmless.is_empty() {
        let cut_off = found.cures.cut_off || found.stopped;
        let tried = if cut_off { " that could be tried out" } else { "" };
        let but = if harmful.is_empty() { "." } else { " without giving something up." };
        line!(out, "  No single setting{tried} and no two of the usual changes prevent it{but}");
    } else if found.stopped {
        line!(out, "  Not every change was tried out.");
    } else if found.cures.cut_off {
        line!(out, "  Some changes had too many runs to be tried out.");
    }
    if !harmful.is_empty() {
        line!(out, "  What would prevent it, but gives something up:");
    }
    for cure in harmful {
        line!(out, "    - {}{}", cure.label, extra(cure));
        for given in &cure.gives_up {
            line!(out, "        gives up: {}", given.label());
        }
        newly_possible(out, cure);
    }
}

/// Formats the extra cost of a fix: " (2 more parts, 1 more call or message)".
fn extra(cure: &Fix) -> String {
    match &cure.costs()[..] {
        [] => String::new(),
        costs => format!(" ({})", costs.join(", ")),
    }
}

fn newly_possible(out: &mut String, cure: &Fix) {
    for fate in &cure.fates {
        let (effects, told, outcome) = (fate.counted(), fate.told(), fate.outcome());
        line!(out, "        newly possible: {effects}, producer told {told} ({outcome})");
    }
}

fn required(out: &mut String, found: &Found) {
    if found.required.is_empty() {
        return;
    }
    line!(out, "");
    for &property in &found.required {
        let result = match found.finding(property) {
            Finding::Holds => "holds",
            Finding::Violated(_) => "does not hold",
            Finding::Unknown if !found.idle.is_empty() => "is not decided: a fault never strikes",
            Finding::Unknown => "is not decided",
        };
        line!(out, "required: {} {result}", property.key());
    }
}
