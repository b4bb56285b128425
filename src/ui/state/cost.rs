//! The parameters and the order of the cost page, as in its address: `work=20&network=1&by=sent`.

use crate::catalogue::presets;
use crate::did_you_mean::nearest;
use crate::protocol::Question;
use crate::sim::Scenario;
use crate::simulate::{Load, Operation};

/// The name of the message size in bytes.
pub const BYTES: &str = "bytes";
/// The name of the sort order.
const BY: &str = "by";

/// The operations that cost time in a run without faults, in reading order.
pub const ACTS: [Operation; 14] = {
    use Operation::*;
    [
        Work,
        Database,
        DatabaseCommit,
        Redis,
        Service,
        Network,
        Api,
        Line,
        Write,
        Sync,
        Replicate,
        HandOver,
        Linger,
        KafkaCommit,
    ]
};

/// The sort order of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// By product, in the order of the presets.
    #[default]
    Product,
    Effect,
    Answer,
    Sent,
    Handled,
}

impl By {
    pub const ALL: [By; 5] = [By::Product, By::Effect, By::Answer, By::Sent, By::Handled];

    pub fn key(self) -> &'static str {
        match self {
            By::Product => "product",
            By::Effect => "effect",
            By::Answer => "told",
            By::Sent => "sent",
            By::Handled => "handled",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            By::Product => "by product",
            By::Effect => "lowest end-to-end latency first",
            By::Answer => "lowest publish latency first",
            By::Sent => "highest producer throughput first",
            By::Handled => "highest consumer throughput first",
        }
    }

    pub fn from_key(key: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.key() == key)
    }
}

/// Returns the question for what a configuration costs.
pub fn question(scenario: &Scenario, load: &Load) -> Question {
    Question::Cost { scenario: Box::new(scenario.clone()), load: load.clone() }
}

/// Returns the questions for the costs of every preset.
pub fn questions(load: &Load) -> Vec<Question> {
    let rows = presets().iter().flat_map(|group| &group.presets);
    rows.map(|preset| question(preset, load)).collect()
}

/// Parses the parameters and the sort order in an address, and returns the problems as sentences.
pub fn read(pairs: &[(String, String)]) -> (Load, By, Vec<String>) {
    let (mut load, mut by, mut problems) = (Load::default(), By::default(), Vec::new());
    for (key, value) in pairs {
        let result = match key.as_str() {
            BY => By::from_key(value)
                .map(|order| by = order)
                .ok_or_else(|| format!("use one of {}", By::ALL.map(By::key).join(", "))),
            _ => set(&mut load, key, value),
        };
        if let Err(problem) = result {
            problems.push(format!("{key}={value} is ignored: {problem}."));
        }
    }
    (load, by, problems)
}

/// Sets a parameter: the message size in bytes, or a duration in milliseconds.
///
/// # Errors
/// Returns the problem, and what to write instead.
pub fn set(load: &mut Load, key: &str, value: &str) -> Result<(), String> {
    if key == BYTES {
        let bytes = value.parse().ok().filter(|n| (1..=Load::BATCH_BYTES).contains(n));
        load.message_bytes = bytes.ok_or("use 1 to 16,384 bytes")?;
        return Ok(());
    }
    let known = ACTS.map(|act| (act.key(), act.label()));
    let act = ACTS.into_iter().find(|act| act.key() == key).ok_or_else(|| {
        let near: Vec<_> = nearest(key, &known).into_iter().map(|(key, _)| key).collect();
        match near.split_last() {
            None => "there is no parameter of that name".to_owned(),
            Some((last, [])) => {
                format!("there is no parameter of that name; did you mean {last}?")
            }
            Some((last, rest)) => format!(
                "there is no parameter of that name; did you mean {} or {last}?",
                rest.join(", ")
            ),
        }
    })?;
    // None of these takes longer than a minute without a fault.
    let ms = value.replace(',', ".").parse().ok().filter(|ms| (0.0..=60_000.0).contains(ms));
    let ms: f64 = ms.ok_or("use 0 to 60,000 milliseconds")?;
    load.pace.set(act, (ms * 1e3).round() as u64);
    Ok(())
}

/// Returns the differences from the defaults, for the address.
pub fn pairs(load: &Load, by: By) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if load.message_bytes != Load::default().message_bytes {
        pairs.push((BYTES.to_owned(), load.message_bytes.to_string()));
    }
    pairs.extend(load.pace.changed().map(|(act, us)| (act.key().to_owned(), ms(us))));
    if by != By::default() {
        pairs.push((BY.to_owned(), by.key().to_owned()));
    }
    pairs
}

/// Formats microseconds as milliseconds: "0.25", "5".
pub fn ms(us: u64) -> String {
    let text = format!("{:.3}", us as f64 / 1e3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut load = Load { message_bytes: 200, ..Load::default() };
        set(&mut load, "work", "20").unwrap();
        set(&mut load, "network", "0.125").unwrap();
        for by in By::ALL {
            assert_eq!(read(&pairs(&load, by)), (load.clone(), by, vec![]));
        }
        assert_eq!(pairs(&Load::default(), By::default()), []);
    }

    #[test]
    fn what_cannot_be_is_left_out_and_named() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let (load, by, problems) = read(&[
            pair("wrok", "1"),
            pair("work", "-1"),
            pair("bytes", "0"),
            pair("session.timeout.ms", "5"),
            pair("by", "price"),
        ]);
        assert_eq!((load, by), (Load::default(), By::default()));
        assert_eq!(problems.len(), 5);
        assert!(problems[0].contains("did you mean work"), "{problems:?}");
    }
}
