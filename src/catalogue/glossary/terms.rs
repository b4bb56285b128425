//! The terms of the glossary.

use super::Term;

/// All terms, in the order of their names.
pub const TERMS: &[Term] = &[
    Term {
        id: "acknowledgment",
        name: "acknowledgment (ack)",
        spellings: "ack, acked, acknowledgment",
        text: "A reply that says that a message was received, stored or processed. A sender that \
               gets none cannot tell a lost message from a lost acknowledgment.",
        scenario: "ack-lost",
    },
    Term {
        id: "acks",
        name: "acks",
        spellings: "acks=0, acks=1, acks=all",
        text: "What a Kafka producer waits for: nothing with 0, the leader with 1, every in-sync \
               replica with all, the default. With 1, a message can be acked and still be lost \
               with its leader.",
        scenario: "kafka-acks-1",
    },
    Term {
        id: "at-least-once",
        name: "at least once",
        spellings: "at-least-once, at least once",
        text: "A message is sent or delivered again until it is acknowledged, so it is not lost \
               while the retries last. A lost acknowledgment leads to a duplicate.",
        scenario: "ack-lost",
    },
    Term {
        id: "at-most-once",
        name: "at most once",
        spellings: "at-most-once, at most once",
        text: "A message is never sent or delivered a second time, so there are no duplicates. A \
               message that is lost, or whose consumer crashes, stays lost.",
        scenario: "message-lost",
    },
    Term {
        id: "auto-commit",
        name: "auto-commit",
        spellings: "auto-commit, enable.auto.commit",
        text: "With enable.auto.commit, Kafka’s default, poll() regularly commits the offsets of \
               earlier polls, whether or not their records were processed. That is at-least-once \
               only if every record is finished before the next poll.",
        scenario: "kafka-auto-commit-hand-off",
    },
    Term {
        id: "claim",
        name: "claim, lease",
        spellings: "claim, claimed, lease, set nx",
        text: "A mark that a consumer sets on a message ID before it processes the message, so \
               that no other consumer does; with an expiry it is a lease. If it never expires, a \
               crash of its owner loses the message; if it expires too early, two consumers \
               process it.",
        scenario: "dedup-claim-lease",
    },
    Term {
        id: "consumer-group",
        name: "consumer group",
        spellings: "consumer group, group.id, new group",
        text: "Kafka consumers that share the partitions of their topics: each partition is \
               assigned to one member at a time. The committed offset belongs to the group, so \
               another member can continue where one stopped.",
        scenario: "kafka-latest",
    },
    Term {
        id: "counterexample",
        name: "counterexample",
        spellings: "counterexample",
        text: "A run that violates a guarantee, found by the model checker among all runs within \
               its bounds. It can be replayed step by step, and its link reproduces it.",
        scenario: "kafka-acks-1",
    },
    Term {
        id: "dead-letter-queue",
        name: "dead-letter queue (DLQ)",
        spellings: "dead-letter queue, dead letter, dead-lettered, dlq, dead-letter exchange",
        text: "A queue for messages that were rejected or delivered too often without success. \
               There they block no other message and can be inspected.",
        scenario: "dead-letter",
    },
    Term {
        id: "deduplication-window",
        name: "deduplication window",
        spellings: "deduplication window, deduplication id, messagededuplicationid",
        text: "How long a broker remembers message IDs in order to drop repeated sends: five \
               minutes in an SQS FIFO queue. A retry after that is a new message.",
        scenario: "sqs-fifo-after-window",
    },
    Term {
        id: "delivery-limit",
        name: "delivery limit",
        spellings: "delivery limit, x-delivery-limit, maxreceivecount",
        text: "How many failed deliveries a queue allows before it drops or dead-letters a \
               message: x-delivery-limit for RabbitMQ quorum queues, 20 by default, and \
               maxReceiveCount for SQS. In SQS every receive counts, even if its response is \
               lost.",
        scenario: "rabbitmq-delivery-limit",
    },
    Term {
        id: "dual-write",
        name: "dual write",
        spellings: "dual write, dual-write",
        text: "One change written to two systems, such as a database and a broker, without a \
               transaction that spans both. A crash between the two writes leaves one without the \
               other.",
        scenario: "dual-write",
    },
    Term {
        id: "elr",
        name: "eligible leader replicas (ELR)",
        spellings: "elr, eligible leader replica",
        text: "Replicas that left the in-sync set when it fell below min.insync.replicas, after \
               which no record could be committed. Kafka can elect one of them as leader without \
               losing a committed record; new clusters use ELR by default from 4.1.",
        scenario: "kafka-clean-election",
    },
    Term {
        id: "exactly-once",
        name: "exactly once",
        spellings: "exactly once, exactly-once, effectively once",
        text: "Delivering a message exactly once over an unreliable network is impossible, but \
               its effect can be applied exactly once. That takes retries until it is \
               acknowledged, and a receiver that records its ID together with the effect.",
        scenario: "inbox-sent-twice",
    },
    Term {
        id: "fault",
        name: "fault",
        spellings: "fault",
        text: "An event that disturbs a run: a lost message, a crash, a node loss, a pause, a \
               timeout that expires too early. Verdicts here cover every run with up to a given \
               number of faults, at any point.",
        scenario: "message-lost",
    },
    Term {
        id: "fencing",
        name: "fencing",
        spellings: "fence, fenced, fencing, zombie",
        text: "Rejecting the requests of a process that has been replaced but does not know it: a \
               zombie. A number that grows with every replacement, such as the producer epoch, \
               tells the old process from the new one.",
        scenario: "kafka-zombie-fenced",
    },
    Term {
        id: "fsync",
        name: "fsync",
        spellings: "fsync, fsynced, page cache",
        text: "The call that makes the operating system write a file from its page cache to disk. \
               Without it, data survives a crash of the process, but not a power loss.",
        scenario: "sync-before-ack",
    },
    Term {
        id: "high-watermark",
        name: "high watermark",
        spellings: "high watermark",
        text: "The offset up to which all in-sync replicas have a Kafka partition; consumers read \
               no further. It does not advance while fewer than min.insync.replicas are in sync, \
               whatever acks says.",
        scenario: "kafka-acks-all",
    },
    Term {
        id: "idempotency-key",
        name: "idempotency key",
        spellings: "idempotency key",
        text: "An ID that goes with a request, so that the receiver recognizes a repetition of \
               it. A service that accepts one performs the request once, however often it is \
               sent.",
        scenario: "inbox-mail",
    },
    Term {
        id: "idempotent-consumer",
        name: "idempotent consumer",
        spellings: "idempotent consumer, consumer idempotent, processing idempotent, \
                    must be idempotent, idempotent write",
        text: "A consumer that can process a message several times with the effect of once. \
               Either its writes are idempotent, such as setting a value, or it records the IDs \
               of processed messages.",
        scenario: "dedup-set",
    },
    Term {
        id: "idempotent-producer",
        name: "idempotent producer",
        spellings: "idempotent producer, enable.idempotence, with idempotence, \
                    without idempotence, idempotence on, idempotence off, idempotence lasts",
        text: "A Kafka producer with enable.idempotence, the default: its batches carry sequence \
               numbers, and the leader does not append a batch twice. This covers the producer’s \
               own retries, but not a second send by the application.",
        scenario: "kafka-idempotent-retry",
    },
    Term {
        id: "in-sync-replica",
        name: "in-sync replica (ISR)",
        spellings: "in-sync replica, isr",
        text: "A replica that keeps up with the leader of its Kafka partition; the leader itself \
               is one. With acks=all a message is acked once all of them have it.",
        scenario: "kafka-acks-all",
    },
    Term {
        id: "isolation-level",
        name: "isolation.level",
        spellings: "isolation.level, read_committed, read_uncommitted",
        text: "A Kafka consumer with read_uncommitted, the default, also reads records of \
               transactions that are open or aborted. With read_committed it skips aborted \
               records and reads no further than the last stable offset.",
        scenario: "kafka-read-uncommitted",
    },
    Term {
        id: "last-stable-offset",
        name: "last stable offset (LSO)",
        spellings: "last stable offset, lso",
        text: "The offset of the first record of a Kafka partition that belongs to an open \
               transaction. Consumers with read_committed stop there, so a hung transaction \
               blocks everything behind it.",
        scenario: "kafka-hung-transaction",
    },
    Term {
        id: "message-group",
        name: "message group",
        spellings: "message group, messagegroupid, same group, from its group, fifo group",
        text: "The messages of an SQS FIFO queue with the same MessageGroupId, which are \
               delivered in the order of their arrival. While one of them is in flight, further \
               receives return none of its group.",
        scenario: "sqs-fifo-one-by-one",
    },
    Term {
        id: "min-insync-replicas",
        name: "min.insync.replicas",
        spellings: "min.insync.replicas",
        text: "With acks=all, the number of in-sync replicas below which a Kafka leader rejects \
               writes. It is not the number of replicas to wait for: those are always all that \
               are in sync.",
        scenario: "kafka-not-enough-replicas",
    },
    Term {
        id: "offset-commit",
        name: "offset commit",
        spellings: "offset commit, commits the offset, commits offset, committed offset, \
                    offset committed, commit after processing, commit before processing",
        text: "A consumer group’s record of how far it has read a partition. Committing after \
               processing is at-least-once; committing before it is at-most-once.",
        scenario: "kafka-commit-after-work",
    },
    Term {
        id: "persistent-message",
        name: "persistent message",
        spellings: "persistent message, delivery_mode=2, transient message",
        text: "A RabbitMQ message published with delivery_mode=2. It survives a broker restart in \
               a durable queue, where other messages, called transient, are discarded.",
        scenario: "rabbitmq-persistent",
    },
    Term {
        id: "poison-message",
        name: "poison message",
        spellings: "poison message",
        text: "A message whose processing fails every time. Without a delivery limit it is \
               redelivered forever and can block the messages behind it.",
        scenario: "rabbitmq-poison",
    },
    Term {
        id: "power-loss",
        name: "power loss",
        spellings: "power loss, loses power, lose power",
        text: "A fault that stops a machine at once, with the loss of everything that was not \
               fsynced. Replicas in one place can lose power together.",
        scenario: "kafka-power-loss",
    },
    Term {
        id: "producer-epoch",
        name: "producer epoch",
        spellings: "producer epoch, epoch, transactional.id",
        text: "A number that Kafka raises when a new instance with the same transactional.id \
               starts and, since 4.0, with every transaction. Writes with an older epoch are \
               rejected.",
        scenario: "kafka-producer-fenced",
    },
    Term {
        id: "publisher-confirm",
        name: "publisher confirm",
        spellings: "publisher confirm, confirm, confirmed",
        text: "RabbitMQ’s acknowledgment to a publisher: the broker has taken responsibility for \
               the message. A message that no queue is bound for is confirmed, too, and dropped \
               unless it was published as mandatory.",
        scenario: "rabbitmq-confirms",
    },
    Term {
        id: "quorum-queue",
        name: "quorum queue",
        spellings: "quorum queue",
        text: "A RabbitMQ queue that is replicated with Raft. It confirms a message once a \
               majority of its nodes has fsynced it, and keeps it as long as a majority is left.",
        scenario: "rabbitmq-quorum",
    },
    Term {
        id: "rebalance",
        name: "rebalance",
        spellings: "rebalance, reassigns, max.poll.interval.ms",
        text: "A reassignment of partitions within a consumer group, because a member joined, \
               left or did not poll in time. The new owner starts at the committed offset and \
               repeats whatever was not committed.",
        scenario: "kafka-rebalance",
    },
    Term {
        id: "receipt-handle",
        name: "receipt handle",
        spellings: "receipt handle",
        text: "What SQS returns with each received message and needs to delete it; every receive \
               returns a new one. Deleting with an old handle fails on a FIFO queue, and on a \
               standard queue reports success although the message may stay.",
        scenario: "sqs-stale-receipt",
    },
    Term {
        id: "redelivery",
        name: "redelivery",
        spellings: "redelivery, redelivered, redelivers, delivers it again, requeue",
        text: "Another delivery of a message whose consumer crashed, lost its connection, \
               rejected it or took too long. The first delivery may have been processed already.",
        scenario: "crash-after-work",
    },
    Term {
        id: "retention-period",
        name: "retention period",
        spellings: "retention period",
        text: "How long a queue or log keeps messages: four days by default in SQS. What is not \
               consumed by then is deleted.",
        scenario: "sqs-retention",
    },
    Term {
        id: "transaction",
        name: "transaction (Kafka)",
        spellings: "kafka transaction, open transaction, hung transaction, aborted record, \
                    inside a transaction",
        text: "Records in several partitions and the consumer’s offsets, committed together or \
               not at all. It covers Kafka only, not databases, HTTP calls or email.",
        scenario: "kafka-transaction-crash",
    },
    Term {
        id: "inbox",
        name: "transactional inbox",
        spellings: "inbox",
        text: "A table that records the ID of each processed message in the same transaction as \
               the effect. A message whose ID it holds is skipped.",
        scenario: "inbox-crash-after-commit",
    },
    Term {
        id: "outbox",
        name: "transactional outbox",
        spellings: "outbox",
        text: "A table to which the producer writes a message in the same transaction as its \
               data; a relay sends it from there. Nothing is lost between the two, but the relay \
               can send a message twice.",
        scenario: "outbox-crash",
    },
    Term {
        id: "unclean-leader-election",
        name: "unclean leader election",
        spellings: "unclean leader election, unclean.leader.election.enable, unclean election, \
                    clean election",
        text: "The election of a Kafka replica that is not in sync, so that the partition becomes \
               available again. Records that it lacks are lost, even if they were acked.",
        scenario: "kafka-unclean-election",
    },
    Term {
        id: "visibility-timeout",
        name: "visibility timeout",
        spellings: "visibility timeout, changemessagevisibility",
        text: "How long SQS hides a message after a receive: 30 seconds by default. A message \
               that is not deleted by then is delivered again, even if its first consumer is \
               still processing it.",
        scenario: "sqs-visibility-expires",
    },
];
