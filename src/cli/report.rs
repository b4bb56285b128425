//! Results as text.

use super::found::{Faults, Found};
use super::scope::{flags, hints, not_tried, scope};
use super::watch::STOPPED;
use crate::check::{Assumptions, Finding, Fix, Hint, Property, assumptions, fates};
use crate::lab::clients;
use crate::sim::Choice;
use crate::text;
use std::fmt::Write;

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
        line!(out, "\n{STOPPED}. The verdict above covers all runs.");
    }
    required(&mut out, found);
    out
}

/// Prints a counterexample to the property.
fn violated(out: &mut String, found: &Found, property: Property, schedule: &[Choice]) {
    let label = property.label();
    if schedule.is_empty() {
        line!(out, "\n✕ {label}: violated; no counterexample was reconstructed");
        return;
    }
    let (steps, endless) = text::steps(&found.setup, schedule);
    // The run is not known to be the shortest if the search was cut off or leaves states out.
    let shortest = if found.shortest & 1 << property as u16 != 0 { "shortest " } else { "" };
    line!(out, "\n✕ {label}: {shortest}counterexample");
    for step in steps {
        let fault = if step.fault { "⚡" } else { " " };
        line!(out, "  {:>3} {fault} {}", step.number, step.sentence);
    }
    if property == Property::NeverStuck {
        let then = if endless { "loops forever" } else { "cannot terminate" };
        line!(out, "      From here the run {then}.");
    }
}

fn head(out: &mut String, found: &Found) {
    let scenario = &found.scenario;
    line!(out, "{} ({})", scenario.narrative.title, scenario.id);
    let messages = match scenario.configuration.messages {
        1 => "1 message".to_owned(),
        n => format!("{n} messages"),
    };
    for held in clients::of(&scenario.configuration) {
        line!(out, "{}", held.label());
        let left_out = held.client.left_out(held.side);
        if !left_out.is_empty() {
            line!(out, "  Not modeled: {left_out}");
        }
    }
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
        line!(out, "{states} states, {STOPPED}; remaining properties are undecided.");
    } else if !found.complete && found.states < found.limit {
        line!(
            out,
            "{states} states; some runs exceed the model: remaining properties are undecided."
        );
    } else if !found.complete {
        line!(
            out,
            "State limit ({states}) reached: remaining properties are undecided. Raise --limit."
        );
    } else if !found.idle.is_empty() {
        let idle = found.idle.iter().map(|fault| format!("⚡ {fault}")).collect::<Vec<_>>();
        let (idle, verb) =
            (idle.join(", "), if idle.len() == 1 { "never occurs" } else { "never occur" });
        line!(out, "{states} states, all runs explored: {idle} {verb}.");
        line!(out, "Nothing is decided. `ackward faults` lists the possible faults.");
    } else if found.endings.is_empty() {
        line!(out, "{states} states, all runs explored: these faults never all occur in one run.");
    } else {
        line!(out, "{states} states, all runs explored");
    }
}

fn findings(out: &mut String, found: &Found) {
    line!(out, "");
    for (property, finding) in &found.findings {
        let label = property.label();
        let (mark, known) = match finding {
            Finding::Holds => ("✓", "proved".to_owned()),
            Finding::Violated(run) if run.is_empty() => ("✕", "violated".to_owned()),
            Finding::Violated(run) => ("✕", format!("violated in {} steps", run.len())),
            Finding::Unknown => ("?", "undecided".to_owned()),
        };
        line!(out, "{mark} {label:<31} {:<21} {known}", property.key());
    }
}

fn ends(out: &mut String, found: &Found) {
    let fates = fates(found.scenario.configuration.messages, &found.endings);
    if fates.is_empty() {
        return;
    }
    line!(out, "\nPossible outcomes{}:", if found.complete { "" } else { ", so far" });
    for fate in fates {
        let effects = fate.counted();
        line!(out, "  {effects:<17} producer got {:<8} {}", fate.told(), fate.outcome());
    }
    for (_, words, _) in flags(found).iter().filter(|(.., some)| *some) {
        line!(out, "  Some runs {words}.");
    }
}

/// Prints what a proof is of, what it assumes, and what it does not cover.
pub fn proved_for(out: &mut String, assumptions: &Assumptions, not_tried: &str) {
    line!(out, "\n✓ is proved for {}", assumptions.of());
    line!(out, "Assumptions:");
    for sentence in &assumptions.assumed {
        line!(out, "  - {sentence}");
    }
    line!(out, "Not checked: {not_tried}.");
}

/// Prints the assumptions of the proofs, and the hints on what needs another setting to happen.
fn rests_on(out: &mut String, found: &Found) {
    if !found.findings.iter().any(|(_, finding)| *finding == Finding::Holds) {
        return;
    }
    proved_for(out, &assumptions(&scope(found)), &not_tried(found));
    let hints = hints(found);
    if !hints.is_empty() {
        line!(out, "\nPossible only with other settings:");
    }
    for Hint { label, with: (key, value), .. } in hints {
        line!(out, "  - {label} Try --set {key}={value}.");
    }
}

fn prevented(out: &mut String, found: &Found, property: Property) {
    let Some(fixes) = found.fixes.of(property) else { return };
    let (harmless, harmful): (Vec<&Fix>, Vec<&Fix>) =
        fixes.iter().partition(|fix| fix.is_harmless());
    if !harmless.is_empty() {
        line!(out, "  Fixes:");
    }
    for fix in &harmless {
        line!(out, "    - {}{}", fix.label, extra(fix));
        newly_possible(out, fix);
    }
    if harmless.is_empty() {
        let cut_off = found.fixes.cut_off || found.stopped;
        let tried = if cut_off { " that could be checked" } else { "" };
        let but = if harmful.is_empty() { "." } else { " without weakening another guarantee." };
        line!(out, "  No single setting{tried} fixes this, nor any pair of common changes{but}");
    } else if found.stopped {
        line!(out, "  Not every change was checked.");
    } else if found.fixes.cut_off {
        line!(out, "  Some changes exceeded the state limit.");
    }
    if !harmful.is_empty() {
        line!(out, "  Fixes that weaken another guarantee:");
    }
    for fix in harmful {
        line!(out, "    - {}{}", fix.label, extra(fix));
        for given in &fix.gives_up {
            line!(out, "        gives up: {}", given.label());
        }
        newly_possible(out, fix);
    }
}

/// Formats the extra cost of a fix, in parentheses.
fn extra(fix: &Fix) -> String {
    match &fix.costs()[..] {
        [] => String::new(),
        costs => format!(" ({})", costs.join(", ")),
    }
}

fn newly_possible(out: &mut String, fix: &Fix) {
    for fate in &fix.fates {
        let (effects, told, outcome) = (fate.counted(), fate.told(), fate.outcome());
        line!(out, "        side effect: {effects}, producer got {told} ({outcome})");
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
            Finding::Unknown if !found.idle.is_empty() => "is undecided: a fault never occurs",
            Finding::Unknown => "is undecided",
        };
        line!(out, "required: {} {result}", property.key());
    }
}
