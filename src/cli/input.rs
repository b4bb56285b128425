//! Input configurations: from the catalogue, a file or standard input.

use super::Wrong;
use super::import::ImportArgs;
use super::names::unknown;
use crate::catalogue;
use crate::import::{Reading, Source, Syntax};
use crate::lab;
use crate::sim::Scenario;
use crate::sim::plain::echo;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Maximum size of a scenario's JSON in bytes: a hundred times the largest in the catalogue.
const MOST: usize = 1 << 20;

/// What there is to check.
pub enum Input {
    Scenario(Scenario),
    /// Configuration files of a product, and what they say.
    Files(Vec<Source>, Reading),
}

/// Finds out what these names stand for: a preset, a scenario, or files of configuration.
pub fn of(names: &[String], import: &ImportArgs, set: &[String]) -> Result<Input, Wrong> {
    if let [name] = names {
        if let Some(known) = known(name) {
            return Ok(Input::Scenario(known));
        }
        let (place, text) = content(name)?;
        if is_scenario(&text) {
            return scenario(&place, &text).map(Input::Scenario);
        }
        let mut sources = vec![Source { name: name.clone(), text, syntax: None }];
        return match import.read(&mut sources, set) {
            Ok(reading) => Ok(Input::Files(sources, reading)),
            // Half a scenario, or a small one.
            Err(problem) if is_json(&sources[0].text) => {
                let scenario = scenario(&place, &sources[0].text).map(Input::Scenario);
                if may_be_scenario(&sources[0].text) { scenario } else { scenario.or(Err(problem)) }
            }
            Err(problem) => Err(problem),
        };
    }
    let mut sources = Vec::new();
    for name in names {
        if known(name).is_some() && !Path::new(name).exists() {
            let problem = "it is a preset or scenario, which is checked alone; give files only";
            return Err(Wrong(format!("{}: {problem}", echo(name))));
        }
        let (_, text) = content(name)?;
        sources.push(Source { name: name.clone(), text, syntax: None });
    }
    let reading = import.read(&mut sources, set)?;
    Ok(Input::Files(sources, reading))
}

fn is_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim();
    // `[consumer]` begins a section of an .ini file.
    let is_list = text.starts_with('[') && Syntax::of(text) != Syntax::Properties;
    text.is_empty() || text.starts_with('{') || is_list
}

/// Returns true for a scenario, also for half of one.
fn is_scenario(text: &str) -> bool {
    let has = |key: &str| text.contains(key);
    is_json(text) && (has("\"producer\"") || has("\"broker\"")) && has("\"messages\"")
}

/// Returns true for text that has a key of a scenario, also for half of one, and for what is no JSON at
/// all.
fn may_be_scenario(text: &str) -> bool {
    const KEYS: [&str; 8] =
        ["producer", "consumer", "broker", "messages", "database", "faults", "title", "outbox"];
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(map)) => {
            map.is_empty() || KEYS.iter().any(|key| map.contains_key(*key))
        }
        Ok(_) => false,
        Err(_) => {
            let is_object = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
            !is_object || KEYS.iter().any(|key| text.contains(&format!("\"{key}\"")))
        }
    }
}

fn known(name: &str) -> Option<Scenario> {
    catalogue::preset(name).or(catalogue::scenario(name)).cloned()
}

/// Reads the configuration with this name, or from this file; `-` is standard input.
pub fn read(name: &str) -> Result<Scenario, Wrong> {
    if let Some(known) = known(name) {
        return Ok(known);
    }
    let (place, text) = content(name)?;
    scenario(&place, &text)
}

fn scenario(place: &str, text: &str) -> Result<Scenario, Wrong> {
    lab::from_json(text).map_err(|e| Wrong(format!("{place}: {e}")))
}

/// Reads a file or standard input, and returns what to call it.
fn content(name: &str) -> Result<(String, String), Wrong> {
    let (place, bytes) = if name == "-" {
        ("standard input".to_owned(), bounded(std::io::stdin().lock()))
    } else if Path::new(name).exists() {
        (echo(name), File::open(name).and_then(bounded))
    } else {
        return Err(nothing(name));
    };
    let bytes = bytes.map_err(|e| Wrong(format!("{place}: {e}")))?;
    let text = text(&bytes).map_err(|problem| Wrong(format!("{place}: {problem}")))?;
    let text = text.to_owned();
    Ok((place, text))
}

/// Reads at most one byte more than [`MOST`], since the input may be endless.
fn bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() > MOST {
        return Err(
            "it is larger than 1 MiB, and a configuration has a few kB; is it the right file?"
                .into(),
        );
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".into());
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let before = &bytes[..e.valid_up_to()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        format!("it is not UTF-8 at line {line} column {column}; save it as UTF-8")
    })
}

fn nothing(name: &str) -> Wrong {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    let all = presets.chain(catalogue::scenarios());
    let known: Vec<_> = all.map(|s| (s.id.as_str(), s.narrative.title.as_str())).collect();
    let problem = unknown("file, preset or scenario", name, &known);
    Wrong(format!("{problem} `ackward presets` and `ackward scenarios` list them."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_named_with_its_place() {
        let problem = |bytes: &[u8]| text(bytes).unwrap_err();
        assert_eq!(
            problem(b"{\n  \"\xc3\xbc\xff"),
            "it is not UTF-8 at line 2 column 5; save it as UTF-8"
        );
        assert_eq!(problem(b"\xff\xfe{\0"), "it is UTF-16; save it as UTF-8");
        assert!(problem(&vec![b' '; MOST + 1]).contains("larger than 1 MiB"));
        assert_eq!(text(&vec![b' '; MOST]).map(str::len), Ok(MOST));
    }

    #[test]
    fn no_more_is_read_than_is_needed_to_see_that_it_is_too_much() {
        assert_eq!(bounded(std::io::repeat(b' ')).unwrap().len(), MOST + 1);
    }
}
