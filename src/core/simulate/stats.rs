//! Statistics over runs: counts, latency histograms, and the runs that show each outcome best.
//!
//! Latencies are recorded in HDR histograms (high dynamic range, Tene), which keep a fixed number
//! of significant digits over the whole range.

use super::fault_rates::FaultRate;
use super::wilson::Proportion;
use crate::check::Property;
use crate::sim::{CompiledScenario, MessageId, Outcome, World};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

macro_rules! counts {
    ($($name:ident $key:literal $label:literal)*) => {
        /// An outcome that is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Count { $($name,)* }

        impl Count {
            /// All counts.
            pub const ALL: &[Count] = &[$(Count::$name),*];

            /// Returns the name used on the command line and in links.
            pub fn key(self) -> &'static str {
                match self { $(Count::$name => $key),* }
            }

            /// Returns the outcome in a few words.
            pub fn label(self) -> &'static str {
                match self { $(Count::$name => $label),* }
            }
        }
    };
}

counts! {
    Once "once" "Exactly once, no error"
    LostSilently "lost-silently" "Lost silently"
    LostWithError "lost-with-error" "Lost, producer got an error"
    Unknown "unknown" "Delivered, producer got an error"
    StoredTwice "stored-twice" "Stored more than once"
    HandledTwice "handled-twice" "Processed more than once"
    AppliedTwice "applied-twice" "Applied more than once"
    OutOfOrder "out-of-order" "Out of order"
    DeadLettered "dead-lettered" "Dead-lettered"
    NeverSent "never-sent" "Never sent (producer crashed first)"
    Unfinished "unfinished" "Unfinished after 500 steps"
}

impl Count {
    /// Returns the count with this name, if there is one.
    pub fn from_key(key: &str) -> Option<Count> {
        Count::ALL.iter().copied().find(|count| count.key() == key)
    }

    /// Returns true if the count is per run rather than per message.
    pub fn is_of_runs(self) -> bool {
        matches!(self, Count::OutOfOrder | Count::Unfinished)
    }

    /// Returns the property that a run with this outcome violates, or `None` if it violates none.
    pub fn property(self) -> Option<Property> {
        match self {
            Count::LostSilently => Some(Property::NeverLostSilently),
            Count::LostWithError => Some(Property::NeverLost),
            Count::Unknown => Some(Property::ReportTrue),
            Count::StoredTwice => Some(Property::StoredOnce),
            Count::HandledTwice => Some(Property::HandledOnce),
            Count::AppliedTwice => Some(Property::AppliedOnce),
            Count::OutOfOrder => Some(Property::InOrder),
            Count::Once | Count::DeadLettered | Count::NeverSent | Count::Unfinished => None,
        }
    }

    /// Returns true for outcomes that nobody wants to see.
    pub fn is_bad(self) -> bool {
        !matches!(self, Count::Once | Count::NeverSent)
    }
}

/// The outcome of a run that ends in a given state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Finish {
    /// Value of each count: a number of messages, or one for the run.
    counts: [u8; Count::ALL.len()],
    /// Violated properties, as in [`Property::violated_properties`].
    pub broken: u16,
    /// The state did not fit its encoding; the run is not counted.
    pub overflow: bool,
}

impl Finish {
    pub(super) fn of(setup: &CompiledScenario, world: &World) -> Finish {
        let mut finish = Finish {
            broken: Property::violated_properties(
                setup.configuration().messages,
                &world.ledger,
                true,
            ),
            overflow: world.overflow(),
            ..Finish::default()
        };
        for m in 0..setup.configuration().messages {
            finish.message(world, m);
        }
        finish.counts[Count::OutOfOrder as usize] = u8::from(world.ledger.out_of_order);
        finish
    }

    fn message(&mut self, world: &World, m: MessageId) {
        let mut add = |count: Count, yes: bool| self.counts[count as usize] += u8::from(yes);
        let (record, outcome) = (world.ledger.of(m), world.ledger.outcome(m));
        add(Count::Once, matches!(outcome, Outcome::Once));
        add(Count::LostSilently, outcome == Outcome::LostSilently);
        add(Count::LostWithError, outcome == Outcome::LostWithError);
        add(Count::Unknown, outcome == Outcome::Unknown);
        add(Count::StoredTwice, record.stored > 1 + record.gone);
        add(Count::HandledTwice, record.handled > 1);
        add(Count::AppliedTwice, outcome == Outcome::Duplicated);
        add(Count::DeadLettered, outcome == Outcome::DeadLettered);
        add(Count::NeverSent, outcome == Outcome::NeverSent);
    }
}

