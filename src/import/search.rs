//! The search: which of the eight properties a configuration has within the bounds, and the faults
//! that break the others.
//!
//! The bounds are those of [`crate::choose`]'s proofs: two messages with one of the usual faults,
//! one message with two, two messages with two as far as that is not too much; then one fault of
//! each other kind; then a message whose handler fails every time (a poison message).

use crate::check::{
    Bounds, DeliveryModel, Finding, Model, Progress, Property, explore, judged, shortened, usual,
    why,
};
use crate::sim::{
    Choice, Class, Classes, CompiledScenario, Configuration, FaultSpec, Scenario, Trace,
};

/// Maximum numbers of states: for the searches that must be exhaustive, for the optional one, for a
/// script, and for finding a shorter counterexample.
const LIMIT: usize = 2_000_000;
const PERHAPS: usize = 150_000;
const SCRIPT: usize = 300_000;
const SHORTER: usize = 60_000;

/// What it takes to violate a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Nothing: a run without any fault does it. By the sources only; a search reports the usual
    /// faults, and [`Outcome::faultless`] beside them.
    NoFault,
    /// Faults of the usual kinds: lost, crash, handler, slow.
    Usual,
    /// One fault of this kind.
    Kind(Class),
    /// A message whose handler fails every time.
    Poison,
    /// A poison message, and a retention period that ends.
    PoisonExpiry,
}

impl Tag {
    /// Returns the tag as reports print it: "usual", "power", "poison, expiry".
    pub fn key(self) -> &'static str {
        match self {
            Tag::NoFault => "no fault",
            Tag::Usual => "usual",
            Tag::Kind(class) => class.key(),
            Tag::Poison => "poison",
            Tag::PoisonExpiry => "poison, expiry",
        }
    }
}

/// A run that violates a property.
#[derive(Clone, Debug)]
pub struct Run {
    /// The configuration with its messages and the script of its faults, if there is one.
    pub setup: CompiledScenario,
    pub schedule: Vec<Choice>,
    /// What happens and why, in a sentence.
    pub text: String,
}

/// The result of one property.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What it takes to violate it; empty if it holds.
    pub tags: Vec<Tag>,
    pub run: Option<Run>,
    /// A run without any fault violates it.
    pub faultless: bool,
    /// Some search that was to be exhaustive was not.
    pub cut_off: bool,
}

/// The kinds of faults, besides the usual ones, of which one is tried. Left out are an application
/// that sends twice by itself, windows that expire, which are decisions on how long is enough, and
/// what operators do.
fn other_kinds() -> impl Iterator<Item = Class> {
    let left_out = |class: &Class| matches!(class, Class::Twice | Class::Expiry);
    Class::FAILURES.iter().copied().filter(move |class| !usual().has(*class) && !left_out(class))
}

/// Returns all kinds of faults that are tried.
pub fn kinds() -> Classes {
    usual().iter().chain(other_kinds()).collect()
}

/// The results of a configuration, and how many states were tried for them.
#[derive(Clone, Debug)]
pub struct Judgment {
    /// By number of the property.
    pub outcomes: [Outcome; 8],
    pub states: usize,
}

impl Judgment {
    pub fn of(&self, property: Property) -> &Outcome {
        &self.outcomes[property as usize]
    }
}

/// Scripts of faults to try besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    /// A message whose handler fails every time.
    pub poison: bool,
    /// Such a message, and a retention period that ends: where nothing else ends its deliveries.
    pub expiry: bool,
    /// The sender only stands in for one that is not given: what is late on its way to the broker
    /// says nothing about the order.
    pub harmless_sender: bool,
}

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// All bounds of the verdict.
    Full,
    /// Small bounds, which find most violations and prove nothing.
    Quick,
}

/// Checks these properties of a configuration. `stop` is asked between searches, and gets what was
/// found so far.
pub fn check(
    config: &Configuration,
    properties: &[Property],
    scripts: Scripts,
    effort: Effort,
    stop: &mut dyn FnMut(&Judgment) -> bool,
) -> Judgment {
    let outcomes = std::array::from_fn(|_| Outcome::default());
    let judgment = Judgment { outcomes, states: 0 };
    let harmless_sender = scripts.harmless_sender;
    let mut search = Search { config, properties, harmless_sender, messages: 2, judgment, stop };
    let none = Classes::default();
    search.tries(2, Bounds { faults: 0, classes: none }, Tag::Usual, Some(LIMIT));
    for outcome in &mut search.judgment.outcomes {
        outcome.faultless = !outcome.tags.is_empty();
    }
    let (one, two) =
        (Bounds { faults: 1, classes: usual() }, Bounds { faults: 2, classes: usual() });
    match effort {
        Effort::Full => {
            search.tries(2, one, Tag::Usual, Some(LIMIT));
            search.tries(1, two, Tag::Usual, Some(LIMIT));
            search.tries(2, two, Tag::Usual, None);
        }
        Effort::Quick => {
            search.tries(1, one, Tag::Usual, None);
            search.tries(2, one, Tag::Usual, None);
            search.messages = 1;
        }
    }
    let open = search.unbroken();
    for class in other_kinds() {
        let classes = Classes::default().with(class);
        let mut open = open.clone();
        open.retain(|p| {
            !(scripts.harmless_sender && class == Class::Late && *p == Property::InOrder)
        });
        search.of_kind(&open, Bounds { faults: 1, classes }, Tag::Kind(class));
    }
    if scripts.poison {
        let open = search.unbroken();
        search.script(&open, &["fail:handler@m1#*"], Tag::Poison);
    }
    if scripts.expiry {
        let open = search.unbroken();
        search.script(&open, &["fail:handler@m1#*", "expire:retention@m1"], Tag::PoisonExpiry);
    }
    search.judgment
}

