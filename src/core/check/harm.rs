//! What a change gives up: guarantees that hold without it, and no longer with it.
//!
//! A change that prevents what was found can do so by making things worse elsewhere: a queue that is
//! bound no longer stores nothing twice, and nothing at all. Such harm need not show within the
//! bounds that were asked about, where the guarantee may be broken already, by other faults. So the
//! configuration is also held against each kind of fault alone, and against none, before the change
//! and after it.

use super::explorer::{Explorer, Progress};
use super::matrix::can_strike;
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::property::Property;
use crate::sim::settings::generic::Acknowledge;
use crate::sim::settings::{BrokerSettings, ProducerSettings, kafka, rabbitmq};
use crate::sim::{Class, Classes, CompiledScenario, Outcome, ProducerReport, Scenario};
use crate::text;

/// A guarantee that a change gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp {
    pub what: Guarantee,
    pub when: When,
}

/// What can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Messages take effect: with the change not even one run brings them all home.
    Delivery,
    Property(Property),
    /// No message is lost with an error. It counts where messages are lost silently before and
    /// after; where an error takes the place of silence, that is no harm.
    NoErrors,
    /// Every message takes effect: with the change one can be parked as a dead letter instead.
    Effect,
    /// What no run of these bounds need show: see [`PROTECTIONS`].
    Protection(&'static str),
}

/// In which runs it no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Under the faults that were asked about.
    Asked,
    /// In runs without any fault.
    Always,
    /// Under one fault of one of these kinds.
    Kinds(Classes),
}

impl GivenUp {
    /// "Never lost, under a power loss or a machine gone for good".
    pub fn label(&self) -> String {
        let what = match self.what {
            Guarantee::Delivery => "Delivery: no run brings every message to its effect",
            Guarantee::Property(property) => property.label(),
            Guarantee::NoErrors => "Never lost with an error",
            Guarantee::Effect => "Taking effect: a message can be parked as a dead letter instead",
            Guarantee::Protection(label) => label,
        };
        match self.when {
            When::Asked => what.to_owned(),
            When::Always => format!("{what}, even without a fault"),
            When::Kinds(kinds) => {
                let kinds: Vec<&str> = kinds.iter().map(text::class).collect();
                format!("{what}, under {}", kinds.join(" or "))
            }
        }
    }
}

/// What was seen of a configuration under some faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Every run was tried.
    complete: bool,
    /// A bit for each property that some run breaks.
    broken: u16,
    /// In some run every message takes effect.
    delivers: bool,
    /// A message can be lost silently, and with an error.
    silent: bool,
    errors: bool,
    /// A message can be parked as a dead letter.
    parked: bool,
    /// The producer's caller hears something.
    reports: bool,
}

impl Seen {
    pub fn of(messages: u8, broken: u16, complete: bool, endings: &[TerminalState]) -> Seen {
        let ends = || endings.iter().filter(|end| !end.endless);
        let any = |outcome: Outcome| {
            ends().any(|end| (0..messages).any(|m| end.ledger.outcome(m) == outcome))
        };
        let heard = |end: &TerminalState| {
            (0..messages).any(|m| end.ledger.of(m).told != ProducerReport::Nothing)
        };
        let all_home = |end: &TerminalState| (0..messages).all(|m| end.ledger.of(m).effects() > 0);
        Seen {
            complete,
            broken,
            delivers: ends().any(all_home),
            silent: any(Outcome::LostSilently),
            errors: any(Outcome::LostWithError),
            parked: any(Outcome::DeadLettered),
            reports: ends().any(heard),
        }
    }

    fn of_search(explorer: &Explorer<DeliveryModel>, progress: Progress) -> Seen {
        let broken = Property::ALL.into_iter().fold(0, |bits, property| {
            let bit = property as u16;
            bits | u16::from(explorer.violation(bit.into()).is_some()) << bit
        });
        let endings: Vec<TerminalState> =
            explorer.endings().iter().map(|(ending, _)| *ending).collect();
        let messages = explorer.model.setup.scenario.messages;
        Seen::of(messages, broken, progress == Progress::Exhausted, &endings)
    }

    fn holds(&self, property: Property) -> bool {
        self.broken & 1 << property as u16 == 0
    }

