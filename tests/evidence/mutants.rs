//! Models that are wrong in one rule each. Every one of them must be refuted by a recording: a
//! recording that accepts all of them would prove nothing about the model.
//!
//! A mutant changes the compiled configuration: a rule of the broker, or a line of a program.

use ackward::sim::settings::OnError;
use ackward::sim::settings::kafka::Acks;
use ackward::sim::{
    Broker, CompiledScenario, DeadLetters, KafkaConfig, Op, Partition, Program, RabbitMqConfig,
    SqsConfig, Stream,
};

/// Breaks a rule; returns false if the configuration has no such rule.
type Break = fn(&mut CompiledScenario) -> bool;

/// The mutants, each with the rule that it breaks.
#[rustfmt::skip]
pub const MUTANTS: &[(&str, Break)] = &[
    ("the broker acknowledges before it has the copy on disk", |s| swap(&mut s.broker, Op::Persist, Op::Acknowledge)),
    ("the broker acknowledges before it has written the copy", |s| swap(&mut s.broker, Op::Write, Op::Acknowledge)),
    ("the broker never acknowledges", |s| rule(s, |r| set(&mut r.acknowledges, false))),
    ("the broker acknowledges although nobody asked", |s| rule(s, |r| set(&mut r.acknowledges, true))),
    ("a delivery is taken back by nobody: no redelivery", |s| rule(s, |r| set(&mut r.redelivery, false))),
    ("a delivery with auto-ack is redelivered", |s| rule(s, |r| set(&mut r.redelivery, true))),
    ("the limit of failed deliveries is one too low", |s| limit(s, -1)),
    ("the limit of failed deliveries is one too high", |s| limit(s, 1)),
    ("there is no limit of failed deliveries", |s| rule(s, |r| set(&mut r.delivery_limit, None))),
    ("the maximum of deliveries is one too low", |s| most(s, -1)),
    ("the maximum of deliveries is one too high", |s| most(s, 1)),
    ("basic.nack counts as a failed delivery", |s| rule(s, |r| set(&mut r.nack_counts, true))),
    ("basic.reject does not count as a failed delivery", |s| rule(s, |r| set(&mut r.nack_counts, false))),
    ("a dead letter is discarded", |s| rule(s, |r| set(&mut r.dead_letters, DeadLetters::Discarded))),
    ("a rejected message is dead-lettered without an exchange", |s| rule(s, |r| set(&mut r.dead_letters, DeadLetters::Kept))),
    ("nothing survives a crash of the broker", |s| rule(s, |r| set(&mut r.survives, false))),
    ("transient messages survive a crash of the broker", |s| rule(s, |r| set(&mut r.survives, true)) && write_it(&mut s.broker)),
    ("the queue is bound although it is not", |s| rule(s, |r| set(&mut r.bound, true))),
    ("an unroutable message is returned although it is not mandatory", |s| rule(s, |r| set(&mut r.mandatory, true))),
    ("an unroutable message is dropped although it is mandatory", |s| rule(s, |r| set(&mut r.mandatory, false))),
    ("a classic queue delivers only what is confirmed", |s| rule(s, |r| set(&mut r.delivers_early, false))),
    ("prefetch is one higher", |s| rule(s, |r| { r.prefetch += 1; true })),
    ("no delivery is possible: prefetch is 0", |s| rule(s, |r| set(&mut r.prefetch, 0))),
    ("a slow handler does not lose its message with its process", |s| rule(s, |r| { r.times_out = !r.times_out; true })),
    ("what is settled is written at once", |s| rule(s, |r| set(&mut r.settles_late, false))),
    ("the producer gives up one attempt too early", |s| attempts(s, -1)),
    ("the producer tries once too often", |s| attempts(s, 1)),
    ("the producer does not wait for the acknowledgment", |s| s.senders.iter_mut().any(|p| drop_line(p, Op::Await))),
    ("the producer sends before it saves", |s| s.senders.iter_mut().any(|p| swap(p, Op::Save, Op::Send))),
    ("the producer saves nothing", |s| s.senders.iter_mut().any(|p| drop_line(p, Op::Save))),
    ("the relay marks nothing as sent", |s| s.senders.iter_mut().any(|p| drop_line(p, Op::MarkSent))),
    ("the consumer acknowledges before it works", |s| swap(&mut s.consumer, Op::Work, Op::Ack)),
    ("the consumer does not acknowledge", |s| drop_line(&mut s.consumer, Op::Ack)),
    ("no transaction is begun", |s| drop_line(&mut s.consumer, Op::Begin)),
    ("the inbox is not asked", |s| drop_line(&mut s.consumer, Op::Inbox)),
    ("nothing is committed", |s| drop_line(&mut s.consumer, Op::Commit)),
    ("the marker in memory is not written", |s| drop_line(&mut s.consumer, Op::MarkMemory)),
    ("the marker in memory is not read", |s| drop_line(&mut s.consumer, Op::CheckMemory)),
    ("the marker in Redis is not written", |s| drop_line(&mut s.consumer, Op::MarkRedis)),
    ("the marker in Redis is not read", |s| drop_line(&mut s.consumer, Op::CheckRedis)),
    ("nothing is claimed in Redis", |s| drop_line(&mut s.consumer, Op::Claim)),
    ("the service outside is not called", |s| drop_line(&mut s.consumer, Op::Call)),
    ("an insert that exists already is no error", |s| replace(&mut s.consumer, Op::Insert, Op::Upsert)),
    ("an insert that exists already is an error", |s| replace(&mut s.consumer, Op::Upsert, Op::Insert)),
    ("a value that is set again is added", |s| replace(&mut s.consumer, Op::Set, Op::Work)),
    ("a failed handler discards what it should requeue", |s| on_error(s, OnError::Requeue, OnError::Reject)),
    ("a failed handler requeues what it should discard", |s| on_error(s, OnError::Reject, OnError::Requeue)),
    ("the leader does not wait for the in-sync replicas", |s| log(s, |c| c.acks == Acks::All && set(&mut c.acks, Acks::Leader))),
    ("a retry of an idempotent producer is stored again", |s| log(s, |c| set(&mut c.idempotent, false))),
    ("a retry of a producer without idempotence is recognized", |s| log(s, |c| set(&mut c.idempotent, true))),
    ("a producer has no transactions", |s| log(s, |c| set(&mut c.transactional, false))),
    ("read_committed returns aborted records", |s| log(s, |c| set(&mut c.read_committed, false))),
    ("read_uncommitted hides aborted records", |s| log(s, |c| set(&mut c.read_committed, true))),
    ("readers of the output topic see open transactions", |s| log(s, |c| set(&mut c.output_committed, false))),
    ("readers of the output topic do not see open transactions", |s| log(s, |c| set(&mut c.output_committed, true))),
    ("min.insync.replicas is one lower", |s| log(s, |c| c.min_in_sync > 1 && { c.min_in_sync -= 1; true })),
    ("min.insync.replicas is one higher", |s| log(s, |c| { c.min_in_sync += 1; true })),
    ("a replica that is not in sync is elected", |s| log(s, |c| set(&mut c.unclean, true))),
    ("no unclean election takes place", |s| log(s, |c| set(&mut c.unclean, false))),
    ("all followers are in sync at the start", |s| s.replicas == 2 && partition(s, |p| set(&mut p.in_sync, 0b11))),
    ("poll commits nothing by itself", |s| log(s, |c| set(&mut c.auto_commit, false))),
    ("poll commits by itself", |s| log(s, |c| set(&mut c.auto_commit, true))),
    ("a new group starts at the end instead of the beginning", |s| log(s, |c| set(&mut c.earliest, false))),
    ("a new group starts at the beginning instead of the end", |s| log(s, |c| set(&mut c.earliest, true))),
    ("the offset in the database is not used", |s| log(s, |c| set(&mut c.stores_offset, false))),
    ("a producer that is new has written before", |s| log(s, |c| set(&mut c.new_producer, false))),
    ("a producer that has written before is new", |s| log(s, |c| set(&mut c.new_producer, true))),
    ("nothing is ever synced", |s| log(s, |c| set(&mut c.power, false))),
    ("the group has no committed offset at first", |s| partition(s, |p| set(&mut p.committed, None))),
    ("the results are not produced", |s| drop_line(&mut s.consumer, Op::Produce)),
    ("the offsets are not part of the transaction", |s| drop_line(&mut s.consumer, Op::SendOffsets)),
    ("a failed handler is not retried", |s| drop_line(&mut s.consumer, Op::Seek)),
    ("a publish to a stream is never confirmed", |s| stream(s, |n| set(&mut n.config.acknowledges, false))),
    ("a Nats-Msg-Id is not recognized", |s| stream(s, |n| set(&mut n.config.ids, false))),
    ("a publish without Nats-Msg-Id is recognized", |s| stream(s, |n| n.config.stream && set(&mut n.config.ids, true))),
    ("core NATS keeps what nobody receives", |s| stream(s, |n| set(&mut n.config.stream, true))),
    ("a work queue keeps what is acknowledged", |s| stream(s, |n| set(&mut n.config.keeps_acked, true))),
    ("a stream with limits removes what is acknowledged", |s| stream(s, |n| set(&mut n.config.keeps_acked, false))),
    ("a full stream refuses what it should take", |s| stream(s, |n| set(&mut n.config.discards_new, true))),
    ("a full stream takes what it should refuse", |s| stream(s, |n| set(&mut n.config.discards_new, false))),
    ("max_msgs is one higher", |s| stream(s, |n| n.config.max_msgs.as_mut().is_some_and(|most| { *most += 1; true }))),
    ("a delivery counts as an acknowledgment", |s| stream(s, |n| set(&mut n.config.auto_ack, true))),
    ("a delivery does not count as an acknowledgment", |s| stream(s, |n| n.config.stream && set(&mut n.config.auto_ack, false))),
    ("AckSync does not wait", |s| stream(s, |n| set(&mut n.config.ack_sync, false))),
    ("an acknowledgment is a call that is waited for", |s| stream(s, |n| n.config.stream && set(&mut n.config.ack_sync, true))),
    ("max_deliver is one lower", |s| stream(s, |n| n.config.max_deliver.as_mut().is_some_and(|most| { *most -= 1; true }))),
    ("max_deliver is one higher", |s| stream(s, |n| n.config.max_deliver.as_mut().is_some_and(|most| { *most += 1; true }))),
    ("max_ack_pending is 1", |s| stream(s, |n| set(&mut n.config.max_ack_pending, 1))),
    ("max_ack_pending is 2", |s| stream(s, |n| n.config.max_ack_pending < 2 && set(&mut n.config.max_ack_pending, 2))),
    ("InProgress restarts nothing", |s| stream(s, |n| set(&mut n.config.in_progress, false))),
    ("ack_wait expires for nobody who is up", |s| stream(s, |n| set(&mut n.config.times_out, false))),
    ("a new consumer starts at the first message", |s| stream(s, |n| set(&mut n.config.from_new, false))),
    ("an ephemeral consumer outlives its application", |s| stream(s, |n| set(&mut n.config.ephemeral, false) && set(&mut n.has_consumer, true))),
    ("what a follower confirms is synced", |s| stream(s, |n| set(&mut n.config.syncs, true))),
    ("what a follower confirms is not synced", |s| stream(s, |n| set(&mut n.config.syncs, false))),
    ("a MessageDeduplicationId is not recognized", |s| queue(s, |q| q.fifo && set(&mut q.fresh_ids, true))),
    ("all messages have one MessageDeduplicationId", |s| queue(s, |q| q.fifo && set(&mut q.keys, [0; 4]))),
    ("equal bodies have different IDs", |s| queue(s, |q| set(&mut q.keys, [0, 1, 2, 3]))),
    ("a standard queue recognizes what is sent again", |s| queue(s, |q| set(&mut q.fifo, true))),
    ("a FIFO queue is a standard queue", |s| queue(s, |q| set(&mut q.fifo, false))),
    ("each message has a message group of its own", |s| queue(s, |q| set(&mut q.groups, [0, 1, 2, 3]))),
    ("maxReceiveCount is one lower", |s| queue(s, |q| q.max_receives.as_mut().is_some_and(|most| { *most -= 1; true }))),
    ("maxReceiveCount is one higher", |s| queue(s, |q| q.max_receives.as_mut().is_some_and(|most| { *most += 1; true }))),
    ("there is no maxReceiveCount", |s| queue(s, |q| set(&mut q.max_receives, None))),
    ("a receive returns one message", |s| queue(s, |q| set(&mut q.batch, 1))),
    ("a receive returns one message more", |s| queue(s, |q| { q.batch += 1; true })),
    ("the visibility timeout expires for nobody who is up", |s| queue(s, |q| set(&mut q.times_out, false))),
    ("the visibility timeout expires although it is extended", |s| queue(s, |q| set(&mut q.times_out, true))),
    ("a message in progress is not claimed", |s| drop_line(&mut s.consumer, Op::ClaimInProgress)),
    ("a message that is done is not marked so", |s| drop_line(&mut s.consumer, Op::Complete)),
];

