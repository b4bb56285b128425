//! The page that checks configuration files: the files, the answers to what they leave open, and
//! the worker's report.
//!
//! The files stay in memory: no address and no storage holds them.

mod examples;
mod links;
mod report;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;

use super::open;
use super::{Effect, Model};
use crate::present::RunView;
use crate::protocol;
use crate::ui::share::Address;
pub use examples::{EXAMPLES, SYNTAXES};
pub use report::{Finding, Fix, Place, Question, Remark, Report, Taken};

/// Maximum size of a file in bytes, as the importer has it.
pub const MOST_BYTES: usize = 1 << 20;
/// Maximum number of files.
pub const MOST_FILES: usize = 20;
/// The time between a keystroke and the check, in milliseconds.
const TYPING_MS: u32 = 400;

/// The files, the answers and the report.
#[derive(Clone, Debug)]
pub struct CheckFiles {
    /// At least one, which may be empty.
    pub files: Vec<File>,
    /// Index of the file on screen.
    pub at: usize,
    /// Flags of questions with their answers.
    pub answers: Vec<(String, String)>,
    pub stage: Stage,
    /// The latest report; while another is on its way, that of before.
    pub report: Option<Rc<Report>>,
    pub failed: Option<Failure>,
    /// Why something was not taken.
    pub problem: Option<String>,
    /// The counterexample on screen.
    pub shows: Option<Shows>,
    /// The number of the latest request.
    id: u32,
    /// The indices of the files in it.
    sent: Vec<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub text: Rc<str>,
    /// The key of a syntax; `None` if it is told by the content.
    pub syntax: Option<String>,
}

/// How far the check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// There is nothing to check.
    Empty,
    Reading,
    /// Every run is being tried.
    Judging,
    /// Fixes are being searched for.
    Fixing,
    Done,
    Failed,
}

/// A file that cannot be read or judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The index and name of the file, and the line, from 1; 0 for the file as a whole.
    pub file: Option<(usize, String)>,
    pub line: usize,
    pub says: String,
}

/// A counterexample, at a step.
#[derive(Clone, Debug)]
pub struct Shows {
    /// The key of the property that it violates.
    pub property: String,
    pub run: Rc<RunView>,
    pub step: usize,
    /// The address of the run in the Lab.
    pub address: Address,
}

/// A message from the user or the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    /// The text of the file on screen was changed.
    Edit(String),
    Select(usize),
    /// Select the file of this name, if there is one.
    Go(String),
    Add,
    Remove(usize),
    /// Files were opened: names and texts.
    Opened(Vec<(String, String)>),
    /// Something was not taken: the reason, and what to do.
    Refused(String),
    /// Read the file on screen in this syntax.
    Syntax(Option<String>),
    Answer(String, String),
    /// Take an example, by its index.
    Example(usize),
    Clear,
    /// An answer of the worker.
    Came(String),
    /// Show or hide the counterexample of this property.
    Show(String),
    Step(usize),
}

/// An answer of the worker.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    id: u32,
    #[serde(default)]
    stage: String,
    report: Option<Report>,
    failed: Option<Failed>,
    /// The worker itself does not work: the reason.
    broke: Option<String>,
}

#[derive(Deserialize)]
struct Failed {
    file: Option<usize>,
    line: usize,
    says: String,
}

impl Default for CheckFiles {
    fn default() -> CheckFiles {
        CheckFiles {
            files: vec![File { name: "file 1".to_owned(), ..File::default() }],
            at: 0,
            answers: Vec::new(),
            stage: Stage::Empty,
            report: None,
            failed: None,
            problem: None,
            shows: None,
            id: 0,
            sent: Vec::new(),
        }
    }
}

impl CheckFiles {
    pub fn file(&self) -> &File {
        &self.files[self.at]
    }

    /// Returns true if nothing was put in yet.
    pub fn is_blank(&self) -> bool {
        self.files.iter().all(|file| file.text.trim().is_empty())
    }

