//! Branching of a run: what else could happen after each step, and the run that results from it.

use super::Remark;
use super::ending::ending;
use crate::sim::{
    ActorStep, Choice, Class, CompiledScenario, End, Fault, Link, MessageId, Outcome, Packet,
    Participant, Path, Recorder, Scenario, Timer, Trace, Window, World,
};
use crate::text;
use std::cell::OnceCell;

/// A run without its fault script, so that every fault can be chosen at every step.
#[derive(Clone, Debug)]
pub struct Branches {
    setup: CompiledScenario,
    trace: Trace,
}

/// A run as it happened. Its branches are computed on demand.
#[derive(Clone, Debug)]
pub struct Ran {
    setup: CompiledScenario,
    trace: Trace,
    course: OnceCell<Branches>,
}

impl Ran {
    pub(super) fn new(setup: CompiledScenario, trace: Trace) -> Ran {
        Ran { setup, trace, course: OnceCell::new() }
    }

    /// Returns the number of times that a message took effect.
    pub fn effects(&self, msg: MessageId) -> u8 {
        self.trace.last().ledger.of(msg).effects()
    }

    /// Returns true if the run goes on beyond what is shown of it.
    pub fn is_endless(&self) -> bool {
        self.trace.end != End::Finished
    }

    /// Returns true if a message took effect although the producer got an error, so that nobody
    /// can tell whether it will be sent again.
    pub fn is_unknown(&self, msg: MessageId) -> bool {
        self.trace.last().ledger.outcome(msg) == Outcome::Unknown
    }

    /// Returns the run with its branches.
    pub fn course(&self) -> &Branches {
        self.course.get_or_init(|| Branches::new(&self.setup, &self.trace))
    }
}

/// An action or a fault that could happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextChoice {
    pub choice: Choice,
    /// The effect of the choice, as a sentence.
    pub label: String,
    /// The class of the fault; `None` for an action without a fault.
    pub class: Option<Class>,
    /// The participant that it affects; two for the connection between them.
    pub parties: (Participant, Option<Participant>),
    /// The message of the packet that it concerns, if any.
    pub on_the_way: Option<u8>,
}

impl Branches {
    /// Creates the branches of a run; its faults become ordinary choices.
    fn new(setup: &CompiledScenario, trace: &Trace) -> Branches {
        let bare = bare(&setup.scenario);
        // A scenario that is valid with its script is valid without it.
        let setup = CompiledScenario::new(&bare).map_or_else(|_| setup.clone(), free);
        let schedule: Vec<Choice> =
            trace.steps.iter().map(|step| unscripted(step.choice)).collect();
        let trace = Trace::fork(&setup, &schedule);
        Branches { setup, trace }
    }

    /// Returns what could happen after `step` steps: first the actions without a fault, in the
    /// usual order, then the faults, class by class.
    pub fn chances(&self, step: usize) -> Vec<NextChoice> {
        let world = self.trace.world(step);
        let mut choices = Vec::new();
        world.choices(&self.setup, &mut choices);
        world.repeats(&self.setup, &mut choices);
        let mut all: Vec<NextChoice> =
            choices.iter().filter_map(|&choice| self.chance(world, choice, None)).collect();
        for class in Class::ALL {
            choices.clear();
            world.faults(&self.setup, [class].into_iter().collect(), &mut choices);
            all.extend(choices.iter().filter_map(|&c| self.chance(world, c, Some(class))));
        }
        all
    }

    fn chance(&self, world: &World, choice: Choice, class: Option<Class>) -> Option<NextChoice> {
        let mut after = *world;
        let mut events = Recorder::keeping();
        after.step(&self.setup, choice, &mut events);
        let events = events.into_events();
        let said: Vec<String> =
            events.iter().filter_map(|event| text::sentence(&self.setup, event)).collect();
        if said.is_empty() {
            return None;
        }
        let packet = packet(world, choice);
        let parties = match packet {
            Some(packet) => (packet.from, Some(packet.to)),
            None => (self.party(choice), other(&self.setup, choice)),
        };
        let on_the_way = packet.map(|packet| packet.msg);
        // The further sentences of a crash describe what is lost with the process.
        Some(NextChoice { choice, label: said.join(" "), class, parties, on_the_way })
    }

