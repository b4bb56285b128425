//! Addresses: deep links into the page, as paths below the folder of the site.
//!
//! | address | page |
//! |---|---|
//! | `/s/ack-lost/?step=8` | a scenario, at a step |
//! | `/s/ack-lost/?predict=1` | a scenario that asks for a prediction first |
//! | `/s/ack-lost/?path=5.14-3.2&shows=applied-once` | the scenario's configuration, another run |
//! | `/preset/kafka-default/` | a preset, in the Lab |
//! | `/lab/?preset=kafka-default&acks=1&fault=gone:broker@m1.acked&step=9` | custom configuration |
//! | `/chaos/?preset=kafka-default&acks=1&seed=42&runs=50000&lose-ack=1%25` | random runs |
//! | `/cost/?work=20` | the cost of every preset |
//! | `/choose/?lost=never&order=key` | the configurations that meet some requirements |
//! | `/group/kafka-the-broker/` | the scenarios of the topic of a group |
//! | `/scenarios/?topic=kafka&outcome=lost` | the overview of all scenarios |
//! | `/course/` | the course |
//! | `/glossary/?term=fencing` | the glossary, at a term |
//! | `/check/` | configuration files, which no address holds |
//! | `/matrix/?product=kafka&ask=never-lost` | every preset against every kind of fault |
//! | `/compare/?a=preset:kafka-default;acks=1&b=preset:kafka-default&fault=…` | a comparison |
//!
//! Links of before had the same in the URL fragment, `#/s/ack-lost?step=8`, and still lead there; the
//! frames of embeds are addressed so, and so is a build without pages of its own.
//!
//! Parsing never fails: whatever a user typed, or a mail program mangled, becomes an [`Address`],
//! if only [`Address::Unknown`].

mod compare;

use std::sync::OnceLock;

pub use compare::{Compared, MOST_SIDES};

use crate::catalogue::groups;
use crate::check::Property;
use crate::sim::Path;
use crate::ui::state::Theme;
use crate::ui::state::chaos::Part;

/// Maximum length of an address; no link is longer.
const LONGEST: usize = 4_000;
/// Maximum length of an id that is looked up.
const LONGEST_ID: usize = 80;
/// Maximum number of settings and faults that are read.
const MOST: usize = 60;

/// An address of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Home,
    Run(Shown),
    /// Every preset against every kind of fault, and the part that is shown: see
    /// [`crate::ui::state::matrix`].
    Matrix(Vec<(String, String)>),
    Compare(Compared),
    /// The check of configuration files, which stay in memory.
    CheckFiles,
    /// The overview of all scenarios, and the part that is shown: see
    /// [`crate::ui::state::overview`].
    Scenarios(Vec<(String, String)>),
    /// The course: see [`crate::ui::state::lessons`].
    Course,
    Chaos(Random),
    /// The costs of all presets, and their parameters: see [`crate::ui::state::cost`].
    Cost(Vec<(String, String)>),
    /// The glossary, and the id of the term to show.
    Glossary(Option<String>),
    /// The requirements: see [`crate::ui::state::choose`].
    Choose(Vec<(String, String)>),
    /// An invalid address, with its text.
    Unknown(String),
}

/// A run of a configuration, at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub config: Config,
    /// Shown in the Lab, where the settings can be changed.
    pub lab: bool,
    /// A run other than that of the fault script.
    pub found: Option<Found>,
    pub step: AskedStep,
    pub guided: Guided,
}

/// How a run is presented to someone who learns from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guided {
    /// The page asks for a prediction before it shows the run.
    pub predict: bool,
    /// The run was opened as a part of the course.
    pub course: bool,
}

/// Random runs of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Random {
    pub config: Config,
    /// The parts of the plan that differ from the defaults: see [`Part`].
    pub plan: Vec<(String, String)>,
}

/// A scenario or a preset, and the differences from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The id of the scenario or preset.
    pub base: String,
    /// The base is a preset, not a scenario.
    pub preset: bool,
    /// Settings and their values; see [`crate::lab`].
    pub settings: Vec<(String, String)>,
    /// Faults that replace the scenario's own.
    pub faults: Option<Vec<String>>,
}

