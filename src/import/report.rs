//! The verdict: a search over all configurations of a plan, property by property.

use super::answers::Answers;
use super::causes::cause;
use super::layers::Taken;
use super::plan::{Plan, Variant};
use super::search::{self, Effort, Judgment, Outcome, Run, Tag};
use crate::catalogue;
use crate::check::Property;
use crate::lab;
use crate::sim::Configuration;

/// The result of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// No run within the bounds violates it.
    Holds,
    /// A run violates it; the tags say what it takes.
    Broken(Vec<Tag>),
    /// The files and the answers do not decide it.
    Open(String),
    /// There is no verdict: the configuration does not start.
    None(String),
}

impl Status {
    /// Returns the name that reports use.
    pub fn key(&self) -> &'static str {
        match self {
            Status::Holds => "holds",
            Status::Broken(_) => "broken",
            Status::Open(_) => "open",
            Status::None(_) => "none",
        }
    }
}

/// A property with its result and what it rests on.
#[derive(Clone, Debug)]
pub struct Finding {
    pub property: Property,
    pub status: Status,
    /// What happens and why, in a sentence; empty where nothing can be said.
    pub text: String,
    /// The setting that causes it, with its origin.
    pub cause: Option<Taken>,
    pub run: Option<Run>,
    /// A run without any fault does it.
    pub faultless: bool,
    /// Every search that was to be exhaustive was.
    pub finished: bool,
    /// The result rests on the sources, because the model cannot show it.
    pub by_sources: bool,
    /// The variant in which it was found; empty if there is only one.
    pub variant: String,
}

/// The verdict.
#[derive(Clone, Debug)]
pub struct Report {
    pub findings: Vec<Finding>,
    /// Number of states that were tried.
    pub states: usize,
    /// The configurations that were checked, each with its label.
    pub checked: Vec<(String, Configuration)>,
}

impl Report {
    pub fn of(&self, property: Property) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.property == property)
    }
}

/// Searches all configurations of a plan. `stop` is asked between searches.
///
/// # Errors
/// Returns a configuration that the model refuses, with the reason.
pub fn verdict(
    plan: &Plan,
    answers: &Answers,
    stop: &mut dyn FnMut() -> bool,
) -> Result<Report, String> {
    verdict_with(plan, answers, Effort::Full, &mut |_, _| stop())
}

/// Like [`verdict`], with another effort. `stop` gets the number of states so far, and what is broken
/// so far as a report in which everything else is open.
///
/// # Errors
/// Returns a configuration that the model refuses, with the reason.
pub fn verdict_with(
    plan: &Plan,
    answers: &Answers,
    effort: Effort,
    stop: &mut dyn FnMut(usize, &dyn Fn() -> Report) -> bool,
) -> Result<Report, String> {
    let mut report = Report { findings: Vec::new(), states: 0, checked: Vec::new() };
    if let Some(refusal) = &plan.refused {
        for property in Property::ALL {
            report.findings.push(Finding {
                property,
                status: Status::None(refusal.text.clone()),
                text: refusal.text.clone(),
                cause: plan.taken.iter().find(|row| row.name == refusal.name).cloned(),
                run: None,
                faultless: true,
                finished: true,
                by_sources: true,
                variant: String::new(),
            });
        }
        return Ok(report);
    }
    let mut outcomes: Vec<(Outcome, String)> =
        Property::ALL.iter().map(|_| (Outcome::default(), String::new())).collect();
    let (moments, others): (Vec<&Variant>, Vec<&Variant>) =
        plan.variants.iter().partition(|variant| variant.circumstance);
    for variant in others.into_iter().chain(moments) {
        let config = configuration(plan, variant, answers)?;
        // What the sources decide needs no search.
        let forced = |p: &&Property| plan.forced.iter().any(|f| f.property == **p);
        let known = |p: &&Property| {
            forced(p) || variant.circumstance && !outcomes[**p as usize].0.tags.is_empty()
        };
        let properties: Vec<Property> =
            variant.properties.iter().filter(|p| !known(p)).copied().collect();
        let before = &outcomes;
        let (checked, states) = (&report.checked, report.states);
        let mut stop = |judgment: &Judgment| {
            let so_far = || {
                let mut outcomes = before.clone();
                for &property in &properties {
                    let (all, label) = &mut outcomes[property as usize];
                    merge(all, label, judgment.of(property), &variant.label);
                }
                let mut checked = checked.clone();
                checked.push((variant.label.clone(), config.clone()));
                so_far(plan, &outcomes, states + judgment.states, checked)
            };
            stop(states + judgment.states, &so_far)
        };
        let judgment = search::check(&config, &properties, variant.scripts, effort, &mut stop);
        report.states += judgment.states;
        for property in properties {
            let (all, label) = &mut outcomes[property as usize];
            merge(all, label, judgment.of(property), &variant.label);
        }
        report.checked.push((variant.label.clone(), config));
    }
    for property in Property::ALL {
        let (outcome, variant) = outcomes[property as usize].clone();
        report.findings.push(finding(plan, property, outcome, variant));
    }
    Ok(report)
}

