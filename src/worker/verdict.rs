//! The verdict on a configuration: with few faults first, then with as many as were asked for, then
//! with shorter counterexamples.

use super::AT_A_TIME;
use crate::check::{
    self, Bounds, DeliveryModel, Explorer, Finding, Progress, Scope, Shortest, assumptions, hints,
};
use crate::evidence::{SeenBroken, seen_broken};
use crate::protocol::{self, Answer, Assumes, Hint, Search};
use crate::sim::{Choice, Class, CompiledScenario, ScenarioError, Trace};
use crate::text;

/// The state limit of a search: a few seconds, and at most a hundred MiB.
const LIMIT: usize = 1_000_000;
/// The state limit for shortest counterexamples, where no reduction applies.
const SHORT_LIMIT: usize = 400_000;

pub fn answer(search: &Search, say: &mut dyn FnMut(Answer)) {
    if let Err(problem) = look(search, say) {
        say(Answer::Wrong(problem.to_string()));
    }
}

fn look(search: &Search, say: &mut dyn FnMut(Answer)) -> Result<(), ScenarioError> {
    let setup = compiled(search)?;
    let mut verdict = deepened(search, &setup, say);
    let model = DeliveryModel::new(&setup, verdict.bounds);
    let Some(mut shorter) = Shortest::new(&model, &verdict, SHORT_LIMIT) else { return Ok(()) };
    while !shorter.advance(AT_A_TIME) {}
    shorter.improve(&mut verdict);
    say(Answer::Verdict(verdict_of(&setup, &verdict)));
    Ok(())
}

/// Compiles the configuration for any fault.
///
/// # Errors
/// Returns the setting that refers to a message that there is not.
pub(super) fn compiled(search: &Search) -> Result<CompiledScenario, ScenarioError> {
    let config = search.scenario.configuration.with_messages(search.messages);
    let mut setup = CompiledScenario::bare(&config)?;
    setup.expects(Class::ALL.into_iter().collect());
    Ok(setup)
}

/// Explores the runs with one fault, then with one more each time. Stops where some search cannot
/// be exhaustive: with more faults it could not either.
pub(super) fn deepened(
    search: &Search,
    setup: &CompiledScenario,
    say: &mut dyn FnMut(Answer),
) -> check::Verdict {
    let classes = search.kinds.iter().copied().collect();
    let mut faults = search.faults.min(1);
    loop {
        let bounds = Bounds { faults, classes };
        let mut explorer = Explorer::new(DeliveryModel::new(setup, bounds), LIMIT);
        let mut progress = Progress::Running;
        while progress == Progress::Running {
            progress = explorer.advance(AT_A_TIME);
            let states = explorer.states();
            say(Answer::Progress(protocol::Progress::States { faults, states }));
        }
        let verdict = check::Verdict::of(&explorer, progress);
        say(Answer::Verdict(verdict_of(setup, &verdict)));
        if progress != Progress::Exhausted || faults >= search.faults {
            return verdict;
        }
        faults += 1;
    }
}

fn verdict_of(setup: &CompiledScenario, verdict: &check::Verdict) -> protocol::Verdict {
    let bounds = verdict.bounds;
    let model = DeliveryModel::new(setup, bounds);
    let kinds = if bounds.faults == 0 { Default::default() } else { bounds.classes };
    let scope = Scope::new(&model.setup, kinds);
    let proves = |property| verdict.proves(property);
    let proved = check::Property::ALL.into_iter().any(proves);
    let hint = |hint: check::Hint| Hint {
        says: hint.label.to_owned(),
        key: hint.with.0.to_owned(),
        value: hint.with.1.to_owned(),
    };
    let seen = seen_broken(setup.configuration());
    let of = |p: check::Property| seen.iter().find(|seen| seen.property == p).map(sighting);
    protocol::Verdict {
        faults: bounds.faults,
        states: verdict.states,
        complete: verdict.progress == Progress::Exhausted,
        properties: verdict
            .findings
            .iter()
            .map(|(p, found)| property(setup, *p, found, of(*p)))
            .collect(),
        assumes: proved.then(|| Assumes::from(&assumptions(&scope))),
        not_tried: check::not_tried(verdict.messages, bounds, text::class),
        hints: if proved { hints(&scope, proves).into_iter().map(hint).collect() } else { vec![] },
    }
}

fn property(
    setup: &CompiledScenario,
    property: check::Property,
    finding: &Finding,
    seen: Option<protocol::Sighting>,
) -> protocol::Property {
    let (finding, run) = match finding {
        Finding::Holds => (protocol::Finding::Proved, None),
        Finding::Unknown => (protocol::Finding::Open, None),
        Finding::Violated(schedule) => (protocol::Finding::Broken, Some(run(setup, schedule))),
    };
    let path = run.as_ref().map(|run| run.path(setup).to_string());
    let reason = run.and_then(|run| check::why(setup, &run, property)?.reason);
    // A run with more faults, or faults of other kinds, says nothing about a proof.
    let seen = seen.filter(|_| finding == protocol::Finding::Broken);
    protocol::Property { finding, path, reason, seen }
}

fn sighting(seen: &SeenBroken) -> protocol::Sighting {
    protocol::Sighting {
        says: seen.says.clone(),
        messages: seen.messages,
        path: seen.path.to_string(),
    }
}

fn run(setup: &CompiledScenario, schedule: &[Choice]) -> Trace {
    Trace::fork(setup, schedule)
}
