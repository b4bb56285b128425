//! Mutations of a configuration: changes of a single setting, as a person could make them.

use crate::sim::settings::generic::{Acknowledge, Backoff, Retry};
use crate::sim::settings::{
    BrokerSettings, Database, OnError, OnRestart, ProducerSettings, kafka, rabbitmq, sqs,
};
use crate::sim::{Op, Scenario};

/// A configuration with one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change in the product's terms, such as "acks=all".
    pub label: String,
    /// The changed configuration.
    pub scenario: Scenario,
}

/// Returns the usual changes of one setting, or of one technique of the consumer.
///
/// Other values of a setting are listed by `lab`, which knows all settings by name. `lab` also
/// defines which settings are circumstances rather than decisions; these are never changed here.
pub fn changes(scenario: &Scenario) -> Vec<Change> {
    let mut all = Vec::new();
    {
        let mut add = |label: &str, change: &dyn Fn(&mut Scenario)| {
            let mut changed = scenario.clone();
            changed.faults.clear();
            changed.notes.clear();
            change(&mut changed);
            changed.consumer.tidy();
            let mut same = Scenario { faults: vec![], notes: vec![], ..scenario.clone() };
            same.consumer.tidy();
            // A configuration that the product rejects is no change.
            if changed != same && changed.check().is_ok() {
                all.push(Change { label: label.into(), scenario: changed });
            }
        };
        producer(scenario, &mut add);
        broker(scenario, &mut add);
        consumer(scenario, &mut add);
    }
    all
}

/// Returns every configuration that combines two of these changes and equals no single one.
pub fn pairs(singles: &[Change]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for (i, first) in singles.iter().enumerate() {
        for second in changes(&first.scenario) {
            // Each pair once: the other order leads to the same configuration, or to none.
            let later = singles[i + 1..].iter().any(|change| change.label == second.label);
            let known = |change: &Change| change.scenario == second.scenario;
            if later && !all.iter().any(known) && !singles.iter().any(known) {
                let label = format!("{} and {}", first.label, second.label);
                all.push(Change { label, scenario: second.scenario });
            }
        }
    }
    all
}

type Add<'a> = dyn FnMut(&str, &dyn Fn(&mut Scenario)) + 'a;

fn producer(scenario: &Scenario, add: &mut Add) {
    match &scenario.producer {
        ProducerSettings::FireAndForget => add("wait for the ack, 3 attempts", &|s| {
            s.producer = ProducerSettings::Retry(Retry {
                timeout_ms: 5000,
                attempts: 3,
                backoff: Backoff::Fixed { delay_ms: 100 },
                on_restart: OnRestart::Resend,
                in_flight: 1,
            });
        }),
        ProducerSettings::Retry(retry) => {
            for attempts in [1, 3] {
                let label = if attempts == 1 { "no retries (1 attempt)" } else { "3 attempts" };
                if retry.attempts != attempts {
                    add(label, &|s| {
                        if let ProducerSettings::Retry(retry) = &mut s.producer {
                            retry.attempts = attempts;
                        }
                    });
                }
            }
        }
        ProducerSettings::Kafka(_) => kafka_producer(add),
        ProducerSettings::Rabbitmq(_) => rabbitmq_producer(add),
        ProducerSettings::Sqs(_) => {
            add("MessageDeduplicationId per message", &|s| {
                if let ProducerSettings::Sqs(producer) = &mut s.producer {
                    producer.deduplication_id = sqs::DeduplicationId::PerMessage;
                }
            });
        }
    }
    add("resend unconfirmed messages after a restart", &|s| match &mut s.producer {
        ProducerSettings::Retry(Retry { on_restart, .. })
        | ProducerSettings::Kafka(kafka::Producer { on_restart, .. })
        | ProducerSettings::Rabbitmq(rabbitmq::Producer { on_restart, .. })
        | ProducerSettings::Sqs(sqs::Producer { on_restart, .. }) => {
            *on_restart = OnRestart::Resend;
        }
        ProducerSettings::FireAndForget => {}
    });
    if scenario.database.is_some() {
        add("transactional outbox", &|s| s.database = Some(Database::Outbox));
    }
}