/// The reason for several of them.
const LACKS_REPLICAS: &str =
    "no recording is of a follower that has not fetched what is committed yet";

/// The reason for rules that only forbid: without them the model may do more, and need not.
const ALLOWS_MORE: &str = "it allows more runs than there are, and forbids none that was seen";

/// Mutants that no recording refutes yet, each with the reason.
pub const ALIVE: &[(&str, &str)] = &[
    (
        "a classic queue delivers only what is confirmed",
        "between the write and the confirm there is nothing that a wire tap could see",
    ),
    ("prefetch is one higher", ALLOWS_MORE),
    ("a replica that is not in sync is elected", LACKS_REPLICAS),
    ("nothing is ever synced", "the power is cut before the operating system has synced anything"),
    (
        "a work queue keeps what is acknowledged",
        "the crash may have taken back the acknowledgment, too, which looks like a second copy",
    ),
    ("max_ack_pending is 2", ALLOWS_MORE),
    ("InProgress restarts nothing", ALLOWS_MORE),
    ("what a follower confirms is not synced", "the other follower may have the message, too"),
    ("the visibility timeout expires although it is extended", ALLOWS_MORE),
];

fn set<T: PartialEq>(field: &mut T, value: T) -> bool {
    std::mem::replace(field, value) != *field
}

