//! The expected outcome of each scenario, derived from the products' documented behavior and not
//! from what the program prints.

use ackward::catalogue;
use ackward::sim::Outcome::{DeadLettered, Duplicated, LostSilently, LostWithError, Once, Unknown};
use ackward::sim::ProducerReport::{Error, Nothing, Ok};
use ackward::sim::{CompiledScenario, End, Outcome, ProducerReport, Trace};

/// The outcome of a message: how often it was stored, handled and applied, what the producer was
/// told, and the number of dead letters.
type TerminalState = (Outcome, (u8, u8, u8, ProducerReport, u8));

/// A scenario, the outcome of each of its messages, and the reason.
type Row = (&'static str, &'static [TerminalState], &'static str);

#[rustfmt::skip]
const ENDINGS: &[Row] = &[
    // The three guarantees, and failures of producer, broker and consumer.
    (
        "message-lost",
        &[(LostSilently, (0, 0, 0, Nothing, 0))],
        "nothing waits for an answer, so nothing sends again",
    ),
    (
        "ack-lost",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "a lost answer looks like a lost request, and the broker knows no ids",
    ),
    ("inbox-sent-twice", &[(Once, (2, 1, 1, Ok, 0))], "two copies, one id in the inbox"),
    ("ack-unheard", &[(Once, (1, 1, 1, Nothing, 0))], "nobody waited for what was lost"),
    ("retry-after-loss", &[(Once, (1, 1, 1, Ok, 0))], "only the first attempt was lost"),
    ("retries-exhausted-lost", &[(LostWithError, (0, 0, 0, Error, 0))], "each attempt was lost"),
    (
        "retries-exhausted-delivered",
        &[(Unknown, (1, 1, 1, Error, 0))],
        "the last attempt arrived, its answer did not",
    ),
    (
        "crash-before-persist",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "acknowledged from memory, which the crash took",
    ),
    (
        "sync-before-ack",
        &[(Once, (1, 1, 1, Ok, 0))],
        "not acknowledged before the crash, so sent again",
    ),
    ("replicate-before-ack", &[(Once, (1, 1, 1, Ok, 0))], "the follower had it before the answer"),
    ("auto-ack-crash", &[(LostSilently, (1, 0, 0, Ok, 0))], "acknowledged before the work"),
    ("crash-before-work", &[(Once, (1, 1, 1, Ok, 0))], "not acknowledged, so delivered again"),
    (
        "crash-after-work",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "done but not acknowledged, so done again",
    ),
    ("nack-requeue", &[(Once, (1, 1, 1, Ok, 0))], "the first handling failed before its effect"),
    (
        "dead-letter",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "each handling fails; the message behind it is not held up",
    ),
    // Kafka.
    (
        "kafka-acks-0",
        &[(LostSilently, (0, 0, 0, Ok, 0))],
        "Ok means written to the socket (Sender.java)",
    ),
    (
        "kafka-acks-1",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the leader alone had it (docs/design 4.7)",
    ),
    (
        "kafka-acks-all",
        &[(Once, (1, 1, 1, Ok, 0))],
        "an in-sync replica survives, the election is clean",
    ),
    (
        "kafka-not-enough-replicas",
        &[(LostWithError, (1, 0, 0, Error, 0))],
        "in the log, never below the high watermark (Partition.scala)",
    ),
    (
        "kafka-unclean-election",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the new leader was not in sync",
    ),
    ("kafka-clean-election", &[(Once, (1, 1, 1, Ok, 0))], "nobody but the old leader may lead"),
    (
        "kafka-isolated-leader",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the old leader acknowledges and is truncated (Partition.scala)",
    ),
    (
        "kafka-isolated-leader-all",
        &[(Once, (2, 1, 1, Ok, 0))],
        "it cannot commit; the copy of the new leader counts",
    ),
    (
        "kafka-leader-moved",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the new leader had not fetched it (KAFKA-20554)",
    ),
    ("kafka-leader-moved-all", &[(Once, (2, 1, 1, Ok, 0))], "sent again to the new leader"),
    (
        "rabbitmq-dead-letter-transient",
        &[(LostSilently, (1, 0, 0, Nothing, 0)), (Once, (1, 1, 1, Nothing, 0))],
        "discarded at recovery (docs/queues)",
    ),
    (
        "rabbitmq-dead-letter-persistent",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "read back from the files",
    ),
    (
        "sqs-fifo-two-sends",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "stored in the order of arrival",
    ),
    (
        "sqs-fifo-one-send",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m2 waits for the retries of m1",
    ),
    ("kafka-power-loss", &[(LostSilently, (1, 0, 0, Ok, 0))], "page caches only (docs/ops, flush)"),
    (
        "kafka-retry-duplicate",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "without sequence numbers a retry is a new record",
    ),
    (
        "kafka-idempotent-retry",
        &[(Once, (1, 1, 1, Ok, 0))],
        "the leader answers a known batch with its old offset",
    ),
    (
        "kafka-reorder",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the second of five in flight overtakes the first (ProducerConfig.java)",
    ),
    (
        "kafka-in-order",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "a gap in the sequence is refused",
    ),
    (
        "kafka-first-batch",
        &[(LostWithError, (0, 0, 0, Error, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the leader takes any first batch of a producer (ProducerAppendInfo.java)",
    ),
    (
        "kafka-first-batch-twice",
        &[(Once, (1, 1, 1, Ok, 0)), (Duplicated, (2, 2, 2, Ok, 0))],
        "a new epoch makes m2 a new record (TransactionManager.java)",
    ),
    (
        "kafka-first-batch-alone",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "nothing can overtake the first batch",
    ),
    (
        "kafka-error-yet-stored",
        &[(Unknown, (1, 1, 1, Error, 0))],
        "every answer lost, one record kept",
    ),
    (
        "kafka-producer-restart",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "a new process has a new producer id",
    ),
    (
        "kafka-transaction-restart",
        &[(Once, (2, 1, 1, Ok, 0))],
        "the first copy is aborted and not read",
    ),
    (
        "kafka-two-instances",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "each instance has a producer id of its own",
    ),
    (
        "kafka-producer-fenced",
        &[(Once, (2, 1, 1, Ok, 0))],
        "the new instance aborts what the old one left open",
    ),
    (
        "kafka-read-uncommitted",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "the aborted copy is read as well",
    ),
    (
        "kafka-hung-transaction",
        &[(LostSilently, (1, 0, 0, Nothing, 0)), (Once, (1, 1, 1, Ok, 0))],
        "aborted by the coordinator; what was behind it is read then",
    ),
    (
        "kafka-auto-commit-hand-off",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the next poll commits what the worker has not done",
    ),
    (
        "kafka-librdkafka-background",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the offset is stored on hand-over, and committed in the background",
    ),
    (
        "kafka-librdkafka-offset-store",
        &[(Once, (1, 1, 1, Ok, 0))],
        "the offset was not stored when it crashed",
    ),
    (
        "kafka-auto-commit",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "done, and the poll that would commit never came",
    ),
    ("kafka-commit-before-work", &[(LostSilently, (1, 0, 0, Ok, 0))], "at most once"),
    (
        "kafka-commit-after-work",
        &[(Once, (1, 1, 1, Ok, 0))],
        "nothing was committed when it crashed",
    ),
    (
        "kafka-swallowed-error",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the poll commits what the handler failed on",
    ),
    ("kafka-seek", &[(Once, (1, 1, 1, Ok, 0))], "the position goes back to it"),
    (
        "kafka-attempts-skip",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the offset is committed after the last attempt",
    ),
    (
        "kafka-dead-letter-topic",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "parked in the other topic, then committed",
    ),
    (
        "kafka-dead-letter-unchecked",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "neither handled nor parked, and committed",
    ),
    (
        "kafka-dead-letter-checked",
        &[(Once, (1, 1, 1, Ok, 0))],
        "not committed, so the attempts start anew",
    ),
    (
        "kafka-stop-auto-commit",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "close commits the position of the last poll",
    ),
    (
        "kafka-stop",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "nothing was committed when it stopped",
    ),
    (
        "rabbitmq-attempts-reject",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "rejected after the last attempt, and no dead-letter exchange takes it",
    ),
    (
        "rabbitmq-attempts-republish",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "published to the error exchange, then acknowledged",
    ),
    (
        "kafka-rebalance",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "both members do the work, one commit is refused",
    ),
    ("kafka-large-batch", &[(Duplicated, (1, 2, 2, Ok, 0))], "310 s are more than 300"),
    ("kafka-smaller-batch", &[(Once, (1, 1, 1, Ok, 0))], "110 s are less than 300"),
    ("rabbitmq-consumer-timeout", &[(Duplicated, (1, 2, 2, Ok, 0))], "45 min are more than 30"),
    ("rabbitmq-consumer-timeout-raised", &[(Once, (1, 1, 1, Ok, 0))], "45 min are less than 60"),
    ("sqs-visibility-90s", &[(Duplicated, (1, 2, 2, Ok, 0))], "90 s are more than 30"),
    ("sqs-visibility-540s", &[(Once, (1, 1, 1, Ok, 0))], "90 s are less than 540"),
    ("sqs-eta", &[(Duplicated, (1, 2, 2, Ok, 0))], "2 h are more than 30 min"),
    ("sqs-eta-12h", &[(Once, (1, 1, 1, Ok, 0))], "2 h are less than 12"),
    ("kafka-zombie-fenced", &[(Once, (1, 2, 1, Ok, 0))], "the late transaction is aborted"),
    (
        "kafka-output-uncommitted",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "the reader sees the aborted result",
    ),
    (
        "kafka-transaction-crash",
        &[(Once, (1, 2, 1, Ok, 0))],
        "the first result is aborted with its offset",
    ),
    (
        "kafka-offset-in-database",
        &[(Once, (1, 2, 1, Ok, 0))],
        "offset and effect commit together or not at all",
    ),
    (
        "kafka-latest",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "a group without an offset begins at the end",
    ),
    ("kafka-earliest", &[(Once, (1, 1, 1, Ok, 0))], "…or at the beginning"),
    (
        "kafka-retention",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (LostSilently, (1, 0, 0, Ok, 0))],
        "m1 is deleted, and latest is behind m2",
    ),
    (
        "kafka-retention-earliest",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "earliest is the oldest record that is left",
    ),
    // RabbitMQ.
    (
        "rabbitmq-fire-and-forget",
        &[(LostSilently, (1, 0, 0, Nothing, 0))],
        "forgotten when sent to a consumer that dies",
    ),
    (
        "rabbitmq-no-confirms",
        &[(LostSilently, (0, 0, 0, Nothing, 0))],
        "nothing is ever heard of a publish",
    ),
    ("rabbitmq-confirms", &[(Once, (1, 1, 1, Ok, 0))], "published again, since no confirm came"),
    ("rabbitmq-confirm-lost", &[(Duplicated, (2, 2, 2, Ok, 0))], "queues do not deduplicate"),
    (
        "rabbitmq-unroutable",
        &[(LostSilently, (0, 0, 0, Ok, 0))],
        "dropped, and confirmed (docs/confirms)",
    ),
    (
        "rabbitmq-mandatory",
        &[(LostWithError, (0, 0, 0, Error, 0))],
        "returned before it is confirmed",
    ),
    (
        "rabbitmq-transient",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "transient messages do not survive a restart",
    ),
    ("rabbitmq-persistent", &[(Once, (1, 1, 1, Ok, 0))], "the operating system had it"),
    (
        "rabbitmq-power-loss",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "no fsync before the confirm of a classic queue",
    ),
    ("rabbitmq-quorum", &[(Once, (1, 1, 1, Ok, 0))], "a majority had it on disk"),
    (
        "rabbitmq-auto-ack",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "done when written to the connection",
    ),
    (
        "rabbitmq-celery-early-ack",
        &[(LostSilently, (1, 0, 0, Nothing, 0))],
        "acknowledged before the task ran",
    ),
    (
        "rabbitmq-celery-acks-late",
        &[(Once, (1, 1, 1, Nothing, 0))],
        "not acknowledged, so given to the other worker",
    ),
    ("rabbitmq-manual-ack", &[(Once, (1, 1, 1, Ok, 0))], "requeued when the connection closed"),
    (
        "rabbitmq-connection-lost",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "an acknowledgement is bound to its channel",
    ),
    (
        "rabbitmq-reject",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "rejected without a dead-letter exchange",
    ),
    ("rabbitmq-reject-dlx", &[(DeadLettered, (1, 0, 0, Ok, 1))], "rejected with one"),
    (
        "rabbitmq-poison",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (LostSilently, (1, 0, 0, Ok, 0))],
        "classic queues have no limit",
    ),
    (
        "rabbitmq-delivery-limit",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "the third failure exceeds a limit of two",
    ),
    (
        "rabbitmq-nack-not-counted",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "basic.nack does not count since 4.3",
    ),
    (
        "rabbitmq-requeue-back",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m1 was put back behind m2",
    ),
    (
        "rabbitmq-requeue-front",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m1 was put back in front of m2",
    ),
    (
        "rabbitmq-two-consumers",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m2 was done while m1 was held by a consumer that died",
    ),
    (
        "rabbitmq-single-active-consumer",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m2 waits until the other consumer has done m1",
    ),
    ("rabbitmq-outbox-no-confirms", &[(LostSilently, (0, 0, 0, Ok, 0))], "marked, never confirmed"),
    ("rabbitmq-outbox-confirms", &[(Once, (1, 1, 0, Ok, 0))], "no confirm, so it is sent again"),
    // SQS.
    ("sqs-send-retried", &[(Duplicated, (2, 2, 2, Ok, 0))], "standard queues do not deduplicate"),
    ("sqs-duplicate", &[(Duplicated, (1, 2, 2, Ok, 0))], "a server missed the delete"),
    (
        "sqs-visibility-expires",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "received again while the first works",
    ),
    ("sqs-heartbeat", &[(Once, (1, 1, 1, Ok, 0))], "the timeout is extended"),
    (
        "sqs-stale-receipt",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "done twice; the old handle deletes nothing",
    ),
    (
        "sqs-max-receive-1",
        &[(DeadLettered, (1, 0, 0, Ok, 1))],
        "a lost response counts as a receive",
    ),
    ("sqs-max-receive-3", &[(Once, (1, 1, 1, Ok, 0))], "the second receive succeeds"),
    ("sqs-retention", &[(LostSilently, (1, 0, 0, Ok, 0))], "deleted before anybody came"),
    ("sqs-fifo-retry", &[(Once, (1, 1, 1, Ok, 0))], "the id is known"),
    (
        "sqs-fifo-after-window",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "the id is forgotten after five minutes",
    ),
    (
        "sqs-fifo-content",
        &[(Once, (1, 1, 1, Ok, 0)), (LostSilently, (0, 0, 0, Ok, 0))],
        "equal bodies are one message",
    ),
    (
        "sqs-fifo-own-id",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the id decides, not the body",
    ),
    (
        "sqs-batch-whole",
        &[(Duplicated, (1, 2, 2, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "nothing of a batch is deleted if one message of it fails",
    ),
    (
        "sqs-batch-good-part",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "what has succeeded is deleted",
    ),
    (
        "sqs-fifo-good-part",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the function goes on with the batch after a failure",
    ),
    (
        "sqs-fifo-first-failure",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "what comes after the failure is returned unhandled",
    ),
    (
        "kafka-batch-crash",
        &[(Duplicated, (1, 2, 2, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "nothing of the poll is committed before its last record",
    ),
    (
        "kafka-batch-record",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the first record is committed before the second is handled",
    ),
    (
        "kafka-batch-again",
        &[(Duplicated, (1, 2, 2, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the second attempt begins with the first record of the batch",
    ),
    (
        "kafka-batch-skipped",
        &[(LostSilently, (1, 0, 0, Ok, 0)), (LostSilently, (1, 0, 0, Ok, 0))],
        "the batch is skipped before the handler gets to its second record",
    ),
    (
        "kafka-batch-named",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "only the record that failed is parked",
    ),
    (
        "sqs-fifo-batch",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the code goes on with the batch after a failure",
    ),
    (
        "sqs-fifo-one-by-one",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "a group waits for its first message",
    ),
    (
        "sqs-fifo-poison",
        &[(DeadLettered, (1, 0, 0, Ok, 1)), (Once, (1, 1, 1, Ok, 0))],
        "parked after two receives, the group goes on",
    ),
    (
        "sqs-fifo-late-delete",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "the delete fails, the work is done",
    ),
    // Deduplication.
    ("dedup-memory", &[(Once, (1, 1, 1, Ok, 0))], "the set lives as long as the process"),
    ("dedup-memory-crash", &[(Duplicated, (1, 2, 2, Ok, 0))], "…and dies with it"),
    ("dedup-redis", &[(Once, (1, 1, 1, Ok, 0))], "the mark survives the consumer"),
    ("dedup-redis-window", &[(Duplicated, (1, 2, 2, Ok, 0))], "done and not marked"),
    (
        "dedup-redis-ttl",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "the mark is gone before the message comes again",
    ),
    ("dedup-redis-race", &[(Duplicated, (1, 2, 2, Ok, 0))], "both check before either marks"),
    ("dedup-claim-race", &[(Once, (1, 1, 1, Ok, 0))], "one claim wins"),
    (
        "dedup-claim-lost",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "claimed, not done, and skipped by whoever comes next",
    ),
    (
        "dedup-claim-lease",
        &[(Once, (1, 1, 1, Ok, 0))],
        "the claim has ended when the message comes again",
    ),
    (
        "dedup-claim-overlap",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "the claim has ended while its owner works",
    ),
    (
        "dedup-in-progress-crash",
        &[(DeadLettered, (1, 0, 0, Ok, 1))],
        "in progress for ever, and each delivery counts as a receive",
    ),
    ("dedup-in-progress-lease", &[(Once, (1, 1, 1, Ok, 0))], "the claim of the crashed owner ends"),
    (
        "dedup-in-progress-overlap",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "30 s are less than the 45 s that the owner takes",
    ),
    ("dedup-in-progress-outlasts", &[(Once, (1, 1, 1, Ok, 0))], "60 s are more than 45"),
    ("dedup-insert", &[(Once, (1, 3, 1, Ok, 1))], "the row is there; each further try is an error"),
    ("dedup-upsert", &[(Once, (1, 2, 1, Ok, 0))], "the second write changes nothing"),
    ("dedup-set", &[(Once, (1, 2, 1, Ok, 0))], "the second write changes nothing"),
    // Transactions.
    ("inbox-crash-before-commit", &[(Once, (1, 2, 1, Ok, 0))], "rolled back, then done"),
    ("inbox-crash-after-commit", &[(Once, (1, 1, 1, Ok, 0))], "the inbox knows it"),
    ("inbox-reply-lost", &[(Once, (1, 1, 1, Ok, 0))], "the inbox knows it"),
    ("inbox-mail", &[(Duplicated, (1, 2, 1, Ok, 0))], "the money is rolled back, the mail is not"),
    (
        "inbox-pruned",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "the id is gone before the message comes again",
    ),
    ("dual-write", &[(LostSilently, (0, 0, 0, Nothing, 0))], "committed, never sent"),
    ("dual-write-reversed", &[(Unknown, (1, 1, 1, Error, 0))], "sent, never committed"),
    ("outbox-crash", &[(Once, (1, 1, 1, Nothing, 0))], "the relay sends what was committed"),
    ("outbox-relay-crash", &[(Duplicated, (2, 2, 2, Ok, 0))], "sent and not marked, so sent again"),
    ("outbox-inbox", &[(Once, (2, 1, 1, Ok, 0))], "…and recognised"),
    (
        "outbox-id-skips",
        &[(LostSilently, (0, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the relay is past the ID of m1",
    ),
    (
        "outbox-id-below-xmin",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the relay waits for the transaction of m1",
    ),
    ("outbox-log-crash", &[(Duplicated, (2, 2, 2, Ok, 0))], "sent, and the position is not saved"),
    ("outbox-log-inbox", &[(Once, (2, 1, 1, Ok, 0))], "…and recognised"),
    (
        "outbox-marked-early",
        &[(Once, (1, 1, 1, Ok, 0)), (LostSilently, (0, 0, 0, Ok, 0))],
        "m2 was in the relay's memory only",
    ),
    (
        "outbox-marked-each",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "m2 is still in the outbox",
    ),
    ("outbox-two-relays", &[(Duplicated, (2, 2, 2, Ok, 0))], "both had read it, and both send it"),
    (
        "outbox-skip-locked",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "a row has one sender, whichever comes first",
    ),
    (
        "outbox-lease",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "nothing is read before the lease ends",
    ),
    (
        "outbox-lease-overtaken",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "the lease ends before the mark, so the row is still there",
    ),
    // Operators.
    (
        "kafka-add-partition",
        &[(Once, (1, 1, 1, Ok, 0)), (LostSilently, (1, 0, 0, Ok, 0))],
        "m2 lies before the end of the new partition, where the group starts",
    ),
    (
        "kafka-add-partition-earliest",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the group starts before m2",
    ),
    (
        "kafka-add-partition-order",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "both are read, m2 from the new partition first",
    ),
    (
        "kafka-offsets-reset",
        &[(Duplicated, (1, 2, 2, Ok, 0)), (Duplicated, (1, 2, 2, Ok, 0))],
        "both are read again, from the beginning of the log",
    ),
    (
        "kafka-offsets-reset-inbox",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "read again, and known to the inbox",
    ),
    (
        "rabbitmq-redrive",
        &[(Duplicated, (1, 2, 2, Ok, 0))],
        "done before it became a dead letter, and again when it was moved back",
    ),
    ("rabbitmq-redrive-inbox", &[(Once, (1, 1, 1, Ok, 0))], "moved back, and known to the inbox"),
    (
        "kafka-upgrade",
        &[(LostSilently, (1, 0, 0, Ok, 0))],
        "the next leader had not fetched it (KAFKA-20554)",
    ),
    ("kafka-upgrade-all", &[(Once, (2, 1, 1, Ok, 0))], "sent again to the new leader"),
    // Scenarios that are tests.
    (
        "test-no-loss",
        &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "one fault each, and acks=all withstands them all",
    ),
    (
        "test-no-loss-fails",
        &[(Once, (1, 1, 1, Ok, 0)), (Duplicated, (2, 2, 2, Ok, 0)), (LostSilently, (1, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "the leader alone had m3, and acks=1 turns idempotence off",
    ),
    (
        "test-kill-consumer",
        &[(Once, (1, 2, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "one handling is rolled back, one commits, one is skipped",
    ),
    (
        "test-kill-consumer-fails",
        &[(Duplicated, (1, 2, 2, Ok, 0)), (Once, (1, 1, 1, Ok, 0))],
        "killed between work and mark",
    ),
    ("test-sent-twice", &[(Once, (2, 1, 1, Ok, 0))], "two messages, one id"),
    (
        "test-sent-twice-kafka",
        &[(Duplicated, (2, 2, 2, Ok, 0))],
        "a second send has a sequence number of its own",
    ),
    (
        "test-sent-twice-fifo",
        &[(Once, (1, 1, 1, Ok, 0))],
        "one deduplication id within five minutes",
    ),
    ("nats-no-subscriber", &[(LostSilently, (0, 0, 0, Ok, 0))], "core NATS keeps nothing for a subscriber that is not there"),
    ("nats-stream", &[(Once, (1, 1, 1, Ok, 0))], "a stream keeps what nobody has read yet"),
    ("nats-lost-tail", &[(LostSilently, (1, 0, 0, Ok, 0))], "acknowledged before it is synced"),
    ("nats-tail-synced", &[(Once, (1, 1, 1, Ok, 0))], "each server syncs before it confirms"),
    ("nats-power-loss", &[(LostSilently, (1, 0, 0, Ok, 0))], "sync_interval is two minutes (jepsen nats-2.12.1)"),
    ("nats-sync-always", &[(Once, (1, 1, 1, Ok, 0))], "synced before the PubAck"),
    ("nats-puback-lost", &[(Duplicated, (2, 2, 2, Ok, 0))], "without an ID the stream stores each attempt"),
    ("nats-message-id-retry", &[(Once, (1, 1, 1, Ok, 0))], "the window knows the Nats-Msg-Id"),
    ("nats-after-window", &[(Duplicated, (2, 2, 2, Ok, 0))], "the window has forgotten the Nats-Msg-Id"),
    ("nats-inbox", &[(Once, (1, 1, 1, Ok, 0))], "the consumer knows the message's ID"),
    ("nats-work-queue-restart", &[(Duplicated, (2, 2, 2, Ok, 0))], "the window is rebuilt from what the stream still has"),
    ("nats-limits-restart", &[(Once, (1, 1, 1, Ok, 0))], "limits retention keeps the message, and with it the ID"),
    ("nats-ack-none", &[(LostSilently, (1, 0, 0, Ok, 0))], "acknowledged when it is delivered"),
    ("nats-ack-explicit", &[(Once, (1, 1, 1, Ok, 0))], "delivered again after AckWait"),
    ("nats-ack-sync-crash", &[(Duplicated, (1, 2, 2, Ok, 0))], "the crash comes between the work and the ack"),
    ("nats-ack-wait", &[(Duplicated, (1, 2, 2, Ok, 0))], "AckWait runs out while the handler still works"),
    ("nats-in-progress", &[(Once, (1, 1, 1, Ok, 0))], "InProgress starts AckWait anew"),
    ("nats-redelivered-late", &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))], "m2 is delivered while m1 waits for its redelivery"),
    ("nats-one-at-a-time", &[(Once, (1, 1, 1, Ok, 0)), (Once, (1, 1, 1, Ok, 0))], "MaxAckPending=1: m2 waits for m1"),
    ("nats-poison", &[(LostSilently, (1, 0, 0, Ok, 0))], "without MaxDeliver it comes again for ever"),
    ("nats-max-deliver", &[(LostSilently, (1, 0, 0, Ok, 0))], "NATS has no dead letters: an advisory, and no further delivery"),
    ("nats-ephemeral", &[(LostSilently, (1, 0, 0, Ok, 0))], "a new consumer starts behind the last message"),
    ("nats-durable", &[(Once, (1, 1, 1, Ok, 0))], "the consumer keeps its place"),
    ("nats-discard-old", &[(LostSilently, (1, 0, 0, Ok, 0)), (Once, (1, 1, 1, Ok, 0))], "the oldest message makes room"),
    ("nats-discard-new", &[(Once, (1, 1, 1, Ok, 0)), (LostWithError, (0, 0, 0, Error, 0))], "a full stream refuses what is new"),
];

/// Scenarios in which a message takes effect after a later one.
const OUT_OF_ORDER: &[&str] = &[
    "kafka-reorder",
    "kafka-first-batch-twice",
    "nats-redelivered-late",
    "rabbitmq-requeue-back",
    "rabbitmq-two-consumers",
    "kafka-add-partition-order",
    "outbox-skip-locked",
    "sqs-fifo-batch",
    "sqs-fifo-good-part",
    "sqs-fifo-two-sends",
];

/// Scenarios with endless runs: the handler fails every time and no limit is reached.
const ENDLESS: &[&str] = &["rabbitmq-poison", "rabbitmq-nack-not-counted", "nats-poison"];

fn run(id: &str) -> Trace {
    let scenario = catalogue::scenario(id).unwrap_or_else(|| panic!("no scenario {id}"));
    Trace::run(&CompiledScenario::new(scenario).unwrap())
}

#[test]
fn every_scenario_has_its_right_ending() {
    for &(id, endings, why) in ENDINGS {
        let trace = run(id);
        match trace.end {
            End::Finished => assert!(!ENDLESS.contains(&id), "{id} comes to an end"),
            End::Repeats(_) => assert!(ENDLESS.contains(&id), "{id} goes round for ever"),
            End::CutOff => panic!("{id} is cut off"),
        }
        let ledger = &trace.last().ledger;
        for (m, &ending) in (0..).zip(endings) {
            let r = ledger.of(m);
            let counts = (r.stored, r.handled, r.applied, r.told, r.dead);
            assert_eq!((ledger.outcome(m), counts), ending, "{id}, m{}: {why}", m + 1);
        }
        assert_eq!(ledger.out_of_order, OUT_OF_ORDER.contains(&id), "{id}: the order");
    }
}

#[test]
fn every_scenario_has_a_row() {
    let rows: Vec<_> = ENDINGS.iter().map(|&(id, endings, _)| (id, endings.len() as u8)).collect();
    let all: Vec<_> =
        catalogue::scenarios().iter().map(|s| (s.id.as_str(), s.configuration.messages)).collect();
    for scenario in &all {
        assert!(rows.contains(scenario), "{scenario:?} has no row, or too few endings");
    }
    assert_eq!(rows.len(), all.len());
}

#[test]
fn what_blocks_says_so() {
    for id in ["kafka-clean-election", "kafka-hung-transaction"] {
        assert!(run(id).last().ledger.blocked, "{id}");
    }
}

#[test]
fn the_mail_goes_out_twice_and_the_money_once() {
    let trace = run("inbox-mail");
    let record = trace.last().ledger.of(0);
    assert_eq!((record.applied, record.called), (1, 2));
}

#[test]
fn dual_writes_leave_one_side_without_the_other() {
    assert!(run("dual-write").last().ledger.of(0).saved, "an order that nobody hears of");
    assert!(!run("dual-write-reversed").last().ledger.of(0).saved, "a message without an order");
}

#[test]
fn a_fix_fixes() {
    for scenario in catalogue::scenarios() {
        let Some(fix) = &scenario.narrative.fix else { continue };
        let trace = run(&fix.to);
        assert_eq!(trace.end, End::Finished, "{} → {}", scenario.id, fix.to);
        for m in 0..catalogue::scenario(&fix.to).unwrap().configuration.messages {
            let outcome = trace.last().ledger.outcome(m);
            let good = matches!(outcome, Once | DeadLettered | LostWithError);
            assert!(good, "{} → {}: m{} {outcome:?}", scenario.id, fix.to, m + 1);
        }
    }
}

#[test]
fn tests_pass_or_fail_as_their_names_say() {
    let mut passed = Vec::new();
    for scenario in catalogue::scenarios() {
        let trace = run(&scenario.id);
        let Some(pass) = catalogue::passed(scenario, &trace.last().ledger) else { continue };
        assert_eq!(pass, scenario.narrative.takeaway.starts_with("Passed"), "{}", scenario.id);
        assert!(
            pass || scenario.narrative.fix.is_some(),
            "{} fails and offers no fix",
            scenario.id
        );
        if pass {
            passed.push(scenario.id.as_str());
        }
    }
    for id in ["test-no-loss", "test-kill-consumer", "test-sent-twice"] {
        assert!(passed.contains(&id), "{id}");
    }
}

#[test]
fn product_facts_have_a_source() {
    for scenario in catalogue::scenarios() {
        let product = ["kafka", "rabbitmq", "sqs"].contains(&scenario.configuration.broker.key());
        let general = scenario.id.starts_with("dedup-");
        assert!(!product || general || !scenario.narrative.sources.is_empty(), "{}", scenario.id);
    }
}
