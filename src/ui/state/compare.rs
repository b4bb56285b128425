//! Two or three configurations under the same faults, stepped together.
//!
//! All of it follows from the address: a change goes to another address, so that undo and links
//! hold whatever is on screen.

mod align;
mod change;
mod open;
#[cfg(test)]
mod tests;
mod words;

use std::rc::Rc;

use super::update::{asked_step, pause, shorten};
use super::{Effect, Model, Msg, Page, Run};
use crate::catalogue;
use crate::present::{RunView, StepView};
use crate::sim::Scenario;
use crate::ui::share::{Address, AskedStep, Compared, Config, Shown};
pub use align::Beat;
pub use words::Row;

/// Letters of what is wrong with a part of an address.
const LONGEST_PROBLEM: usize = 240;

/// The comparison on screen.
#[derive(Clone, Debug)]
pub struct Compare {
    pub sides: Vec<Side>,
    /// What strikes in all of them.
    pub faults: Vec<Fault>,
    pub messages: u8,
    /// Where each run stands, from before anything happened to the end of the longest.
    pub beats: Vec<Beat>,
    /// The beat that is shown.
    pub at: usize,
    /// The side that is shown where there is room for one only.
    pub shown: usize,
    /// The number of messages as the address has it.
    asked_messages: Option<u8>,
}

/// One configuration, and its run.
#[derive(Clone, Debug)]
pub struct Side {
    /// Without faults: those are for all.
    pub config: Config,
    pub scenario: Rc<Scenario>,
    pub story: Rc<RunView>,
    /// It is the scenario or preset as it is, with the faults that it has there.
    pub original: bool,
    /// The faults that cannot be here, and why.
    pub cannot: Vec<(String, String)>,
}

/// A fault that strikes in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `lose:ack@m1`.
    pub text: String,
    /// In words.
    pub label: String,
}

/// What a fault does on a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Strikes,
    /// The run never comes to the point.
    Never,
    /// There is no such thing, and why.
    Impossible(String),
}

/// A change of what is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Show this side, where there is room for one only.
    Show(usize),
    /// Go to the beat at which this side is at this step.
    Reach(usize, usize),
    /// Another preset or scenario.
    Base(usize, Config),
    /// A setting, as it is written: `acks=1`.
    Set(usize, String),
    /// The setting of this name as it was.
    TakeBack(usize, String),
    /// One more.
    Add,
    Remove(usize),
    AddFault(String),
    /// By its place.
    DropFault(usize),
    Messages(u8),
}

/// What a side is called: "A".
pub fn letter(at: usize) -> &'static str {
    ["A", "B", "C"].get(at).copied().unwrap_or("?")
}

/// What a refused change of a side is about; see [`Refused::what`].
pub fn refused_at(at: usize) -> String {
    format!("side {}", letter(at))
}

impl Compare {
    /// The last beat.
    pub fn last(&self) -> usize {
        self.beats.len().saturating_sub(1)
    }

    /// The step of a side.
    pub fn step(&self, side: usize) -> usize {
        self.beats.get(self.at).and_then(|beat| beat.steps.get(side)).copied().unwrap_or(0)
    }

    /// What a side shows.
    pub fn moment(&self, side: usize) -> Option<&StepView> {
        self.sides.get(side)?.story.moments.get(self.step(side))
    }

    /// Something happens there in this beat; at the start it does everywhere.
    pub fn moves(&self, side: usize) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.beats.get(at));
        before.is_none_or(|before| before.steps.get(side) != Some(&self.step(side)))
    }

    /// A side has come to its end.
    pub fn ended(&self, side: usize) -> bool {
        self.beats.last().and_then(|beat| beat.steps.get(side)) == Some(&self.step(side))
    }

    /// The first beat that is not the same for all.
    pub fn parts(&self) -> Option<usize> {
        self.beats.iter().position(|beat| !beat.same)
    }

    /// The beats in which a fault strikes.
    pub fn marks(&self) -> Vec<usize> {
        let strikes = |at: &usize| {
            let (before, beat) = (&self.beats[at - 1], &self.beats[*at]);
            self.sides.iter().enumerate().any(|(side, run)| {
                let step = beat.steps[side];
                before.steps[side] != step && run.story.moments.get(step).is_some_and(|m| m.fault)
            })
        };
        (1..self.beats.len()).filter(strikes).collect()
    }

    /// What becomes of a fault on a side.
    pub fn fate(&self, side: usize, fault: &Fault) -> Fate {
        let side = &self.sides[side];
        if let Some((_, why)) = side.cannot.iter().find(|(text, _)| *text == fault.text) {
            return Fate::Impossible(why.clone());
        }
        match side.story.moments.iter().any(|moment| moment.key == fault.text) {
            true => Fate::Strikes,
            false => Fate::Never,
        }
    }

    /// What the address names, at this beat.
    pub fn compared(&self) -> Compared {
        Compared {
            sides: self.sides.iter().map(|side| side.config.clone()).collect(),
            faults: Some(self.faults.iter().map(|fault| fault.text.clone()).collect()),
            messages: self.asked_messages,
            step: match self.at {
                0 => AskedStep::Start,
                at => AskedStep::At(at),
            },
        }
    }

    /// The address of one side alone, at its step.
    pub fn alone(&self, side: usize) -> Address {
        let Side { config, scenario, original, .. } = &self.sides[side];
        let mut config = config.clone();
        let lab = !original || config.preset;
        if !original {
            config.faults = Some(scenario.faults.iter().map(ToString::to_string).collect());
            let own = catalogue::preset(&config.base).or(catalogue::scenario(&config.base));
            if own.is_some_and(|own| own.messages != scenario.messages) {
                config = config.with("messages", &scenario.messages.to_string());
            }
            if own.is_some_and(|own| own.faults == scenario.faults) {
                config.faults = None;
            }
        }
        let step = match self.step(side) {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        Address::Run(Shown { config, lab, found: None, step })
    }
}