/// A run that a search found or the user chose: the property that it violates, and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The violated property.
    pub property: Option<Property>,
    pub path: Path,
}

/// The options of an embedded page: the parts to show beside the diagram, and the theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// The sentence of the step, and the playback controls.
    pub transport: bool,
    /// The outcome of each message.
    pub verdict: bool,
    /// The programs, with the current line highlighted.
    pub code: bool,
    /// The state of each participant.
    pub state: bool,
    /// As tall as the run, in a frame that grows with it.
    pub whole: bool,
    /// The parent page provides the scenario as JSON; until then there is nothing to show.
    pub given: bool,
    /// Asks for a prediction before it shows the run.
    pub predict: bool,
    /// The parent page's title for it, in its own language.
    pub label: Option<String>,
    /// `None`: the system's theme.
    pub theme: Option<Theme>,
}

impl Embed {
    /// Parses the address of an embedded page: its query has `embed=transport,verdict`, and
    /// optionally `theme=dark`. Unknown values are ignored.
    pub fn read(address: &str) -> Option<Embed> {
        let pairs = pairs(address.split_once('?')?.1);
        let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let shown = value("embed")?;
        let has = |name: &str| shown.split(',').any(|part| part.trim() == name);
        Some(Embed {
            transport: has("transport"),
            verdict: has("verdict"),
            code: has("code"),
            state: has("state"),
            whole: has("whole"),
            given: has("given"),
            predict: value("predict").is_some_and(|value| value == "1"),
            label: value("label").filter(|label| !label.trim().is_empty()).cloned(),
            theme: value("theme").and_then(|name| Theme::named(name)),
        })
    }
}

/// The step that an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AskedStep {
    /// None was given.
    #[default]
    Start,
    At(usize),
    /// Not a number.
    Unreadable(String),
    /// The step belongs to a run whose path cannot be parsed.
    Lost(String),
}

impl Config {
    /// Returns an unchanged scenario.
    pub fn scenario(id: &str) -> Config {
        Config { base: id.to_owned(), ..Config::default() }
    }

    /// Returns an unchanged preset.
    pub fn preset(id: &str) -> Config {
        Config { base: id.to_owned(), preset: true, ..Config::default() }
    }

    /// Returns true if nothing differs from the scenario or preset.
    pub fn is_original(&self) -> bool {
        self.settings.is_empty() && self.faults.is_none()
    }

    /// Adds the setting, replacing an earlier value of it.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Config {
        let mut config = self.clone();
        config.settings.retain(|(old, _)| old != key);
        config.settings.push((key.to_owned(), value.to_owned()));
        config
    }
}

impl Shown {
    /// Returns the start of the configuration's own run.
    pub fn new(config: Config, lab: bool) -> Shown {
        Shown { config, lab, found: None, step: AskedStep::Start, guided: Guided::default() }
    }
}

impl Address {
    /// Returns the start of a scenario.
    pub fn scenario(id: &str) -> Address {
        Address::Run(Shown::new(Config::scenario(id), false))
    }

