//! Side effects of a fix: guarantees that hold without a change, and no longer hold with it.
//!
//! A change that prevents a violation can make the configuration worse elsewhere: a queue that is
//! no longer bound stores nothing twice because it stores nothing at all. Such harm need not show
//! within the requested bounds, where other faults may violate the guarantee already. The
//! configuration is therefore also checked under each fault class alone and without faults, before
//! and after the change.

use super::explorer::{Explorer, Progress};
use super::matrix::can_strike;
use super::model::{Bounds, DeliveryModel, TerminalState};
use super::property::Property;
use crate::products;
use crate::sim::{Class, Classes, CompiledScenario, Configuration, Outcome, ProducerReport};
use crate::text;

/// A guarantee that a change gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// The guarantee that is lost.
    pub what: Guarantee,
    /// The runs in which it is lost.
    pub when: When,
}

/// A guarantee that can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Messages take effect: with the change there is not a single run in which all of them do.
    Delivery,
    Property(Property),
    /// No message is lost with an error. Counts only if messages are lost silently both before and
    /// after; an error that replaces silence is no harm.
    NoErrors,
    /// Every message takes effect: with the change one can end in the dead-letter queue instead.
    Effect,
    /// A protection that no run within the bounds needs to show; see `PROTECTIONS`.
    Protection(&'static str),
}

/// The runs in which a guarantee no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Under the requested faults.
    Asked,
    /// In fault-free runs.
    Always,
    /// Under one fault of one of these classes.
    Kinds(Classes),
}

impl GivenUp {
    /// Returns the guarantee and its circumstances: "No message loss, under power loss or
    /// permanent node loss".
    pub fn label(&self) -> String {
        let what = match self.what {
            Guarantee::Delivery => "Delivery: no run brings every message to its effect",
            Guarantee::Property(property) => property.label(),
            Guarantee::NoErrors => "No loss with an error",
            Guarantee::Effect => "Taking effect: a message can be dead-lettered instead",
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

/// Result of checking a configuration under some faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// True if the state space was exhausted.
    complete: bool,
    /// One bit for each property that some run violates.
    broken: u16,
    /// True if every message takes effect in some run.
    delivers: bool,
    /// True if a message can be lost silently; see `errors` for losses with an error.
    silent: bool,
    errors: bool,
    /// True if a message can end in the dead-letter queue.
    parked: bool,
    /// True if the producer reports anything to its caller.
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
        let messages = explorer.model.setup.configuration().messages;
        Seen::of(messages, broken, progress == Progress::Exhausted, &endings)
    }

    fn holds(&self, property: Property) -> bool {
        self.broken & 1 << property as u16 == 0
    }

    /// Returns the guarantees that held before and do not hold after.
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

/// Results for a configuration without faults, and under each fault class alone.
pub(super) struct Profile {
    /// Fault classes that can strike somewhere.
    strikes: Classes,
    /// The result without faults, then one for each of [`Class::FAILURES`].
    seen: Vec<Seen>,
}

/// The search for a [`Profile`], which can be advanced in slices.
pub(super) struct Profiling {
    setup: Option<CompiledScenario>,
    search: Option<Explorer<DeliveryModel>>,
    found: Profile,
}

/// Limit of states for each fault class; classes that exceed it are not compared.
const LIMIT: usize = 50_000;
/// Number of messages sent: order needs two.
const MESSAGES: u8 = 2;

impl Profiling {
    pub fn new(config: &Configuration) -> Profiling {
        let messages = config.messages.min(MESSAGES);
        let bare = config.with_messages(messages);
        let strikes = can_strike(&bare.with_messages(1));
        let found = Profile { strikes, seen: Vec::new() };
        Profiling { setup: CompiledScenario::bare(&bare).ok(), search: None, found }
    }

    /// Expands up to `states` states. Returns true when the profile is complete.
    pub fn advance(&mut self, states: usize) -> bool {
        let Some(setup) = &self.setup else { return true };
        if self.found.seen.len() > Class::FAILURES.len() {
            return true;
        }
        let next = self.found.seen.len().checked_sub(1);
        let search = self.search.get_or_insert_with(|| {
            let classes: Classes = next.map(|i| Class::FAILURES[i]).into_iter().collect();
            let bounds = Bounds { faults: u8::from(next.is_some()), classes };
            // A relay or a database of the sender would be one more participant that can be lost
            // for good.
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

/// Returns the guarantees that a change gives up: under the requested faults, without faults, or
/// under one fault class alone. Each guarantee is listed once, under the circumstances that matter
/// most. `kinds` are the requested fault classes.
pub(super) fn given_up(
    asked: (&Seen, &Seen),
    alone: Option<(&Profile, &Profile)>,
    kinds: Classes,
    configurations: (&Configuration, &Configuration),
) -> Vec<GivenUp> {
    let mut all: Vec<GivenUp> = Vec::new();
    for what in Seen::lost(asked.0, asked.1) {
        add(&mut all, what, When::Asked);
    }
    if let Some((before, after)) = alone {
        let counts = |what, class| match what {
            // Dead-letter queues exist to park what may fail forever.
            Guarantee::Effect => kinds.has(class),
            // If the guarantee is violated already, another way to violate it is no loss.
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
    let (before, after) = configurations;
    for (label, level) in PROTECTIONS {
        if level(after) < level(before) {
            add(&mut all, Guarantee::Protection(label), When::Asked);
        }
    }
    implied(&mut all);
    all
}

/// Adds the guarantees given up without faults, or under one fault class alone if it counts.
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
    for (class, (before_it, after)) in Class::FAILURES.iter().copied().zip(pairs) {
        // A class that cannot strike before the change says nothing about the guarantees under it.
        if !before.strikes.has(class) {
            continue;
        }
        // A message that would be lost without the change may wait forever with it, as in an outbox
        // whose broker is gone.
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

/// Removes guarantees implied by others: a message lost silently is lost, and a message never
/// delivered is both.
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

/// A protection, with a function that returns its level in a configuration.
type Protection = (&'static str, fn(&Configuration) -> u8);

/// Protections against more than a few faults in a short run; a bounded search need not notice
/// their absence.
const PROTECTIONS: [Protection; 4] = [
    ("Replicas: fewer nodes store a message", |s| (products::of(s).protection.copies)(s)),
    ("Safe acknowledgments: a message is acknowledged on fewer nodes", |s| {
        (products::of(s).protection.acknowledged_copies)(s)
    }),
    ("Clean elections: a lagging replica may become leader", |s| {
        (products::of(s).protection.clean_elections)(s).into()
    }),
    ("The saved order: nothing is written to the producer's own database", |s| {
        u8::from(s.database.is_some())
    }),
];
