//! A scenario made ready to run: programs and numbers, looked up at every step, changed at none.

use super::party::Party;
use super::program::{Op, Program};
use super::scenario::{
    Acknowledge, BrokerSettings, GenericBroker, OnError, OnRestart, ProducerSettings, Scenario,
    ScenarioError, duration,
};

/// What stays the same during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub scenario: Scenario,
    /// Who takes part, left to right.
    pub parties: Vec<Party>,
    pub producer: Program,
    /// What the broker does with each copy.
    pub broker: Program,
    pub consumer: Program,
    /// How often the producer sends a message at most.
    pub attempts: u8,
    pub on_restart: OnRestart,
    pub replicas: u8,
    pub redelivery: bool,
    pub max_deliveries: Option<u8>,
    pub dead_letter_queue: bool,
}

impl Setup {
    /// Checks the scenario and makes it ready.
    ///
    /// # Errors
    /// What [`Scenario::check`] finds.
    pub fn new(scenario: &Scenario) -> Result<Setup, ScenarioError> {
        scenario.check()?;
        Ok(Setup::unchecked(scenario))
    }

    pub(super) fn unchecked(scenario: &Scenario) -> Setup {
        let BrokerSettings::Generic(generic) = &scenario.broker;
        let (attempts, on_restart) = match &scenario.producer {
            ProducerSettings::FireAndForget => (1, OnRestart::Forget),
            ProducerSettings::Retry(retry) => (retry.attempts, retry.on_restart),
        };
        let mut parties = vec![Party::Producer];
        parties.extend(&Party::NODES[..usize::from(generic.replicas.clamp(1, 3))]);
        parties.extend(&Party::CONSUMERS[..usize::from(scenario.consumer.count.clamp(1, 2))]);
        parties.push(Party::Accounts);
        Setup {
            parties,
            producer: producer_program(&scenario.producer),
            broker: broker_program(generic),
            consumer: consumer_program(scenario),
            attempts,
            on_restart,
            replicas: generic.replicas,
            redelivery: generic.redelivery,
            max_deliveries: generic.max_deliveries,
            dead_letter_queue: generic.dead_letter_queue,
            scenario: scenario.clone(),
        }
    }
}

fn producer_program(settings: &ProducerSettings) -> Program {
    let mut p = Program::default();
    match settings {
        ProducerSettings::FireAndForget => {
            p.run(Op::Send, 0, "broker.send(m)");
            p.main = 1;
        }
        ProducerSettings::Retry(retry) => {
            p.show(0, format!("for attempt in 1..={} {{", retry.attempts));
            p.run(Op::Send, 1, "broker.send(m)");
            let wait = duration(retry.timeout_ms);
            p.run(Op::Await, 1, format!("if ack_within({wait}) {{ return Ok }}"));
            p.run(Op::Backoff, 1, "sleep(backoff(attempt))");
            p.show(0, "}");
            p.run(Op::Fail, 0, "Err(MessageDeliveryError)");
            p.main = p.ops.len();
        }
    }
    p
}

fn broker_program(broker: &GenericBroker) -> Program {
    let mut p = Program::default();
    p.run(Op::Append, 0, "memory.append(m)");
    match broker.acknowledge {
        Acknowledge::BeforePersist => {
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
            p.run(Op::Persist, 0, "disk.sync(m)");
        }
        Acknowledge::AfterSync => {
            p.run(Op::Persist, 0, "disk.sync(m)");
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
        }
        Acknowledge::AfterReplication(n) => {
            for _ in 1..n {
                p.run(Op::Replicate, 0, "follower.replicate(m)");
            }
            p.run(Op::Acknowledge, 0, "producer.ack(m)");
            for _ in n..broker.replicas {
                p.run(Op::Replicate, 0, "follower.replicate(m)");
            }
        }
    }
    p.main = p.ops.len();
    p
}

fn consumer_program(scenario: &Scenario) -> Program {
    let mut p = Program::default();
    let acks = scenario.consumer.program.contains(&Op::Ack);
    for &op in &scenario.consumer.program {
        match op {
            Op::Receive => p.run(op, 0, "m = broker.receive()"),
            Op::Work => p.run(op, 0, "accounts.add(m.amount)"),
            _ => p.run(op, 0, "broker.ack(m)"),
        }
    }
    p.main = p.ops.len();
    if acks {
        p.show(0, "// when the handler fails:");
        let requeue = scenario.consumer.on_error == OnError::Requeue;
        p.run(Op::Nack, 0, format!("broker.nack(m, requeue = {requeue})"));
    }
    p
}
