//! Differential tests of the shipped search against a naive reference search, too simple to be
//! wrong: whole worlds in a hash map, every choice in every state, and no reductions.
//!
//! Configurations are drawn at random, so that the rules of the partial-order reduction meet
//! settings, programs and kinds of faults that nobody had in mind. `ACKWARD_DRAWS` is the number of
//! configurations (500), `ACKWARD_SEED` the seed (1), `ACKWARD_BATCHES` how many percent of them
//! acknowledge batches (10), `ACKWARD_ONLY` the beginning of the names of those
//! that they are based on (all), and `ACKWARD_STATES` the state limit of the
//! reference search (see [`STATES`]). Every disagreement is printed as a command line, as found and
//! after shrinking.

#[path = "reference/case.rs"]
mod case;
#[path = "reference/compare.rs"]
mod compare;
#[path = "reference/draw.rs"]
mod draw;
#[path = "reference/naive.rs"]
mod naive;
#[cfg(feature = "cli")]
#[path = "reference/points.rs"]
mod points;
#[path = "reference/shrink.rs"]
mod shrink;

use case::Case;
use compare::{Compared, Difference, compare};
use naive::Incomplete;
use std::collections::BTreeMap;

/// The state limit of the reference search. Larger searches take too long for a test.
const STATES: u64 = 40_000;

/// Reads a number from the environment.
fn number(name: &str, default: u64) -> u64 {
    let Ok(text) = std::env::var(name) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{name}={text}: not a number"))
}

/// Disagreements, by their shrunk form: how often each occurred, and what differs.
#[derive(Default)]
struct Disagreements(BTreeMap<String, (usize, Vec<Difference>)>);

impl Disagreements {
    /// Prints the disagreement and its shrunk form, and keeps the latter.
    fn add(&mut self, case: &Case, differences: &[Difference], limit: usize) {
        println!("DISAGREE {case}");
        differences.iter().for_each(|difference| println!("    {difference}"));
        let small = shrink::shrink(case, differences, limit);
        let small_differences = match compare(&small, limit) {
            Compared::Differs(differences) => differences,
            _ => differences.to_vec(),
        };
        println!("    shrunk: {small}");
        self.0.entry(small.to_string()).or_insert((0, small_differences)).0 += 1;
    }

    /// Fails if there are any.
    fn fail(&self) {
        for (command, (times, differences)) in &self.0 {
            println!("{times} x {command}");
            differences.iter().for_each(|difference| println!("    {difference}"));
        }
        assert!(self.0.is_empty(), "{} disagreements, listed above", self.0.len());
    }
}

#[test]
fn random_configurations_agree() {
    let wanted = number("ACKWARD_DRAWS", 500);
    let seed = number("ACKWARD_SEED", 1);
    let limit = number("ACKWARD_STATES", STATES) as usize;
    let mut random = draw::Random(seed);
    let mut disagreements = Disagreements::default();
    let (mut compared, mut states) = (0, 0);
    let (mut refused, mut too_large, mut overflowed) = (0, 0, 0);
    while compared < wanted {
        let case = draw::draw(&mut random);
        match compare(&case, limit) {
            Compared::Agrees(visited) => {
                compared += 1;
                states += visited;
            }
            Compared::Differs(differences) => {
                compared += 1;
                disagreements.add(&case, &differences, limit);
            }
            Compared::Incomplete(Incomplete::TooLarge) => too_large += 1,
            Compared::Incomplete(Incomplete::Overflow) => overflowed += 1,
            Compared::Refused => refused += 1,
        }
    }
    println!(
        "seed {seed}: {compared} compared with {states} states, {too_large} too large, \
         {overflowed} overflowed, {refused} refused"
    );
    disagreements.fail();
}