    fn party(&self, choice: Choice) -> Participant {
        match choice {
            Choice::Run(run) => self.runs(run),
            Choice::Fire(
                Timer::Ack(s, _)
                | Timer::Backoff(s, _)
                | Timer::Transaction(s)
                | Timer::RelayLease(s),
            ) => self.setup.sender(s.into()),
            Choice::Fire(Timer::Session(c)) => Participant::CONSUMERS[usize::from(c)],
            Choice::Fire(Timer::Lag(n)) => Participant::NODES[usize::from(n)],
            Choice::Fire(Timer::Lease(_)) => Participant::Redis,
            Choice::Restart(party) | Choice::Resume(party) => party,
            Choice::Heal(link) => self.setup.ends(link).0,
            Choice::Strike(fault, _) => struck(&self.setup, fault),
            Choice::Fire(Timer::Redelivery(_))
            | Choice::Deliver(_)
            | Choice::DeliverStale(_)
            | Choice::Repeat(_) => Participant::Broker,
        }
    }

    fn runs(&self, run: ActorStep) -> Participant {
        match run {
            ActorStep::Sender(s, _) => self.setup.sender(s.into()),
            ActorStep::Broker
            | ActorStep::Dispatch(_)
            | ActorStep::DispatchAdded(_)
            | ActorStep::Unsettle(_) => Participant::Broker,
            ActorStep::Sync(place) => self.setup.machine.node_of_sync(place),
            ActorStep::Refresh(s) => self.setup.sender(s.into()),
            ActorStep::Elect(n) | ActorStep::Fetch(n) => Participant::NODES[usize::from(n)],
            ActorStep::Receive(c, _)
            | ActorStep::AutoCommit(c)
            | ActorStep::Join(c)
            | ActorStep::Consumer(c) => Participant::CONSUMERS[usize::from(c)],
            ActorStep::Worker(..) => Participant::Consumer,
        }
    }

    /// Returns the run in which `choice` happens after `step` steps; from there it continues as
    /// usual.
    pub fn fork(&self, step: usize, choice: Choice) -> Path {
        let before = self.trace.steps.iter().take(step).map(|step| step.choice);
        let schedule: Vec<Choice> = before.chain([choice]).collect();
        Trace::fork(&self.setup, &schedule).path(&self.setup)
    }

    /// Returns what the run comes to in which `choice` happens after `step` steps.
    pub fn outcome(&self, step: usize, choice: Choice) -> Remark {
        let before = self.trace.steps.iter().take(step).map(|step| step.choice);
        let schedule: Vec<Choice> = before.chain([choice]).collect();
        ending(&self.setup, &Trace::fork(&self.setup, &schedule))
    }

    /// Returns the name of a participant within a sentence: "the broker".
    pub fn with_article(&self, party: Participant) -> String {
        text::with_article(&self.setup, party)
    }

    /// Returns the run itself.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns the path of the run itself.
    pub fn path(&self) -> Path {
        self.trace.path(&self.setup)
    }
}

/// Returns the scenario without its fault script and without the texts that refer to it.
pub(super) fn bare(scenario: &Scenario) -> Scenario {
    let mut bare = scenario.without_faults();
    bare.narrative.takeaway.clear();
    bare.narrative.fix = None;
    bare.expect = None;
    bare
}

/// Enables every class of fault.
pub(super) fn free(mut setup: CompiledScenario) -> CompiledScenario {
    setup.expects(Class::ALL.into_iter().collect());
    setup
}

/// Returns the choice without its reference to a script entry.
pub(super) fn unscripted(choice: Choice) -> Choice {
    match choice {
        // Resuming a process does not count as a fault.
        Choice::Strike(Fault::Resume(party), _) => Choice::Resume(party),
        Choice::Strike(fault, _) => Choice::Strike(fault, u8::MAX),
        choice => choice,
    }
}

/// Returns the packet that the choice concerns.
fn packet(world: &World, choice: Choice) -> Option<Packet> {
    let (Choice::Deliver(at)
    | Choice::DeliverStale(at)
    | Choice::Strike(Fault::Lose(at) | Fault::Delay(at) | Fault::Refuse(at), _)) = choice
    else {
        return None;
    };
    world.net.packets().get(usize::from(at)).copied()
}

/// Returns the other end, for a choice that concerns a connection.
fn other(setup: &CompiledScenario, choice: Choice) -> Option<Participant> {
    let link: Link = match choice {
        Choice::Heal(link) | Choice::Strike(Fault::Cut(link), _) => link,
        _ => return None,
    };
    // A node is isolated from all others at once.
    (link != Link::CLUSTER).then(|| setup.ends(link).1)
}

