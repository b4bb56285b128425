//! The state of the page: a model, messages and effects as plain values (the Elm architecture).
//!
//! [`update()`] never touches a browser; it returns the effects that the browser shell runs.

use std::rc::Rc;

use crate::catalogue::glossary::Term;
use crate::choose::{Answers, Rank};
use crate::present::{Branches, Ran, Remark, RunView, StepView};
use crate::protocol::Question;
use crate::sim::{Choice, MessageId, Participant, Scenario};
use crate::simulate::Load;
use crate::ui::share::{Address, AskedStep, Config, Embed, Found, Guided, Random, Shown};

pub mod answers;
pub mod chaos;
pub mod check_files;
pub mod choose;
mod compare;
pub mod cost;
pub mod export;
pub mod fault_picker;
pub mod forks;
pub mod hints;
pub mod lessons;
pub mod matrix;
mod notice;
mod open;
pub mod overview;
pub mod palette;
pub mod places;
mod playback;
pub mod predict;
pub mod proof;
mod questions;
pub mod recorded;
pub mod saved;
#[cfg(test)]
mod tests;
mod update;

pub use compare::{Change, Compare, Fate, Row, Side, letter, refused_at};
pub use export::{HOME, Take, permalink};
pub use update::{FAULTS, outcomes, update};

/// The model: the complete state of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub page: Page,
    pub playing: bool,
    pub speed: Speed,
    /// The text in the search field.
    pub query: String,
    pub theme: Theme,
    pub overlay: Option<Overlay>,
    pub palette: palette::Palette,
    /// The step after which the break menu breaks the run; the run itself stays where it is.
    pub break_step: usize,
    /// The subject of the break menu: the part of the diagram that the user pointed at.
    pub about: Option<About>,
    /// The point of the window that the break menu opens at.
    pub break_at: Option<(i32, i32)>,
    /// The run that the choice would lead to that the user points at in the break menu.
    pub preview: Option<forks::Preview>,
    /// A notice about problems with the address.
    pub notice: Option<String>,
    /// The runs of this configuration that were visited, its own run first.
    pub forks: Vec<Fork>,
    /// The result of the last export, as a sentence.
    pub took: Option<String>,
    /// Set if the page is embedded: the options that the parent page chose.
    pub embed: Option<Embed>,
    /// A change that was rejected: what it concerns, and the product's rule.
    pub refused: Option<Refused>,
    /// The page's position in the browser history.
    pub past: Past,
    /// Saved configurations.
    pub own: saved::SavedConfigs,
    /// Hints that have not been dismissed yet.
    pub hints: hints::Hints,
    /// The prediction about the run on screen.
    pub predict: predict::Predict,
    /// The progress in the course.
    pub lessons: lessons::Lessons,
    /// Random runs; they are kept while another page is shown.
    pub trial: Option<Box<chaos::Trial>>,
    /// The configuration files to check; they are kept while another page is shown.
    pub files: Box<check_files::CheckFiles>,
    /// What the page has asked its worker.
    pub answers: answers::Answers,
    /// The bounds of the verdict on the configuration on screen.
    pub proof: proof::Proof,
    /// The number of jobs given to the runner.
    jobs: u32,
}

/// A run that was visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The difference from the configuration's own run; empty for that run itself.
    pub label: String,
    pub found: Option<Found>,
    /// What it comes to; `None` until it was opened.
    pub ending: Option<Remark>,
}

/// A part of the diagram that the user points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Participant(Participant),
    /// A message in flight.
    Way {
        from: Participant,
        to: Participant,
        msg: Option<MessageId>,
    },
}

/// The position of this entry among the page's entries in the browser history, and that of the last
/// one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    pub here: u32,
    pub last: u32,
}

impl Past {
    /// Returns true if there is something to undo: the previous page belongs to this app too.
    pub fn back(self) -> bool {
        self.here > 0
    }

