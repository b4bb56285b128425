//! What became of each message: sends, storings, handlings, effects, and what the caller heard.

use super::participant::MessageId;

/// What the producer told its caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProducerReport {
    /// Nothing, or nothing yet.
    #[default]
    Nothing,
    /// The message is safe.
    Ok,
    /// `MessageDeliveryError`: it may or may not have arrived.
    Error,
}

/// The counts of one message. They stop at [`Record::MOST`], so that a run which repeats itself
/// comes back to a state it was in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Record {
    /// It was handed to the network, or written down to be: before that there is nothing to lose.
    pub sent: bool,
    /// Copies the broker ever stored.
    pub stored: u8,
    /// Those of them that no longer count: lost with a node, cut off by an election, aborted.
    pub gone: u8,
    /// Times a handler began to work on it.
    pub begun: u8,
    /// Times a handler did its work.
    pub handled: u8,
    /// Times the effect was applied.
    pub applied: u8,
    /// Times a service outside every transaction was asked.
    pub called: u8,
    /// Its row is in the producer's own database.
    pub saved: bool,
    pub told: ProducerReport,
    /// Copies parked in the dead-letter queue.
    pub dead: u8,
}

impl Record {
    /// Where a count stops; read it as "or more".
    pub const MOST: u8 = 7;

    /// How often the world outside noticed: effects in the store, or calls of the service,
    /// whichever are more.
    pub fn effects(&self) -> u8 {
        self.applied.max(self.called)
    }

    pub(super) fn bump(count: &mut u8) {
        *count = (*count + 1).min(Record::MOST);
    }
}

/// How it ended for one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Applied once, and nobody was told otherwise.
    Once,
    /// Never applied, and the caller does not know.
    LostSilently,
    /// Never applied; the caller was told of an error.
    LostWithError,
    /// Applied once, although the caller was told of an error.
    Unknown,
    /// Applied more than once.
    Duplicated,
    /// Parked in the dead-letter queue, not applied.
    DeadLettered,
    /// The process died before it had sent anything.
    NeverSent,
}

/// All records of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ledger {
    records: [Record; 4],
    /// A message had its first effect after a later one had.
    pub out_of_order: bool,
    /// Held up: a partition, a message group or a whole queue stood still until a timeout passed or
    /// somebody returned, although it held a message that no living consumer had in hand, and
    /// there was a consumer that could have worked on it. A message that waits for its own
    /// visibility timeout in a standard queue holds up nobody. A run that cannot end at all is not
    /// held up but stuck: that is for a search to find.
    pub blocked: bool,
}

impl Ledger {
    /// The record of a message.
    pub fn of(&self, msg: MessageId) -> &Record {
        &self.records[msg as usize]
    }

    pub(super) fn of_mut(&mut self, msg: MessageId) -> &mut Record {
        &mut self.records[msg as usize]
    }

    /// Notes what a caller hears. Each call of `send` has a caller of its own, and so has each
    /// incarnation of the producer: an Ok that one has heard is not taken back by the error that
    /// another hears later.
    pub(super) fn report(&mut self, msg: MessageId, told: ProducerReport) {
        let record = self.of_mut(msg);
        if record.told != ProducerReport::Ok {
            record.told = told;
        }
    }

    pub(super) fn apply(&mut self, msg: MessageId) -> u8 {
        let later = &self.records[msg as usize + 1..];
        let first = self.records[msg as usize].applied == 0;
        self.out_of_order |= first && later.iter().any(|r| r.applied > 0);
        let record = self.of_mut(msg);
        Record::bump(&mut record.applied);
        record.applied
    }

    pub(super) fn call(&mut self, msg: MessageId) -> u8 {
        let record = self.of_mut(msg);
        Record::bump(&mut record.called);
        record.called
    }

    /// Copies ever stored of a message, and those that the broker stands by: more than two of
    /// these tell no more than two.
    pub(super) fn counted(&self, msg: MessageId) -> (u8, u8) {
        let record = self.of(msg);
        (record.stored, record.stored.saturating_sub(record.gone).min(2))
    }

    /// Sets how many copies were ever stored of a message, of which the broker stands by some.
    pub(super) fn set_stored(&mut self, msg: MessageId, stored: u8, stands: u8) {
        let record = self.of_mut(msg);
        (record.stored, record.gone) = (stored, stored - stands);
    }

    /// Forgets what no property asks for; dead letters are `safe` where none can be lost again.
    pub(super) fn canonicalize(&mut self, msg: MessageId, safe: bool) {
        let record = self.of_mut(msg);
        (record.begun, record.saved) = (0, false);
        record.handled = record.handled.min(2);
        record.dead = if safe { record.dead.min(1) } else { record.dead };
    }

    /// What is told of a run in the end: the outcomes, and what the caller heard.
    #[must_use]
    pub fn told(&self) -> Ledger {
        let mut told = *self;
        for record in &mut told.records {
            let Record { sent, applied, called, told, dead, .. } = *record;
            let (applied, dead) = (applied.max(called), dead.min(1));
            *record = Record { sent, applied, told, dead, ..Record::default() };
        }
        told
    }

    /// How it stands for a message, read as the end of the run.
    pub fn outcome(&self, msg: MessageId) -> Outcome {
        let r = self.of(msg);
        match (r.effects(), r.told) {
            (0, _) if r.dead > 0 => Outcome::DeadLettered,
            (0, ProducerReport::Nothing) if !r.sent => Outcome::NeverSent,
            (0, ProducerReport::Error) => Outcome::LostWithError,
            (0, _) => Outcome::LostSilently,
            (1, ProducerReport::Error) => Outcome::Unknown,
            (1, _) => Outcome::Once,
            _ => Outcome::Duplicated,
        }
    }
}