fn kafka_producer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut kafka::Producer)| {
        add(label, &|s| {
            if let ProducerSettings::Kafka(producer) = &mut s.producer {
                change(producer);
            }
        });
    };
    change("acks=1", &|p| p.acks = kafka::Acks::Leader);
    change("acks=all", &|p| p.acks = kafka::Acks::All);
    change("enable.idempotence=true", &|p| p.enable_idempotence = Some(true));
    change("max.in.flight.requests.per.connection=1", &|p| p.max_in_flight = 1);
    change("retries=2147483647", &|p| p.retries = 2_147_483_647);
    change("retries=0", &|p| p.retries = 0);
    change("transactional.id", &|p| p.transactional_id = Some("orders".into()));
}

fn rabbitmq_producer(add: &mut Add) {
    let mut change = |label: &str, change: &dyn Fn(&mut rabbitmq::Producer)| {
        add(label, &|s| {
            if let ProducerSettings::Rabbitmq(producer) = &mut s.producer {
                change(producer);
            }
        });
    };
    change("confirm.select", &|p| p.confirm_select = true);
    change("confirm.select, and publish again", &|p| {
        (p.confirm_select, p.publish_attempts) = (true, 3);
    });
    change("mandatory", &|p| p.mandatory = true);
    change("delivery_mode=2", &|p| p.delivery_mode = 2);
    change("outstanding_confirms=1", &|p| p.outstanding_confirms = 1);
}

fn broker(scenario: &Scenario, add: &mut Add) {
    match &scenario.broker {
        BrokerSettings::Generic(_) => {
            let mut acknowledge = |label: &str, acknowledge, replicas| {
                add(label, &|s| {
                    if let BrokerSettings::Generic(broker) = &mut s.broker {
                        (broker.acknowledge, broker.replicas) = (acknowledge, replicas);
                    }
                });
            };
            acknowledge("fsync before ack", Acknowledge::AfterSync, 1);
            acknowledge("replicate to 2 nodes before ack", Acknowledge::AfterReplication(2), 2);
            add("redelivery", &|s| {
                if let BrokerSettings::Generic(broker) = &mut s.broker {
                    broker.redelivery = true;
                }
            });
        }
        BrokerSettings::Kafka(_) => {
            let mut change = |label: &str, change: &dyn Fn(&mut kafka::Broker)| {
                add(label, &|s| {
                    if let BrokerSettings::Kafka(broker) = &mut s.broker {
                        change(broker);
                    }
                });
            };
            change("min.insync.replicas=2", &|b| b.min_insync_replicas = 2);
            change("replication.factor=3", &|b| b.replication_factor = 3);
            change("unclean.leader.election.enable=false", &|b| b.unclean_leader_election = false);
        }
        BrokerSettings::Rabbitmq(_) => {
            let mut change = |label: &str, change: &dyn Fn(&mut rabbitmq::Broker)| {
                add(label, &|s| {
                    if let BrokerSettings::Rabbitmq(broker) = &mut s.broker {
                        change(broker);
                    }
                });
            };
            change("durable", &|b| b.durable = true);
            change("a quorum queue on 3 nodes", &|b| {
                (b.queue_type, b.nodes, b.durable) = (rabbitmq::QueueType::Quorum, 3, true);
            });
            change("x-dead-letter-exchange", &|b| b.dead_letter_exchange = Some("dlx".into()));
        }
        BrokerSettings::Sqs(_) => {
            let mut change = |label: &str, change: &dyn Fn(&mut sqs::Broker)| {
                add(label, &|s| {
                    if let BrokerSettings::Sqs(broker) = &mut s.broker {
                        change(broker);
                    }
                });
            };
            change("FifoQueue", &|b| b.fifo = true);
            change("maxReceiveCount=3 and a dead-letter queue", &|b| b.max_receive_count = Some(3));
        }
    }
}