struct Search<'a> {
    config: &'a Configuration,
    properties: &'a [Property],
    /// As in [`Scripts::harmless_sender`].
    harmless_sender: bool,
    /// The number of messages under faults of an unusual kind.
    messages: u8,
    judgment: Judgment,
    stop: &'a mut dyn FnMut(&Judgment) -> bool,
}

impl Search<'_> {
    /// Returns the properties that nothing has violated so far.
    fn unbroken(&self) -> Vec<Property> {
        let open = |p: &&Property| self.judgment.of(**p).tags.is_empty();
        self.properties.iter().filter(open).copied().collect()
    }

    /// Explores within bounds what is still unbroken. Without a limit the search may stay
    /// incomplete.
    fn tries(&mut self, messages: u8, bounds: Bounds, tag: Tag, limit: Option<usize>) {
        let open = self.unbroken();
        self.explore(&open, messages, bounds, tag, limit);
    }

    fn of_kind(&mut self, open: &[Property], bounds: Bounds, tag: Tag) {
        self.explore(open, self.messages, bounds, tag, Some(LIMIT));
    }

    fn explore(
        &mut self,
        open: &[Property],
        messages: u8,
        bounds: Bounds,
        tag: Tag,
        limit: Option<usize>,
    ) {
        if open.is_empty() {
            return;
        }
        let cut_off = |search: &mut Self| {
            open.iter().for_each(|&p| search.judgment.outcomes[p as usize].cut_off = true);
        };
        let Ok(setup) = CompiledScenario::bare(&self.config.with_messages(messages)) else {
            return cut_off(self);
        };
        if (self.stop)(&self.judgment) {
            return cut_off(self);
        }
        let model = DeliveryModel { spares_senders: true, ..DeliveryModel::new(&setup, bounds) };
        // Of a sender that is not given only a false report says something, not a true one.
        let in_vain = self.harmless_sender && open == [Property::ReportTrue];
        let limit = limit.filter(|_| !in_vain);
        let verdict = judged(model.clone(), limit.unwrap_or(PERHAPS));
        self.judgment.states += verdict.states;
        let exhausted = verdict.progress == Progress::Exhausted;
        let broken = |p: &&Property| matches!(verdict.finding(**p), Finding::Violated(_));
        if open.iter().any(|p| broken(&p)) {
            let verdict = shortened(&model, verdict.clone(), SHORTER);
            for &property in open {
                let outcome = &mut self.judgment.outcomes[property as usize];
                if let Finding::Violated(schedule) = verdict.finding(property) {
                    outcome.tags.push(tag);
                    if outcome.run.is_none() {
                        let setup = model.setup.clone();
                        outcome.run = Some(explained(setup, schedule.clone(), property));
                    }
                }
            }
        }
        if !exhausted && limit.is_some() {
            cut_off(self);
        }
    }

    /// Explores the runs of one message under a script of faults.
    fn script(&mut self, open: &[Property], script: &[&str], tag: Tag) {
        let faults: Option<Vec<FaultSpec>> = script.iter().map(|spec| spec.parse().ok()).collect();
        let Some(faults) = faults.filter(|_| !open.is_empty()) else { return };
        let scenario = Scenario::from(self.config.with_messages(1)).with_faults(faults);
        // A fault that this product does not have.
        let Ok(setup) = CompiledScenario::new(&scenario) else { return };
        let report = explore(&setup, SCRIPT);
        self.judgment.states += report.states;
        let violated = report.endings.iter().fold(0, |all, end| all | end.violated_properties(1));
        for &property in open {
            let outcome = &mut self.judgment.outcomes[property as usize];
            if violated & 1 << property as u16 != 0 {
                outcome.tags.push(tag);
                outcome.run = scripted_run(&setup, property);
            }
            outcome.cut_off |= report.truncated;
        }
    }
}

/// Explains a counterexample in a sentence.
fn explained(setup: CompiledScenario, schedule: Vec<Choice>, property: Property) -> Run {
    let trace = Trace::fork(&setup, &schedule);
    let text = why(&setup, &trace, property).map(|why| why.text).unwrap_or_default();
    Run { setup, schedule, text }
}

/// Follows a script as it strikes by itself, if that violates the property.
fn scripted_run(setup: &CompiledScenario, property: Property) -> Option<Run> {
    let trace = Trace::run(setup);
    let schedule = trace.steps.iter().map(|step| step.choice).collect();
    let ended = DeliveryModel::new(setup, Bounds { faults: 0, classes: Classes::default() })
        .violated_properties(trace.last(), true);
    let breaks = property == Property::NeverStuck || ended & 1 << property as u16 != 0;
    breaks.then(|| {
        let text = why(setup, &trace, property).map(|why| once(&why.text)).unwrap_or_default();
        Run { setup: setup.clone(), schedule, text }
    })
}

/// Names a fault once that strikes every time.
fn once(text: &str) -> String {
    let (what, causes) = text.split_once(": ").unwrap_or((text, ""));
    let mut clauses: Vec<&str> = Vec::new();
    for clause in causes.trim_end_matches('.').split(", ") {
        let clause = clause.trim_start_matches("and ");
        if !clause.is_empty() && !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    match clauses.is_empty() {
        true => text.to_owned(),
        false => format!("{what}: {}, every time.", clauses.join(", ")),
    }
}
