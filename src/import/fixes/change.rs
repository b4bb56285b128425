//! The parts of a search for fixes that need no search: measures, changed plans and their names.

use super::Proved;
use super::measures::{MEASURES, Measure};
use crate::check::{self, FaultScope, Fix, Property, Subject, explore, usual};
use crate::import::layers::{Layer, Origin, Taken};
use crate::import::map::wanted;
use crate::import::part::{Side, System};
use crate::import::plan::{Plan, Variant};
use crate::import::report::{Report, Status};
use crate::import::search::Tag;
use crate::import::spelling::{batches, is_possible};
use crate::lab;
use crate::sim::{Classes, CompiledScenario, Configuration, FaultSpec, Scenario};

const IN_SYNC: &str = "broker.kafka.in_sync_at_start";
/// Measures against losses that send a message more than once.
const RESENDS: [&str; 3] =
    ["database", "producer.on_restart", "producer.rabbitmq.publish_attempts"];
/// Maximum prefetch of the model.
const MOST_PREFETCH: u64 = 255;
/// Maximum number of states of the search whose violations are to be prevented.
const FIRST: usize = 200_000;

/// Returns the kinds of faults that violate the property.
pub fn classes(report: &Report, property: Property) -> Classes {
    let Some(Status::Broken(tags)) = report.of(property).map(|finding| &finding.status) else {
        return usual();
    };
    let kinds: Classes = tags
        .iter()
        .filter_map(|tag| match tag {
            Tag::Kind(class) => Some(*class),
            _ => None,
        })
        .collect();
    if kinds.is_empty() { usual() } else { kinds }
}

/// Returns the question what prevents the violation of a message whose handler fails every time;
/// `None` if such a message does not violate the property.
pub fn under_poison(config: &Configuration, property: Property) -> Option<Subject> {
    let poison: FaultSpec = "fail:handler@m1#*".parse().ok()?;
    let faults = vec![poison];
    let scripted = Scenario::from(config.with_messages(1)).with_faults(faults.clone());
    let setup = CompiledScenario::new(&scripted).ok()?;
    let report = explore(&setup, FIRST);
    let findings = report.findings(1, |_| Vec::new());
    if !matches!(findings[property as usize].1, check::Finding::Violated(_)) {
        return None;
    }
    Some(Subject {
        configuration: config.with_messages(1),
        faults: FaultScope::Script(faults),
        findings: findings.to_vec(),
        endings: report.endings.into_iter().collect(),
        complete: !report.truncated,
        wanted: vec![property],
    })
}

/// Returns the usual measures that differ from what is set, with or without those that send a message
/// more than once.
pub fn measures(
    plan: &Plan,
    with_resends: bool,
    differs: &dyn Fn(&(&str, &str)) -> bool,
) -> Vec<Measure> {
    let measures = MEASURES.iter().find(|(system, _)| *system == plan.system);
    let resends = |measure: &Measure| measure.iter().any(|(path, _)| RESENDS.contains(path));
    measures
        .iter()
        .flat_map(|(_, measures)| measures.iter())
        .filter(|measure| with_resends || !resends(measure))
        .filter(|measure| {
            measure.iter().any(differs) && measure.iter().all(|(path, _)| is_given(plan, path))
        })
        .copied()
        .collect()
}

/// Returns the changes in words.
pub fn label(settings: &[(String, String)]) -> String {
    let label: Vec<String> = settings
        .iter()
        .map(|(path, value)| match path.as_str() {
            "consumer.program" => {
                "a consumer that remembers ids in the transaction of its work".into()
            }
            "consumer.on_error" if value == "dead-letter" => {
                "a dead-letter topic for what cannot be handled".into()
            }
            batches::PATH => "each message acknowledged by itself".into(),
            "database" => "a relay that sends from an outbox".into(),
            "producer.on_restart" => "a producer that sends again after a restart".into(),
            path => format!("{}={value}", path.splitn(3, '.').last().unwrap_or(path)),
        })
        .collect();
    label.join(" and ")
}

/// Says another acknowledgment of batches in the words of the framework, with what it takes in code.
pub fn as_framework(plan: &Plan, config: &Configuration, fix: &Fix, mut proved: Proved) -> Proved {
    let batch = proved.settings.iter().find(|(path, _)| path == batches::PATH);
    let Some(way) = batch.and_then(|(_, ack)| batches::way(plan, ack)) else { return proved };
    proved.costs.extend(way.code.map(str::to_owned));
    let Some(own) = way.label else { return proved };
    let ack = fix.configuration.consumer.batch_ack;
    let usual = lab::changes(config).into_iter().find(|change| {
        let all = lab::difference(config, &change.configuration);
        change.configuration.consumer.batch_ack == ack
            && matches!(&all[..], [(key, _)] if batches::PATH.ends_with(key))
    });
    if let Some(usual) = usual {
        proved.label = proved.label.replace(&usual.label, &own);
    }
    proved
}

