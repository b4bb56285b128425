//! A run along a path, rather than that of the fault script, and what it is called.

use super::branches::{self, Ran};
use super::{Chip, Opened, run_view, texts};
use crate::check::{self, Property};
use crate::sim::{Choice, CompiledScenario, Configuration, Path, Scenario, ScenarioError, Trace};
use crate::text;

/// Returns the path of a run, as [`open_along`] reads it. The setup of the run may be bounded to some
/// kinds of faults, and have a script. `None` if the run cannot be told by a path, so that the
/// property would not be violated along it.
pub fn path_of(setup: &CompiledScenario, schedule: &[Choice], property: Property) -> Option<Path> {
    let (free, path) = freed(setup.configuration(), schedule)?;
    let trace = Trace::along(&free, &path);
    let ended =
        Property::violated_properties(free.configuration().messages, &trace.last().ledger, true);
    let violated = ended & 1 << property as u16 != 0 || property == Property::NeverStuck;
    violated.then_some(path)
}

/// Returns the path of the run with these choices, as [`open_along`] reads it. `None` if the
/// configuration is invalid.
pub fn path_of_run(config: &Configuration, schedule: &[Choice]) -> Option<Path> {
    freed(config, schedule).map(|(_, path)| path)
}

/// Returns the run along a path; `None` if the configuration is invalid.
pub fn trace_along(config: &Configuration, path: &Path) -> Option<Trace> {
    let free = branches::free(CompiledScenario::bare(config).ok()?);
    Some(Trace::along(&free, path))
}

/// Returns the path of a run, and the configuration without a script that the path is of.
fn freed(config: &Configuration, schedule: &[Choice]) -> Option<(CompiledScenario, Path)> {
    let free = branches::free(CompiledScenario::bare(config).ok()?);
    let schedule: Vec<Choice> = schedule.iter().map(|&c| branches::unscripted(c)).collect();
    let path = Trace::fork(&free, &schedule).path(&free);
    Some((free, path))
}

/// Opens the run along a path, with the faults on the path instead of those of the script. Given
/// the property that the run violates, also finds the step at which it does so.
///
/// # Errors
/// Returns what [`CompiledScenario::new`] finds wrong with the scenario.
pub fn open_along(
    scenario: &Scenario,
    path: &Path,
    property: Option<Property>,
) -> Result<Opened, ScenarioError> {
    let setup = branches::free(CompiledScenario::new(&branches::bare(scenario))?);
    let trace = Trace::along(&setup, path);
    let why = property.and_then(|property| check::why(&setup, &trace, property));
    let mut view = run_view(&setup, &trace);
    let struck = |step: &usize| matches!(trace.steps[step - 1].choice, Choice::Strike(..));
    let faults = (1..=trace.steps.len()).filter(struck).map(|step| {
        let mut events = trace.events_of(step).iter();
        let sentence = events.find_map(|event| text::sentence(&setup, event)).unwrap_or_default();
        text::clause(&sentence)
    });
    let faults: Vec<String> = faults.collect();
    // The title and the summary of a scenario with a fault script tell what happens in its own run.
    let scripted = !scenario.faults.is_empty();
    if let (Some(property), Some(why)) = (property, &why) {
        let broken = property.broken_says();
        view.title = match scripted {
            true => format!("{broken}, with the settings of “{}”", scenario.narrative.title),
            false => format!("{broken}: {}", scenario.narrative.title),
        };
        view.summary.clone_from(&why.text);
    } else if scripted {
        view.title = format!("Another run of “{}”", scenario.narrative.title);
        view.summary = match faults.is_empty() {
            true => "Nothing breaks in this run.".to_owned(),
            false => format!("In this run {}.", faults.join(", then ")),
        };
    }
    let chip = |what| Chip { who: String::new(), what, fault: true };
    view.chips.extend(faults.into_iter().map(chip));
    // The configuration keeps its own fault script, whatever faults occur in this run.
    view.faults = texts(&scenario.faults);
    let shows = property.zip(why).map(|(property, why)| match property {
        // The verdict says so only when nothing more can come.
        Property::NeverLost | Property::NeverLostSilently | Property::ReportTrue => {
            trace.steps.len()
        }
        _ => why.step,
    });
    Ok(Opened { view, ran: Ran::new(setup, trace), shows })
}
