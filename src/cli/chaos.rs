//! `chaos`: random runs with statistics (Monte Carlo simulation).

use super::names::{property, unknown};
use super::print::{Form, pretty};
use super::watch::{STOPPED, Watch, stopped};
use super::{Answer, Wrong, input, settings};
use crate::check::Property;
use crate::sim::{Class, CompiledScenario, Scenario};
use crate::simulate::{
    Chaos as Runs, Classic, Count, FaultRate, FaultRates, Latency, Operation, Plan, Stats,
};
use crate::text::{rough_time, steps, thousands};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Number of runs in one batch of a thread.
const SLICE: u64 = 5_000;
/// Interval between two checks of whether the threads have finished.
const LOOK: Duration = Duration::from_millis(5);

#[derive(clap::Args)]
pub struct Chaos {
    /// A preset, a scenario, a file with a scenario's JSON, or - for standard input.
    #[arg(value_name = "FILE|PRESET|SCENARIO")]
    input: String,
    /// Change a setting first, as for `check`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Number of runs.
    #[arg(long, value_name = "N", default_value_t = 50_000,
          value_parser = clap::value_parser!(u64).range(1..=Plan::MOST_RUNS))]
    runs: u64,
    /// Messages per run, 1 to 4.
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=4))]
    messages: u8,
    /// Random seed: the same seed gives the same result on every machine.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Fault rate in percent, e.g. lose-ack=1 or crash-consumer=0.5; may be given several times.
    /// Without any, common faults are injected at low rates.
    #[arg(long, value_name = "KIND=PERCENT", value_parser = rate)]
    rate: Vec<(FaultRate, u32)>,
    /// Mean duration of an operation in milliseconds, e.g. work=50; may be given several times.
    #[arg(long, value_name = "OPERATION=MS", value_parser = pace)]
    pace: Vec<(Operation, u64)>,
    /// A test that passes or fails (exit code 1), with its own fault rates: nothing-lost,
    /// killed-at-work or sent-twice.
    #[arg(long, value_name = "TEST", value_parser = classic, conflicts_with = "rate")]
    test: Option<Classic>,
    /// Fail (exit code 1) if any run violates this property; may be given several times.
    #[arg(long, value_name = "PROPERTY", value_parser = counted, value_delimiter = ',')]
    require: Vec<Property>,
    /// Print this run step by step instead of counting outcomes.
    #[arg(long, value_name = "RUN")]
    replay: Option<u64>,
    /// Number of threads; by default one per CPU core. The result does not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Show progress on standard error even if it is not a terminal.
    #[arg(long)]
    progress: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<(FaultRate, u32), String> {
    let (name, percent) = text.split_once('=').ok_or("write kind=percent, such as lose-ack=1")?;
    let known: Vec<_> = FaultRate::with_chances().map(|h| (h.key(), h.label())).collect();
    let hazard = FaultRate::from_key(name).filter(|&h| h != FaultRate::Expiry);
    let hazard = hazard.ok_or_else(|| unknown("kind of fault", name, &known))?;
    let number: f64 = percent.trim_end_matches('%').parse().map_err(|_| "use a number")?;
    match number {
        n if (0.0..=100.0).contains(&n) => Ok((hazard, (n * 1e4).round() as u32)),
        _ => Err("use 0 to 100 percent".into()),
    }
}

pub fn pace(text: &str) -> Result<(Operation, u64), String> {
    let (name, ms) = text.split_once('=').ok_or("write operation=milliseconds, such as work=50")?;
    let known: Vec<_> = Operation::ALL.iter().map(|act| (act.key(), act.label())).collect();
    let act = Operation::from_key(name).ok_or_else(|| unknown("operation", name, &known))?;
    let number: f64 = ms.parse().map_err(|_| "use a number of milliseconds")?;
    match number {
        n if (0.0..=crate::simulate::LatencyModel::MOST_US as f64 / 1e3).contains(&n) => {
            Ok((act, (n * 1e3).round() as u64))
        }
        _ => Err("use a time from 0 to a year".into()),
    }
}

fn classic(text: &str) -> Result<Classic, String> {
    let known = Classic::ALL.map(|test| (test.key(), test.label()));
    Classic::from_key(text).ok_or_else(|| unknown("test", text, &known))
}

/// Parses a property that is decided by the end of a single run.
fn counted(text: &str) -> Result<Property, String> {
    match property(text)? {
        Property::NeverStuck => {
            Err("a single run cannot violate liveness; use `ackward check`".into())
        }
        property => Ok(property),
    }
}

