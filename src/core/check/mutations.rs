//! Mutations of a configuration: changes of a single setting, as a person could make them.

use crate::products::{self, Add};
use crate::sim::settings::outbox::{Lock, Marks, Reads};
use crate::sim::settings::{Database, OnError};
use crate::sim::{OnRestart, Op, Scenario};

/// A configuration with one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change in the product's terms, such as "acks=all".
    pub label: String,
    /// The changed configuration.
    pub scenario: Scenario,
}

/// Returns the usual changes of one setting, or of one technique of the consumer.
///
/// Other values of a setting are listed by `lab`, which knows all settings by name. `lab` also
/// defines which settings are circumstances rather than decisions; these are never changed here.
pub fn changes(scenario: &Scenario) -> Vec<Change> {
    let mut all = Vec::new();
    {
        let mut add = |label: &str, change: &dyn Fn(&mut Scenario)| {
            let mut changed = scenario.without_faults();
            change(&mut changed);
            changed.tidy();
            let mut same = scenario.without_faults();
            same.tidy();
            // A configuration that the product rejects is no change.
            if changed != same && changed.check().is_ok() {
                all.push(Change { label: label.into(), scenario: changed });
            }
        };
        producer(scenario, &mut add);
        (products::of(scenario).changes.broker)(&mut add);
        consumer(scenario, &mut add);
    }
    all
}

/// Returns every configuration that combines two of these changes and equals no single one.
pub fn pairs(singles: &[Change]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for (i, first) in singles.iter().enumerate() {
        for second in changes(&first.scenario) {
            // Each pair once: the other order leads to the same configuration, or to none.
            let later = singles[i + 1..].iter().any(|change| change.label == second.label);
            let known = |change: &Change| change.scenario == second.scenario;
            if later && !all.iter().any(known) && !singles.iter().any(known) {
                let label = format!("{} and {}", first.label, second.label);
                all.push(Change { label, scenario: second.scenario });
            }
        }
    }
    all
}

fn producer(scenario: &Scenario, add: &mut Add) {
    (products::of(scenario).changes.producer)(scenario, add);
    add("resend unconfirmed messages after a restart", &|s| {
        if let Some(on_restart) = s.producer.on_restart() {
            *on_restart = OnRestart::Resend;
        }
    });
    if scenario.database.is_some() {
        add("transactional outbox", &|s| s.database = Some(Database::Outbox));
    }
    if scenario.outbox.reads == Reads::IdAfterLast {
        add("only rows below the oldest open transaction (pg_snapshot_xmin)", &|s| {
            s.outbox.reads = Reads::IdBelowXmin;
        });
        add("change data capture: read the transaction log", &|s| s.outbox.reads = Reads::Log);
        add("read rows without a sent mark", &|s| s.outbox.reads = Reads::Unsent);
    }
    add("mark each row once it is sent", &|s| s.outbox.marks = Marks::EachRow);
    if scenario.outbox.relays > 1 {
        relays(scenario, add);
    }
}

/// Adds what keeps two relays from sending the same row, or from overtaking each other.
fn relays(scenario: &Scenario, add: &mut Add) {
    add("one relay", &|s| s.outbox.relays = 1);
    add("lock rows: SELECT … FOR UPDATE SKIP LOCKED", &|s| s.outbox.lock = Lock::SkipLocked);
    add("one relay at a time: a lock with a lease", &|s| s.outbox.lock = Lock::Lease);
    // Longer than most clients try to send a message.
    let long = 600_000.max(scenario.outbox.lock_lease_ms);
    if scenario.outbox.lock == Lock::Lease {
        add(&format!("outbox.lock_lease_ms={long}"), &|s| s.outbox.lock_lease_ms = long);
    }
}

fn consumer(scenario: &Scenario, add: &mut Add) {
    for (label, program) in techniques(scenario) {
        add(label, &|s| s.consumer.program.clone_from(&program));
    }
    add("requeue on error", &|s| s.consumer.on_error = OnError::Requeue);
    add("on_error=reject", &|s| s.consumer.on_error = OnError::Reject);
    if scenario.consumer.count > 1 {
        add("one consumer", &|s| s.consumer.count = 1);
    }
    if has_claim(scenario) {
        // Where nobody knows how long a handler takes: as long as AWS Lambda lets a function run.
        let lease = scenario.consumer.slow_handler_ms.unwrap_or(900_000);
        add(&format!("claim_lease_ms={lease}"), &|s| s.consumer.claim_lease_ms = Some(lease));
    }
    (products::of(scenario).changes.consumer)(add);
    (products::of(scenario).outlast)(scenario, add);
}

fn has_claim(scenario: &Scenario) -> bool {
    scenario.consumer.program.contains(&Op::ClaimInProgress)
}

/// Returns other programs for the consumer to handle a message.
fn techniques(scenario: &Scenario) -> Vec<(&'static str, Vec<Op>)> {
    use Op::*;
    // If the consumer does not acknowledge, the broker proceeds without an acknowledgment.
    let acks = scenario.consumer.program.contains(&Ack);
    let with_ack = |mut lines: Vec<Op>| {
        lines.extend(acks.then_some(Ack));
        lines
    };
    let mut all = vec![
        ("work, then ack", with_ack(vec![Receive, Work])),
        ("idempotent write (set, not add)", with_ack(vec![Receive, Set])),
        ("INSERT … ON CONFLICT DO NOTHING", with_ack(vec![Receive, Upsert])),
        ("transactional inbox", with_ack(vec![Receive, Begin, Inbox, Work, Commit])),
        ("processed-ID set in Redis", with_ack(vec![Receive, CheckRedis, Work, MarkRedis])),
        ("claim with SET NX", with_ack(vec![Receive, Claim, Work])),
    ];
    // Beside a claim that skips what somebody else has in progress: one that comes again.
    if scenario.consumer.program.contains(&Claim) {
        let lines = with_ack(vec![Receive, ClaimInProgress, Work, Complete]);
        all.push(("claim in progress: fail and come again until it is done", lines));
    }
    if acks {
        all.push(("ack, then work", vec![Receive, Ack, Work]));
    }
    let own = products::of(scenario).changes.programs;
    all.extend(own.iter().map(|(label, lines)| (*label, lines.to_vec())));
    all
}
