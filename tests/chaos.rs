//! Validates the simulation: against closed-form probabilities where there are any, against the
//! checker everywhere, and against itself.

use ackward::catalogue::{preset, presets, scenario};
use ackward::check::{Bounds, Finding, Property, check};
use ackward::sim::settings::ProducerSettings;
use ackward::sim::{Class, CompiledScenario, End, Scenario};
use ackward::simulate::{
    Chaos, Classic, Count, FaultRate, FaultRates, LatencyModel, Operation, Plan, Stats,
};
use expect_test::expect_file;

fn plan(messages: u8, runs: u64, rates: FaultRates) -> Plan {
    Plan { seed: 2026, runs, messages, rates, pace: LatencyModel::default() }
}

fn run(scenario: &Scenario, plan: &Plan) -> Stats {
    Chaos::new(&scenario.configuration, plan).expect("a plan that can be run").run(0..plan.runs)
}

/// Returns a scenario with a broker that syncs before it answers, a producer with this many
/// attempts, and a consumer that acknowledges after its work.
fn retrying(attempts: u8) -> Scenario {
    let mut scenario = preset("at-least-once").expect("a preset").clone();
    if let ProducerSettings::Retry(retry) = &mut scenario.configuration.producer {
        retry.attempts = attempts;
    }
    scenario
}

/// Asserts that the formula lies within the confidence interval of the measured proportion. With a
/// fixed seed this does not depend on luck. The four messages of a run share nothing here, so they
/// count as independent.
fn agrees(stats: &Stats, count: Count, formula: f64, what: &str) {
    let share = stats.share(count);
    assert!(share.covers(formula), "{what}, {}: {share:?}, {formula} expected", count.key());
}

#[test]
fn losses_are_as_frequent_as_the_formula_says() {
    for (attempts, p) in [(1u8, 0.01), (1, 0.2), (2, 0.1), (3, 0.3), (4, 0.5), (5, 0.5)] {
        let rates = FaultRates::default().with(FaultRate::LoseSend, (p * 1e6) as u32);
        let stats = run(&retrying(attempts), &plan(1, 200_000, rates));
        let what = format!("{attempts} attempts, {p} lost");
        agrees(&stats, Count::LostWithError, f64::powi(p, attempts.into()), &what);
        assert_eq!(stats.count(Count::LostSilently), 0, "{what}");
        assert_eq!(stats.count(Count::StoredTwice), 0, "{what}");
        // Each lost attempt but the last leads to another.
        let sends: f64 = (0..attempts).map(|k| f64::powi(p, k.into())).sum();
        let lost = stats.faults_used(FaultRate::LoseSend) as f64 / stats.messages() as f64;
        assert!((lost - sends * p).abs() < 0.005, "{what}: {lost} lost sends for each message");
    }
}

#[test]
fn duplicates_are_as_frequent_as_the_formula_says() {
    for (n, p, q) in [(1u8, 0.0, 0.3), (2, 0.0, 0.1), (3, 0.0, 0.02), (2, 0.2, 0.2), (4, 0.3, 0.4)]
    {
        let rates = FaultRates::default()
            .with(FaultRate::LoseSend, (p * 1e6) as u32)
            .with(FaultRate::LoseAck, (q * 1e6) as u32);
        let stats = run(&retrying(n), &plan(1, 200_000, rates));
        let what = format!("{n} attempts, {p} of sends and {q} of acks lost");
        let power = |k: u8| f64::powi(p, k.into());
        // Stored by one attempt only: it was acknowledged and preceded by losses only, or no other
        // attempt arrived.
        let answered: f64 = (0..n).map(|before| power(before) * (1.0 - p) * (1.0 - q)).sum();
        let unanswered = f64::from(n) * power(n - 1) * (1.0 - p) * q;
        let twice = 1.0 - power(n) - answered - unanswered;
        agrees(&stats, Count::LostWithError, power(n), &what);
        agrees(&stats, Count::Unknown, unanswered, &what);
        agrees(&stats, Count::StoredTwice, twice, &what);
        agrees(&stats, Count::AppliedTwice, twice, &what);
    }
}

#[test]
fn a_crash_between_work_and_acknowledgement_works_twice() {
    for c in [0.01, 0.1, 0.4] {
        let rates = FaultRates::default().with(FaultRate::CrashConsumer, (c * 1e6) as u32);
        let stats = run(&retrying(3), &plan(1, 200_000, rates));
        // The first completed handling is followed by a crash, unless it is the last one.
        agrees(&stats, Count::HandledTwice, c, &format!("{c} of steps crash"));
        assert_eq!(stats.count(Count::LostSilently) + stats.count(Count::LostWithError), 0);
    }
}

