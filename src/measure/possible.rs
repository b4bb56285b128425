//! What can strike, and what takes time, in a configuration.

use super::chance::{self, Hazard, OfItself};
use super::pace::Act;
use crate::check::explore_and;
use crate::sim::{Choice, Class, Op, Scenario, Setup, World};

impl Hazard {
    /// The hazards that have a place to strike in a run of the configuration, in their order: a
    /// broker refuses only where somebody waits for its answer, only SQS has messages come back. Of
    /// a configuration that cannot be run there are none.
    pub fn possible(scenario: &Scenario) -> Vec<Hazard> {
        /// More than the runs of one message without a fault ever have.
        const MOST: usize = 20_000;
        // One message shows them all, where the settings name no other.
        let with =
            |messages| Setup::new(&Scenario { messages, faults: vec![], ..scenario.clone() });
        let Ok(mut setup) = with(1).or_else(|_| with(scenario.messages)) else { return Vec::new() };
        setup.expects(Class::ALL.into_iter().collect());
        let mut found = [false; Hazard::ALL.len()];
        explore_and(&setup, MOST, |world| note(&setup, world, &mut found));
        Hazard::with_chances().filter(|&hazard| found[hazard as usize]).collect()
    }
}

fn note(setup: &Setup, world: &World, found: &mut [bool; Hazard::ALL.len()]) {
    let (mut choices, mut faults) = (Vec::new(), Vec::new());
    world.choices(setup, &mut choices);
    world.faults(setup, Class::ALL.into_iter().collect(), &mut faults);
    for fault in faults {
        let Choice::Strike(fault, _) = fault else { continue };
        if let Some(OfItself::Perhaps(hazard)) = chance::of_itself(fault) {
            found[hazard as usize] = true;
        }
        for &choice in &choices {
            if let Some(hazard) = chance::instead_of(setup, world, choice, fault) {
                found[hazard as usize] = true;
            }
        }
    }
}

impl Act {
    /// It takes time in runs of the configuration, as far as its settings tell.
    pub fn is_part_of(self, setup: &Setup) -> bool {
        let (kafka, rabbitmq, sqs) =
            (setup.log().is_some(), setup.queue().is_some(), setup.visibility().is_some());
        let has =
            |ops: &[Op]| ops.iter().any(|&op| setup.consumer.has(op) || setup.worker == Some(op));
        match self {
            Act::Linger
            | Act::KafkaCommit
            | Act::AutoCommit
            | Act::Session
            | Act::PollInterval
            | Act::Lag
            | Act::Metadata
            | Act::TransactionTimeout => kafka,
            Act::Flush => kafka || setup.broker.has(Op::Write),
            Act::ConsumerTimeout | Act::Heartbeat => rabbitmq,
            Act::Api | Act::DedupWindow => sqs,
            Act::Redis | Act::Ttl => has(&[Op::CheckRedis, Op::MarkRedis, Op::Claim]),
            Act::Inbox => has(&[Op::Inbox]),
            Act::Service => has(&[Op::Call]),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn possible(broker: &str) -> Vec<Hazard> {
        let json = format!(
            r#"{{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 2,
                "producer": "fire-and-forget", "broker": {broker},
                "consumer": {{ "program": ["receive", "work", "ack"] }} }}"#
        );
        Hazard::possible(&Scenario::from_json(&json).expect("a scenario"))
    }

    #[test]
    fn only_what_has_a_place_can_strike() {
        let found = possible(r#"{ "generic": { "acknowledge": "after-sync" } }"#);
        for hazard in [Hazard::LoseSend, Hazard::LoseDelivery, Hazard::CrashConsumer] {
            assert!(found.contains(&hazard), "{hazard:?}: {found:?}");
        }
        // Only SQS has deleted messages come back, and only Kafka a leader that is moved.
        for hazard in [Hazard::MoveLeader, Hazard::Reappear, Hazard::Expiry] {
            assert!(!found.contains(&hazard), "{hazard:?}: {found:?}");
        }
    }
}
