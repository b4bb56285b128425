//! What came of the runs: counts, times, and the runs that show it best.

use super::fault_rates::FaultRate;
use super::wilson::Proportion;
use crate::check::Property;
use crate::sim::{CompiledScenario, MessageId, Outcome, World};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

macro_rules! counts {
    ($($name:ident $key:literal $label:literal)*) => {
        /// Something that is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Count { $($name,)* }

        impl Count {
            pub const ALL: &[Count] = &[$(Count::$name),*];

            /// The name that the terminal and links use.
            pub fn key(self) -> &'static str {
                match self { $(Count::$name => $key),* }
            }

            /// What is counted, in a few words.
            pub fn label(self) -> &'static str {
                match self { $(Count::$name => $label),* }
            }
        }
    };
}

counts! {
    Once "once" "Took effect once"
    LostSilently "lost-silently" "Lost silently"
    LostWithError "lost-with-error" "Lost, and the caller was told"
    Unknown "unknown" "Took effect, though an error was reported"
    StoredTwice "stored-twice" "Stored twice or more"
    HandledTwice "handled-twice" "Handled twice or more"
    AppliedTwice "applied-twice" "Applied twice or more"
    OutOfOrder "out-of-order" "Out of order"
    DeadLettered "dead-lettered" "Parked in the dead-letter queue"
    NeverSent "never-sent" "Never sent: the producer was gone before"
    Unfinished "unfinished" "Still under way when the run was cut off"
}

impl Count {
    /// The count of that name, if there is one.
    pub fn from_key(key: &str) -> Option<Count> {
        Count::ALL.iter().copied().find(|count| count.key() == key)
    }

    /// It is a matter of the whole run, not of one message.
    pub fn is_of_runs(self) -> bool {
        matches!(self, Count::OutOfOrder | Count::Unfinished)
    }

    /// What a run that shows it breaks, as the checker has it; `None` where it breaks nothing.
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

    /// What a person wants never to see.
    pub fn is_bad(self) -> bool {
        !matches!(self, Count::Once | Count::NeverSent)
    }
}

/// How a run has ended, if it ends in a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Finish {
    /// For each count so many messages, or one for the run.
    counts: [u8; Count::ALL.len()],
    /// The bits of [`Property::violated_properties`].
    pub broken: u16,
    /// Something did not fit: the run is not counted.
    pub overflow: bool,
}

impl Finish {
    pub(super) fn of(setup: &CompiledScenario, world: &World) -> Finish {
        let mut finish = Finish {
            broken: Property::violated_properties(setup.scenario.messages, &world.ledger, true),
            overflow: world.overflow(),
            ..Finish::default()
        };
        for m in 0..setup.scenario.messages {
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

/// A run that shows something: its number under the plan's seed, and how it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Worst {
    /// Faults that struck: the fewer, the clearer.
    pub faults: u16,
    pub steps: u16,
    pub run: u64,
}

/// Times of many messages, in microseconds.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        // Two digits are more than the model can claim; a year is the longest that a plan takes.
        // Both are within what the library takes, so this holds.
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
        // The bounds are the same for all.
        let _ = self.0.add(&other.0);
    }

    /// How many times were taken.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that this part of the messages took at most, in microseconds; `None` without any.
    pub fn quantile_us(&self, part: f64) -> Option<u64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(part))
    }

    /// The mean, in microseconds.
    pub fn mean_us(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.mean())
    }

    /// Each time that was taken, in microseconds, and how often.
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

/// A sum over runs, and the sum of the squares: messages of one run share its fate, so that runs,
/// not messages, tell how sure a number is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    sum: u64,
    squares: u64,
}

/// What came of the runs so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    pub runs: u64,
    /// Messages of each run.
    pub messages_per_run: u8,
    /// Runs that are not counted: something did not fit into the model.
    pub left_out: u64,
    /// Steps of all runs.
    pub steps: u64,
    /// The bits of [`Property::violated_properties`] of any run.
    pub broken: u16,
    sums: [Sum; Count::ALL.len()],
    faults: [u64; FaultRate::ALL.len()],
    /// Virtual time of all runs, each up to its last first effect or answer, in microseconds.
    pub busy_us: u64,
    /// From the application's call to the first effect.
    pub effect: Latency,
    /// From the application's call to the answer that it got.
    pub told: Latency,
    worst: [Vec<Worst>; Count::ALL.len()],
}

/// How one run went.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    pub(super) finish: Finish,
    pub steps: u16,
    pub(super) faults: [u16; FaultRate::ALL.len()],
    /// It was still going on when it was cut off.
    pub unfinished: bool,
    /// When the last message had its first effect or its answer, in nanoseconds from the start.
    pub busy: u64,
    /// When each message had its first effect, in nanoseconds after the application's call.
    pub effect: [Option<u64>; 4],
    /// When the caller was told of each message, in nanoseconds after its call.
    pub told: [Option<u64>; 4],
}

impl Ran {
    /// The bits of [`Property::violated_properties`]; none of a run that was cut off or did not fit.
    pub fn violated_properties(&self) -> u16 {
        if self.unfinished || self.finish.overflow { 0 } else { self.finish.broken }
    }

    /// How often a hazard struck.
    pub fn faults_used(&self, hazard: FaultRate) -> u16 {
        self.faults[hazard as usize]
    }

    /// How often any did.
    pub fn faults(&self) -> u16 {
        self.faults.iter().sum()
    }
}

impl Stats {
    /// So many runs are kept for each count.
    pub const SHOWN: usize = 3;

    /// Nothing yet, of runs with so many messages.
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
            // How it would have ended is not known.
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

    /// Adds what came of other runs of the same plan.
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

    /// Messages of all runs.
    pub fn messages(&self) -> u64 {
        self.runs * u64::from(self.messages_per_run)
    }

    /// Messages that were dealt with in a second of virtual time; `None` where no time passed.
    pub fn per_second(&self) -> Option<f64> {
        (self.busy_us > 0).then(|| self.messages() as f64 * 1e6 / self.busy_us as f64)
    }

    /// How many there were.
    pub fn count(&self, count: Count) -> u64 {
        self.sums[count as usize].sum
    }

    /// The part of all messages, or of all runs, with the interval in which it lies for certain
    /// but for one time in twenty.
    pub fn share(&self, count: Count) -> Proportion {
        let Sum { sum, squares } = self.sums[count as usize];
        match count.is_of_runs() {
            true => Proportion::of(sum, self.runs),
            false => Proportion::of_clusters(sum, squares, self.runs, self.messages_per_run),
        }
    }

    /// How often a hazard struck.
    pub fn faults_used(&self, hazard: FaultRate) -> u64 {
        self.faults[hazard as usize]
    }

    /// The runs that show it best, the clearest first.
    pub fn worst(&self, count: Count) -> &[Worst] {
        &self.worst[count as usize]
    }
}

/// Keeps the clearest, one of each length: the same in whatever order they come.
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