/// Configurations that the draws rarely reach: two consumers of a queue that serves one, records that
/// are deleted, partitions that are added, claims in progress, batches, outboxes and their relays,
/// several nodes that crash.
const RARELY_DRAWN: &[&str] = &[
    "nats-replicated --set publish_attempts=1 --messages 1 --faults 2 --kinds crash",
    "nats-replicated --set publish_attempts=1 --messages 2 --faults 1 --kinds crash",
    "nats-replicated --messages 1 --faults 1 --kinds usual",
    "nats-replicated-synced --set publish_attempts=1 --messages 1 --faults 2 --kinds crash",
    "nats-replicated-synced --messages 1 --faults 1 --kinds crash,power",
    "rabbitmq-quorum-queue --messages 1 --faults 2 --kinds crash",
    "rabbitmq-quorum-queue --messages 1 --faults 1 --kinds usual",
    "rabbitmq-quorum-queue --set publish_attempts=1 --messages 2 --faults 1 --kinds crash",
    "rabbitmq-quorum-dead-letter --set publish_attempts=1 --messages 1 --faults 2 \
     --kinds crash,handler",
    "rabbitmq-single-active-consumer --messages 2 --faults 1 --kinds usual",
    "rabbitmq-single-active-consumer --set prefetch_count=2 --messages 2 --faults 1 --kinds usual",
    "rabbitmq-single-active-consumer --set version=4.2 --set x-queue-type=quorum --messages 1 \
     --faults 1 --kinds usual",
    "rabbitmq-single-active-consumer --messages 1 --faults 1 --kinds partition,pause",
    "rabbitmq-single-active-consumer --set consumer.on_error=leave --messages 1 --faults 2 \
     --kinds handler,crash",
    "kafka-retention --messages 2 --faults 1 --kinds expiry",
    "kafka-retention --messages 2 --faults 2 --kinds expiry,crash",
    "kafka-default --messages 2 --faults 1 --kinds expiry",
    "kafka-default --messages 2 --faults 2 --kinds expiry,lost",
    "kafka-transactional --messages 2 --faults 1 --kinds expiry",
    "kafka-consumer-offset-in-database --messages 2 --faults 2 --kinds expiry,crash",
    "kafka-consumer-commit-last --set consumer.count=2 --messages 2 --faults 1 --kinds expiry",
    "kafka-idempotent --set replication.factor=2 --messages 2 --faults 1 --kinds expiry",
    "outbox-id-skips --messages 2 --faults 1 --kinds store",
    "outbox-id-skips --set on_restart=resend --messages 2 --faults 1 --kinds gone,replaced",
    "outbox-id-below-xmin --set attempts=1 --messages 2 --faults 1 --kinds lost",
    "outbox-id-below-xmin --set on_restart=resend --messages 2 --faults 1 --kinds gone",
    "outbox-log-crash --set outbox.concurrent_transactions=2 --messages 2 --faults 1 --kinds store",
    "outbox-log-inbox --messages 1 --faults 1 --kinds usual",
    "outbox-marked-early --messages 2 --faults 1 --kinds crash",
    "outbox-marked-early --set outbox.reads=id-after-last --set attempts=1 --messages 2 --faults 1 \
     --kinds lost",
    "kafka-transactional --set database=outbox --messages 1 --faults 1 --kinds crash,store,lost",
    "rabbitmq-outbox-no-confirms --messages 1 --faults 1 --kinds usual",
    "outbox-two-relays --messages 1 --faults 0 --kinds usual",
    "outbox-skip-locked --messages 1 --faults 0 --kinds usual",
    "outbox-skip-locked --messages 2 --faults 0 --kinds usual",
    "outbox-skip-locked --messages 1 --faults 1 --kinds pause,gone",
    "outbox-skip-locked --messages 1 --faults 1 --kinds store",
    "outbox-lease --messages 1 --faults 1 --kinds pause,gone",
    "outbox-lease --messages 1 --faults 1 --kinds store",
    "outbox-lease --set outbox.lock_lease_ms=1000 --messages 1 --faults 1 --kinds lost",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --messages 1 --faults 1 --kinds usual",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --messages 1 --faults 1 \
     --kinds pause,gone,partition",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=skip-locked --messages 1 \
     --faults 1 --kinds usual",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=skip-locked --messages 1 \
     --faults 2 --kinds crash,store",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=skip-locked --messages 2 \
     --faults 1 --kinds crash,store",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=lease --messages 1 \
     --faults 1 --kinds usual",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=lease --messages 1 \
     --faults 2 --kinds pause,crash",
    "rabbitmq-outbox-no-confirms --set outbox.relays=2 --set outbox.lock=lease --messages 2 \
     --faults 1 --kinds crash,store",
    "kafka-default --messages 2 --faults 1 --kinds operator",
    "kafka-default --messages 2 --faults 2 --kinds operator,crash",
    "kafka-default --set auto.offset.reset=earliest --messages 2 --faults 2 --kinds operator,lost",
    "kafka-idempotent --set replication.factor=2 --messages 2 --faults 1 --kinds operator",
    "kafka-consumer-commit-last --set new_group=true --messages 2 --faults 2 --kinds operator",
    "kafka-retention --messages 2 --faults 2 --kinds operator,expiry",
    "technique-claim-in-progress --messages 2 --faults 1 --kinds usual",
    "technique-claim-in-progress --messages 1 --faults 2 --kinds crash,slow",
    "kafka-consumer-commit-last --set program=receive,claim-in-progress,work,ack,complete \
     --set claim_lease_ms=60000 --set consumer.count=2 --messages 1 --faults 1 --kinds crash",
    "kafka-consumer-commit-last --set program=receive,claim-in-progress,begin,inbox,work,commit,complete,ack \
     --set claim_lease_ms=60000 --set consumer.count=2 --messages 1 --faults 2 --kinds crash,slow",
    "technique-claim-in-progress --set claim_lease_ms=unset --messages 2 --faults 1 --kinds usual",
    "technique-claim-in-progress --set claim_lease_ms=unset --set consumer.count=2 --messages 1 \
     --faults 1 --kinds lost,crash",
    "technique-claim-in-progress --set claim_lease_ms=unset --messages 1 --faults 2 --kinds store",
    "dedup-in-progress-overlap --messages 1 --faults 1 --kinds slow,pause",
    "sqs-fifo --set MaxNumberOfMessages=10 --set batch_ack=whole --messages 2 --faults 1 \
     --kinds usual",
    "sqs-fifo --set MaxNumberOfMessages=10 --set batch_ack=good-part --set on_error=leave \
     --messages 2 --faults 2 --kinds handler,crash",
    "sqs-fifo --set MaxNumberOfMessages=2 --set batch_ack=up-to-first-failure --messages 3 \
     --faults 1 --kinds handler,lost,late",
    "kafka-consumer-commit-last --set batch_ack=up-to-first-failure --messages 2 --faults 1 \
     --kinds usual",
    "kafka-consumer-commit-last --set batch_ack=whole --set consumer.count=2 --messages 2 \
     --faults 1 --kinds handler,pause",
    "kafka-consumer-commit-last --set batch_ack=whole --set handler_attempts=2 --set on_error=skip \
     --messages 2 --faults 1 --kinds usual",
    "kafka-consumer-commit-last --set batch_ack=whole --set handler_attempts=3 \
     --set on_error=dead-letter --messages 2 --faults 1 --kinds handler,crash,refused",
    "kafka-consumer-commit-last --set batch_ack=whole --set handler_attempts=2 --set consumer.count=2 \
     --messages 2 --faults 1 --kinds handler,pause",
    "rabbitmq-default --set batch_size=2 --set batch_ack=whole --set handler_attempts=2 \
     --set on_error=reject --messages 2 --faults 1 --kinds handler,crash,lost",
    "rabbitmq-single-active-consumer --set batch_size=2 --set batch_ack=whole --messages 2 \
     --faults 1 --kinds handler,crash",
    "nats-default --set batch_ack=whole --set ack_policy=all --messages 2 --faults 1 --kinds usual",
    "nats-default --set batch_ack=up-to-first-failure --set ack_policy=all --messages 2 --faults 2 \
     --kinds handler,lost,late",
    "nats-default --set batch_ack=good-part --set PullMaxMessages=2 --set consumer.count=2 \
     --messages 2 --faults 1 --kinds handler,pause,slow",
    "kafka-default --set client=librdkafka --messages 2 --faults 1 --kinds usual",
    "kafka-default --set client=spring-cloud-stream --messages 1 --faults 2 --kinds usual",
    "rabbitmq-default --set client=celery-acks-late --messages 1 --faults 1 --kinds usual",
    "rabbitmq-default --set consumer.client=masstransit --messages 1 --faults 2 --kinds usual",
];

