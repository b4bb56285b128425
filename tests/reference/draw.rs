//! Generates random configurations and bounds, the same for the same seed.

use crate::case::Case;
use crate::naive::Budget;
use ackward::catalogue;
use ackward::check::usual;
use ackward::lab::{self, Form, Held};
use ackward::sim::settings::{BrokerSettings, Database};
use ackward::sim::{Class, Classes, CompiledScenario, Op, Recorder, Scenario, World};

/// A pseudorandom number generator: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Returns true with this probability, in percent.
    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Draws a configuration and bounds. The product's rules may reject it.
pub fn draw(random: &mut Random) -> Case {
    let base = base(random);
    let messages = match random.below(100) {
        0..50 => 1,
        50..95 => 2,
        _ => 3,
    };
    let mut scenario = base.with_messages(messages);
    let mut settings = Vec::new();
    for _ in 0..random.below(5) {
        if let Some((key, value)) = setting(random, &scenario) {
            set(&mut scenario, &mut settings, &key, value);
        }
    }
    if random.percent(30) {
        let (lines, also) = program(random, &scenario);
        if also {
            set(&mut scenario, &mut settings, AUTO_COMMIT, "false".to_owned());
        }
        let keys: Vec<&str> = lines.iter().map(|op| op.key()).collect();
        set(&mut scenario, &mut settings, PROGRAM, keys.join(","));
    }
    if scenario.configuration.consumer.program.contains(&Op::ClaimInProgress) && random.percent(60)
    {
        // Ends before or after most of the slow handlers below.
        let lease = *random.pick(&["10000", "600000"]);
        set(&mut scenario, &mut settings, "consumer.claim_lease_ms", lease.to_owned());
    }
    if scenario.configuration.database == Some(Database::Outbox) && random.percent(60) {
        outbox(random, &mut scenario, &mut settings);
    }
    let fails = random.percent(30);
    if random.percent(crate::number("ACKWARD_BATCHES", 10) as usize) {
        batch(random, &mut scenario, &mut settings);
    }
    if fails {
        reaction(random, &mut scenario, &mut settings);
    }
    if random.percent(15) {
        // Shorter than every default timeout, between them, and longer than all.
        let slow = *random.pick(&["5000", "60000", "400000", "2000000"]);
        set(&mut scenario, &mut settings, "consumer.slow_handler_ms", slow.to_owned());
        if random.percent(20) {
            set(&mut scenario, &mut settings, "consumer.eta_ms", "90000".to_owned());
        }
    }
    let mut budget = budget(random, messages, &possible(&scenario));
    if matches!(scenario.configuration.broker, BrokerSettings::Kafka(_)) && random.percent(10) {
        // Two partitions: everything else of Kafka meets them.
        budget.classes = budget.classes.with(Class::Operator);
    }
    if fails && budget.faults > 0 && random.percent(70) {
        budget.classes = budget.classes.with(Class::Handler);
    }
    Case { base: base.id.clone(), settings, messages, budget }
}

/// Draws two relays that read one outbox, and what keeps them apart.
fn relays(random: &mut Random, scenario: &mut Scenario, settings: &mut Vec<(String, String)>) {
    let lock = *random.pick(&["none", "skip-locked", "lease"]);
    let mut all = vec![("outbox.reads", "unsent"), ("outbox.relays", "2"), ("outbox.lock", lock)];
    if lock == "lease" {
        // Ends before or after the usual attempts to send a message.
        all.push(("outbox.lock_lease_ms", *random.pick(&["1000", "600000"])));
    }
    if random.percent(20) {
        all.push(("outbox.concurrent_transactions", "2"));
    }
    for (key, value) in all {
        set(scenario, settings, key, value.to_owned());
    }
}

/// Draws how the rows of an outbox are written and read.
fn outbox(random: &mut Random, scenario: &mut Scenario, settings: &mut Vec<(String, String)>) {
    if random.percent(40) {
        return relays(random, scenario, settings);
    }
    let rows: &[(&str, &[&str])] = &[
        ("outbox.reads", &["unsent", "id-after-last", "id-below-xmin", "log"]),
        ("outbox.concurrent_transactions", &["1", "2", "2"]),
        ("outbox.rows_per_transaction", &["1", "1", "2"]),
        ("outbox.marks", &["each-row", "transaction"]),
    ];
    for (key, values) in rows {
        set(scenario, settings, key, (*random.pick(values)).to_owned());
    }
}

