//! Cache of the state graph that runs go through.
//!
//! Runs of one configuration visit the same states again and again. The pending events of a state
//! and the successors of its choices are computed once and cached, so that a step of a run costs a
//! few random numbers and no evaluation of a world. The cache does not affect results: a graph that
//! grows too large is discarded and rebuilt.

use super::fault_rates::{FaultRate, FaultRates};
use super::latency_model::{Delay, LatencyModel, Span};
use super::pending::{self, OfferKind, PendingEvent};
use super::stats::Finish;
use crate::sim::{Choice, CompiledScenario, MessageId, Recorder, World};
use hashbrown::{HashMap, HashTable};
use rustc_hash::{FxBuildHasher, FxHasher};
use std::hash::Hasher;

/// Index of a state.
pub(super) type Node = u32;

/// Target of an edge that is not computed yet.
const OPEN: Node = Node::MAX;
/// Entry of a carried list for an event that needs a new time; also the absence of a delay.
pub(super) const NEW: u8 = u8::MAX;

/// A pending event of a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Probability that a fault strikes instead, as a fraction of 2³².
    pub chance: u64,
    /// True if a stale receipt handle may still take effect.
    pub stale: bool,
    /// Indices into [`Graph::spans`]; [`NEW`] if there is none.
    pub spans: [u8; 2],
    pub how: How,
    /// The message that the application sends with this event, counted from 1; 0 if none.
    pub arrives: u8,
    edge: Edge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Occurs when it is due, and the run waits for it.
    Comes,
    /// Is blocked by another event.
    Held,
    /// Occurs when it is due, but the run does not wait for it.
    Aside,
    /// Occurs with this probability, a fraction of 2³², or never.
    Perhaps(FaultRate),
}

/// A transition of the state graph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub to: Node,
    /// Start of the carried list: for each slot of the target state, the slot that it had before.
    carried: u32,
    /// One bit for each message that had its first effect, and, four bits higher, one for each
    /// message that was reported to the caller.
    pub news: u8,
}

struct State {
    first: u32,
    slots: u8,
    packed: u32,
    length: u16,
    /// The outcome of a run that ends in this state.
    finish: Finish,
}

/// A fault that strikes in place of the pending event.
pub(super) struct Strike {
    pub hazard: Option<FaultRate>,
    pub edge: Edge,
    pub choice: Choice,
}

pub(super) struct Graph {
    pub setup: CompiledScenario,
    rates: FaultRates,
    /// Probability of each fault, as a fraction of 2³².
    pub thresholds: [u64; FaultRate::ALL.len()],
    pace: LatencyModel,
    pub spans: Vec<Span>,
    states: Vec<State>,
    slots: Vec<Slot>,
    carried: Vec<u8>,
    packed: Vec<u8>,
    table: HashTable<Node>,
    /// Faults that can strike in place of a slot's event.
    instead: HashMap<(Node, u8), Vec<(FaultRate, Choice)>, FxBuildHasher>,
    strikes: HashMap<(Node, u8, u16), (Edge, Choice), FxBuildHasher>,
    room: Vec<u8>,
}

impl Graph {
    /// Maximum number of cached states.
    const MOST: usize = 60_000;

    pub(super) fn new(setup: &CompiledScenario, rates: &FaultRates, pace: &LatencyModel) -> Graph {
        let mut graph = Graph {
            setup: setup.clone(),
            rates: rates.clone(),
            thresholds: std::array::from_fn(|i| rates.threshold(FaultRate::ALL[i])),
            pace: pace.clone(),
            spans: Vec::new(),
            states: Vec::new(),
            slots: Vec::new(),
            carried: Vec::new(),
            packed: Vec::new(),
            table: HashTable::new(),
            instead: HashMap::default(),
            strikes: HashMap::default(),
            room: Vec::new(),
        };
        graph.intern(&World::new(setup));
        graph
    }

