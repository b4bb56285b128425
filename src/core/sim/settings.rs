//! Settings of producers, brokers and consumers, by product and under the product's own names.
//!
//! Defaults are those of the products' current versions; each one cites its source.

mod backoff;
mod batch;
mod field;
pub mod generic;
mod handler_timeout;
pub mod kafka;
pub mod nats;
mod omitted;
mod on_error;
mod on_restart;
pub mod outbox;
pub mod rabbitmq;
pub mod sqs;
pub mod table;
pub mod value;

pub use backoff::Backoff;
pub use batch::{BatchAck, Batching};
pub use handler_timeout::{HandlerTimeout, HandlerTimes};
pub use on_error::OnError;
pub use on_restart::OnRestart;

use super::checked::{Checked, bad};
use super::client::{Receiving, Sending};
use super::clients::ClientName;
use super::program::Op;
use generic::{GenericBroker, Retry};
use omitted::{is_false, is_one, is_ten, is_true, one, ten, yes};
use serde::{Deserialize, Serialize};

/// The settings of each product, a row each.
const ROWS: [table::Rows; 5] = [
    generic::rows::ROWS,
    kafka::rows::ROWS,
    rabbitmq::rows::ROWS,
    sqs::rows::ROWS,
    nats::rows::ROWS,
];

/// Settings of the producer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProducerSettings {
    /// Send once, without waiting for an acknowledgment.
    FireAndForget,
    /// Wait for the acknowledgment, and retry when none arrives.
    Retry(Retry),
    Kafka(kafka::Producer),
    Rabbitmq(rabbitmq::Producer),
    Sqs(sqs::Producer),
    Nats(nats::Producer),
}

/// Settings of the broker, by product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokerSettings {
    Generic(GenericBroker),
    Kafka(kafka::Broker),
    Rabbitmq(rabbitmq::Broker),
    Sqs(sqs::Broker),
    Nats(nats::Broker),
}

/// Evaluates an expression on the settings of the producer, whichever product's they are; or another
/// one for a producer that has none.
macro_rules! each_producer {
    ($settings:expr, $own:ident => $value:expr) => {
        each_producer!($settings, $own => $value, {
            let $own = &generic::FireAndForget;
            $value
        })
    };
    ($settings:expr, $own:ident => $value:expr, $none:expr) => {
        match $settings {
            ProducerSettings::FireAndForget => $none,
            ProducerSettings::Retry($own) => $value,
            ProducerSettings::Kafka($own) => $value,
            ProducerSettings::Rabbitmq($own) => $value,
            ProducerSettings::Sqs($own) => $value,
            ProducerSettings::Nats($own) => $value,
        }
    };
}

/// Evaluates an expression on the settings of the broker, whichever product's they are.
macro_rules! each_broker {
    ($settings:expr, $own:ident => $value:expr) => {{
        use $crate::sim::settings::BrokerSettings;
        match $settings {
            BrokerSettings::Generic($own) => $value,
            BrokerSettings::Kafka($own) => $value,
            BrokerSettings::Rabbitmq($own) => $value,
            BrokerSettings::Sqs($own) => $value,
            BrokerSettings::Nats($own) => $value,
        }
    }};
}
pub(super) use each_broker;

/// What each product's settings of a producer answer.
trait Producer {
    /// The key of the product whose brokers the producer talks to.
    const PRODUCT: &'static str;

    /// Returns how the producer sends.
    fn sending(&self) -> Sending;

    /// Rejects what the product rejects, in an application with so many messages and such a
    /// database.
    fn check(&self, _messages: u8, _database: Option<Database>) -> Checked {
        Ok(())
    }

    /// Returns true if the producer can be made to wait for acknowledgments.
    fn may_wait(&self) -> bool {
        true
    }

    /// Returns the client library, if those of the product are known.
    fn client(&mut self) -> Option<&mut Option<ClientName>> {
        None
    }
}

/// What each product's settings of the broker answer.
trait Broker {
    /// The key of the product.
    const PRODUCT: &'static str;
    /// The instructions that only consumers of this product have.
    const LINES: &'static [Op] = &[];

    /// Returns how these consumers receive and settle.
    fn receiving(&self, consumer: &ConsumerSettings) -> Receiving;

    /// Rejects what the product rejects.
    fn check(&self) -> Checked;

    /// Rejects settings of the producer that this version of the product does not accept.
    fn check_producer(&self, _producer: &ProducerSettings) -> Checked {
        Ok(())
    }

