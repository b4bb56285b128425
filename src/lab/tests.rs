use super::*;
use crate::catalogue::{preset, presets, scenarios};
use crate::check::Change;
use crate::sim::settings::{BrokerSettings, ProducerSettings};

fn all_presets() -> impl Iterator<Item = &'static Scenario> {
    presets().iter().flat_map(|group| &group.presets)
}

fn everything() -> impl Iterator<Item = &'static Scenario> {
    all_presets().chain(scenarios())
}

/// Returns the scenario with its settings only: no texts, no faults.
fn bare(config: &Configuration) -> Scenario {
    let mut config = config.clone();
    config.tidy();
    config.into()
}

#[test]
fn whatever_differs_can_be_set() {
    let mut pairs = 0;
    for from in everything() {
        for to in everything().filter(|to| {
            let kind = |s: &Scenario| std::mem::discriminant(&s.configuration.broker);
            kind(to) == kind(from)
        }) {
            let settings = difference(&from.configuration, &to.configuration);
            let set = change(&bare(&from.configuration), &settings)
                .unwrap_or_else(|e| panic!("{} to {}: {e}", from.id, to.id));
            assert_eq!(set, bare(&to.configuration), "{} to {}: {settings:?}", from.id, to.id);
            pairs += 1;
        }
    }
    assert!(pairs > 3000, "{pairs}");
}

#[test]
fn every_change_that_may_be_a_fix_is_a_change_of_settings() {
    for scenario in everything() {
        for tried in changes(&scenario.configuration) {
            let settings = difference(&scenario.configuration, &tried.configuration);
            assert!(!settings.is_empty(), "{}: {}", scenario.id, tried.label);
            let set = change(&bare(&scenario.configuration), &settings);
            assert_eq!(set, Ok(bare(&tried.configuration)), "{}: {}", scenario.id, tried.label);
        }
    }
}

#[test]
fn every_value_of_a_setting_is_tried_and_no_change_twice() {
    let label = |id: &str| -> Vec<String> {
        changes(&preset(id).unwrap().configuration).into_iter().map(|change| change.label).collect()
    };
    let generic = label("at-least-once");
    for change in ["max_deliveries=2", "redelivery=false", "on_error=swallow", "replicas=2"] {
        // With one replica there is nothing to replicate to: rejected.
        let offered = generic.iter().any(|label| label == change);
        assert_eq!(offered, change != "replicas=2", "{change}");
    }
    assert!(label("rabbitmq-quorum-queue").contains(&"x-delivery-limit=1".to_owned()));
    assert!(label("sqs-standard").contains(&"maxReceiveCount=1".to_owned()));
    for preset in all_presets() {
        let all = changes(&preset.configuration);
        for (at, Change { label, configuration }) in all.iter().enumerate() {
            assert_eq!(configuration.check(), Ok(()), "{}: {label}", preset.id);
            let again = all[at + 1..].iter().find(|other| other.configuration == *configuration);
            assert!(again.is_none(), "{}: {label} and {again:?}", preset.id);
            assert_eq!(
                configuration.messages, preset.configuration.messages,
                "{}: {label}",
                preset.id
            );
        }
    }
}

#[test]
fn values_are_written_as_the_json_has_them() {
    for scenario in everything() {
        let json = serde_json::to_value(bare(&scenario.configuration)).unwrap();
        for held in settings(&scenario.configuration) {
            let form = matches!(held.form, Form::One(_) | Form::Number(..));
            // The lab splits these into parts.
            let own = ["backoff", "acknowledge", "on_restart", "producer.client", "producer"];
            if !form
                || own.iter().any(|name| held.field.path.contains(name) && name != &"producer")
                || own.contains(&held.field.path)
            {
                continue;
            }
            let path = held.field.path;
            let mut at = &json;
            let mut rest = path;
            while !rest.is_empty() {
                let Some(fields) = at.as_object() else { panic!("{path} in {}", scenario.id) };
                let Some((name, value)) = fields.iter().find(|(name, _)| {
                    rest == *name || rest.strip_prefix(*name).is_some_and(|r| r.starts_with('.'))
                }) else {
                    break;
                };
                rest = rest[name.len()..].trim_start_matches('.');
                at = value;
            }
            // A setting that the JSON omits has its default.
            if rest.is_empty() {
                let text = at.as_str().map_or_else(|| at.to_string(), str::to_owned);
                assert_eq!(text.replace("null", "unset"), held.value, "{path} in {}", scenario.id);
            } else if !matches!(held.value.as_str(), "none" | "unset") {
                assert_eq!(held.value, held.field.default, "{path} in {}", scenario.id);
            }
        }
    }
}

