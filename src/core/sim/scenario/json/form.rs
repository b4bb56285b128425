//! The JSON form of a scenario: one object, with settings, faults and texts side by side.

use crate::sim::checked::{Checked, bad};
use crate::sim::configuration::{Configuration, Store};
use crate::sim::fault::FaultSpec;
use crate::sim::scenario::{Expect, FixLink, Narrative, Note, Scenario, VERSION};
use crate::sim::settings::outbox::Outbox;
use crate::sim::settings::{BrokerSettings, ConsumerSettings, Database, ProducerSettings};
use serde::{Deserialize, Serialize};

/// A scenario as it is written. The order of the fields is that of the keys.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Scenario", deny_unknown_fields)]
pub(in crate::sim::scenario) struct Form {
    /// The version of the form, [`VERSION`].
    version: u32,
    id: String,
    title: String,
    summary: String,
    messages: u8,
    producer: ProducerSettings,
    broker: BrokerSettings,
    consumer: ConsumerSettings,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database: Option<Database>,
    #[serde(default, skip_serializing_if = "Outbox::is_default")]
    outbox: Outbox,
    #[serde(default)]
    store: Store,
    #[serde(default)]
    faults: Vec<FaultSpec>,
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    takeaway: String,
    #[serde(default, alias = "cure", skip_serializing_if = "Option::is_none")]
    fix: Option<FixLink>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expect: Option<Expect>,
}

impl Form {
    /// Rejects a form of another version.
    pub(super) fn check_version(&self) -> Checked {
        match self.version {
            VERSION => Ok(()),
            other => bad("version", format!("this build reads version {VERSION}, not {other}")),
        }
    }
}

impl From<Form> for Scenario {
    fn from(form: Form) -> Scenario {
        let Form { id, title, summary, notes, takeaway, fix, sources, faults, expect, .. } = form;
        let Form { messages, producer, broker, consumer, database, outbox, store, .. } = form;
        Scenario {
            id,
            configuration: Configuration {
                messages,
                producer,
                broker,
                consumer,
                database,
                outbox,
                store,
            },
            faults,
            expect,
            narrative: Narrative { title, summary, notes, takeaway, fix, sources },
        }
    }
}

impl From<Scenario> for Form {
    fn from(scenario: Scenario) -> Form {
        let Scenario { id, configuration, faults, expect, narrative } = scenario;
        let Configuration { messages, producer, broker, consumer, database, outbox, store } =
            configuration;
        let Narrative { title, summary, notes, takeaway, fix, sources } = narrative;
        Form {
            version: VERSION,
            id,
            title,
            summary,
            messages,
            producer,
            broker,
            consumer,
            database,
            outbox,
            store,
            faults,
            notes,
            takeaway,
            fix,
            sources,
            expect,
        }
    }
}
