//! What there is to look at: scenarios as data, in the groups a reader would look for.

use crate::diagram::ir::Tone;
use crate::sim::{Outcome, Scenario, Setup, Trace};
use crate::story::{self, Story};
use std::sync::OnceLock;

/// Scenarios that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    pub title: &'static str,
    pub entries: Vec<Entry>,
}

/// One scenario, as a list shows it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// How it ends, in two or three characters: how often the message was applied, or "?".
    pub badge: String,
    pub tone: Tone,
}

macro_rules! scenarios {
    ($($id:literal)*) => {
        &[$(include_str!(concat!("catalogue/scenarios/", $id, ".json"))),*]
    };
}

/// The groups and the JSON of their scenarios, in reading order.
const DATA: &[(&str, &[&str])] = &[
    ("At most once", scenarios!["message-lost" "ack-unheard" "auto-ack-crash"]),
    (
        "At least once",
        scenarios!["retry-after-loss" "ack-lost" "crash-after-work" "crash-before-work"],
    ),
    ("Broker crashes", scenarios!["crash-before-persist" "sync-before-ack" "replicate-before-ack"]),
    (
        "Errors",
        scenarios!["nack-requeue" "dead-letter" "retries-exhausted-lost" "retries-exhausted-delivered"],
    ),
];

/// All scenarios, in reading order.
///
/// # Panics
/// Never: a test reads all of the built-in data, which is part of the program.
pub fn scenarios() -> &'static [Scenario] {
    static ALL: OnceLock<Vec<Scenario>> = OnceLock::new();
    ALL.get_or_init(|| {
        let texts = DATA.iter().flat_map(|(_, texts)| texts.iter());
        texts.filter_map(|text| Scenario::from_json(text).ok()).collect()
    })
}

/// The scenario of that name.
pub fn scenario(id: &str) -> Option<&'static Scenario> {
    scenarios().iter().find(|s| s.id == id)
}

/// The scenario of that name, run and told.
pub fn story(id: &str) -> Option<Story> {
    scenario(id).and_then(|scenario| story::tell(scenario).ok())
}

/// The groups with their scenarios and how each ends.
pub fn groups() -> &'static [Group] {
    static ALL: OnceLock<Vec<Group>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut rest = scenarios().iter();
        let group = |&(title, texts): &(&'static str, &'static [&str])| Group {
            title,
            entries: rest.by_ref().take(texts.len()).filter_map(entry).collect(),
        };
        DATA.iter().map(group).collect()
    })
}

fn entry(scenario: &Scenario) -> Option<Entry> {
    let setup = Setup::new(scenario).ok()?;
    let trace = Trace::run(&setup);
    let ledger = &trace.last().ledger;
    let messages = 0..scenario.messages;
    // The worst that happened to any of the messages is what the scenario is about.
    let worst = messages.max_by_key(|&m| severity(ledger.outcome(m)))?;
    let (badge, tone) = match ledger.outcome(worst) {
        Outcome::Once => ("1".to_owned(), Tone::Good),
        Outcome::Unknown => ("?".to_owned(), Tone::Bad),
        Outcome::LostSilently | Outcome::LostWithError => ("0".to_owned(), Tone::Bad),
        Outcome::DeadLettered => ("DLQ".to_owned(), Tone::Warn),
        Outcome::Duplicated => (format!("{}×", ledger.of(worst).applied), Tone::Warn),
    };
    let Scenario { id, title, summary, .. } = scenario.clone();
    Some(Entry { id, title, summary, badge, tone })
}

fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Once => 0,
        Outcome::DeadLettered => 1,
        Outcome::Unknown => 2,
        Outcome::Duplicated => 3,
        Outcome::LostWithError => 4,
        Outcome::LostSilently => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_data_can_be_read_and_told() {
        let mut ids = std::collections::HashSet::new();
        for text in DATA.iter().flat_map(|(_, texts)| texts.iter()) {
            let scenario = Scenario::from_json(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert!(ids.insert(scenario.id.clone()), "{} stands twice", scenario.id);
            story::tell(&scenario).unwrap_or_else(|e| panic!("{}: {e}", scenario.id));
            let again = Scenario::from_json(&scenario.to_json());
            assert_eq!(again.as_ref(), Ok(&scenario), "{}", scenario.id);
        }
        assert_eq!(scenarios().len(), ids.len());
    }
}
