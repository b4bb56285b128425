//! Results as JSON. Fields are only ever added, never removed or renamed.

use super::found::{Faults, Found};
use super::print::pretty;
use super::scope::{flags, hints, not_tried, scope};
use crate::check::{Fate, Finding, Fix, Guarantee, Hint, Property};
use crate::check::{assumptions, fates};
use crate::lab::clients;
use crate::text::steps;
use serde_json::{Map, Value, json};

pub fn found(found: &Found) -> String {
    let outcomes = fates(found.scenario.configuration.messages, &found.endings);
    let outcomes: Vec<Value> = outcomes.iter().map(outcome).collect();
    let runs: Map<String, Value> =
        flags(found).into_iter().map(|(key, _, some)| (key.to_owned(), some.into())).collect();
    let required: Vec<Value> = found
        .required
        .iter()
        .map(|&p| json!({ "property": p.key(), "holds": found.proves(p) }))
        .collect();
    let properties = found.findings.iter().map(|(p, finding)| property(found, *p, finding));
    let named = clients::of(&found.scenario.configuration);
    pretty(&json!({
        "id": found.scenario.id,
        "title": found.scenario.narrative.title,
        "clients": named.iter().map(client).collect::<Vec<_>>(),
        "messages": found.scenario.configuration.messages,
        "faults": faults(&found.faults),
        "states": found.states,
        "complete": found.complete,
        "stopped": found.stopped,
        "properties": properties.collect::<Vec<_>>(),
        "outcomes": outcomes,
        "some_runs": runs,
        "assumes": assumptions(&scope(found)),
        "not_tried": not_tried(found),
        "never_struck": found.idle.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "hints": hints(found).iter().map(hint).collect::<Vec<_>>(),
        "required": required,
        "passed": found.passed(),
    }))
}

fn client(held: &clients::Held) -> Value {
    let defaults = held.defaults.iter().map(|default| {
        json!({ "setting": default.own.path, "default": default.own.value, "value": default.value,
                "of": default.own.of, "since": default.own.since, "source": default.own.source })
    });
    json!({
        "side": held.side.label(),
        "client": held.client.name,
        "label": held.client.label(held.side),
        "defaults": defaults.collect::<Vec<_>>(),
        "not_modeled": held.client.left_out(held.side),
    })
}

fn hint(hint: &Hint) -> Value {
    let (key, value) = hint.with;
    json!({ "says": hint.label, "try": format!("{key}={value}") })
}

fn faults(faults: &Faults) -> Value {
    match faults {
        Faults::Anywhere(bounds) => {
            let kinds: Vec<_> = bounds.classes.iter().map(|class| class.key()).collect();
            json!({ "most": bounds.faults, "kinds": kinds })
        }
        Faults::Script(script) => {
            json!({ "script": script.iter().map(ToString::to_string).collect::<Vec<_>>() })
        }
    }
}

fn outcome(fate: &Fate) -> Value {
    json!({ "effects": fate.effects, "told": fate.told(), "outcome": fate.outcome() })
}

fn property(found: &Found, property: Property, finding: &Finding) -> Value {
    let known = match finding {
        Finding::Holds => "proved",
        Finding::Violated(_) => "broken",
        Finding::Unknown => "open",
    };
    let mut out = json!({ "property": property.key(), "says": property.label(), "finding": known });
    if let Finding::Violated(schedule) = finding {
        let steps = steps(&found.setup, schedule).0.into_iter().map(|step| {
            json!({ "step": step.number, "fault": step.fault, "key": step.key,
                    "sentence": step.sentence })
        });
        out["length"] = schedule.len().into();
        out["shortest"] = (found.shortest & 1 << property as u16 != 0).into();
        out["run"] = steps.collect();
    }
    if let Some(fixes) = found.fixes.of(property) {
        out["fixes"] = fixes.iter().map(fix).collect();
        out["fixes_cut_off"] = found.fixes.cut_off.into();
    }
    out
}

fn fix(fix: &Fix) -> Value {
    let breaks = fix.gives_up.iter().filter_map(|given| match given.what {
        Guarantee::Property(property) => Some(property.key()),
        _ => None,
    });
    let gives_up = fix.gives_up.iter().map(crate::check::GivenUp::label);
    json!({
        "change": fix.label,
        "harmless": fix.is_harmless(),
        "gives_up": gives_up.collect::<Vec<_>>(),
        "breaks": breaks.collect::<Vec<_>>(),
        "new_outcomes": fix.fates.iter().map(outcome).collect::<Vec<_>>(),
        "more_calls": fix.more,
        "more_parts": fix.parts,
    })
}
