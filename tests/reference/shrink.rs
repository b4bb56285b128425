//! Shrinks a disagreement: greedy delta debugging (Zeller) over settings, lines and bounds.

use crate::case::Case;
use crate::compare::{Difference, still_differs};
use crate::naive::Budget;

/// Maximum number of comparisons for one shrink.
const MOST: usize = 120;

/// Returns the smallest case found that still disagrees in one of these ways.
pub fn shrink(case: &Case, differences: &[Difference], limit: usize) -> Case {
    let mut smallest = case.clone();
    let mut left = MOST;
    let mut differs = |smaller: &Case| {
        left = left.saturating_sub(1);
        left > 0 && still_differs(smaller, differences, limit)
    };
    while let Some(smaller) = smaller(&smallest).into_iter().find(&mut differs) {
        smallest = smaller;
    }
    smallest
}

/// Returns every case that is smaller by one step, the largest steps first.
fn smaller(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    let Budget { faults, classes } = case.budget;
    let mut bounded = |messages: u8, faults: u8| {
        let budget = Budget { faults, ..case.budget };
        all.push(Case { messages, budget, ..case.clone() });
    };
    (1..case.messages).for_each(|messages| bounded(messages, faults));
    (0..faults).for_each(|faults| bounded(case.messages, faults));
    let mut with_kinds = |classes| {
        all.push(Case { budget: Budget { classes, ..case.budget }, ..case.clone() });
    };
    let kinds: Vec<_> = classes.iter().collect();
    if kinds.len() > 1 {
        kinds.iter().for_each(|&kind| with_kinds([kind].into_iter().collect()));
    }
    if kinds.len() > 2 {
        kinds.iter().for_each(|&kind| with_kinds(classes.without(kind)));
    }
    for at in 0..case.settings.len() {
        let mut fewer = case.clone();
        fewer.settings.remove(at);
        all.push(fewer);
    }
    all.extend(shorter_programs(case));
    all
}

/// Returns the cases with one line fewer in the program, if a setting contains one.
fn shorter_programs(case: &Case) -> Vec<Case> {
    let is_program = |key: &str| key == "program" || key.ends_with(".program");
    let Some(at) = case.settings.iter().position(|(key, _)| is_program(key)) else {
        return Vec::new();
    };
    let lines: Vec<&str> = case.settings[at].1.split(',').collect();
    let without = |line: usize| {
        let mut fewer = lines.clone();
        fewer.remove(line);
        let mut shorter = case.clone();
        shorter.settings[at].1 = fewer.join(",");
        shorter
    };
    (1..lines.len()).map(without).collect()
}