    /// Returns true while the verdict may still change.
    pub fn is_judging(&self) -> bool {
        matches!(self.stage, Stage::Reading | Stage::Judging)
    }

    /// Returns true while the worker is at work.
    pub fn is_busy(&self) -> bool {
        self.is_judging() || self.stage == Stage::Fixing
    }

    /// Returns what the file on screen was taken for.
    pub fn read_as(&self) -> Option<&str> {
        let files = &self.report.as_ref()?.files;
        let name = &self.file().name;
        let read = files.iter().find(|file| file.name == *name)?;
        Some(read.read_as.as_str()).filter(|what| !what.is_empty())
    }

    fn answer(&mut self, flag: String, value: String) {
        // Versions and settings are several under one flag, each with a name.
        let name = |value: &str| value.split_once('=').map(|(name, _)| name.to_owned());
        let named = matches!(flag.as_str(), "lib" | "set");
        self.answers.retain(|(key, old)| *key != flag || named && name(old) != name(&value));
        if !value.trim().is_empty() {
            self.answers.push((flag, value));
        }
    }

    fn add(&mut self, name: &str, text: &str) {
        let taken = |name: &str| self.files.iter().any(|file| file.name == name);
        let mut free = name.to_owned();
        let mut number = 2;
        while taken(&free) {
            free = format!("{name} ({number})");
            number += 1;
        }
        self.files.push(File { name: free, text: text.into(), syntax: None });
        self.at = self.files.len() - 1;
    }

    fn open(&mut self, files: Vec<(String, String)>) {
        // A file that is there already is replaced: it was opened again after a change.
        for (name, text) in files {
            if let Some(at) = self.files.iter().position(|file| file.name == name) {
                self.files[at].text = text.into();
                self.at = at;
            } else if self.files.len() < MOST_FILES {
                self.add(&name, &text);
            } else {
                self.problem = Some(format!(
                    "{name} was not taken: {MOST_FILES} files are the most. Remove one first."
                ));
            }
        }
        if self.files.len() > 1 && self.files[0].text.is_empty() {
            self.files.remove(0);
            self.at = self.at.saturating_sub(1);
        }
    }

    fn remove(&mut self, at: usize) {
        if at >= self.files.len() {
            return;
        }
        self.files.remove(at);
        if self.files.is_empty() {
            self.add("file 1", "");
        }
        self.at = self.at.min(self.files.len() - 1);
    }

    /// Starts a check, after so many milliseconds.
    fn check(&mut self, wait: u32) -> Vec<Effect> {
        self.failed = None;
        self.id += 1;
        if self.is_blank() {
            (self.stage, self.report, self.shows) = (Stage::Empty, None, None);
            return vec![Effect::CheckFiles { question: None, wait: 0 }];
        }
        self.stage = Stage::Reading;
        let filled = |at: &usize| !self.files[*at].text.trim().is_empty();
        self.sent = (0..self.files.len()).filter(filled).collect();
        let files = self.sent.iter().map(|&at| {
            let File { name, text, syntax } = &self.files[at];
            json!({ "name": name, "text": &**text, "syntax": syntax })
        });
        let files: Vec<_> = files.collect();
        let request = json!({ "id": self.id, "files": files, "answers": self.answers });
        let question = protocol::Question::Files(request).text();
        vec![Effect::CheckFiles { question: Some(question), wait }]
    }

    fn came(&mut self, text: &str) {
        let answer: Answer = match serde_json::from_str(text) {
            Ok(answer) => answer,
            Err(problem) => return self.broke(&problem.to_string()),
        };
        if let Some(problem) = answer.broke {
            return self.broke(&problem);
        }
        if answer.id != self.id {
            return;
        }
        if let Some(Failed { file, line, says }) = answer.failed {
            let file = file.and_then(|file| self.sent.get(file).copied());
            let file = file.map(|at| (at, self.files[at].name.clone()));
            self.failed = Some(Failure { file, line, says });
            self.stage = Stage::Failed;
            return;
        }
        let Some(mut report) = answer.report else { return };
        self.stage = match answer.stage.as_str() {
            "read" | "judging" => Stage::Judging,
            "judged" | "fixing" => Stage::Fixing,
            _ => Stage::Done,
        };
        if answer.stage == "read" {
            // What was found before stays in sight until it is found anew.
            if let Some(before) = &self.report {
                report.keep_verdict_of(before);
            }
        } else if let Some(shows) = &self.shows {
            let same = report.finding(&shows.property).and_then(|finding| report.run_of(finding));
            if same.as_ref() != Some(&shows.address) {
                self.shows = None;
            }
        }
        self.report = Some(Rc::new(report));
    }