fn rule(setup: &mut CompiledScenario, change: impl Fn(&mut RabbitMqConfig) -> bool) -> bool {
    match &mut setup.machine {
        Broker::RabbitMq(queue) => change(&mut queue.config),
        _ => false,
    }
}

fn partition(setup: &mut CompiledScenario, change: impl Fn(&mut Partition) -> bool) -> bool {
    match &mut setup.machine {
        Broker::Kafka(partition) => change(partition),
        _ => false,
    }
}

fn log(setup: &mut CompiledScenario, change: impl Fn(&mut KafkaConfig) -> bool) -> bool {
    partition(setup, |partition| change(&mut partition.config))
}

fn stream(setup: &mut CompiledScenario, change: impl Fn(&mut Stream) -> bool) -> bool {
    match &mut setup.machine {
        Broker::Nats(stream) => change(stream),
        _ => false,
    }
}

fn queue(setup: &mut CompiledScenario, change: impl Fn(&mut SqsConfig) -> bool) -> bool {
    match &mut setup.machine {
        Broker::Sqs(queue) => change(&mut queue.config),
        _ => false,
    }
}

fn limit(setup: &mut CompiledScenario, by: i8) -> bool {
    rule(setup, |rules| {
        let changed = rules.delivery_limit.and_then(|limit| limit.checked_add_signed(by));
        changed.is_some_and(|limit| set(&mut rules.delivery_limit, Some(limit)))
    })
}

