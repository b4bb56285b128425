//! The results of random runs in words.

use crate::simulate::{Count, Proportion, Stats};
use crate::text::{rough, thousands};

/// The counts, in the order of interest to users.
pub const ASKED: [Count; 10] = [
    Count::LostSilently,
    Count::LostWithError,
    Count::Unknown,
    Count::StoredTwice,
    Count::HandledTwice,
    Count::AppliedTwice,
    Count::OutOfOrder,
    Count::DeadLettered,
    Count::NeverSent,
    Count::Unfinished,
];

/// Returns the definition of a count, as a sentence.
pub fn means(count: Count) -> &'static str {
    match count {
        Count::Once => "The message took effect exactly once, and the producer got no error.",
        Count::LostSilently => "The message had no effect, and the producer got no error.",
        Count::LostWithError => "The message had no effect, and the producer got an error.",
        Count::Unknown => "The producer got an error, but the message took effect.",
        Count::StoredTwice => "The broker stored the message more than once.",
        Count::HandledTwice => "The message was processed more than once.",
        Count::AppliedTwice => {
            "The message took effect more than once: a customer is charged twice."
        }
        Count::OutOfOrder => "A later message took effect before an earlier one.",
        Count::DeadLettered => {
            "The broker gave up delivering the message and moved it to the dead-letter queue."
        }
        Count::NeverSent => "The producer crashed before it sent the message.",
        Count::Unfinished => {
            "Something was still in progress after 500 steps; such a run is counted nowhere else."
        }
    }
}

/// Formats a fraction as a number per ten thousand: "12.3".
pub fn per_ten_thousand(part: f64) -> String {
    match part * 1e4 {
        many if many > 0.0 && many < 0.005 => "< 0.01".to_owned(),
        many => rough(many),
    }
}

/// Formats the confidence interval of a proportion, per ten thousand: "11.8 to 12.9".
pub fn interval(share: Proportion) -> String {
    format!("{} to {}", per_ten_thousand(share.low), per_ten_thousand(share.high))
}

/// Returns the headline of the results.
pub fn headline(stats: &Stats) -> String {
    let all = stats.messages();
    let once = stats.count(Count::Once);
    let all_words = thousands(all as usize);
    match all - once.min(all) {
        0 => format!("All {all_words} messages took effect exactly once, with no error."),
        other => format!(
            "{} of {all_words} messages took effect exactly once, with no error. Anomalies: {}.",
            thousands(once as usize),
            thousands(other as usize)
        ),
    }
}

/// Lists the counts that are zero in one sentence; `None` if there are none.
pub fn never(stats: &Stats) -> Option<String> {
    let zero = |count: &Count| stats.count(*count) == 0 && *count != Count::Unfinished;
    let names: Vec<String> =
        ASKED.into_iter().filter(zero).map(|count| crate::text::clause(count.label())).collect();
    let (last, first) = names.split_last()?;
    let list = match first {
        [] => last.clone(),
        first => format!("{}, or {last}", first.join("; ").replace("; ", ", ")),
    };
    Some(format!("Not seen in {} runs: {list}.", thousands(stats.runs as usize)))
}

/// Returns the upper confidence bound for an outcome that was never seen, per ten thousand
/// messages.
pub fn at_most(stats: &Stats) -> String {
    per_ten_thousand(Proportion::of(0, stats.messages()).high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_of_ten_thousand() {
        assert_eq!(per_ten_thousand(0.0), "0");
        assert_eq!(per_ten_thousand(1e-8), "< 0.01");
        assert_eq!(per_ten_thousand(0.001234), "12.3");
        assert_eq!(per_ten_thousand(0.5), "5,000");
        assert_eq!(interval(Proportion { part: 0.1, low: 0.05, high: 0.2 }), "500 to 2,000");
    }

    #[test]
    fn every_count_is_asked_for_but_the_good_one() {
        for &count in Count::ALL {
            assert_eq!(ASKED.contains(&count), count != Count::Once);
            assert!(means(count).ends_with('.'));
        }
    }
}
