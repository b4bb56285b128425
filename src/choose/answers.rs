//! The questionnaire: questions and answers.

use crate::check::Property;
use crate::choices::choices;

choices! {
    /// Tolerance for lost messages.
    #[derive(Default, Hash)]
    Lost {
        May "may" "Yes, occasionally"
        /// Only with an error to the caller, who can react to it.
        #[default] ProducerReport "told" "Only if the producer gets an error"
        Never "never" "Never"
    }
}

choices! {
    /// Tolerance for messages that take effect twice.
    #[derive(Default, Hash)]
    Twice {
        May "may" "Yes (effects are idempotent)"
        #[default] Never "never" "Never"
    }
}

choices! {
    /// Required ordering.
    #[derive(Default, Hash)]
    Order {
        #[default] No "no" "No"
        /// Within each key: one customer, one account.
        Key "key" "Per key (e.g. per customer)"
        All "all" "Total order"
    }
}

choices! {
    /// Location of the effect.
    #[derive(Default, Hash)]
    Effect {
        #[default] Database "database" "A database"
        Kafka "kafka" "A Kafka topic"
        /// A mail, a payment, a call of another party's service.
        Outside "outside" "External side effect (email, API call)"
        /// The service ignores a call whose idempotency key it has seen.
        Keyed "keyed" "External API with idempotency keys"
    }
}

choices! {
    /// The available broker.
    #[derive(Default, Hash)]
    Broker {
        #[default] Any "any" "Any broker"
        Kafka "kafka" "Kafka"
        Rabbitmq "rabbitmq" "RabbitMQ"
        Sqs "sqs" "Amazon SQS"
        Nats "nats" "NATS JetStream"
    }
}

choices! {
    /// Control over the consumer's code.
    #[derive(Default, Hash)]
    Consumer {
        #[default] Ours "ours" "Yes, we can change it"
        Fixed "fixed" "No: it acks after processing"
    }
}

/// The answers to all questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    pub lost: Lost,
    pub twice: Twice,
    pub order: Order,
    pub effect: Effect,
    pub broker: Broker,
    pub consumer: Consumer,
    /// Required rate, in messages per second.
    pub rate: u32,
}

impl Default for Answers {
    fn default() -> Self {
        Answers {
            lost: Lost::default(),
            twice: Twice::default(),
            order: Order::default(),
            effect: Effect::default(),
            broker: Broker::default(),
            consumer: Consumer::default(),
            rate: 100,
        }
    }
}

/// A question of the questionnaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    Lost,
    Twice,
    Order,
    Effect,
    Broker,
    Rate,
    Consumer,
}

impl Question {
    pub const ALL: [Question; 7] = {
        use Question::*;
        [Lost, Twice, Order, Effect, Broker, Rate, Consumer]
    };

    /// Returns the name that links use.
    pub fn key(self) -> &'static str {
        match self {
            Question::Lost => "lost",
            Question::Twice => "twice",
            Question::Order => "order",
            Question::Effect => "effect",
            Question::Broker => "broker",
            Question::Rate => "rate",
            Question::Consumer => "consumer",
        }
    }

    /// Returns the question itself.
    pub fn asks(self) -> &'static str {
        match self {
            Question::Lost => "Is message loss acceptable?",
            Question::Twice => "Are duplicate effects acceptable?",
            Question::Order => "Is ordering required?",
            Question::Effect => "Where does the consumer write?",
            Question::Broker => "Which broker do you use?",
            Question::Rate => "How many messages per second?",
            Question::Consumer => "Can the consumer be changed?",
        }
    }

    /// Returns the possible answers, each with its name and its label; empty for a number.
    pub fn choices(self) -> Vec<(&'static str, &'static str)> {
        macro_rules! all {
            ($of:ident) => {
                $of::ALL.iter().map(|answer| (answer.key(), answer.label())).collect()
            };
        }
        match self {
            Question::Lost => all!(Lost),
            Question::Twice => all!(Twice),
            Question::Order => all!(Order),
            Question::Effect => all!(Effect),
            Question::Broker => all!(Broker),
            Question::Consumer => all!(Consumer),
            Question::Rate => Vec::new(),
        }
    }
}

impl Answers {
    /// The maximum required rate, in messages per second.
    pub const MOST_RATE: u32 = 1_000_000;

    /// Returns the name of the answer to a question.
    pub fn of(&self, question: Question) -> String {
        match question {
            Question::Lost => self.lost.key().to_owned(),
            Question::Twice => self.twice.key().to_owned(),
            Question::Order => self.order.key().to_owned(),
            Question::Effect => self.effect.key().to_owned(),
            Question::Broker => self.broker.key().to_owned(),
            Question::Consumer => self.consumer.key().to_owned(),
            Question::Rate => self.rate.to_string(),
        }
    }

