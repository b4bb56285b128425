//! What the small program shows: stories that were told elsewhere, and fetched.
//!
//! Each scenario and preset is told when the site is built, by the program that runs them:
//! [`crate::ui::RUNS`].

use std::rc::Rc;

use super::open::{LAB, Opened};
use super::{Model, Run};
use crate::catalogue;
use crate::story::{self, Story};
use crate::ui::share::{Config, Shown};
use crate::written;

/// A run, told: what a part of the site says that is fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub story: Story,
    /// The configuration, without what of it cannot be.
    pub config: Config,
    /// What of the address could not be, in sentences.
    pub problems: Vec<String>,
}

written! {
    Answer { story config problems }
    Config { base preset settings faults }
}

/// What was fetched, by its name; none where there is no such thing.
#[derive(Clone, Debug, Default)]
pub struct Kept(Vec<(String, Option<Kind>)>);

#[derive(Clone, Debug)]
struct Kind {
    story: Rc<Story>,
    config: Config,
    problems: Vec<String>,
}

impl Kept {
    fn find(&self, name: &str) -> Option<&Option<Kind>> {
        self.0.iter().find(|(kept, _)| kept == name).map(|(_, kind)| kind)
    }

    /// Keeps what was fetched; an empty text says that there is no such thing. False where it
    /// cannot be read: it may be that of another version.
    pub fn keep(&mut self, name: &str, text: &str) -> bool {
        let answer: Option<Answer> = story::read(text);
        if answer.is_none() && !text.is_empty() {
            return false;
        }
        let kind = answer.map(|Answer { story, config, problems }| Kind {
            story: Rc::new(story),
            config,
            problems,
        });
        if self.find(name).is_none() {
            self.0.push((name.to_owned(), kind));
        }
        true
    }
}

/// Where the run may be that an address shows: the names of parts of the site, the likeliest first.
fn names(shown: &Shown) -> Vec<String> {
    let Shown { config, lab, .. } = shown;
    let (base, preset) = match *lab && config.base.is_empty() {
        true => (LAB, true),
        false => (config.base.as_str(), config.preset),
    };
    let folders = if preset { ["presets", "scenarios"] } else { ["scenarios", "presets"] };
    let there = folders.into_iter().filter(|folder| catalogue::listed(folder, base));
    there.map(|folder| format!("{folder}/{base}")).collect()
}

/// The name of what has to be fetched before the run can be shown; none where it is there, and
/// where there is no such run.
pub fn missing(model: &Model, shown: &Shown) -> Option<String> {
    for name in names(shown) {
        match model.kept.find(&name) {
            Some(Some(_)) => return None,
            Some(None) => {}
            None => return Some(name),
        }
    }
    None
}

/// The run that the address means, once it was fetched.
pub fn open(model: &Model, shown: Shown) -> Option<Opened> {
    let names = names(&shown);
    let Kind { story, config, problems } =
        names.iter().find_map(|name| model.kept.find(name)?.clone())?;
    let run = Run { story, made: None, config, lab: shown.lab, found: None, step: 0 };
    Some(Opened { run, shows: None, problems })
}
