use super::super::{change, difference, from_json, settings};
use super::*;
use crate::catalogue::{preset, presets};

fn value(scenario: &Scenario, path: &str) -> String {
    let all = settings(&scenario.configuration);
    let held = all.into_iter().find(|held| held.field.path == path);
    held.unwrap_or_else(|| panic!("{path} is no setting")).value
}

fn refused(id: &str, setting: (&str, &str)) -> String {
    change(preset(id).unwrap(), &[setting]).expect_err("it is refused")
}

#[test]
fn a_client_sets_its_defaults_and_what_is_set_stays_in_any_order() {
    let base = preset("kafka-idempotent").unwrap();
    let sarama = change(base, &[("producer.client", "sarama")]).unwrap();
    assert_eq!(value(&sarama, "producer.kafka.acks"), "1");
    assert_eq!(value(&sarama, "producer.kafka.retries"), "3");
    assert_eq!(
        sarama.configuration.client(Side::Producer).unwrap().label(Side::Producer),
        "Sarama 1.46"
    );
    assert_eq!(sarama.configuration.consumer, base.configuration.consumer);
    let one = change(base, &[("producer.client", "sarama"), ("acks", "all")]).unwrap();
    let other = change(base, &[("acks", "-1"), ("producer.client", "Sarama")]).unwrap();
    assert_eq!(one, other);
    assert_eq!(value(&one, "producer.kafka.acks"), "all");
    assert_eq!(value(&one, "producer.kafka.retries"), "3");
    let held = of(&one.configuration);
    assert!(held[0].label().contains("Set otherwise: acks=all (default 1)"), "{:?}", held[0]);
}

#[test]
fn the_short_form_sets_the_sides_that_the_client_has() {
    let base = preset("kafka-default").unwrap();
    let go = change(base, &[("client", "kafka-go")]).unwrap();
    assert_eq!(value(&go, "producer.kafka.acks"), "0");
    assert_eq!(value(&go, "consumer.program"), "receive,ack,work");
    let producer = change(base, &[("client", "kafka-go-new-writer")]).unwrap();
    assert_eq!(producer.configuration.client_name(Side::Consumer), None);
    let lambda = change(preset("sqs-standard").unwrap(), &[("client", "lambda")]).unwrap();
    assert_eq!(lambda.configuration.client_name(Side::Producer), None);
    assert_eq!(value(&lambda, "consumer.on_error"), "leave");
    // Set for one side only, it says which sides there are.
    let why = refused("sqs-standard", ("producer.client", "lambda"));
    assert!(why.contains("it has no producer of its own; use one of aws-sdk, boto3"), "{why}");
}

#[test]
fn what_the_product_has_not_is_refused_with_what_it_has() {
    for (id, setting, tells) in [
        ("kafka-default", ("client", "saram"), "did you mean sarama"),
        (
            "kafka-default",
            ("producer.client", "spring-amqp"),
            "a client of rabbitmq, and the broker",
        ),
        ("rabbitmq-default", ("client", "sarama"), "use one of spring-amqp, "),
        ("kafka-default", ("client", "bullmq"), "BullMQ keeps its jobs in Redis"),
        ("kafka-default", ("consumer.client", "xyz"), "use one of java, java-3"),
        ("nats-core", ("client", "sarama"), "no clients of nats are known"),
    ] {
        let why = refused(id, setting);
        assert!(why.contains(tells), "{setting:?}: {why}");
    }
}

