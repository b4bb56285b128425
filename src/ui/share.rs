//! The address of what the page shows, as the text after `#`: `/s/ack-lost?step=8`.
//!
//! Reading never fails: whatever a person typed, or a mail program broke, becomes an
//! [`Address`], if only [`Address::Unknown`].

use crate::check::Property;
use crate::sim::Path;

/// Longer text after `#` is nobody's link to a scenario.
const LONGEST: usize = 2_000;
/// The longest id that is looked up.
const LONGEST_ID: usize = 80;

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Home,
    Scenario {
        id: String,
        step: AskedStep,
    },
    /// A run of a scenario that was found by trying all of them.
    Found {
        id: String,
        found: Found,
        step: AskedStep,
    },
    /// Leads nowhere; holds what was asked for.
    Unknown(String),
}

/// A run that was found: what it shows, and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub messages: u8,
    /// What it breaks.
    pub property: Option<Property>,
    pub path: Path,
}

/// The step an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedStep {
    /// None was named.
    Start,
    At(usize),
    /// Not a number.
    Unreadable(String),
    /// The step is of a run whose path cannot be read.
    Lost(String),
}

impl Address {
    /// Reads what follows `#`, with or without the `#`.
    pub fn read(fragment: &str) -> Address {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if fragment.len() > LONGEST {
            return Address::Unknown(fragment.chars().take(LONGEST_ID).collect());
        }
        let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let path = percent_decoded(path);
        let path = path.trim().trim_matches('/');
        if path.is_empty() {
            return Address::Home;
        }
        match path.strip_prefix("s/").map(|id| id.trim().trim_matches('/')) {
            Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => {
                let (id, step) = (id.to_lowercase(), read_step(query));
                match read_found(query) {
                    None => Address::Scenario { id, step },
                    Some(Ok(found)) => Address::Found { id, found, step },
                    Some(Err(path)) => Address::Scenario { id, step: AskedStep::Lost(path) },
                }
            }
            _ => Address::Unknown(path.to_owned()),
        }
    }

    /// The text after `#`.
    pub fn text(&self) -> String {
        match self {
            Address::Home => "/".to_owned(),
            Address::Scenario { id, step: AskedStep::At(step) } => {
                format!("/s/{}?step={step}", percent_encoded(id))
            }
            Address::Scenario { id, .. } => format!("/s/{}", percent_encoded(id)),
            Address::Found { id, found, step } => {
                let Found { messages, property, path } = found;
                let id = percent_encoded(id);
                let shows = property.map(|p| format!("shows={}&", p.key())).unwrap_or_default();
                let step = match step {
                    AskedStep::At(step) => format!("&step={step}"),
                    _ => String::new(),
                };
                format!("/s/{id}?{shows}messages={messages}&path={path}{step}")
            }
            Address::Unknown(text) => format!("/{}", percent_encoded(text)),
        }
    }
}

/// The address of a scenario's start, as a link on the page.
pub fn link(id: &str) -> String {
    let address = Address::Scenario { id: id.to_owned(), step: AskedStep::Start };
    format!("#{}", address.text())
}

/// The run that the query names, if it names one; the text of its path where that is none.
fn read_found(query: &str) -> Option<Result<Found, String>> {
    let value = |key: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| percent_decoded(value))
    };
    let messages = value("messages").and_then(|n| n.parse().ok()).filter(|n| (1..=4).contains(n));
    let path = value("path")?;
    let property = value("shows").and_then(|key| Property::from_key(&key));
    let found = |parsed| Found { path: parsed, property, messages: messages.unwrap_or(1) };
    Some(path.parse().map(found).map_err(|_: String| path))
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
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/');
    text.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(id: &str, step: AskedStep) -> Address {
        Address::Scenario { id: id.to_owned(), step }
    }

    #[test]
    fn reads_what_it_writes() {
        for address in [
            Address::Home,
            scenario("ack-lost", AskedStep::Start),
            scenario("ack-lost", AskedStep::At(8)),
            scenario("with space & ü", AskedStep::At(1)),
            Address::Found {
                id: "ack-lost".to_owned(),
                found: Found {
                    messages: 2,
                    property: Some(Property::AppliedOnce),
                    path: "5.14-3.2".parse().unwrap(),
                },
                step: AskedStep::At(8),
            },
            Address::Unknown("who/knows?".to_owned()),
        ] {
            assert_eq!(Address::read(&address.text()), address);
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
            Address::Scenario { step, .. } => step,
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
            let id_is_odd = matches!(&read, Address::Scenario { id, .. } if id == "%");
            assert!(id_is_odd || matches!(read, Address::Unknown(_)), "{text:?}: {read:?}");
        }
        let long = "x".repeat(10_000);
        assert_eq!(Address::read(&long), Address::Unknown("x".repeat(LONGEST_ID)));
        assert!(matches!(Address::read(&format!("/s/{}", "x".repeat(81))), Address::Unknown(_)));
    }
}