/// Regression tests: configurations for which the shipped search was once wrong, each in its
/// smallest form.
const ONCE_WRONG: &[&str] = &[
    // Once no fault is left, an answer in flight may still race with the timer of a later attempt,
    // and with a second send of the application.
    "kafka-transactional --set retries=1 --messages 1 --faults 1 --kinds late",
    "kafka-error-yet-stored --messages 1 --faults 1 --kinds late",
    "kafka-latest --set request.timeout.ms=60000 --messages 1 --faults 1 --kinds late",
    "kafka-default --messages 1 --faults 2 --kinds late",
    "rabbitmq-mandatory --messages 1 --faults 1 --kinds twice",
    // A consumer without a committed offset starts at the end of the log, so its outcome depends on
    // the progress of the senders at that time.
    "kafka-seek --set new_group=true --messages 2 --faults 1 --kinds crash",
    "kafka-default --set new_group=true --messages 2 --faults 1 --kinds partition",
    "kafka-default --messages 1 --faults 2 --kinds partition,lost",
    "kafka-default --set replication.factor=2 --messages 2 --faults 1 --kinds partition",
    "kafka-not-enough-replicas --set new_group=true --set consumer.count=2 --messages 2 --faults 1 \
     --kinds slow",
    // So does one whose transaction is aborted, as long as none has committed an offset.
    "kafka-zombie-fenced --set consumer.kafka.new_group=true --messages 2 --faults 1 --kinds store",
    // A send that was given up may arrive before or after the next transaction begins.
    "kafka-idempotent --set producer.kafka.transactional.id=x \
     --set producer.kafka.delivery.timeout.ms=1 --messages 2 --faults 1 --kinds pause",
    // A copy goes to the follower that is furthest, whatever its name: a choice by name is not kept
    // when nodes are renamed.
    "rabbitmq-fast --set x-queue-type=quorum --set nodes=3 --messages 2 --faults 1 --kinds power",
    // Whether a delivery counts as failed was told by whether its consumer is up, and not by whether
    // the connection is open on which it came: a consumer that had crashed and restarted seemed to
    // have left the message unsettled.
    "rabbitmq-redrive-inbox --set consumer.on_error=leave --messages 1 --faults 1 --kinds crash",
    "rabbitmq-redrive --set consumer.program=receive,work --messages 1 --faults 1 --kinds crash",
    "rabbitmq-redrive --set consumer.program=receive,work --messages 1 --faults 2 --kinds usual",
    // The redelivery timer may fire before the consumer has finished its program.
    "at-least-once --set max_deliveries=2 --set program=receive,work --messages 1 --faults 1",
    "rabbitmq-quorum-queue --set x-delivery-limit=1 --set program=receive,work --messages 1 \
     --faults 1",
    "rabbitmq-quorum-dead-letter --set program=receive,work --messages 1 --faults 1 --kinds crash",
    "outbox-crash --set max_deliveries=2 --set program=receive,work --messages 1 --faults 1",
    // An idempotent producer that gives up on one message leaves a gap before the next.
    "kafka-error-yet-stored --set request.timeout.ms=60000 --messages 2 --faults 1 --kinds lost",
    "kafka-swallowed-error --set delivery.timeout.ms=3 --messages 2 --faults 1 --kinds lost",
    "kafka-seek --set delivery.timeout.ms=3 --messages 3 --faults 1 --kinds late",
    // Followers whose names were swapped: the counterexample could not be replayed.
    "rabbitmq-quorum-queue --set starts_late=true --messages 1 --faults 1 --kinds partition",
    "rabbitmq-quorum-queue --messages 1 --faults 1 --kinds partition",
    "kafka-transactional --set in_sync_at_start=2 --messages 1 --faults 1 --kinds partition",
    "kafka-consume-produce --set replication.factor=3 --messages 1 --faults 2 --kinds gone",
    // Two calls to SQS use separate connections, and arrive in either order.
    "sqs-fifo --set concurrent_sends=3 --messages 2 --faults 0",
    // An acknowledgment that is sent before the work may be lost before the work is done.
    "sqs-retention --set starts_late=false --set on_error=leave --set FifoQueue=true \
     --set program=receive,ack,work --messages 1 --faults 1 --kinds lost",
    // The sequence number of a batch depends on whether the previous one has been given up by then.
    "kafka-transaction-crash --set delivery.timeout.ms=1 --messages 2 --faults 1 --kinds refused",
    // A crash of an idle consumer that starts late is not redundant: nobody could work meanwhile.
    "rabbitmq-fast --set x-queue-type=quorum --set starts_late=true --messages 1 --faults 2 \
     --kinds crash",
    // Whether a client restarts its sequence depends on which answers have come by then.
    "kafka-default --set new_producer=true --messages 2 --faults 2 --kinds refused",
    "kafka-default --set new_producer=true --set delivery.timeout.ms=60000 --messages 2 --faults 2 \
     --kinds refused,lost",
    "kafka-producer-restart --set acks=all --messages 2 --faults 2 --kinds crash,refused",
    // A consumer that stops at an error starts again at the end of the log, though no fault is left.
    "test-no-loss --set new_group=true --set on_error=stop --messages 2 --faults 1 --kinds handler",
    // A terminal state could still be reached from the end of the counterexample.
    "kafka-transactional --set consumer.kafka.isolation.level=read_uncommitted \
     --set program=receive,insert --messages 1 --faults 1 --kinds crash",
];

#[test]
fn configurations_that_were_wrong_once_agree() {
    all_agree(ONCE_WRONG);
}

#[test]
fn configurations_that_are_rarely_drawn_agree() {
    all_agree(RARELY_DRAWN);
}

fn all_agree(commands: &[&str]) {
    const LIMIT: usize = 400_000;
    let mut disagreements = Disagreements::default();
    for text in commands {
        let case = Case::parse(text).unwrap_or_else(|| panic!("{text}: cannot be read"));
        match compare(&case, LIMIT) {
            Compared::Agrees(states) => println!("agrees with {states} states: {case}"),
            Compared::Differs(differences) => disagreements.add(&case, &differences, LIMIT),
            Compared::Incomplete(why) => panic!("{case}: {why:?}"),
            Compared::Refused => panic!("{case}: {:?}", case.setup().err()),
        }
    }
    disagreements.fail();
}
