//! The course: twelve scenarios, from the three guarantees to transactions.

/// A scenario of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The id of the scenario.
    pub id: &'static str,
    /// Why it comes now, without giving its outcome away.
    pub why: &'static str,
}

const fn lesson(id: &'static str, why: &'static str) -> Lesson {
    Lesson { id, why }
}

/// The course, in order: each failure comes before its fix.
pub const LESSONS: [Lesson; 12] = [
    lesson(
        "message-lost",
        "Start with at-most-once delivery: the producer sends once and waits for nothing.",
    ),
    lesson(
        "ack-lost",
        "To be sure, a producer waits for an ack and sends again. That is at-least-once delivery.",
    ),
    lesson(
        "inbox-sent-twice",
        "The same failure, but now the consumer records what it has processed: effectively once.",
    ),
    lesson("kafka-acks-1", "An ack is a promise. How many machines stand behind it?"),
    lesson("kafka-acks-all", "The same machine is lost, but every in-sync replica had to ack."),
    lesson(
        "auto-ack-crash",
        "The message is safe in the broker. The consumer acks, too, and can do so too early.",
    ),
    lesson("crash-after-work", "So ack after processing. That closes one gap and opens another."),
    lesson(
        "dedup-redis-window",
        "The consumer needs a memory that survives a crash. Here it is kept apart from the data.",
    ),
    lesson(
        "inbox-crash-before-commit",
        "Put the memory and the work into one transaction, and nothing fits between them.",
    ),
    lesson(
        "dual-write",
        "The producer has the same problem: it writes to its database and to the broker.",
    ),
    lesson(
        "outbox-relay-crash",
        "An outbox makes one transaction of both writes. A separate process then sends.",
    ),
    lesson(
        "outbox-inbox",
        "Both ends together: an outbox that sends until it gets an ack, and an inbox.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::scenario;

    #[test]
    fn every_lesson_is_a_scenario_and_comes_once() {
        for (number, lesson) in LESSONS.iter().enumerate() {
            assert!(scenario(lesson.id).is_some(), "{}", lesson.id);
            assert!(LESSONS[..number].iter().all(|earlier| earlier.id != lesson.id), "{lesson:?}");
            assert!(lesson.why.ends_with(['.', '?']) && lesson.why.len() < 100, "{lesson:?}");
        }
    }

    #[test]
    fn failures_come_before_their_fixes() {
        let place = |id: &str| LESSONS.iter().position(|lesson| lesson.id == id);
        let mut fixes = 0;
        for (number, lesson) in LESSONS.iter().enumerate() {
            let fix = scenario(lesson.id).and_then(|scenario| scenario.narrative.fix.as_ref());
            if let Some(fix) = fix.and_then(|fix| place(&fix.to)) {
                assert!(number < fix, "{} comes after its fix", lesson.id);
                fixes += 1;
            }
        }
        assert!(fixes >= 4, "{fixes} lessons are followed by their fix");
    }
}
