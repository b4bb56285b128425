//! An index of the recordings: what the page tells of each, and the path of its run in the model. The
//! page has neither the recordings nor the search for their runs.

use super::Recording;
use crate::catalogue;
use crate::check::Property;
use crate::present::path_of_run;
use crate::sim::{CompiledScenario, Configuration, Path, Trace};
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
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen on {} {}, {}", self.product, self.version, day(&self.date))
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

/// A property that a recorded run violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenBroken {
    pub property: Property,
    /// The ID of the scenario that was recorded.
    pub scenario: String,
    pub sighting: Sighting,
}

/// Returns the properties that recorded runs with these settings violate, with any number of messages,
/// each with the first such run.
pub fn seen_broken(config: &Configuration) -> Vec<SeenBroken> {
    let mut all: Vec<SeenBroken> = Vec::new();
    let wanted = config.with_messages(1);
    for line in INDEX.lines() {
        let Some(scenario) = catalogue::scenario(scenario_of(line)) else { continue };
        if scenario.configuration.with_messages(1) != wanted {
            continue;
        }
        let Some(sighting) = Sighting::read(line) else { continue };
        let violated = violated(&scenario.configuration, &sighting.path);
        let is_new = |property: &Property| all.iter().all(|seen| seen.property != *property);
        let new: Vec<Property> = violated.into_iter().filter(is_new).collect();
        all.extend(new.into_iter().map(|property| SeenBroken {
            property,
            scenario: scenario.id.clone(),
            sighting: sighting.clone(),
        }));
    }
    all
}

/// Returns the properties that the run along this path violates.
fn violated(config: &Configuration, path: &Path) -> Vec<Property> {
    let Ok(setup) = CompiledScenario::bare(config) else { return Vec::new() };
    let ledger = Trace::along(&setup, path).last().ledger;
    let bits = Property::violated_properties(config.messages, &ledger, true);
    Property::ALL.into_iter().filter(|&property| bits & 1 << property as u16 != 0).collect()
}

/// Returns the sentence that tells whether a scenario was seen on a real product: "Seen on RabbitMQ
/// 4.3.6, 27 Nov 2026".
pub fn sentence(scenario: &str) -> String {
    let first = sightings(scenario).into_iter().next();
    first.map_or_else(|| "Not seen on a real product".into(), |seen| seen.to_string())
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
    Ok(format!("{name}\t{product}\t{version}\t{date}\t{with}\t{command}\t{path}\n"))
}

#[cfg(test)]
mod tests {
    use super::{INDEX, Sighting, day, seen_broken, sentence, sightings};
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
            all.into_iter().map(|seen| (seen.property, seen.sighting.product)).collect()
        };
        let lost = seen("kafka-acks-1");
        assert!(lost.contains(&(Property::NeverLostSilently, "Apache Kafka".into())), "{lost:?}");
        let once = seen("dedup-upsert");
        assert!(once.iter().all(|(property, _)| *property != Property::AppliedOnce), "{once:?}");
        let again = seen("crash-after-work");
        assert!(again.contains(&(Property::AppliedOnce, "RabbitMQ".into())), "{again:?}");
        assert_eq!(seen("sqs-duplicate"), []);
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