    pub fn forward(self) -> bool {
        self.here < self.last
    }
}

/// A change that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The setting, or what else was to be changed.
    pub what: String,
    /// Why it was rejected, and what to do instead.
    pub problem: String,
}

/// The main content of the page.
#[derive(Clone, Debug)]
pub enum Page {
    Run(Run),
    /// Every preset against every kind of fault: what is shown of it, with the problems in the
    /// address.
    Matrix(matrix::Filter, Vec<String>),
    /// Configurations side by side.
    Compare(Compare),
    /// Random runs: [`Model::trial`].
    Chaos,
    /// The check of configuration files: [`Model::files`].
    CheckFiles,
    /// All scenarios: what is shown of them, with the problems in the address.
    Overview(overview::Filter, Vec<String>),
    /// The course: [`Model::lessons`].
    Course,
    /// The costs of every preset in an order, with the problems in the address.
    Cost(Load, cost::By, Vec<String>),
    /// The configurations that meet the requirements, best first, with the problems in the address.
    Choose(Answers, Rank, Vec<String>),
    /// The glossary: the term to show, and the problem with the address.
    Glossary(Option<&'static Term>, Option<String>),
    Missing(Missing),
}

/// A run of a configuration, stopped at a step.
#[derive(Clone, Debug)]
pub struct Run {
    pub view: Rc<RunView>,
    /// The source of the run.
    pub made: Made,
    /// The configuration, as in the address.
    pub config: Config,
    /// The run is shown in the Lab.
    pub lab: bool,
    /// Set if the run was found by a search or chosen by the user, rather than scripted.
    pub found: Option<Found>,
    /// The step; 0 is before the first event.
    pub step: usize,
    pub guided: Guided,
}

/// The source of a run.
#[derive(Clone, Debug)]
pub struct Made {
    /// The configuration, with its faults.
    pub scenario: Rc<Scenario>,
    /// The events of the run, and the alternatives at each step.
    pub ran: Rc<Ran>,
}

/// An invalid address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The address, shortened.
    pub asked: String,
    /// The address looked like that of a scenario, or of a configuration in the Lab.
    pub scenario: bool,
    pub lab: bool,
    /// The closest matches by id: their addresses and titles.
    pub near: Vec<(Address, String)>,
    /// A page that exists but cannot be embedded: its address in the app itself.
    pub alone: Option<Address>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    Help,
    /// The sharing and export dialog.
    Share,
    /// The recorded run beside the model's.
    Recorded,
    /// The break menu: what can happen at this step.
    Chances,
    /// The catalogue, if there is no room for the sidebar.
    Catalogue,
    /// The command palette.
    Palette,
    /// The picker of faults, in the Lab and in a comparison.
    Faults,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Returns the theme with this name.
    pub fn named(name: &str) -> Option<Theme> {
        [Theme::Light, Theme::Dark].into_iter().find(|theme| theme.name() == name)
    }

    pub fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }
}

/// The playback speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Half,
    One,
    Two,
    Four,
}

impl Speed {
    pub const ALL: [Speed; 4] = [Speed::Half, Speed::One, Speed::Two, Speed::Four];

    pub fn label(self) -> &'static str {
        match self {
            Speed::Half => "0.5×",
            Speed::One => "1×",
            Speed::Two => "2×",
            Speed::Four => "4×",
        }
    }

    pub fn named(label: &str) -> Option<Speed> {
        Speed::ALL.into_iter().find(|speed| speed.label() == label)
    }

    /// Returns the duration of a step whose text has this many letters. A longer sentence takes
    /// longer to read, but not so long that playback seems to have stopped.
    fn millis(self, letters: usize) -> u32 {
        const LONGEST_READ: usize = 120;
        let reading = 700 + 22 * u32::try_from(letters.min(LONGEST_READ)).unwrap_or(0);
        match self {
            Speed::Half => reading * 2,
            Speed::One => reading,
            Speed::Two => reading / 2,
            Speed::Four => reading / 4,
        }
    }
}

