//! The first step of an import, which is quick: what the files say, and the plan of the verdict.

use super::answers::{Answers, Question};
use super::layers::Taken;
use super::part::{Item, Place, Remark, RemarkKind, Sheet, Value, Variable};
use super::plan::Plan;
use super::rules::Rule;
use super::{ImportError, MOST_BYTES, Source, active, formats, map, profiles};
use std::collections::HashSet;

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
    profiles::drop_idle(&mut reading, &|name| {
        once(sources, &Answers { profile: Some(name.to_owned()), ..answers.clone() }).ok()
    });
    Ok(reading)
}

fn once(sources: &[Source], answers: &Answers) -> Result<Reading, ImportError> {
    let mut sheet = gathered(sources, answers.profile.as_deref(), &[])?;
    // What a file says about profiles and variables may concern one that was read before it.
    let made = sheet.active.clone().filter(|_| answers.profile.is_none());
    let waits =
        |source: &Source| ["${", "elery", "CELERY"].iter().any(|part| source.text.contains(part));
    let refers = sources.len() > 1 && sources.iter().any(waits);
    if made.is_some() || refers && !sheet.variables.is_empty() {
        let profile = made.as_ref().map(|active| active.profile.as_str());
        let profile = profile.or(answers.profile.as_deref());
        sheet = gathered(sources, profile, &std::mem::take(&mut sheet.variables))?;
    }
    let plan = map::plan(&mut sheet, answers);
    contradictions(&mut sheet, sources);
    if plan.is_none() {
        facts_alone(&mut sheet);
    }
    Ok(reading(sheet, plan, sources.len()))
}

/// Reads all files, with this profile active, and with these variables.
fn gathered(
    sources: &[Source],
    profile: Option<&str>,
    known: &[Variable],
) -> Result<Sheet, ImportError> {
    let (known, own) = (known.to_vec(), profile.map(str::to_owned));
    let mut sheet = Sheet { known, profile: own, ..Sheet::default() };
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
        if active::passes_over(&mut sheet, sources, file, profile) {
            continue;
        }
        formats::read(&mut sheet, file, text, source.syntax, profile)
            .map_err(|problem| at(problem.line, problem.text))?;
    }
    formats::finish(&mut sheet, profile);
    Ok(sheet)
}

fn reading(mut sheet: Sheet, plan: Option<Plan>, files: usize) -> Reading {
    let mut remarks = sheet.remarks;
    remarks.extend(plan.iter().flat_map(|plan| plan.remarks.clone()));
    let mut seen = HashSet::new();
    remarks.retain(|remark| seen.insert((remark.kind, remark.place, remark.text.clone())));
    remarks.sort_by_key(|remark| (remark.place.is_none(), remark.place, remark.kind));
    // A key of several channels is one key.
    let mut seen = HashSet::new();
    let mut irrelevant = sheet.irrelevant;
    irrelevant.retain(|key| seen.insert(key.clone()));
    sheet.read_as.resize(files, Vec::new());
    let read_as = sheet.read_as.iter().map(|what| what.join(" and ")).collect();
    Reading { read_as, plan, remarks, irrelevant }
}

/// Says what a file has that only matters together with another one.
fn facts_alone(sheet: &mut Sheet) {
    let facts = std::mem::take(&mut sheet.facts);
    for fact in facts {
        if let Value::Text(seconds) = &fact.value {
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
