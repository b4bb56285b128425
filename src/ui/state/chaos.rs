//! Random runs of a configuration: the plan, progress and results.

use std::rc::Rc;

use super::notice::notice;
use super::open;
use super::{Effect, Model, Page, Refused, permalink};
use crate::sim::Scenario;
use crate::simulate::{Chaos, Classic, Count, FaultRate, Plan, Stats, Worst};
use crate::ui::share::{Address, AskedStep, Config, Found, Random, Shown};

pub mod label;
pub mod plan;
#[cfg(test)]
mod tests;
pub use plan::Part;

/// Random runs of a configuration.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The configuration, as in the address, and the scenario that it means.
    pub config: Config,
    pub scenario: Rc<Scenario>,
    pub plan: Plan,
    /// No seed was given or drawn yet.
    seedless: bool,
    /// The faults that can strike in this configuration.
    pub hazards: Rc<[FaultRate]>,
    pub runs: Option<Batch>,
    /// The tests in [`Classic::ALL`].
    pub tests: [Option<Batch>; 3],
}

/// Runs of a plan, in progress or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The runner's job number.
    pub job: u32,
    pub plan: Plan,
    pub stand: Stand,
    /// The results so far.
    pub stats: Rc<Stats>,
    /// The time spent so far.
    pub millis: u32,
    pub shows: Vec<Shows>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    Running,
    Held,
    /// Waiting for the runs in progress.
    Stopping,
    Stopped,
    Done,
    /// A sentence with the reason.
    Failed(String),
}

/// A run that shows an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shows {
    pub count: Count,
    pub worst: Worst,
    /// The address of the run; `None` if it has no path of its own.
    pub address: Option<Address>,
}

/// A message from the user or the runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A seed was drawn.
    Drawn(u64),
    /// Draw another seed.
    NewSeed,
    /// Start with another configuration.
    Begin(Config),
    Set(Part, String),
    /// Reset rates and durations to their defaults.
    Usual,
    Run,
    Hold,
    Go,
    Stop,
    Test(Classic),
    /// The results of a job so far.
    Came {
        job: u32,
        stats: Rc<Stats>,
        millis: u32,
        over: bool,
    },
    Failed {
        job: u32,
        problem: String,
    },
    /// Copy the link to a run, or to the plan.
    Link(Address),
}

/// An order to the runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    Begin {
        job: u32,
        scenario: Rc<Scenario>,
        plan: Plan,
    },
    Hold(u32),
    Go(u32),
    /// Start no more runs of the job; those in progress are still reported.
    Stop(u32),
    /// Drop all jobs.
    Leave,
}

impl Batch {
    pub fn is_under_way(&self) -> bool {
        matches!(self.stand, Stand::Running | Stand::Held | Stand::Stopping)
    }

    pub fn shows(&self, count: Count) -> impl Iterator<Item = &Shows> {
        self.shows.iter().filter(move |shows| shows.count == count)
    }
}

impl Trial {
    /// Returns the address of this plan.
    pub fn address(&self) -> Address {
        let plan = plan::pairs(&self.plan);
        Address::Chaos(Random { config: self.config.clone(), plan })
    }

    /// Returns the address of the configuration in the Lab.
    pub fn in_lab(&self) -> Address {
        Address::Run(Shown::new(self.config.clone(), true))
    }

    fn batches(&mut self) -> impl Iterator<Item = &mut Batch> {
        self.runs.iter_mut().chain(self.tests.iter_mut().flatten())
    }

    /// Returns the address of a run of a plan.
    fn place(&self, plan: &Plan, count: Count, run: u64) -> Option<Address> {
        let path = Chaos::path(&self.scenario.configuration, plan, run).ok()?;
        let mut config = self.config.with("messages", &plan.messages.to_string());
        // The scenario's script does not strike in random runs.
        let base = crate::catalogue::scenario(&config.base);
        let scripted = base.is_some_and(|scenario| !scenario.faults.is_empty());
        config.faults = scripted.then(Vec::new);
        let found = Some(Found { property: count.property(), path });
        let step = match count.property() {
            Some(_) => AskedStep::Start,
            None => AskedStep::At(usize::MAX),
        };
        Some(Address::Run(Shown { found, step, ..Shown::new(config, true) }))
    }
}