fn most(setup: &mut CompiledScenario, by: i8) -> bool {
    rule(setup, |rules| {
        let changed = rules.max_deliveries.and_then(|most| most.checked_add_signed(by));
        changed.is_some_and(|most| set(&mut rules.max_deliveries, Some(most)))
    })
}

fn attempts(setup: &mut CompiledScenario, by: i8) -> bool {
    let changed = setup.attempts.checked_add_signed(by).filter(|&attempts| attempts > 0);
    changed.is_some_and(|attempts| set(&mut setup.attempts, attempts))
}

fn on_error(setup: &mut CompiledScenario, from: OnError, to: OnError) -> bool {
    let own = &mut setup.scenario.configuration.consumer.on_error;
    *own == from && set(own, to)
}

fn place(program: &Program, op: Op) -> Option<usize> {
    program.place(op).map(usize::from)
}

fn swap(program: &mut Program, one: Op, other: Op) -> bool {
    let places = place(program, one).zip(place(program, other));
    places.is_some_and(|(one, other)| {
        let (first, second) = (program.ops[one].0, program.ops[other].0);
        (program.ops[one].0, program.ops[other].0) = (second, first);
        true
    })
}

fn replace(program: &mut Program, one: Op, other: Op) -> bool {
    place(program, one).is_some_and(|at| set(&mut program.ops[at].0, other))
}

fn drop_line(program: &mut Program, op: Op) -> bool {
    place(program, op).is_some_and(|at| {
        program.ops.remove(at);
        program.main -= usize::from(at < program.main);
        true
    })
}

/// Lets the broker write to the operating system what it only keeps in memory.
fn write_it(program: &mut Program) -> bool {
    let is_memory_only = place(program, Op::Write).or(place(program, Op::Persist)).is_none();
    let at = place(program, Op::Append).filter(|_| is_memory_only);
    at.is_some_and(|at| {
        let line = program.ops[at].1;
        program.ops.insert(at + 1, (Op::Write, line));
        program.main += 1;
        true
    })
}
