//! Endings, as far as an observer outside the broker can count.

use super::seen::told;
use crate::check::TerminalState;
use crate::sim::{Ledger, MessageId};
use serde::{Deserialize, Serialize};

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalState {
    /// What became of each message.
    pub ending: Vec<Counts>,
    /// A message had its first effect after a later message had one.
    pub out_of_order: bool,
    /// The run was still repeating itself when the harness stopped it.
    pub endless: bool,
}

/// What became of a message; counts end at [`crate::sim::Record::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// The number of the message, from 1.
    pub m: u8,
    /// It was handed to the network, or saved to be sent.
    pub sent: bool,
    /// The number of times that a handler did its work.
    pub handled: u8,
    /// The number of times that the effect was applied to the store.
    pub applied: u8,
    /// The number of calls to a service outside every transaction.
    pub called: u8,
    /// The row of the message is in the producer's own database.
    pub saved: bool,
    /// The producer's report: "nothing", "ok" or "error".
    pub told: String,
    /// The number of copies in the dead-letter queue.
    pub dead: u8,
}

impl FinalState {
    /// Returns what an observer sees of a terminal state.
    pub fn of(messages: u8, end: &TerminalState) -> FinalState {
        FinalState { endless: end.endless, ..FinalState::after(messages, &end.ledger) }
    }

    /// Returns what an observer sees of a ledger.
    pub fn after(messages: u8, ledger: &Ledger) -> FinalState {
        let fate = |msg: MessageId| {
            let record = ledger.of(msg);
            Counts {
                m: msg + 1,
                sent: record.sent,
                handled: record.handled,
                applied: record.applied,
                called: record.called,
                saved: record.saved,
                told: told(record.told).to_owned(),
                dead: record.dead,
            }
        };
        FinalState {
            ending: (0..messages).map(fate).collect(),
            out_of_order: ledger.out_of_order,
            endless: false,
        }
    }
}
