//! What the page has asked its worker, and the answers.

use std::rc::Rc;

use super::Effect;
use crate::protocol::{Answer, Progress, Question};

/// Maximum number of questions whose answers are kept.
const MOST: usize = 300;

#[derive(Clone, Debug, Default)]
pub struct Answers {
    entries: Vec<Entry>,
    /// The number of the latest question.
    last: u32,
}

/// A question, with what is known of its answer.
#[derive(Clone, Debug)]
pub struct Entry {
    id: u32,
    question: Rc<Question>,
    /// The latest answer.
    pub answer: Option<Rc<Answer>>,
    pub progress: Option<Progress>,
    /// The time from the question to the latest answer.
    pub millis: u32,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// More is to come.
    Waiting,
    Done,
    /// It was stopped before it was answered in full.
    Stopped,
}

impl Answers {
    pub fn get(&self, question: &Question) -> Option<&Entry> {
        self.entries.iter().find(|entry| *entry.question == *question)
    }

    /// Asks a question that is neither answered nor being answered.
    pub fn ask(&mut self, question: Question) -> Option<Effect> {
        match self.get(&question).map(|entry| entry.state) {
            Some(State::Waiting | State::Done) => return None,
            // What was known stays in sight until it is known anew.
            Some(State::Stopped) | None => {}
        }
        self.last += 1;
        let known = self.entries.iter().position(|entry| *entry.question == question);
        let answer = known.and_then(|at| self.entries.remove(at).answer);
        if self.entries.len() >= MOST
            && let Some(old) = self.entries.iter().position(|entry| entry.state != State::Waiting)
        {
            self.entries.remove(old);
        }
        let (id, question) = (self.last, Rc::new(question));
        self.entries.push(Entry {
            id,
            question: Rc::clone(&question),
            answer,
            progress: None,
            millis: 0,
            state: State::Waiting,
        });
        Some(Effect::Ask { id, question })
    }

    /// Stops the questions under way that nobody needs the answers of.
    pub fn stop(&mut self, needless: impl Fn(&Question) -> bool) -> Vec<Effect> {
        let under_way = |entry: &&mut Entry| entry.state == State::Waiting;
        let stopped = self.entries.iter_mut().filter(under_way);
        let stopped = stopped.filter(|entry| needless(&entry.question));
        stopped
            .map(|entry| {
                entry.state = State::Stopped;
                Effect::Cancel(entry.id)
            })
            .collect()
    }

    /// Takes an answer; `None` says that there are no more of them.
    pub fn came(&mut self, id: u32, text: Option<&str>, millis: u32) {
        let under_way = |entry: &&mut Entry| entry.id == id && entry.state == State::Waiting;
        let Some(entry) = self.entries.iter_mut().find(under_way) else { return };
        match text.map(Answer::read) {
            None => entry.state = State::Done,
            Some(Answer::Progress(progress)) => entry.progress = Some(progress),
            Some(answer) => {
                entry.answer = Some(Rc::new(answer));
                entry.millis = millis;
            }
        }
    }
}

impl Entry {
    pub fn is_waiting(&self) -> bool {
        self.state == State::Waiting
    }

    /// Returns why there is no answer.
    pub fn problem(&self) -> Option<String> {
        match self.answer.as_deref()? {
            Answer::Wrong(problem) => Some(problem.clone()),
            Answer::Broke(problem) => Some(format!(
                "Nothing could be computed: {problem}. It takes a web worker; reload the page, or \
                 run `ackward` in a terminal."
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(preset: &str) -> Question {
        Question::Row { preset: preset.to_owned(), shortest: false }
    }

    #[test]
    fn a_question_is_asked_once() {
        let mut answers = Answers::default();
        let Some(Effect::Ask { id, .. }) = answers.ask(row("a")) else { panic!("it is asked") };
        assert_eq!(answers.ask(row("a")), None);
        answers.came(id, Some(r#"{"row":["idle"]}"#), 7);
        answers.came(id, None, 9);
        assert_eq!(answers.ask(row("a")), None);
        let entry = answers.get(&row("a")).expect("it is known");
        assert_eq!((entry.state, entry.millis), (State::Done, 7));
        assert!(matches!(entry.answer.as_deref(), Some(Answer::Row(cells)) if cells.len() == 1));
        assert!(answers.get(&row("b")).is_none());
    }

    #[test]
    fn what_was_stopped_is_asked_again() {
        let mut answers = Answers::default();
        let Some(Effect::Ask { id, .. }) = answers.ask(row("a")) else { panic!("it is asked") };
        assert_eq!(answers.stop(|_| false), []);
        assert_eq!(answers.stop(|_| true), [Effect::Cancel(id)]);
        answers.came(id, Some(r#"{"row":[]}"#), 7);
        assert!(answers.get(&row("a")).is_some_and(|entry| entry.answer.is_none()));
        assert!(answers.ask(row("a")).is_some());
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let mut answers = Answers::default();
        let Some(Effect::Ask { id, .. }) = answers.ask(row("a")) else { panic!("it is asked") };
        answers.came(id, Some("<html>"), 7);
        let problem = answers.get(&row("a")).and_then(Entry::problem).expect("a reason");
        assert!(problem.contains("reload the page"), "{problem}");
    }
}