/// A message: an action of the user, a timer, or an event of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    /// The address changed, or the page was opened with it.
    Went(Address),
    /// The parent page sent a scenario as JSON.
    Given(String),
    First,
    Back,
    PlayPause,
    /// Start playback, if it is not running.
    Play,
    /// Stop playback.
    Pause,
    Forward,
    Last,
    To(usize),
    /// The duration of a step is over.
    Tick,
    LatencyModel(Speed),
    Search(String),
    FocusSearch,
    ToggleTheme,
    /// The theme of the system or the parent page changed, and the user has not chosen one.
    SystemTheme(Theme),
    Open(Overlay),
    Close(Overlay),
    /// A message about the command palette.
    Palette(palette::Msg),
    DismissNotice,
    /// Share or export the run.
    Take(Take),
    /// Copy this text.
    Copy(String),
    /// An export succeeded or failed: a sentence.
    Took(String),
    /// Navigate to an address, as a link would.
    Go(Address),
    /// Go back in the browser history, or forward again.
    Undo,
    Redo,
    /// Open the break menu for a step, filtered by what the user points at, next to this point of
    /// the window.
    Break(usize, Option<About>, Option<(i32, i32)>),
    /// The user points at this choice of the break menu.
    Preview(Choice),
    /// Change the comparison.
    Compare(Change),
    /// Save, rename, delete or open a custom configuration.
    SavedConfigs(saved::OwnMsg),
    /// A message about predictions.
    Predict(predict::Msg),
    /// Forget the progress in the course.
    RestartCourse,
    /// A hint was dismissed; `None` dismisses all.
    Hinted(Option<hints::Hint>),
    /// The page's position in the browser history changed.
    Passed(Past),
    /// Take this choice after the step that the break menu is about.
    Fork(Choice),
    /// Go to a visited run, by its index in the list.
    Visit(usize),
    /// Change settings, in the Lab or on the way there.
    Set(Vec<(String, String)>),
    /// Add a fault to the script of this configuration.
    AddFault(String),
    /// Remove a fault from the script, by its index.
    DropFault(usize),
    /// A message about the verdict on a configuration.
    Proof(proof::Msg),
    /// An answer of the worker to a question, by its number, after so many milliseconds; `None` if
    /// there are no more.
    Answered {
        id: u32,
        text: Option<String>,
        millis: u32,
    },
    /// A message about random runs.
    Chaos(chaos::Ask),
    /// A message about the check of configuration files.
    CheckFiles(check_files::Msg),
}

/// An effect for the browser shell to run.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the worker a question; [`Msg::Answered`] brings the answers.
    Ask {
        id: u32,
        question: Rc<Question>,
    },
    /// Drop a question.
    Cancel(u32),
    /// Replace the address in the address bar.
    Replace(Address),
    /// Navigate to the address, as a link would.
    Go(Address),
    /// Copy, share or save something. `how` is one of `link`, `share`, `copy`, `save`, `png`,
    /// `copy-png`.
    Take {
        how: &'static str,
        name: String,
        content: String,
    },
    /// Move this far in the browser history: −1 is back.
    History(i32),
    /// Send [`Msg::Tick`] after this many milliseconds; replaces an earlier timer.
    Wait(u32),
    /// Cancel the timer for [`Msg::Tick`].
    StopWaiting,
    FocusSearch,
    /// Apply the theme and remember it.
    Remember(Theme),
    /// Apply the theme.
    Wear(Theme),
    /// Set the title of the document.
    Title(String),
    /// Store the text under this key in local storage.
    Keep(&'static str, String),
    /// Send [`chaos::Ask::Drawn`] with a random number.
    DrawSeed,
    /// An order to the runner of random simulations.
    Runs(chaos::Order),
    /// Ask the worker this question about files, after so many milliseconds; it replaces an earlier
    /// one. `None` ends the check.
    CheckFiles {
        question: Option<String>,
        wait: u32,
    },
}

