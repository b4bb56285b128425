//! The runs that the small program shows: prerendered elsewhere, and fetched.
//!
//! All scenarios and presets are prerendered when the site is built, by a program that can run
//! them: [`crate::ui::RUNS`].

use std::rc::Rc;

use super::open::{LAB, Opened};
use super::{Model, Run};
use crate::catalogue;
use crate::present::{self, RunView};
use crate::ui::share::{Config, Shown};

/// The directories of prerendered scenarios and presets.
const FOLDERS: [&str; 2] = ["scenarios", "presets"];

/// The fetched runs by name; `None` for a name that does not exist.
#[derive(Clone, Debug, Default)]
pub struct Kept(Vec<(String, Option<Rc<RunView>>)>);

impl Kept {
    fn find(&self, name: &str) -> Option<&Option<Rc<RunView>>> {
        self.0.iter().find(|(kept, _)| kept == name).map(|(_, story)| story)
    }

    /// Stores a fetched run; an empty text means that it does not exist. Returns false if the text
    /// cannot be parsed: it may come from another version.
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

/// Returns the configurations that the address may mean, most likely first, each with the name of
/// its prerendered run.
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

/// Returns the name of the run to fetch; `None` if it is there already, or does not exist.
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

/// Returns the run at the address, if it was fetched.
pub fn open(model: &Model, shown: &Shown) -> Option<Opened> {
    let told = |(name, config): (String, Config)| Some((model.kept.find(&name)?.clone()?, config));
    let (story, config) = places(shown).into_iter().find_map(told)?;
    let run = Run { story, made: None, config, lab: shown.lab, found: None, step: 0 };
    Some(Opened { run, shows: None, problems: Vec::new() })
}
