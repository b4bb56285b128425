//! What the page shows and how it changes: a model, messages, and effects as values.
//!
//! [`update()`] never touches a browser; it returns what the browser is to do.

use std::rc::Rc;

use crate::choose::{Answers, Rank};
use crate::present::{Branches, Ran, RunView, StepView};
use crate::sim::{Choice, MessageId, Participant, Scenario};
use crate::simulate::Load;
use crate::ui::share::{Address, AskedStep, Config, Embed, Found, Random, Shown};
use crate::ui::whole::WHOLE;

pub mod chaos;
pub mod choose;
mod compare;
pub mod cost;
mod export;
mod forks;
pub mod hints;
pub mod load;
mod open;
pub mod saved;
#[cfg(test)]
mod tests;
mod told;
mod update;

pub use compare::{Change, Compare, Fate, Row, Side, letter, refused_at};
pub use export::{HOME, Take, embed_code};
pub use load::{Handed, Loading};
pub use open::tell;
pub use update::{FAULTS, found, update};

/// Everything the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    pub page: Page,
    pub playing: bool,
    pub speed: Speed,
    /// What is typed into the search field.
    pub query: String,
    pub theme: Theme,
    pub overlay: Option<Overlay>,
    /// What was pointed at when it was asked what could happen.
    pub about: Option<About>,
    /// The line that tells a newcomer what this is.
    pub welcome: bool,
    /// Something the person should know about their address.
    pub notice: Option<String>,
    /// The runs of this configuration that were looked at, the own one first.
    pub forks: Vec<Fork>,
    /// What was taken away last, as a sentence.
    pub took: Option<String>,
    /// The page is part of another, which chose what it shows.
    pub embed: Option<Embed>,
    /// A change of a setting that was refused: which, and the product's own rule.
    pub refused: Option<Refused>,
    /// Where the page is in the browser's history.
    pub past: Past,
    /// What is being loaded because somebody asked for it, or could not be.
    pub loading: Option<Loading>,
    /// Configurations that were kept.
    pub own: saved::SavedConfigs,
    /// Hints that were not read.
    pub hints: hints::Hints,
    /// Stories that were fetched, in the small program.
    pub kept: told::Kept,
    /// Random runs; they are kept while another page is shown.
    pub trial: Option<Box<chaos::Trial>>,
    /// Jobs that were given to the runner.
    jobs: u32,
}

/// A run that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// What is different in it; empty for the configuration's own run.
    pub label: String,
    pub found: Option<Found>,
}

/// What somebody points at in the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Participant(Participant),
    /// A message on its way.
    Way {
        from: Participant,
        to: Participant,
        msg: Option<MessageId>,
    },
}

/// How many of the page's addresses lie before and after this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    pub here: u32,
    pub last: u32,
}

impl Past {
    /// There is something to undo: the page before this one is this app's too.
    pub fn back(self) -> bool {
        self.here > 0
    }

    pub fn forward(self) -> bool {
        self.here < self.last
    }
}

/// A change that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The setting, or what else was to be changed.
    pub what: String,
    /// Why, and what to do.
    pub problem: String,
}

/// What fills the middle of the page.
#[derive(Clone, Debug)]
pub enum Page {
    Run(Run),
    /// Every preset against every kind of fault.
    Matrix,
    /// Configurations side by side.
    Compare(Compare),
    /// Random runs: [`Model::trial`].
    Chaos,
    /// What every preset costs, with what of the address could not be.
    Cost(Load, Vec<String>),
    /// What gives what was asked for, the best first; with what of the address could not be.
    Choose(Answers, Rank, Vec<String>),
    Missing(Missing),
}

/// A run of a configuration, stopped at a step.
#[derive(Clone, Debug)]
pub struct Run {
    pub story: Rc<RunView>,
    /// What it was told from; the small program has only the story.
    pub made: Option<Made>,
    /// The configuration, as the address has it.
    pub config: Config,
    /// It is shown in the Lab.
    pub lab: bool,
    /// The run is not that of the script, but one that was found or chosen.
    pub found: Option<Found>,
    /// 0 is before anything happened.
    pub step: usize,
}

/// What a run is told from.
#[derive(Clone, Debug)]
pub struct Made {
    /// The configuration, with its faults.
    pub scenario: Rc<Scenario>,
    /// How it went, and what else could happen.
    pub ran: Rc<Ran>,
}

/// An address that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What was asked for, shortened.
    pub asked: String,
    /// It looked like the address of a scenario, or of a configuration in the Lab.
    pub scenario: bool,
    pub lab: bool,
    /// Those with the nearest ids: where they are, and their titles.
    pub near: Vec<(Address, String)>,
    /// A page that exists, but cannot be embedded: where the app itself shows it.
    pub alone: Option<Address>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    Help,
    /// What can be shared and taken away.
    Share,
    /// What could happen at this step.
    Chances,
    /// The catalogue, where the page has no room for it at the side.
    Catalogue,
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

    /// The theme of that name.
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

/// How fast a run plays.
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

    /// Time for a step in which `letters` letters are to be read. People need longer for a
    /// longer sentence, but not so long that the page seems to have stopped.
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

