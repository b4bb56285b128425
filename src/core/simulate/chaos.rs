//! Plans of random runs, and their execution.

use super::engine::Picker;
use super::fault_rates::{FaultRate, FaultRates};
use super::latency_model::LatencyModel;
use super::stats::{Ran, Stats};
use crate::sim::{Class, CompiledScenario, Configuration, Path, ScenarioError, Trace};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A plan: the number of runs, the fault rates and the latencies. Together with a configuration, a
/// plan determines the results on every platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Seed of the random numbers.
    pub seed: u64,
    /// Number of runs, up to [`Plan::MOST_RUNS`].
    pub runs: u64,
    /// Messages in each run, 1 to 4.
    pub messages: u8,
    /// Probabilities of the faults.
    #[serde(default)]
    pub rates: FaultRates,
    /// Mean durations of the operations.
    #[serde(default)]
    pub pace: LatencyModel,
}

/// A problem with a plan: its location and a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// Path of the invalid value: `rates.lose-send`.
    pub at: String,
    /// The problem and its remedy in a sentence.
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
    /// Maximum number of runs in a plan.
    pub const MOST_RUNS: u64 = 100_000_000;

    /// Returns the default plan: 50,000 runs of two messages, in which each common packet loss has
    /// a probability of 1 %, and each common crash one of 0.2 %.
    pub fn usual(seed: u64) -> Plan {
        use FaultRate::*;
        let common = [LoseSend, LoseAck, LoseDelivery, LoseConsumerAck];
        let crashes = [CrashProducer, CrashBroker, CrashConsumer];
        let rates =
            common.into_iter().fold(FaultRates::default(), |rates, h| rates.with(h, 10_000));
        let rates = crashes.into_iter().fold(rates, |rates, h| rates.with(h, 2_000));
        Plan { seed, runs: 50_000, messages: 2, rates, pace: LatencyModel::default() }
    }

    /// Compiles the configuration for the runs of this plan.
    ///
    /// # Errors
    /// Returns the first problem with the plan or the configuration.
    fn setup(&self, config: &Configuration) -> Result<CompiledScenario, PlanError> {
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
        let mut setup = CompiledScenario::bare(&config.with_messages(self.messages))?;
        setup.expects(self.rates.set_ones().map(|(rate, _)| rate.class()).collect());
        Ok(setup)
    }
}

/// Executes the runs of a plan, in batches.
pub struct Chaos {
    plan: Plan,
    picker: Picker,
}

impl Chaos {
    /// Creates an executor for a plan.
    ///
    /// # Errors
    /// Returns the first problem with the plan or the configuration.
    pub fn new(config: &Configuration, plan: &Plan) -> Result<Chaos, PlanError> {
        let setup = plan.setup(config)?;
        let picker = Picker::new(&setup, &plan.rates, &plan.pace);
        Ok(Chaos { plan: plan.clone(), picker })
    }

    /// Executes the runs with these numbers, as far as the plan includes them. The partition into
    /// batches makes no difference: the joined statistics are the same.
    pub fn run(&mut self, numbers: std::ops::Range<u64>) -> Stats {
        let mut stats = Stats::new(self.plan.messages);
        for number in numbers.start..numbers.end.min(self.plan.runs) {
            let ran = self.picker.run(self.plan.seed, number, None);
            stats.add(number, &ran);
        }
        stats
    }

    /// Executes a single run.
    pub fn one(&mut self, number: u64) -> Ran {
        self.picker.run(self.plan.seed, number, None)
    }

    /// Returns the trace of a run. It may end later than the run that was counted, because it
    /// includes events that no one waited for.
    ///
    /// # Errors
    /// Returns the first problem with the plan or the configuration.
    pub fn replay(config: &Configuration, plan: &Plan, number: u64) -> Result<Trace, PlanError> {
        Ok(Chaos::shown(config, plan, number)?.1)
    }

    /// Returns the path of the same run, in the form that links use.
    ///
    /// # Errors
    /// Returns the first problem with the plan or the configuration.
    pub fn path(config: &Configuration, plan: &Plan, number: u64) -> Result<Path, PlanError> {
        let (setup, trace) = Chaos::shown(config, plan, number)?;
        Ok(trace.path(&setup))
    }

    fn shown(
        config: &Configuration,
        plan: &Plan,
        number: u64,
    ) -> Result<(CompiledScenario, Trace), PlanError> {
        let mut setup = plan.setup(config)?;
        let mut schedule = Vec::new();
        Picker::new(&setup, &plan.rates, &plan.pace).run(plan.seed, number, Some(&mut schedule));
        let schedule: Vec<_> = schedule.into_iter().map(|(_, choice)| choice).collect();
        // Prepared for every fault class, as for runs shown on the page and in the terminal.
        setup.expects(Class::ALL.into_iter().collect());
        let trace = Trace::fork(&setup, &schedule);
        Ok((setup, trace))
    }
}
