//! The changes of settings that prevent the violations of a configuration.

use super::AT_A_TIME;
use super::verdict::{compiled, deepened};
use crate::check::{self, FixSearch, Limits, Property, Subject};
use crate::lab;
use crate::present::script;
use crate::protocol::{Answer, Fix, Fixes, Progress, PropertyFixes, Search};
use crate::sim::{CompiledScenario, ScenarioError, Trace};

/// The state limits for candidate fixes, of which there are many.
const LIMITS: Limits = Limits { each: 200_000, all: 20_000_000 };

pub fn answer(search: &Search, say: &mut dyn FnMut(Answer)) {
    if let Err(problem) = look(search, say) {
        say(Answer::Wrong(problem.to_string()));
    }
}

fn look(search: &Search, say: &mut dyn FnMut(Answer)) -> Result<(), ScenarioError> {
    let setup = compiled(search)?;
    let verdict = deepened(search, &setup, &mut |_| {});
    let scripts = scripts(search, &setup, &verdict);
    let subject = Subject::of(&search.scenario.configuration, &verdict);
    let mut fixes = FixSearch::new(subject, lab::changes, LIMITS);
    let mut known = 0;
    loop {
        let done = fixes.advance(AT_A_TIME);
        let (tried, all) = fixes.progress();
        say(Answer::Progress(Progress::Changes { tried, all, pairs: fixes.at_pairs() }));
        if done || fixes.found().len() > known {
            known = fixes.found().len();
            say(Answer::Fixes(fixes_of(search, &fixes, &scripts, done)));
        }
        if done {
            return Ok(());
        }
    }
}

/// Returns the faults of each counterexample as a script.
fn scripts(
    search: &Search,
    setup: &CompiledScenario,
    verdict: &check::Verdict,
) -> Vec<Option<Vec<String>>> {
    let config = search.scenario.configuration.with_messages(search.messages);
    let faults = |property: Property| {
        let check::Finding::Violated(schedule) = verdict.finding(property) else { return None };
        let path = Trace::fork(setup, schedule).path(setup);
        let faults = script(&config, &path, property)?;
        Some(faults.iter().map(ToString::to_string).collect())
    };
    Property::ALL.into_iter().map(faults).collect()
}

fn fixes_of(
    search: &Search,
    fixes: &FixSearch,
    scripts: &[Option<Vec<String>>],
    done: bool,
) -> Fixes {
    let fix = |fix: &check::Fix| Fix {
        change: fix.label.clone(),
        settings: lab::difference(
            &search.scenario.configuration,
            &fix.configuration.with_messages(search.scenario.configuration.messages),
        ),
        costs: fix.costs(),
        gives_up: fix.gives_up.iter().map(|given| given.label().to_string()).collect(),
        leaves_loss: fix.leaves_loss().map(|property| property.key().to_owned()),
    };
    let of = |(property, script): (Property, &Option<Vec<String>>)| PropertyFixes {
        fixes: fixes.of(property).into_iter().map(fix).collect(),
        script: script.clone(),
    };
    Fixes {
        properties: Property::ALL.into_iter().zip(scripts).map(of).collect(),
        cut_off: fixes.cut_off(),
        done,
    }
}