    /// Returns the initial state. Discards the cache if it has grown too large.
    pub(super) fn start(&mut self) -> Node {
        if self.states.len() > Graph::MOST || self.strikes.len() > 4 * Graph::MOST {
            self.states.clear();
            self.slots.clear();
            self.carried.clear();
            self.packed.clear();
            self.table.clear();
            self.instead.clear();
            self.strikes.clear();
            self.intern(&World::new(&self.setup.clone()));
        }
        0
    }

    #[inline]
    pub(super) fn slots(&self, node: Node) -> &[Slot] {
        let state = &self.states[node as usize];
        &self.slots[state.first as usize..][..usize::from(state.slots)]
    }

    pub(super) fn finish(&self, node: Node) -> Finish {
        self.states[node as usize].finish
    }

    /// Returns, for each slot of the edge's target state, the slot that it comes from.
    #[inline]
    pub(super) fn carried(&self, edge: Edge) -> &[u8] {
        let slots = usize::from(self.states[edge.to as usize].slots);
        &self.carried[edge.carried as usize..][..slots]
    }

    /// Returns the edge that is taken when this slot is due.
    #[inline]
    pub(super) fn follow(&mut self, node: Node, slot: usize) -> Edge {
        let place = self.states[node as usize].first as usize + slot;
        let edge = self.slots[place].edge;
        if edge.to != OPEN {
            return edge;
        }
        let edge = self.explore(node, slot, None);
        self.slots[place].edge = edge;
        edge
    }

    /// Returns the choice that is taken when this slot is due.
    pub(super) fn choice(&self, node: Node, slot: usize) -> Option<Choice> {
        self.offers(&self.world(node))[slot].choice
    }

    /// Returns the fault that strikes instead, for a random number below the slot's chance.
    pub(super) fn strike(&mut self, node: Node, slot: usize, random: u64) -> Option<Strike> {
        let key = (node, slot as u8);
        if !self.instead.contains_key(&key) {
            let world = self.world(node);
            let offer = &self.offers(&world)[slot];
            let hazards = pending::instead(&self.setup, &self.rates, &world, offer);
            self.instead.insert(key, hazards);
        }
        let mut below = 0;
        let strikes = |&(_, &(hazard, _)): &(usize, &(FaultRate, Choice))| {
            below += self.thresholds[hazard as usize];
            random < below
        };
        let (number, &(hazard, choice)) = self.instead[&key].iter().enumerate().find(strikes)?;
        let edge = self.faults_used(node, slot, number as u16, choice);
        Some(Strike { hazard: Some(hazard), edge, choice })
    }

    /// Returns the transition in which a stale receipt handle takes effect, if this slot has one.
    pub(super) fn stale(&mut self, node: Node, slot: usize) -> Option<Strike> {
        let known = self.strikes.get(&(node, slot as u8, u16::MAX)).copied();
        let (edge, choice) = match known {
            Some(known) => known,
            None => {
                let choice = self.offers(&self.world(node))[slot].stale?;
                (self.faults_used(node, slot, u16::MAX, choice), choice)
            }
        };
        Some(Strike { hazard: None, edge, choice })
    }

    fn faults_used(&mut self, node: Node, slot: usize, number: u16, choice: Choice) -> Edge {
        let key = (node, slot as u8, number);
        if let Some(&(edge, _)) = self.strikes.get(&key) {
            return edge;
        }
        let edge = self.explore(node, slot, Some(choice));
        self.strikes.insert(key, (edge, choice));
        edge
    }

    fn world(&self, node: Node) -> World {
        let state = &self.states[node as usize];
        let bytes = &self.packed[state.packed as usize..][..usize::from(state.length)];
        World::decode(&self.setup, bytes)
    }

    fn offers(&self, world: &World) -> Vec<PendingEvent> {
        pending::offers(&self.setup, &self.rates, world)
    }