    /// What held before and does not hold after.
    fn lost(before: &Seen, after: &Seen) -> Vec<Guarantee> {
        let mut lost = Vec::new();
        if before.delivers && !after.delivers && after.complete {
            lost.push(Guarantee::Delivery);
        }
        if !before.complete {
            return lost;
        }
        let newly = |p: &Property| {
            let broken = before.holds(*p) && !after.holds(*p);
            // Where nothing was reported, no report was false.
            broken && (*p != Property::ReportTrue || before.reports)
        };
        lost.extend(Property::ALL.into_iter().filter(newly).map(Guarantee::Property));
        let safe = before.holds(Property::NeverLost) && before.holds(Property::NeverStuck);
        if safe && after.parked && !before.parked {
            lost.push(Guarantee::Effect);
        }
        if before.reports && before.silent && after.silent && after.errors && !before.errors {
            lost.push(Guarantee::NoErrors);
        }
        lost
    }
}

/// What was seen of a configuration under no fault, and under each kind alone.
pub(super) struct Profile {
    /// The kinds that have a place to strike.
    strikes: Classes,
    /// First without a fault, then for each of [`Class::ALL`].
    seen: Vec<Seen>,
}

/// The search for a [`Profile`], in slices.
pub(super) struct Profiling {
    setup: Option<CompiledScenario>,
    search: Option<Explorer<DeliveryModel>>,
    found: Profile,
}

/// States of one kind of fault; what has more is not compared.
const LIMIT: usize = 50_000;
/// Messages that are sent: order needs two.
const MESSAGES: u8 = 2;

impl Profiling {
    pub fn new(scenario: &Scenario) -> Profiling {
        let messages = scenario.messages.min(MESSAGES);
        let bare = Scenario { messages, faults: vec![], notes: vec![], ..scenario.clone() };
        let strikes = can_strike(&Scenario { messages: 1, ..bare.clone() });
        let found = Profile { strikes, seen: Vec::new() };
        Profiling { setup: CompiledScenario::new(&bare).ok(), search: None, found }
    }

    /// Follows up to so many states; true when it is done.
    pub fn advance(&mut self, states: usize) -> bool {
        let Some(setup) = &self.setup else { return true };
        if self.found.seen.len() > Class::ALL.len() {
            return true;
        }
        let next = self.found.seen.len().checked_sub(1);
        let search = self.search.get_or_insert_with(|| {
            let classes: Classes = next.map(|i| Class::ALL[i]).into_iter().collect();
            let bounds = Bounds { faults: u8::from(next.is_some()), classes };
            // A relay or a database of the sender's would be one more that can be lost for good.
            let model = DeliveryModel { spares_senders: true, ..DeliveryModel::new(setup, bounds) };
            Explorer::new(model, LIMIT)
        });
        let progress = search.advance(states);
        if progress != Progress::Running {
            self.found.seen.push(Seen::of_search(search, progress));
            self.search = None;
        }
        false
    }

    pub fn found(self) -> Profile {
        self.found
    }
}

/// What the change gives up: under the faults that were asked about, without any, or under one kind
/// alone. Each guarantee is named once, where it matters most. `kinds` are those that were asked
/// about.
pub(super) fn given_up(
    asked: (&Seen, &Seen),
    alone: Option<(&Profile, &Profile)>,
    kinds: Classes,
    scenarios: (&Scenario, &Scenario),
) -> Vec<GivenUp> {
    let mut all: Vec<GivenUp> = Vec::new();
    for what in Seen::lost(asked.0, asked.1) {
        add(&mut all, what, When::Asked);
    }
    if let Some((before, after)) = alone {
        let counts = |what, class| match what {
            // To park at once what may fail for ever is what dead letters are for.
            Guarantee::Effect => kinds.has(class),
            // Where it comes twice or late already, another way to do so is no loss.
            Guarantee::Property(
                property @ (Property::StoredOnce
                | Property::HandledOnce
                | Property::AppliedOnce
                | Property::InOrder),
            ) => asked.0.holds(property),
            _ => true,
        };
        given_up_alone(&mut all, before, after, counts);
    }
    let (before, after) = scenarios;
    for (label, level) in PROTECTIONS {
        if level(after) < level(before) {
            add(&mut all, Guarantee::Protection(label), When::Asked);
        }
    }
    implied(&mut all);
    all
}