    fn broke(&mut self, problem: &str) {
        self.stage = Stage::Failed;
        let says = format!(
            "The check could not run: {problem}. It needs a web worker; reload the page, or run \
             `ackward check` in a terminal."
        );
        self.failed = Some(Failure { file: None, line: 0, says });
    }

    fn show(&mut self, property: &str) {
        let shown = self.shows.take();
        if shown.is_some_and(|shows| shows.property == property) {
            return;
        }
        let Some(report) = &self.report else { return };
        let address = report.finding(property).and_then(|finding| report.run_of(finding));
        let Some(Address::Run(run)) = &address else { return };
        let Some((view, step)) = open::found_run(run) else { return };
        let last = view.moments.len().saturating_sub(1);
        self.shows = address.map(|address| Shows {
            property: property.to_owned(),
            step: step.unwrap_or(last).min(last),
            run: Rc::new(view),
            address,
        });
    }
}

/// Applies a message to the page.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let page = &mut *model.files;
    // The worker answers whenever it will: what the user was told stays until they go on.
    if !matches!(msg, Msg::Came(_)) {
        page.problem = None;
    }
    match msg {
        Msg::Edit(text) if text.len() > MOST_BYTES => page.problem = Some(too_large("The text")),
        Msg::Edit(text) => {
            let at = page.at;
            page.files[at].text = text.into();
            return page.check(TYPING_MS);
        }
        Msg::Select(at) => page.at = at.min(page.files.len() - 1),
        Msg::Go(name) => {
            page.at = page.files.iter().position(|file| file.name == name).unwrap_or(page.at);
        }
        Msg::Add if page.files.len() >= MOST_FILES => {
            page.problem = Some(format!("{MOST_FILES} files are the most. Remove one first."));
        }
        Msg::Add => page.add(&format!("file {}", page.files.len() + 1), ""),
        Msg::Refused(problem) => page.problem = Some(problem),
        Msg::Came(text) => page.came(&text),
        Msg::Show(property) => page.show(&property),
        Msg::Step(step) => {
            if let Some(shows) = &mut page.shows {
                shows.step = step.min(shows.run.moments.len().saturating_sub(1));
            }
        }
        msg => {
            change(page, msg);
            return page.check(0);
        }
    }
    Vec::new()
}

/// Applies a message after which the files are checked at once.
fn change(page: &mut CheckFiles, msg: Msg) {
    let empty = |page: &CheckFiles| CheckFiles { id: page.id, ..CheckFiles::default() };
    match msg {
        Msg::Remove(at) => page.remove(at),
        Msg::Opened(files) => page.open(files),
        Msg::Syntax(syntax) => {
            let at = page.at;
            page.files[at].syntax = syntax;
        }
        Msg::Answer(flag, value) => page.answer(flag, value),
        Msg::Example(number) => {
            let (_, files) = EXAMPLES[number.min(EXAMPLES.len() - 1)];
            let files = files.iter().map(|(name, text)| (name.to_string(), text.to_string()));
            *page = empty(page);
            page.open(files.collect());
            page.at = 0;
        }
        Msg::Clear => *page = empty(page),
        _ => {}
    }
}

/// Says that a file is too large, and what to do.
fn too_large(what: &str) -> String {
    let most = MOST_BYTES >> 20;
    format!(
        "{what} is larger than {most} MiB and was not taken. Give only the part that configures the \
         messaging."
    )
}