/// A run that shows an outcome: its number under the plan's seed, and its rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Worst {
    /// Number of faults that struck; the fewer, the clearer.
    pub faults: u16,
    /// Number of steps in the run.
    pub steps: u16,
    /// Number of the run.
    pub run: u64,
}

/// A latency histogram, in microseconds.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        // Two significant digits are more than the model can claim, and a year is the longest time
        // in a plan. Both are within the limits of the library, so creation cannot fail.
        Latency(Histogram::new_with_bounds(1, Latency::MOST_US, 2).expect("fixed bounds"))
    }
}

impl PartialEq for Latency {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Latency {}

impl Latency {
    const MOST_US: u64 = 1 << 45;

    fn add(&mut self, nanos: u64) {
        self.0.saturating_record((nanos / 1000).max(1));
    }

    fn join(&mut self, other: &Latency) {
        // All histograms have the same bounds.
        let _ = self.0.add(&other.0);
    }

    /// Returns the number of recorded values.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Returns the quantile `part` in microseconds, or `None` if there are no values.
    pub fn quantile_us(&self, part: f64) -> Option<u64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(part))
    }

    /// Returns the mean in microseconds, or `None` if there are no values.
    pub fn mean_us(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.mean())
    }

    /// Returns the recorded values in microseconds, each with its count.
    pub fn times(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter_recorded().map(|v| (v.value_iterated_to(), v.count_at_value()))
    }
}

impl Serialize for Latency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.times())
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut latency = Latency::default();
        for (us, count) in Vec::<(u64, u64)>::deserialize(deserializer)? {
            latency.0.saturating_record_n(us, count);
        }
        Ok(latency)
    }
}

/// A sum over runs, and the sum of squares. Messages of one run share its fate, so the precision of
/// a proportion depends on the number of runs, not of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    sum: u64,
    squares: u64,
}

/// Statistics of the runs so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Number of runs that are counted.
    pub runs: u64,
    /// Messages in each run.
    pub messages_per_run: u8,
    /// Runs that are not counted because a state did not fit its encoding.
    pub left_out: u64,
    /// Number of steps over all runs.
    pub steps: u64,
    /// Properties that any run violates, as in [`Property::violated_properties`].
    pub broken: u16,
    sums: [Sum; Count::ALL.len()],
    faults: [u64; FaultRate::ALL.len()],
    /// Virtual time of all runs, each up to its last first effect or report, in microseconds.
    pub busy_us: u64,
    /// End-to-end latency, from the application's call to the first effect.
    pub effect: Latency,
    /// Publish latency, from the application's call to the report to it.
    pub told: Latency,
    worst: [Vec<Worst>; Count::ALL.len()],
}

/// Result of one run.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    pub(super) finish: Finish,
    /// Number of steps in the run.
    pub steps: u16,
    pub(super) faults: [u16; FaultRate::ALL.len()],
    /// True if the run was cut off before its end.
    pub unfinished: bool,
    /// Time of the last first effect or report, in nanoseconds from the start.
    pub busy: u64,
    /// Time of the first effect of each message, in nanoseconds after the application's call.
    pub effect: [Option<u64>; 4],
    /// Time of the report on each message, in nanoseconds after the application's call.
    pub told: [Option<u64>; 4],
}

impl Ran {
    /// Returns the violated properties, as in [`Property::violated_properties`]; none for a run
    /// that was cut off or did not fit its encoding.
    pub fn violated_properties(&self) -> u16 {
        if self.unfinished || self.finish.overflow { 0 } else { self.finish.broken }
    }

    /// Returns how often a fault struck.
    pub fn faults_used(&self, hazard: FaultRate) -> u16 {
        self.faults[hazard as usize]
    }

    /// Returns the number of faults that struck.
    pub fn faults(&self) -> u16 {
        self.faults.iter().sum()
    }
}

