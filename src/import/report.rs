//! The two steps of an import: reading, which is quick, and judging, which searches.

use super::answers::{Answers, Question};
use super::causes::cause;
use super::formats;
use super::layers::Taken;
use super::map;
use super::part::{Place, Remark, RemarkKind, Sheet};
use super::plan::{Plan, Variant};
use super::rules::Rule;
use super::search::{self, Effort, Judgment, Outcome, Run, Tag};
use super::{ImportError, MOST_BYTES, Source};
use crate::catalogue;
use crate::check::Property;
use crate::lab;
use crate::sim::Configuration;

/// What the files say, before any search.
#[derive(Clone, Debug)]
pub struct Reading {
    /// For each file, what it was taken for.
    pub read_as: Vec<String>,
    /// `None` if nothing in the files can be judged; the remarks say why.
    pub plan: Option<Plan>,
    pub remarks: Vec<Remark>,
    /// Keys that are known and have no influence on delivery, with their places.
    pub irrelevant: Vec<(Place, String)>,
}

impl Reading {
    pub fn questions(&self) -> &[Question] {
        self.plan.as_ref().map_or(&[], |plan| &plan.questions)
    }

    pub fn taken(&self) -> &[Taken] {
        self.plan.as_ref().map_or(&[], |plan| &plan.taken)
    }

    pub fn rules(&self) -> &[Rule] {
        self.plan.as_ref().map_or(&[], |plan| &plan.rules)
    }
}

/// Reads the files and plans the verdict.
///
/// # Errors
/// Returns the first file that cannot be read.
pub fn read(sources: &[Source], answers: &Answers) -> Result<Reading, ImportError> {
    let mut reading = once(sources, answers)?;
    super::profiles::drop_idle(&mut reading, &|name| {
        once(sources, &Answers { profile: Some(name.to_owned()), ..answers.clone() }).ok()
    });
    Ok(reading)
}

fn once(sources: &[Source], answers: &Answers) -> Result<Reading, ImportError> {
    let mut sheet = Sheet::default();
    let profile = answers.profile.as_deref();
    for (file, source) in sources.iter().enumerate() {
        let at = |line: usize, text: String| ImportError { file, line, text };
        if source.text.len() > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            let problem = format!(
                "it is larger than {most} MiB; give only the part that configures the messaging"
            );
            return Err(at(0, problem));
        }
        let text = source.text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err(at(0, "it is empty".into()));
        }
        if text.contains('\0') {
            return Err(at(0, "it is no text; give a configuration file".into()));
        }
        formats::read(&mut sheet, file, text, source.syntax, profile)
            .map_err(|problem| at(problem.line, problem.text))?;
    }
    formats::finish(&mut sheet);
    let plan = map::plan(&mut sheet, answers);
    contradictions(&mut sheet, sources);
    if plan.is_none() {
        facts_alone(&mut sheet);
    }
    let mut remarks = sheet.remarks;
    remarks.extend(plan.iter().flat_map(|plan| plan.remarks.clone()));
    let mut seen: Vec<Remark> = Vec::new();
    remarks.retain(|remark| {
        let new = !seen.contains(remark);
        seen.push(remark.clone());
        new
    });
    remarks.sort_by_key(|remark| (remark.place.is_none(), remark.place, remark.kind));
    // A key of several channels is one key.
    let mut irrelevant: Vec<(Place, String)> = Vec::new();
    for key in sheet.irrelevant {
        if !irrelevant.contains(&key) {
            irrelevant.push(key);
        }
    }
    sheet.read_as.resize(sources.len(), Vec::new());
    let read_as = sheet.read_as.iter().map(|what| what.join(" and ")).collect();
    Ok(Reading { read_as, plan, remarks, irrelevant })
}

/// Says what a file has that only matters together with another one.
fn facts_alone(sheet: &mut Sheet) {
    let facts = std::mem::take(&mut sheet.facts);
    for fact in facts {
        if let super::part::Value::Text(seconds) = &fact.value {
            let text = format!(
                "nothing here is about delivery but {} = {seconds}; the queue's file is needed",
                fact.written
            );
            sheet.remark(RemarkKind::PassedOver, fact.place, text);
        }
    }
}

/// Reports a setting that two files give different values for the same side.
fn contradictions(sheet: &mut Sheet, sources: &[Source]) {
    use super::part::{Item, Value};
    let mut found: Vec<(Place, String)> = Vec::new();
    for (i, one) in sheet.parts.iter().enumerate() {
        for other in &sheet.parts[i + 1..] {
            let same =
                one.side == other.side && one.layer.id == other.layer.id && one.name == other.name;
            if !same || one.place.file == other.place.file {
                continue;
            }
            for item in &other.items {
                let Item { name, value: Value::Text(value), place, written, .. } = item else {
                    continue;
                };
                let first = one.items.iter().find(|own| own.name == *name);
                if let Some(Item { value: Value::Text(own), place: at, .. }) = first
                    && own != value
                {
                    let file = sources.get(at.file).map_or("", |source| source.name.as_str());
                    let text = format!(
                        "{written} contradicts line {} of {file}: {value} here, {own} there. The first \
                         file is taken",
                        at.line
                    );
                    found.push((*place, text));
                }
            }
        }
    }
    for (place, text) in found {
        sheet.remark(RemarkKind::Overruled, place, text);
    }
}

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
