//! A plan of random runs, and its execution.

use super::engine::Picker;
use super::fault_rates::{FaultRate, FaultRates};
use super::latency_model::LatencyModel;
use super::stats::{Ran, Stats};
use crate::sim::{Class, CompiledScenario, Path, Scenario, ScenarioError, Trace};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is run, how often, and what strikes how often. With a configuration it gives the same
/// numbers everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Which random numbers are drawn.
    pub seed: u64,
    /// How many runs, up to [`Plan::MOST_RUNS`].
    pub runs: u64,
    /// Messages of each run, 1 to 4.
    pub messages: u8,
    #[serde(default)]
    pub rates: FaultRates,
    #[serde(default)]
    pub pace: LatencyModel,
}

/// What is wrong with a plan, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// The place in it: `rates.lose-send`.
    pub at: String,
    /// The problem and its remedy, in a sentence.
    pub problem: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.problem)
    }
}

impl std::error::Error for PlanError {}

impl From<ScenarioError> for PlanError {
    fn from(error: ScenarioError) -> Self {
        PlanError { at: error.at, problem: error.problem }
    }
}

impl Plan {
    /// The most runs of a plan.
    pub const MOST_RUNS: u64 = 100_000_000;

    /// So many runs of two messages, with a chance of one in a hundred for each common fault.
    pub fn usual(seed: u64) -> Plan {
        use FaultRate::*;
        let common = [LoseSend, LoseAck, LoseDelivery, LoseConsumerAck];
        let crashes = [CrashProducer, CrashBroker, CrashConsumer];
        let rates =
            common.into_iter().fold(FaultRates::default(), |rates, h| rates.with(h, 10_000));
        let rates = crashes.into_iter().fold(rates, |rates, h| rates.with(h, 2_000));
        Plan { seed, runs: 50_000, messages: 2, rates, pace: LatencyModel::default() }
    }

    /// The configuration, ready for these runs.
    ///
    /// # Errors
    /// The first thing that is wrong with the plan or the configuration.
    fn setup(&self, scenario: &Scenario) -> Result<CompiledScenario, PlanError> {
        let wrong = |at: &str, problem: &str| {
            Err(PlanError { at: at.to_owned(), problem: problem.to_owned() })
        };
        if !(1..=Plan::MOST_RUNS).contains(&self.runs) {
            return wrong("runs", "use 1 to 100000000");
        }
        if let Some((name, problem)) = self.rates.problem() {
            return wrong(&format!("rates.{name}"), problem);
        }
        if let Some((name, problem)) = self.pace.problem() {
            return wrong(&format!("pace.{name}"), problem);
        }
        let faults = Vec::new();
        let scenario = Scenario { messages: self.messages, faults, ..scenario.clone() };
        let mut setup = CompiledScenario::new(&scenario)?;
        // Whether the disk has it matters only where power is lost.
        let power = (self.rates.of(FaultRate::PowerLoss) > 0).then_some(Class::Power);
        setup.expects(power.into_iter().collect());
        Ok(setup)
    }
}

/// The runs of a plan, some at a time.
pub struct Chaos {
    plan: Plan,
    picker: Picker,
}

impl Chaos {
    /// Makes ready.
    ///
    /// # Errors
    /// The first thing that is wrong with the plan or the configuration.
    pub fn new(scenario: &Scenario, plan: &Plan) -> Result<Chaos, PlanError> {
        let setup = plan.setup(scenario)?;
        let picker = Picker::new(&setup, &plan.rates, &plan.pace);
        Ok(Chaos { plan: plan.clone(), picker })
    }

    /// Runs these numbers, as far as the plan has them. Which are run together makes no
    /// difference: joined, the tallies of all of them are the same.
    pub fn run(&mut self, numbers: std::ops::Range<u64>) -> Stats {
        let mut tally = Stats::new(self.plan.messages);
        for number in numbers.start..numbers.end.min(self.plan.runs) {
            let ran = self.picker.run(self.plan.seed, number, None);
            tally.add(number, &ran);
        }
        tally
    }

    /// One run by itself.
    pub fn one(&mut self, number: u64) -> Ran {
        self.picker.run(self.plan.seed, number, None)
    }

    /// The run of this number, step by step. It may end later than it did for the counts: what
    /// nobody waited for comes, too.
    ///
    /// # Errors
    /// The first thing that is wrong with the plan or the configuration.
    pub fn replay(scenario: &Scenario, plan: &Plan, number: u64) -> Result<Trace, PlanError> {
        Ok(Chaos::shown(scenario, plan, number)?.1)
    }

    /// The way of the same run, as links have it.
    ///
    /// # Errors
    /// The first thing that is wrong with the plan or the configuration.
    pub fn path(scenario: &Scenario, plan: &Plan, number: u64) -> Result<Path, PlanError> {
        let (setup, trace) = Chaos::shown(scenario, plan, number)?;
        Ok(trace.path(&setup))
    }

    fn shown(
        scenario: &Scenario,
        plan: &Plan,
        number: u64,
    ) -> Result<(CompiledScenario, Trace), PlanError> {
        let mut setup = plan.setup(scenario)?;
        let mut schedule = Vec::new();
        Picker::new(&setup, &plan.rates, &plan.pace).run(plan.seed, number, Some(&mut schedule));
        let schedule: Vec<_> = schedule.into_iter().map(|(_, choice)| choice).collect();
        // As the page and the terminal show runs: ready for every kind of fault.
        setup.expects(Class::ALL.into_iter().collect());
        let trace = Trace::fork(&setup, &schedule);
        Ok((setup, trace))
    }
}