#[test]
fn a_transient_error_also_meets_the_publish_of_a_dead_letter() {
    let scenario = scenario("kafka-dead-letter-unchecked").expect("a scenario");
    let fails = FaultRates::default().with(FaultRate::FailHandler, FaultRates::ALWAYS);
    let lost =
        |rates: FaultRates| run(scenario, &plan(1, 20_000, rates)).share(Count::LostSilently);
    assert_eq!(lost(fails.clone()).part, 0.0);
    // The publish fails, or it arrives and its answer is lost, which loses nothing.
    let refused = lost(fails.with(FaultRate::Refuse, 100_000));
    assert!(refused.covers(0.1), "{refused:?}");
}

#[test]
fn messages_that_share_their_runs_have_wider_intervals() {
    // Prefetched and acknowledged at once: all of them are lost with the consumer.
    let rates = FaultRates::default().with(FaultRate::CrashConsumer, 20_000);
    let mut together = plan(4, 20_000, rates);
    together.pace.set(Operation::Gap, 0);
    let stats = run(preset("rabbitmq-fast").unwrap(), &together);
    let lost = stats.share(Count::LostSilently);
    let alone =
        ackward::simulate::Proportion::of(stats.count(Count::LostSilently), stats.messages());
    assert!(lost.high - lost.low > alone.high - alone.low, "{lost:?}, {alone:?}");
}

/// Returns the properties that the checker finds violated for a preset with up to two faults of
/// these kinds, as a bitmask; `None` if there are too many runs to explore.
fn possible(scenario: &Scenario, classes: &[Class]) -> Option<u16> {
    let setup = CompiledScenario::new(scenario).expect("a preset can be run");
    let classes = classes.iter().copied().collect();
    let verdict = check(&setup, Bounds { faults: 2, classes }, 120_000);
    let bit = |p: &Property| match verdict.finding(*p) {
        Finding::Violated(_) => Some(1 << *p as u16),
        Finding::Holds => Some(0),
        Finding::Unknown => None,
    };
    Property::ALL.iter().map(bit).try_fold(0, |bits, bit| Some(bits | bit?))
}

/// Asserts that random runs with up to two faults of these kinds violate nothing that the checker
/// has proved; returns the number of runs compared.
fn compare(classes: &[Class]) -> u32 {
    let mut compared = 0;
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let scenario = preset.with_messages(2);
        let Some(possible) = possible(&scenario, classes) else { continue };
        let own = FaultRate::with_chances().filter(|h| classes.contains(&h.class()));
        let rates = own.fold(FaultRates::default(), |rates, hazard| rates.with(hazard, 30_000));
        let plan = plan(2, 4_000, rates);
        let mut chaos = Chaos::new(&scenario.configuration, &plan).unwrap();
        for number in 0..plan.runs {
            let ran = chaos.one(number);
            // An expiry is a fault, but not one of those kinds.
            if ran.faults() > 2 || ran.faults_used(FaultRate::Expiry) > 0 {
                continue;
            }
            let broken = ran.violated_properties() & !possible;
            let named = Property::ALL.into_iter().filter(|p| broken & 1 << *p as u16 != 0);
            let named: Vec<_> = named.map(Property::key).collect();
            assert!(named.is_empty(), "{}, run {number}: {named:?}, {classes:?}", preset.id);
            compared += 1;
        }
    }
    compared
}

// Not all kinds at once, since there would be too many runs to explore; and each in a test of its
// own, so that they run in parallel.

#[test]
fn no_run_with_losses_and_crashes_shows_what_is_proved_impossible() {
    assert!(compare(&[Class::Lost, Class::Crash]) > 100_000);
}

#[test]
fn no_run_with_late_packets_and_slow_handlers_shows_what_is_proved_impossible() {
    assert!(compare(&[Class::Late, Class::Slow, Class::Handler]) > 100_000);
}

#[test]
fn no_run_with_power_losses_and_pauses_shows_what_is_proved_impossible() {
    let compared = compare(&[Class::Refused, Class::Power, Class::Pause]);
    assert!(compared > 80_000, "{compared}");
}

#[test]
fn no_run_with_what_is_gone_or_comes_back_shows_what_is_proved_impossible() {
    assert!(
        compare(&[Class::PermanentLoss, Class::Store, Class::Twice, Class::Reappear]) > 100_000
    );
}

