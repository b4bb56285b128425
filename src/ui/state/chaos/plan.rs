//! The text form of a plan of random runs: `lose-ack` is `1%`, `time-work` is `20ms`.

use crate::simulate::{FaultRate, FaultRates, LatencyModel, Operation, Plan};

/// The prefix of the names of durations.
const TIME: &str = "time-";

/// A parameter of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Seed,
    Runs,
    Messages,
    Rate(FaultRate),
    Time(Operation),
}

impl Part {
    /// Returns the parameter with this name, if there is one.
    pub fn from_key(key: &str) -> Option<Part> {
        match key {
            "seed" => Some(Part::Seed),
            "runs" => Some(Part::Runs),
            "messages" => Some(Part::Messages),
            _ => match key.strip_prefix(TIME) {
                Some(act) => Operation::from_key(act).map(Part::Time),
                None => FaultRate::with_chances().find(|h| h.key() == key).map(Part::Rate),
            },
        }
    }

    /// Returns the name, as in addresses.
    pub fn key(self) -> String {
        match self {
            Part::Seed => "seed".to_owned(),
            Part::Runs => "runs".to_owned(),
            Part::Messages => "messages".to_owned(),
            Part::Rate(hazard) => hazard.key().to_owned(),
            Part::Time(act) => format!("{TIME}{}", act.key()),
        }
    }

    /// Returns the value in a plan, as a user types it.
    pub fn of(self, plan: &Plan) -> String {
        match self {
            Part::Seed => plan.seed.to_string(),
            Part::Runs => plan.runs.to_string(),
            Part::Messages => plan.messages.to_string(),
            Part::Rate(hazard) => percent(plan.rates.of(hazard)),
            Part::Time(act) => exact_time(plan.pace.of(act)),
        }
    }

    /// Sets the value in a plan.
    ///
    /// # Errors
    /// Returns the problem, and how to write the value.
    pub fn set(self, plan: &mut Plan, text: &str) -> Result<(), String> {
        match self {
            Part::Seed => {
                // A limit of twenty digits would not help anyone.
                let wrong = |_| "use a whole number below 2^64, as in 42".to_owned();
                plan.seed = number(text, 0, u64::MAX).map_err(wrong)?;
            }
            Part::Runs => plan.runs = number(text, 1, Plan::MOST_RUNS)?,
            Part::Messages => plan.messages = number(text, 1, 4)? as u8,
            Part::Rate(hazard) => plan.rates.set(hazard, read_percent(text)?),
            Part::Time(act) => plan.pace.set(act, read_time(text)?),
        }
        Ok(())
    }
}

/// Returns the differences from the default plan, for an address; the seed is always included.
pub fn pairs(plan: &Plan) -> Vec<(String, String)> {
    let usual = Plan::usual(plan.seed);
    let rates = FaultRate::with_chances().map(Part::Rate);
    let parts = [Part::Runs, Part::Messages].into_iter().chain(rates);
    let differs = |part: &Part| part.of(plan) != part.of(&usual);
    let changed = plan.pace.changed().map(|(act, _)| Part::Time(act));
    let all = [Part::Seed].into_iter().chain(parts.filter(differs)).chain(changed);
    // A space in an address is hard to read.
    all.map(|part| (part.key(), part.of(plan).replace(' ', "").replace('µ', "u"))).collect()
}

/// Parses the plan in an address. Invalid parameters are skipped, with a sentence for each.
pub fn read(pairs: &[(String, String)], seed: u64, problems: &mut Vec<String>) -> Plan {
    let mut plan = Plan::usual(seed);
    for (key, text) in pairs {
        let Some(part) = Part::from_key(key) else { continue };
        if let Err(problem) = part.set(&mut plan, text) {
            problems.push(format!("Invalid setting in the link: {key}={text}: {problem}."));
        }
    }
    plan
}

/// Resets the rates and durations of a plan to their defaults.
pub fn usual(plan: &Plan) -> Plan {
    let Plan { rates, .. } = Plan::usual(plan.seed);
    Plan { rates, pace: LatencyModel::default(), ..plan.clone() }
}

/// Returns the plan without any faults.
pub fn calm(plan: &Plan) -> Plan {
    Plan { rates: FaultRates::default(), ..plan.clone() }
}

fn number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '_')).collect();
    let whole = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let n = digits.parse().ok().filter(|n| whole && (least..=most).contains(n));
    n.ok_or_else(|| format!("use a whole number from {least} to {most}"))
}

/// Formats parts per million as a percentage: "0.2%".
pub fn percent(ppm: u32) -> String {
    format!("{}%", decimal(u64::from(ppm), 4))
}

