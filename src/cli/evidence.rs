//! `evidence`: recorded runs of real products, listed or held against the model.

use super::names::unknown;
use super::print::{Form, pretty};
use super::{Answer, Wrong};
use crate::catalogue;
use crate::evidence::{Head, Recording, Standing, recordings, recordings_of};
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(clap::Args)]
pub struct Evidence {
    /// A scenario; without one, all recordings are listed.
    #[arg(value_name = "SCENARIO")]
    scenario: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A recording and what the model says of it.
struct Held<'a> {
    recording: &'a Recording,
    ending: Result<(), String>,
    run: Result<(), String>,
}

impl Evidence {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let Some(id) = &self.scenario else { return Ok(list(self.json)) };
        if catalogue::scenario(id).is_none() {
            let known: Vec<(&str, &str)> = catalogue::scenarios()
                .iter()
                .map(|s| (s.id.as_str(), s.narrative.title.as_str()))
                .collect();
            return Err(Wrong(unknown("scenario", id, &known)));
        }
        let own = recordings_of(id);
        let held: Vec<Held> = own.iter().map(hold).collect();
        let passed = held.iter().all(|held| held.ending.is_ok() && held.run.is_ok());
        let text = match self.json {
            true => pretty(&Value::Array(held.iter().map(whole).collect())),
            false if held.is_empty() => format!("{id} has not been seen on a real product.\n"),
            false => held.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        };
        Ok(Answer { passed, ..Answer::of(text, Form::of(self.json)) })
    }
}

fn hold(recording: &Recording) -> Held<'_> {
    Held {
        recording,
        ending: recording.ends_as_the_model_may(),
        run: recording.is_a_run_of_the_model(),
    }
}

fn list(as_json: bool) -> Answer {
    let scenarios = catalogue::scenarios().iter().map(|scenario| scenario.id.as_str());
    let recordings = recordings();
    let standing = |id: &str| {
        let own = recordings.iter().map(|r| &r.head).filter(|head| head.scenario == id);
        Standing::of(own.map(|head| (head.product.as_str(), head.emulates.as_deref())))
    };
    let those = |wanted: Standing| -> Vec<&str> {
        scenarios.clone().filter(|id| standing(id) == wanted).collect()
    };
    let (missing, emulated) = (those(Standing::NotSeen), those(Standing::Emulated));
    if as_json {
        let all: Vec<Value> = recordings.iter().map(head).collect();
        let value = json!({ "recordings": all, "emulated": emulated, "not_seen": missing });
        return Answer::of(pretty(&value), Form::Json);
    }
    let width = recordings.iter().map(|recording| recording.head.scenario.len()).max();
    let width = width.unwrap_or_default();
    let mut out = String::new();
    for recording in &recordings {
        let head = &recording.head;
        let ends = if recording.ends_as_shown() { "" } else { "  (another ending)" };
        line!(
            out,
            "{:width$}  {} {} {}, {}{ends}",
            head.scenario,
            how(head),
            head.product,
            head.version,
            head.date
        );
    }
    let (all, many, likewise) = (recordings.len(), missing.len(), emulated.len());
    let seen = catalogue::scenarios().len() - many - likewise;
    line!(
        out,
        "\n{all} recordings; {seen} scenarios seen on a real product, {likewise} emulated by two \
         emulators at least, {many} not seen:"
    );
    line!(out, "  {}", missing.join(", "));
    Answer::of(out, Form::Text)
}

/// Returns how a product shows a run: an emulator is no witness for the real one.
fn how(head: &Head) -> &'static str {
    if head.emulates.is_some() { "emulated by" } else { "seen on" }
}

fn head(recording: &Recording) -> Value {
    let head = &recording.head;
    let mut value = json!({
        "scenario": head.scenario,
        "product": head.product,
        "version": head.version,
        "client": head.client,
        "with": head.with,
        "date": head.date,
        "command": head.command,
        "events": recording.events.len(),
        "ends_as_shown": recording.ends_as_shown(),
    });
    if let Some(product) = &head.emulates {
        value["emulates"] = product.as_str().into();
    }
    value
}

fn whole(held: &Held) -> Value {
    let mut value = head(held.recording);
    // There are only strings, numbers and lists, so serialization cannot fail.
    let of = |recording: &Recording| serde_json::to_value(&recording.events).unwrap_or_default();
    value["setup"] = Value::Object(held.recording.head.setup.clone());
    value["script"] = held.recording.head.script.clone().into();
    value["run"] = of(held.recording);
    value["ending"] = serde_json::to_value(&held.recording.ending).unwrap_or_default();
    value["model"] = json!({
        "has_this_ending": held.ending.is_ok(),
        "has_this_run": held.run.is_ok(),
    });
    value
}

fn as_text(held: &Held) -> String {
    let Recording { head, events, ending } = held.recording;
    let mut out = String::new();
    let with = if head.with.is_empty() { String::new() } else { head.with.join(", ") + ", " };
    line!(out, "{}: {} {} {}, {}", head.scenario, how(head), head.product, head.version, head.date);
    if let Some(product) = &head.emulates {
        line!(out, "  an emulator of {product}, and no witness for it");
    }
    line!(out, "  with {with}client {}", head.client);
    line!(out, "  recorded by: {}", head.command);
    let script = if head.script.is_empty() { "no fault".into() } else { head.script.join(", ") };
    line!(out, "  script: {script}\n");
    for (at, event) in events.iter().enumerate() {
        line!(out, "{:4}  {event}", at + 1);
    }
    line!(out, "");
    for counts in &ending.ending {
        let (dead, called) = (counts.dead, counts.called);
        let dead = if dead > 0 { format!(", {dead} in the dead-letter queue") } else { "".into() };
        let called = if called > 0 { format!(", mail sent: {called}") } else { "".into() };
        let told = match counts.told.as_str() {
            "nothing" => "the caller heard nothing".to_owned(),
            told => format!("the caller heard {told}"),
        };
        line!(out, "m{}: applied: {}{called}{dead}; {told}", counts.m, counts.applied);
    }
    if ending.endless {
        line!(out, "The run was still repeating itself when it was stopped.");
    }
    let verdict = |what: &str, found: &Result<(), String>| match found {
        Ok(()) => format!("The model has {what}."),
        Err(problem) => format!("The model does not have {what}: {problem}."),
    };
    line!(out, "{}", verdict("this ending under the same script", &held.ending));
    line!(out, "{}", verdict("a run with exactly these events in this order", &held.run));
    if !held.recording.ends_as_shown() {
        line!(out, "The run that the catalogue shows ends otherwise.");
    }
    out
}