/// What is given up without any fault, or under one kind alone where it counts.
fn given_up_alone(
    all: &mut Vec<GivenUp>,
    before: &Profile,
    after: &Profile,
    counts: impl Fn(Guarantee, Class) -> bool,
) {
    let mut pairs = before.seen.iter().zip(&after.seen);
    let Some((calm, calm_after)) = pairs.next() else { return };
    for what in Seen::lost(calm, calm_after) {
        add(all, what, When::Always);
    }
    for (class, (before_it, after)) in Class::ALL.into_iter().zip(pairs) {
        // A kind that finds nothing to strike before tells nothing of what was held against it.
        if !before.strikes.has(class) {
            continue;
        }
        // What would be lost without the change waits for ever with it: an outbox whose broker is
        // gone.
        let waits = |what| {
            let stuck = what == Guarantee::Property(Property::NeverStuck);
            stuck && !before_it.holds(Property::NeverLost)
        };
        for what in Seen::lost(before_it, after) {
            if counts(what, class) && !waits(what) {
                add(all, what, When::Kinds([class].into_iter().collect()));
            }
        }
    }
}

fn add(all: &mut Vec<GivenUp>, what: Guarantee, when: When) {
    let known = all.iter_mut().find(|given| given.what == what);
    match (known, when) {
        (None, when) => all.push(GivenUp { what, when }),
        (Some(GivenUp { when: When::Kinds(kinds), .. }), When::Kinds(more)) => {
            *kinds = more.iter().fold(*kinds, Classes::with);
        }
        _ => {}
    }
}

/// Leaves out what follows from the rest: what is lost silently is lost, and what is never delivered
/// is both.
fn implied(all: &mut Vec<GivenUp>) {
    use Property::{NeverLost, NeverLostSilently, ReportTrue};
    let of = |what: Guarantee| all.iter().find(|given| given.what == what).map(|given| given.when);
    let (delivery, silent) = (of(Guarantee::Delivery), of(Guarantee::Property(NeverLostSilently)));
    all.retain(|given| match given.what {
        Guarantee::Property(NeverLostSilently | NeverLost | ReportTrue) if delivery.is_some() => {
            false
        }
        Guarantee::Property(NeverLost) => silent.is_none(),
        _ => true,
    });
}

/// A protection by name, and how far a configuration has it.
type Protection = (&'static str, fn(&Scenario) -> u8);

/// Protections against more than a few faults in a short run, which no bounded search need miss.
const PROTECTIONS: [Protection; 4] = [
    ("Copies: fewer nodes keep a message", |s| match &s.broker {
        BrokerSettings::Generic(broker) => broker.replicas,
        BrokerSettings::Kafka(broker) => broker.replication_factor,
        BrokerSettings::Rabbitmq(broker) => broker.nodes,
        BrokerSettings::Sqs(_) => 1,
    }),
    ("Safe acknowledgments: a message is acknowledged on fewer nodes", acknowledged_copies),
    ("Clean elections: a replica that lags may become the leader", |s| match &s.broker {
        BrokerSettings::Kafka(broker) => u8::from(!broker.unclean_leader_election),
        _ => 1,
    }),
    ("The saved order: nothing is written to the producer's own database", |s| {
        u8::from(s.database.is_some())
    }),
];

/// How many nodes have a message that its producer counts as sent.
fn acknowledged_copies(scenario: &Scenario) -> u8 {
    match (&scenario.producer, &scenario.broker) {
        (ProducerSettings::Kafka(producer), BrokerSettings::Kafka(broker)) => match producer.acks {
            kafka::Acks::None => 0,
            kafka::Acks::Leader => 1,
            kafka::Acks::All => broker.min_insync_replicas,
        },
        (ProducerSettings::Rabbitmq(producer), BrokerSettings::Rabbitmq(broker)) => {
            match (producer.confirm_select, broker.queue_type) {
                (false, _) => 0,
                (true, rabbitmq::QueueType::Classic) => 1,
                (true, rabbitmq::QueueType::Quorum) => broker.nodes / 2 + 1,
            }
        }
        (ProducerSettings::Retry(_), BrokerSettings::Generic(broker)) => match broker.acknowledge {
            Acknowledge::AfterReplication(n) => n,
            _ => 1,
        },
        (ProducerSettings::FireAndForget, _) => 0,
        _ => 1,
    }
}
