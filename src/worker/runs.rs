//! Parts of a random simulation.

use crate::protocol::{Answer, Batch};
use crate::sim::Scenario;
use crate::simulate::{Chaos, Plan};

/// The number of prepared simulations that are kept: one, and the tests beside it.
const KEPT: usize = 4;

/// Simulations that are ready to run, by what they simulate.
#[derive(Default)]
pub struct Plans(Vec<(Box<Scenario>, Plan, Chaos)>);

impl Plans {
    /// Runs a part of a simulation.
    pub fn run(&mut self, batch: Batch) -> Answer {
        let Batch { scenario, plan, from, to } = batch;
        let is_same = |(s, p, _): &(Box<Scenario>, Plan, Chaos)| *p == plan && *s == scenario;
        let at = match self.0.iter().position(is_same) {
            Some(at) => at,
            None => match Chaos::new(&scenario.configuration, &plan) {
                Err(problem) => return Answer::Wrong(problem.to_string()),
                Ok(chaos) => {
                    if self.0.len() == KEPT {
                        self.0.remove(0);
                    }
                    self.0.push((scenario, plan, chaos));
                    self.0.len() - 1
                }
            },
        };
        Answer::Runs(Box::new(self.0[at].2.run(from..to)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::preset;
    use crate::simulate::Stats;

    fn batch(plan: &Plan, from: u64, to: u64) -> Batch {
        let scenario = Box::new(preset("sqs-standard").expect("a preset").clone());
        Batch { scenario, plan: plan.clone(), from, to }
    }

    #[test]
    fn parts_come_to_the_same_as_the_whole() {
        let plan = Plan { runs: 900, ..Plan::usual(3) };
        let (mut plans, mut joined) = (Plans::default(), Stats::new(plan.messages));
        for from in [600, 0, 300] {
            let Answer::Runs(stats) = plans.run(batch(&plan, from, from + 300)) else {
                panic!("no statistics")
            };
            joined.join(&stats);
        }
        let scenario = preset("sqs-standard").expect("a preset");
        assert_eq!(joined, Chaos::new(&scenario.configuration, &plan).expect("a plan").run(0..900));
    }

    #[test]
    fn a_plan_that_cannot_be_run_says_why() {
        let plan = Plan { messages: 9, ..Plan::usual(3) };
        let answer = Plans::default().run(batch(&plan, 0, 9));
        assert!(matches!(answer, Answer::Wrong(label) if label.starts_with("messages: ")));
    }
}
