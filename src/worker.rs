//! The web worker: answers what takes the page longer than a frame ([`crate::protocol`]).
//!
//! The page ends a worker whose answer nobody waits for any more, so nothing here looks for an order
//! to stop.

mod files;
mod fixes;
mod matrix;
mod outcomes;
mod runs;
mod verdict;

use crate::catalogue;
use crate::present::{miniature, possible_faults};
use crate::protocol::{Answer, Question};
use crate::simulate::cost;
pub use runs::Plans;

/// States to expand between two reports of progress.
const AT_A_TIME: usize = 4096;

/// What a worker keeps from one question to the next.
#[derive(Default)]
pub struct Worker {
    plans: Plans,
}

impl Worker {
    /// Answers a question, and calls `tell` whenever more of the answer is known.
    pub fn answer(&mut self, question: &str, tell: &mut dyn FnMut(&str)) {
        let question: Question = match serde_json::from_str(question) {
            Ok(question) => question,
            // Only a page of another build would ask so.
            Err(problem) => return tell(&Answer::Wrong(problem.to_string()).text()),
        };
        let mut say = |answer: Answer| tell(&answer.text());
        match question {
            Question::Verdict(search) => verdict::answer(&search, &mut say),
            Question::Fixes(search) => fixes::answer(&search, &mut say),
            Question::Row { preset, shortest } => matrix::answer(&preset, shortest, &mut say),
            Question::Outcomes(at) => outcomes::answer(&at, &mut say),
            Question::Faults { scenario } => say(Answer::Faults(possible_faults(&scenario))),
            Question::Pictures { group } => say(Answer::Pictures(pictures(group))),
            Question::Cost { scenario, load } => say(match cost(&scenario.configuration, &load) {
                Ok(cost) => Answer::Cost(Box::new(cost)),
                Err(problem) => Answer::Wrong(problem.to_string()),
            }),
            Question::Runs(batch) => say(self.plans.run(batch)),
            Question::Files(request) => files::check_files(request, tell),
        }
    }
}

/// Returns a small picture of each scenario in a group of the catalogue.
fn pictures(group: usize) -> Vec<String> {
    let entries = catalogue::groups().get(group).map_or(&[][..], |group| &group.entries);
    let picture = |id: &str| catalogue::scenario(id).and_then(miniature).unwrap_or_default();
    entries.iter().map(|entry| picture(&entry.id)).collect()
}
