//! The questions that the page on screen asks the worker, and those that it no longer needs.

use super::{Effect, Model, Page, choose, cost, matrix, overview, proof};
use crate::protocol::Question;

/// Asks the worker what the page on screen needs to know.
pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    let questions = match &model.page {
        Page::Run(_) => return proof::arrived(model).into_iter().collect(),
        Page::Matrix(filter, _) => matrix::questions(filter),
        Page::Overview(filter, _) => overview::questions(filter),
        Page::Cost(load, ..) => cost::questions(load),
        Page::Choose(answers, ..) => choose::questions(answers),
        _ => Vec::new(),
    };
    questions.into_iter().filter_map(|question| model.answers.ask(question)).collect()
}

/// Stops the questions under way that the page on screen does not ask.
pub(super) fn stop_needless(model: &mut Model) -> Vec<Effect> {
    let mut answers = std::mem::take(&mut model.answers);
    let stopped = answers.stop(|question| match (&model.page, question) {
        (Page::Matrix(..), Question::Row { .. })
        | (Page::Overview(..), Question::Pictures { .. }) => false,
        (Page::Cost(load, ..), Question::Cost { load: other, .. }) => load != other,
        (Page::Choose(answers, ..), Question::Cost { .. }) => {
            !choose::questions(answers).contains(question)
        }
        _ => !proof::needs(model, question),
    });
    model.answers = answers;
    stopped
}