/// Draws what the consumer does when its handler fails: how often it tries, and what then.
fn reaction(random: &mut Random, scenario: &mut Scenario, settings: &mut Vec<(String, String)>) {
    let reactions = ["requeue", "reject", "leave", "skip", "dead-letter", "stop"];
    let mut draw = |random: &mut Random, key: &str, values: &[&str]| {
        set(scenario, settings, key, (*random.pick(values)).to_owned());
    };
    draw(random, "consumer.on_error", &reactions);
    draw(random, "consumer.handler_attempts", &["1", "2", "3"]);
    let all = lab::settings(&scenario.configuration);
    let has = |key: &str| all.iter().any(|held| held.field.path == key);
    for key in ["consumer.dead_letter_confirms", "consumer.kafka.seek_after_error"] {
        if has(key) {
            let value = random.percent(50).to_string();
            set(scenario, settings, key, value);
        }
    }
}

/// Draws how batches are acknowledged, if the product has them, and what that needs.
fn batch(random: &mut Random, scenario: &mut Scenario, settings: &mut Vec<(String, String)>) {
    let size = scenario
        .configuration
        .broker
        .batch_size(&scenario.configuration.consumer)
        .map(|(name, _)| name);
    let path = match size {
        Some("MaxNumberOfMessages") => "consumer.sqs.MaxNumberOfMessages",
        Some("max.poll.records") => "consumer.kafka.max.poll.records",
        Some("batch_size") => "consumer.rabbitmq.batch_size",
        Some("PullMaxMessages") => "consumer.nats.PullMaxMessages",
        _ => return,
    };
    let acks = ["whole", "good-part", "up-to-first-failure"];
    for (key, values) in [("consumer.batch_ack", &acks[..]), (path, &["2", "3", "10"])] {
        set(scenario, settings, key, (*random.pick(values)).to_owned());
    }
    if matches!(scenario.configuration.broker, BrokerSettings::Kafka(_)) {
        set(scenario, settings, AUTO_COMMIT, "false".to_owned());
    }
    let mut lines: Vec<&str> =
        scenario.configuration.consumer.program.iter().map(|op| op.key()).collect();
    lines.retain(|line| *line != "ack");
    lines.push("ack");
    let lines = lines.join(",");
    set(scenario, settings, PROGRAM, lines);
}

/// Settings that are drawn elsewhere, and amounts that change no run.
const NOT_DRAWN: [&str; 16] = [
    "consumer.eta_ms",
    "consumer.slow_handler_ms",
    "consumer.handler_ms",
    "consumer.claim_lease_ms",
    "consumer.kafka.max.poll.interval.ms",
    "broker.generic.consumer_timeout_ms",
    "broker.rabbitmq.consumer_timeout",
    "messages",
    PROGRAM,
    "store.amount",
    "producer.retry.timeout_ms",
    "producer.retry.backoff",
    "producer.retry.backoff.delay_ms",
    "producer.retry.backoff.max_ms",
    "producer.kafka.retry.backoff.ms",
    "producer.kafka.retry.backoff.max.ms",
];

const PROGRAM: &str = "consumer.program";
const AUTO_COMMIT: &str = "consumer.kafka.enable.auto.commit";

/// Returns a preset or, half of the time, a scenario.
fn base(random: &mut Random) -> &'static Scenario {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all: Vec<&Scenario> = match random.percent(50) {
        true => presets.collect(),
        false => catalogue::scenarios().iter().collect(),
    };
    let wanted = std::env::var("ACKWARD_ONLY").unwrap_or_default();
    let all: Vec<_> = all.into_iter().filter(|base| base.id.starts_with(&wanted)).collect();
    all[random.below(all.len())]
}

fn set(scenario: &mut Scenario, all: &mut Vec<(String, String)>, key: &str, value: String) {
    // Without the product's rules: two settings may be valid together but not separately.
    let _ = lab::put(&mut scenario.configuration, key, &value);
    all.retain(|(known, _)| known != key);
    all.push((key.to_owned(), value));
}

/// Draws one of the scenario's settings, with a possible value.
fn setting(random: &mut Random, scenario: &Scenario) -> Option<(String, String)> {
    let mut all = lab::settings(&scenario.configuration);
    all.retain(|held| !NOT_DRAWN.contains(&held.field.path));
    let Held { field, value, form, .. } = random.pick(&all);
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut values = match form {
        Form::Name => words(&["none", "x"]),
        Form::Names => words(&["none", "a,a,a", "a,b,a", "a,b,c"]),
        // Amounts: counts, seconds, milliseconds.
        &Form::Number(least, most) if most - least > 10 => {
            let few = [least, 1, 2, 3, 30_000, 60_000, 120_000];
            let mut few: Vec<u32> =
                few.into_iter().filter(|n| (least..=most).contains(n)).collect();
            few.dedup();
            few.iter().map(ToString::to_string).collect()
        }
        form => form.values(),
    };
    values.retain(|other| other != value);
    (!values.is_empty()).then(|| (field.path.to_owned(), random.pick(&values).clone()))
}

