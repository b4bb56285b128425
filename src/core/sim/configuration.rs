//! A configuration: the settings of every participant, which decide what can become of a message.
//!
//! It is what the model checker, the search for fixes, the cost, the random runs and the fault
//! matrix are about. A [`Scenario`](super::Scenario) is a configuration with a script of faults and
//! the texts that explain it.

mod check;
mod clients;

use super::settings::outbox::Outbox;
use super::settings::{BrokerSettings, ConsumerSettings, Database, ProducerSettings};
use serde::{Deserialize, Serialize};

/// The settings of every participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The number of messages that the application sends, 1 to 4.
    pub messages: u8,
    pub producer: ProducerSettings,
    pub broker: BrokerSettings,
    pub consumer: ConsumerSettings,
    /// The way in which the producer combines its own database with sending, if it has one.
    pub database: Option<Database>,
    /// The outbox and its relay, if the database has them.
    pub outbox: Outbox,
    pub store: Store,
}

/// The store that the effect is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The amount that each message adds to the balance, in dollars.
    pub amount: u32,
}

impl Default for Store {
    fn default() -> Self {
        Store { amount: 100 }
    }
}

impl Configuration {
    /// Returns the configuration with so many messages.
    #[must_use]
    pub fn with_messages(&self, messages: u8) -> Configuration {
        Configuration { messages, ..self.clone() }
    }

    /// Resets what only other settings give a meaning.
    pub fn tidy(&mut self) {
        self.consumer.tidy();
        if self.database != Some(Database::Outbox) {
            self.outbox = Outbox::default();
        }
        self.outbox.tidy();
    }

    /// Returns true if a slow handler can take longer than the broker waits for it.
    pub fn slow_handlers_time_out(&self) -> bool {
        let timeout = self.broker.handler_timeout(&self.consumer);
        timeout.is_some_and(|timeout| timeout.expires(self.consumer.handler_times()))
    }
}