impl Stats {
    /// Number of runs kept for each count.
    pub const SHOWN: usize = 3;

    /// Creates empty statistics for runs with this number of messages.
    pub fn new(messages_per_run: u8) -> Stats {
        Stats { messages_per_run, ..Stats::default() }
    }

    pub(super) fn add(&mut self, run: u64, ran: &Ran) {
        if ran.finish.overflow {
            self.left_out += 1;
            return;
        }
        self.runs += 1;
        self.steps += u64::from(ran.steps);
        self.busy_us += ran.busy / 1000;
        for (sum, &faults_used) in self.faults.iter_mut().zip(&ran.faults) {
            *sum += u64::from(faults_used);
        }
        for time in ran.effect.into_iter().flatten() {
            self.effect.add(time);
        }
        for time in ran.told.into_iter().flatten() {
            self.told.add(time);
        }
        let mut counts = ran.finish.counts;
        if ran.unfinished {
            // The outcome of a run that was cut off is unknown.
            counts = Default::default();
            counts[Count::Unfinished as usize] = 1;
        } else {
            self.broken |= ran.finish.broken;
        }
        let faults = ran.faults();
        for (&count, &many) in Count::ALL.iter().zip(&counts) {
            let sum = &mut self.sums[count as usize];
            sum.sum += u64::from(many);
            sum.squares += u64::from(many) * u64::from(many);
            if many > 0 && count.is_bad() {
                keep(&mut self.worst[count as usize], Worst { faults, steps: ran.steps, run });
            }
        }
    }

    /// Merges the statistics of other runs of the same plan.
    pub fn join(&mut self, other: &Stats) {
        self.runs += other.runs;
        self.messages_per_run = self.messages_per_run.max(other.messages_per_run);
        self.left_out += other.left_out;
        self.steps += other.steps;
        self.busy_us += other.busy_us;
        self.broken |= other.broken;
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            sum.sum += more.sum;
            sum.squares += more.squares;
        }
        for (sum, more) in self.faults.iter_mut().zip(&other.faults) {
            *sum += more;
        }
        self.effect.join(&other.effect);
        self.told.join(&other.told);
        for (worst, more) in self.worst.iter_mut().zip(&other.worst) {
            more.iter().for_each(|&run| keep(worst, run));
        }
    }

    /// Returns the number of messages over all runs.
    pub fn messages(&self) -> u64 {
        self.runs * u64::from(self.messages_per_run)
    }

    /// Returns the throughput in messages per second of virtual time, or `None` if no time passed.
    pub fn per_second(&self) -> Option<f64> {
        (self.busy_us > 0).then(|| self.messages() as f64 * 1e6 / self.busy_us as f64)
    }

    /// Returns the value of a count.
    pub fn count(&self, count: Count) -> u64 {
        self.sums[count as usize].sum
    }

    /// Returns the proportion of all messages, or of all runs, with its 95 % confidence interval.
    pub fn share(&self, count: Count) -> Proportion {
        let Sum { sum, squares } = self.sums[count as usize];
        match count.is_of_runs() {
            true => Proportion::of(sum, self.runs),
            false => Proportion::of_clusters(sum, squares, self.runs, self.messages_per_run),
        }
    }

    /// Returns how often a fault struck.
    pub fn faults_used(&self, hazard: FaultRate) -> u64 {
        self.faults[hazard as usize]
    }

    /// Returns the runs that show this outcome best, the clearest first.
    pub fn worst(&self, count: Count) -> &[Worst] {
        &self.worst[count as usize]
    }
}

/// Keeps the clearest runs, one of each length. The result does not depend on the order of
/// insertion.
fn keep(worst: &mut Vec<Worst>, run: Worst) {
    let alike = |w: &Worst| (w.faults, w.steps) == (run.faults, run.steps);
    if let Some(known) = worst.iter_mut().find(|w| alike(w)) {
        known.run = known.run.min(run.run);
        return;
    }
    if worst.len() == Stats::SHOWN && worst.last().is_some_and(|last| *last < run) {
        return;
    }
    worst.push(run);
    worst.sort_unstable();
    worst.truncate(Stats::SHOWN);
}
