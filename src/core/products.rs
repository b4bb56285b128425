//! The products: what is particular to each one, besides its settings and its state machine.
//!
//! A [`Product`] is a table. The texts, the model checker, the simulation, the diagram, the page and
//! the questionnaire read it, and none of them asks which product it is. What a product does not
//! state is as at the [generic queue](generic::PRODUCT).

mod generic;
mod kafka;
mod nats;
mod rabbitmq;
mod sqs;
mod terms;

pub use terms::{Answer, Settlement, Terms};

use crate::sim::{Class, Classes, CompiledScenario, Configuration, Op};

/// What is particular to a product.
pub struct Product {
    /// The key in settings and links: "kafka".
    pub key: &'static str,
    /// The name: "Kafka".
    pub name: &'static str,
    pub terms: Terms,
    pub summary: Summary,
    pub changes: Changes,
    pub assumptions: Assumptions,
    /// Losses that a further setting makes possible.
    pub hints: &'static [LossHint],
    /// Each message waits until the one before it is acknowledged: what to say of that, and the
    /// setting that ends it.
    pub one_at_a_time: Option<(&'static str, (&'static str, &'static str))>,
    pub protection: Protection,
    pub timing: Timing,
    pub advice: Advice,
    /// Adds changes after which a slow handler no longer outlasts the broker's timeout.
    pub outlast: fn(&Configuration, &mut Add),
    /// The settings that a consumer with an explicit acknowledgment needs.
    pub explicit_ack: &'static [(&'static str, &'static str)],
    /// Returns true if unacknowledged messages are delivered again.
    pub redelivers: fn(&CompiledScenario) -> bool,
    /// Returns true if a delivery to a slow handler times out.
    pub times_out: fn(&CompiledScenario) -> bool,
    /// Returns true if a message that failed too often is kept as a dead letter.
    pub keeps_dead_letters: fn(&CompiledScenario) -> bool,
    /// Returns true if a slow handler keeps telling the broker that it is still at work.
    pub extends_timeout: fn(&CompiledScenario) -> bool,
    /// Returns the reason for which a message can be stored twice.
    pub stored_twice: fn(&CompiledScenario) -> &'static str,
}

/// The settings in a few words, as the heading of a run shows them.
pub struct Summary {
    pub producer: fn(&Configuration) -> String,
    pub broker: fn(&Configuration) -> String,
    /// How consumers keep their position.
    pub positions: fn(&Configuration) -> Vec<String>,
    /// How many messages consumers take at once, and for how long.
    pub receiving: fn(&Configuration) -> Vec<String>,
}

/// Receives changes of a configuration, each with a label.
pub type Add<'a> = dyn FnMut(&str, &dyn Fn(&mut Configuration)) + 'a;

/// The usual changes of one setting, as a person could make them.
pub struct Changes {
    pub producer: fn(&Configuration, &mut Add),
    pub broker: fn(&mut Add),
    pub consumer: fn(&mut Add),
    /// Programs that only consumers of this product can have.
    pub programs: &'static [(&'static str, &'static [Op])],
}

/// An assumption, with a predicate for the configurations that it concerns.
pub type Row = (fn(&Scope) -> bool, &'static str);

/// What a verdict takes for granted of the product.
pub struct Assumptions {
    /// Returns the version that is modeled: "RabbitMQ 4.3".
    pub version: fn(&Scope) -> &'static str,
    /// Differences in other versions.
    pub versions: &'static [Row],
    pub rows: &'static [Row],
}

/// A loss that the current settings rule out, and a further setting makes possible.
pub struct LossHint {
    /// The hint as a sentence.
    pub label: &'static str,
    /// The setting that makes it possible: its key and a value.
    pub with: (&'static str, &'static str),
    pub applies: fn(&Scope) -> bool,
}

/// How well messages are protected, beyond what a search within bounds shows.
pub struct Protection {
    /// Returns the number of nodes that keep a message in the end.
    pub copies: fn(&Configuration) -> u8,
    /// Returns the number of nodes that have a message once its producer counts it as sent.
    pub acknowledged_copies: fn(&Configuration) -> u8,
    /// Returns true if only a node that has everything may become the leader.
    pub clean_elections: fn(&Configuration) -> bool,
}

/// What time the product's calls take, and what happens at once.
pub struct Timing {
    /// Calls cross the internet, to a service that somebody else runs.
    pub hosted: bool,
    /// Returns true if a consumer waits for the answer when it settles a message.
    pub settles_by_request: fn(&CompiledScenario) -> bool,
    /// Returns true if the producer sends messages in batches.
    pub batches: fn(&CompiledScenario) -> bool,
    /// Returns true if one consumer at a time reads all there is to read.
    pub one_reader: fn(&CompiledScenario) -> bool,
    /// Returns how an idle consumer gets its next message.
    pub fetch: fn(&CompiledScenario) -> Fetch,
    /// Returns true if a crash may take back deliveries and acknowledgments even where it takes no
    /// message.
    pub forgets_settlements: fn(&CompiledScenario) -> bool,
    /// Returns the time after which a held message is delivered again, if it is a setting, in
    /// seconds.
    pub redelivery_s: fn(&Configuration) -> Option<u32>,
    /// Returns the time after which a message is deleted, if it is a setting, in seconds.
    pub retention_s: fn(&Configuration) -> Option<u32>,
    /// Returns the time for which deduplication IDs are remembered, if it is a setting, in seconds.
    pub dedup_window_s: fn(&Configuration) -> Option<u32>,
    /// Returns the time after which a producer leaves a node that the others have left behind, if it
    /// is no parameter, in seconds.
    pub reconnect_s: fn(&Configuration) -> Option<u32>,
    /// Returns the time after which a consumer that nobody uses is removed, if it is no parameter, in
    /// seconds.
    pub inactive_s: fn(&Configuration) -> Option<u32>,
    /// Returns the most messages per second that one queue takes, if there is a limit, as a number
    /// and as a sentence.
    pub limit: fn(&Configuration) -> Option<(u32, &'static str)>,
    /// The keys of the operations that take time with this product only.
    pub operations: &'static [&'static str],
}

/// How an idle consumer gets its next message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// It is there already.
    Prefetched,
    /// By a request for so many messages.
    Request(u8),
    /// The broker sends it when the acknowledgment of the last one has arrived.
    AfterAck,
}

/// What remains to be done by the user.
pub struct Advice {
    /// On sending with these settings.
    pub sending: fn(&Configuration) -> Option<&'static str>,
    /// On consuming, whatever the settings.
    pub consuming: Option<&'static str>,
    /// On keeping the messages of each key in order.
    pub order_by_key: &'static str,
    /// On keeping all messages in order.
    pub total_order: &'static str,
    /// On messages that no handler can process, unless the settings provide for them.
    pub poison: fn(&Configuration) -> Option<&'static str>,
}

/// All products.
pub const ALL: [&Product; 5] =
    [&generic::PRODUCT, &kafka::PRODUCT, &rabbitmq::PRODUCT, &sqs::PRODUCT, &nats::PRODUCT];

/// Timeouts that people set, in milliseconds.
const ROUND_MS: [u32; 12] = [
    1_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
    7_200_000, 43_200_000,
];

/// Returns a timeout that a slow handler does not outlast, in milliseconds, if it outlasts the
/// present one and there is such a timeout.
fn longer_timeout(config: &Configuration) -> Option<u32> {
    let timeout = config.broker.handler_timeout(&config.consumer)?;
    let needed =
        timeout.needed_ms(config.consumer.handler_times()).filter(|&needed| needed > timeout.ms)?;
    ROUND_MS.into_iter().find(|&ms| u64::from(ms) >= needed)
}

/// Returns the products that somebody sells or maintains: all but the generic queue.
pub fn named() -> impl Iterator<Item = &'static Product> {
    ALL.into_iter().filter(|product| product.key != generic::PRODUCT.key)
}

