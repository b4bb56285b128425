//! Exhaustive fault injection: every fault at every point, alone and in pairs. Each run terminates,
//! and the invariants hold.

use ackward::check::explore_and;
use ackward::sim::{
    CompiledScenario, End, EventKind, FaultSpec, Hold, Op, Record, Scenario, Trace, World,
};

/// The state limit; no single fault leads to as many.
const MOST: usize = 400_000;

/// Returns every preset, with a single message.
fn configurations() -> Vec<(String, Scenario)> {
    let groups = ackward::catalogue::presets();
    let all = groups.iter().flat_map(|group| &group.presets);
    all.map(|preset| (preset.id.clone(), preset.with_messages(1))).collect()
}

/// Checks the invariants of a state, and returns the violated one.
fn broken_law(setup: &CompiledScenario, world: &World) -> Option<String> {
    for msg in 0..setup.configuration().messages {
        let record = world.ledger.of(msg);
        if record.effects() > record.begun && record.begun < Record::MOST {
            return Some(format!("m{}: an effect without a handling", msg + 1));
        }
        if setup.consumer.has(Op::Inbox) && inbox_is_torn(setup, world, msg) {
            return Some(format!("m{}: half a transaction shows", msg + 1));
        }
    }
    let log = world.broker.kafka();
    let beyond = |log: &ackward::sim::Partition| {
        world.consumers.iter().any(|c| c.position > log.high_watermark)
    };
    if log.is_some_and(beyond) {
        return Some("a consumer is beyond the high watermark".into());
    }
    two_at_one_group(world).then(|| "two consumers have one FIFO group".into())
}

/// Returns true if the id is in the inbox without the effect, or the effect is there without the
/// id.
fn inbox_is_torn(setup: &CompiledScenario, world: &World, msg: u8) -> bool {
    let inside = |op: Op| {
        let place = |op: Op| setup.consumer.place(op);
        place(Op::Begin) < place(op) && place(op) < place(Op::Commit)
    };
    let pruned = setup.scenario.faults.iter().any(|f| f.to_string().starts_with("expire:inbox"));
    let known = world.stores.inbox & (1 << msg) != 0;
    let applied = world.ledger.of(msg).applied > 0;
    setup.consumer.has(Op::Work) && inside(Op::Work) && !pruned && known != applied
}

fn two_at_one_group(world: &World) -> bool {
    let Some(queue) = world.broker.sqs() else { return false };
    let groups = queue.config.groups;
    let held = |group: u8| {
        let items = queue.items().iter().filter(move |i| groups[i.msg as usize] == group);
        let mut holders: Vec<u8> = items
            .filter_map(|i| if let Hold::InFlight(c) = i.hold { Some(c) } else { None })
            .collect();
        holders.dedup();
        holders.len()
    };
    queue.config.fifo && (0..4).any(|group| held(group) > 1)
}

#[test]
fn one_fault_at_every_point_in_every_order() {
    let mut states = 0;
    let mut runs = 0;
    for (name, scenario) in configurations() {
        let setup = CompiledScenario::new(&scenario).unwrap_or_else(|e| panic!("{name}: {e}"));
        for fault in FaultSpec::all(&setup, 0) {
            let faulty = scenario.with_faults(vec![fault]);
            let setup = CompiledScenario::new(&faulty).unwrap_or_else(|e| panic!("{name}: {e}"));
            let mut broken = None;
            let report = explore_and(&setup, MOST, |world| {
                broken = broken.take().or_else(|| broken_law(&setup, world));
            });
            assert_eq!(broken, None, "{name}, {fault}");
            assert!(!report.truncated, "{name}, {fault}: cut off at {}", report.states);
            states += report.states;
            runs += 1;
        }
    }
    println!("{runs} faults, {states} states");
    assert!(runs > 500);
}

#[test]
fn two_faults_at_every_pair_of_points() {
    let mut runs = 0;
    for (name, scenario) in configurations() {
        let setup = CompiledScenario::new(&scenario).unwrap_or_else(|e| panic!("{name}: {e}"));
        let faults = FaultSpec::all(&setup, 0);
        for &first in &faults {
            for &second in &faults {
                let both = scenario.with_faults(vec![first, second]);
                let setup = CompiledScenario::new(&both).unwrap_or_else(|e| panic!("{name}: {e}"));
                let trace = Trace::run(&setup);
                let what = format!("{name}, {first}, {second}");
                assert_ne!(trace.end, End::CutOff, "{what}");
                for step in &trace.steps {
                    assert_eq!(broken_law(&setup, &step.world), None, "{what}");
                }
                money_is_conserved(&setup, &trace, &what);
                runs += 1;
            }
        }
    }
    println!("{runs} runs");
    assert!(runs > 5_000);
}

/// Asserts that the balance is the sum of the bookings, each of which is an event with a cause.
fn money_is_conserved(setup: &CompiledScenario, trace: &Trace, what: &str) {
    for msg in 0..setup.configuration().messages {
        let booked = trace
            .events
            .iter()
            .filter(|e| matches!(e.what, EventKind::Applied { msg: m, .. } if m == msg));
        let count = booked.clone().count();
        let applied = usize::from(trace.last().ledger.of(msg).applied);
        assert_eq!(applied, count.min(Record::MOST.into()), "{what}");
        assert!(booked.clone().all(|e| e.cause.is_some()), "{what}");
    }
}
