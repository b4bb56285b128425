//! Traces: a run step by step, with the choices taken, the events, and the state after each step.

use super::choice::{ActorStep, Choice};
use super::compiled_scenario::CompiledScenario;
use super::event::{Event, EventId, Recorder, Timer};
use super::fault::{Class, Classes, Fault};
use super::network::{Link, Packet};
use super::participant::{MessageId, Participant};
use super::program::Op;
use super::world::World;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A run from the initial state.
#[derive(Clone, Debug)]
pub struct Trace {
    pub start: World,
    pub steps: Vec<Step>,
    /// All events, in order; [`Step::events`] tells which belong to a step.
    pub events: Vec<Event>,
    pub end: End,
}

/// A step: one choice that was taken.
#[derive(Clone, Debug)]
pub struct Step {
    pub choice: Choice,
    /// The key of the step in notes and text: `work@m1#2` is the second time that a consumer works
    /// on m1.
    pub key: String,
    pub events: std::ops::Range<usize>,
    /// The state after the step.
    pub world: World,
}

/// The reason why a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The run reached a terminal state: no transition is enabled.
    Finished,
    /// The run returned to the state after this step (0: the initial state), and would repeat
    /// forever.
    Repeats(usize),
    /// The run was cut off after [`Trace::MOST`] steps, or a fixed capacity was exceeded.
    CutOff,
}

impl Trace {
    /// Returns the scenario as this run shows it: without the other instance of the producer if
    /// nobody has started it.
    #[must_use]
    pub fn seen(&self, setup: &CompiledScenario) -> CompiledScenario {
        match self.last().senders[0].replaced {
            true => setup.clone(),
            false => setup.clone().without_successor(),
        }
    }

    /// The maximum number of steps of a run.
    pub const MOST: usize = 600;

    /// Runs the scenario's script to its end, always taking the first choice.
    pub fn run(setup: &CompiledScenario) -> Trace {
        Trace::fork(setup, &[])
    }

    /// Takes the given choices, and then always the first one.
    ///
    /// A schedule may contain faults that no script names. A choice that is neither offered nor
    /// such a fault ends the schedule; from there, the run continues on its own.
    pub fn fork(setup: &CompiledScenario, schedule: &[Choice]) -> Trace {
        let mut run = Running::new(setup);
        for &choice in schedule {
            if !run.offers().contains(&choice) && !run.strikes(choice) {
                break;
            }
            run.take(choice);
        }
        let (start, first) = (run.steps.len(), run.world);
        let end = loop {
            let Some(&choice) = run.offers().first() else { break End::Finished };
            if run.steps.len() >= Trace::MOST || run.world.overflow() {
                break End::CutOff;
            }
            run.take(choice);
            if run.world == first {
                break End::Repeats(start);
            }
            // A run is short: a linear search takes less code than a table of states.
            let earlier = &run.steps[start..run.steps.len() - 1];
            if let Some(at) = earlier.iter().position(|step| step.world == run.world) {
                break End::Repeats(start + at + 1);
            }
        };
        Trace { start: World::new(setup), steps: run.steps, events: run.events.into_events(), end }
    }

    /// Returns the choices taken; passed to [`Trace::fork`], they reproduce this run.
    pub fn schedule(&self) -> Vec<Choice> {
        self.steps.iter().map(|s| s.choice).collect()
    }

    /// Returns the run as a [`Path`], for a scenario without a script of faults.
    pub fn path(&self, setup: &CompiledScenario) -> Path {
        let mut run = Running::new(setup);
        let mut turns = Vec::new();
        let mut straight = 0;
        for step in &self.steps {
            match run.everything().iter().position(|&choice| choice == step.choice) {
                // If no transition other than faults is enabled, the first choice is a fault, which
                // is never the default.
                Some(0) if !matches!(step.choice, Choice::Strike(..) | Choice::Repeat(_)) => {
                    straight += 1;
                }
                Some(number) => {
                    turns.push((straight, number as u16));
                    straight = 0;
                }
                None => break,
            }
            run.take(step.choice);
        }
        Path { turns }
    }

