//! What a proof rests on besides its settings: the product's version, and what the model takes for
//! granted.
//!
//! Each product has a table of assumptions, each with the configurations that it matters to; one
//! function reads them. A setting is never an assumption: whatever a configuration says itself is in
//! its settings, and whatever a kind of fault tries is in the bounds.

mod tables;

use super::model::Bounds;
use crate::sim::settings::BrokerSettings;
use crate::sim::{Class, Classes, CompiledScenario, Op, Participant};

/// What a verdict is about: a configuration, and the kinds of faults that are tried.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub setup: &'a CompiledScenario,
    pub kinds: Classes,
    /// See [`super::DeliveryModel::spares_senders`].
    pub spares_senders: bool,
}

impl<'a> Scope<'a> {
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

    /// Returns true if something can take longer than anybody waits.
    fn tries_delays(&self) -> bool {
        self.tries(Class::Slow) || self.tries(Class::Pause)
    }

    /// Returns true if each message but the first is sent only when the one before it is answered.
    pub(super) fn sends_one_by_one(&self) -> bool {
        let setup = self.setup;
        setup.scenario.messages > 1 && setup.waits() && setup.in_flight == 1
    }
}

/// An assumption, and the configurations that it matters to.
type Row = (fn(&Scope) -> bool, &'static str);

/// What is assumed of a product.
struct Product {
    version: &'static str,
    /// Where other versions behave otherwise.
    versions: &'static [Row],
    rows: &'static [Row],
}

/// What a verdict rests on besides its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// Whose behavior it is: "RabbitMQ 4.3".
    pub product: &'static str,
    /// How other versions differ, where that matters here.
    pub versions: Vec<&'static str>,
    pub assumed: Vec<&'static str>,
}

impl Assumptions {
    /// Whose behavior it is, and how other versions differ: "RabbitMQ 4.3. Up to 4.2 …".
    pub fn of(&self) -> String {
        let mut of = format!("{}.", self.product);
        for version in &self.versions {
            of.push(' ');
            of.push_str(version);
        }
        of
    }
}

/// What a verdict of this scope rests on.
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

/// What a proof within these bounds says nothing about: "more than 2 messages, more than 1 fault, or
/// faults of other kinds: late, refused". `name` names the kinds.
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
