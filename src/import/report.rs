//! The verdict: a search over all configurations of a plan, property by property.

use super::answers::Answers;
use super::causes::cause;
use super::layers::Taken;
use super::plan::{Plan, Refusal, Variant};
use super::search::{self, Effort, Judgment, LeftOut, Outcome, Run, Search, Stage, Tag};
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
    pub left_out: LeftOut,
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
    if let Some(refusal) = &plan.refused {
        return Ok(refused(plan, refusal));
    }
    let mut found = Found::default();
    let (moments, others): (Vec<&Variant>, Vec<&Variant>) =
        plan.variants.iter().partition(|variant| variant.circumstance);
    for variants in [others, moments] {
        round(plan, &variants, answers, effort, &mut found, stop)?;
    }
    if effort == Effort::Full {
        let outcomes = Property::ALL.into_iter().zip(&mut found.outcomes);
        search::replace_by_shorter(outcomes.map(|(property, (outcome, _))| (property, outcome)));
    }
    Ok(found.report(|property| {
        let (outcome, variant) = found.outcomes[property as usize].clone();
        finding(plan, property, outcome, variant)
    }))
}

fn refused(plan: &Plan, refusal: &Refusal) -> Report {
    let finding = |property: Property| Finding {
        property,
        status: Status::None(refusal.text.clone()),
        text: refusal.text.clone(),
        cause: plan.taken.iter().find(|row| row.name == refusal.name).cloned(),
        run: None,
        faultless: true,
        finished: true,
        by_sources: true,
        variant: String::new(),
    };
    Found::default().report(finding)
}

/// What was found so far.
#[derive(Clone, Default)]
struct Found {
    /// By number of the property, each with the label of its variant.
    outcomes: [(Outcome, String); 8],
    states: usize,
    checked: Vec<(String, Configuration)>,
    left_out: LeftOut,
    /// Each configuration was tried as far as it must be: what follows may find more.
    first: bool,
}

impl Found {
    fn report(&self, finding: impl Fn(Property) -> Finding) -> Report {
        Report {
            findings: Property::ALL.map(finding).to_vec(),
            states: self.states,
            checked: self.checked.clone(),
            left_out: self.left_out,
        }
    }

    fn add(&mut self, part: &VariantOf, judgment: &Judgment) {
        for &property in &part.properties {
            let (all, label) = &mut self.outcomes[property as usize];
            merge(all, label, judgment.of(property), &part.variant.label);
        }
        self.states += judgment.states;
        self.checked.push((part.variant.label.clone(), part.config.clone()));
        self.left_out = self.left_out.and(judgment.left_out);
    }
}

/// A variant with its configuration, and the properties that are searched.
struct VariantOf<'a> {
    variant: &'a Variant,
    config: Configuration,
    properties: Vec<Property>,
}

/// Searches these variants, each part of the search in all of them before the next.
///
/// # Errors
/// Returns the setting that the model refuses, with the reason.
fn round(
    plan: &Plan,
    variants: &[&Variant],
    answers: &Answers,
    effort: Effort,
    found: &mut Found,
    stop: &mut dyn FnMut(usize, &dyn Fn() -> Report) -> bool,
) -> Result<(), String> {
    let mut parts = Vec::new();
    for &variant in variants {
        // What the sources decide needs no search.
        let known = |p: &&Property| {
            plan.forced.iter().any(|f| f.property == **p)
                || variant.circumstance && !found.outcomes[**p as usize].0.tags.is_empty()
        };
        let properties = variant.properties.iter().filter(|p| !known(p)).copied().collect();
        let config = configuration(plan, variant, answers)?;
        parts.push(VariantOf { variant, config, properties });
    }
    let mut searches: Vec<Search> = Vec::new();
    for VariantOf { variant, config, properties } in &parts {
        searches.push(Search::new(config, properties, variant.scripts, effort));
    }
    for &stage in effort.stages() {
        for at in 0..searches.len() {
            let mut others = found.clone();
            others.first = stage == Stage::More;
            for (_, (part, other)) in
                parts.iter().zip(&searches).enumerate().filter(|(other, _)| *other != at)
            {
                others.add(part, &other.judgment);
            }
            let mut stop = |judgment: &Judgment| {
                let all = || {
                    let mut all = others.clone();
                    all.add(&parts[at], judgment);
                    so_far(plan, &all)
                };
                stop(others.states + judgment.states, &all)
            };
            searches[at].advance(stage, &mut stop);
        }
    }
    for (part, search) in parts.iter().zip(&searches) {
        found.add(part, &search.judgment);
    }
    Ok(())
}

/// What is said of a property that nothing has violated so far, and of one for which much is still to be
/// tried.
pub const NOTHING_SO_FAR: &str = "nothing violates it so far; more is being tried";
const STILL: &str = "still being tried";

/// Returns a report in which only what is broken is decided.
fn so_far(plan: &Plan, found: &Found) -> Report {
    found.report(|property| {
        let (mut outcome, variant) = found.outcomes[property as usize].clone();
        outcome.cut_off = true;
        let mut finding = finding(plan, property, outcome, variant);
        if !finding.finished && plan.why_open(property, true).is_none() {
            let why = if found.first { NOTHING_SO_FAR } else { STILL };
            finding.status = Status::Open(why.into());
        }
        finding
    })
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
        all.take_run(one);
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
