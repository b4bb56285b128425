//! The simulation engine: next-event time advance over the cached [`Graph`] of states.
//!
//! Random numbers come from SplitMix64, seeded for each run from the plan's seed and the run's
//! number.

use super::fault_rates::{FaultRate, FaultRates};
use super::latency_model::{LatencyModel, Shapes};
use super::state_graph::{Edge, Graph, How, NEW, Node};
use super::stats::Ran;
use crate::sim::{Choice, CompiledScenario};
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// Time of an event that never occurs.
const NEVER: u64 = u64::MAX;

/// Executes runs of one configuration, one after another.
pub(super) struct Picker {
    graph: Graph,
    shapes: &'static Shapes,
    /// Time at which each slot of the current state is due, in nanoseconds.
    due: Vec<u64>,
    next: Vec<u64>,
}

impl Picker {
    /// Maximum number of steps in a run.
    pub(super) const MOST: u16 = 500;

    pub(super) fn new(setup: &CompiledScenario, rates: &FaultRates, pace: &LatencyModel) -> Picker {
        Picker {
            graph: Graph::new(setup, rates, pace),
            shapes: Shapes::get(),
            due: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Like [`Picker::new`], but with every delay at its mean, so that one run yields the duration
    /// of each step.
    pub(super) fn steady(setup: &CompiledScenario, pace: &LatencyModel) -> Picker {
        Picker { shapes: Shapes::steady(), ..Picker::new(setup, &FaultRates::default(), pace) }
    }

    /// Executes the run with this number. Records the choices taken in `schedule`, each with its
    /// time in nanoseconds.
    pub(super) fn run(
        &mut self,
        seed: u64,
        number: u64,
        mut schedule: Option<&mut Vec<(u64, Choice)>>,
    ) -> Ran {
        let mut random = SplitMix64::seed_from_u64(mixed(seed, number));
        let mut ran = Ran::default();
        let mut node = self.graph.start();
        let mut now = 0;
        self.begin(node, &mut random);
        while let Some((slot, at)) = self.first(node, now) {
            if ran.steps == Picker::MOST {
                ran.unfinished = true;
                break;
            }
            now = at;
            ran.steps += 1;
            let edge = self.take(node, (slot, now), &mut random, &mut ran, schedule.as_deref_mut());
            self.note(edge, now, &mut ran);
            self.arrange(edge, now, &mut random);
            node = edge.to;
        }
        ran.finish = self.graph.finish(node);
        ran
    }

    /// Returns the slot that is due first, and its time. Returns `None` if nothing is left that the
    /// run waits for.
    #[inline]
    fn first(&self, node: Node, now: u64) -> Option<(usize, u64)> {
        let mut first = (usize::MAX, NEVER);
        let mut awaited = false;
        for (i, (slot, &due)) in self.graph.slots(node).iter().zip(&self.due).enumerate() {
            if slot.how == How::Held || due == NEVER {
                continue;
            }
            awaited |= slot.how != How::Aside;
            let at = due.max(now);
            if at < first.1 {
                first = (i, at);
            }
        }
        awaited.then_some(first)
    }

    /// Returns the edge that the run takes when the slot is due. A fault may strike instead.
    #[inline]
    fn take(
        &mut self,
        node: Node,
        (slot, now): (usize, u64),
        random: &mut SplitMix64,
        ran: &mut Ran,
        schedule: Option<&mut Vec<(u64, Choice)>>,
    ) -> Edge {
        let taken = self.graph.slots(node)[slot];
        let mut faults_used = None;
        if taken.chance > 0 {
            let number = u64::from(random.next_u32());
            if number < taken.chance {
                faults_used = self.graph.strike(node, slot, number);
            }
        }
        // The queue decides whether a stale receipt handle still deletes the message.
        if faults_used.is_none() && taken.stale && random.next_u32() & 1 == 1 {
            faults_used = self.graph.stale(node, slot);
        }
        if let Some(strike) = faults_used {
            if let Some(hazard) = strike.hazard {
                ran.faults[hazard as usize] += 1;
            }
            if let Some(schedule) = schedule {
                schedule.push((now, strike.choice));
            }
            return strike.edge;
        }
        match taken.how {
            How::Perhaps(hazard) => ran.faults[hazard as usize] += 1,
            How::Aside => ran.faults[FaultRate::Expiry as usize] += 1,
            How::Comes | How::Held => {}
        }
        if let Some(schedule) = schedule {
            schedule.extend(self.graph.choice(node, slot).map(|choice| (now, choice)));
        }
        self.graph.follow(node, slot)
    }

    #[inline]
    fn note(&self, edge: Edge, now: u64, ran: &mut Ran) {
        if edge.news == 0 {
            return;
        }
        ran.busy = now;
        for msg in 0..4 {
            let since = now.saturating_sub(self.graph.arrival(msg));
            if edge.news & 1 << msg != 0 {
                ran.effect[usize::from(msg)].get_or_insert(since);
            }
            if edge.news & 16 << msg != 0 {
                ran.told[usize::from(msg)].get_or_insert(since);
            }
        }
    }

    /// Draws a time for every event that is new in the state; all others keep theirs.
    #[inline]
    fn arrange(&mut self, edge: Edge, now: u64, random: &mut SplitMix64) {
        std::mem::swap(&mut self.due, &mut self.next);
        self.due.clear();
        let carried = self.graph.carried(edge);
        for (slot, &from) in self.graph.slots(edge.to).iter().zip(carried) {
            self.due.push(match from {
                NEW => time(&self.graph, self.shapes, slot, now, random),
                from => self.next[usize::from(from)],
            });
        }
    }

    fn begin(&mut self, node: Node, random: &mut SplitMix64) {
        self.due.clear();
        for slot in self.graph.slots(node) {
            self.due.push(time(&self.graph, self.shapes, slot, 0, random));
        }
    }
}

/// Returns the time at which a new event is due.
#[inline]
fn time(
    graph: &Graph,
    shapes: &Shapes,
    slot: &super::state_graph::Slot,
    now: u64,
    random: &mut SplitMix64,
) -> u64 {
    if let How::Perhaps(hazard) = slot.how
        && u64::from(random.next_u32()) >= graph.thresholds[hazard as usize]
    {
        return NEVER;
    }
    let begins = match slot.arrives {
        0 => now,
        msg => now.max(graph.arrival(msg - 1)),
    };
    let spans = slot.spans.iter().filter(|&&span| span != NEW);
    spans.fold(begins, |at, &span| {
        at.saturating_add(shapes.draw(graph.spans[usize::from(span)], random.next_u32()))
    })
}

/// Derives the seed of a run, so that the random numbers of neighboring runs are unrelated.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut hash = SplitMix64::seed_from_u64(seed);
    let seed = hash.next_u64();
    SplitMix64::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).next_u64()
}
