//! The scenarios as a list shows them, each with its outcome.
//!
//! The list is written down (`list.json`): running all scenarios for it takes longer than the page
//! has for its start. A test runs them and compares; with `UPDATE_EXPECT=1` it writes the file.

use crate::diagram::ir::Tone;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// A group of related scenarios.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub entries: Vec<Entry>,
}

impl Group {
    /// Returns its product or subject: the title up to the colon.
    pub fn topic(&self) -> &str {
        self.title.split(':').next().unwrap_or_default()
    }

    /// Returns the name of the group in addresses: "kafka-the-broker".
    pub fn slug(&self) -> String {
        let words = self.title.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
        words.join("-")
    }
}

/// A scenario, as a list shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// The outcome in a few characters: how many times the message took effect, "?" where the
    /// outcome is unknown, "∞" if the run never ends, "order" if the order is lost, "pass" or
    /// "fail" for a test.
    pub badge: String,
    pub tone: Tone,
    /// The scenario in which the same situation goes well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Its settings, in a few words each.
    pub settings: Vec<String>,
    /// Its faults, in a few words each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// The text that a search matches, in lower case: title, summary, id, group, settings and
    /// faults.
    #[serde(skip)]
    words: String,
}

impl Entry {
    /// Returns true if every word of the query occurs in the entry's title, summary, id, group,
    /// settings or faults.
    pub fn matches(&self, query: &str) -> bool {
        query.to_ascii_lowercase().split_whitespace().all(|word| self.words.contains(word))
    }
}

/// Returns the groups with their scenarios and the outcome of each.
///
/// # Panics
/// Never: a test reads the list, which is part of the program.
pub fn groups() -> &'static [Group] {
    static ALL: OnceLock<Vec<Group>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut groups: Vec<Group> =
            serde_json::from_str(include_str!("list.json")).unwrap_or_default();
        for group in &mut groups {
            for entry in &mut group.entries {
                let texts = [&group.title, &entry.title, &entry.summary, &entry.id];
                let texts = texts.into_iter().chain(&entry.settings).chain(&entry.faults);
                let texts = texts.map(String::as_str);
                entry.words = texts.collect::<Vec<_>>().join("\n").to_ascii_lowercase();
            }
        }
        groups
    })
}

/// Returns all entries, in reading order.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    groups().iter().flat_map(|group| &group.entries)
}

/// Returns true if the scenario has a fix with different settings. Some fixes show the same
/// settings under other faults.
pub fn worth_comparing(id: &str) -> bool {
    let find = |id: &str| groups().iter().flat_map(|g| &g.entries).find(|entry| entry.id == id);
    let entry = find(id);
    let fix = entry.and_then(|entry| find(entry.fix.as_deref()?));
    entry.zip(fix).is_some_and(|(entry, fix)| entry.settings != fix.settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::data;
    use crate::catalogue::passed;
    use crate::present;
    use crate::sim::{CompiledScenario, End, Narrative, Outcome, Scenario, Trace};

    #[test]
    fn the_list_is_what_the_scenarios_come_to() {
        let group = |&(title, scenarios): &(&str, &[&data::Written])| Group {
            title: title.to_owned(),
            entries: scenarios.iter().map(|one| entry(&one.read().unwrap())).collect(),
        };
        let list: Vec<Group> = data::SCENARIOS.iter().map(group).collect();
        let text = serde_json::to_string_pretty(&list).unwrap() + "\n";
        expect_test::expect_file!["list.json"].assert_eq(&text);
        let known = groups().iter().flat_map(|group| &group.entries);
        assert_eq!(known.count(), crate::catalogue::scenarios().len());
    }

    fn entry(scenario: &Scenario) -> Entry {
        let (badge, tone) = outcome(scenario);
        let Scenario { id, narrative: Narrative { title, summary, fix, .. }, .. } =
            scenario.clone();
        let (faults, settings): (Vec<_>, Vec<_>) =
            present::chips(scenario).into_iter().partition(|chip| chip.fault);
        let settings = settings.iter().map(|chip| format!("{} {}", chip.who, chip.what)).collect();
        let faults = faults.into_iter().map(|chip| chip.what).collect();
        let (fix, words) = (fix.map(|fix| fix.to), String::new());
        Entry { id, title, summary, badge, tone, fix, settings, faults, words }
    }

    fn outcome(scenario: &Scenario) -> (String, Tone) {
        let trace = Trace::run(&CompiledScenario::new(scenario).unwrap());
        let ledger = &trace.last().ledger;
        // The scenario is about the worst outcome of any of its messages.
        let worst = present::worst(scenario.configuration.messages, ledger).unwrap();
        let record = ledger.of(worst);
        match ledger.outcome(worst) {
            _ if passed(scenario, ledger) == Some(true) => ("pass".to_owned(), Tone::Good),
            _ if passed(scenario, ledger) == Some(false) => ("fail".into(), Tone::Bad),
            _ if trace.end != End::Finished => ("∞".into(), Tone::Bad),
            Outcome::Once if ledger.out_of_order => ("order".into(), Tone::Warn),
            Outcome::Once => ("1".into(), Tone::Good),
            Outcome::Unknown => ("?".into(), Tone::Bad),
            Outcome::LostSilently | Outcome::LostWithError | Outcome::NeverSent => {
                ("0".into(), Tone::Bad)
            }
            Outcome::DeadLettered => ("DLQ".into(), Tone::Warn),
            Outcome::Duplicated if record.called > record.applied => {
                (format!("mail {}×", record.called), Tone::Warn)
            }
            Outcome::Duplicated => (format!("{}×", record.applied), Tone::Warn),
        }
    }
}
