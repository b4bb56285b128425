//! The catalogue: scenarios as data, grouped as a reader would look for them.

mod data;
pub mod glossary;
mod lessons;
mod presets;

pub use lessons::{LESSONS, Lesson};
pub use presets::{PresetGroup, preset, presets};

use crate::diagram::ir::Tone;
use crate::present::{self, RunView};
use crate::sim::{CompiledScenario, End, Ledger, Outcome, Scenario, Trace};
use std::sync::OnceLock;

/// A group of related scenarios.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
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
    pub fix: Option<String>,
    /// Its settings, in a few words each.
    pub settings: Vec<String>,
    /// The text that a search matches, in lower case: title, summary, id, group, settings and
    /// faults.
    pub words: String,
}

/// Returns all scenarios, in reading order.
///
/// # Panics
/// Never: a test reads all of the built-in data, which is part of the program.
pub fn scenarios() -> &'static [Scenario] {
    static ALL: OnceLock<Vec<Scenario>> = OnceLock::new();
    ALL.get_or_init(|| data::SCENARIOS.iter().flat_map(|(_, texts)| read(texts)).collect())
}

fn read(texts: &[&str]) -> impl Iterator<Item = Scenario> {
    texts.iter().filter_map(|text| Scenario::from_own_json(text))
}

/// Returns the scenario with that id.
pub fn scenario(id: &str) -> Option<&'static Scenario> {
    scenarios().iter().find(|s| s.id == id)
}

/// Runs the scenario with that id and returns its view.
pub fn run_view(id: &str) -> Option<RunView> {
    scenario(id).and_then(|scenario| present::tell(scenario).ok())
}

/// Returns the groups with their scenarios and the outcome of each.
pub fn groups() -> &'static [Group] {
    static ALL: OnceLock<Vec<Group>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut rest = scenarios().iter();
        let group = |&(title, texts): &(&str, &'static [&str])| Group {
            title: title.to_owned(),
            entries: rest.by_ref().take(texts.len()).filter_map(|s| entry(title, s)).collect(),
        };
        data::SCENARIOS.iter().map(group).collect()
    })
}

fn entry(group: &str, scenario: &Scenario) -> Option<Entry> {
    let setup = CompiledScenario::new(scenario).ok()?;
    let trace = Trace::run(&setup);
    let ledger = &trace.last().ledger;
    // The scenario is about the worst outcome of any of its messages.
    let worst = present::worst(scenario.messages, ledger)?;
    let record = ledger.of(worst);
    let (badge, tone) = match ledger.outcome(worst) {
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
    };
    let Scenario { id, title, summary, fix, .. } = scenario.clone();
    let chips = present::chips(scenario).into_iter();
    let chips: Vec<String> = chips.map(|chip| format!("{} {}", chip.who, chip.what)).collect();
    let chips: Vec<&str> = chips.iter().map(String::as_str).collect();
    let words = words([group, &title, &summary, &id], &chips);
    let (fix, settings) = (fix.map(|fix| fix.to), settings(&chips));
    Some(Entry { id, title, summary, badge, tone, fix, settings, words })
}

/// Returns the chips that are settings. Faults belong to no participant, so their text begins with
/// a space.
fn settings(chips: &[&str]) -> Vec<String> {
    chips.iter().filter(|chip| !chip.starts_with(' ')).map(|chip| (*chip).to_owned()).collect()
}

/// Returns true if the scenario has a fix with different settings. Some fixes show the same
/// settings under other faults.
pub fn worth_comparing(id: &str) -> bool {
    let find = |id: &str| groups().iter().flat_map(|g| &g.entries).find(|entry| entry.id == id);
    let entry = find(id);
    let fix = entry.and_then(|entry| find(entry.fix.as_deref()?));
    entry.zip(fix).is_some_and(|(entry, fix)| entry.settings != fix.settings)
}

/// Returns the text that a search matches.
fn words(of: [&str; 4], settings: &[&str]) -> String {
    [of.join("\n"), settings.join("\n")].join("\n").to_ascii_lowercase()
}

/// Returns true if a scenario that is a test has passed; `None` if it is not a test.
pub fn passed(scenario: &Scenario, ledger: &Ledger) -> Option<bool> {
    let expect = scenario.expect?;
    Some((0..scenario.messages).all(|m| expect.holds(ledger.of(m).effects())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_data_can_be_read_and_told() {
        let mut ids = std::collections::HashSet::new();
        for text in data::SCENARIOS.iter().flat_map(|(_, texts)| texts.iter()) {
            let scenario = Scenario::from_json(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert!(ids.insert(scenario.id.clone()), "{} stands twice", scenario.id);
            present::tell(&scenario).unwrap_or_else(|e| panic!("{}: {e}", scenario.id));
            let again = Scenario::from_json(&scenario.to_json());
            assert_eq!(again.as_ref(), Ok(&scenario), "{}", scenario.id);
        }
        assert_eq!(scenarios().len(), ids.len());
    }
}