    /// Sets the answer to a question.
    ///
    /// # Errors
    /// Returns the possible answers, if this is not one of them.
    pub fn set(&mut self, question: Question, answer: &str) -> Result<(), String> {
        macro_rules! put {
            ($place:expr, $of:ident) => {
                $of::from_key(answer).map(|answer| $place = answer)
            };
        }
        let put = match question {
            Question::Lost => put!(self.lost, Lost),
            Question::Twice => put!(self.twice, Twice),
            Question::Order => put!(self.order, Order),
            Question::Effect => put!(self.effect, Effect),
            Question::Broker => put!(self.broker, Broker),
            Question::Consumer => put!(self.consumer, Consumer),
            Question::Rate => {
                let rate = answer.parse().ok().filter(|n| (1..=Self::MOST_RATE).contains(n));
                rate.map(|rate| self.rate = rate)
            }
        };
        put.ok_or_else(|| match question {
            Question::Rate => "use a number from 1 to 1,000,000".to_owned(),
            question => {
                let known: Vec<_> = question.choices().iter().map(|(key, _)| *key).collect();
                format!("use one of {}", known.join(", "))
            }
        })
    }

    /// Returns the label of the answer to a question.
    pub fn label(&self, question: Question) -> String {
        let key = self.of(question);
        let known = question.choices().into_iter().find(|(own, _)| *own == key);
        known.map_or(key, |(_, label)| label.to_owned())
    }

    /// Returns the required properties, each with the question that asks for it.
    pub fn asked(&self) -> Vec<(Question, Property)> {
        let mut asked = Vec::new();
        match self.lost {
            Lost::May => {}
            Lost::ProducerReport => asked.push((Question::Lost, Property::NeverLostSilently)),
            Lost::Never => asked.push((Question::Lost, Property::NeverLost)),
        }
        if self.twice == Twice::Never {
            asked.push((Question::Twice, Property::AppliedOnce));
        }
        if self.order != Order::No {
            asked.push((Question::Order, Property::InOrder));
        }
        asked
    }
}

/// A typical use case, with the answers that fit it.
#[derive(Clone, Copy, Debug)]
pub struct UsualCase {
    pub name: &'static str,
    /// The reason for these answers.
    pub why: &'static str,
    pub answers: Answers,
}

const NEUTRAL: Answers = Answers {
    lost: Lost::May,
    twice: Twice::May,
    order: Order::No,
    effect: Effect::Database,
    broker: Broker::Any,
    consumer: Consumer::Ours,
    rate: 100,
};

/// Typical use cases, as ready-made answers.
pub const USUAL: [UsualCase; 5] = [
    UsualCase {
        name: "Metrics",
        why: "Losing a sample is fine; the next one replaces it.",
        answers: Answers { rate: 10_000, ..NEUTRAL },
    },
    UsualCase {
        name: "Event log",
        why: "No event may be missing, and order matters; readers can skip duplicates.",
        answers: Answers { lost: Lost::ProducerReport, order: Order::Key, rate: 1_000, ..NEUTRAL },
    },
    UsualCase {
        name: "Orders",
        why: "A lost or duplicated order costs money.",
        answers: Answers { lost: Lost::Never, twice: Twice::Never, order: Order::Key, ..NEUTRAL },
    },
    UsualCase {
        name: "Payments",
        why: "External payment API outside your transactions, but with idempotency keys.",
        answers: Answers {
            lost: Lost::ProducerReport,
            twice: Twice::Never,
            effect: Effect::Keyed,
            rate: 10,
            ..NEUTRAL
        },
    },
    UsualCase {
        name: "Notifications",
        why: "A duplicate email is a nuisance; a missing one is a complaint.",
        answers: Answers { lost: Lost::ProducerReport, effect: Effect::Outside, ..NEUTRAL },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_written() {
        for case in USUAL {
            let mut read = Answers::default();
            for question in Question::ALL {
                read.set(question, &case.answers.of(question)).unwrap();
            }
            assert_eq!(read, case.answers, "{}", case.name);
        }
    }

    #[test]
    fn what_cannot_be_answered_says_what_can() {
        let mut answers = Answers::default();
        assert!(answers.set(Question::Rate, "0").unwrap_err().contains("from 1 to"));
        assert!(answers.set(Question::Lost, "x").unwrap_err().contains("may, told, never"));
        assert_eq!(answers, Answers::default());
    }
}