    /// Takes the choice of a slot, or another in its place.
    fn explore(&mut self, node: Node, slot: usize, instead: Option<Choice>) -> Edge {
        let before = self.world(node);
        let old = self.offers(&before);
        let mut after = before;
        if let Some(choice) = instead.or(old[slot].choice) {
            after.step(&self.setup, choice, &mut Recorder::silent());
            // What is settled is written within a fraction of a second: a random crash that comes
            // before that is too rare to count.
            after.forget_settled();
        }
        let to = self.intern(&after);
        let new = self.offers(&after);
        // An event that has occurred gets a new time if it is pending again.
        let stays = |offer: &PendingEvent| {
            let same = |(i, o): &(usize, &PendingEvent)| *i != slot && o.key == offer.key;
            old.iter().enumerate().find(same).map_or(NEW, |(i, _)| i as u8)
        };
        let carried = self.carried.len() as u32;
        self.carried.extend(new.iter().map(stays));
        Edge { to, carried, news: news(&self.setup, &before, &after) }
    }

    fn intern(&mut self, world: &World) -> Node {
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        world.encode(&self.setup, &mut room);
        let (packed, states) = (&self.packed, &self.states);
        let bytes = |node: Node| {
            let state: &State = &states[node as usize];
            &packed[state.packed as usize..][..usize::from(state.length)]
        };
        let known = self.table.find(hash(&room), |&node| bytes(node) == room.as_slice()).copied();
        let node = known.unwrap_or_else(|| self.add(world, &room));
        self.room = room;
        node
    }

    fn add(&mut self, world: &World, packed: &[u8]) -> Node {
        // A state that does not fit its encoding is not expanded.
        let offers = if world.overflow() { Vec::new() } else { self.offers(world) };
        let node = self.states.len() as Node;
        let first = self.slots.len() as u32;
        for offer in &offers {
            let slot = self.slot(offer);
            self.slots.push(slot);
        }
        let finish = Finish::of(&self.setup, world);
        let (at, length) = (self.packed.len() as u32, packed.len() as u16);
        self.packed.extend_from_slice(packed);
        let slots = offers.len() as u8;
        self.states.push(State { first, slots, packed: at, length, finish });
        let (packed, states) = (&self.packed, &self.states);
        self.table.insert_unique(hash(&packed[at as usize..]), node, |&node| {
            let state = &states[node as usize];
            hash(&packed[state.packed as usize..][..usize::from(state.length)])
        });
        node
    }

    fn slot(&mut self, offer: &PendingEvent) -> Slot {
        let how = match (offer.choice, offer.kind) {
            (None, _) => How::Held,
            (_, OfferKind::Awaited) => How::Comes,
            (_, OfferKind::Aside) => How::Aside,
            (_, OfferKind::Perhaps(hazard)) => How::Perhaps(hazard),
        };
        let [first, second] = offer.takes.map(|takes| takes.map(|takes| self.span(takes)));
        let first = first.unwrap_or(NEW);
        Slot {
            chance: offer.chance,
            stale: offer.stale.is_some(),
            spans: [first, second.unwrap_or(NEW)],
            how,
            arrives: offer.arrives.map_or(0, |msg| msg + 1),
            edge: Edge { to: OPEN, carried: 0, news: 0 },
        }
    }

    fn span(&mut self, takes: Delay) -> u8 {
        let span = takes.span(&self.setup, &self.pace);
        let place = self.spans.iter().position(|&known| known == span);
        place.unwrap_or_else(|| {
            self.spans.push(span);
            self.spans.len() - 1
        }) as u8
    }

    /// Returns the time at which the application sends a message, in nanoseconds.
    #[inline]
    pub(super) fn arrival(&self, msg: MessageId) -> u64 {
        super::latency_model::arrival(&self.pace, msg)
    }
}

fn news(setup: &CompiledScenario, before: &World, after: &World) -> u8 {
    let bits = |is: &dyn Fn(MessageId) -> bool| {
        (0..setup.configuration().messages).filter(|&m| is(m)).fold(0, |bits, m| bits | 1 << m)
    };
    let effects = |world: &World, m: MessageId| world.ledger.of(m).effects();
    let applied = bits(&|m| effects(before, m) == 0 && effects(after, m) > 0);
    let told = bits(&|m| before.ledger.of(m).told != after.ledger.of(m).told);
    applied | told << 4
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
