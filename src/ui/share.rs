//! The address of what the page shows, as the text after `#`.
//!
//! | address | what it shows |
//! |---|---|
//! | `/s/ack-lost?step=8` | a scenario, at a step |
//! | `/s/ack-lost?path=5.14-3.2&shows=applied-once` | the scenario's configuration, another run |
//! | `/lab?preset=kafka-default&acks=1&fault=gone:broker@m1.acked&step=9` | a configuration of one's own |
//! | `/chaos?preset=kafka-default&acks=1&seed=42&runs=50000&lose-ack=1%25` | random runs of a configuration |
//! | `/cost?work=20` | what every preset costs |
//! | `/choose?lost=never&order=key` | what gives what somebody needs |
//! | `/matrix` | every preset against every kind of fault |
//! | `/compare?a=preset:kafka-default;acks=1&b=preset:kafka-default&fault=…` | two or three of them |
//!
//! Reading never fails: whatever a person typed, or a mail program broke, becomes an
//! [`Address`], if only [`Address::Unknown`].

mod compare;

pub use compare::{Compared, MOST_SIDES};

use crate::check::Property;
use crate::sim::Path;
use crate::ui::state::Theme;
use crate::ui::state::chaos::Part;
use crate::ui::whole::PAGES;

/// Longer text after `#` is nobody's link.
const LONGEST: usize = 4_000;
/// The longest id that is looked up.
const LONGEST_ID: usize = 80;
/// The most settings and faults that are read.
const MOST: usize = 60;

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Home,
    Run(Shown),
    Matrix,
    Compare(Compared),
    Chaos(Random),
    /// What everything costs, and under which parameters: see [`crate::ui::state::cost`].
    Cost(Vec<(String, String)>),
    /// What somebody needs: see [`crate::ui::state::choose`].
    Choose(Vec<(String, String)>),
    /// Leads nowhere; holds what was asked for.
    Unknown(String),
}

/// A run of a configuration, at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub config: Config,
    /// In the Lab, where the settings can be changed.
    pub lab: bool,
    /// Not the run of its own script of faults, but another.
    pub found: Option<Found>,
    pub step: AskedStep,
}

/// Random runs of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Random {
    pub config: Config,
    /// What the plan has that is not as usual: see [`Part`].
    pub plan: Vec<(String, String)>,
}

/// A scenario or a preset, and what is different from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The id of the scenario or preset.
    pub base: String,
    /// It is a preset, not a scenario.
    pub preset: bool,
    /// Settings and their values; see [`crate::lab`].
    pub settings: Vec<(String, String)>,
    /// Faults instead of the scenario's own.
    pub faults: Option<Vec<String>>,
}

/// A run that was found or chosen: what it shows, and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it breaks.
    pub property: Option<Property>,
    pub path: Path,
}

/// How an embedded page is shown: what stands beside the diagram, and in which colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// The sentence of the step and the buttons.
    pub transport: bool,
    /// What has become of each message.
    pub verdict: bool,
    /// The programs, with the current line lit.
    pub code: bool,
    /// The state of each party.
    pub state: bool,
    /// As high as the run is long, in a frame that grows with it.
    pub whole: bool,
    /// The page around gives the scenario itself, as JSON; until then there is nothing to show.
    pub given: bool,
    /// What the page around calls it, in its own language.
    pub label: Option<String>,
    /// `None`: as the system has it.
    pub theme: Option<Theme>,
}

impl Embed {
    /// What follows `#` of a page that is embedded: it has `embed=transport,verdict` in its query,
    /// and perhaps `theme=dark`. What it does not know it leaves out.
    pub fn read(fragment: &str) -> Option<Embed> {
        let pairs = pairs(fragment.split_once('?')?.1);
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
            label: value("label").filter(|label| !label.trim().is_empty()).cloned(),
            theme: value("theme").and_then(|name| Theme::named(name)),
        })
    }
}

/// The step an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AskedStep {
    /// None was named.
    #[default]
    Start,
    At(usize),
    /// Not a number.
    Unreadable(String),
    /// The step is of a run whose path cannot be read.
    Lost(String),
}

impl Config {
    /// A scenario as it is.
    pub fn scenario(id: &str) -> Config {
        Config { base: id.to_owned(), ..Config::default() }
    }

    /// A preset as it is.
    pub fn preset(id: &str) -> Config {
        Config { base: id.to_owned(), preset: true, ..Config::default() }
    }

    /// Nothing is different from the scenario or preset.
    pub fn is_original(&self) -> bool {
        self.settings.is_empty() && self.faults.is_none()
    }

    /// With the setting, in place of an earlier value of it.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Config {
        let mut config = self.clone();
        config.settings.retain(|(old, _)| old != key);
        config.settings.push((key.to_owned(), value.to_owned()));
        config
    }
}

impl Shown {
    /// The start of its own run.
    pub fn new(config: Config, lab: bool) -> Shown {
        Shown { config, lab, found: None, step: AskedStep::Start }
    }
}

