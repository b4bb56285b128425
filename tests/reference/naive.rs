//! The reference search: breadth-first over unencoded worlds.
//!
//! It shares [`World::choices`], [`World::faults`] and [`World::step`] with the shipped search and
//! nothing else: no encoded states, no canonical representatives, no partial-order reduction, and
//! its own fault counter, its own definition of the properties, its own backward reachability.

use ackward::check::Property;
use ackward::sim::{Choice, Classes, CompiledScenario, Ledger, ProducerReport, Recorder, World};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The faults that may strike anywhere in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    pub faults: u8,
    pub classes: Classes,
}

/// A state of the search: a world, and the number of faults of the budget that have struck before
/// it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    pub world: World,
    pub faults_used: u8,
}

impl State {
    pub fn initial(setup: &CompiledScenario) -> State {
        State { world: World::new(setup), faults_used: 0 }
    }

    /// Fills `out` with all enabled choices: first those without a fault, then the faults. Returns
    /// the number of the former.
    pub fn choices(
        &self,
        setup: &CompiledScenario,
        budget: Budget,
        out: &mut Vec<Choice>,
    ) -> usize {
        out.clear();
        self.world.choices(setup, out);
        let without_fault = out.len();
        // A repetition by the broker itself is not a fault, and no run waits for it.
        self.world.repeats(setup, out);
        if self.faults_used < budget.faults {
            self.world.faults(setup, budget.classes, out);
        }
        without_fault
    }

    /// Returns the state after the choice. Only a fault counts against the budget.
    pub fn after(&self, setup: &CompiledScenario, choice: Choice) -> State {
        let is_fault = matches!(choice, Choice::Strike(..));
        let mut world = self.world;
        world.step(setup, choice, &mut Recorder::silent());
        State { world, faults_used: self.faults_used + u8::from(is_fault) }
    }
}

/// A terminal state as in a report: the fate of each message, and two flags of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalState {
    messages: Vec<Fate>,
    out_of_order: bool,
    blocked: bool,
}

/// The fate of a message: whether it was sent, the number of its effects, whether it was
/// dead-lettered, and what the caller was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fate {
    sent: bool,
    effects: u8,
    dead_lettered: bool,
    told: ProducerReport,
}

impl TerminalState {
    pub fn of(ledger: &Ledger, messages: u8) -> TerminalState {
        let fate = |msg: u8| {
            let record = ledger.of(msg);
            Fate {
                sent: record.sent,
                effects: record.applied.max(record.called),
                dead_lettered: record.dead > 0,
                told: record.told,
            }
        };
        TerminalState {
            messages: (0..messages).map(fate).collect(),
            out_of_order: ledger.out_of_order,
            blocked: ledger.blocked,
        }
    }
}

impl std::fmt::Display for TerminalState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, fate) in self.messages.iter().enumerate() {
            let Fate { sent, effects, dead_lettered, told } = fate;
            let sent = if *sent { "" } else { " never sent" };
            let dead = if *dead_lettered { " dead-lettered" } else { "" };
            write!(f, "m{}{sent} {effects}x{dead} told {told:?}; ", number + 1)?;
        }
        f.write_str(if self.out_of_order { "out of order; " } else { "" })?;
        f.write_str(if self.blocked { "held up" } else { "not held up" })
    }
}

/// Returns true if the world violates the property. Some properties are decided by the first
/// violation, however the run goes on; the others only at the end of the run (`ended`).
///
/// [`Property::NeverStuck`] is a property of all runs from a state, not of the state: see
/// [`Reference::is_stuck`].
pub fn violates(property: Property, ledger: &Ledger, messages: u8, ended: bool) -> bool {
    let records = || (0..messages).map(|msg| ledger.of(msg));
    // A dead letter can be inspected, so it is not lost; a message that was never sent cannot be
    // lost.
    let lost = |r: &ackward::sim::Record| {
        let sent = r.sent || r.told != ProducerReport::Nothing;
        sent && r.applied == 0 && r.called == 0 && r.dead == 0
    };
    match property {
        Property::StoredOnce => records().any(|r| r.stored > r.gone + 1),
        Property::HandledOnce => records().any(|r| r.handled > 1),
        // A service outside every transaction that was called twice has had two effects.
        Property::AppliedOnce => records().any(|r| r.applied > 1 || r.called > 1),
        Property::InOrder => ledger.out_of_order,
        Property::NeverLost => ended && records().any(lost),
        Property::NeverLostSilently => {
            ended && records().any(|r| lost(r) && r.told != ProducerReport::Error)
        }
        Property::ReportTrue => {
            let has_effect = |r: &ackward::sim::Record| r.applied > 0 || r.called > 0;
            let is_false = |r: &ackward::sim::Record| match r.told {
                ProducerReport::Ok => !has_effect(r) && r.dead == 0,
                ProducerReport::Error => has_effect(r),
                ProducerReport::Nothing => false,
            };
            ended && records().any(is_false)
        }
        Property::NeverStuck => false,
    }
}

