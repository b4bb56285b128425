//! The plan of a verdict: which configurations are checked for which property, and what is known
//! without a check.

use super::answers::Question;
use super::layers::{Origin, Settings, Taken};
use super::part::{Block, Place, Remark, RemarkKind, Side, System};
use super::rules::Rule;
use super::search::{Scripts, Tag};
use crate::check::Property;

/// A path of a setting in a scenario, with its value.
pub type Pair = (String, String);

/// A way to run one side that the files leave possible.
#[derive(Clone, Debug, Default)]
pub struct Half {
    /// What is special about it; empty for the only one.
    pub label: String,
    pub pairs: Vec<Pair>,
    /// A message whose handler fails every time is tried, too.
    pub poison: bool,
    /// Nothing but the end of its retention period ends the deliveries of such a message.
    pub expiry: bool,
    /// It is about how things stand at some moment: what it violates counts only where nothing
    /// else is violated.
    pub circumstance: bool,
    /// The properties that this half says nothing about.
    pub silent_on: Vec<Property>,
}

impl Half {
    pub fn of(pairs: &[(&str, &str)]) -> Half {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Half { pairs: pairs.collect(), ..Half::default() }
    }

    #[must_use]
    pub fn labeled(mut self, label: impl Into<String>) -> Half {
        self.label = label.into();
        self
    }

    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.pairs.retain(|(known, _)| known != key);
        self.pairs.push((key.to_owned(), value.into()));
    }
}

/// A configuration to check.
#[derive(Clone, Debug)]
pub struct Variant {
    pub label: String,
    pub pairs: Vec<Pair>,
    pub properties: Vec<Property>,
    pub scripts: Scripts,
    /// As in [`Half::circumstance`].
    pub circumstance: bool,
}

impl Variant {
    /// Splits off the order of effects where the effect is a call: the model keeps the order of
    /// what is written, so the same consumer is looked at as one that writes.
    fn with_order_of_calls(self) -> Vec<Variant> {
        let calls = |(key, value): &Pair| key == "consumer.program" && value.contains("call");
        if !self.properties.contains(&Property::InOrder) || !self.pairs.iter().any(calls) {
            return vec![self];
        }
        let mut order = Variant { properties: vec![Property::InOrder], ..self.clone() };
        for (_, value) in order.pairs.iter_mut().filter(|pair| calls(pair)) {
            *value = value.replace("call", "work");
        }
        let mut others = self;
        others.properties.retain(|property| *property != Property::InOrder);
        vec![others, order]
    }
}

/// A result that rests on the sources, because the model cannot show it.
#[derive(Clone, Debug)]
pub struct Forced {
    pub property: Property,
    /// What it takes to violate it; empty if it holds; `None` if it is open.
    pub tags: Option<Vec<Tag>>,
    pub text: String,
}

/// The sides that the files describe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub producer: bool,
    pub consumer: bool,
    pub broker: bool,
}

/// Everything that is needed to judge a configuration.
#[derive(Clone, Debug)]
pub struct Plan {
    pub system: System,
    pub given: Given,
    /// The preset that the pairs change.
    pub preset: &'static str,
    pub variants: Vec<Variant>,
    pub forced: Vec<Forced>,
    /// The product or client refuses the configuration: it does not start.
    pub refused: Option<Refusal>,
    pub taken: Vec<Taken>,
    /// The framework or client of each side, by the id of its layer, and the name of its channel.
    pub layers: Vec<(Side, &'static str)>,
    pub channels: Vec<(Side, String)>,
    /// The file that each side is in.
    pub files: Vec<(Side, usize)>,
    /// Keys without influence beside which a setting may be added: variables, keys of mappings, and
    /// functions among options.
    pub passed: Vec<(Place, String)>,
    /// As in [`Sheet::brokers`](super::part::Sheet::brokers).
    pub brokers: Vec<(usize, Vec<(String, usize)>)>,
    /// As in [`Sheet::blocks`](super::part::Sheet::blocks).
    pub blocks: Vec<Block>,
    pub questions: Vec<Question>,
    pub remarks: Vec<Remark>,
    pub rules: Vec<Rule>,
}

/// A configuration that does not start, with its reason and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub text: String,
    /// The setting that causes it.
    pub name: String,
    /// The remedy, in the file's own keys.
    pub remedy: String,
}

/// The properties about losses, for which a missing sender is taken as one with an outbox.
pub const LOSSES: [Property; 3] =
    [Property::NeverLostSilently, Property::NeverLost, Property::ReportTrue];

/// What stands in for a side that is not given.
pub struct Harmless {
    /// For losses: a sender with an outbox and confirmed sends.
    pub losses: Half,
    /// For repeats: an idempotent or confirmed sender.
    pub repeats: Half,
    /// A consumer that remembers ids in the transaction of its work.
    pub consumer: Half,
}

/// The sides as the files describe them.
#[derive(Default)]
pub struct Sides {
    pub producer: Option<Half>,
    pub consumers: Vec<Half>,
    pub brokers: Vec<Half>,
}

impl Plan {
    pub fn new(system: System, preset: &'static str, given: Given) -> Plan {
        Plan {
            system,
            given,
            preset,
            variants: Vec::new(),
            forced: Vec::new(),
            refused: None,
            taken: Vec::new(),
            layers: Vec::new(),
            channels: Vec::new(),
            files: Vec::new(),
            passed: Vec::new(),
            brokers: Vec::new(),
            blocks: Vec::new(),
            questions: Vec::new(),
            remarks: Vec::new(),
            rules: Vec::new(),
        }
    }