/// Returns the plan with these settings changed, for these properties only.
pub fn changed(plan: &Plan, settings: &[(String, String)], wanted: &[Property]) -> Plan {
    let change = |variant: &Variant| {
        let mut pairs = variant.pairs.clone();
        pairs.extend(settings.iter().cloned());
        pairs.extend(prefetched(plan, settings));
        // The in-sync set shrinks as far as the changed minimum allows.
        let least = settings.iter().find(|(path, _)| path.ends_with("min.insync.replicas"));
        let shrunk = pairs.iter().any(|(path, _)| path == IN_SYNC);
        if let (Some((_, least)), true) = (least, shrunk) {
            pairs.push((IN_SYNC.to_owned(), least.clone()));
        }
        let speaks = |property: &&Property| variant.properties.contains(property);
        let properties = wanted.iter().filter(speaks).copied().collect();
        Variant { pairs, properties, ..variant.clone() }
    };
    let variants = plan.variants.iter().map(change);
    Plan {
        variants: variants.filter(|variant| !variant.properties.is_empty()).collect(),
        ..plan.clone()
    }
}

/// Returns what a container of Spring AMQP makes of another prefetch, or of batches of one message: it
/// prefetches a batch at least, so that the prefetch of the file holds only beside a smaller batch
/// (`SimpleMessageListenerContainer.createBlockingQueueConsumer`).
fn prefetched(plan: &Plan, settings: &[(String, String)]) -> Vec<(String, String)> {
    const PREFETCH: &str = "consumer.rabbitmq.prefetch_count";
    let number = |name: &str| {
        let row = plan.taken.iter().find(|row| row.side == Side::Consumer && row.name == name);
        row.and_then(|row| row.value.trim().parse::<u64>().ok())
    };
    let to = |path: &str| settings.iter().find(|(own, _)| own == path).map(|(_, to)| to.as_str());
    let is_batch = plan.taken.iter().any(|row| row.name == "batch_ack" && row.value == "whole");
    let Some(batch) = number("batch-size").filter(|size| is_batch && *size > 1) else {
        return Vec::new();
    };
    let each = to(batches::PATH) == Some("each");
    let changed = to(PREFETCH).and_then(|count| count.parse().ok());
    let count = changed.or_else(|| number("prefetch_count")).unwrap_or(0);
    let pair = |path: &str, value: u64| (path.to_owned(), value.to_string());
    match each {
        true => vec![
            pair("consumer.rabbitmq.batch_size", 1),
            pair(PREFETCH, count.clamp(1, MOST_PREFETCH)),
        ],
        false if changed.is_some() => vec![pair(PREFETCH, count.max(batch).min(MOST_PREFETCH))],
        false => Vec::new(),
    }
}

/// Returns the settings of the measures, and what the client wants beside them.
pub fn pairs(plan: &Plan, measures: &[Measure]) -> Vec<(String, String)> {
    let all = measures.iter().flat_map(|measure| measure.iter());
    beside(plan, all.map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect())
}

/// Adds what the client wants set beside an idempotent producer: it would refuse to start.
pub fn beside(plan: &Plan, mut settings: Vec<(String, String)>) -> Vec<(String, String)> {
    const PRODUCER: &str = "producer.kafka.";
    let is = |(path, value): &(String, String)| {
        path.strip_prefix(PRODUCER) == Some("enable.idempotence") && value == "true"
    };
    let layer = plan.layers.iter().find(|(side, _)| *side == Side::Producer);
    if let Some((_, layer)) = layer.filter(|_| settings.iter().any(is)) {
        let row = |name: &str| {
            let changed =
                settings.iter().find(|(path, _)| path.strip_prefix(PRODUCER) == Some(name));
            let rows = || plan.taken.iter().filter(|row| row.side == Side::Producer);
            let is_set = |row: &Taken| matches!(row.origin, Origin::File { .. });
            let now =
                || rows().find(|row| row.name == name).map(|row| (row.value.clone(), is_set(row)));
            changed.map(|(_, value)| (value.clone(), true)).or_else(now)
        };
        let more = wanted(Layer::of(layer), &row);
        settings.extend(more.into_iter().map(|(name, value)| (format!("{PRODUCER}{name}"), value)));
    }
    settings
}

/// Returns true if the setting is one that the user can change: of a side that the files describe, and
/// one that its client has, or of the broker.
pub fn is_given(plan: &Plan, path: &str) -> bool {
    is_possible(plan, path) && is_of_side(plan, path)
}

fn is_of_side(plan: &Plan, path: &str) -> bool {
    match path.split('.').next() {
        Some("producer" | "database") => plan.given.producer,
        Some("consumer") => plan.given.consumer,
        _ => plan.given.broker || plan.system == System::Kafka,
    }
}
