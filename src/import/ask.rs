//! The questions that a plan asks, and the program of a consumer that the answers make.

use super::answers::{AckPlace, Answers, BatchFailure, Handler, OnError, Question, SendFailure};
use super::part::{Side, System};
use super::plan::Plan;

/// Returns the choices of a question.
pub fn listed<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    options.into_iter().map(|(key, label)| (key.to_owned(), label.to_owned())).collect()
}

/// Adds the question about the handler, and returns the answer.
pub fn ask_handler(plan: &mut Plan, answers: &Answers) -> Handler {
    let taken = answers.handler.unwrap_or(Handler::Database);
    let kafka = plan.system == System::Kafka;
    let options = Handler::options();
    plan.ask(Question {
        key: "handler",
        text: "What does the handler do?".into(),
        options: listed(options.into_iter().filter(|(key, _)| kafka || !key.contains("kafka"))),
        taken: taken.label().into(),
        answered: answers.handler.is_some(),
    });
    plan.answer(Side::Consumer, "handler", taken.key(), "handler", answers.handler.is_some());
    taken
}

/// Adds the question where the acknowledgment stands, and returns the answer.
pub fn ask_ack(plan: &mut Plan, answers: &Answers, what: &str) -> AckPlace {
    let taken = answers.ack.unwrap_or(AckPlace::After);
    plan.ask(Question {
        key: "ack",
        text: format!("Where does {what} stand?"),
        options: listed(AckPlace::options()),
        taken: taken.label().into(),
        answered: answers.ack.is_some(),
    });
    plan.answer(Side::Consumer, "ack", taken.key(), "ack", answers.ack.is_some());
    taken
}

/// Adds the question what an error leads to. `default` is what happens without an answer.
pub fn ask_on_error(
    plan: &mut Plan,
    answers: &Answers,
    default: OnError,
    text: &str,
    not: &[OnError],
) -> OnError {
    let taken = answers.on_error.unwrap_or(default);
    let options = OnError::ALL.iter().filter(|choice| !not.contains(choice));
    plan.ask(Question {
        key: "on-error",
        text: text.into(),
        options: listed(options.map(|choice| (choice.key(), choice.label()))),
        taken: taken.label().into(),
        answered: answers.on_error.is_some(),
    });
    plan.answer(
        Side::Consumer,
        "handler error",
        taken.key(),
        "on-error",
        answers.on_error.is_some(),
    );
    taken
}

/// Adds the question what a handler of batches does when one message fails. `default` is what it does
/// without an answer, and `not` what its framework has no means for.
pub fn ask_batch(
    plan: &mut Plan,
    answers: &Answers,
    default: BatchFailure,
    not: &[BatchFailure],
) -> BatchFailure {
    let given = answers.batch.filter(|choice| !not.contains(choice));
    let taken = given.unwrap_or(default);
    let options = BatchFailure::ALL.iter().filter(|choice| !not.contains(choice));
    plan.ask(Question {
        key: "batch",
        text: "What does the handler do when one message of its batch fails?".into(),
        options: listed(options.map(|choice| (choice.key(), choice.label()))),
        taken: taken.label().into(),
        answered: given.is_some(),
    });
    plan.answer(Side::Consumer, "batch failure", taken.key(), "batch", given.is_some());
    taken
}

/// Adds the question what happens when a send fails, and returns the answer. `default` is what happens
/// without one.
pub fn ask_send_failure(plan: &mut Plan, answers: &Answers, default: SendFailure) -> SendFailure {
    let taken = answers.send_failure.unwrap_or(default);
    plan.ask(Question {
        key: "send-failure",
        text: "What does the caller do when a send fails?".into(),
        options: listed(SendFailure::options()),
        taken: taken.label().into(),
        answered: answers.send_failure.is_some(),
    });
    plan.answer(
        Side::Producer,
        "send failure",
        taken.key(),
        "send-failure",
        answers.send_failure.is_some(),
    );
    taken
}

/// Asks for the version of a library that decides on something.
pub fn ask_version(
    plan: &mut Plan,
    answers: &Answers,
    library: &'static str,
    why: &str,
    taken: &str,
) {
    let given = answers.versions.0.iter().any(|(name, _)| name.eq_ignore_ascii_case(library));
    if plan.questions.iter().any(|question| question.text.contains(library)) {
        return;
    }
    plan.ask(Question {
        key: "lib",
        text: format!("Which version of {library}? {why}"),
        options: Vec::new(),
        taken: format!("{library}={taken}"),
        answered: given,
    });
}

/// Returns the program of a consumer: the lines of its handler, with the acknowledgment.
pub fn program(handler: Handler, ack: Option<AckPlace>) -> String {
    let effect = match handler {
        Handler::Database => "work",
        Handler::Upsert | Handler::ServiceKey => "upsert",
        Handler::Inbox => "begin,inbox,work,commit",
        Handler::Set => "set",
        Handler::Service | Handler::Topic => "call",
        Handler::Redis => "check-redis,work,mark-redis",
        Handler::Claim => "claim,work",
        // The offset goes with the transaction.
        Handler::Transaction => return "receive,produce,send-offsets,commit-transaction".into(),
    };
    match ack {
        None => format!("receive,{effect}"),
        Some(AckPlace::After) => format!("receive,{effect},ack"),
        Some(AckPlace::Before) => format!("receive,ack,{effect}"),
    }
}
