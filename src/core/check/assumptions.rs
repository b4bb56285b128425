//! Assumptions behind a verdict: the version of the product, and what the model takes for granted.
//!
//! Each product has a table of assumptions, each with a predicate for the configurations that it
//! concerns; one function evaluates them. A setting is never an assumption: what a configuration
//! states itself is in its settings, and what a fault class covers is in the bounds.

mod tables;

use super::model::Bounds;
use crate::sim::settings::BrokerSettings;
use crate::sim::{Class, Classes, CompiledScenario, Op, Participant};

/// The scope of a verdict: a configuration, and the fault classes that were explored.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The configuration.
    pub setup: &'a CompiledScenario,
    /// The fault classes that were explored.
    pub kinds: Classes,
    /// As in [`super::DeliveryModel::spares_senders`].
    pub spares_senders: bool,
}

impl<'a> Scope<'a> {
    /// Creates a scope in which senders are not spared.
    pub fn new(setup: &'a CompiledScenario, kinds: Classes) -> Scope<'a> {
        Scope { setup, kinds, spares_senders: false }
    }

    /// Returns true if the consumer's program has the line.
    fn has(&self, op: Op) -> bool {
        self.setup.scenario.consumer.program.contains(&op)
    }

    fn has_any(&self, ops: &[Op]) -> bool {
        ops.iter().any(|&op| self.has(op))
    }

    fn takes_part(&self, party: Participant) -> bool {
        self.setup.parties.contains(&party)
    }

    fn tries(&self, class: Class) -> bool {
        self.kinds.has(class)
    }

    /// Returns true if something can take longer than any timeout.
    fn tries_delays(&self) -> bool {
        self.tries(Class::Slow) || self.tries(Class::Pause)
    }

    /// Returns true if each message after the first is sent only once its predecessor is
    /// acknowledged.
    pub(super) fn sends_one_by_one(&self) -> bool {
        let setup = self.setup;
        setup.scenario.messages > 1 && setup.waits() && setup.in_flight == 1
    }
}

/// An assumption, with a predicate for the configurations that it concerns.
type Row = (fn(&Scope) -> bool, &'static str);

/// The assumptions about one product.
struct Product {
    version: &'static str,
    /// Differences in other versions.
    versions: &'static [Row],
    rows: &'static [Row],
}

/// The assumptions that a verdict rests on besides the settings.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Assumptions {
    /// The product and version that is modeled: "RabbitMQ 4.3".
    pub product: &'static str,
    /// Relevant differences in other versions.
    pub versions: Vec<&'static str>,
    /// The assumptions that concern this configuration.
    pub assumed: Vec<&'static str>,
}

impl Assumptions {
    /// Returns the modeled version and the differences in others: "RabbitMQ 4.3. Up to 4.2 …".
    pub fn of(&self) -> String {
        let mut of = format!("{}.", self.product);
        for version in &self.versions {
            of.push(' ');
            of.push_str(version);
        }
        of
    }
}

/// Returns the assumptions behind a verdict of this scope.
pub fn assumptions(scope: &Scope) -> Assumptions {
    let product = match &scope.setup.scenario.broker {
        BrokerSettings::Generic(_) => &tables::GENERIC,
        BrokerSettings::Kafka(_) => &tables::KAFKA,
        BrokerSettings::Rabbitmq(_) => &tables::RABBITMQ,
        BrokerSettings::Sqs(_) => &tables::SQS,
    };
    let matter = |rows: &[Row]| -> Vec<&'static str> {
        rows.iter().filter(|(matters, _)| matters(scope)).map(|(_, label)| *label).collect()
    };
    let mut assumed = matter(product.rows);
    assumed.extend(matter(tables::ANY));
    Assumptions { product: product.version, versions: matter(product.versions), assumed }
}

/// Returns what a proof within these bounds does not cover: "more than 2 messages, more than 1
/// fault, or faults of other kinds: late, refused". `name` returns the name of a fault class.
pub fn not_tried(messages: u8, bounds: Bounds, name: fn(Class) -> &'static str) -> String {
    let counted = |n: u8, one: &str| match n {
        1 => format!("more than 1 {one}"),
        n => format!("more than {n} {one}s"),
    };
    let messages = counted(messages, "message");
    if bounds.faults == 0 || bounds.classes.is_empty() {
        return format!("{messages}, or any fault");
    }
    let faults = counted(bounds.faults, "fault");
    let others = Class::ALL.into_iter().filter(|class| !bounds.classes.has(*class));
    match others.map(name).collect::<Vec<_>>()[..] {
        [] => format!("{messages}, or {faults}"),
        ref others => {
            format!("{messages}, {faults}, or faults of other kinds: {}", others.join(", "))
        }
    }
}