impl Address {
    /// The start of a scenario.
    pub fn scenario(id: &str) -> Address {
        Address::Run(Shown::new(Config::scenario(id), false))
    }

    /// Reads what follows `#`, with or without the `#`.
    pub fn read(fragment: &str) -> Address {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if fragment.len() > LONGEST {
            return Address::Unknown(fragment.chars().take(LONGEST_ID).collect());
        }
        let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let path = percent_decoded(path);
        let outside = |c: char| c == '/' || c.is_whitespace();
        let path = path.trim_matches(outside);
        match path {
            "" => return Address::Home,
            "lab" => return read_lab(query),
            "matrix" if PAGES => return Address::Matrix,
            path if PAGES && path.eq_ignore_ascii_case("compare") => {
                return Address::Compare(Compared::read(query));
            }
            "chaos" if PAGES => return Address::Chaos(read_random(query)),
            "cost" if PAGES => return Address::Cost(asked(query)),
            "choose" if PAGES => return Address::Choose(asked(query)),
            _ => {}
        }
        match path.strip_prefix("s/").map(|id| id.trim_matches(outside)) {
            Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => {
                let mut config = Config::scenario(&id.to_ascii_lowercase());
                let messages = pairs(query).into_iter().filter(|(key, _)| key == "messages");
                config.settings.extend(messages.take(1));
                read_run(config, false, query)
            }
            _ => Address::Unknown(path.to_owned()),
        }
    }

    /// The text after `#`.
    pub fn text(&self) -> String {
        match self {
            Address::Home => "/".to_owned(),
            Address::Unknown(text) => format!("/{}", percent_encoded(text)),
            Address::Run(shown) => shown.text(),
            // The program that has no pages reads none of their addresses.
            _ if !PAGES => String::new(),
            Address::Matrix => "/matrix".to_owned(),
            Address::Compare(compared) => compared.text(),
            Address::Chaos(random) => random.text(),
            Address::Cost(pairs) => with_query("/cost", pairs),
            Address::Choose(pairs) => with_query("/choose", pairs),
        }
    }

    /// The address as a link on the page.
    pub fn href(&self) -> String {
        format!("#{}", self.text())
    }

    /// Returns true where the address shows a single run, or leads nowhere: all that a page can
    /// have as a part of it.
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
        with_query("/chaos", &all)
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
        if self.lab {
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
        if let AskedStep::At(step) = self.step {
            add("step", &step.to_string());
        }
        let place =
            if self.lab { "/lab".to_owned() } else { format!("/s/{}", percent_encoded(base)) };
        match query.is_empty() {
            true => place,
            false => format!("{place}?{}", query.join("&")),
        }
    }
}

/// The value of `fault` that takes the scenario's own away.
const NO_FAULT: &str = "none";

/// The address of a scenario's start, as a link on the page.
pub fn link(id: &str) -> String {
    Address::scenario(id).href()
}

/// The parts of a query, decoded; what is no pair is left out.
fn pairs(query: &str) -> Vec<(String, String)> {
    let all = query.split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decoded(text).trim().to_owned();
    all.take(MOST).map(|(key, value)| (decoded(key), decoded(value))).collect()
}

/// Settings of the page around an embed: what it looks like, not what it shows.
const LOOKS: [&str; 3] = ["embed", "theme", "label"];

/// The pairs that say what is shown.
fn asked(query: &str) -> Vec<(String, String)> {
    pairs(query).into_iter().filter(|(key, _)| !LOOKS.contains(&key.as_str())).collect()
}

/// The id of a scenario or preset. Of one that is too long to exist, as much as is shown.
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
            "shows" | "path" | "step" => {}
            _ => config.settings.push((key, value)),
        }
    }
    read_run(config, true, query)
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
    let shown = |found, step| Address::Run(Shown { config, lab, found, step });
    match read_found(query) {
        None => shown(None, step),
        Some(Ok(found)) => shown(Some(found), step),
        Some(Err(path)) => shown(None, AskedStep::Lost(path)),
    }
}

/// The run that the query names, if it names one; the text of its path where that is none.
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
        // Digits that do not fit are still a number, only far beyond the end of any run.
        Err(_) if digits => AskedStep::At(usize::MAX),
        Err(_) => AskedStep::Unreadable(text.to_owned()),
    }
}

/// Undoes `%20` and the like; leaves alone what is no such code.
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
            Address::Matrix,
            Address::Cost(vec![]),
            Address::Cost(vec![("work".into(), "20".into())]),
            Address::Choose(vec![("lost".into(), "never".into()), ("by".into(), "parts".into())]),
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
        // The rest of the address means what it always means.
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
            "/lab?preset=kafka-default&acks=1&fault=gone:broker@m1.acked&step=9"
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
            "/lab?", "/s/", "/chaos?", "/cost?", "/choose?", "seed=", "late=", "#", "?", "&", "=",
            "%", "%2", "%C3", "preset=", "path=", "fault=", "step=", "acks", "ü", "<script>",
            "none", "9.9-", "\0", "\u{202e}", "/", " ",
        ];
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                // A generator of Lehmer's kind: the same texts every time.
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