/// The reason why a search had no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// There are more states than the limit.
    TooLarge,
    /// A queue of the model was full, so that its runs are no longer faithful.
    Overflow,
}

/// The result of the reference search.
pub struct Reference {
    pub violated: BTreeSet<Property>,
    pub terminal: BTreeSet<TerminalState>,
    /// The visited set, with the number of each state.
    visited: HashMap<State, u32, BuildHasherDefault<WordHasher>>,
    /// By state number: true if a terminal state can be reached without another fault.
    can_end: Vec<bool>,
}

impl Reference {
    pub fn states(&self) -> usize {
        self.visited.len()
    }

    /// Returns true if no terminal state can be reached from here unless another fault strikes.
    /// `None` if the search has never visited the state.
    pub fn is_stuck(&self, state: &State) -> Option<bool> {
        let number = *self.visited.get(state)?;
        Some(!self.can_end[number as usize])
    }

    /// Returns true if a fault of the scenario's script has struck in some run.
    #[cfg(feature = "cli")]
    pub fn any_scripted_fault_struck(&self) -> bool {
        self.visited.keys().any(|state| state.world.faults_used != 0)
    }
}

/// Visits every state of a compiled scenario within the budget, up to `limit` states.
pub fn search(
    setup: &CompiledScenario,
    budget: Budget,
    limit: usize,
) -> Result<Reference, Incomplete> {
    let messages = setup.configuration().messages;
    let mut violated = BTreeSet::new();
    let mut terminal = BTreeSet::new();
    let first = State::initial(setup);
    let mut visited = HashMap::default();
    visited.insert(first, 0);
    let mut queue = VecDeque::from([(0, first)]);
    let mut predecessors: Vec<Vec<u32>> = vec![Vec::new()];
    let mut ends = Vec::new();
    let mut choices = Vec::new();
    while let Some((number, state)) = queue.pop_front() {
        if state.world.overflow() {
            return Err(Incomplete::Overflow);
        }
        let without_fault = state.choices(setup, budget, &mut choices);
        let (ended, ledger) = (without_fault == 0, &state.world.ledger);
        violated.extend(Property::ALL.iter().filter(|&&p| violates(p, ledger, messages, ended)));
        if ended {
            terminal.insert(TerminalState::of(ledger, messages));
            ends.push(number);
        }
        for (at, &choice) in choices.iter().enumerate() {
            let after = state.after(setup, choice);
            let reached = match visited.entry(after) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(_) if predecessors.len() >= limit => {
                    return Err(Incomplete::TooLarge);
                }
                Entry::Vacant(new) => {
                    let reached = predecessors.len() as u32;
                    predecessors.push(Vec::new());
                    queue.push_back((reached, after));
                    *new.insert(reached)
                }
            };
            if at < without_fault {
                predecessors[reached as usize].push(number);
            }
        }
    }
    let can_end = backward_reachable(&predecessors, &ends);
    if can_end.contains(&false) {
        violated.insert(Property::NeverStuck);
    }
    Ok(Reference { violated, terminal, visited, can_end })
}

/// Marks the states from which one of `ends` can be reached.
fn backward_reachable(predecessors: &[Vec<u32>], ends: &[u32]) -> Vec<bool> {
    let mut reachable = vec![false; predecessors.len()];
    let mut open = ends.to_vec();
    while let Some(number) = open.pop() {
        if !std::mem::replace(&mut reachable[number as usize], true) {
            open.extend(&predecessors[number as usize]);
        }
    }
    reachable
}

/// A fast hash function, as in rustc-hash 2. Equality decides; the hash only spreads.
///
/// The tests are compiled with few optimizations, so it calls nothing.
#[derive(Default)]
struct WordHasher(u64);

impl WordHasher {
    #[inline(always)]
    fn mix(&mut self, word: u64) {
        self.0 = self.0.wrapping_add(word).wrapping_mul(0xf135_7aea_2e62_a9c5);
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        // The table takes its buckets from the low bits, and multiplication mixes the high ones.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.mix(byte as u64));
    }

    fn write_u8(&mut self, n: u8) {
        self.mix(n as u64);
    }

    fn write_u16(&mut self, n: u16) {
        self.mix(n as u64);
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(n as u64);
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }
}
