//! Two or three configurations under the same faults, stepped through together.
//!
//! The address determines everything: each change navigates to another address, so that undo and
//! links cover whatever is on screen.

pub(super) mod align;
mod change;
mod differences;
mod open;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use super::notice::{asked_step, notice};
use super::playback::pause;
use super::{Effect, Model, Msg, Page, Run};
use crate::catalogue;
use crate::present::{RunView, StepView};
use crate::sim::Scenario;
use crate::ui::share::{Address, AskedStep, Compared, Config, Shown};
pub use align::Beat;
pub use differences::Row;

/// The comparison on screen.
#[derive(Clone, Debug)]
pub struct Compare {
    pub sides: Vec<Side>,
    /// The faults that strike in all of them.
    pub faults: Vec<Fault>,
    pub messages: u8,
    /// The step of each run at each beat, from before the first event to the end of the longest
    /// run.
    pub beats: Vec<Beat>,
    /// The current beat.
    pub at: usize,
    /// The side to show if there is room for only one.
    pub shown: usize,
    /// The number of messages in the address.
    asked_messages: Option<u8>,
}

/// A configuration, and its run.
#[derive(Clone, Debug)]
pub struct Side {
    /// Without faults: those are common to all sides.
    pub config: Config,
    pub scenario: Rc<Scenario>,
    pub view: Rc<RunView>,
    /// The scenario or preset is unchanged, with its own faults.
    pub original: bool,
    /// The faults that cannot strike here, and why.
    pub cannot: Vec<(String, String)>,
}

/// A fault that strikes on all sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// As in a script: `lose:ack@m1`.
    pub text: String,
    /// A description in words.
    pub label: String,
}

/// The effect of a fault on a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Strikes,
    /// The run never reaches the point.
    Never,
    /// The fault does not exist here, with the reason.
    Impossible(String),
}

/// A change to the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Show this side, if there is room for only one.
    Show(usize),
    /// Go to the beat at which this side is at this step.
    Reach(usize, usize),
    /// Choose another preset or scenario.
    Base(usize, Config),
    /// Change a setting, written as `acks=1`.
    Set(usize, String),
    /// Reset the setting with this name.
    TakeBack(usize, String),
    /// Add a side.
    Add,
    Remove(usize),
    AddFault(String),
    /// By its index.
    DropFault(usize),
    Messages(u8),
}

/// Returns the name of a side: "A".
pub fn letter(at: usize) -> &'static str {
    ["A", "B", "C"].get(at).copied().unwrap_or("?")
}

/// Returns the key of a rejected change to a side; see `Refused::what`.
pub fn refused_at(at: usize) -> String {
    format!("side {}", letter(at))
}

impl Compare {
    /// Returns the last beat.
    pub fn last(&self) -> usize {
        self.beats.len().saturating_sub(1)
    }

    /// Returns the step of a side.
    pub fn step(&self, side: usize) -> usize {
        self.beats.get(self.at).and_then(|beat| beat.steps.get(side)).copied().unwrap_or(0)
    }

    /// Returns the view of the current step of a side.
    pub fn moment(&self, side: usize) -> Option<&StepView> {
        self.sides.get(side)?.view.moments.get(self.step(side))
    }

    /// Returns true if something happens on this side in the current beat; always true at the
    /// start.
    pub fn moves(&self, side: usize) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.beats.get(at));
        before.is_none_or(|before| before.steps.get(side) != Some(&self.step(side)))
    }

    /// Returns true if the run of this side has ended.
    pub fn ended(&self, side: usize) -> bool {
        self.beats.last().and_then(|beat| beat.steps.get(side)) == Some(&self.step(side))
    }

    /// Returns the first beat that is not the same on all sides.
    pub fn parts(&self) -> Option<usize> {
        self.beats.iter().position(|beat| !beat.same)
    }

    /// Returns the beats in which a fault strikes.
    pub fn marks(&self) -> Vec<usize> {
        let strikes = |at: &usize| {
            let (before, beat) = (&self.beats[at - 1], &self.beats[*at]);
            self.sides.iter().enumerate().any(|(side, run)| {
                let step = beat.steps[side];
                before.steps[side] != step && run.view.moments.get(step).is_some_and(|m| m.fault)
            })
        };
        (1..self.beats.len()).filter(strikes).collect()
    }

    /// Returns the effect of a fault on a side.
    pub fn fate(&self, side: usize, fault: &Fault) -> Fate {
        let side = &self.sides[side];
        if let Some((_, why)) = side.cannot.iter().find(|(text, _)| *text == fault.text) {
            return Fate::Impossible(why.clone());
        }
        match side.view.moments.iter().any(|moment| moment.key == fault.text) {
            true => Fate::Strikes,
            false => Fate::Never,
        }
    }

    /// Returns the comparison at this beat, as in the address.
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

    /// Returns the address of one side alone, at its step.
    pub fn alone(&self, side: usize) -> Address {
        let Side { config, scenario, original, .. } = &self.sides[side];
        let mut config = config.clone();
        let lab = !original || config.preset;
        if !original {
            config.faults = Some(scenario.faults.iter().map(ToString::to_string).collect());
            let own = catalogue::preset(&config.base).or(catalogue::scenario(&config.base));
            if own.is_some_and(|own| own.configuration.messages != scenario.configuration.messages)
            {
                config = config.with("messages", &scenario.configuration.messages.to_string());
            }
            if own.is_some_and(|own| own.faults == scenario.faults) {
                config.faults = None;
            }
        }
        let step = match self.step(side) {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        Address::Run(Shown { step, ..Shown::new(config, lab) })
    }
}

impl Run {
    /// Compares this run's configuration with its closest counterpart: its fix, or the
    /// configuration that it was derived from.
    pub fn compared(&self) -> Compared {
        let own = Config { faults: None, ..self.config.clone() };
        // A run that was found by a search has no text of its own.
        let beside = match &self.scenario().narrative.fix {
            Some(cure) => Config::scenario(&cure.to),
            None => Config { settings: Vec::new(), ..own.clone() },
        };
        Compared::new(vec![own, beside], self.view.faults.clone())
    }

    /// Like [`Run::compared`], but against the configuration `beside`.
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
    let (at, other_step) = asked_step(asked.step, compare.last());
    compare.at = at;
    if let Page::Compare(old) = &model.page {
        compare.shown = old.shown.min(compare.sides.len().saturating_sub(1));
    }
    let mut effects = pause(model);
    effects.push(Effect::Title("Compare side by side · Ackward".to_owned()));
    if other_step.is_some() || !problems.is_empty() {
        effects.push(Effect::Replace(Address::Compare(compare.compared())));
    }
    model.notice = notice(problems.into_iter().chain(other_step).collect());
    (model.overlay, model.refused) = (None, None);
    model.page = Page::Compare(compare);
    effects
}

/// Returns true if the address means what is on screen already, apart from the step.
fn is_same(old: &Compare, asked: &Compared) -> bool {
    let start = |compared: &Compared| Compared { step: AskedStep::Start, ..compared.clone() };
    start(&old.compared()) == start(asked)
}

/// Handles a message; `None` if it does not concern the comparison.
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
        // Playing at the end starts over. Elsewhere the immediate first step shows that playback
        // has started.
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

/// Goes to a beat, and stops playback.
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

/// Schedules the next beat if there is one: after the time that it takes to read the sentences.
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