/// Shows the page of random runs at an address.
pub(super) fn went(model: &mut Model, asked: Random) -> Option<Vec<Effect>> {
    let mut problems = Vec::new();
    let named = asked.plan.iter().any(|(key, _)| key == Part::Seed.key().as_str());
    let kept = model.trial.take();
    let seed = kept.as_ref().map_or(0, |trial| trial.plan.seed);
    let mut wanted = plan::read(&asked.plan, seed, &mut problems);
    let mut config = asked.config;
    let same = |trial: &Trial| trial.config == config && trial.plan == wanted;
    let (trial, mut effects) = match kept {
        Some(trial) if same(&trial) => (trial, Vec::new()),
        _ => {
            let (scenario, more) = open::scenario(&mut config)?;
            problems.extend(more);
            fit(&scenario, &mut wanted, &mut problems);
            let hazards = FaultRate::possible(&scenario.configuration).into();
            let trial = Trial {
                config,
                scenario: Rc::new(scenario),
                plan: wanted,
                seedless: !named,
                hazards,
                runs: None,
                tests: [None, None, None],
            };
            (Box::new(trial), vec![Effect::Runs(Order::Leave)])
        }
    };
    if !named {
        effects.push(match trial.seedless {
            true => Effect::DrawSeed,
            false => Effect::Replace(trial.address()),
        });
    } else if !problems.is_empty() {
        effects.push(Effect::Replace(trial.address()));
    }
    let title = &trial.scenario.narrative.title;
    effects.push(Effect::Title(format!("{title} · simulation · Ackward")));
    model.notice = notice(problems);
    model.page = Page::Chaos;
    model.trial = Some(trial);
    Some(effects)
}

/// Adjusts a plan that cannot be run with the configuration's settings until it can.
fn fit(scenario: &Scenario, plan: &mut Plan, problems: &mut Vec<String>) {
    let Err(problem) = Chaos::new(&scenario.configuration, plan) else { return };
    problems.push(format!("{problem}."));
    for messages in [scenario.configuration.messages, 1, 2, 3, 4] {
        let other = Plan { messages, ..plan.clone() };
        if Chaos::new(&scenario.configuration, &other).is_ok() {
            *plan = other;
            return;
        }
    }
}

/// Pauses the runs in progress when the user leaves the page.
pub(super) fn leave(model: &mut Model) -> Vec<Effect> {
    let Some(trial) = &mut model.trial else { return Vec::new() };
    let mut effects = Vec::new();
    for batch in trial.batches().filter(|batch| batch.stand == Stand::Running) {
        batch.stand = Stand::Held;
        effects.push(Effect::Runs(Order::Hold(batch.job)));
    }
    effects
}