    /// Rejects settings of a consumer that the product has not, or does not accept.
    fn check_consumer(&self, _consumer: &ConsumerSettings) -> Checked {
        Ok(())
    }

    /// Rejects the program of a consumer if it does not go together with its settings.
    fn check_program(&self, _consumer: &ConsumerSettings) -> Checked {
        Ok(())
    }

    /// Returns true if a consumer that tries again seeks back to the message and receives it anew;
    /// otherwise it keeps the message in hand.
    fn seeks_after_error(&self, _consumer: &ConsumerSettings) -> bool {
        false
    }

    /// Returns the timeout that runs against a slow handler, if there is one.
    fn handler_timeout(&self, _consumer: &ConsumerSettings) -> Option<HandlerTimeout>;
}

impl ProducerSettings {
    /// Returns the key of the product whose brokers the producer talks to: "kafka".
    pub fn product(&self) -> &'static str {
        fn product_of<T: Producer>(_: &T) -> &'static str {
            T::PRODUCT
        }
        each_producer!(self, own => product_of(own))
    }

    /// Returns how the producer sends.
    pub(super) fn sending(&self) -> Sending {
        each_producer!(self, own => own.sending())
    }

    /// Rejects what the product rejects.
    pub(super) fn check(&self, messages: u8, database: Option<Database>) -> Checked {
        each_producer!(self, own => own.check(messages, database))
    }

    /// Returns true if the producer can be made to wait for acknowledgments.
    pub(super) fn may_wait(&self) -> bool {
        each_producer!(self, own => own.may_wait())
    }

    /// Returns the client library, if those of the product are known.
    pub fn client(&mut self) -> Option<&mut Option<ClientName>> {
        each_producer!(self, own => own.client(), None)
    }

    /// Returns the behavior of a restarted producer, if it is a setting.
    pub fn on_restart(&mut self) -> Option<&mut OnRestart> {
        each_producer!(self, own => Some(&mut own.on_restart), None)
    }
}

impl BrokerSettings {
    /// Returns the key of the product: "kafka".
    pub fn key(&self) -> &'static str {
        fn key_of<T: Broker>(_: &T) -> &'static str {
            T::PRODUCT
        }
        each_broker!(self, own => key_of(own))
    }

    /// Returns the instructions that only consumers of this product have.
    pub(super) fn lines(&self) -> &'static [Op] {
        fn lines_of<T: Broker>(_: &T) -> &'static [Op] {
            T::LINES
        }
        each_broker!(self, own => lines_of(own))
    }

    /// Returns how these consumers receive and settle.
    pub(super) fn receiving(&self, consumer: &ConsumerSettings) -> Receiving {
        each_broker!(self, own => own.receiving(consumer))
    }

    /// Rejects what the product rejects.
    pub(super) fn check(&self) -> Checked {
        each_broker!(self, own => own.check())
    }

    /// Rejects settings of the producer that this version of the product does not accept.
    pub(super) fn check_producer(&self, producer: &ProducerSettings) -> Checked {
        each_broker!(self, own => own.check_producer(producer))
    }

    /// Rejects settings of a consumer that the product has not, or does not accept.
    pub(super) fn check_consumer(&self, consumer: &ConsumerSettings) -> Checked {
        if consumer.handler_attempts > 1 && consumer.on_error == OnError::Swallow {
            let problem = "a handler that swallows its errors is not tried again; use skip, or 1 \
                           attempt";
            return bad("consumer.on_error", problem);
        }
        if let Some(timeout) = self.handler_timeout(consumer) {
            timeout.check(consumer.handler_times())?;
        }
        each_broker!(self, own => own.check_consumer(consumer))
    }

    /// Returns the timeout that runs against a slow handler, if there is one.
    pub fn handler_timeout(&self, consumer: &ConsumerSettings) -> Option<HandlerTimeout> {
        each_broker!(self, own => own.handler_timeout(consumer))
    }

    /// Returns true if a consumer that tries again seeks back to the message and receives it anew;
    /// otherwise it keeps the message in hand.
    pub(super) fn seeks_after_error(&self, consumer: &ConsumerSettings) -> bool {
        each_broker!(self, own => own.seeks_after_error(consumer))
    }

    /// Rejects the program of a consumer if it does not go together with its settings.
    pub(super) fn check_program(&self, consumer: &ConsumerSettings) -> Checked {
        each_broker!(self, own => own.check_program(consumer))
    }
}

