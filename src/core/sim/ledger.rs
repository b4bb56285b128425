//! The ledger: what became of each message, as counts of sends, stored copies, handlings and
//! effects, and the producer's report to its caller.

use super::participant::MessageId;

/// The producer's report to its caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProducerReport {
    /// No report, or none yet.
    #[default]
    Nothing,
    /// Success: the message is safe.
    Ok,
    /// `MessageDeliveryError`: the message may or may not have arrived.
    Error,
}

/// The counts of one message. They saturate at [`Record::MOST`], so that a run which repeats itself
/// returns to an earlier state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Record {
    /// The message was handed to the network, or persisted to be sent: before that, there is
    /// nothing to lose.
    pub sent: bool,
    /// Copies that the broker has ever stored.
    pub stored: u8,
    /// Stored copies that no longer count: lost with a node, truncated by an election, or aborted.
    pub gone: u8,
    /// Times a handler started to work on the message.
    pub begun: u8,
    /// Times a handler did its work.
    pub handled: u8,
    /// Times the effect was applied.
    pub applied: u8,
    /// Calls to a service outside every transaction.
    pub called: u8,
    /// The row of the message is in the producer's own database.
    pub saved: bool,
    pub told: ProducerReport,
    /// Copies moved to the dead-letter queue.
    pub dead: u8,
}

impl Record {
    /// The maximum of a count; read it as "or more".
    pub const MOST: u8 = 7;

    /// Returns the number of externally visible effects: effects in the store or calls of the
    /// service, whichever is greater.
    pub fn effects(&self) -> u8 {
        self.applied.max(self.called)
    }

    pub(super) fn bump(count: &mut u8) {
        *count = (*count + 1).min(Record::MOST);
    }
}

/// The outcome of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Applied once, and the caller was told of no error.
    Once,
    /// Never applied, and the caller was told of no error.
    LostSilently,
    /// Never applied; the caller was told of an error.
    LostWithError,
    /// Applied once, although the caller was told of an error.
    Unknown,
    /// Applied more than once.
    Duplicated,
    /// Moved to the dead-letter queue, not applied.
    DeadLettered,
    /// The process crashed before it sent anything.
    NeverSent,
}

/// The records of all messages of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ledger {
    records: [Record; 4],
    /// A message had its first effect after a later message had one.
    pub out_of_order: bool,
    /// Delivery was blocked: a partition, a message group or a whole queue made no progress until a
    /// timeout expired or a process or node restarted, although it held a message that no living
    /// consumer had in hand, and there was a consumer that could have worked on it. A message that
    /// waits for its own visibility timeout in a standard queue blocks nothing. A run that cannot
    /// end at all is not blocked but stuck, which is for a search to find.
    pub blocked: bool,
}

impl Ledger {
    /// Returns the record of a message.
    pub fn of(&self, msg: MessageId) -> &Record {
        &self.records[msg as usize]
    }

    pub(super) fn of_mut(&mut self, msg: MessageId) -> &mut Record {
        &mut self.records[msg as usize]
    }

    /// Notes the report to a caller. Each call of `send` has a caller of its own, and so has each
    /// incarnation of the producer: an Ok reported to one caller is not taken back by a later error
    /// reported to another.
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

    /// Returns the number of copies ever stored of a message, and the number that the broker
    /// vouches for. The latter is capped at two: no property distinguishes larger numbers.
    pub(super) fn counted(&self, msg: MessageId) -> (u8, u8) {
        let record = self.of(msg);
        (record.stored, record.stored.saturating_sub(record.gone).min(2))
    }

    /// Sets the number of copies ever stored of a message, and the number that the broker vouches
    /// for.
    pub(super) fn set_stored(&mut self, msg: MessageId, stored: u8, stands: u8) {
        let record = self.of_mut(msg);
        (record.stored, record.gone) = (stored, stored - stands);
    }

    /// Resets the counts that no property reads; dead letters are `safe` where none can be lost
    /// again.
    pub(super) fn canonicalize(&mut self, msg: MessageId, safe: bool) {
        let record = self.of_mut(msg);
        (record.begun, record.saved) = (0, false);
        record.handled = record.handled.min(2);
        record.dead = if safe { record.dead.min(1) } else { record.dead };
    }

    /// Reduces the ledger to the outcome of a run: what took effect, and what the caller was told.
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

    /// Returns the outcome of a message, taking this state as the end of the run.
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
