//! What the table says of the candidates is proved again: every run that is shown to break
//! something does, and what is proved of every twenty-fourth, and of an outbox, is proved anew.
//!
//! `UPDATE_EXPECT=1 cargo test --profile native --test choose` proves all of them and writes the
//! table (about three minutes).

use ackward::catalogue::{self, presets};
use ackward::check::Property;
use ackward::choose::{
    Answers, Broker, Effect, Hands, Known, Lost, Near, Order, Question, Rank, Twice, USUAL,
    candidates, client, duties, known, pick, prove,
};
use ackward::measure::{Load, cost};
use ackward::sim::{Class, Path, Scenario, Setup, Trace};

#[test]
fn what_is_known_is_proved_again() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let line = |c: &ackward::choose::Candidate| format!("{}\t{}\n", c.id, prove(c).text());
        let table: String = candidates().iter().map(line).collect();
        std::fs::write("src/choose/known.tsv", table).expect("the table can be written");
        return;
    }
    let outbox = candidates().iter().filter(|candidate| candidate.id == "kafka-outbox+inbox");
    for candidate in candidates().iter().step_by(24).chain(outbox) {
        assert_eq!(known(&candidate.id), Some(&prove(candidate)), "{}", candidate.id);
    }
}

#[test]
fn every_run_that_is_shown_breaks_what_it_is_shown_for() {
    for candidate in candidates() {
        let known: &Known = known(&candidate.id).unwrap_or_else(|| panic!("{}", candidate.id));
        for (property, run) in &known.broken {
            if *property == Property::NeverStuck {
                continue;
            }
            let scenario = Scenario { messages: run.messages, ..candidate.scenario.clone() };
            let mut setup = Setup::new(&scenario).unwrap();
            setup.expects(Class::ALL.into_iter().collect());
            let path: Path = run.path.parse().unwrap();
            let trace = Trace::along(&setup, &path);
            // It breaks at some step, or by how it ends.
            let breaks = (0..=trace.steps.len()).any(|step| {
                let ended = step == trace.steps.len();
                let ledger = &trace.world(step).ledger;
                Property::broken(run.messages, ledger, ended) & 1 << *property as u16 != 0
            });
            assert!(breaks, "{}: {}", candidate.id, property.key());
        }
    }
}

#[test]
fn the_usual_cases_have_an_answer_with_all_that_belongs_to_it() {
    for case in USUAL {
        let picked = pick(&case.answers);
        println!("{}: {}", case.name, picked.choices.len());
        for choice in &picked.choices {
            assert!(!choice.client().is_empty(), "{}", choice.id);
            assert!(!duties(choice, &case.answers).is_empty(), "{}", choice.id);
            let known = known(&choice.id).unwrap();
            assert!(case.answers.asked().iter().all(|(_, p)| known.proves(*p)), "{}", choice.id);
        }
        assert!(!picked.choices.is_empty(), "{}", case.name);
        assert!(picked.collide.is_empty(), "{}", case.name);
    }
}

#[test]
fn answers_that_collide_are_named() {
    let outside = Answers {
        lost: Lost::Never,
        twice: Twice::Never,
        effect: Effect::Outside,
        ..Answers::default()
    };
    let picked = pick(&outside);
    assert!(picked.choices.is_empty());
    assert_eq!(picked.collide, [[Question::Lost, Question::Twice, Question::Effect]]);
    let topic = Answers { effect: Effect::Kafka, broker: Broker::Sqs, ..Answers::default() };
    assert_eq!(pick(&topic).collide, [[Question::Effect, Question::Broker]]);
    assert!(!picked.near.is_empty(), "some lack one thing only");
}

#[test]
fn the_nearest_misses_come_first() {
    let answers = Answers { lost: Lost::Never, twice: Twice::Never, ..Answers::default() };
    for &broker in Broker::ALL {
        let picked = pick(&Answers { broker, ..answers });
        let begins = |near: &Near| {
            picked.choices.iter().any(|choice| choice.preset == near.candidate.preset)
        };
        let first = picked.near.first().expect("some lack one thing only");
        assert!(begins(first), "{broker:?}: {} begins as one that gives it", first.candidate.id);
        let (near, far) = picked.near.split_at(picked.near.partition_point(begins));
        assert!(near.iter().all(begins) && !far.iter().any(begins), "{broker:?}");
    }
}

#[test]
fn the_rate_asks_for_hands() {
    let case = |order, rate| Answers { order, rate, ..Answers::default() };
    let candidate = candidates().iter().find(|c| c.id == "sqs-fifo-outbox+inbox").unwrap();
    let cost = cost(&candidate.scenario, &Load::default()).unwrap();
    let few = Hands::needed(&case(Order::Key, 10), candidate, &cost);
    assert_eq!((few.producers, few.consumers, few.limit), (1, 1, None));
    let many = Hands::needed(&case(Order::Key, 1_000), candidate, &cost);
    assert!(many.producers > 10 && many.consumers > 20 && many.limit.is_none(), "{many:?}");
    assert!(Hands::needed(&case(Order::All, 1_000), candidate, &cost).limit.is_some());
    assert!(Hands::needed(&case(Order::Key, 100_000), candidate, &cost).limit.is_some());
    for rank in Rank::ALL {
        assert_eq!(Rank::from_key(rank.key()), Some(rank));
        let (first, second) = rank.of(&cost);
        assert!(first.is_finite() && second.is_finite());
    }
}

#[test]
fn real_clients_are_given_every_setting_that_a_preset_changes() {
    let text = |id: &str| {
        let blocks = client(catalogue::preset(id).unwrap());
        blocks.into_iter().map(|block| block.text).collect::<String>()
    };
    for (id, parts) in [
        (
            "kafka-idempotent",
            &["\"acks\", \"all\"", "enable.idempotence=true", "min.insync.replicas=2"][..],
        ),
        ("kafka-leader-ack", &["acks=1", "enable.idempotence=false"]),
        ("kafka-transactional", &["transactional.id=billing", "isolation.level=read_committed"]),
        (
            "rabbitmq-quorum-queue",
            &["confirmSelect", "\"x-queue-type\", \"quorum\"", "basicQos(1)"],
        ),
        ("rabbitmq-fast", &["basicConsume(\"orders\", true"]),
        ("sqs-fifo", &["orders.fifo", "--message-group-id", "\"FifoQueue\": \"true\""]),
        ("sqs-standard-dead-letter", &["maxReceiveCount"]),
    ] {
        let text = text(id);
        for part in parts {
            assert!(text.contains(part), "{id}: {part} is missing in\n{text}");
        }
    }
    for preset in presets().iter().flat_map(|group| &group.presets) {
        let of_a_make = !matches!(preset.broker.key(), "generic");
        assert_eq!(client(preset).len() > 1, of_a_make, "{}", preset.id);
    }
}

/// A relay whose broker is away gives up on a record again and again: it must not run out of
/// sequence numbers over that, nor the proof out of room.
#[test]
fn nothing_is_left_open() {
    for candidate in candidates() {
        let known = known(&candidate.id).unwrap_or_else(|| panic!("{}", candidate.id));
        assert_eq!(known.open, [], "{}", candidate.id);
    }
}