#[test]
fn a_run_can_be_shown_and_shows_the_same() {
    for id in ["kafka-default", "rabbitmq-safe", "sqs-standard", "outbox-to-inbox"] {
        let scenario = preset(id).unwrap();
        let plan = Plan { runs: 3_000, messages: 3, ..Plan::usual(7) };
        let stats = run(scenario, &plan);
        let mut shown = 0;
        for &count in Count::ALL {
            for worst in stats.worst(count) {
                let trace = Chaos::replay(&scenario.configuration, &plan, worst.run).unwrap();
                let ledger = &trace.last().ledger;
                assert!(trace.end != End::CutOff, "{id}, run {}", worst.run);
                assert!(trace.steps.len() >= worst.steps.into(), "{id}, run {}", worst.run);
                let shows = (0..3).any(|m| {
                    let (r, outcome) = (ledger.of(m), ledger.outcome(m));
                    use ackward::sim::Outcome::*;
                    match count {
                        Count::LostSilently => outcome == LostSilently,
                        Count::LostWithError => outcome == LostWithError,
                        Count::Unknown => outcome == Unknown,
                        Count::AppliedTwice => outcome == Duplicated,
                        Count::StoredTwice => r.stored > 1 + r.gone,
                        Count::HandledTwice => r.handled > 1,
                        Count::OutOfOrder => ledger.out_of_order,
                        Count::DeadLettered => outcome == DeadLettered,
                        _ => true,
                    }
                });
                assert!(shows, "{id}: run {} does not show {}", worst.run, count.key());
                shown += 1;
            }
        }
        assert!(shown > 0, "{id}");
    }
}

#[test]
fn which_runs_are_run_together_makes_no_difference() {
    let scenario = preset("rabbitmq-quorum-queue").unwrap();
    let plan = Plan { runs: 5_000, ..Plan::usual(42) };
    let whole = run(scenario, &plan);
    let mut parts = Stats::new(plan.messages);
    for start in [4_000, 0, 2_000, 1_000, 3_000] {
        // Each with a simulator of its own, as workers have.
        let mut chaos = Chaos::new(&scenario.configuration, &plan).unwrap();
        parts.join(&chaos.run(start..start + 1_000));
    }
    assert_eq!(parts, whole);
    let other = run(scenario, &Plan { seed: 43, ..plan });
    assert_ne!(other, whole, "another seed, other runs");
}

#[test]
fn without_faults_every_message_takes_its_time() {
    let mut pace = LatencyModel::default();
    pace.set(Operation::Work, 50_000);
    let plan = Plan { pace, ..plan(1, 20_000, FaultRates::default()) };
    let stats = run(preset("at-most-once").unwrap(), &plan);
    assert_eq!(stats.count(Count::Once), 20_000);
    // Call, network, fsync, delivery, network, acknowledgment, and work.
    let acts = [
        Operation::Line,
        Operation::Network,
        Operation::Sync,
        Operation::HandOver,
        Operation::Network,
        Operation::Line,
    ];
    let usual: u64 = acts.iter().map(|act| act.usual_us()).sum();
    let expected = (usual + 50_000 + Operation::DatabaseCommit.usual_us()) as f64;
    let mean = stats.effect.mean_us().unwrap();
    assert!((mean / expected - 1.0).abs() < 0.02, "{mean} µs, {expected} expected");
}

#[test]
fn a_tally_survives_its_way_between_workers() {
    let plan = Plan { runs: 500, ..Plan::usual(1) };
    let stats = run(preset("kafka-default").unwrap(), &plan);
    let text = serde_json::to_string(&stats).unwrap();
    assert_eq!(serde_json::from_str::<Stats>(&text).unwrap(), stats);
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}

