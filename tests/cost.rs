//! Tests of the cost model: counted steps, latencies that add up, and rates that simulated runs
//! confirm.

use ackward::catalogue::{preset, presets};
use ackward::sim::Participant;
use ackward::simulate::{
    Chaos, Cost, FaultRates, Keep, LatencyModel, Load, Operation, PUBLISHED, Plan, cost,
};

fn of(id: &str) -> Cost {
    cost(&preset(id).expect("a preset").configuration, &Load::default())
        .expect("it can be measured")
}

#[test]
fn answers_and_disk_syncs_are_those_of_the_lines() {
    // The round trips of sender and consumer, and the disk syncs. A statement outside a transaction
    // is a commit of its own.
    for (id, sender, consumer, syncs) in [
        ("at-most-once", 0, 1, 2),
        ("at-least-once", 1, 1, 2),
        ("technique-inbox", 1, 3, 2),
        ("kafka-fire-and-forget", 0, 1, 1),
        ("kafka-idempotent", 1, 1, 1),
        ("kafka-transactional", 2, 1, 1),
        ("kafka-consumer-commit-last", 1, 2, 1),
        ("rabbitmq-default", 0, 1, 1),
        ("rabbitmq-quorum-queue", 1, 1, 4),
        ("sqs-standard", 1, 2, 1),
        ("technique-redis-set", 1, 3, 2),
        // Saved, sent, marked as sent; plus the sync of the broker, and that of the effect.
        ("outbox", 3, 1, 4),
    ] {
        let cost = of(id);
        let counted = (cost.sender_waits, cost.consumer_waits, cost.syncs);
        assert_eq!(counted, (sender, consumer, syncs), "{id}");
    }
}

#[test]
fn what_is_kept_and_who_has_to_run() {
    let keeps = |id: &str| of(id).keeps;
    assert_eq!(keeps("at-least-once"), []);
    assert_eq!(keeps("kafka-idempotent"), [Keep::Copies(2)]);
    assert_eq!(keeps("kafka-transactional"), [Keep::Copies(2), Keep::Marker]);
    assert_eq!(keeps("outbox-to-inbox"), [Keep::OutboxRow, Keep::InboxId]);
    assert_eq!(keeps("sqs-fifo"), [Keep::BrokerId]);
    assert_eq!(of("technique-redis-set").parts, [Participant::Redis]);
    assert_eq!(of("outbox").parts, [Participant::Orders, Participant::Relay]);
    assert_eq!(of("sqs-standard").parts, []);
}

#[test]
fn more_certain_is_slower() {
    let told = |id: &str| of(id).told.quantile_us(0.5).expect("it is answered");
    assert!(told("kafka-leader-ack") < told("kafka-idempotent"));
    assert!(told("kafka-idempotent") < told("kafka-transactional"));
    assert!(told("rabbitmq-transient-confirmed") < told("rabbitmq-quorum-queue"));
    let sent = |id: &str| of(id).sent_per_second();
    assert!(sent("kafka-transactional") < sent("kafka-idempotent") / 100.0);
    let handled = |id: &str| of(id).handled_per_second();
    assert!(handled("technique-inbox") < handled("technique-upsert"));
    assert!(of("rabbitmq-default").told.quantile_us(0.5).is_none(), "nobody answers");
}

/// Simulates messages that all arrive at once; returns how many per second take effect, counted
/// from the first effect.
fn measured(id: &str) -> f64 {
    let scenario = preset(id).unwrap();
    let mut pace = LatencyModel::default();
    pace.set(Operation::Gap, 0);
    let plan = Plan { seed: 9, runs: 4_000, messages: 4, rates: FaultRates::default(), pace };
    let mut chaos = Chaos::new(&scenario.configuration, &plan).unwrap();
    let mut sum = 0;
    for number in 0..plan.runs {
        let mut times: Vec<u64> = chaos.one(number).effect.into_iter().flatten().collect();
        times.sort_unstable();
        sum += times[3] - times[0];
    }
    3.0 * plan.runs as f64 * 1e9 / sum as f64
}

#[test]
fn rates_are_borne_out_by_runs() {
    for id in [
        "at-least-once",
        "exactly-once",
        "kafka-transactional",
        "kafka-consumer-commit-last",
        "kafka-consumer-offset-in-database",
        "rabbitmq-fast",
        "rabbitmq-safe",
        "rabbitmq-quorum-queue",
        "sqs-standard",
        "sqs-fifo",
        "technique-redis-set",
        "technique-claim-mail",
        "outbox",
        "outbox-to-inbox",
    ] {
        let (said, seen) = (of(id).per_second(), measured(id));
        let ratio = seen / said;
        println!("{id}: {said:.1} said, {seen:.1} seen, {ratio:.2}");
        // Two stages with nearly the same rate that wait for each other are slower.
        assert!((0.7..1.25).contains(&ratio), "{id}: {said:.1}/s said, {seen:.1}/s seen");
    }
}

#[test]
fn ours_are_of_the_order_of_the_published_figures() {
    for published in PUBLISHED {
        let costs: Vec<(&str, Cost)> = published.presets.iter().map(|&id| (id, of(id))).collect();
        let cost = |id: &str| costs.iter().find(|(own, _)| *own == id).map(|(_, cost)| cost);
        let ours = published.ours(cost).expect("a figure");
        let ratio = ours / published.theirs;
        assert!((0.1..10.0).contains(&ratio), "{}: {ours}", published.what);
    }
}

#[test]
fn every_preset_can_be_measured() {
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let cost = cost(&preset.configuration, &Load::default())
            .unwrap_or_else(|e| panic!("{}: {e}", preset.id));
        assert!(cost.per_second() > 1.0, "{}", preset.id);
        assert!(cost.effect.count() == 10_000, "{}: every message takes effect", preset.id);
    }
}

#[test]
fn larger_messages_leave_smaller_batches() {
    let sent = |message_bytes| {
        let load = Load { message_bytes, ..Load::default() };
        cost(&preset("kafka-idempotent").unwrap().configuration, &load).unwrap().sent_per_second()
    };
    assert!(sent(100) > sent(4_000) && sent(4_000) > sent(16_384));
}
