//! Mutations of a configuration: changes of a single setting, as a person could make them.

use crate::products::{self, Add};
use crate::sim::settings::outbox::{Lock, Marks, Reads};
use crate::sim::settings::{Database, OnError};
use crate::sim::{Configuration, OnRestart, Op};

/// A configuration with one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change in the product's terms, such as "acks=all".
    pub label: String,
    /// The changed configuration.
    pub configuration: Configuration,
}

/// Returns the usual changes of one setting, or of one technique of the consumer.
///
/// Other values of a setting are listed by `lab`, which knows all settings by name. `lab` also
/// defines which settings are circumstances rather than decisions; these are never changed here.
pub fn changes(config: &Configuration) -> Vec<Change> {
    let mut all = Vec::new();
    {
        let mut add = |label: &str, change: &dyn Fn(&mut Configuration)| {
            let mut changed = config.clone();
            change(&mut changed);
            changed.tidy();
            let mut same = config.clone();
            same.tidy();
            // A configuration that the product rejects is no change.
            if changed != same && changed.check().is_ok() {
                all.push(Change { label: label.into(), configuration: changed });
            }
        };
        producer(config, &mut add);
        (products::of(config).changes.broker)(&mut add);
        consumer(config, &mut add);
    }
    all
}

/// Returns every configuration that combines two of these changes and equals no single one.
pub fn pairs(singles: &[Change]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for (i, first) in singles.iter().enumerate() {
        for second in changes(&first.configuration) {
            // Each pair once: the other order leads to the same configuration, or to none.
            let later = singles[i + 1..].iter().any(|change| change.label == second.label);
            let known = |change: &Change| change.configuration == second.configuration;
            if later && !all.iter().any(known) && !singles.iter().any(known) {
                let label = format!("{} and {}", first.label, second.label);
                all.push(Change { label, configuration: second.configuration });
            }
        }
    }
    all
}

fn producer(config: &Configuration, add: &mut Add) {
    (products::of(config).changes.producer)(config, add);
    add("resend unconfirmed messages after a restart", &|s| {
        if let Some(on_restart) = s.producer.on_restart() {
            *on_restart = OnRestart::Resend;
        }
    });
    if config.database.is_some() {
        add("transactional outbox", &|s| s.database = Some(Database::Outbox));
    }
    if config.outbox.reads == Reads::IdAfterLast {
        add("only rows below the oldest open transaction (pg_snapshot_xmin)", &|s| {
            s.outbox.reads = Reads::IdBelowXmin;
        });
        add("change data capture: read the transaction log", &|s| s.outbox.reads = Reads::Log);
        add("read rows without a sent mark", &|s| s.outbox.reads = Reads::Unsent);
    }
    add("mark each row once it is sent", &|s| s.outbox.marks = Marks::EachRow);
    if config.outbox.relays > 1 {
        relays(config, add);
    }
}

/// Adds what keeps two relays from sending the same row, or from overtaking each other.
fn relays(config: &Configuration, add: &mut Add) {
    add("one relay", &|s| s.outbox.relays = 1);
    add("lock rows: SELECT … FOR UPDATE SKIP LOCKED", &|s| s.outbox.lock = Lock::SkipLocked);
    add("one relay at a time: a lock with a lease", &|s| s.outbox.lock = Lock::Lease);
    // Longer than most clients try to send a message.
    let long = 600_000.max(config.outbox.lock_lease_ms);
    if config.outbox.lock == Lock::Lease {
        add(&format!("outbox.lock_lease_ms={long}"), &|s| s.outbox.lock_lease_ms = long);
    }
}

fn consumer(config: &Configuration, add: &mut Add) {
    for (label, program) in techniques(config) {
        add(label, &|s| s.consumer.program.clone_from(&program));
    }
    add("requeue on error", &|s| s.consumer.on_error = OnError::Requeue);
    add("on_error=reject", &|s| s.consumer.on_error = OnError::Reject);
    if config.consumer.count > 1 {
        add("one consumer", &|s| s.consumer.count = 1);
    }
    if has_claim(config) {
        // Where nobody knows how long a handler takes: as long as AWS Lambda lets a function run.
        let lease = config.consumer.slow_handler_ms.unwrap_or(900_000);
        add(&format!("claim_lease_ms={lease}"), &|s| s.consumer.claim_lease_ms = Some(lease));
    }
    (products::of(config).changes.consumer)(add);
    (products::of(config).outlast)(config, add);
}

fn has_claim(config: &Configuration) -> bool {
    config.consumer.program.contains(&Op::ClaimInProgress)
}

/// Returns other programs for the consumer to handle a message.
fn techniques(config: &Configuration) -> Vec<(&'static str, Vec<Op>)> {
    use Op::*;
    // If the consumer does not acknowledge, the broker proceeds without an acknowledgment.
    let acks = config.consumer.program.contains(&Ack);
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
    if config.consumer.program.contains(&Claim) {
        let lines = with_ack(vec![Receive, ClaimInProgress, Work, Complete]);
        all.push(("claim in progress: fail and come again until it is done", lines));
    }
    if acks {
        all.push(("ack, then work", vec![Receive, Ack, Work]));
    }
    let own = products::of(config).changes.programs;
    all.extend(own.iter().map(|(label, lines)| (*label, lines.to_vec())));
    all
}