fn consumer(scenario: &Scenario, add: &mut Add) {
    for (label, program) in techniques(scenario) {
        add(label, &|s| s.consumer.program.clone_from(&program));
    }
    add("requeue on error", &|s| s.consumer.on_error = OnError::Requeue);
    add("on_error=reject", &|s| s.consumer.on_error = OnError::Reject);
    if scenario.consumer.count > 1 {
        add("one consumer", &|s| s.consumer.count = 1);
    }
    match &scenario.broker {
        BrokerSettings::Kafka(_) => {
            let own = scenario.consumer.kafka.clone().unwrap_or_default();
            let with = |change: &dyn Fn(&mut kafka::Consumer)| {
                let mut kafka = own.clone();
                change(&mut kafka);
                Some(kafka)
            };
            let committed = with(&|k| k.isolation_level = kafka::Isolation::ReadCommitted);
            add("isolation.level=read_committed", &|s| s.consumer.kafka.clone_from(&committed));
            let output = with(&|k| k.output_isolation_level = kafka::Isolation::ReadCommitted);
            add("read the output with read_committed", &|s| s.consumer.kafka.clone_from(&output));
            let earliest = with(&|k| k.auto_offset_reset = kafka::Reset::Earliest);
            add("auto.offset.reset=earliest", &|s| s.consumer.kafka.clone_from(&earliest));
        }
        BrokerSettings::Rabbitmq(_) => {
            let mut own = scenario.consumer.rabbitmq.clone().unwrap_or_default();
            own.prefetch_count = 1;
            add("prefetch_count=1", &|s| s.consumer.rabbitmq = Some(own.clone()));
            let mut auto = scenario.consumer.rabbitmq.clone().unwrap_or_default();
            auto.auto_ack = true;
            add("auto_ack", &|s| {
                s.consumer.rabbitmq = Some(auto.clone());
                s.consumer.program.retain(|op| *op != Op::Ack);
            });
        }
        BrokerSettings::Sqs(_) => {
            let mut own = scenario.consumer.sqs.clone().unwrap_or_default();
            own.heartbeat = true;
            add("ChangeMessageVisibility while working", &|s| s.consumer.sqs = Some(own.clone()));
            let mut one = scenario.consumer.sqs.clone().unwrap_or_default();
            one.max_number_of_messages = 1;
            add("MaxNumberOfMessages=1", &|s| s.consumer.sqs = Some(one.clone()));
        }
        BrokerSettings::Generic(_) => {}
    }
}

/// Returns other programs for the consumer to handle a message.
fn techniques(scenario: &Scenario) -> Vec<(&'static str, Vec<Op>)> {
    use Op::*;
    // If the consumer does not acknowledge, the broker proceeds without an acknowledgment.
    let acks = scenario.consumer.program.contains(&Ack);
    let with_ack = |mut lines: Vec<Op>| {
        lines.extend(acks.then_some(Ack));
        lines
    };
    let mut all = vec![
        ("work, then ack", with_ack(vec![Receive, Work])),
        ("idempotent write (set, not add)", with_ack(vec![Receive, Set])),
        ("INSERT … ON CONFLICT DO NOTHING", with_ack(vec![Receive, Upsert])),
        ("transactional inbox", with_ack(vec![Receive, Begin, Inbox, Work, Commit])),
        ("processed-ID set in Redis", with_ack(vec![Receive, CheckRedis, Work, MarkRedis])),
        ("claim with SET NX", with_ack(vec![Receive, Claim, Work])),
    ];
    if acks {
        all.push(("ack, then work", vec![Receive, Ack, Work]));
    }
    if matches!(scenario.broker, BrokerSettings::Kafka(_)) {
        let lines = vec![Receive, Begin, Work, StoreOffset, Commit];
        all.push(("offset in the same database transaction", lines));
    }
    all
}
