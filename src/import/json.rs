//! The report as JSON. Fields are only ever added, never removed or renamed.

use super::checked::{Checked, origin};
use super::fixes::Proved;
use super::headline::headline;
use super::layers::{Origin, Taken};
use super::part::Place;
use super::patch::Patch;
use super::report::{Finding, Status};
use super::scope::{assumptions, left_out, not_tried};
use super::search::Run;
use super::spelling::Spelled;
use crate::catalogue;
use crate::check::Property;
use crate::lab;
use crate::present;
use crate::sim::Configuration;
use crate::text::steps;
use serde_json::{Value, json};

/// Returns everything that was found.
pub fn json(checked: &Checked) -> Value {
    let reading = checked.reading;
    let files = reading.read_as.iter().enumerate();
    let files = files.map(|(file, what)| json!({ "name": checked.name(file), "read_as": what }));
    let remarks = reading.remarks.iter().map(|remark| {
        json!({ "kind": remark.kind.key(), "place": place(checked, remark.place), "says": remark.text })
    });
    let irrelevant = reading
        .irrelevant
        .iter()
        .map(|(at, key)| json!({ "key": key, "place": place(checked, Some(*at)) }));
    let questions = reading.questions().iter().map(|question| {
        let options =
            question.options.iter().map(|(key, label)| json!({ "key": key, "says": label }));
        json!({
            "flag": question.key,
            "asks": question.text,
            "options": options.collect::<Vec<_>>(),
            "taken": question.taken,
            "answered": question.answered,
        })
    });
    let rules = reading.rules().iter().map(|rule| {
        json!({
            "met": rule.met,
            "says": rule.text,
            "place": place(checked, rule.place),
            "source": rule.source,
        })
    });
    let required = checked.require.iter().map(|property| {
        let finding = checked.report.and_then(|report| report.of(*property));
        let holds = finding.is_some_and(|finding| finding.status == Status::Holds);
        json!({ "property": property.key(), "holds": holds })
    });
    let findings = checked.report.map_or(&[][..], |report| &report.findings);
    json!({
        "says": checked.report.map(headline),
        "files": files.collect::<Vec<_>>(),
        "assumes": assumptions(checked),
        "not_tried": not_tried(left_out(checked)),
        "states": checked.report.map_or(0, |report| report.states),
        "stopped": checked.stopped,
        "preset": reading.plan.as_ref().map(|plan| plan.preset),
        "configurations": configurations(checked),
        "properties": findings.iter().map(|finding| property(checked, finding)).collect::<Vec<_>>(),
        "taken": reading.taken().iter().map(|row| taken(checked, row)).collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
        "without_influence": irrelevant.collect::<Vec<_>>(),
        "questions": questions.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "required": required.collect::<Vec<_>>(),
        "passed": checked.passed(),
        "fixes_cut_off": checked.fixes.cut_off,
    })
}

fn place(checked: &Checked, place: Option<Place>) -> Value {
    place.map_or(Value::Null, |at| json!({ "file": checked.name(at.file), "line": at.line }))
}

fn taken(checked: &Checked, row: &Taken) -> Value {
    let place = match &row.origin {
        Origin::File { place: at, .. } => place(checked, Some(*at)),
        _ => Value::Null,
    };
    let source = match &row.origin {
        Origin::Default { source, .. } => json!(source),
        _ => Value::Null,
    };
    json!({
        "side": row.side.label(),
        "setting": row.name,
        "value": row.value,
        "from": origin(checked, &row.origin),
        "place": place,
        "source": source,
        "note": row.note,
    })
}

fn property(checked: &Checked, finding: &Finding) -> Value {
    let (tags, why): (Vec<&str>, Option<&String>) = match &finding.status {
        Status::Broken(tags) => (tags.iter().map(|tag| tag.key()).collect(), None),
        Status::Open(why) | Status::None(why) => (Vec::new(), Some(why)),
        Status::Holds => (Vec::new(), None),
    };
    let mut out = json!({
        "property": finding.property.key(),
        "says": finding.property.label(),
        "finding": finding.status.key(),
        "faults": tags,
        "why": why.unwrap_or(&finding.text),
        "cause": finding.cause.as_ref().map(|row| taken(checked, row)),
        "without_faults": finding.faultless,
        "modeled": !finding.by_sources,
        "seen_with": finding.variant,
    });
    if let Some(run) = &finding.run {
        let steps = steps(&run.setup, &run.schedule).0.into_iter().map(|step| {
            json!({ "step": step.number, "fault": step.fault, "key": step.key,
                    "sentence": step.sentence })
        });
        out["run"] = steps.collect();
        out["replay"] = replay(checked, run, finding.property);
    }
    if let Some(fixes) = checked.fixes.of(finding.property) {
        let fixes = fixes.iter().map(|fix| {
            let settings: Vec<String> =
                fix.settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let keys: Vec<String> = fix.keys.iter().map(Spelled::text).collect();
            let patch = patch(checked, fix);
            json!({ "change": fix.label, "settings": settings, "keys": keys, "costs": fix.costs,
                    "gives_up": fix.gives_up,
                    "patch": patch.as_ref().map(|patch| &patch.text),
                    "by_hand": patch.map(|patch| patch.left) })
        });
        out["fixes"] = fixes.collect();
    }
    out
}

/// The configurations that were checked, as changes of the preset.
fn configurations(checked: &Checked) -> Vec<Value> {
    let all = checked.report.map_or(&[][..], |report| &report.checked);
    let configuration = |(label, config): &(String, Configuration)| {
        let settings = changes(checked, config);
        json!({ "label": label, "settings": settings })
    };
    all.iter().map(configuration).collect()
}

/// What it takes to see a run again: settings that change the preset, and its path; null if a path
/// does not lead there. `faults` do it by themselves, if there are such; they are looked for where a
/// fix is to be compared under them.
fn replay(checked: &Checked, run: &Run, property: Property) -> Value {
    let path = present::path_of(&run.setup, &run.schedule, property);
    let config = run.setup.configuration();
    path.map_or(Value::Null, |path| {
        let compared = checked.fixes.of(property).is_some_and(|fixes| !fixes.is_empty());
        let faults = compared.then(|| present::script(config, &path, property)).flatten();
        let faults = faults.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        json!({
            "settings": changes(checked, config),
            "path": path.to_string(),
            "faults": faults,
        })
    })
}

fn changes(checked: &Checked, config: &Configuration) -> Vec<String> {
    let preset = checked.reading.plan.as_ref().and_then(|plan| catalogue::preset(plan.preset));
    let changes =
        preset.map(|preset| lab::difference(&preset.configuration, config)).unwrap_or_default();
    changes.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
}

fn patch(checked: &Checked, fix: &Proved) -> Option<Patch> {
    let plan = checked.reading.plan.as_ref()?;
    super::patch::patch(checked.sources, plan, checked.answers, fix)
}