#[test]
fn the_defaults_are_those_of_the_settings_themselves() {
    for (id, owner) in [
        ("kafka-default", "producer.kafka"),
        ("kafka-default", "broker.kafka"),
        ("kafka-default", "consumer.kafka"),
        ("rabbitmq-default", "broker.rabbitmq"),
        ("sqs-standard", "producer.sqs"),
        ("sqs-standard", "broker.sqs"),
        ("sqs-standard", "consumer.sqs"),
    ] {
        let mut scenario = preset(id).unwrap().clone();
        match owner {
            "producer.kafka" => scenario.configuration.producer = read(r#"{"kafka":{}}"#),
            "producer.sqs" => scenario.configuration.producer = read(r#"{"sqs":{}}"#),
            "broker.kafka" => scenario.configuration.broker = read(r#"{"kafka":{}}"#),
            "broker.rabbitmq" => scenario.configuration.broker = read(r#"{"rabbitmq":{}}"#),
            "broker.sqs" => scenario.configuration.broker = read(r#"{"sqs":{}}"#),
            _ => {
                (scenario.configuration.consumer.kafka, scenario.configuration.consumer.sqs) =
                    (None, None)
            }
        }
        let mut compared = 0;
        for held in settings(&scenario.configuration)
            .iter()
            .filter(|held| held.field.path.starts_with(owner))
        {
            assert_eq!(held.value, held.field.default, "{}", held.field.path);
            compared += 1;
        }
        assert!(compared > 1, "{owner}");
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_setting_can_be_reached_by_its_short_key() {
    for scenario in everything() {
        let all = settings(&scenario.configuration);
        for held in &all {
            let key = short(&all, held.field);
            let found =
                resolve(&scenario.configuration, &key).unwrap_or_else(|e| panic!("{key}: {e}"));
            assert_eq!(found.path, held.field.path);
        }
    }
}

#[test]
fn nothing_that_is_typed_breaks_it() {
    for scenario in all_presets() {
        for held in settings(&scenario.configuration) {
            for value in ["", "-1", "99999999999999", "none", "ü", ",", "receive,receive", "1e3"] {
                if let Ok(changed) = change(scenario, &[(held.field.path, value)]) {
                    assert_eq!(changed.check(), Ok(()));
                }
            }
        }
        for key in ["", ".", "acks.", "producer", "producer.", "ü"] {
            let _ = change(scenario, &[(key, "x")]).unwrap_err();
        }
    }
}

#[test]
fn the_palette_has_what_fits_and_is_not_there() {
    let kafka = palette(&preset("kafka-default").unwrap().configuration);
    assert!(kafka.contains(&Op::Ack) && kafka.contains(&Op::SendOffsets));
    assert!(!kafka.contains(&Op::Work) && !kafka.contains(&Op::Send) && !kafka.contains(&Op::Seek));
    assert!(!palette(&preset("sqs-standard").unwrap().configuration).contains(&Op::SendOffsets));
}

#[test]
fn what_a_setting_brings_is_no_difference() {
    let base = preset("kafka-default").unwrap();
    for (key, value) in [("slow_handler_ms", "1000"), ("database", "outbox")] {
        let changed = change(base, &[(key, value)]).unwrap();
        assert_eq!(
            difference(&base.configuration, &changed.configuration),
            [(key.to_owned(), value.to_owned())]
        );
    }
}

#[test]
fn relays_share_an_outbox_only_where_its_rows_are_marked() {
    let two = ("outbox.relays", "2");
    let refused = |preset_id: &str, also: &[(&str, &str)], why: &str| {
        let all: Vec<_> = also.iter().copied().chain([two]).collect();
        let problem = change(preset(preset_id).unwrap(), &all).unwrap_err();
        assert!(problem.contains(why), "{all:?}: {problem}");
    };
    for reads in ["id-after-last", "id-below-xmin", "log"] {
        refused("outbox", &[("outbox.reads", reads)], "use reads=unsent");
    }
    let rows = [("outbox.rows_per_transaction", "2"), ("outbox.marks", "transaction")];
    refused("outbox", &rows, "use marks=each-row");
    refused("kafka-transactional", &[("database", "outbox")], "transactional.id");
    let lease = [two, ("outbox.lock", "lease"), ("outbox.lock_lease_ms", "1000")];
    let leased = change(preset("outbox").unwrap(), &lease).unwrap();
    assert_eq!(leased.configuration.outbox.lock_lease_ms, 1000);
    // A single relay has neither.
    let alone = change(&leased, &[("outbox.relays", "1")]).unwrap();
    assert_eq!(alone.configuration.outbox, preset("outbox").unwrap().configuration.outbox);
}

#[test]
fn a_product_keeps_its_settings_apart() {
    let kafka = change(preset("kafka-default").unwrap(), &[("acks", "1")]).unwrap();
    assert!(matches!(kafka.configuration.producer, ProducerSettings::Kafka(_)));
    assert!(matches!(kafka.configuration.broker, BrokerSettings::Kafka(_)));
    let refused =
        change(preset("kafka-default").unwrap(), &[("acks", "1"), ("enable.idempotence", "true")]);
    assert_eq!(refused, Err("producer.kafka.enable.idempotence: it needs acks=all".to_owned()));
}

#[test]
fn circumstances_are_settings_and_never_offered_as_a_fix() {
    let held: Vec<Held> =
        everything().flat_map(|scenario| settings(&scenario.configuration)).collect();
    let circumstances: Vec<_> = table::all().filter(|field| field.circumstance).collect();
    assert!(circumstances.len() > 5, "{circumstances:?}");
    for field in circumstances {
        assert!(held.iter().any(|held| held.field.path == field.path), "{}", field.path);
    }
    for scenario in everything() {
        for Change { label, configuration: changed } in changes(&scenario.configuration) {
            for (key, _) in difference(&scenario.configuration, &changed) {
                let field = resolve(&changed, &key).unwrap();
                assert!(!field.circumstance, "{}: {label} changes {key}", scenario.id);
            }
        }
    }
}

#[test]
fn what_is_not_set_says_what_that_means() {
    let held = |id: &str, name: &str| -> Held {
        let all = settings(&preset(id).unwrap().configuration).into_iter();
        all.into_iter().find(|held| held.field.name() == name).unwrap()
    };
    for (id, name, shown) in [
        ("rabbitmq-quorum-queue", "x-delivery-limit", "unset: 20"),
        ("rabbitmq-safe", "x-delivery-limit", "unset: no limit, as classic queues have none"),
        ("sqs-standard", "maxReceiveCount", "unset: no dead-letter queue"),
        ("kafka-default", "enable.idempotence", "unset: true"),
        ("kafka-leader-ack", "enable.idempotence", "unset: false, as acks or retries conflict"),
        ("sqs-fifo", "MessageGroupId", "unset: one group for all"),
        ("kafka-idempotent", "in_sync_at_start", "unset: all"),
    ] {
        let held = held(id, name);
        assert_eq!(held.shown(&held.value), shown, "{id}: {name}");
        assert_eq!(held.shown("2"), "2");
    }
    // Every value that can be unset has a meaning.
    for scenario in everything() {
        for held in settings(&scenario.configuration) {
            let has = held.value == UNSET || held.form.values().iter().any(|value| value == UNSET);
            assert_eq!(
                has || held.form == Form::Names,
                held.unset.is_some(),
                "{}",
                held.field.path
            );
        }
    }
}

#[test]
fn no_limit_is_not_taken_for_the_default_limit() {
    let quorum = preset("rabbitmq-quorum-queue").unwrap();
    let refused = change(quorum, &[("x-delivery-limit", "none")]).unwrap_err();
    assert!(refused.contains("use a number from -1 to 100, or unset (unset: 20)"), "{refused}");
    // For other settings, the legacy word of old links is still accepted.
    let two = change(preset("sqs-standard").unwrap(), &[("maxReceiveCount", "2")]).unwrap();
    let back = change(&two, &[("maxReceiveCount", "none")]).unwrap();
    assert_eq!(bare(&back.configuration), bare(&preset("sqs-standard").unwrap().configuration));
    let label: Vec<String> =
        changes(&change(quorum, &[("x-delivery-limit", "2")]).unwrap().configuration)
            .into_iter()
            .map(|change| change.label)
            .collect();
    assert!(label.contains(&"x-delivery-limit unset (20)".to_owned()), "{label:?}");
}
