//! Celery on Redis. Redis as a broker is not in the model; what is known of it rests on the
//! sources.
//!
//! Sources: celery@5dc781f worker/request.py, docs "visibility timeout"; celery/kombu@9ee8595
//! transport/redis.py:726; celery#3270, kombu#337.

use super::place_of;
use crate::check::Property;
use crate::import::answers::{Answers, Handler};
use crate::import::ask::ask_handler;
use crate::import::layers::{Origin, Settings, Taken};
use crate::import::part::{RemarkKind, Side};
use crate::import::plan::{Forced, Plan};
use crate::import::rules::Rule;
use crate::import::search::Tag;

/// Seconds after which Redis gives a task to another worker, by default.
const VISIBILITY: u64 = 3600;

pub fn plan(plan: &mut Plan, mut settings: Settings, answers: &Answers) {
    plan.remark(
        RemarkKind::NotModeled,
        "Redis as a broker is not modeled: nothing was run, the results rest on Celery's documentation \
         and source",
    );
    let handler = ask_handler(plan, answers);
    let late = settings.is("acks_late");
    let visibility = settings.number("visibility_timeout").unwrap_or(VISIBILITY);
    if settings.get("visibility_timeout").is_none() {
        settings.rows.push(Taken {
            side: Side::Consumer,
            name: "visibility_timeout".into(),
            value: VISIBILITY.to_string(),
            origin: Origin::Default {
                layer: "Celery on Redis",
                since: "",
                source: "celery/kombu@9ee8595 transport/redis.py:726",
            },
            note: None,
        });
    }
    let longest = settings.number("task_time_limit");
    let too_short = late && longest.is_some_and(|limit| limit > visibility);
    if let Some(limit) = longest {
        let text = format!(
            "visibility_timeout {visibility} s against task_time_limit {limit} s: a task that runs for \
             longer than the first is given to a second worker while the first still works"
        );
        let place = place_of(&settings, "visibility_timeout");
        plan.rules.push(Rule::new(
            limit <= visibility,
            text,
            place,
            "Celery docs, Redis, visibility timeout",
        ));
    }
    // There is no AMQP below.
    ["auto_ack", "prefetch_count"].iter().for_each(|name| settings.forget(name));
    results(plan, &settings, handler, too_short);
    plan.take(&settings);
}

/// Adds what is known of each property.
fn results(plan: &mut Plan, settings: &Settings, handler: Handler, too_short: bool) {
    let late = settings.is("acks_late");
    let again = if too_short { Tag::NoFault } else { Tag::Usual };
    let twice = late.then_some(again);
    let applied =
        twice.filter(|_| matches!(handler, Handler::Database | Handler::Service | Handler::Topic));
    let lost = "a task that fails is acknowledged and gone; Redis without an append-only file forgets \
                on a crash";
    let handled = match (late, too_short) {
        (true, true) => {
            "a task that runs for longer than visibility_timeout is given to a second worker"
        }
        (true, false) => "a worker that dies between the work and the acknowledgment",
        (false, _) => "acknowledged before the work",
    };
    let kills = late && settings.is("reject_on_worker_lost");
    let mut force = |property: Property, tags: Option<Vec<Tag>>, text: &str| {
        plan.forced.push(Forced { property, tags, text: text.into() });
    };
    force(Property::NeverLostSilently, Some(vec![Tag::Usual]), lost);
    force(Property::NeverLost, Some(vec![Tag::Usual]), lost);
    force(Property::StoredOnce, None, "depends on who calls again");
    force(Property::HandledOnce, Some(twice.into_iter().collect()), handled);
    force(Property::AppliedOnce, Some(applied.into_iter().collect()), handled);
    force(
        Property::InOrder,
        Some(vec![Tag::Usual]),
        "restored messages come later, and there are several workers",
    );
    force(
        Property::NeverStuck,
        Some(kills.then_some(Tag::Poison).into_iter().collect()),
        if kills {
            "a task that kills its worker is given out again and again"
        } else {
            "a task that fails, or that kills its worker, is not given out again"
        },
    );
    force(Property::ReportTrue, Some(vec![Tag::Usual]), "accepted, and gone after a failure");
}
