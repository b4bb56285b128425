//! Notices about the problems with an address.

use crate::ui::share::AskedStep;

/// Maximum number of characters to show of an invalid address, and of a problem with an address.
pub(super) const LONGEST_ASKED: usize = 60;
const LONGEST_PROBLEM: usize = 240;

/// Joins the problems with an address into a notice.
pub(super) fn notice(problems: Vec<String>) -> Option<String> {
    let problems = problems.iter().map(|problem| truncated(problem, LONGEST_PROBLEM));
    let notices: Vec<String> = problems.collect();
    (!notices.is_empty()).then(|| notices.join(" "))
}

/// Returns the step to show, and a notice if it is not the one requested.
pub(super) fn asked_step(asked: AskedStep, last: usize) -> (usize, Option<String>) {
    match asked {
        AskedStep::Start => (0, None),
        AskedStep::At(step) if step <= last => (step, None),
        AskedStep::At(step) => {
            let text = format!(
                "This run has {last} steps and the address asks for step {step}. Here is its last step."
            );
            (last, Some(text))
        }
        AskedStep::Lost(path) => {
            let path = truncated(&path, LONGEST_ASKED);
            let text = format!(
                "The address asks for a run along “{path}”, which is no path. Here is the scenario's own run."
            );
            (0, Some(text))
        }
        AskedStep::Unreadable(text) => {
            let text = truncated(&text, LONGEST_ASKED);
            let text = format!(
                "The step in the address, “{text}”, is not a number. Here is the start of the run."
            );
            (0, Some(text))
        }
    }
}

pub(super) fn truncated(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
