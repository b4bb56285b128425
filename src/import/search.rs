//! The search: which of the eight properties a configuration has within the bounds, and the faults
//! that break the others.
//!
//! The bounds are those of [`crate::choose`]'s proofs: two messages with one of the usual faults,
//! one message with two; then one message with one fault of each other kind; then a message whose
//! handler fails every time (a poison message). As far as that is not too much, more is tried in the
//! end: two messages with two of the usual faults, and with one fault of each other kind.
//!
//! A search is made in [`Stage`]s, so that the first results of all configurations are there before
//! the last of any.

mod outcome;
mod runs;

pub use outcome::{Judgment, LeftOut, Outcome, Tag};
pub use runs::{Run, replace_by_shorter};

use crate::check::{Bounds, DeliveryModel, Finding, Progress, Property, explore, judged, usual};
use crate::sim::{Class, Classes, CompiledScenario, Configuration, FaultSpec, Scenario};
use runs::{explained, scripted_run};
use std::rc::Rc;

/// Maximum numbers of states: for the searches that must be exhaustive; for an optional one; expected
/// of one with two faults, and with one of an unusual kind; for all of these together; for a script, and
/// for finding a shorter counterexample.
const LIMIT: usize = 2_000_000;
const PERHAPS: usize = 150_000;
const TWO_FAULTS: usize = 60_000;
const OF_A_KIND: usize = 40_000;
const ALL_PERHAPS: usize = 150_000;
/// The same where only a false report would say something.
const IN_VAIN: usize = 30_000;
const SCRIPT: usize = 300_000;
const SHORTER: usize = 60_000;

/// Asked between searches whether to stop; it gets what was found so far.
pub type Stop<'a> = &'a mut dyn FnMut(&Judgment) -> bool;

/// The kinds of faults, besides the usual ones, of which one is tried. Left out are an application
/// that sends twice by itself, windows that expire, which are decisions on how long is enough, and
/// what operators do.
fn other_kinds() -> impl Iterator<Item = Class> {
    let left_out = |class: &Class| matches!(class, Class::Twice | Class::Expiry);
    Class::FAILURES.iter().copied().filter(move |class| !usual().has(*class) && !left_out(class))
}

fn no_faults() -> Bounds {
    Bounds { faults: 0, classes: Classes::default() }
}

fn one_of(class: Class) -> Bounds {
    Bounds { faults: 1, classes: Classes::default().with(class) }
}

fn usual_faults(faults: u8) -> Bounds {
    Bounds { faults, classes: usual() }
}

/// Returns all kinds of faults that are tried.
pub fn kinds() -> Classes {
    usual().iter().chain(other_kinds()).collect()
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

/// A part of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Faults of the usual kinds.
    Usual,
    /// One message with faults of other kinds, and scripts.
    Others,
    /// Two messages with more faults, as far as they have not too many runs.
    More,
}

impl Effort {
    pub fn stages(self) -> &'static [Stage] {
        match self {
            Effort::Full => &[Stage::Usual, Stage::Others, Stage::More],
            Effort::Quick => &[Stage::Usual, Stage::Others],
        }
    }
}

/// A check of these properties of a configuration.
pub struct Search<'a> {
    config: &'a Configuration,
    properties: &'a [Property],
    scripts: Scripts,
    effort: Effort,
    /// The properties that the usual faults do not violate.
    open: Vec<Property>,
    /// The numbers of states of the searches by [`Size`].
    sizes: Vec<(Size, usize)>,
    pub judgment: Judgment,
}

/// How many states a search may have.
#[derive(Clone, Copy, Debug)]
enum Room {
    /// It must be exhaustive.
    Must,
    /// It may stay incomplete, after so many.
    May(usize),
}

/// A number of messages and of faults, and their kind if it is an unusual one.
type Size = (u8, u8, Option<Class>);

fn size(messages: u8, faults: u8, tag: Tag) -> Size {
    let class = if let Tag::Kind(class) = tag { Some(class) } else { None };
    (messages, faults, class)
}

