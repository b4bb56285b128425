//! Checks the table of proofs for the candidates: every stored counterexample is replayed, and
//! every twenty-fourth candidate, and one with an outbox, is proved again.
//!
//! `UPDATE_EXPECT=1 cargo test --features cli --test choose` proves all of them and writes the
//! table (about ten minutes).

use ackward::catalogue::{self, presets};
use ackward::check::Property;
use ackward::choose::{
    Answers, Broker, Effect, Hands, Known, Lost, Near, Order, Question, Rank, Twice, USUAL,
    candidates, client, known, obligations, pick, prove,
};
use ackward::sim::{Class, CompiledScenario, Path, Trace};
use ackward::simulate::{Load, cost};

#[test]
fn what_is_known_is_proved_again() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        // `ACKWARD_ONLY` restricts the update to candidates whose id contains this text.
        let only = std::env::var("ACKWARD_ONLY").unwrap_or_default();
        let line = |c: &ackward::choose::Candidate| {
            let kept = known(&c.id).filter(|_| !c.id.contains(&only)).cloned();
            format!("{}\t{}\n", c.id, kept.unwrap_or_else(|| prove(c)).text())
        };
        let table: String = candidates().iter().map(line).collect();
        std::fs::write("src/choose/proofs.tsv", table).expect("the table can be written");
        return;
    }
    let outbox = candidates().iter().filter(|candidate| candidate.id == "kafka-outbox+inbox");
    for candidate in candidates().iter().step_by(24).chain(outbox) {
        // Which counterexample is found depends on the search; the next test replays it.
        let broken = |known: &Known| -> Vec<_> { known.broken.iter().map(|(p, _)| *p).collect() };
        let (kept, proved) = (known(&candidate.id).expect("a line"), prove(candidate));
        assert_eq!(broken(kept), broken(&proved), "{}", candidate.id);
        assert_eq!((&kept.open, kept.two), (&proved.open, proved.two), "{}", candidate.id);
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
            let config = candidate.configuration.with_messages(run.messages);
            let mut setup = CompiledScenario::bare(&config).unwrap();
            setup.expects(Class::ALL.into_iter().collect());
            let path: Path = run.path.parse().unwrap();
            let trace = Trace::along(&setup, &path);
            // The property is violated at some step, or by how the run ends.
            let breaks = (0..=trace.steps.len()).any(|step| {
                let ended = step == trace.steps.len();
                let ledger = &trace.world(step).ledger;
                Property::violated_properties(run.messages, ledger, ended) & 1 << *property as u16
                    != 0
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
            assert!(!choice.client(case.answers.order).is_empty(), "{}", choice.id);
            assert!(!obligations(choice, &case.answers).is_empty(), "{}", choice.id);
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
    assert_eq!(picked.collide, [[Question::Twice, Question::Effect]]);
    let topic = Answers { effect: Effect::Kafka, broker: Broker::Sqs, ..Answers::default() };
    assert!(pick(&topic).collide.contains(&vec![Question::Effect, Question::Broker]));
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
    let cost = cost(&candidate.configuration, &Load::default()).unwrap();
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
        let blocks = client(&catalogue::preset(id).unwrap().configuration, Order::No);
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
        let of_a_make = !matches!(preset.configuration.broker.key(), "generic");
        assert_eq!(client(&preset.configuration, Order::No).len() > 1, of_a_make, "{}", preset.id);
    }
}

/// Returns the text of the block with this title, if there is one.
fn block(id: &str, title: &str, order: Order) -> Option<String> {
    let candidate = candidates().iter().find(|candidate| candidate.id == id);
    let known =
        || catalogue::preset(id).or(catalogue::scenario(id)).map(|known| &known.configuration);
    let config = candidate.map(|candidate| &candidate.configuration).or_else(known);
    let blocks = client(config.unwrap_or_else(|| panic!("{id}")), order);
    blocks.into_iter().find(|block| block.title.contains(title)).map(|block| block.text)
}

#[test]
fn a_client_that_behaves_otherwise_is_made_to_behave_alike() {
    let of = |id: &str, title: &str| block(id, title, Order::No).unwrap_or_default();
    // librdkafka stores an offset before the handler runs, and commits it in the background.
    let auto = of("kafka-outbox+auto-commit", "librdkafka 2.x, consumer");
    assert!(auto.contains("enable.auto.commit=true\nenable.auto.offset.store=false"), "{auto}");
    assert!(auto.contains("after the work: store_offsets"), "{auto}");
    let manual = of("kafka-outbox+inbox", "librdkafka 2.x, consumer");
    assert!(manual.contains("asynchronous=False"), "{manual}");
    assert!(of("kafka-outbox+inbox", "Java client 4.x, consumer").contains("commitSync"));
    // It commits what a worker thread still has in hand at other times than the Java client does.
    assert_eq!(block("kafka-consumer-hand-off", "librdkafka 2.x, consumer", Order::No), None);
    let text = of("kafka-consumer-offset-in-database", "librdkafka 2.x, consumer");
    assert!(text.contains("assign("), "{text}");
}

#[test]
fn defaults_that_clients_differ_in_are_written_out() {
    let of = |id: &str, title: &str| block(id, title, Order::No).unwrap_or_default();
    for preset in presets().iter().flat_map(|group| &group.presets) {
        match preset.configuration.broker.key() {
            "kafka" => {
                let text = of(&preset.id, "librdkafka 2.x, producer");
                for key in [
                    "acks=",
                    "enable.idempotence=",
                    "retries=",
                    "max.in.flight.requests",
                    "socket.timeout.ms=",
                    "message.timeout.ms=",
                ] {
                    assert!(text.contains(key), "{}: {key}", preset.id);
                }
            }
            "sqs" => {
                assert!(of(&preset.id, "AWS CLI 2, sender").contains("AWS_RETRY_MODE=standard"));
                assert!(of(&preset.id, "boto3").contains("\"mode\": \"standard\""));
            }
            _ => {}
        }
    }
    // A returned message is confirmed, too: only a listener can tell.
    let mandatory = of("rabbitmq-mandatory", "Java client 5.x, publisher");
    assert!(mandatory.contains("addReturnListener"), "{mandatory}");
    let amqplib = of("rabbitmq-mandatory", "amqplib 0.10, publisher");
    for part in ["createConfirmChannel", "on(\"return\"", "waitForConfirms", "persistent: true"] {
        assert!(amqplib.contains(part), "{part}: {amqplib}");
    }
    assert!(of("rabbitmq-safe", "pika 1.x, publisher").contains("confirm_delivery"));
    assert!(!of("rabbitmq-default", "pika 1.x, publisher").contains("confirm_delivery"));
}

#[test]
fn the_order_that_is_asked_for_is_in_the_settings() {
    let topic = |order| block("kafka-idempotent", "Topic", order).unwrap();
    assert!(topic(Order::All).contains("--partitions 1 "));
    assert!(topic(Order::Key).contains("--partitions 6 "));
    let sends = block("sqs-fifo", "AWS CLI 2, sender", Order::All).unwrap();
    assert!(sends.contains("--message-group-id \"orders\""), "{sends}");
    let queue = block("rabbitmq-safe", "Java client 5.x, publisher", Order::Key).unwrap();
    assert!(queue.contains("x-single-active-consumer"), "{queue}");
}

#[test]
fn every_block_names_the_client_and_its_version() {
    for candidate in candidates() {
        for block in candidate.client(Order::No) {
            let known = ["Topic", "Queue", "Consumer code, in this order"].contains(&block.title);
            let version = block.title.contains(|c: char| c.is_ascii_digit());
            assert!(known || version, "{}", block.title);
            assert!(block.text.ends_with('\n'), "{}: {}", candidate.id, block.title);
        }
    }
}

/// A relay whose broker is away gives up on a record again and again: this must not exhaust its
/// sequence numbers, nor the capacity of the model.
#[test]
fn nothing_is_left_open() {
    for candidate in candidates() {
        let known = known(&candidate.id).unwrap_or_else(|| panic!("{}", candidate.id));
        assert_eq!(known.open, [], "{}", candidate.id);
    }
}