#[test]
fn every_client_goes_with_every_preset_of_its_product_or_says_why_not() {
    let (mut set, mut not) = (0, 0);
    for base in presets().iter().flat_map(|group| &group.presets) {
        let names = [Side::Producer, Side::Consumer].map(|side| {
            clients::names(base.configuration.broker.key(), side)
                .into_iter()
                .map(move |name| (side, name))
        });
        for (side, name) in names.into_iter().flatten() {
            let changed = match change(base, &[(path(side), name)]) {
                Ok(changed) => changed,
                Err(why) => {
                    not += 1;
                    assert!(why.len() > 40, "{}: {name}: {why}", base.id);
                    continue;
                }
            };
            set += 1;
            assert!(
                of(&changed.configuration)
                    .iter()
                    .any(|held| held.side == side && held.client.name == name)
            );
            // It stands in a link by its name alone.
            let settings = difference(&base.configuration, &changed.configuration);
            assert_eq!(settings, [(path(side).to_owned(), name.to_owned())], "{}", base.id);
            // Written and read, it is the same.
            let read = from_json(&changed.to_json()).unwrap();
            assert_eq!(read, changed, "{}: {name}", base.id);
            // Without the name, everything else is as before.
            let mut plain = change(&changed, &[(path(side), "none")]).unwrap();
            assert_ne!(plain, changed);
            let done = put(&mut plain.configuration, path(side), name);
            assert!(done.is_some() && plain == changed, "{}: {name}", base.id);
        }
    }
    assert!(set > 400 && not < set / 5, "{set} set, {not} refused");
}

#[test]
fn what_json_leaves_out_is_the_clients_default() {
    let json = |producer: &str, consumer: &str| {
        format!(
            r#"{{ "version": 1, "id": "x", "title": "", "summary": "", "messages": 1,
            "producer": {{ "kafka": {producer} }}, "broker": {{ "kafka": {{}} }},
            "consumer": {consumer} }}"#
        )
    };
    let consumer = r#"{ "program": ["receive", "work", "ack"], "client": "spring-kafka" }"#;
    let read = from_json(&json(r#"{ "client": "sarama", "retries": 7 }"#, consumer)).unwrap();
    assert_eq!(value(&read, "producer.kafka.acks"), "1");
    assert_eq!(value(&read, "producer.kafka.retries"), "7");
    assert_eq!(value(&read, "consumer.handler_attempts"), "10");
    assert_eq!(value(&read, "consumer.kafka.enable.auto.commit"), "false");
    // What is set to the value that is usually left out stays.
    let once = change(&read, &[("handler_attempts", "1"), ("on_error", "requeue")]).unwrap();
    assert_eq!(from_json(&once.to_json()).unwrap(), once);
    assert!(once.to_json().contains("\"handler_attempts\": 1"));
    let wrong = |producer: &str| from_json(&json(producer, consumer)).unwrap_err().to_string();
    let near = wrong(r#"{ "client": "saramma" }"#);
    assert!(
        near.contains("producer.kafka.client") && near.contains("did you mean sarama"),
        "{near}"
    );
    let other = wrong(r#"{ "client": "pika" }"#);
    assert!(other.contains("a client of rabbitmq"), "{other}");
}

#[test]
fn a_client_chosen_later_leaves_alone_what_was_set() {
    let base = preset("kafka-idempotent").unwrap();
    let before = vec![("acks".to_owned(), "0".to_owned())];
    let now = change(base, &before).unwrap();
    let named = [("producer.client".to_owned(), "sarama".to_owned())];
    let changed = change_of(base, &before, &now, &named).unwrap();
    assert_eq!(value(&changed, "producer.kafka.acks"), "0");
    let settings = difference(&base.configuration, &changed.configuration);
    assert_eq!(settings.len(), 2, "{settings:?}");
    // Another client takes the place of the first, and none gives its defaults back.
    let named = [("producer.client".to_owned(), "librdkafka".to_owned())];
    let other = change_of(base, &settings, &changed, &named).unwrap();
    assert_eq!(value(&other, "producer.kafka.max.in.flight.requests.per.connection"), "5");
    let none = [("producer.client".to_owned(), "none".to_owned())];
    assert_eq!(change_of(base, &settings, &changed, &none).unwrap(), now);
}

#[test]
fn other_spellings_of_a_setting_are_understood() {
    let base = preset("kafka-idempotent").unwrap();
    let spelled =
        [("enableIdempotence", "false"), ("max_in_flight", "1"), ("autoOffsetReset", "earliest")];
    let changed = change(base, &spelled).unwrap();
    assert_eq!(value(&changed, "producer.kafka.max.in.flight.requests.per.connection"), "1");
    assert_eq!(value(&changed, "consumer.kafka.auto.offset.reset"), "earliest");
}