impl<'a> Search<'a> {
    pub fn new(
        config: &'a Configuration,
        properties: &'a [Property],
        scripts: Scripts,
        effort: Effort,
    ) -> Search<'a> {
        let outcomes = std::array::from_fn(|_| Outcome::default());
        let judgment = Judgment { outcomes, states: 0, left_out: LeftOut::default() };
        let (open, sizes) = (Vec::new(), Vec::new());
        Search { config, properties, scripts, effort, open, sizes, judgment }
    }

    /// Makes a part of the search. `stop` is asked between its searches, and gets what was found so far.
    pub fn advance(&mut self, stage: Stage, stop: Stop) {
        match stage {
            Stage::Usual => self.usual(stop),
            Stage::Others => self.others(stop),
            Stage::More => self.more(stop),
        }
    }

    fn usual(&mut self, stop: Stop) {
        self.tries(2, no_faults(), Room::Must, stop);
        for outcome in &mut self.judgment.outcomes {
            outcome.faultless = !outcome.tags.is_empty();
        }
        match self.effort {
            Effort::Full => {
                self.tries(2, usual_faults(1), Room::Must, stop);
                self.tries(1, usual_faults(2), Room::Must, stop);
            }
            Effort::Quick => {
                self.tries(1, usual_faults(1), Room::May(PERHAPS), stop);
                self.tries(2, usual_faults(1), Room::May(PERHAPS), stop);
            }
        }
    }

    fn others(&mut self, stop: Stop) {
        self.open = self.unbroken();
        for class in other_kinds() {
            let open = self.open_to(class);
            self.explore(&open, (1, one_of(class)), Tag::Kind(class), Room::Must, stop);
        }
        if self.scripts.poison {
            let open = self.unbroken();
            self.script(&open, &["fail:handler@m1#*"], Tag::Poison);
        }
        if self.scripts.expiry {
            let open = self.unbroken();
            self.script(&open, &["fail:handler@m1#*", "expire:retention@m1"], Tag::PoisonExpiry);
        }
    }

    fn more(&mut self, stop: Stop) {
        if self.open.is_empty() {
            return;
        }
        let open = self.open.clone();
        self.explore(&open, (1, no_faults()), Tag::Usual, Room::Must, stop);
        let before = self.judgment.states;
        // Each fault multiplies the states by about as much, in whichever order two of them strike; and so
        // does each message.
        let (none, one) = (size(2, 0, Tag::Usual), size(2, 1, Tag::Usual));
        match self.expected(one, (one, none)) {
            Some(states) if states / 2 <= TWO_FAULTS => {
                let (bounds, room) = (usual_faults(2), Room::May(PERHAPS));
                self.explore(&open, (2, bounds), Tag::Usual, room, stop);
            }
            // The order takes two messages, and often two faults. What breaks it is found early, if at all.
            _ => {
                self.judgment.left_out.two_faults = true;
                let order: Vec<Property> =
                    open.iter().copied().filter(|p| *p == Property::InOrder).collect();
                let (bounds, room) = (usual_faults(2), Room::May(PERHAPS));
                self.explore(&order, (2, bounds), Tag::Usual, room, stop);
            }
        }
        for class in other_kinds() {
            let tag = Tag::Kind(class);
            let mut open = self.open_to(class);
            open.retain(|p| !self.judgment.of(*p).tags.contains(&tag));
            if open.is_empty() {
                continue;
            }
            let spent = self.judgment.states - before;
            match self.expected(size(1, 1, tag), (none, size(1, 0, Tag::Usual))) {
                Some(states) if states <= OF_A_KIND && spent < ALL_PERHAPS => {
                    let (bounds, room) = (one_of(class), Room::May(OF_A_KIND));
                    self.explore(&open, (2, bounds), tag, room, stop);
                }
                _ => self.judgment.left_out.other_kinds = true,
            }
        }
    }

    /// Returns how many states a search may have: those of this one, and so many times more as the one of
    /// these two has more than the other.
    fn expected(&self, of: Size, (more, less): (Size, Size)) -> Option<usize> {
        let states = |size: Size| self.sizes.iter().find(|(own, _)| *own == size).map(|(_, n)| *n);
        Some(states(of)?.saturating_mul(states(more)?) / states(less)?.max(1))
    }

    /// Returns the properties of which a fault of this kind says something.
    fn open_to(&self, class: Class) -> Vec<Property> {
        let late = self.scripts.harmless_sender && class == Class::Late;
        let all = self.open.iter().copied();
        all.filter(|p| !(late && *p == Property::InOrder)).collect()
    }

    /// Returns the properties that nothing has violated so far.
    fn unbroken(&self) -> Vec<Property> {
        let open = |p: &&Property| self.judgment.of(**p).tags.is_empty();
        self.properties.iter().filter(open).copied().collect()
    }

    /// Explores within bounds what is still unbroken.
    fn tries(&mut self, messages: u8, bounds: Bounds, room: Room, stop: Stop) {
        let open = self.unbroken();
        self.explore(&open, (messages, bounds), Tag::Usual, room, stop);
    }

    fn explore(
        &mut self,
        open: &[Property],
        (messages, bounds): (u8, Bounds),
        tag: Tag,
        room: Room,
        stop: Stop,
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
        if stop(&self.judgment) {
            return cut_off(self);
        }
        let model = DeliveryModel { spares_senders: true, ..DeliveryModel::new(&setup, bounds) };
        // Of a sender that is not given only a false report says something, not a true one.
        let in_vain = self.scripts.harmless_sender && open == [Property::ReportTrue];
        let most = match room {
            _ if in_vain => IN_VAIN,
            Room::Must => LIMIT,
            Room::May(most) => most,
        };
        let verdict = judged(model.clone(), most);
        self.judgment.states += verdict.states;
        self.sizes.push((size(messages, bounds.faults, tag), verdict.states));
        let exhausted = verdict.progress == Progress::Exhausted;
        let broken = |p: &&Property| matches!(verdict.finding(**p), Finding::Violated(_));
        if open.iter().any(|p| broken(&p)) {
            let source = Rc::new((model, verdict));
            let (model, verdict) = &*source;
            for &property in open {
                let outcome = &mut self.judgment.outcomes[property as usize];
                if let Finding::Violated(schedule) = verdict.finding(property) {
                    // The usual faults say more than a rare one that was found before them.
                    if outcome.run.is_none() || tag == Tag::Usual {
                        let setup = model.setup.clone();
                        outcome.run = Some(explained(setup, schedule.clone(), property));
                        outcome.source = Some(source.clone());
                    }
                    outcome.tags.push(tag);
                }
            }
        }
        match (room, tag) {
            _ if exhausted || in_vain => {}
            (Room::Must, _) => cut_off(self),
            (Room::May(_), Tag::Usual) => self.judgment.left_out.two_faults = true,
            (Room::May(_), _) => self.judgment.left_out.other_kinds = true,
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
                outcome.source = None;
            }
            outcome.cut_off |= report.truncated;
        }
    }
}
