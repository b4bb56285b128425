//! The worker side of random runs: parses a request, runs it, and answers with the statistics.
//! Requests and answers are JSON.

use std::cell::RefCell;
use std::ops::Range;

use serde::{Deserialize, Serialize};
#[cfg(feature = "whole")]
use wasm_bindgen::prelude::wasm_bindgen;

use crate::sim::Scenario;
use crate::simulate::{Chaos, Plan, Stats};

/// The configuration and plan to run.
#[derive(Serialize, Deserialize)]
pub struct Workload {
    pub scenario: Scenario,
    pub plan: Plan,
}

impl Workload {
    pub fn text(&self) -> String {
        // Both can always be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A batch of runs.
#[derive(Serialize, Deserialize)]
pub struct Request {
    job: u32,
    from: u64,
    to: u64,
    /// A [`Workload`] as text: a worker that has it already need not parse it again.
    what: String,
}

impl Request {
    pub fn text(job: u32, runs: &Range<u64>, what: &str) -> String {
        let request = Request { job, from: runs.start, to: runs.end, what: what.to_owned() };
        serde_json::to_string(&request).unwrap_or_default()
    }
}

/// The result of a batch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Stats(Box<Stats>),
    /// The plan cannot be run: the reason, and what to do instead.
    Wrong(String),
    /// The worker crashed: the browser's error message.
    Failed(String),
}

impl Answer {
    pub fn read(text: &str) -> Answer {
        let unreadable = |error: serde_json::Error| Answer::Failed(error.to_string());
        serde_json::from_str(text).unwrap_or_else(unreadable)
    }
}

/// The number of cached plans: one, and the tests beside it.
const KEPT: usize = 4;

thread_local! {
    static READY: RefCell<Vec<(String, Chaos)>> = RefCell::default();
}

/// Runs the requested batch and returns the answer as text.
#[cfg_attr(feature = "whole", wasm_bindgen(js_name = chaos_work))]
pub fn work(text: &str) -> String {
    let answer = serde_json::from_str(text).map_err(|e| e.to_string()).and_then(run);
    let answer = answer.map_or_else(Answer::Wrong, |tally| Answer::Stats(Box::new(tally)));
    serde_json::to_string(&answer).unwrap_or_default()
}

fn run(request: Request) -> Result<Stats, String> {
    READY.with_borrow_mut(|ready| {
        let known = ready.iter().position(|(what, _)| *what == request.what);
        let at = match known {
            Some(at) => at,
            None => {
                let what: Workload =
                    serde_json::from_str(&request.what).map_err(|e| e.to_string())?;
                let chaos = Chaos::new(&what.scenario, &what.plan).map_err(|e| e.to_string())?;
                if ready.len() == KEPT {
                    ready.remove(0);
                }
                ready.push((request.what, chaos));
                ready.len() - 1
            }
        };
        Ok(ready[at].1.run(request.from..request.to))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::preset;

    #[test]
    fn slices_come_to_the_same_as_the_whole() {
        let scenario = preset("sqs-standard").expect("a preset").clone();
        let plan = Plan { runs: 900, ..Plan::usual(3) };
        let what = Workload { scenario, plan: plan.clone() };
        let mut joined = Stats::new(plan.messages);
        for from in [600, 0, 300] {
            let answer = Answer::read(&work(&Request::text(1, &(from..from + 300), &what.text())));
            let Answer::Stats(tally) = answer else { panic!("no tally") };
            joined.join(&tally);
        }
        assert_eq!(joined, Chaos::new(&what.scenario, &plan).expect("a plan").run(0..900));
    }

    #[test]
    fn a_plan_that_cannot_be_run_says_why() {
        let scenario = preset("sqs-standard").expect("a preset").clone();
        let what = Workload { scenario, plan: Plan { messages: 9, ..Plan::usual(3) } };
        let answer = Answer::read(&work(&Request::text(1, &(0..9), &what.text())));
        assert!(matches!(answer, Answer::Wrong(label) if label.starts_with("messages: ")));
        assert!(matches!(Answer::read(&work("{")), Answer::Wrong(_)));
        assert!(matches!(Answer::read(""), Answer::Failed(_)));
    }
}
