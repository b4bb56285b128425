//! What each event that could happen next leads to.

use crate::present;
use crate::protocol::{Answer, At};
use crate::sim::{Path, ScenarioError};

pub fn answer(at: &At, say: &mut dyn FnMut(Answer)) {
    match outcomes(at) {
        Ok(outcomes) => say(outcomes),
        Err(problem) => say(Answer::Wrong(problem)),
    }
}

/// # Errors
/// Returns what cannot be run.
fn outcomes(at: &At) -> Result<Answer, String> {
    let said = |error: ScenarioError| error.to_string();
    let opened = match &at.path {
        None => present::open(&at.scenario).map_err(said)?,
        Some(path) => {
            let path: Path = path.parse()?;
            present::open_along(&at.scenario, &path, None).map_err(said)?
        }
    };
    let course = opened.ran.course();
    let next = course.chances(at.step);
    Ok(Answer::Outcomes(next.iter().map(|next| course.outcome(at.step, next.choice)).collect()))
}