    /// Follows a path, and then always takes the first choice. A turn that does not exist ends the
    /// path.
    pub fn along(setup: &CompiledScenario, path: &Path) -> Trace {
        let mut run = Running::new(setup);
        let mut schedule = Vec::new();
        'path: for &(straight, number) in &path.turns {
            for number in std::iter::repeat_n(0, straight.into()).chain([number]) {
                let choice = run.everything().get(usize::from(number)).copied();
                let Some(choice) = choice.filter(|_| schedule.len() < Trace::MOST) else {
                    break 'path;
                };
                run.take(choice);
                schedule.push(choice);
            }
        }
        Trace::fork(setup, &schedule)
    }

    /// Returns the state after this many steps.
    pub fn world(&self, step: usize) -> &World {
        match step.checked_sub(1).and_then(|i| self.steps.get(i)) {
            Some(step) => &step.world,
            None => &self.start,
        }
    }

    /// Returns the final state.
    pub fn last(&self) -> &World {
        self.world(self.steps.len())
    }

    /// Returns the events of a step, counted from 1.
    pub fn events_of(&self, step: usize) -> &[Event] {
        &self.events[self.steps[step - 1].events.clone()]
    }

    /// Returns the causal chain of an event, from the event itself back to its first cause. Every
    /// cause is earlier than its effect, so the chain ends.
    pub fn chain(&self, event: EventId) -> Vec<EventId> {
        std::iter::successors(Some(event), |&e| self.events[e as usize].cause).collect()
    }

    /// Returns the keys of all steps.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.steps.iter().map(|s| s.key.as_str()).collect()
    }
}

/// A compact encoding of a run by its turns, where it departs from the default course. Each turn is
/// the number of first choices before it, then the index of the choice taken, among all choices and
/// faults of every kind. Text form: `5.14-3.2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    turns: Vec<(u16, u16)>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (straight, number)) in self.turns.iter().enumerate() {
            write!(f, "{}{straight}.{number}", if i > 0 { "-" } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Path, String> {
        const FORM: &str = "write a path as 5.14-3.2: steps straight on, then the choice to take";
        let turn = |turn: &str| {
            let (straight, number) = turn.split_once('.').ok_or(FORM)?;
            let number_of = |text: &str| text.parse().map_err(|_| FORM.to_owned());
            Ok((number_of(straight)?, number_of(number)?))
        };
        let turns: Vec<_> = match text {
            "" => Vec::new(),
            text => text.split('-').map(turn).collect::<Result<_, String>>()?,
        };
        match turns.len() {
            0..=100 => Ok(Path { turns }),
            many => Err(format!("{many} turns are too many; use up to 100")),
        }
    }
}

struct Running<'a> {
    setup: &'a CompiledScenario,
    world: World,
    steps: Vec<Step>,
    events: Recorder,
    choices: Vec<Choice>,
    /// The number of steps so far with each name.
    times: Vec<(String, u32)>,
}

impl<'a> Running<'a> {
    fn new(setup: &'a CompiledScenario) -> Self {
        Running {
            setup,
            world: World::new(setup),
            steps: Vec::new(),
            events: Recorder::keeping(),
            choices: Vec::new(),
            times: Vec::new(),
        }
    }

    fn offers(&mut self) -> &[Choice] {
        self.world.choices(self.setup, &mut self.choices);
        &self.choices
    }

    /// Returns true if the choice is a fault that can strike now, scripted or not.
    fn strikes(&mut self, choice: Choice) -> bool {
        self.everything().contains(&choice)
    }

    /// Returns every enabled transition, and then every fault that can strike.
    fn everything(&mut self) -> &[Choice] {
        self.world.choices(self.setup, &mut self.choices);
        let failures: Classes = Class::FAILURES.iter().copied().collect();
        self.world.faults(self.setup, failures.without(Class::Replaced), &mut self.choices);
        // Last, so that what was there before keeps the indices by which links name it.
        self.world.repeats(self.setup, &mut self.choices);
        self.world.faults(self.setup, Classes::default().with(Class::Replaced), &mut self.choices);
        let by_operators = [Class::Operator, Class::Upgrade].into_iter().collect();
        self.world.faults(self.setup, by_operators, &mut self.choices);
        &self.choices
    }

    fn take(&mut self, choice: Choice) {
        let name = name(self.setup, &self.world, choice);
        let scripted = matches!(choice, Choice::Strike(_, spec) if (spec as usize) < self.setup.scenario.faults.len());
        let known = self.times.iter().position(|(known, _)| *known == name);
        let place = known.unwrap_or_else(|| {
            self.times.push((name.clone(), 0));
            self.times.len() - 1
        });
        self.times[place].1 += 1;
        let times = self.times[place].1;
        let counts = name.contains('@') && !scripted;
        let key = if counts { format!("{name}#{times}") } else { name };
        let first = self.events.len();
        self.world.step(self.setup, choice, &mut self.events);
        let events = first..self.events.len();
        self.steps.push(Step { choice, key, events, world: self.world });
    }
}

