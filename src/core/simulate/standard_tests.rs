//! Standard tests that people write first: nothing lost, consumer killed during work, messages sent
//! twice.

use super::chaos::Plan;
use super::fault_rates::{FaultRate, FaultRates};
use super::latency_model::LatencyModel;
use super::stats::{Count, Stats, Worst};

/// A test that passes or fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Classic {
    /// Packets are lost and processes crash; no message may be lost.
    NothingLost,
    /// The consumer is killed during its work; every message takes effect once.
    KilledAtWork,
    /// The application sends every message twice; each takes effect once.
    SentTwice,
}

impl Classic {
    /// All standard tests.
    pub const ALL: [Classic; 3] = [Classic::NothingLost, Classic::KilledAtWork, Classic::SentTwice];

    /// Returns the name used on the command line and in links.
    pub fn key(self) -> &'static str {
        match self {
            Classic::NothingLost => "nothing-lost",
            Classic::KilledAtWork => "killed-at-work",
            Classic::SentTwice => "sent-twice",
        }
    }

    /// Returns the test with this name, if there is one.
    pub fn from_key(key: &str) -> Option<Classic> {
        Classic::ALL.into_iter().find(|test| test.key() == key)
    }

    /// Returns what the test does, in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Classic::NothingLost => "Drop messages and acks, crash every process occasionally",
            Classic::KilledAtWork => "Kill the consumer mid-processing",
            Classic::SentTwice => "Send every message twice",
        }
    }

    /// Returns what must hold, in a few words.
    pub fn asks(self) -> &'static str {
        match self {
            Classic::NothingLost => "No message is lost",
            Classic::KilledAtWork => "Every message takes effect exactly once",
            Classic::SentTwice => "Every message takes effect exactly once",
        }
    }

    /// Returns the plan of the test.
    pub fn plan(self, seed: u64, runs: u64) -> Plan {
        let rates = match self {
            Classic::NothingLost => Plan::usual(seed).rates,
            Classic::KilledAtWork => FaultRates::default().with(FaultRate::CrashConsumer, 100_000),
            Classic::SentTwice => FaultRates::default().with(FaultRate::Twice, FaultRates::ALWAYS),
        };
        Plan { seed, runs, messages: 2, rates, pace: LatencyModel::default() }
    }

    /// Returns the counts that make the test fail.
    pub fn fails_on(self) -> &'static [Count] {
        const LOST: &[Count] = &[Count::LostSilently, Count::LostWithError];
        const NOT_ONCE: &[Count] =
            &[Count::LostSilently, Count::LostWithError, Count::AppliedTwice, Count::Unfinished];
        match self {
            Classic::NothingLost => LOST,
            Classic::KilledAtWork | Classic::SentTwice => NOT_ONCE,
        }
    }

    /// Returns the count that the test failed on, with the clearest run that shows it. Returns
    /// `None` if the test passed.
    pub fn failure(self, stats: &Stats) -> Option<(Count, Worst)> {
        let shown = |&count: &Count| Some((count, *stats.worst(count).first()?));
        self.fails_on().iter().filter_map(shown).min_by_key(|(_, worst)| *worst)
    }
}