impl Chaos {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let form = Form::of(self.json);
        let scenario = settings::ready(&input::read(&self.input)?, &self.set, form)?;
        let plan = self.plan();
        let wrong = |error: crate::simulate::PlanError| Wrong(error.to_string());
        // Reports an invalid plan before any thread starts.
        Runs::new(&scenario.configuration, &plan).map_err(wrong)?;
        if let Some(number) = self.replay {
            return replayed(&scenario, &plan, number);
        }
        let stats = self.runs(&scenario, &plan);
        let failed: Vec<Property> =
            self.require.iter().copied().filter(|&p| stats.broken & 1 << p as u16 != 0).collect();
        let failure = self.test.and_then(|test| test.failure(&stats));
        let found = Found { scenario: &scenario, plan: &plan, stats: &stats, chaos: self };
        let text = if self.json { found.json(&failed) } else { found.text(&failed) };
        let stopped = found.cut_short();
        // The runs that were skipped may violate a required property.
        let open = stopped && (self.test.is_some() || !self.require.is_empty());
        let passed = failed.is_empty() && failure.is_none() && !open;
        Ok(Answer { text, form, passed, stopped })
    }

    fn plan(&self) -> Plan {
        let mut plan = match self.test {
            Some(test) => test.plan(self.seed, self.runs),
            None => Plan { runs: self.runs, ..Plan::usual(self.seed) },
        };
        plan.messages = self.messages;
        if !self.rate.is_empty() {
            plan.rates = FaultRates::default();
            self.rate.iter().for_each(|&(hazard, ppm)| plan.rates.set(hazard, ppm));
        }
        self.pace.iter().for_each(|&(act, us)| plan.pace.set(act, us));
        plan
    }

    /// Distributes the runs over threads; stops early if the user interrupts.
    fn runs(&self, scenario: &Scenario, plan: &Plan) -> Stats {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = self.threads.map_or(cores, NonZero::get).min(64) as u64;
        let done = AtomicU64::new(0);
        let part = |mine: u64| {
            let mut stats = Stats::new(plan.messages);
            let Ok(mut runs) = Runs::new(&scenario.configuration, plan) else { return stats };
            let slices = (0..plan.runs).step_by(SLICE as usize);
            for start in slices.skip(mine as usize).step_by(threads as usize) {
                if stopped() {
                    break;
                }
                stats.join(&runs.run(start..start + SLICE));
                done.fetch_add(SLICE, Ordering::Relaxed);
            }
            stats
        };
        let mut watch = Watch::new(self.progress);
        thread::scope(|scope| {
            let part = &part;
            let parts: Vec<_> = (0..threads).map(|i| scope.spawn(move || part(i))).collect();
            while !parts.iter().all(thread::ScopedJoinHandle::is_finished) {
                let done = done.load(Ordering::Relaxed).min(plan.runs);
                let [done, all] = [done, plan.runs].map(|n| thousands(n as usize));
                watch.stops(|| format!("{done} of {all} runs"));
                thread::sleep(LOOK);
            }
            let mut all = Stats::new(plan.messages);
            for part in parts {
                // A panic in a thread has already been reported.
                part.join().iter().for_each(|stats| all.join(stats));
            }
            all
        })
    }
}

fn replayed(scenario: &Scenario, plan: &Plan, number: u64) -> Result<Answer, Wrong> {
    if number >= plan.runs {
        return Err(Wrong(format!("--replay {number}: there are {} runs, from 0", plan.runs)));
    }
    let wrong = |error: crate::simulate::PlanError| Wrong(error.to_string());
    let trace = Runs::replay(&scenario.configuration, plan, number).map_err(wrong)?;
    let scenario = scenario.without_faults().with_messages(plan.messages);
    let mut setup = CompiledScenario::new(&scenario).map_err(|error| Wrong(error.to_string()))?;
    setup.expects(Class::ALL.into_iter().collect());
    let mut out = format!("{}: run {number} of seed {}\n", scenario.narrative.title, plan.seed);
    for step in steps(&setup, &trace.schedule()).0 {
        let fault = if step.fault { "⚡" } else { " " };
        let _ = writeln!(out, "  {:>3} {fault} {}", step.number, step.sentence);
    }
    Ok(Answer::of(out, Form::Text))
}

struct Found<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    stats: &'a Stats,
    chaos: &'a Chaos,
}

