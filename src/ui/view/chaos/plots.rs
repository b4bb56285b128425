//! Plots, as SVG that fills its container: lengths are percentages, so that the text keeps its
//! size. A table next to each plot has the same data.

use yew::prelude::*;

use crate::simulate::{Latency, Proportion};
use crate::text::rough;
use crate::ui::state::chaos::plan::exact_time;

/// Maps a fraction to a position, in percent of the width. The scale is linear below 0.1 per ten
/// thousand and logarithmic above, so that zero has a position too.
fn place(part: f64) -> f64 {
    let length = |n: f64| (1.0 + n / 0.1).log10();
    let inset = 2.0;
    inset + length(part * 1e4) / length(1e4) * (100.0 - 2.0 * inset)
}

const MARKS: [f64; 6] = [0.0, 1.0, 10.0, 100.0, 1_000.0, 10_000.0];

fn percent(x: f64) -> String {
    format!("{x:.2}%")
}

/// Renders the axis of the dot plots.
pub fn scale() -> Html {
    html! {
        <svg class="scale" height="18" aria-hidden="true">
            { for MARKS.iter().enumerate().map(|(i, &n)| {
                let class = match i {
                    0 => "start",
                    5 => "end",
                    _ => "middle",
                };
                let x = match i {
                    0 => 0.0,
                    5 => 100.0,
                    _ => place(n / 1e4),
                };
                html! { <text {class} x={percent(x)} y="13">{ rough(n) }</text> }
            }) }
        </svg>
    }
}

/// Renders a proportion as a dot, with its confidence interval as a line.
pub fn dot(share: Proportion, tone: &'static str) -> Html {
    html! {
        <svg class={classes!("dot", tone)} height="26" aria-hidden="true">
            { for MARKS.iter().map(|&n| {
                let x = percent(place(n / 1e4));
                html! { <line class="mark" x1={x.clone()} x2={x} y1="0" y2="100%" /> }
            }) }
            <line class="interval" x1={percent(place(share.low))} x2={percent(place(share.high))} y1="13" y2="13" />
            <circle cx={percent(place(share.part))} cy="13" r="4.5" />
        </svg>
    }
}

/// A latency distribution, and its CSS class.
pub struct Line<'a> {
    pub class: &'static str,
    pub times: &'a Latency,
}

/// The possible tick marks in microseconds: powers of ten, then units of time.
const CLOCK: [u64; 13] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    60_000_000,
    600_000_000,
    3_600_000_000,
    86_400_000_000,
    864_000_000_000,
];

/// The tick marks for fractions of the messages: each a tenth of the one before.
const PARTS: [&str; 5] = ["all", "1 in 10", "1 in 100", "1 in 1,000", "1 in 10,000"];

/// Renders for each duration the fraction of messages that took longer (the complementary
/// cumulative distribution), both on logarithmic scales: rare and slow messages are as visible as
/// common ones.
pub fn longer(lines: &[Line]) -> Html {
    let all = || lines.iter().flat_map(|line| line.times.times());
    let (Some(least), Some(most)) = (all().map(|t| t.0).min(), all().map(|t| t.0).max()) else {
        return Html::default();
    };
    let marks = marks(least, most);
    // There are at least two.
    let ends = [marks[0], marks[marks.len() - 1]].map(|us| (us as f64).log10());
    let x = |us: u64| ((us.max(1) as f64).log10() - ends[0]) / (ends[1] - ends[0]);
    // If there are many, only every other one is labeled.
    let named = |i: usize| marks.len() <= 6 || i.is_multiple_of(2);
    html! {
        <svg class="longer" height="220" aria-hidden="true">
            <svg x="84" y="10" width="100%" height="170" class="inner">
                { for marks.iter().map(|&us| {
                    let at = percent(x(us) * 100.0);
                    html! { <line class="mark" x1={at.clone()} x2={at} y1="0" y2="100%" /> }
                }) }
                { for (0..PARTS.len()).map(|i| {
                    let at = format!("{}%", i * 25);
                    html! { <line class="mark" x1="0" x2="100%" y1={at.clone()} y2={at} /> }
                }) }
                <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%">
                    { for lines.iter().map(|line| html! {
                        <polyline class={line.class} points={points(line.times, x)} />
                    }) }
                </svg>
                { for marks.iter().enumerate().filter(|(i, _)| named(*i)).map(|(_, &us)| html! {
                    <text class="middle" x={percent(x(us) * 100.0)} y="190">{ exact_time(us) }</text>
                }) }
            </svg>
            { for PARTS.iter().enumerate().map(|(i, part)| html! {
                <text class="end" x="78" y={format!("{}", 14.0 + i as f64 * 42.5)}>{ *part }</text>
            }) }
        </svg>
    }
}

/// Returns the tick marks around this range; at least two.
fn marks(least: u64, most: u64) -> Vec<u64> {
    let last = CLOCK.len() - 1;
    let from = CLOCK.iter().rposition(|&us| us <= least).unwrap_or(0).min(last - 1);
    let to = CLOCK.iter().position(|&us| us >= most).unwrap_or(last).max(from + 1);
    CLOCK[from..=to].to_vec()
}

/// Returns the points of the step curve, in thousandths.
fn points(times: &Latency, x: impl Fn(u64) -> f64) -> String {
    let all = times.count();
    let down = |left: u64| {
        let powers = if left == 0 { f64::MAX } else { (all as f64 / left as f64).log10() };
        (powers / (PARTS.len() - 1) as f64).min(1.0) * 1000.0
    };
    let (mut left, mut last, mut points) = (all, 0.0, "0,0 ".to_owned());
    for (us, count) in times.times() {
        left = left.saturating_sub(count);
        // The plot ends at the last mark.
        let at = x(us).min(1.0) * 1000.0;
        let y = down(left);
        points += &format!("{at:.1},{last:.1} {at:.1},{y:.1} ");
        last = y;
        if y >= 1000.0 {
            break;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_and_all_have_a_place() {
        assert_eq!((place(0.0), place(1.0)), (2.0, 98.0));
        let places: Vec<f64> = MARKS.iter().map(|n| place(n / 1e4)).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 10.0), "{places:?}");
    }

    #[test]
    fn marks_stand_around_the_times() {
        assert_eq!(marks(5_500, 181_000_000).first(), Some(&1_000));
        assert_eq!(marks(5_500, 181_000_000).last(), Some(&600_000_000));
        assert_eq!(marks(1_000, 1_000), [1_000, 10_000]);
        assert_eq!(marks(1, 1), [1, 10]);
        assert_eq!(marks(u64::MAX, u64::MAX).len(), 2);
    }
}
