//! Resolves an address to a run: the configuration that it means, and the problems in it.

use std::mem::discriminant;
use std::rc::Rc;

use super::{Made, Model, Run};
use crate::catalogue;
use crate::lab;
use crate::present::{self, RunView};
use crate::sim::{FaultSpec, Scenario, ScenarioError};
use crate::ui::share::{Config, Guided, Shown};

/// The preset that the Lab starts with.
pub(super) const LAB: &str = "kafka-default";

/// A run that was opened.
pub struct Opened {
    pub run: Run,
    /// The step at which the run shows the property that it was found for.
    pub shows: Option<usize>,
    /// The problems in the address, as sentences.
    pub problems: Vec<String>,
}

/// Opens the run at an address, at its start. On the home page, if the catalogue lacks the default
/// scenario, opens its first one. A run that is on screen already is not simulated again.
pub fn open(model: &Model, shown: Shown, home: bool) -> Option<Opened> {
    let same =
        |run: &&Run| (&run.config, &run.found, run.lab) == (&shown.config, &shown.found, shown.lab);
    if let Some(run) = model.run().filter(same) {
        let run = Run { guided: shown.guided, ..run.clone() };
        return Some(Opened { run, shows: None, problems: Vec::new() });
    }
    let Prepared { config, scenario, opened, problems } = run_at(&shown, home)?;
    let Shown { lab, found, guided, .. } = shown;
    let made = Made { scenario: Rc::new(scenario), ran: Rc::new(opened.ran) };
    let run = Run { view: Rc::new(opened.view), made, config, lab, found, step: 0, guided };
    Some(Opened { run, shows: opened.shows, problems })
}

/// Returns the run at an address, and the step at which it shows the property that it was found for.
pub(super) fn found_run(shown: &Shown) -> Option<(RunView, Option<usize>)> {
    run_at(shown, false).map(|told| (told.opened.view, told.opened.shows))
}

/// A configuration with its run.
struct Prepared {
    config: Config,
    scenario: Scenario,
    opened: present::Opened,
    problems: Vec<String>,
}

fn run_at(shown: &Shown, home: bool) -> Option<Prepared> {
    let mut config = shown.config.clone();
    if shown.lab && config.base.is_empty() {
        (config.base, config.preset) = (LAB.to_owned(), true);
    }
    let base = match base(&mut config) {
        Some(base) => base,
        None if home => {
            let first = catalogue::scenarios().first()?;
            config = Config::scenario(&first.id);
            first
        }
        None => return None,
    };
    let (scenario, problems) = configured(base, &mut config);
    let opened = match &shown.found {
        Some(found) => present::open_along(&scenario, &found.path, found.property).ok()?,
        None => present::open(&scenario).ok()?,
    };
    Some(Prepared { config, scenario, opened, problems })
}

/// Opens the run of a custom scenario.
///
/// # Errors
/// Returns the location in the JSON and the problem.
pub fn given(json: &str) -> Result<Opened, ScenarioError> {
    let scenario = lab::from_json(json)?;
    // Some scenarios cannot be expressed as an address.
    let config = config_of(&scenario).unwrap_or_default();
    written(scenario, config)
}

fn written(scenario: Scenario, config: Config) -> Result<Opened, ScenarioError> {
    let opened = present::open(&scenario)?;
    let run = Run {
        config,
        view: Rc::new(opened.view),
        made: Made { scenario: Rc::new(scenario), ran: Rc::new(opened.ran) },
        lab: true,
        found: None,
        step: 0,
        guided: Guided::default(),
    };
    Ok(Opened { run, shows: opened.shows, problems: Vec::new() })
}

/// Returns the configuration as the differences from the closest preset or scenario.
///
/// # Errors
/// Returns the setting that no address can express, and what to write instead.
pub fn config_of(scenario: &Scenario) -> Result<Config, String> {
    let own = &scenario.configuration;
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = presets.chain(catalogue::scenarios());
    let kind = discriminant(&own.broker);
    let alike = all.filter(|base| discriminant(&base.configuration.broker) == kind);
    let near = alike.map(|base| (base, lab::difference(&base.configuration, own)));
    let (base, settings) = near
        .min_by_key(|(_, settings)| settings.len())
        .ok_or("There is no preset of this broker to start from.")?;
    let set =
        lab::change(&base.without_faults(), &settings).map_err(|problem| format!("{problem}."))?;
    if !same_settings(&set, scenario) {
        return Err(
            "It has a setting that the Lab does not support; use values that the Lab offers."
                .to_owned(),
        );
    }
    let faults: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
    let own: Vec<String> = base.faults.iter().map(ToString::to_string).collect();
    let preset = catalogue::preset(&base.id).is_some();
    let faults = (faults != own).then_some(faults);
    Ok(Config { base: base.id.clone(), preset, settings, faults })
}

/// Returns true if the two differ only in texts and faults.
pub(super) fn same_settings(a: &Scenario, b: &Scenario) -> bool {
    let tidy = |scenario: &Scenario| {
        let mut config = scenario.configuration.clone();
        config.consumer.tidy();
        config
    };
    tidy(a) == tidy(b)
}

/// Resolves a configuration without its fault script, and returns the problems as sentences.
pub fn scenario(config: &mut Config) -> Option<(Scenario, Vec<String>)> {
    if config.base.is_empty() {
        (config.base, config.preset) = (LAB.to_owned(), true);
    }
    let bare = without_script(base(config)?);
    Some(configured(&bare, config))
}