fn read_percent(text: &str) -> Result<u32, String> {
    let wrong = || "use a percentage from 0 to 100, as in 0.5%".to_owned();
    let digits = text.trim().trim_end_matches('%').trim_end();
    let value: f64 = digits.parse().map_err(|_| wrong())?;
    if !(0.0..=100.0).contains(&value) {
        return Err(wrong());
    }
    Ok((value * 10_000.0).round() as u32)
}

const SECOND: u64 = 1_000_000;
const UNITS: [(&str, u64); 7] = [
    ("d", 86_400 * SECOND),
    ("h", 3_600 * SECOND),
    ("min", 60 * SECOND),
    ("s", SECOND),
    ("ms", 1_000),
    ("µs", 1),
    ("us", 1),
];

/// Formats a duration in microseconds exactly: "5.9 ms", "30 s", "7 d".
pub fn exact_time(us: u64) -> String {
    for (unit, length) in UNITS {
        match unit {
            "d" | "h" | "min" if us >= length && us.is_multiple_of(length) => {
                return format!("{} {unit}", us / length);
            }
            "s" if us >= length => return format!("{} s", decimal(us, 6)),
            "ms" if us >= length || us == 0 => return format!("{} ms", decimal(us, 3)),
            _ => {}
        }
    }
    format!("{us} µs")
}

fn read_time(text: &str) -> Result<u64, String> {
    let wrong = || "use a time up to a year, as in 20 ms, 1.5 s or 5 min".to_owned();
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let value: f64 = digits.parse().map_err(|_| wrong())?;
    let unit = match unit.trim() {
        "" => "ms",
        unit => unit,
    };
    let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    let us = (value * *length as f64).round();
    if us > LatencyModel::MOST_US as f64 { Err(wrong()) } else { Ok(us as u64) }
}

/// Formats `n` with a decimal point before its last `digits` digits: 1500 with 3 is "1.5".
fn decimal(n: u64, digits: u32) -> String {
    let one = 10u64.pow(digits);
    let (whole, rest) = (n / one, n % one);
    let text = format!("{whole}.{rest:0width$}", width = digits as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for &act in Operation::ALL {
            assert_eq!(read_time(&exact_time(act.usual_us())), Ok(act.usual_us()), "{act:?}");
        }
        for us in [0, 1, 999, 1_000, 5_900, 1_500_000, 61_000_001, LatencyModel::MOST_US] {
            assert_eq!(read_time(&exact_time(us)), Ok(us), "{us}: {}", exact_time(us));
        }
        for ppm in [0, 1, 2_000, 10_000, 123_456, 1_000_000] {
            assert_eq!(read_percent(&percent(ppm)), Ok(ppm), "{}", percent(ppm));
        }
        let keys = FaultRate::with_chances().map(Part::Rate);
        let times = Operation::ALL.iter().map(|&act| Part::Time(act));
        for part in [Part::Seed, Part::Runs, Part::Messages].into_iter().chain(keys).chain(times) {
            assert_eq!(Part::from_key(&part.key()), Some(part));
        }
    }

    #[test]
    fn a_plan_survives_its_address() {
        let mut plan = Plan { runs: 1_000, messages: 3, ..Plan::usual(42) };
        plan.rates.set(FaultRate::LoseAck, 15_000);
        plan.rates.set(FaultRate::CrashBroker, 0);
        plan.rates.set(FaultRate::Late, 1);
        plan.pace.set(Operation::Work, 20_000);
        plan.pace.set(Operation::Line, 7);
        let mut problems = Vec::new();
        assert_eq!(read(&pairs(&plan), 0, &mut problems), plan);
        assert_eq!(problems, [""; 0]);
        assert_eq!(pairs(&Plan::usual(7)), [("seed".to_owned(), "7".to_owned())]);
    }

    #[test]
    fn what_cannot_be_is_named_with_a_remedy() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let asked = [
            pair("runs", "0"),
            pair("messages", "9"),
            pair("lose-ack", "200%"),
            pair("late", "NaN"),
            pair("time-work", "-1ms"),
            pair("time-gap", "3 parsecs"),
            pair("seed", "-3"),
        ];
        let mut problems = Vec::new();
        assert_eq!(read(&asked, 5, &mut problems), Plan::usual(5));
        assert_eq!(problems.len(), asked.len());
        assert!(problems[0].contains("runs=0: use a whole number from 1 to"), "{}", problems[0]);
        assert!(problems[2].contains("as in 0.5%"), "{}", problems[2]);
        assert!(problems[5].contains("as in 20 ms"), "{}", problems[5]);
    }
}