/// Returns a report in which only what is broken is decided.
fn so_far(
    plan: &Plan,
    outcomes: &[(Outcome, String)],
    states: usize,
    checked: Vec<(String, Configuration)>,
) -> Report {
    let finding = |property: Property| {
        let (mut outcome, variant) = outcomes[property as usize].clone();
        outcome.cut_off = true;
        let mut finding = finding(plan, property, outcome, variant);
        if !finding.finished && plan.why_open(property, true).is_none() {
            finding.status = Status::Open("still being tried".into());
        }
        finding
    };
    Report { findings: Property::ALL.map(finding).to_vec(), states, checked }
}

/// Joins the result of a variant: the mildest faults that break it count.
fn merge(all: &mut Outcome, label: &mut String, one: &Outcome, variant: &str) {
    all.cut_off |= one.cut_off;
    all.faultless |= one.faultless;
    let first = |outcome: &Outcome| outcome.tags.iter().min().copied();
    let milder = match (first(all), first(one)) {
        (_, None) => return,
        (None, Some(_)) => true,
        (Some(own), Some(other)) => other < own,
    };
    if milder {
        *label = variant.to_owned();
        all.run.clone_from(&one.run);
    }
    for tag in &one.tags {
        if !all.tags.contains(tag) {
            all.tags.push(*tag);
        }
    }
    all.tags.sort_unstable();
    // Where usual faults do it, rarer ones say nothing new.
    if matches!(all.tags.first(), Some(Tag::NoFault | Tag::Usual)) {
        all.tags.truncate(1);
    }
}

fn finding(plan: &Plan, property: Property, outcome: Outcome, variant: String) -> Finding {
    let forced = plan.forced.iter().find(|forced| forced.property == property);
    if let Some(forced) = forced {
        let status = match &forced.tags {
            None => Status::Open(forced.text.clone()),
            Some(tags) if tags.is_empty() => Status::Holds,
            Some(tags) => Status::Broken(tags.clone()),
        };
        return Finding {
            property,
            status,
            text: forced.text.clone(),
            cause: None,
            run: None,
            faultless: forced.tags.as_ref().is_some_and(|tags| tags.contains(&Tag::NoFault)),
            finished: true,
            by_sources: true,
            variant,
        };
    }
    let holds = outcome.tags.is_empty();
    let status = match plan.why_open(property, holds) {
        Some(why) => Status::Open(why.to_owned()),
        None if !holds => Status::Broken(outcome.tags.clone()),
        None if outcome.cut_off => Status::Open("the search was not finished".into()),
        None => Status::Holds,
    };
    let run = outcome.run.filter(|_| matches!(status, Status::Broken(_)));
    let text = run.as_ref().map(|run| run.text.clone()).unwrap_or_default();
    let cause = match &status {
        Status::Broken(tags) => cause(plan, property, &text, tags),
        _ => None,
    };
    let (faultless, finished) = (outcome.faultless, !outcome.cut_off || !holds);
    Finding { property, status, text, cause, run, faultless, finished, by_sources: false, variant }
}

/// Builds the configuration of a variant.
///
/// # Errors
/// Returns the setting that the model refuses, with the reason.
pub fn configuration(
    plan: &Plan,
    variant: &Variant,
    answers: &Answers,
) -> Result<Configuration, String> {
    let preset = catalogue::preset(plan.preset).ok_or("a preset is missing")?;
    let mut pairs = variant.pairs.clone();
    pairs.extend(answers.set.iter().cloned());
    Ok(lab::change(preset, &pairs)?.configuration)
}
