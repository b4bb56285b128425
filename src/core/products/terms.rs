//! The terms of a product, of which labels and sentences are made.
//!
//! In a template, `{m}` stands for the message, `{from}` and `{to}` for the two ends of an arrow,
//! `{at}` for the participant, and `{n}` for the number of the delivery or copy.

use crate::sim::CompiledScenario;

/// The terms of a product.
#[derive(Clone, Copy)]
pub struct Terms {
    /// The name that the broker goes by, if it has one of its own: "SQS".
    pub broker: Option<&'static str>,
    /// Returns what messages are stored in: "queue".
    pub store: fn(&CompiledScenario) -> &'static str,
    pub answer: Answer,
    pub settlement: Settlement,
    /// One delivery, and several.
    pub delivery: [&'static str; 2],
    /// Sentences: the first delivery of a message, and a later one.
    pub delivers: [&'static str; 2],
    /// Sentences: the first copy of a message is stored, and a later one.
    pub stores: [&'static str; 2],
    /// Label: a copy is stored.
    pub stored: &'static str,
    /// A copy is stored on several servers at once.
    pub stored_on_several: bool,
    /// Returns the label of a replica.
    pub replica: fn(&CompiledScenario) -> &'static str,
    /// Returns true if the broker syncs to disk itself, rather than leaving that to the operating
    /// system.
    pub syncs_itself: fn(&CompiledScenario) -> bool,
    /// Sentence: a copy is gone. Labels: a copy is, and all copies of a node are.
    pub vanishes: &'static str,
    pub vanished: &'static str,
    pub all_vanished: &'static str,
    /// Sentence: a settled copy is removed.
    pub removes: &'static str,
    /// Sentence: a second attempt is recognized.
    pub deduplicates: &'static str,
    /// Sentence: the broker takes no notice of a packet that settles nothing.
    pub ignores: &'static str,
    /// Sentences: a message is ready again since a consumer wanted that, and for lack of an answer.
    /// Label: it is ready again.
    pub requeues: [&'static str; 2],
    pub requeued: &'static str,
    /// Labels of the two negative acknowledgments of a consumer, after which the message is delivered
    /// again, or not.
    pub nack_arrows: [&'static str; 2],
    /// The term for either of them: "nack".
    pub nack: &'static str,
    /// Sentences: the consumer sends them.
    pub nacks: [&'static str; 2],
    /// An acknowledgment by a call: the label of its arrow, and what the consumer does.
    pub ack_call: [&'static str; 2],
    /// Labels: a consumer tells the broker that it is still at work, and the broker takes note.
    pub extends: [&'static str; 2],
    /// Sentences: a message is discarded that no consumer has received, and after a delivery.
    pub drops: [&'static str; 2],
    /// Labels: a message is discarded that no consumer has received, and after a delivery.
    pub dropped: [&'static str; 2],
    /// The names of the deduplication window, and of the time after which messages are deleted.
    pub windows: [&'static str; 2],
    /// A consumer takes up its place in the group, and loses it: a label and a sentence each.
    pub membership: [[&'static str; 2]; 2],
    /// The nodes that an isolated node is cut off from.
    pub peers: &'static str,
    /// Returns the sentence for a committed position.
    pub commits_position: fn(&CompiledScenario) -> &'static str,
    /// The transient error that the broker answers with.
    pub busy: &'static str,
    /// The error that the producer's caller receives when a send failed, and its label if the
    /// name is too long for one.
    pub error: &'static str,
    pub error_label: Option<&'static str>,
}

/// The terms for the broker's answer to a producer.
#[derive(Clone, Copy)]
pub struct Answer {
    /// "ack".
    pub noun: &'static str,
    /// Begins the label of one that is lost.
    pub lost: &'static str,
    /// "acknowledges".
    pub verb: &'static str,
    /// One on its way.
    pub in_flight: &'static str,
}

/// The terms for the acknowledgment of a consumer.
#[derive(Clone, Copy)]
pub struct Settlement {
    /// "ack": the consumer's step.
    pub noun: &'static str,
    /// Label of its arrow.
    pub arrow: &'static str,
    /// Begins the label of one that is lost.
    pub lost: &'static str,
    /// The packet in a sentence.
    pub subject: &'static str,
    /// The packet in the label of a fault.
    pub fault: &'static str,
    /// One on its way.
    pub in_flight: &'static str,
    /// Sentence: the consumer sends it.
    pub sends: &'static str,
    /// The consumer is about to send it.
    pub next: &'static str,
    /// It is sent before the work, and after.
    pub order: [&'static str; 2],
    /// A program never sends it.
    pub never: &'static str,
    /// A second delivery has the reason that it was not sent.
    pub missing: &'static str,
}