/// Draws a consumer program: the scenario's own with up to three edits, or one of random lines. The
/// flag is `true` if the program acknowledges to Kafka, which a consumer with auto-commit does not.
fn program(random: &mut Random, scenario: &Scenario) -> (Vec<Op>, bool) {
    let all = Op::ALL.iter().copied();
    let allowed: Vec<Op> =
        all.filter(|&op| op != Op::Receive && scenario.configuration.takes_line(op)).collect();
    let mut lines = scenario.configuration.consumer.program.clone();
    if random.percent(30) {
        lines = vec![Op::Receive];
        for _ in 0..1 + random.below(4) {
            lines.push(*random.pick(&allowed));
        }
    } else {
        for _ in 0..1 + random.below(3) {
            edit(random, scenario, &allowed, &mut lines);
        }
    }
    let mut seen = Vec::new();
    lines.retain(|op| {
        !seen.contains(op) && {
            seen.push(*op);
            true
        }
    });
    let acks = matches!(scenario.configuration.broker, BrokerSettings::Kafka(_))
        && lines.contains(&Op::Ack);
    (lines, acks)
}

/// Adds, moves or removes a line, or adds one together with the lines it needs.
fn edit(random: &mut Random, scenario: &Scenario, allowed: &[Op], lines: &mut Vec<Op>) {
    let any = |random: &mut Random, lines: &[Op]| 1 + random.below(lines.len().max(2) - 1);
    match random.below(4) {
        0 => lines.insert(any(random, lines).min(lines.len()), *random.pick(allowed)),
        1 if lines.len() > 2 => {
            let (a, b) = (any(random, lines), any(random, lines));
            lines.swap(a, b);
        }
        2 if lines.len() > 2 => {
            let at = any(random, lines);
            lines.remove(at);
        }
        _ => {
            let mut with = scenario.clone();
            with.configuration.consumer.program.clone_from(lines);
            for (key, value) in lab::with_line(&with.configuration, *random.pick(allowed)) {
                if key == "program" {
                    let _ = lab::put(&mut with.configuration, PROGRAM, &value);
                }
            }
            lines.clone_from(&with.configuration.consumer.program);
        }
    }
}

/// Draws up to two faults: of a single kind, a few kinds, the usual ones, or all.
fn budget(random: &mut Random, messages: u8, possible: &[Class]) -> Budget {
    let faults = match random.below(100) {
        0..4 => 0,
        4..55 => 1,
        // Three messages and two faults nearly always have too many states.
        _ if messages == 3 => 1,
        _ => 2,
    };
    let classes: Classes = match random.below(100) {
        0..45 => [*random.pick(possible)].into_iter().collect(),
        45..65 => usual(),
        65..85 => {
            let mut some = [*random.pick(possible)].into_iter().collect();
            for &class in possible {
                if random.percent(25) {
                    some = Classes::with(some, class);
                }
            }
            some
        }
        _ => Class::ALL.into_iter().collect(),
    };
    Budget { faults, classes }
}

/// Returns the kinds of faults that can strike in the usual course of a run: others have little
/// effect. Returns all kinds if the scenario cannot be run.
fn possible(scenario: &Scenario) -> Vec<Class> {
    let all: Classes = Class::ALL.into_iter().collect();
    let Ok(mut setup) = CompiledScenario::bare(&scenario.configuration) else {
        return Class::ALL.to_vec();
    };
    setup.expects(all);
    let (mut world, mut choices, mut faults) = (World::new(&setup), Vec::new(), Vec::new());
    let mut found = Classes::default();
    for _ in 0..100 {
        for class in Class::ALL {
            faults.clear();
            world.faults(&setup, [class].into_iter().collect(), &mut faults);
            if !faults.is_empty() {
                found = found.with(class);
            }
        }
        world.choices(&setup, &mut choices);
        let Some(&usual) = choices.first() else { break };
        world.step(&setup, usual, &mut Recorder::silent());
    }
    found.iter().collect()
}