impl Model {
    /// Creates the model of a page that does not know its address yet.
    pub fn new(theme: Theme) -> Model {
        Model {
            page: Page::Missing(Missing {
                asked: String::new(),
                scenario: false,
                lab: false,
                near: Vec::new(),
                alone: None,
            }),
            playing: false,
            speed: Speed::One,
            query: String::new(),
            theme,
            overlay: None,
            palette: palette::Palette::default(),
            break_step: 0,
            about: None,
            break_at: None,
            preview: None,
            notice: None,
            forks: Vec::new(),
            refused: None,
            took: None,
            embed: None,
            past: Past::default(),
            own: saved::SavedConfigs::default(),
            hints: hints::Hints::default(),
            predict: predict::Predict::default(),
            lessons: lessons::Lessons::default(),
            trial: None,
            files: Box::default(),
            answers: answers::Answers::default(),
            proof: proof::Proof::default(),
            jobs: 0,
        }
    }

    pub fn run(&self) -> Option<&Run> {
        match &self.page {
            Page::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Returns true if the run's outcome is hidden until the user has predicted it.
    pub fn hides_outcome(&self) -> bool {
        self.run().is_some_and(|run| run.guided.predict) && self.predict.is_open()
    }

    /// Returns the random runs, if they are shown.
    pub fn trial(&self) -> Option<&chaos::Trial> {
        self.trial.as_deref().filter(|_| matches!(self.page, Page::Chaos))
    }

    /// Returns the address of random runs of the current configuration, with the plan of the last
    /// ones.
    pub fn at_random(&self) -> Address {
        let trial = self.trial.as_deref();
        let Some(run) = self.run() else {
            return trial.map_or_else(|| Address::Chaos(Random::default()), chaos::Trial::address);
        };
        let mut config = Config { faults: None, ..run.config.clone() };
        let own = config.settings.iter().filter(|(key, _)| key == "messages").cloned().collect();
        config.settings.retain(|(key, _)| key != "messages");
        let plan = trial.map_or(own, |trial| chaos::plan::pairs(&trial.plan));
        Address::Chaos(Random { config, plan })
    }
}

impl Run {
    pub fn scenario(&self) -> &Scenario {
        &self.made.scenario
    }

    pub fn course(&self) -> &Branches {
        self.made.ran.course()
    }

    /// Returns the last step.
    pub fn last(&self) -> usize {
        self.view.moments.len().saturating_sub(1)
    }

    pub fn at_end(&self) -> bool {
        self.step == self.last()
    }

    pub fn moment(&self) -> Option<&StepView> {
        self.view.moments.get(self.step)
    }

    /// Returns the view of the previous step.
    pub fn before(&self) -> Option<&StepView> {
        self.step.checked_sub(1).and_then(|step| self.view.moments.get(step))
    }

    /// Returns the address of this run, at this step.
    pub fn address(&self) -> Address {
        let step = match self.step {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        let (config, found) = (self.config.clone(), self.found.clone());
        Address::Run(Shown { config, lab: self.lab, found, step, guided: self.guided })
    }

    /// Returns the address of the configuration's own run, at its start.
    pub fn home(&self) -> Address {
        Address::Run(Shown::new(self.config.clone(), self.lab))
    }

    /// Returns the address of another configuration in the Lab, which asks for a prediction if this
    /// one does.
    pub fn changed(&self, config: Config) -> Address {
        let guided = Guided { predict: self.lab && self.guided.predict, course: false };
        Address::Run(Shown { guided, ..Shown::new(config, true) })
    }

    /// Returns the address of the configuration in the Lab.
    pub fn in_lab(&self) -> Address {
        let step = match self.step {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        let (config, found) = (self.config.clone(), self.found.clone());
        Address::Run(Shown { found, step, ..Shown::new(config, true) })
    }
}
