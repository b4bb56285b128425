//! Profiles that make no difference: a question about them would be idle.

use super::reading::Reading;

/// Maximum number of other profiles that are tried: each takes a reading of all files.
const MOST: usize = 12;

/// Drops the question which profile is active, if the others decide nothing else.
pub fn drop_idle(reading: &mut Reading, with: &dyn Fn(&str) -> Option<Reading>) {
    let now = decided(reading);
    let Some(plan) = &mut reading.plan else { return };
    let Some(at) = plan.questions.iter().position(|question| question.key == "profile") else {
        return;
    };
    let question = &plan.questions[at];
    if question.answered || question.options.len() > MOST + 1 {
        return;
    }
    let mut others = question.options.iter().filter(|(name, _)| *name != question.taken);
    let differs = |name: &str| with(name).is_none_or(|other| decided(&other) != now);
    if !others.any(|(name, _)| differs(name)) {
        plan.questions.remove(at);
    }
}

/// Returns what a verdict depends on.
fn decided(reading: &Reading) -> String {
    let of = |plan: &super::plan::Plan| {
        let rows = plan.taken.iter().map(|row| (&row.name, &row.value));
        let rows: Vec<_> = rows.collect();
        format!(
            "{:?} {:?} {:?} {:?} {rows:?}",
            plan.preset, plan.variants, plan.forced, plan.refused
        )
    };
    reading.plan.as_ref().map(of).unwrap_or_default()
}
