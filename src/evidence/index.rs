//! An index of the recordings: what the page tells of each, and the path of its run in the model. The
//! page has neither the recordings nor the search for their runs.

use super::Recording;
use crate::catalogue;
use crate::check::Property;
use crate::present::{path_of_run, trace_along};
use crate::sim::{Configuration, Path, Scenario};
use std::collections::BTreeSet;
use std::fmt;

/// The lines of the index, by product and name. A test writes it (`UPDATE_EXPECT=1`), and keeps it to
/// what the recordings say.
const INDEX: &str = include_str!("index.tsv");

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A recorded run, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The product: "RabbitMQ".
    pub product: String,
    /// Its version.
    pub version: String,
    /// The day of the recording: 2026-11-27.
    pub date: String,
    /// The other products that took part, and the client library.
    pub with: Vec<String>,
    /// The command that records the scenario anew.
    pub command: String,
    /// The path of the run in the model.
    pub path: Path,
    /// The product that it stands in for, if it is an emulator: "Amazon SQS".
    pub emulates: Option<String>,
}

/// What the recordings of a scenario are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was seen on a real product.
    Seen,
    /// Two emulators at least agree with the model. They are no witness for the product.
    Emulated,
    NotSeen,
}

impl Standing {
    /// Returns the standing of a scenario with recordings of these products, each with what it is
    /// an emulator of, if it is one.
    pub fn of<'a>(products: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Standing {
        let mut emulators = BTreeSet::new();
        for (product, emulates) in products {
            if emulates.is_none() {
                return Standing::Seen;
            }
            emulators.insert(product);
        }
        if emulators.len() < 2 { Standing::NotSeen } else { Standing::Emulated }
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.emulates.is_some() { "Emulated by" } else { "Seen on" };
        write!(f, "{how} {} {}, {}", self.product, self.version, day(&self.date))
    }
}

impl Sighting {
    fn read(line: &str) -> Option<Sighting> {
        let mut fields = line.split('\t').skip(1).map(str::to_owned);
        let mut next = || fields.next();
        Some(Sighting {
            product: next()?,
            version: next()?,
            date: next()?,
            with: next()?.split(", ").map(str::to_owned).collect(),
            command: next()?,
            path: next()?.parse().ok()?,
            emulates: next(),
        })
    }
}

/// Returns a day as people write it: 27 Nov 2026.
fn day(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    let month = |text: &str| MONTHS.get(text.parse::<usize>().ok()?.checked_sub(1)?);
    match parts[..] {
        [year, number, day] => match month(number) {
            Some(name) => format!("{} {name} {year}", day.trim_start_matches('0')),
            None => date.to_owned(),
        },
        _ => date.to_owned(),
    }
}

/// Returns the recorded runs of a scenario; that of the run that the catalogue shows comes first.
pub fn sightings(scenario: &str) -> Vec<Sighting> {
    let own = INDEX.lines().filter(|line| scenario_of(line) == scenario);
    own.filter_map(Sighting::read).collect()
}

/// Returns the ID of the scenario that a line of the index belongs to.
fn scenario_of(line: &str) -> &str {
    let name = line.split('\t').next().unwrap_or_default();
    name.split('+').next().unwrap_or_default()
}

/// A property that recorded runs violate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenBroken {
    pub property: Property,
    /// "Seen on RabbitMQ 4.3.6, 27 Nov 2026".
    pub says: String,
    /// How many messages the run has.
    pub messages: u8,
    /// The path of a run that violates it.
    pub path: Path,
}

/// Returns the properties that recorded runs with these settings violate, with any number of messages.
/// What only one emulator does is not among them.
pub fn seen_broken(config: &Configuration) -> Vec<SeenBroken> {
    let mut all: Vec<SeenBroken> = Vec::new();
    let wanted = config.with_messages(1);
    let same = |scenario: &&Scenario| scenario.configuration.with_messages(1) == wanted;
    for scenario in catalogue::scenarios().iter().filter(same) {
        let runs: Vec<(Sighting, Vec<Property>)> = sightings(&scenario.id)
            .into_iter()
            .map(|run| (run.clone(), violated(&scenario.configuration, &run.path)))
            .collect();
        for property in Property::ALL {
            let those = runs.iter().filter(|(_, violated)| violated.contains(&property));
            let those: Vec<Sighting> = those.map(|(run, _)| run.clone()).collect();
            let known = all.iter().any(|seen| seen.property == property);
            if known || standing(&those) == Standing::NotSeen {
                continue;
            }
            let path = those[0].path.clone();
            let (says, messages) = (told(&those), scenario.configuration.messages);
            all.push(SeenBroken { property, says, messages, path });
        }
    }
    all
}

/// Returns the properties that the run along this path violates.
fn violated(config: &Configuration, path: &Path) -> Vec<Property> {
    let Some(trace) = trace_along(config, path) else { return Vec::new() };
    let bits = Property::violated_properties(config.messages, &trace.last().ledger, true);
    Property::ALL.into_iter().filter(|&property| bits & 1 << property as u16 != 0).collect()
}

/// Returns the standing of recorded runs of one scenario.
pub fn standing(all: &[Sighting]) -> Standing {
    Standing::of(all.iter().map(|one| (one.product.as_str(), one.emulates.as_deref())))
}