/// Returns the scenario without its script. Its notes stay: they are true again as soon as the
/// same faults are added.
fn without_script(base: &Scenario) -> Scenario {
    let mut bare = base.clone();
    bare.faults.clear();
    bare
}

/// Looks up the base scenario or preset, and records in the configuration which it is.
pub(super) fn base(config: &mut Config) -> Option<&'static Scenario> {
    let scenario = || catalogue::scenario(&config.base);
    let preset = || catalogue::preset(&config.base);
    let found = if config.preset { preset().or_else(scenario) } else { scenario().or_else(preset) };
    config.preset = catalogue::preset(&config.base).is_some();
    found
}

/// Applies the configuration's changes to the base. Invalid changes are skipped, with a sentence
/// for each.
fn configured(base: &Scenario, config: &mut Config) -> (Scenario, Vec<String>) {
    if config.is_original() {
        return (base.clone(), Vec::new());
    }
    let mut problems = Vec::new();
    let bare = without_script(base);
    let mut scenario = match lab::change(&bare, &config.settings) {
        Ok(scenario) => scenario,
        Err(_) => as_far_as_possible(&bare, &mut config.settings, &mut problems),
    };
    let own = || base.faults.iter().map(ToString::to_string).collect();
    let asked: Vec<String> = config.faults.clone().unwrap_or_else(own);
    for fault in &asked {
        if let Err(problem) = add_fault(&mut scenario, fault) {
            problems.push(format!("Without the fault {fault}: {problem}."));
        }
    }
    if scenario.faults.len() < asked.len() || config.faults.is_some() {
        let left: Vec<String> = scenario.faults.iter().map(ToString::to_string).collect();
        config.faults = (left != own()).then_some(left);
    }
    if !only_messages(config) {
        reword(base, config, &mut scenario);
    }
    (scenario, problems)
}

/// Returns true if only the number of messages differs.
fn only_messages(config: &Config) -> bool {
    config.faults.is_none() && config.settings.iter().all(|(key, _)| key == "messages")
}

/// Replaces the scenario's texts, which may not be true of another configuration.
fn reword(base: &Scenario, config: &Config, scenario: &mut Scenario) {
    scenario.narrative.notes.clear();
    scenario.narrative.takeaway.clear();
    (scenario.narrative.fix, scenario.expect) = (None, None);
    let changes: Vec<String> =
        config.settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let settings = match &changes[..] {
        [] => "Same settings".to_owned(),
        changes => format!("With {}", changes.join(", ")),
    };
    let faults = match (config.faults.as_deref(), base.faults.len()) {
        (None, _) => "",
        (Some([]), _) => ", no faults",
        (Some([_]), 0) => ", one fault",
        (Some(_), 0) => ", with faults",
        _ => ", other faults",
    };
    scenario.narrative.title = format!("{} (modified)", base.narrative.title);
    scenario.narrative.summary = format!("{settings}{faults}.");
}

/// Applies the settings one by one and drops those that are invalid.
pub(super) fn as_far_as_possible(
    base: &Scenario,
    settings: &mut Vec<(String, String)>,
    problems: &mut Vec<String>,
) -> Scenario {
    let mut scenario = base.clone();
    let mut taken: Vec<(String, String)> = Vec::new();
    for (key, value) in settings.drain(..) {
        taken.push((key, value));
        match lab::change(base, &taken) {
            Ok(changed) => scenario = changed,
            Err(problem) => {
                problems.push(format!("Invalid setting in the link: {problem}."));
                taken.pop();
            }
        }
    }
    *settings = taken;
    scenario
}

pub(super) fn add_fault(scenario: &mut Scenario, text: &str) -> Result<(), String> {
    let fault: FaultSpec = text.parse().map_err(|e: String| e)?;
    scenario.faults.push(fault);
    scenario.check().map_err(|e| {
        scenario.faults.pop();
        // The fault has been named already.
        e.problem.strip_prefix(&format!("{fault}: ")).unwrap_or(&e.problem).to_owned()
    })
}

/// Returns the configuration with these settings changed.
///
/// # Errors
/// Returns the product's rule that forbids the change.
pub fn set(run: &Run, settings: &[(String, String)]) -> Result<Config, String> {
    let mut config = run.config.clone();
    let base = base(&mut config).ok_or("the configuration has no base")?;
    let (base, now) = (base.without_faults(), run.scenario().without_faults());
    let changed = lab::clients::change_of(&base, &config.settings, &now, settings)?;
    config.settings = lab::difference(&base.configuration, &changed.configuration);
    Ok(config)
}

/// Returns the configuration with this fault script.
///
/// # Errors
/// Returns the problem with a fault, and what to write instead.
pub fn with_faults(run: &Run, faults: Vec<String>) -> Result<Config, String> {
    let mut scenario = run.scenario().without_faults();
    for fault in &faults {
        add_fault(&mut scenario, fault)?;
    }
    let mut config = run.config.clone();
    let text = |scenario: &Scenario| -> Vec<String> {
        scenario.faults.iter().map(ToString::to_string).collect()
    };
    let own = base(&mut config).map(text);
    let faults = text(&scenario);
    config.faults = (own.as_ref() != Some(&faults)).then_some(faults);
    Ok(config)
}