fn struck(setup: &CompiledScenario, fault: Fault) -> Participant {
    match fault {
        Fault::Crash(party)
        | Fault::PowerLoss(party)
        | Fault::PermanentLoss(party)
        | Fault::Pause(party, _)
        | Fault::Resume(party)
        | Fault::Upgrade(party)
        | Fault::FailHandler(party)
        | Fault::FailAttempts(party) => party,
        Fault::FailLine { at, .. } => at,
        Fault::Cut(link) => setup.ends(link).0,
        Fault::Replace => setup.sender(0),
        Fault::Twice(msg) => setup.sender(setup.sender_of(msg)),
        Fault::Lose(_) | Fault::Delay(_) | Fault::Refuse(_) => Participant::Broker,
        Fault::Expire(Window::Ttl, _) => Participant::Redis,
        Fault::Expire(Window::Inbox, _) => Participant::Accounts,
        Fault::Expire(..)
        | Fault::Reappear(_)
        | Fault::MoveLeader
        | Fault::ResetOffsets(_)
        | Fault::AddPartition
        | Fault::Purge
        | Fault::Redrive(_) => Participant::Broker,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::scenarios;
    use crate::present::{open, open_along};
    use crate::sim::{EventKind, PacketKind, Recorder};

    #[test]
    fn every_scenario_has_a_path_that_goes_the_same_way() {
        for scenario in scenarios() {
            let opened = open(scenario).unwrap();
            let path = opened.ran.course().path();
            let again = open_along(scenario, &path, None).unwrap();
            let (first, second) = (&opened.view, &again.view);
            // At its end, the path may sync data that no scripted fault would have lost.
            assert!(first.moments.len() <= second.moments.len(), "{}", scenario.id);
            let before_the_end = first.moments.len() - 1;
            let pairs = first.moments[..before_the_end].iter().zip(&second.moments);
            for (step, (a, b)) in pairs.enumerate() {
                // The path may report more unsynced data, and it has no notes.
                assert_eq!(a.verdict, b.verdict, "{}, {step}", scenario.id);
            }
        }
    }

    #[test]
    fn no_two_faults_of_a_kind_at_a_step_say_the_same() {
        for scenario in scenarios() {
            let opened = open(scenario).unwrap();
            for step in 0..opened.view.moments.len() {
                let mut said = std::collections::HashSet::new();
                for chance in opened.ran.course().chances(step) {
                    let Some(class) = chance.class else { continue };
                    let about = (class, chance.label.clone(), chance.parties, chance.on_the_way);
                    assert!(said.insert(about), "{}, step {step}: {}", scenario.id, chance.label);
                }
            }
        }
    }

    #[test]
    fn a_request_is_refused_by_the_node_that_it_has_reached() {
        let mut refused = 0;
        for scenario in scenarios() {
            let opened = open(scenario).unwrap();
            let branches = opened.ran.course();
            for step in 0..opened.view.moments.len() {
                let world = branches.trace.world(step);
                for next in branches.chances(step) {
                    let mut events = Recorder::keeping();
                    let mut after = *world;
                    after.step(&branches.setup, next.choice, &mut events);
                    let events = events.into_events();
                    let reached = events.iter().find_map(|event| match event.what {
                        EventKind::Arrived { kind: PacketKind::Send, to, .. } => Some(to),
                        _ => None,
                    });
                    for event in &events {
                        if let (EventKind::Refused { at, .. }, Some(to)) = (event.what, reached) {
                            assert_eq!(at, to, "{}, step {step}: {}", scenario.id, next.label);
                            refused += 1;
                        }
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn whatever_could_happen_happens_in_the_fork() {
        let mut tried = 0;
        for scenario in scenarios() {
            let opened = open(scenario).unwrap();
            let lifelines = &opened.view.parties;
            for step in (0..opened.view.moments.len()).step_by(3) {
                for chance in opened.ran.course().chances(step) {
                    let path = opened.ran.course().fork(step, chance.choice);
                    let fork = open_along(scenario, &path, None).unwrap().view;
                    let place = format!("{}, step {step}: {}", scenario.id, chance.label);
                    assert!(fork.moments.len() > step + 1, "{place}; {path}");
                    assert_eq!(fork.moments[step + 1].sentence, chance.label, "{place}");
                    assert_eq!(fork.moments[step + 1].fault, chance.class.is_some(), "{place}");
                    assert!(lifelines.contains(&chance.parties.0), "{place}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 5000, "{tried}");
    }
}
