//! What the small program shows: stories that were told elsewhere, and fetched.
//!
//! Each scenario and preset is told when the site is built, by the program that runs them:
//! [`crate::ui::RUNS`].

use std::rc::Rc;

use super::open::{LAB, Opened};
use super::{Model, Run};
use crate::catalogue;
use crate::present::{self, RunView};
use crate::ui::share::{Config, Shown};

/// What scenarios and presets are called in the names of parts of the site.
const FOLDERS: [&str; 2] = ["scenarios", "presets"];

/// Stories that were fetched, by their names; none where there is no such thing.
#[derive(Clone, Debug, Default)]
pub struct Kept(Vec<(String, Option<Rc<RunView>>)>);

impl Kept {
    fn find(&self, name: &str) -> Option<&Option<Rc<RunView>>> {
        self.0.iter().find(|(kept, _)| kept == name).map(|(_, story)| story)
    }

    /// Keeps what was fetched; an empty text says that there is no such thing. False where it
    /// cannot be read: it may be that of another version.
    pub fn keep(&mut self, name: &str, text: &str) -> bool {
        let story = present::read(text);
        if story.is_none() && !text.is_empty() {
            return false;
        }
        if self.find(name).is_none() {
            self.0.push((name.to_owned(), story.map(Rc::new)));
        }
        true
    }
}

/// What the address may show, the likeliest first, each with the name of the part of the site that
/// tells it.
fn places(shown: &Shown) -> Vec<(String, Config)> {
    let config = match shown.lab && shown.config.base.is_empty() {
        true => Config::preset(LAB),
        false => shown.config.clone(),
    };
    let mut folders = FOLDERS;
    if config.preset {
        folders.reverse();
    }
    let there = folders.into_iter().filter(|folder| catalogue::listed(folder, &config.base));
    let place = |folder| {
        let preset = folder == FOLDERS[1];
        (format!("{folder}/{}", config.base), Config { preset, ..config.clone() })
    };
    there.map(place).collect()
}

/// The name of what has to be fetched before the run can be shown; none where it is there, and
/// where there is no such run.
pub fn missing(model: &Model, shown: &Shown) -> Option<String> {
    for (name, _) in places(shown) {
        match model.kept.find(&name) {
            Some(Some(_)) => return None,
            Some(None) => {}
            None => return Some(name),
        }
    }
    None
}

/// The run that the address means, once it was fetched.
pub fn open(model: &Model, shown: &Shown) -> Option<Opened> {
    let told = |(name, config): (String, Config)| Some((model.kept.find(&name)?.clone()?, config));
    let (story, config) = places(shown).into_iter().find_map(told)?;
    let run = Run { story, made: None, config, lab: shown.lab, found: None, step: 0 };
    Some(Opened { run, shows: None, problems: Vec::new() })
}
