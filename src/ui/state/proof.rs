//! The verdict on the configuration on screen: its bounds, and what is asked of the worker.

use super::answers::Entry;
use super::questions::stop_needless;
use super::{Effect, Model, Page, Run};
use crate::check::{usual, usual_beside};
use crate::protocol::{self, Answer, Question, Search};
use crate::sim::{Class, Classes};
use crate::ui::share::{Address, Compared, Config, Found, Shown};

/// Maximum number of messages or faults.
pub const MOST: u8 = 4;

/// The bounds of the search.
#[derive(Clone, Debug)]
pub struct Proof {
    pub messages: u8,
    pub faults: u8,
    /// The kinds of faults that are tried by default beside the run that was opened.
    usual: Classes,
    /// The kinds of faults that the user has chosen, if they have.
    chosen: Option<Classes>,
    /// The configuration that the number of messages was chosen for.
    config: Option<Config>,
    /// The user has stopped the search.
    pub stopped: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    Messages(u8),
    Faults(u8),
    Kind(Class, bool),
    /// Stop the search for a verdict or for fixes.
    Stop,
    /// Search for fixes.
    Fix,
}

impl Default for Proof {
    fn default() -> Proof {
        Proof { messages: 1, faults: 2, usual: usual(), chosen: None, config: None, stopped: false }
    }
}

impl Proof {
    /// Returns the kinds of faults that the search tries.
    pub fn classes(&self) -> Classes {
        self.chosen.unwrap_or(self.usual)
    }

    /// Returns the runs that the verdict is about.
    pub fn search(&self, run: &Run) -> Search {
        // Texts and the script make no difference.
        let scenario = run.scenario().without_faults();
        Search {
            scenario: Box::new(scenario),
            messages: self.messages,
            faults: self.faults,
            kinds: self.classes().iter().collect(),
        }
    }
}

/// What is known of a verdict.
pub struct Known<'a> {
    pub entry: &'a Entry,
    pub verdict: Option<&'a protocol::Verdict>,
    pub fixes: Option<&'a Entry>,
}

/// Returns what is known of the verdict on this run's configuration.
pub fn known<'a>(model: &'a Model, run: &Run) -> Option<Known<'a>> {
    let search = model.proof.search(run);
    let entry = model.answers.get(&Question::Verdict(search.clone()))?;
    let verdict = match entry.answer.as_deref() {
        Some(Answer::Verdict(verdict)) => Some(verdict),
        _ => None,
    };
    Some(Known { entry, verdict, fixes: model.answers.get(&Question::Fixes(search)) })
}

/// Asks for the verdict on the run that was opened.
pub(super) fn arrived(model: &mut Model) -> Option<Effect> {
    let (Page::Run(run), None) = (&model.page, &model.embed) else { return None };
    if model.proof.config.as_ref() != Some(&run.config) {
        model.proof.messages = run.scenario().configuration.messages;
        model.proof.usual = usual_beside(&run.scenario().faults);
        model.proof.config = Some(run.config.clone());
        model.proof.stopped = false;
    }
    if model.proof.stopped {
        return None;
    }
    model.answers.ask(Question::Verdict(model.proof.search(run)))
}

/// Returns true if the question is about the configuration on screen.
pub(super) fn needs(model: &Model, question: &Question) -> bool {
    let Page::Run(run) = &model.page else { return false };
    match question {
        Question::Verdict(search) | Question::Fixes(search) => *search == model.proof.search(run),
        _ => false,
    }
}

pub(super) fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Messages(messages) => model.proof.messages = messages.clamp(1, MOST),
        Msg::Faults(faults) => model.proof.faults = faults.min(MOST),
        Msg::Kind(class, on) => {
            let classes = model.proof.classes();
            let kept = |&c: &Class| if c == class { on } else { classes.has(c) };
            model.proof.chosen = Some(Class::ALL.into_iter().filter(kept).collect());
        }
        Msg::Stop => {
            model.proof.stopped = true;
            return model.answers.stop(|q| matches!(q, Question::Verdict(_) | Question::Fixes(_)));
        }
        Msg::Fix => {
            let Page::Run(run) = &model.page else { return Vec::new() };
            let question = Question::Fixes(model.proof.search(run));
            return model.answers.ask(question).into_iter().collect();
        }
    }
    model.proof.stopped = false;
    let asked = arrived(model);
    let stopped = stop_needless(model);
    stopped.into_iter().chain(asked).collect()
}

impl Run {
    /// Returns the configuration with this many messages.
    fn with_messages(&self, messages: u8) -> Config {
        match self.scenario().configuration.messages == messages {
            true => self.config.clone(),
            false => self.config.with("messages", &messages.to_string()),
        }
    }

    /// Returns the address of a counterexample to this configuration.
    pub fn counterexample(
        &self,
        messages: u8,
        property: crate::check::Property,
        path: &str,
    ) -> Option<Address> {
        let found = Some(Found { property: Some(property), path: path.parse().ok()? });
        let config = self.with_messages(messages);
        Some(Address::Run(Shown { found, ..Shown::new(config, self.lab) }))
    }

    /// Returns the configuration with the changes of a fix.
    pub fn fixed(&self, fix: &protocol::Fix) -> Config {
        fix.settings
            .iter()
            .fold(self.config.clone(), |config, (key, value)| config.with(key, value))
    }

    /// Returns the address of the comparison of the configuration with and without a fix, under the
    /// faults of a counterexample.
    pub fn beside_fix(&self, messages: u8, fix: &protocol::Fix, faults: Vec<String>) -> Address {
        let own = Config { faults: None, ..self.config.clone() };
        let fixed = Config { faults: None, ..self.fixed(fix) };
        let compared = Compared::new(vec![own, fixed], faults);
        Address::Compare(Compared { messages: Some(messages), ..compared })
    }
}