    /// Parses a path below the folder of the site, with its query; or a URL fragment, with or
    /// without the `#`.
    pub fn read(text: &str) -> Address {
        let text = text.strip_prefix('#').unwrap_or(text);
        if text.len() > LONGEST {
            return Address::Unknown(text.chars().take(LONGEST_ID).collect());
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = percent_decoded(path);
        let outside = |c: char| c == '/' || c.is_whitespace();
        let path = path.trim_matches(outside);
        match path {
            "" => return Address::Home,
            "lab" => return read_lab(query),
            "matrix" => return Address::Matrix(asked(query)),
            path if path.eq_ignore_ascii_case("compare") => {
                return Address::Compare(Compared::read(query));
            }
            "check" => return Address::CheckFiles,
            "scenarios" => return Address::Scenarios(asked(query)),
            "course" => return Address::Course,
            "chaos" => return Address::Chaos(read_random(query)),
            "cost" => return Address::Cost(asked(query)),
            "choose" => return Address::Choose(asked(query)),
            "glossary" => return read_glossary(query),
            _ => {}
        }
        if let Some(slug) = path.strip_prefix("group/") {
            return read_group(slug.trim_matches(outside));
        }
        if let Some(id) = path.strip_prefix("preset/").map(|id| id.trim_matches(outside)) {
            return read_run(Config::preset(&base_id(id)), true, query);
        }
        match path
            .strip_prefix("s/")
            .or(path.strip_prefix("figure/"))
            .map(|id| id.trim_matches(outside))
        {
            Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => {
                let mut config = Config::scenario(&id.to_ascii_lowercase());
                let messages = pairs(query).into_iter().filter(|(key, _)| key == "messages");
                config.settings.extend(messages.take(1));
                read_run(config, false, query)
            }
            _ => Address::Unknown(path.to_owned()),
        }
    }

    /// Formats the address as a path below the folder of the site, with its query.
    pub fn text(&self) -> String {
        match self {
            Address::Home => "/".to_owned(),
            Address::Unknown(text) => format!("/{}", percent_encoded(text)),
            Address::Run(shown) => shown.text(),
            Address::Matrix(pairs) => with_query("/matrix/", pairs),
            Address::Compare(compared) => compared.text(),
            Address::CheckFiles => "/check/".to_owned(),
            Address::Scenarios(pairs) => with_query("/scenarios/", pairs),
            Address::Course => "/course/".to_owned(),
            Address::Chaos(random) => random.text(),
            Address::Cost(pairs) => with_query("/cost/", pairs),
            Address::Choose(pairs) => with_query("/choose/", pairs),
            Address::Glossary(None) => "/glossary/".to_owned(),
            Address::Glossary(Some(term)) => format!("/glossary/?{}", pair("term", term)),
        }
    }

    /// Formats the address as a link: below the folder of the site, or as a URL fragment where that
    /// is not known or has no pages of its own ([`set_site`]).
    pub fn href(&self) -> String {
        format!("{}{}", site().unwrap_or("#"), self.text())
    }

    /// Formats the address as a link from the folder of the site.
    pub fn from_site(&self) -> String {
        let text = self.text();
        match site() {
            Some(_) => text.trim_start_matches('/').to_owned(),
            None => format!("#{text}"),
        }
    }

    /// Returns true if the address shows a single run, or is invalid: only these can be embedded.
    pub fn can_be_embedded(&self) -> bool {
        matches!(self, Address::Home | Address::Run(_) | Address::Unknown(_))
    }
}

impl Random {
    fn text(&self) -> String {
        let Config { base, preset, settings, .. } = &self.config;
        let base = (if *preset { "preset" } else { "scenario" }.to_owned(), base.clone());
        let named = Some(base).filter(|(_, base)| !base.is_empty());
        let all: Vec<(String, String)> =
            named.iter().chain(settings).chain(&self.plan).cloned().collect();
        with_query("/chaos/", &all)
    }
}

fn with_query(path: &str, pairs: &[(String, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(key, value)| pair(key, value)).collect();
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", query.join("&")),
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{}={}", percent_encoded(key), percent_encoded(value))
}

impl Shown {
    fn text(&self) -> String {
        let Config { base, preset, settings, faults } = &self.config;
        let mut query = Vec::new();
        let mut add = |key: &str, value: &str| query.push(pair(key, value));
        if self.lab && !base.is_empty() {
            add(if *preset { "preset" } else { "scenario" }, base);
        }
        for (key, value) in settings {
            add(key, value);
        }
        for fault in faults.iter().flatten() {
            add("fault", fault);
        }
        if faults.as_ref().is_some_and(Vec::is_empty) {
            add("fault", NO_FAULT);
        }
        if let Some(Found { property, path }) = &self.found {
            if let Some(property) = property {
                add("shows", property.key());
            }
            add("path", &path.to_string());
        }
        for (option, on) in [("predict", self.guided.predict), ("course", self.guided.course)] {
            if on {
                add(option, "1");
            }
        }
        if let AskedStep::At(step) = self.step {
            add("step", &step.to_string());
        }
        let place =
            if self.lab { "/lab/".to_owned() } else { format!("/s/{}/", percent_encoded(base)) };
        match query.is_empty() {
            true => place,
            false => format!("{place}?{}", query.join("&")),
        }
    }
}

/// The value of `fault` that removes the scenario's own faults.
const NO_FAULT: &str = "none";

/// The path of the site's folder, without the last slash; empty for the root of a host.
static SITE: OnceLock<String> = OnceLock::new();

/// Sets the path of the folder that has a page for each address, once, when the app starts.
pub fn set_site(path: &str) {
    // Set before: the app is mounted once.
    let _ = SITE.set(path.trim_end_matches('/').to_owned());
}

/// Returns the path of the folder that has a page for each address, without the last slash. `None`
/// in a build without such pages: addresses are URL fragments there.
pub fn site() -> Option<&'static str> {
    SITE.get().map(String::as_str)
}

/// Returns the link to a scenario's start.
pub fn link(id: &str) -> String {
    Address::scenario(id).href()
}

/// Splits a query into decoded pairs; parts without `=` are skipped.
fn pairs(query: &str) -> Vec<(String, String)> {
    let all = query.split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decoded(text).trim().to_owned();
    all.take(MOST).map(|(key, value)| (decoded(key), decoded(value))).collect()
}

/// Options that the parent page sets for an embed: they affect how it looks, not what it shows.
const LOOKS: [&str; 3] = ["embed", "theme", "label"];

/// Returns the pairs that determine what is shown.
fn asked(query: &str) -> Vec<(String, String)> {
    pairs(query).into_iter().filter(|(key, _)| !LOOKS.contains(&key.as_str())).collect()
}

/// Normalizes the id of a scenario or preset. An id that is too long to exist is cut to the length
/// that is displayed.
fn base_id(value: &str) -> String {
    value.chars().take(LONGEST_ID).collect::<String>().to_ascii_lowercase()
}

fn read_lab(query: &str) -> Address {
    let mut config = Config::default();
    for (key, value) in asked(query) {
        match key.as_str() {
            "preset" | "scenario" => {
                (config.base, config.preset) = (base_id(&value), key == "preset");
            }
            "fault" if value == NO_FAULT => config.faults = Some(Vec::new()),
            "fault" => config.faults.get_or_insert_default().push(value),
            "shows" | "path" | "step" | "predict" | "course" => {}
            _ => config.settings.push((key, value)),
        }
    }
    read_run(config, true, query)
}

/// Reads a group of scenarios: the overview of its topic.
fn read_group(slug: &str) -> Address {
    match groups().iter().find(|group| group.slug() == slug) {
        Some(group) => Address::Scenarios(vec![("topic".to_owned(), group.topic().to_owned())]),
        None => Address::Unknown(format!("group/{slug}")),
    }
}

fn read_glossary(query: &str) -> Address {
    let term = pairs(query).into_iter().find(|(key, term)| key == "term" && !term.is_empty());
    Address::Glossary(term.map(|(_, term)| base_id(&term)))
}

fn read_random(query: &str) -> Random {
    let mut random = Random::default();
    for (key, value) in asked(query) {
        match key.as_str() {
            "preset" | "scenario" => {
                let config = &mut random.config;
                (config.base, config.preset) = (base_id(&value), key == "preset");
            }
            "shows" | "path" | "step" => {}
            _ if Part::from_key(&key).is_some() => random.plan.push((key, value)),
            _ => random.config.settings.push((key, value)),
        }
    }
    random
}

fn read_run(config: Config, lab: bool, query: &str) -> Address {
    let step = read_step(query);
    let guided = Guided { predict: is_set(query, "predict"), course: is_set(query, "course") };
    let shown = |found, step| Address::Run(Shown { config, lab, found, step, guided });
    match read_found(query) {
        None => shown(None, step),
        Some(Ok(found)) => shown(Some(found), step),
        Some(Err(path)) => shown(None, AskedStep::Lost(path)),
    }
}

/// Returns true if the query turns this option on: `predict=1`.
fn is_set(query: &str, option: &str) -> bool {
    pairs(query).iter().any(|(key, value)| key == option && value == "1")
}

/// Parses the run that the query names, if any; `Err` holds the text of an invalid path.
fn read_found(query: &str) -> Option<Result<Found, String>> {
    let pairs = pairs(query);
    let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let path = value("path")?;
    let property = value("shows").and_then(|key| Property::from_key(key));
    let found = |parsed| Found { path: parsed, property };
    Some(path.parse().map(found).map_err(|_: String| path.clone()))
}

fn read_step(query: &str) -> AskedStep {
    let Some(text) = query.split('&').find_map(|pair| pair.strip_prefix("step=")) else {
        return AskedStep::Start;
    };
    let text = percent_decoded(text);
    let text = text.trim();
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    match text.parse() {
        Ok(0) => AskedStep::Start,
        Ok(step) => AskedStep::At(step),
        // A number that overflows is still a number, only far beyond the end of any run.
        Err(_) if digits => AskedStep::At(usize::MAX),
        Err(_) => AskedStep::Unreadable(text.to_owned()),
    }
}

/// Decodes percent-encoding; leaves invalid codes unchanged.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn percent_encoded(text: &str) -> String {
    let plain = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b'@' | b',' | b'*')
    };
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(id: &str, step: AskedStep) -> Address {
        Address::Run(Shown { step, ..Shown::new(Config::scenario(id), false) })
    }

    fn lab() -> Config {
        Config {
            base: "kafka-default".to_owned(),
            preset: true,
            settings: vec![
                ("acks".to_owned(), "1".to_owned()),
                ("output isolation.level".to_owned(), "read_committed".to_owned()),
                ("transactional.id".to_owned(), "a&b=ü #%".to_owned()),
            ],
            faults: Some(vec!["gone:broker@m1.acked".to_owned(), "lose:ack@m1#*".to_owned()]),
        }
    }

    #[test]
    fn reads_what_it_writes() {
        let found = || {
            Some(Found { property: Some(Property::AppliedOnce), path: "5.14-3.2".parse().unwrap() })
        };
        for address in [
            Address::Home,
            Address::Matrix(Vec::new()),
            Address::Matrix(vec![("product".into(), "any broker".into())]),
            Address::Cost(vec![]),
            Address::Cost(vec![("work".into(), "20".into())]),
            Address::Choose(vec![("lost".into(), "never".into()), ("by".into(), "parts".into())]),
            Address::Course,
            Address::Glossary(None),
            Address::Glossary(Some("at-least-once".into())),
            Address::Chaos(Random::default()),
            Address::Chaos(Random {
                config: Config { faults: None, ..lab() },
                plan: ["seed=42", "lose-ack=1%", "time-linger.ms=0ms"]
                    .map(|p| p.split_once('=').unwrap())
                    .map(|(k, v)| (k.to_owned(), v.to_owned()))
                    .to_vec(),
            }),
            scenario("ack-lost", AskedStep::Start),
            scenario("ack-lost", AskedStep::At(8)),
            scenario("with space & ü", AskedStep::At(1)),
            Address::Run(Shown {
                config: Config::scenario("ack-lost").with("messages", "2"),
                lab: false,
                found: found(),
                step: AskedStep::At(8),
                guided: Guided { predict: true, course: true },
            }),
            Address::Run(Shown::new(lab(), true)),
            Address::Run(Shown { found: found(), ..Shown::new(lab(), true) }),
            Address::Run(Shown::new(Config { faults: Some(vec![]), ..lab() }, true)),
            Address::Run(Shown::new(Config::preset("sqs-fifo"), true)),
            Address::Unknown("who/knows?".to_owned()),
        ] {
            assert_eq!(Address::read(&address.text()), address);
        }
    }

    #[test]
    fn an_embedded_page_says_what_it_shows() {
        let embed = Embed::read("#/s/ack-lost?step=8&embed=transport,%20code,x&theme=dark");
        let embed = embed.expect("it is embedded");
        assert!(embed.transport && embed.code && !embed.verdict && !embed.state);
        assert_eq!(embed.theme, Some(Theme::Dark));
        assert_eq!(Embed::read("#/s/ack-lost?step=8"), None);
        assert_eq!(Embed::read("#/s/ack-lost?embed=&theme=auto").and_then(|e| e.theme), None);
        let embed = Embed::read("#/lab?embed=given&label=Best%C3%A4tigung%20fehlt");
        let embed = embed.expect("it is embedded");
        assert!(embed.given && embed.label.as_deref() == Some("Bestätigung fehlt"));
        // The rest of the address keeps its meaning.
        let plain = Address::read("/lab?preset=sqs-fifo&step=3");
        assert_eq!(
            Address::read("/lab?preset=sqs-fifo&embed=code&theme=dark&label=x&step=3"),
            plain
        );
    }

    #[test]
    fn a_link_can_be_read_by_people() {
        let mut config = lab();
        config.settings.truncate(1);
        config.faults = Some(vec!["gone:broker@m1.acked".to_owned()]);
        let shown = Shown { step: AskedStep::At(9), ..Shown::new(config, true) };
        assert_eq!(
            Address::Run(shown).text(),
            "/lab/?preset=kafka-default&acks=1&fault=gone:broker@m1.acked&step=9"
        );
    }

    #[test]
    fn old_links_to_found_runs_are_read() {
        let text = "/s/ack-lost?shows=applied-once&messages=2&path=5.14-3.2&step=8";
        let Address::Run(shown) = Address::read(text) else { panic!() };
        assert_eq!(shown.config.settings, [("messages".to_owned(), "2".to_owned())]);
        assert_eq!(shown.found.unwrap().property, Some(Property::AppliedOnce));
        assert_eq!(shown.step, AskedStep::At(8));
    }

    #[test]
    fn hostile_text_is_read_as_something() {
        let mut seed = 1_u64;
        let parts = [
            "/lab?",
            "/s/",
            "/chaos?",
            "/cost?",
            "/choose?",
            "/glossary?",
            "term=",
            "seed=",
            "late=",
            "#",
            "?",
            "&",
            "=",
            "%",
            "%2",
            "%C3",
            "preset=",
            "path=",
            "fault=",
            "step=",
            "acks",
            "ü",
            "<script>",
            "none",
            "9.9-",
            "\0",
            "\u{202e}",
            "/",
            " ",
        ];
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                // A linear congruential generator: the same texts every time.
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text += parts[(seed >> 33) as usize % parts.len()];
            }
            let address = Address::read(&text);
            let written = address.text();
            assert!(!written.contains(['<', '"', ' ', '\0']), "{text:?}: {written:?}");
            if !matches!(address, Address::Unknown(_)) {
                assert_eq!(Address::read(&written).text(), written, "{text:?}");
            }
        }
    }

    #[test]
    fn empty_is_home() {
        for text in ["", "#", "#/", "/", "//", "#/?x=1", "# "] {
            assert_eq!(Address::read(text), Address::Home, "{text:?}");
        }
    }

    #[test]
    fn forgives_slips() {
        let expected = scenario("ack-lost", AskedStep::At(8));
        for text in [
            "#/s/ack-lost?step=8",
            "#s/ack-lost?step=8",
            "#/s/ack-lost/?step=8",
            "#/s/Ack-Lost?utm=1&step=08&step=9",
            "#/s/ack%2Dlost?step=%38",
            "#/s/%20ack-lost%20?step= 8 ",
        ] {
            assert_eq!(Address::read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn bad_steps_are_told_from_none() {
        let step = |query: &str| match Address::read(&format!("#/s/x?{query}")) {
            Address::Run(shown) => shown.step,
            other => panic!("{other:?}"),
        };
        assert_eq!(step("step=0"), AskedStep::Start);
        assert_eq!(step(""), AskedStep::Start);
        assert_eq!(step("step=99999999999999999999999999"), AskedStep::At(usize::MAX));
        for bad in ["", "-1", "8a", "1.5", "%zz", "٣"] {
            let read = step(&format!("step={bad}"));
            assert!(matches!(read, AskedStep::Unreadable(_)), "{bad:?}: {read:?}");
        }
    }

    #[test]
    fn the_rest_is_unknown() {
        for text in ["#main", "#/s", "#/s/", "#/x/ack-lost", "#/s/%", "#%F0%9F"] {
            let read = Address::read(text);
            let id_is_odd = read == scenario("%", AskedStep::Start);
            assert!(id_is_odd || matches!(read, Address::Unknown(_)), "{text:?}: {read:?}");
        }
        let long = "x".repeat(10_000);
        assert_eq!(Address::read(&long), Address::Unknown("x".repeat(LONGEST_ID)));
        assert!(matches!(Address::read(&format!("/s/{}", "x".repeat(81))), Address::Unknown(_)));
    }
}
