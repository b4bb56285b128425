//! Presets: each product's defaults and well-known configurations, without faults.

use super::data::{self, Written};
use crate::sim::Scenario;
use std::sync::OnceLock;

/// The presets of one product.
#[derive(Clone, Debug)]
pub struct PresetGroup {
    pub title: &'static str,
    pub presets: Vec<Scenario>,
}

/// Returns all presets, in their groups.
pub fn presets() -> &'static [PresetGroup] {
    static ALL: OnceLock<Vec<PresetGroup>> = OnceLock::new();
    ALL.get_or_init(|| {
        let group = |&(title, presets): &(&'static str, &[&'static Written])| PresetGroup {
            title,
            presets: presets.iter().filter_map(|written| written.read()).collect(),
        };
        data::PRESETS.iter().map(group).collect()
    })
}

/// Returns the preset with that id.
pub fn preset(id: &str) -> Option<&'static Scenario> {
    data::find(data::PRESETS, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::scenario;
    use crate::sim::{CompiledScenario, End, Outcome, Trace};

    #[test]
    fn all_presets_can_be_read_and_run_to_one_effect_each() {
        let all = data::PRESETS.iter().flat_map(|(_, presets)| *presets);
        let mut ids = std::collections::HashSet::new();
        for Written { id, json, .. } in all {
            let preset = Scenario::from_json(json).unwrap_or_else(|e| panic!("{e}\n{json}"));
            assert_eq!(preset.id, *id, "the name of the file");
            let id = preset.id.as_str();
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
            assert!(scenario(id).is_none(), "{id} is the name of a scenario, too");
            assert!(
                preset.faults.is_empty() && preset.narrative.notes.is_empty(),
                "{id}: settings only"
            );
            let trace = Trace::run(&CompiledScenario::new(&preset).unwrap());
            assert_eq!(trace.end, End::Finished, "{id}");
            let ledger = &trace.last().ledger;
            for m in 0..preset.configuration.messages {
                assert_eq!(ledger.outcome(m), Outcome::Once, "{id}, m{}", m + 1);
            }
            assert!(!ledger.out_of_order && !ledger.blocked, "{id}");
        }
        let read: usize = presets().iter().map(|group| group.presets.len()).sum();
        assert_eq!(read, ids.len());
    }

    #[test]
    fn presets_of_products_name_version_and_source() {
        for preset in presets().iter().flat_map(|group| &group.presets) {
            let version = match preset.configuration.broker.key() {
                "kafka" => "Kafka 4",
                "rabbitmq" => "RabbitMQ 4.3",
                "sqs" => "SQS",
                "nats" => "NATS 2.15",
                _ => continue,
            };
            assert!(preset.narrative.summary.contains(version), "{}: {version}", preset.id);
            assert!(!preset.narrative.sources.is_empty(), "{}", preset.id);
        }
    }

    #[test]
    fn a_preset_is_found_by_its_name() {
        for id in ["kafka-default", "rabbitmq-default", "sqs-standard", "sqs-fifo"] {
            assert!(preset(id).is_some(), "{id}");
        }
    }
}