/// What a person, the clock or the browser did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    /// The address changed, or the page was opened with it.
    Went(Address),
    /// The page around has given a scenario, as JSON.
    Given(String),
    First,
    Back,
    PlayPause,
    /// Play, if it does not already.
    Play,
    /// Stop playing.
    Pause,
    Forward,
    Last,
    To(usize),
    /// The time of a step is over.
    Tick,
    LatencyModel(Speed),
    Search(String),
    /// Opens the first scenario found.
    SearchDone,
    FocusSearch,
    ToggleTheme,
    /// The theme of the system, or of the page around, changed, and the person has not chosen one.
    SystemTheme(Theme),
    Open(Overlay),
    Close(Overlay),
    DismissNotice,
    DismissWelcome,
    /// Share or take away.
    Take(Take),
    /// Copy this text.
    Copy(String),
    /// That is done, or could not be: a sentence.
    Took(String),
    /// Go to an address, as by a link.
    Go(Address),
    /// Back to where the person was before, or forward again.
    Undo,
    Redo,
    /// Stop at a step and ask what could happen there, above all to what is pointed at.
    Break(usize, Option<About>),
    /// Change what is compared.
    Compare(Change),
    /// Keep, rename, delete or open a configuration of one's own.
    SavedConfigs(saved::OwnMsg),
    /// A hint has been read, or none is wanted any more.
    Hinted(Option<hints::Hint>),
    /// The page is at this place of the browser's history.
    Passed(Past),
    /// Let this happen at this step.
    Fork(Choice),
    /// Go to a run that was looked at, by its place in the list.
    Visit(usize),
    /// Change settings, in the Lab or on the way there.
    Set(Vec<(String, String)>),
    /// Have a fault strike in every run of this configuration.
    AddFault(String),
    /// Take a fault of the script away, by its place.
    DropFault(usize),
    /// Try every run.
    Prove,
    /// A part of the site, by its name, or nothing where it could not be had.
    Loaded(String, Option<String>),
    /// Load what could not be loaded.
    LoadAgain,
    /// Go on where another program of the page stood.
    Resume(Handed),
    /// Make room for another program, which first does what the text says.
    Leave(String),
    /// Of random runs.
    Chaos(chaos::Ask),
}

/// What the browser is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Put the address into the address bar, in place of the one there.
    Replace(Address),
    /// Go to the address as if by a link.
    Go(Address),
    /// Hand something over: copy, share or save it. `how` is one of `link`, `share`, `copy`,
    /// `save`, `png`.
    Take {
        how: &'static str,
        name: String,
        content: String,
    },
    /// Go so many places in the browser's history: −1 is back.
    History(i32),
    /// Send [`Msg::Tick`] after so many milliseconds, and none asked for earlier.
    Wait(u32),
    /// Send no [`Msg::Tick`].
    StopWaiting,
    FocusSearch,
    /// Show the theme and remember it.
    Remember(Theme),
    /// Show the theme.
    Wear(Theme),
    /// The title of the window.
    Title(String),
    /// Load a part of the site; [`Msg::Loaded`] brings it.
    Load(String),
    /// Have the whole program take over and do first what the text says; see [`crate::ui::WHOLE`].
    Whole(String),
    /// Take the page away, and say where it stood and what is wished.
    Leave(String),
    /// Keep the text under this key for the next visit.
    Keep(&'static str, String),
    /// Send [`chaos::Ask::Drawn`] with a random number.
    DrawSeed,
    /// What the runner of random runs is to do.
    Runs(chaos::Order),
}

impl Model {
    /// The page before it knows its address.
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
            about: None,
            welcome: false,
            notice: None,
            forks: Vec::new(),
            refused: None,
            took: None,
            embed: None,
            past: Past::default(),
            loading: None,
            own: saved::SavedConfigs::default(),
            hints: hints::Hints::default(),
            kept: told::Kept::default(),
            trial: None,
            jobs: 0,
        }
    }

    pub fn run(&self) -> Option<&Run> {
        match &self.page {
            Page::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Random runs, where they are shown.
    pub fn trial(&self) -> Option<&chaos::Trial> {
        self.trial.as_deref().filter(|_| matches!(self.page, Page::Chaos))
    }

    /// The address of random runs of what is shown, with the plan of those there were.
    pub fn at_random(&self) -> Address {
        // The small program has none.
        let trial = self.trial.as_deref().filter(|_| WHOLE);
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
    pub fn scenario(&self) -> Option<&Scenario> {
        self.made.as_ref().map(|made| &*made.scenario)
    }

    pub fn course(&self) -> Option<&Branches> {
        self.made.as_ref().map(|made| made.ran.course())
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.story.moments.len().saturating_sub(1)
    }

    pub fn at_end(&self) -> bool {
        self.step == self.last()
    }

    pub fn moment(&self) -> Option<&StepView> {
        self.story.moments.get(self.step)
    }

    /// The moment before this one.
    pub fn before(&self) -> Option<&StepView> {
        self.step.checked_sub(1).and_then(|step| self.story.moments.get(step))
    }

    /// The address that shows this.
    pub fn address(&self) -> Address {
        let step = match self.step {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        let (config, found) = (self.config.clone(), self.found.clone());
        Address::Run(Shown { config, lab: self.lab, found, step })
    }

    /// The address of its configuration's own run, at its start.
    pub fn home(&self) -> Address {
        Address::Run(Shown::new(self.config.clone(), self.lab))
    }

    /// The address of its configuration in the Lab.
    pub fn in_lab(&self) -> Address {
        let step = match self.step {
            0 => AskedStep::Start,
            step => AskedStep::At(step),
        };
        let (config, found) = (self.config.clone(), self.found.clone());
        Address::Run(Shown { config, lab: true, found, step })
    }
}
