//! User-written texts of a scenario: limits on their length, and their escaping for display.

use super::{Narrative, Scenario};
use crate::sim::checked::{Checked, few, short};
use crate::sim::plain;
use serde_json::Value;

/// The maximum length of an identifier, in characters: of a key that is looked up, or of something
/// in the products' own settings.
const NAME: usize = 80;
/// The maximum length of a title, or of the label of a link.
const TITLE: usize = 200;
/// The maximum length of prose: about ten times the longest in the catalogue.
const PROSE: usize = 2000;
/// The maximum length of a URL.
const ADDRESS: usize = 500;
/// The maximum number of notes and sources.
const NOTES: usize = 100;
const SOURCES: usize = 50;

impl Scenario {
    /// Rejects texts that are too long to be shown, and too many of them.
    pub(super) fn check_texts(&self) -> Checked {
        short("id", &self.id, NAME)?;
        let Narrative { title, summary, notes, takeaway, fix, sources } = &self.narrative;
        short("title", title, TITLE)?;
        short("summary", summary, PROSE)?;
        short("takeaway", takeaway, PROSE)?;
        few("notes", notes.len(), NOTES)?;
        for (i, note) in notes.iter().enumerate() {
            short(&format!("notes[{i}].at"), &note.at, NAME)?;
            short(&format!("notes[{i}].say"), &note.say, PROSE)?;
        }
        few("sources", sources.len(), SOURCES)?;
        for (i, source) in sources.iter().enumerate() {
            short(&format!("sources[{i}]"), source, ADDRESS)?;
        }
        if let Some(fix) = fix {
            short("fix.to", &fix.to, NAME)?;
            short("fix.say", &fix.say, TITLE)?;
        }
        Ok(())
    }

    /// Returns the scenario with every text in it made [`visible`](plain::visible). It can still be
    /// run if it could be before: lengths are measured on visible text.
    #[must_use]
    pub fn made_visible(&self) -> Scenario {
        fn make(value: &mut Value) {
            match value {
                Value::String(text) => *text = plain::visible(text).into_owned(),
                Value::Array(items) => items.iter_mut().for_each(make),
                Value::Object(members) => members.values_mut().for_each(make),
                _ => {}
            }
        }
        // Going through all strings of the JSON, whatever their fields, misses none. Names that are
        // part of the program contain nothing that is escaped, so the result can be read again.
        let Ok(mut json) = serde_json::to_value(self) else { return self.clone() };
        make(&mut json);
        serde_json::from_value(json).unwrap_or_else(|_| self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::settings::ProducerSettings;

    const JSON: &str = r#"{ "version": 1, "id": "x", "title": "A\u001b\nB", "summary": "\u202e",
        "messages": 1, "producer": { "kafka": { "transactional.id": "t\u009b" } },
        "broker": { "kafka": {} }, "consumer": { "program": ["receive", "work"] },
        "notes": [{ "at": "send@m1#1", "say": "one\ntwo" }], "sources": ["\u2028"] }"#;

    #[test]
    fn every_text_is_made_visible_and_nothing_else_is_changed() {
        let scenario = Scenario::from_json(JSON).unwrap();
        let shown = scenario.made_visible();
        assert_eq!(shown.narrative.title, r"A\u{1b}\u{a}B");
        assert_eq!(shown.narrative.notes[0].say, r"one\u{a}two");
        assert!(!shown.to_json().chars().any(|c| plain::is_control(c) && c != '\n'));
        assert_eq!(shown.check(), Ok(()));
        assert_eq!(shown.made_visible(), shown);
        let mut plain = shown;
        plain.narrative.title = "A “title”".into();
        assert_eq!(plain.made_visible(), plain);
    }

    #[test]
    fn what_can_be_run_can_be_run_when_it_is_visible() {
        let mut scenario = Scenario::from_json(JSON).unwrap();
        scenario.narrative.title = "\u{1b}".repeat(TITLE / 6);
        assert_eq!(scenario.check(), Ok(()));
        assert_eq!(scenario.made_visible().check(), Ok(()));
        scenario.narrative.title = "\u{1b}".repeat(TITLE / 6 + 1);
        assert!(scenario.check().is_err());
    }

    #[test]
    fn long_texts_and_many_are_refused_with_their_place() {
        let scenario = Scenario::from_json(JSON).unwrap();
        let refused = |change: &dyn Fn(&mut Scenario)| {
            let mut changed = scenario.clone();
            change(&mut changed);
            changed.check().expect_err("it is too long").to_string()
        };
        let long = || "ü".repeat(3000);
        assert_eq!(
            refused(&|s| s.narrative.title = long()),
            "title: it has 3000 letters; use up to 200"
        );
        assert!(refused(&|s| s.narrative.summary = long()).starts_with("summary: "));
        assert!(refused(&|s| s.narrative.notes[0].say = long()).starts_with("notes[0].say: "));
        assert!(
            refused(&|s| s.narrative.notes = vec![s.narrative.notes[0].clone(); 101])
                .starts_with("notes: 101 ")
        );
        assert!(refused(&|s| s.narrative.sources.push(long())).starts_with("sources[1]: "));
        let name = refused(&|s| {
            let ProducerSettings::Kafka(own) = &mut s.configuration.producer else { panic!() };
            own.transactional_id = Some(long());
        });
        assert!(name.starts_with("producer.kafka.transactional.id: "), "{name}");
    }
}