impl Run {
    /// The comparison of this run's configuration with what stands nearest: its cure, or what it
    /// was made of.
    pub fn compared(&self) -> Compared {
        let own = Config { faults: None, ..self.config.clone() };
        // A run that was found has no words of its own.
        let cure = self.scenario().map_or(&self.story.cure, |scenario| &scenario.cure);
        let beside = match cure {
            Some(cure) => Config::scenario(&cure.to),
            None => Config { settings: Vec::new(), ..own.clone() },
        };
        Compared::new(vec![own, beside], self.story.faults.clone())
    }

    /// The same with this other configuration beside it.
    pub fn compared_with(&self, beside: Config) -> Compared {
        let mut compared = self.compared();
        compared.sides[1] = Config { faults: None, ..beside };
        compared
    }
}

/// Shows the comparison at an address.
pub fn went(model: &mut Model, asked: Compared) -> Vec<Effect> {
    let (mut compare, problems) = match &model.page {
        Page::Compare(old) if is_same(old, &asked) => (old.clone(), Vec::new()),
        _ => open::open(&asked),
    };
    let (at, notice) = asked_step(asked.step, compare.last());
    compare.at = at;
    if let Page::Compare(old) = &model.page {
        compare.shown = old.shown.min(compare.sides.len().saturating_sub(1));
    }
    let mut effects = pause(model);
    effects.push(Effect::Title("Compare side by side · Ackward".to_owned()));
    if notice.is_some() || !problems.is_empty() {
        effects.push(Effect::Replace(Address::Compare(compare.compared())));
    }
    let problems = problems.iter().map(|problem| shorten(problem, LONGEST_PROBLEM));
    let notices: Vec<String> = problems.chain(notice).collect();
    model.notice = (!notices.is_empty()).then(|| notices.join(" "));
    (model.overlay, model.refused, model.welcome) = (None, None, false);
    model.page = Page::Compare(compare);
    effects
}

/// The address means what is on screen already, but for the step.
fn is_same(old: &Compare, asked: &Compared) -> bool {
    let start = |compared: &Compared| Compared { step: AskedStep::Start, ..compared.clone() };
    start(&old.compared()) == start(asked)
}

/// What a message does to the comparison; `None` where it is not about it.
pub fn update(model: &mut Model, msg: &Msg) -> Option<Vec<Effect>> {
    let Page::Compare(compare) = &model.page else { return None };
    let (at, last) = (compare.at, compare.last());
    Some(match msg {
        Msg::First => step_to(model, 0),
        Msg::Back => step_to(model, at.saturating_sub(1)),
        Msg::Forward => step_to(model, at + 1),
        Msg::Last => step_to(model, last),
        Msg::To(beat) => step_to(model, *beat),
        Msg::PlayPause if model.playing => pause(model),
        Msg::Play if model.playing => Vec::new(),
        // Playing at the end plays again. Elsewhere a first step at once shows that it plays.
        Msg::PlayPause | Msg::Play => play(model, if at == last { 0 } else { at + 1 }),
        Msg::Tick if model.playing => play(model, at + 1),
        Msg::LatencyModel(speed) => {
            model.speed = *speed;
            if model.playing { wait(model).into_iter().collect() } else { Vec::new() }
        }
        Msg::Compare(change) => change_to(model, change),
        _ => return None,
    })
}

/// Goes to a beat by hand, which ends playing.
fn step_to(model: &mut Model, to: usize) -> Vec<Effect> {
    let mut effects = pause(model);
    effects.extend(show(model, to));
    effects
}

fn show(model: &mut Model, to: usize) -> Option<Effect> {
    let Page::Compare(compare) = &mut model.page else { return None };
    let to = to.min(compare.last());
    if to == compare.at {
        return None;
    }
    compare.at = to;
    model.notice = None;
    Some(Effect::Replace(Address::Compare(compare.compared())))
}

fn play(model: &mut Model, to: usize) -> Vec<Effect> {
    let mut effects: Vec<Effect> = show(model, to).into_iter().collect();
    effects.extend(wait(model));
    effects
}

/// Waits for the next beat while there is one: as long as it takes to read what happens in all.
fn wait(model: &mut Model) -> Option<Effect> {
    let Page::Compare(compare) = &model.page else { return None };
    let letters = compare.announced().chars().count();
    let more = compare.at < compare.last();
    model.playing = more;
    more.then(|| Effect::Wait(model.speed.millis(letters)))
}

fn change_to(model: &mut Model, change: &Change) -> Vec<Effect> {
    let Page::Compare(compare) = &mut model.page else { return Vec::new() };
    match change {
        Change::Show(side) => {
            compare.shown = (*side).min(compare.sides.len().saturating_sub(1));
            return Vec::new();
        }
        Change::Reach(side, step) => {
            let reached = |beat: &Beat| beat.steps.get(*side).is_some_and(|at| at >= step);
            let beat = compare.beats.iter().position(reached).unwrap_or(compare.at);
            return step_to(model, beat);
        }
        _ => {}
    }
    match change::changed(compare, change) {
        Ok(compared) => {
            model.refused = None;
            vec![Effect::Go(Address::Compare(compared))]
        }
        Err(refused) => {
            model.refused = Some(refused);
            Vec::new()
        }
    }
}