/// Returns the sentence that tells whether a scenario was seen on a real product: "Seen on RabbitMQ
/// 4.3.6, 27 Nov 2026"; or on which emulators.
pub fn sentence(scenario: &str) -> String {
    told(&sightings(scenario))
}

fn told(all: &[Sighting]) -> String {
    match standing(all) {
        Standing::Seen => {
            let real = all.iter().find(|one| one.emulates.is_none());
            real.map(ToString::to_string).unwrap_or_default()
        }
        Standing::Emulated => {
            let mut names: Vec<String> =
                all.iter().map(|one| format!("{} {}", one.product, one.version)).collect();
            names.dedup();
            let newest = all.iter().map(|one| one.date.as_str()).max().unwrap_or_default();
            format!("Emulated by {}, {}", listed(&names), day(newest))
        }
        Standing::NotSeen => "Not seen on a real product".into(),
    }
}

/// Returns names as people list them: "a, b and c".
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// Returns the line of the index for a recording with this name.
///
/// # Errors
/// If the recording is no run of the model as it is now.
pub fn line(name: &str, recording: &Recording) -> Result<String, String> {
    let head = &recording.head;
    let scenario = catalogue::scenario(&head.scenario).ok_or("there is no such scenario")?;
    let path = path_of_run(&scenario.configuration, &recording.schedule()?)
        .ok_or("the scenario is invalid")?;
    let client = format!("the client {}", head.client);
    let with: Vec<String> = head.with.iter().cloned().chain([client]).collect();
    let (product, version, date) = (&head.product, &head.version, &head.date);
    let (with, command) = (with.join(", "), &head.command);
    let emulates = head.emulates.as_ref().map(|of| format!("\t{of}")).unwrap_or_default();
    Ok(format!("{name}\t{product}\t{version}\t{date}\t{with}\t{command}\t{path}{emulates}\n"))
}

#[cfg(test)]
mod tests {
    use super::{INDEX, Sighting, Standing, day, seen_broken, sentence, sightings, standing};
    use crate::catalogue;
    use crate::check::Property;

    #[test]
    fn every_line_can_be_read() {
        assert!(INDEX.lines().all(|line| Sighting::read(line).is_some()));
    }

    #[test]
    fn a_sentence_names_product_version_and_day() {
        let first = &sightings("rabbitmq-persistent")[0];
        let sentence = sentence("rabbitmq-persistent");
        assert!(sentence.starts_with(&format!("Seen on RabbitMQ {}, ", first.version)));
        assert!(sentence.ends_with(&first.date[..4]), "{sentence}");
        assert_eq!(super::sentence("sqs-duplicate"), "Not seen on a real product");
    }

    #[test]
    fn what_a_recorded_run_violates_was_seen() {
        let seen = |id: &str| -> Vec<(Property, String)> {
            let scenario = catalogue::scenario(id).unwrap();
            // As many messages as somebody asks about.
            let all = seen_broken(&scenario.configuration.with_messages(3));
            all.into_iter().map(|seen| (seen.property, seen.says)).collect()
        };
        let says = |all: &[(Property, String)], property: Property, product: &str| {
            let said = |(p, says): &(Property, String)| *p == property && says.starts_with(product);
            assert!(all.iter().any(said), "{all:?}");
        };
        says(&seen("kafka-acks-1"), Property::NeverLostSilently, "Seen on Apache Kafka 4.");
        let once = seen("dedup-upsert");
        assert!(once.iter().all(|(property, _)| *property != Property::AppliedOnce), "{once:?}");
        says(&seen("crash-after-work"), Property::AppliedOnce, "Seen on RabbitMQ 4.");
        says(&seen("sqs-send-retried"), Property::StoredOnce, "Emulated by ElasticMQ 1.");
        assert_eq!(seen("kafka-batch-skipped"), []);
    }

    #[test]
    fn one_emulator_alone_is_no_evidence() {
        let emulated = |product| (product, Some("Amazon SQS"));
        assert_eq!(Standing::of([emulated("moto")]), Standing::NotSeen);
        assert_eq!(Standing::of([emulated("moto"), emulated("moto")]), Standing::NotSeen);
        assert_eq!(Standing::of([emulated("moto"), emulated("ElasticMQ")]), Standing::Emulated);
        assert_eq!(Standing::of([emulated("moto"), ("RabbitMQ", None)]), Standing::Seen);
        assert_eq!(standing(&sightings("sqs-send-retried")), Standing::Emulated);
        let sentence = sentence("sqs-send-retried");
        assert!(sentence.starts_with("Emulated by ElasticMQ 1."), "{sentence}");
        assert!(sentence.contains(" and moto 5."), "{sentence}");
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        assert_eq!(day("2026-11-07"), "7 Nov 2026");
        assert_eq!(day("2026-13-07"), "2026-13-07");
    }

    #[test]
    fn a_name_that_begins_with_another_is_not_of_its_scenario() {
        assert_eq!(sightings("rabbitmq-persistent").len(), 2);
        assert_eq!(sightings("dedup-memory").len(), 1);
        assert!(sightings("rabbitmq").is_empty());
    }
}