#[test]
fn a_wrong_plan_names_the_place_and_the_remedy() {
    let scenario = preset("kafka-default").unwrap();
    let problem = |json: &str| {
        let plan: Plan = serde_json::from_str(json).expect("JSON");
        Chaos::new(&scenario.configuration, &plan).err().expect("a wrong plan").to_string()
    };
    for (json, label) in [
        (r#"{"seed":1,"runs":0,"messages":1}"#, "runs: use 1 to"),
        (r#"{"seed":1,"runs":9,"messages":5}"#, "messages: "),
        (
            r#"{"seed":1,"runs":9,"messages":1,"rates":{"lose":1}}"#,
            "rates.lose: there is no fault rate",
        ),
        (r#"{"seed":1,"runs":9,"messages":1,"rates":{"late":2000000}}"#, "rates.late: use 1000000"),
        (r#"{"seed":1,"runs":9,"messages":1,"pace":{"nap":1}}"#, "pace.nap: there is no latency"),
    ] {
        let problem = problem(json);
        assert!(problem.starts_with(label), "{problem}");
    }
}

#[test]
fn classic_tests_tell_configurations_apart() {
    let passes = |id: &str, test: Classic| {
        let scenario = preset(id).unwrap();
        let plan = test.plan(3, 20_000);
        let stats = run(scenario, &plan);
        let failure = test.failure(&stats);
        if let Some((count, worst)) = failure {
            assert!(stats.count(count) > 0 && worst.run < plan.runs);
        }
        failure.is_none()
    };
    for (id, lost, killed, twice) in [
        ("at-most-once", false, false, false),
        ("at-least-once", false, false, false),
        ("technique-upsert", false, true, true),
        ("outbox-to-inbox", true, true, true),
        ("kafka-consumer-commit-first", false, false, false),
        ("kafka-consumer-offset-in-database", false, true, false),
    ] {
        assert_eq!(passes(id, Classic::NothingLost), lost, "{id}: nothing lost");
        assert_eq!(passes(id, Classic::KilledAtWork), killed, "{id}: killed at work");
        assert_eq!(passes(id, Classic::SentTwice), twice, "{id}: sent twice");
    }
}

/// The browser test compares the compiled page with the same files.
#[test]
fn the_same_plan_gives_the_same_numbers_everywhere() {
    for id in ["kafka-default", "rabbitmq-quorum-queue", "sqs-standard", "outbox-to-inbox"] {
        let plan = Plan { runs: 2_000, ..Plan::usual(42) };
        let stats = run(preset(id).unwrap(), &plan);
        let json = serde_json::to_string(&stats).unwrap() + "\n";
        expect_file![format!("golden/chaos/{id}.json")].assert_eq(&json);
    }
}

#[test]
fn what_can_strike_is_what_does() {
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let possible = FaultRate::possible(&preset.configuration);
        let rates =
            FaultRate::with_chances().fold(FaultRates::default(), |rates, h| rates.with(h, 30_000));
        let scenario = preset.with_messages(1);
        let stats = run(&scenario, &plan(1, 20_000, rates));
        for &hazard in &possible {
            assert!(stats.faults_used(hazard) > 0, "{}: {hazard:?} never strikes", preset.id);
        }
        // A fault that can only strike after another need not be offered: the answer to a rejected
        // message, a second crash.
        let other = FaultRate::with_chances().filter(|h| !possible.contains(h));
        let faults_used: Vec<_> = other.filter(|&h| stats.faults_used(h) > 0).collect();
        assert!(faults_used.is_empty(), "{}: {faults_used:?} strike, too", preset.id);
    }
}

/// The page offers no duration without an effect, and hides none with one: the hidden durations
/// change nothing, be they much longer or much shorter.
#[test]
fn what_is_said_to_take_no_time_takes_none() {
    let rates = FaultRate::with_chances()
        .fold(FaultRates::default(), |rates, hazard| rates.with(hazard, 30_000));
    let mut seen = Vec::new();
    for scenario in presets().iter().flat_map(|group| &group.presets) {
        let setup = CompiledScenario::new(scenario).unwrap();
        let with = |pace: LatencyModel| {
            let plan = Plan { pace, ..plan(2, 100, rates.clone()) };
            Chaos::new(&scenario.configuration, &plan).map(|mut chaos| chaos.run(0..plan.runs))
        };
        let Ok(usual) = with(LatencyModel::default()) else { panic!("{}", scenario.id) };
        let changed = |acts: &[Operation]| {
            let extremes: [fn(u64) -> u64; 2] = [|us| us.saturating_mul(1000), |us| us / 1_000_000];
            extremes.into_iter().any(|extreme| {
                let mut pace = LatencyModel::default();
                acts.iter().for_each(|&act| pace.set(act, extreme(act.usual_us())));
                with(pace) != Ok(usual.clone())
            })
        };
        let (parts, hidden): (Vec<Operation>, Vec<Operation>) =
            Operation::ALL.iter().copied().partition(|act| act.is_part_of(&setup));
        assert!(!changed(&hidden), "{}: one of {hidden:?}", scenario.id);
        let new: Vec<Operation> =
            parts.into_iter().filter(|act| !seen.contains(act) && changed(&[*act])).collect();
        seen.extend(new);
    }
    let unseen: Vec<_> = Operation::ALL.iter().filter(|act| !seen.contains(act)).collect();
    assert!(unseen.is_empty(), "{unseen:?} play no part in any preset");
}