pub(super) fn update(model: &mut Model, ask: Ask) -> Vec<Effect> {
    let Model { trial: Some(trial), jobs, refused, took, .. } = model else { return Vec::new() };
    match ask {
        Ask::Drawn(seed) => {
            trial.seedless = false;
            change(trial, refused, Part::Seed, |plan| {
                plan.seed = seed;
                Ok(())
            })
        }
        Ask::NewSeed => vec![Effect::DrawSeed],
        Ask::Begin(config) => {
            let plan = plan::pairs(&trial.plan);
            vec![Effect::Go(Address::Chaos(Random { config, plan }))]
        }
        Ask::Set(part, text) => change(trial, refused, part, |plan| part.set(plan, &text)),
        Ask::Usual => change(trial, refused, Part::Seed, |plan| {
            *plan = plan::usual(plan);
            Ok(())
        }),
        Ask::Run => {
            let plan = trial.plan.clone();
            let mut effects: Vec<Effect> = trial.runs.as_mut().map(stop).into_iter().collect();
            let (batch, begin) = begin(&trial.scenario, plan, jobs);
            trial.runs = Some(batch);
            effects.push(begin);
            effects
        }
        Ask::Test(test) => {
            let plan = test.plan(trial.plan.seed, trial.plan.runs);
            let place = &mut trial.tests[test as usize];
            let mut effects: Vec<Effect> = place.as_mut().map(stop).into_iter().collect();
            let (batch, begin) = begin(&trial.scenario, plan, jobs);
            *place = Some(batch);
            effects.push(begin);
            effects
        }
        Ask::Hold => turn(trial, Stand::Running, Stand::Held, Order::Hold),
        Ask::Go => turn(trial, Stand::Held, Stand::Running, Order::Go),
        Ask::Stop => trial.runs.as_mut().map(stop).into_iter().collect(),
        Ask::Came { job, stats, millis, over } => {
            came(trial, job, stats, millis, over);
            Vec::new()
        }
        Ask::Failed { job, problem } => {
            if let Some(batch) = trial.batches().find(|batch| batch.job == job) {
                batch.stand = Stand::Failed(problem);
            }
            Vec::new()
        }
        Ask::Link(address) => {
            *took = None;
            let content = permalink(&address);
            vec![Effect::Take { how: "link", name: String::new(), content }]
        }
    }
}

/// Changes the plan, or reports why the change is rejected.
fn change(
    trial: &mut Trial,
    refused: &mut Option<Refused>,
    part: Part,
    set: impl FnOnce(&mut Plan) -> Result<(), String>,
) -> Vec<Effect> {
    let mut plan = trial.plan.clone();
    let check = |plan: &Plan| Chaos::new(&trial.scenario.configuration, plan).map(drop);
    let done = set(&mut plan).and_then(|()| check(&plan).map_err(|error| error.problem));
    match done {
        Ok(()) => {
            *refused = None;
            trial.plan = plan;
            vec![Effect::Replace(trial.address())]
        }
        Err(problem) => {
            let problem = format!("{}.", crate::text::capital(problem));
            *refused = Some(Refused { what: part.key(), problem });
            Vec::new()
        }
    }
}

fn begin(scenario: &Rc<Scenario>, plan: Plan, jobs: &mut u32) -> (Batch, Effect) {
    *jobs += 1;
    let job = *jobs;
    let stats = Rc::new(Stats::new(plan.messages));
    let batch = Batch {
        job,
        plan: plan.clone(),
        stand: Stand::Running,
        stats,
        millis: 0,
        shows: Vec::new(),
    };
    (batch, Effect::Runs(Order::Begin { job, scenario: Rc::clone(scenario), plan }))
}

fn stop(batch: &mut Batch) -> Effect {
    if batch.is_under_way() {
        batch.stand = Stand::Stopping;
    }
    Effect::Runs(Order::Stop(batch.job))
}

fn turn(trial: &mut Trial, from: Stand, to: Stand, order: fn(u32) -> Order) -> Vec<Effect> {
    match &mut trial.runs {
        Some(batch) if batch.stand == from => {
            batch.stand = to;
            vec![Effect::Runs(order(batch.job))]
        }
        _ => Vec::new(),
    }
}

fn came(trial: &mut Trial, job: u32, stats: Rc<Stats>, millis: u32, over: bool) {
    let Some(batch) = trial.batches().find(|batch| batch.job == job) else { return };
    let (known, plan) = (std::mem::take(&mut batch.shows), batch.plan.clone());
    let mut shows = Vec::new();
    for &count in Count::ALL {
        for &worst in stats.worst(count) {
            let old = known.iter().find(|s| s.count == count && s.worst.run == worst.run);
            let address = match old {
                Some(old) => old.address.clone(),
                None => trial.place(&plan, count, worst.run),
            };
            shows.push(Shows { count, worst, address });
        }
    }
    if let Some(batch) = trial.batches().find(|batch| batch.job == job) {
        let all = stats.runs + stats.left_out == batch.plan.runs;
        if over {
            batch.stand = if all { Stand::Done } else { Stand::Stopped };
        }
        (batch.stats, batch.millis, batch.shows) = (stats, millis, shows);
    }
}