/// Settings of the consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// The instructions, in order; the first is `receive`.
    pub program: Vec<Op>,
    /// The reaction of the consumer to a failure of its handler.
    #[serde(default)]
    pub on_error: OnError,
    /// The number of consumers, 1 or 2.
    #[serde(default = "one")]
    pub count: u8,
    /// The maximum number of times that the consumer tries to handle a message before it reacts as
    /// `on_error` says, 1 to 10. The count is kept in memory.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub handler_attempts: u8,
    /// With `on_error` set to `dead-letter`: wait for the acknowledgment of the publish, and handle
    /// the message again if it fails.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub dead_letter_confirms: bool,
    /// The time that a slow handler takes at most, in milliseconds; longer than any timeout if not
    /// set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_handler_ms: Option<u32>,
    /// The time that every other handler takes at most, in milliseconds.
    #[serde(default = "ten", skip_serializing_if = "is_ten")]
    pub handler_ms: u32,
    /// The time for which the consumer holds a message that is not due yet before it handles it, in
    /// milliseconds; no message has a due time if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_ms: Option<u32>,
    /// The time after which a claim in progress ends by itself, in milliseconds; never if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_lease_ms: Option<u32>,
    /// The acknowledgment of messages that are received together.
    #[serde(default, skip_serializing_if = "BatchAck::is_each")]
    pub batch_ack: BatchAck,
    /// The consumers start only when nothing else can happen.
    #[serde(default)]
    pub starts_late: bool,
    /// The client library or framework whose defaults these are, apart from what is set otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kafka: Option<kafka::Consumer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rabbitmq: Option<rabbitmq::Consumer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqs: Option<sqs::Consumer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nats: Option<nats::Consumer>,
}

impl ConsumerSettings {
    /// Returns how long its handlers take.
    pub fn handler_times(&self) -> HandlerTimes {
        let slow = self.slow_handler_ms;
        HandlerTimes {
            slow_ms: slow.map(|ms| ms.saturating_add(self.eta_ms.unwrap_or_default())),
            other_ms: self.handler_ms,
        }
    }

    /// Returns the keys of the products whose settings are given.
    pub(super) fn products(&self) -> impl Iterator<Item = &'static str> {
        let own = [
            ("kafka", self.kafka.is_some()),
            ("rabbitmq", self.rabbitmq.is_some()),
            ("sqs", self.sqs.is_some()),
            ("nats", self.nats.is_some()),
        ];
        own.into_iter().filter(|(_, given)| *given).map(|(key, _)| key)
    }

    /// Resets what only other settings give a meaning, and removes a product's settings if they
    /// equal its defaults, which means the same as none.
    pub fn tidy(&mut self) {
        self.dead_letter_confirms |= self.on_error != OnError::DeadLetter;
        self.claim_lease_ms =
            self.claim_lease_ms.filter(|_| self.program.contains(&Op::ClaimInProgress));
        self.eta_ms = self.eta_ms.filter(|_| self.slow_handler_ms.is_some());
        let seeks = self.may_seek_after_error();
        if let Some(own) = self.kafka.as_mut().filter(|_| !seeks) {
            own.seek_after_error = true;
        }
        self.drop_defaults();
    }

    /// Returns true if `seek_after_error` has a meaning: a record is tried again, or a failure ends
    /// its batch. A batch that fails as a whole is tried again in process.
    pub(super) fn may_seek_after_error(&self) -> bool {
        match self.batch_ack {
            BatchAck::UpToFirstFailure => true,
            BatchAck::Whole => false,
            BatchAck::Each | BatchAck::GoodPart => self.handler_attempts > 1,
        }
    }

    /// Removes a product's settings if they equal its defaults.
    pub(super) fn drop_defaults(&mut self) {
        self.kafka = self.kafka.take().filter(|own| *own != Default::default());
        self.rabbitmq = self.rabbitmq.take().filter(|own| *own != Default::default());
        self.sqs = self.sqs.take().filter(|own| *own != Default::default());
        self.nats = self.nats.take().filter(|own| *own != Default::default());
    }
}

/// The way in which the producer combines its own database with sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// Commit the order and an outbox row in one transaction; a relay sends the rows of the outbox.
    Outbox,
    /// Commit the order, then send: a dual write that no transaction covers.
    SaveThenSend,
    /// Send, then commit the order.
    SendThenSave,
}
