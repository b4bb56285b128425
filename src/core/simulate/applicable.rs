//! The fault rates and operations that apply to a configuration.

use super::fault_rates::{self, FaultRate, OfItself};
use super::latency_model::Operation;
use crate::check::explore_and;
use crate::products::{self, Product};
use crate::sim::{Choice, Class, CompiledScenario, Configuration, Op, World};

impl FaultRate {
    /// Returns the faults that can strike in a run of the configuration, in their usual order. For
    /// example, a broker refuses only if a producer waits for its answer, and only SQS has deleted
    /// messages reappear. Returns an empty list for a configuration that cannot be run.
    pub fn possible(config: &Configuration) -> Vec<FaultRate> {
        /// More states than the fault-free runs of one message ever have.
        const MOST: usize = 20_000;
        // One message is enough, unless the settings require another number.
        let with = |messages| CompiledScenario::bare(&config.with_messages(messages));
        let Ok(mut setup) = with(1).or_else(|_| with(config.messages)) else { return Vec::new() };
        setup.expects(Class::ALL.into_iter().collect());
        let mut found = [false; FaultRate::ALL.len()];
        explore_and(&setup, MOST, |world| note(&setup, world, &mut found));
        // Acknowledgments may be calls, but what a failed handler answers is a packet.
        let fails = found[FaultRate::FailHandler as usize];
        found[FaultRate::LoseConsumerAck as usize] |= fails && setup.consumer.has(Op::Nack);
        FaultRate::with_chances().filter(|&hazard| found[hazard as usize]).collect()
    }
}

fn note(setup: &CompiledScenario, world: &World, found: &mut [bool; FaultRate::ALL.len()]) {
    let (mut choices, mut faults) = (Vec::new(), Vec::new());
    world.choices(setup, &mut choices);
    world.faults(setup, Class::ALL.into_iter().collect(), &mut faults);
    for fault in faults {
        let Choice::Strike(fault, _) = fault else { continue };
        if let Some(OfItself::Perhaps(hazard)) = fault_rates::of_itself(fault) {
            found[hazard as usize] = true;
        }
        for &choice in &choices {
            if let Some(hazard) = fault_rates::instead_of(setup, world, choice, fault) {
                found[hazard as usize] = true;
            }
        }
    }
}

impl Operation {
    /// Returns true if the operation takes time in runs of the configuration, as far as its
    /// settings tell.
    pub fn is_part_of(self, setup: &CompiledScenario) -> bool {
        let has =
            |ops: &[Op]| ops.iter().any(|&op| setup.consumer.has(op) || setup.worker == Some(op));
        let is_of = |product: &Product| product.timing.operations.contains(&self.key());
        let own = products::of(setup.configuration());
        let forgets = own.timing.forgets_settlements;
        if is_of(own) {
            return true;
        }
        match self {
            // What the operating system writes in its own time: messages, or what was settled.
            Operation::Flush => setup.broker.has(Op::Write) || forgets(setup),
            _ if products::ALL.into_iter().any(is_of) => false,
            Operation::Redis | Operation::Ttl => {
                has(&[Op::CheckRedis, Op::MarkRedis, Op::Claim, Op::ClaimInProgress])
            }
            Operation::Inbox => has(&[Op::Inbox]),
            Operation::Service => has(&[Op::Call]),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Scenario;

    #[test]
    fn products_name_operations() {
        for product in products::ALL {
            for key in product.timing.operations {
                assert!(Operation::from_key(key).is_some(), "{}: {key}", product.key);
            }
        }
    }

    fn possible(broker: &str) -> Vec<FaultRate> {
        let json = format!(
            r#"{{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 2,
                "producer": "fire-and-forget", "broker": {broker},
                "consumer": {{ "program": ["receive", "work", "ack"] }} }}"#
        );
        FaultRate::possible(&Scenario::from_json(&json).expect("a scenario").configuration)
    }

    #[test]
    fn only_what_has_a_place_can_strike() {
        let found = possible(r#"{ "generic": { "acknowledge": "after-sync" } }"#);
        for hazard in [FaultRate::LoseSend, FaultRate::LoseDelivery, FaultRate::CrashConsumer] {
            assert!(found.contains(&hazard), "{hazard:?}: {found:?}");
        }
        // Only SQS has deleted messages reappear, and only Kafka moves its leader.
        for hazard in [FaultRate::MoveLeader, FaultRate::Reappear, FaultRate::Expiry] {
            assert!(!found.contains(&hazard), "{hazard:?}: {found:?}");
        }
    }
}
