//! Random faults that a director can make happen.

use super::Random;
use crate::kafka::clients;
use ackward::sim::settings::BrokerSettings;
use ackward::sim::{PacketKind, Scenario};

/// Returns a random fault. Not every configuration has its point; such a script is refused. No handler
/// is slow: what comes of it depends on how slow it is.
pub fn random(scenario: &Scenario, random: &mut Random) -> String {
    let m = 1 + random.below(scenario.configuration.messages.into());
    let line = random.pick(&scenario.configuration.consumer.program).key();
    let side = *random.pick(&["before", "after"]);
    match random.below(9) {
        0 | 1 => format!("crash:consumer@m{m}.{side}-{line}"),
        2 => format!("fail:handler@m{m}{}", random.pick(&["", "#1", "#2"])),
        3 => {
            let point = random.pick(&["after-send", "after-await", "after-save", "before-send"]);
            format!("crash:producer@m{m}.{point}")
        }
        _ => match &scenario.configuration.broker {
            BrokerSettings::Kafka(_) => of_kafka(scenario, random, m),
            BrokerSettings::Nats(_) => of_nats(random, m, &format!("{side}-{line}")),
            _ => of_rabbitmq(random, m, &format!("{side}-{line}")),
        },
    }
}

fn lose(random: &mut Random, m: usize, kinds: &[PacketKind]) -> String {
    let (kind, n) = (random.pick(kinds).key(), *random.pick(&["", "#1", "#2"]));
    format!("lose:{kind}@m{m}{n}")
}

fn of_rabbitmq(random: &mut Random, m: usize, at: &str) -> String {
    use PacketKind::*;
    match random.below(5) {
        0 | 1 => lose(random, m, &[Send, Ack, Delivery, ConsumerAck, Requeue, Reject]),
        2 => crash_broker(random, m),
        3 => format!("cut:consumer-broker@m{m}.{at}"),
        _ => random.pick(&["expire:ttl@m1", "expire:inbox@m1", "twice:send@m1"]).to_string(),
    }
}

fn of_nats(random: &mut Random, m: usize, at: &str) -> String {
    use PacketKind::*;
    match random.below(5) {
        0 | 1 => lose(random, m, &[Send, Ack, Delivery, ConsumerAck, Requeue]),
        2 => crash_broker(random, m),
        3 => format!("cut:consumer-broker@m{m}.{at}"),
        _ => random.pick(&["expire:dedup-window@m1", "twice:send@m1"]).to_string(),
    }
}

fn crash_broker(random: &mut Random, m: usize) -> String {
    format!("crash:broker@m{m}.{}", random.pick(&["acked", "after-ack", "before-ack"]))
}

/// The nodes of Kafka fail only where there are several: with one, the coordinators would fail too.
fn of_kafka(scenario: &Scenario, random: &mut Random, m: usize) -> String {
    use PacketKind::*;
    let several = clients::of(scenario).is_some_and(|(_, broker)| broker.replication_factor > 1);
    match random.below(if several { 9 } else { 4 }) {
        0 | 1 => lose(random, m, &[Send, Ack, Refusal]),
        2 => format!("twice:send@m{m}"),
        3 => format!("refuse:send@m{m}#1"),
        4 => format!("isolate:broker@m{m}.before-send"),
        5 => format!("move:leader@m{m}.{}", random.pick(&["acked", "before-fetch"])),
        6 | 7 => format!("crash:broker@m{m}.{}", random.pick(&["acked", "before-fetch"])),
        _ => format!("gone:broker@m{m}.{}", random.pick(&["acked", "before-fetch"])),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::random;
    use ackward::catalogue;
    use ackward::sim::FaultSpec;

    #[test]
    fn every_random_fault_can_be_read() {
        let mut numbers = Random(1);
        for id in ["test-kill-consumer", "nats-ack-wait", "kafka-acks-1", "kafka-seek"] {
            let scenario = catalogue::scenario(id).expect("it is there");
            for _ in 0..1000 {
                let text = random(scenario, &mut numbers);
                assert!(text.parse::<FaultSpec>().is_ok(), "{text}");
            }
        }
    }
}
