//! The progress in the course.

use super::{Effect, Model};
use crate::catalogue::{LESSONS, Lesson};

/// The local-storage key: the ids of the finished lessons.
pub const KEY: &str = "ackward.course";

/// The lessons that are finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lessons {
    done: [bool; LESSONS.len()],
}

/// Returns the position of a scenario in the course.
fn place(id: &str) -> Option<usize> {
    LESSONS.iter().position(|lesson| lesson.id == id)
}

/// Returns the lesson after this scenario; `None` after the last one, and for scenarios that are
/// not in the course.
pub fn after(id: &str) -> Option<&'static Lesson> {
    LESSONS.get(place(id)? + 1)
}

impl Lessons {
    /// Restores the progress from local storage. Ids that the course no longer has are ignored.
    pub fn read(kept: Option<&str>) -> Lessons {
        let mut lessons = Lessons::default();
        for id in kept.unwrap_or_default().split(',') {
            lessons.finish(id.trim());
        }
        lessons
    }

    /// Returns the text to store.
    pub fn text(&self) -> String {
        let done = LESSONS.iter().zip(self.done).filter(|(_, done)| *done);
        done.map(|(lesson, _)| lesson.id).collect::<Vec<_>>().join(",")
    }

    /// Marks a lesson as finished; returns false if nothing changed.
    pub fn finish(&mut self, id: &str) -> bool {
        match place(id) {
            Some(at) => !std::mem::replace(&mut self.done[at], true),
            None => false,
        }
    }

    pub fn is_done(&self, lesson: &Lesson) -> bool {
        place(lesson.id).is_some_and(|at| self.done[at])
    }

    pub fn count(&self) -> usize {
        self.done.iter().filter(|done| **done).count()
    }

    /// Returns the first lesson that is not finished.
    pub fn next(&self) -> Option<&'static Lesson> {
        LESSONS.iter().find(|lesson| !self.is_done(lesson))
    }

    /// Returns the progress: "Course: 3 of 12".
    pub fn label(&self) -> String {
        format!("Course: {} of {}", self.count(), LESSONS.len())
    }
}

/// Keeps the progress in the course, once the outcome of a lesson is known.
pub(super) fn finished(model: &mut Model) -> Option<Effect> {
    let run = model.run().filter(|run| run.guided.course)?;
    let id = run.config.base.clone();
    let news = !model.predict.is_open() && model.lessons.finish(&id);
    news.then(|| Effect::Keep(KEY, model.lessons.text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::share::Address;
    use crate::ui::state::predict::{self, Guess};
    use crate::ui::state::{Msg, Page, Theme, update};

    #[test]
    fn progress_is_kept_as_ids() {
        let mut lessons = Lessons::read(Some("ack-lost, gone,,<b>,message-lost"));
        assert_eq!((lessons.count(), lessons.label()), (2, "Course: 2 of 12".to_owned()));
        assert_eq!(lessons.text(), "message-lost,ack-lost");
        assert_eq!(lessons.next().map(|lesson| lesson.id), Some("inbox-sent-twice"));
        assert!(!lessons.finish("ack-lost") && !lessons.finish("sqs-fifo-retry"));
        for lesson in &LESSONS {
            lessons.finish(lesson.id);
        }
        assert_eq!(lessons.next(), None);
        assert_eq!(Lessons::read(Some(&lessons.text())), lessons);
        assert_eq!(Lessons::read(None), Lessons::default());
    }

    #[test]
    fn each_lesson_leads_to_the_next() {
        assert_eq!(after("message-lost").map(|lesson| lesson.id), Some("ack-lost"));
        assert_eq!(after("outbox-inbox"), None);
        assert_eq!(after("sqs-fifo-retry"), None);
    }

    fn at(address: &str) -> Model {
        let mut model = Model::new(Theme::Light);
        update(&mut model, Msg::Went(Address::read(address)));
        model
    }

    #[test]
    fn a_lesson_is_finished_by_an_answer_or_at_the_end() {
        let mut model = at("/s/ack-lost/?predict=1&course=1");
        assert_eq!(model.lessons.count(), 0);
        let effects = update(&mut model, Msg::Predict(predict::Msg::Answer(Guess::Once)));
        assert_eq!(effects, [Effect::Keep(KEY, "ack-lost".into())]);
        let mut model = at("/s/ack-lost/?course=1");
        update(&mut model, Msg::Forward);
        assert_eq!(model.lessons.count(), 0);
        let effects = update(&mut model, Msg::Last);
        assert!(effects.contains(&Effect::Keep(KEY, "ack-lost".into())), "{effects:?}");
        // Once is enough.
        update(&mut model, Msg::First);
        let effects = update(&mut model, Msg::Last);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Keep(..))), "{effects:?}");
        // Outside the course it counts for nothing.
        let mut model = at("/s/ack-lost");
        update(&mut model, Msg::Last);
        assert_eq!(model.lessons.count(), 0);
    }

    #[test]
    fn the_course_is_a_page_and_can_be_started_over() {
        let mut model = at("/course");
        assert!(matches!(model.page, Page::Course));
        model.lessons.finish("ack-lost");
        assert_eq!(update(&mut model, Msg::RestartCourse), [Effect::Keep(KEY, String::new())]);
        assert_eq!(model.lessons, Lessons::default());
    }
}