    pub fn remark(&mut self, kind: RemarkKind, text: impl Into<String>) {
        self.remarks.push(Remark { kind, place: None, text: text.into() });
    }

    pub fn assumed(&mut self, side: Side, name: &str, value: &str, why: &str) {
        self.taken.push(Taken {
            side,
            name: name.into(),
            value: value.into(),
            origin: Origin::Assumed(why.into()),
            note: None,
        });
    }

    /// Adds the rows of a side's settings.
    pub fn take(&mut self, settings: &Settings) {
        self.layers.push((settings.side, settings.layer.id));
        // A framework that commits by itself leaves the client's way unused.
        let own = ["ack-mode", "commit-strategy"].iter().any(|name| settings.row(name).is_some());
        let off = settings.explicit("enable.auto.commit") && !settings.is("enable.auto.commit");
        let strategy = settings.row("failure-strategy").is_some();
        let hidden = |row: &&Taken| match row.name.as_str() {
            "commit" => own || off,
            "on-error" => strategy,
            // Marks of the readers, no settings.
            "of-topic" | "outstanding" | "dead-letter-queue" => true,
            _ => false,
        };
        self.taken.extend(settings.rows.iter().filter(|row| !hidden(row)).cloned());
    }

    /// Returns the name of a side's channel.
    pub fn channel(&self, side: Side) -> &str {
        let known = self.channels.iter().find(|(own, _)| *own == side);
        known.map_or("CHANNEL", |(_, name)| name.as_str())
    }

    /// Adds the row of an answer, given or assumed.
    pub fn answer(&mut self, side: Side, name: &str, value: &str, flag: &str, given: bool) {
        let origin = match given {
            true => Origin::Answer(format!("{flag}={value}")),
            false => Origin::Assumed("no file says it".to_owned()),
        };
        let (name, value) = (name.to_owned(), value.to_owned());
        self.taken.push(Taken { side, name, value, origin, note: None });
    }

    /// Returns the properties that the given sides decide on.
    fn decided(&self) -> Vec<Property> {
        use Property::{AppliedOnce, HandledOnce, InOrder, NeverStuck, ReportTrue, StoredOnce};
        let Given { producer, consumer, .. } = self.given;
        let decided = |property: &Property| match property {
            StoredOnce => producer || self.system == System::Sqs && consumer,
            HandledOnce | AppliedOnce => consumer,
            NeverStuck => consumer || !producer,
            // A publisher's order on its own says little: a queue may redeliver.
            InOrder => producer && self.system == System::Kafka || consumer,
            // Nothing is known of whoever sends to a queue.
            ReportTrue => producer || self.system != System::Sqs || !consumer,
            _ => true,
        };
        Property::ALL.into_iter().filter(decided).collect()
    }

    /// Returns why a property stays open although nothing violates it, or is not looked at.
    pub fn why_open(&self, property: Property, holds: bool) -> Option<&'static str> {
        let Given { producer, consumer, .. } = self.given;
        let sender =
            if self.system == System::Kafka { "producer not given" } else { "sender not given" };
        if !self.decided().contains(&property) {
            return Some(match property {
                Property::StoredOnce | Property::ReportTrue => sender,
                Property::InOrder if !consumer && !producer => "producer and consumer not given",
                _ => "consumer not given",
            });
        }
        match property {
            Property::InOrder if holds && !consumer => Some("consumer not given"),
            Property::ReportTrue if consumer && !producer && holds => Some(sender),
            _ => None,
        }
    }

    /// Combines the sides, and what stands in for those that are missing, into variants.
    pub fn combine(&mut self, sides: Sides, harmless: &Harmless) {
        let decided = self.decided();
        let Given { producer, consumer, .. } = self.given;
        let consumers = if consumer { sides.consumers } else { vec![harmless.consumer.clone()] };
        let brokers = if sides.brokers.is_empty() { vec![Half::default()] } else { sides.brokers };
        // Without a consumer and a producer the question is whether the broker gives way, and only
        // a sender that insists shows it.
        let is_loss = |p: &Property| {
            LOSSES.contains(p) || *p == Property::NeverStuck && !consumer && !producer
        };
        let (losses, repeats): (Vec<Property>, Vec<Property>) =
            decided.into_iter().partition(is_loss);
        let senders = match &sides.producer {
            Some(own) => vec![(own, [losses, repeats].concat())],
            None => vec![(&harmless.losses, losses), (&harmless.repeats, repeats)],
        };
        for (sender, properties) in &senders {
            for consumer in &consumers {
                for broker in &brokers {
                    let silent = |p: &&Property| {
                        !consumer.silent_on.contains(p) && !broker.silent_on.contains(p)
                    };
                    let properties: Vec<Property> =
                        properties.iter().filter(silent).copied().collect();
                    if properties.is_empty() {
                        continue;
                    }
                    let labels = [&sender.label, &consumer.label, &broker.label];
                    let labels: Vec<&str> =
                        labels.iter().map(|l| l.as_str()).filter(|l| !l.is_empty()).collect();
                    let variant = Variant {
                        label: labels.join(", "),
                        pairs: [&broker.pairs[..], &sender.pairs, &consumer.pairs].concat(),
                        properties,
                        scripts: Scripts {
                            poison: consumer.poison,
                            expiry: consumer.poison && broker.expiry,
                            harmless_sender: sides.producer.is_none(),
                        },
                        circumstance: consumer.circumstance || broker.circumstance,
                    };
                    self.variants.extend(variant.with_order_of_calls());
                }
            }
        }
    }

    pub fn ask(&mut self, question: Question) {
        self.questions.push(question);
    }
}
