//! Wilson score interval of a proportion (Wilson, *Probable Inference, the Law of Succession, and
//! Statistical Inference*, 1927).

use serde::{Deserialize, Serialize};

/// A proportion from 0 to 1, with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// The observed proportion.
    pub part: f64,
    /// Lower bound of the interval.
    pub low: f64,
    /// Upper bound of the interval.
    pub high: f64,
}

/// Standard normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

impl Proportion {
    /// Returns the proportion of `count` in `all` independent trials, with its Wilson interval,
    /// which is also accurate for proportions near 0 or 1. Without trials, the interval is from 0
    /// to 1.
    pub fn of(count: u64, all: u64) -> Proportion {
        wilson(count as f64, all as f64)
    }

    /// Returns the proportion for messages that are clustered in runs of `size` and share their
    /// fate within each run. `count` is the sum over the runs, `squares` the sum of squares of the
    /// count per run. The sample is reduced to its effective size, that of independent messages
    /// with the same variance (the design effect of a cluster sample, Kish 1965).
    pub fn of_clusters(count: u64, squares: u64, runs: u64, size: u8) -> Proportion {
        let (n, k, m) = (runs as f64, count as f64, f64::from(size));
        let all = n * m;
        let part = k / all;
        let independent = part * (1.0 - part) / all;
        let variance = (squares as f64 - k * k / n) / (n * n * m * m);
        // With fewer than two runs, or identical ones, nothing is known about their variance.
        let effect = if independent > 0.0 { (variance / independent).max(1.0) } else { 1.0 };
        wilson(k / effect, all / effect)
    }

    /// Returns true if the value lies within the interval.
    pub fn covers(self, part: f64) -> bool {
        (self.low..=self.high).contains(&part)
    }
}

fn wilson(count: f64, all: f64) -> Proportion {
    if all <= 0.0 {
        return Proportion { part: 0.0, low: 0.0, high: 1.0 };
    }
    let part = count / all;
    let middle = (part + Z * Z / (2.0 * all)) / (1.0 + Z * Z / all);
    let half =
        Z / (1.0 + Z * Z / all) * (part * (1.0 - part) / all + Z * Z / (4.0 * all * all)).sqrt();
    let low = if count == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if count >= all { 1.0 } else { (middle + half).min(1.0) };
    Proportion { part, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-4
    }

    #[test]
    fn wilsons_interval_is_that_of_the_textbook() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (count, all, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let share = Proportion::of(count, all);
            assert!(near(share.low, low) && near(share.high, high), "{count}/{all}: {share:?}");
        }
        assert_eq!(Proportion::of(0, 0), Proportion { part: 0.0, low: 0.0, high: 1.0 });
        assert_eq!(Proportion::of(7, 7).high, 1.0);
    }

    #[test]
    fn messages_that_share_a_fate_tell_less() {
        // 100 of 1000 runs lost all four messages: as precise as 100 of 1000, not as 400 of 4000.
        let together = Proportion::of_clusters(400, 1600, 1000, 4);
        let alone = Proportion::of(100, 1000);
        assert!(near(together.low, alone.low) && near(together.high, alone.high), "{together:?}");
        // One message of four in each of 400 runs: at least as precise as independent messages.
        let spread = Proportion::of_clusters(400, 400, 1000, 4);
        assert_eq!(spread, Proportion::of(400, 4000));
    }
}
