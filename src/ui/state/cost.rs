//! The parameters of the cost page, as in its address: `work=20&network=1`.

use crate::did_you_mean::nearest;
use crate::simulate::{Load, Operation};

/// The name of the message size in bytes.
pub const BYTES: &str = "bytes";

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

/// Parses the parameters in an address, and returns the problems as sentences.
pub fn read(pairs: &[(String, String)]) -> (Load, Vec<String>) {
    let (mut load, mut problems) = (Load::default(), Vec::new());
    for (key, value) in pairs {
        if let Err(problem) = set(&mut load, key, value) {
            problems.push(format!("{key}={value} is left out: {problem}."));
        }
    }
    (load, problems)
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
            None => "nothing of that name takes time here".to_owned(),
            Some((last, [])) => {
                format!("nothing of that name takes time here; perhaps {last} is meant")
            }
            Some((last, rest)) => format!(
                "nothing of that name takes time here; perhaps {} or {last} is meant",
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
pub fn pairs(load: &Load) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if load.message_bytes != Load::default().message_bytes {
        pairs.push((BYTES.to_owned(), load.message_bytes.to_string()));
    }
    pairs.extend(load.pace.changed().map(|(act, us)| (act.key().to_owned(), ms(us))));
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
        assert_eq!(read(&pairs(&load)), (load, vec![]));
        assert_eq!(pairs(&Load::default()), []);
    }

    #[test]
    fn what_cannot_be_is_left_out_and_named() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let (load, problems) = read(&[
            pair("wrok", "1"),
            pair("work", "-1"),
            pair("bytes", "0"),
            pair("session.timeout.ms", "5"),
        ]);
        assert_eq!(load, Load::default());
        assert_eq!(problems.len(), 4);
        assert!(problems[0].contains("perhaps work"), "{problems:?}");
    }
}