/// Returns the key of a step without its count: `work@m1`.
fn name(setup: &CompiledScenario, world: &World, choice: Choice) -> String {
    let at = |what: &str, msg: MessageId| format!("{what}@m{}", msg + 1);
    let party = |what: &str, p: Participant| format!("{what}:{}", p.key());
    match choice {
        Choice::Run(run) => run_name(setup, world, run),
        Choice::Deliver(i) => {
            let Packet { kind, msg, .. } = world.net.packets()[i as usize];
            at(&format!("arrive:{}", kind.key()), msg)
        }
        Choice::DeliverStale(i) => at("delete-stale", world.net.packets()[i as usize].msg),
        Choice::Fire(Timer::Ack(_, m)) => at("timeout", m),
        Choice::Fire(Timer::Backoff(_, m)) => at("backoff", m),
        Choice::Fire(Timer::Redelivery(i)) => {
            at("redeliver", world.broker.copy_at(i).map_or(0, |(msg, _)| msg))
        }
        Choice::Fire(Timer::Session(c)) => party("evict", Participant::CONSUMERS[c as usize]),
        Choice::Fire(Timer::Lag(n)) => party("lag", Participant::NODES[n as usize]),
        Choice::Fire(Timer::Lease(m)) => at("lease", m),
        Choice::Fire(Timer::RelayLease(s)) => party("lease", setup.sender(s.into())),
        Choice::Fire(Timer::Transaction(s)) => party("abort", setup.sender(s.into())),
        Choice::Restart(at) => party("restart", at),
        Choice::Resume(at) => party("resume", at),
        Choice::Repeat(msg) => at("repeat", msg),
        Choice::Heal(Link::CLUSTER) => "rejoin:broker".into(),
        Choice::Heal(link) => {
            let (a, b) = setup.ends(link);
            format!("heal:{}-{}", a.key(), b.key())
        }
        Choice::Strike(fault, spec) => match setup.scenario.faults.get(spec as usize) {
            Some(spec) => spec.to_string(),
            None => strike_name(setup, world, fault),
        },
    }
}

fn run_name(setup: &CompiledScenario, world: &World, run: ActorStep) -> String {
    let at = |what: &str, msg: MessageId| format!("{what}@m{}", msg + 1);
    let line = |op: Option<Op>| op.map_or("end", |op| op.key());
    let party = |what: &str, p: Participant| format!("{what}:{}", p.key());
    let what = if matches!(run, ActorStep::Sync(_)) { "sync" } else { "unsettle" };
    match run {
        ActorStep::Sender(s, m) => {
            let pc = world.senders[s as usize].tasks[m as usize].pc;
            at(line(setup.senders[s as usize].op(pc)), m)
        }
        ActorStep::Broker => {
            let next = world.broker.next_line(&world.view(setup));
            next.map_or_else(String::new, |(pc, msg)| at(line(setup.broker.op(pc)), msg))
        }
        ActorStep::Dispatch(c) | ActorStep::DispatchAdded(c) => {
            let added = matches!(run, ActorStep::DispatchAdded(_));
            match world.broker.next_delivered(&world.view(setup), c.into(), added) {
                Some(msg) => at("deliver", msg),
                None => party("out-of-range", Participant::CONSUMERS[c as usize]),
            }
        }
        ActorStep::Receive(_, i) => {
            let copy = world.broker.copy_at(i);
            copy.map_or_else(String::new, |(msg, _)| at("deliver", msg))
        }
        ActorStep::AutoCommit(c) => party("auto-commit", Participant::CONSUMERS[c as usize]),
        ActorStep::Join(c) => party("join", Participant::CONSUMERS[c as usize]),
        ActorStep::Elect(node) => party("elect", Participant::NODES[node as usize]),
        ActorStep::Fetch(node) => party("fetch", Participant::NODES[node as usize]),
        ActorStep::Sync(place) | ActorStep::Unsettle(place) => {
            let node = || party("sync", world.broker.node_of_sync(place));
            world.broker.copy_at(place).map_or_else(node, |(msg, _)| at(what, msg))
        }
        ActorStep::Refresh(s) => party("metadata", setup.sender(s.into())),
        ActorStep::Consumer(c) => {
            let consumer = &world.consumers[c as usize];
            at(line(setup.consumer.op(consumer.pc)), consumer.msg)
        }
        ActorStep::Worker(_, m) => at(line(setup.worker), m),
    }
}

/// Returns the name of a fault that is not from the script.
fn strike_name(setup: &CompiledScenario, world: &World, fault: Fault) -> String {
    let kind = fault.kind(setup, world);
    match fault.message(setup, world) {
        Some(msg) => format!("{kind}@m{}", msg + 1),
        None => kind.to_string(),
    }
}