impl Found<'_> {
    /// Returns true if the user interrupted before all runs were done.
    fn cut_short(&self) -> bool {
        self.stats.runs + self.stats.left_out < self.plan.runs
    }

    /// Returns the counts to print: those that occurred, and the most common questions.
    fn counts(&self) -> impl Iterator<Item = Count> {
        let always = [Count::Once, Count::LostSilently, Count::LostWithError, Count::AppliedTwice];
        let shown = move |&count: &Count| always.contains(&count) || self.stats.count(count) > 0;
        Count::ALL.iter().copied().filter(shown)
    }

    fn text(&self, failed: &[Property]) -> String {
        let Found { scenario, plan, stats, .. } = self;
        let mut out = format!("{} ({})\n", scenario.narrative.title, scenario.id);
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "{} runs of {}, seed {}",
            thousands(stats.runs as usize),
            if plan.messages == 1 {
                "1 message".into()
            } else {
                format!("{} messages", plan.messages)
            },
            plan.seed
        );
        if self.cut_short() {
            let _ =
                writeln!(out, "{STOPPED} ({} runs were planned).", thousands(plan.runs as usize));
        }
        if stats.left_out > 0 {
            let _ = writeln!(out, "{} runs excluded (model limits).", stats.left_out);
        }
        out.push_str("\nPer 10,000 messages (95 % confidence interval):\n");
        for count in self.counts().filter(|count| !count.is_of_runs()) {
            self.line(&mut out, count);
        }
        if self.counts().any(Count::is_of_runs) {
            out.push_str("Per 10,000 runs:\n");
        }
        for count in self.counts().filter(|count| count.is_of_runs()) {
            self.line(&mut out, count);
        }
        out.push_str("\nLatency (simulated)     p50        p90        p99      p99.9\n");
        for (what, times) in [("end-to-end", &stats.effect), ("producer ack", &stats.told)] {
            let quantile =
                |part| times.quantile_us(part).map_or("-".into(), |us| rough_time(us as f64));
            let all = [0.5, 0.9, 0.99, 0.999].map(quantile);
            let _ = writeln!(
                out,
                "  {what:<14} {:>10} {:>10} {:>10} {:>10}",
                all[0], all[1], all[2], all[3]
            );
        }
        self.faults_used(&mut out);
        self.shown(&mut out);
        self.required(&mut out, failed);
        out
    }

    fn line(&self, out: &mut String, count: Count) {
        let share = self.stats.share(count);
        let [part, low, high] = [share.part, share.low, share.high].map(|p| p * 1e4);
        let _ = writeln!(out, "  {:<42} {part:>9.2}  ({low:.2} to {high:.2})", count.label());
    }

    fn faults_used(&self, out: &mut String) {
        let all = FaultRate::ALL.iter().filter(|&&hazard| self.stats.faults_used(hazard) > 0);
        let all: Vec<_> = all
            .map(|&h| format!("{} {}", thousands(self.stats.faults_used(h) as usize), h.key()))
            .collect();
        let none = "none".to_owned();
        let _ = writeln!(
            out,
            "\nInjected faults: {}",
            if all.is_empty() { none } else { all.join(", ") }
        );
    }

    fn shown(&self, out: &mut String) {
        let bad = Count::ALL.iter().filter(|count| !self.stats.worst(**count).is_empty());
        for &count in bad {
            let runs: Vec<_> =
                self.stats.worst(count).iter().map(|worst| worst.run.to_string()).collect();
            let _ = writeln!(out, "{}: see --replay {}", count.label(), runs.join(", or "));
        }
    }

    fn required(&self, out: &mut String, failed: &[Property]) {
        if let Some(test) = self.chaos.test {
            let result = match test.failure(self.stats) {
                None if self.cut_short() => "passed so far".to_owned(),
                None => "passed".to_owned(),
                Some((count, worst)) => {
                    format!("failed: {}, in run {}", count.label().to_lowercase(), worst.run)
                }
            };
            let _ = writeln!(out, "\ntest: {} {result}", test.key());
        }
        for &property in &self.chaos.require {
            let result = match failed.contains(&property) {
                true => "is violated",
                false if self.cut_short() => "held in every run so far",
                false => "held in every run",
            };
            let _ = writeln!(out, "required: {} {result}", property.key());
        }
    }

    fn json(&self, failed: &[Property]) -> String {
        let Found { scenario, plan, stats, chaos } = self;
        let counts: Map<String, Value> = Count::ALL
            .iter()
            .map(|&count| {
                let share = stats.share(count);
                let worst: Vec<_> = stats.worst(count).iter().map(|worst| worst.run).collect();
                let value = json!({ "count": stats.count(count), "part": share.part,
                                    "low": share.low, "high": share.high, "runs": worst });
                (count.key().to_owned(), value)
            })
            .collect();
        let faults_used: Map<String, Value> = FaultRate::ALL
            .iter()
            .filter(|&&hazard| stats.faults_used(hazard) > 0)
            .map(|&hazard| (hazard.key().to_owned(), stats.faults_used(hazard).into()))
            .collect();
        let required: Vec<_> = chaos
            .require
            .iter()
            .map(|p| json!({ "property": p.key(), "holds": !failed.contains(p) && !self.cut_short() }))
            .collect();
        let test = chaos.test.map(|test| {
            let failure = test.failure(stats);
            json!({ "test": test.key(), "passed": failure.is_none() && !self.cut_short(),
                    "failed_on": failure.map(|(count, _)| count.key()),
                    "run": failure.map(|(_, worst)| worst.run) })
        });
        pretty(&json!({
            "id": scenario.id,
            "title": scenario.narrative.title,
            "plan": plan,
            "runs": stats.runs,
            "left_out": stats.left_out,
            "stopped": self.cut_short(),
            "messages": stats.messages(),
            "counts": counts,
            "effect_us": quantiles(&stats.effect),
            "told_us": quantiles(&stats.told),
            "per_second": stats.per_second(),
            "struck": faults_used,
            "test": test,
            "required": required,
        }))
    }
}

fn quantiles(times: &Latency) -> Value {
    let at = |part| times.quantile_us(part);
    json!({ "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p999": at(0.999) })
}