/// Returns the product of a configuration.
pub fn of(config: &Configuration) -> &'static Product {
    let key = config.broker.key();
    ALL.into_iter().find(|product| product.key == key).unwrap_or(&generic::PRODUCT)
}

/// The scope of a verdict: a configuration, and the fault classes that were explored.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The configuration.
    pub setup: &'a CompiledScenario,
    /// The fault classes that were explored.
    pub kinds: Classes,
    /// As in [`crate::check::DeliveryModel::spares_senders`].
    pub spares_senders: bool,
    /// The clients are others than the product's own, whatever the configuration says.
    pub other_clients: bool,
}

impl<'a> Scope<'a> {
    /// Creates a scope in which senders are not spared.
    pub fn new(setup: &'a CompiledScenario, kinds: Classes) -> Scope<'a> {
        Scope { setup, kinds, spares_senders: false, other_clients: false }
    }

    /// Returns true if the consumer's program has the line.
    pub(crate) fn has(&self, op: Op) -> bool {
        self.setup.configuration().consumer.program.contains(&op)
    }

    pub(crate) fn tries(&self, class: Class) -> bool {
        self.kinds.has(class)
    }

    /// Returns true if handlers and pauses can take longer than any timeout.
    pub(crate) fn delays_without_end(&self) -> bool {
        self.tries_delays() && self.setup.configuration().consumer.slow_handler_ms.is_none()
    }

    /// Returns true if something can take longer than any timeout.
    pub(crate) fn tries_delays(&self) -> bool {
        self.tries(Class::Slow) || self.tries(Class::Pause)
    }

    /// Returns true if each message after the first is sent only once its predecessor is
    /// acknowledged.
    pub(crate) fn sends_one_by_one(&self) -> bool {
        let setup = self.setup;
        setup.configuration().messages > 1 && setup.waits() && setup.in_flight == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Scenario;
    use crate::sim::settings::BrokerSettings;

    #[test]
    fn each_product_is_found_by_its_settings() {
        for product in ALL {
            let json = format!(
                r#"{{ "{}": {} }}"#,
                product.key,
                match product.key {
                    "generic" => r#"{ "acknowledge": "after-sync" }"#,
                    _ => "{}",
                }
            );
            let broker: BrokerSettings = serde_json::from_str(&json).expect("defaults are enough");
            assert_eq!(broker.key(), product.key);
            let json = format!(
                r#"{{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
                    "producer": "fire-and-forget", "broker": {json},
                    "consumer": {{ "program": ["receive", "work"] }} }}"#
            );
            let scenario = Scenario::from_own_json(&json).expect("a scenario");
            assert_eq!(of(&scenario.configuration).key, product.key);
        }
    }
}
