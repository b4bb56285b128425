//! Layout pass: the x of each lifeline. Gaps are as wide as their labels want; if that does not
//! fit, the available width is shared.

use super::metric::{BAR, BESIDE, EDGE, ICON, ICON_GAP, LOOP, PILL_CLEAR, PILL_PAD, PILL_TOKEN};
use super::text_wrap::Size;
use crate::diagram::ir::{Diagram, Item, Row};
use crate::diagram::metrics::{self, Face};

/// The x of each lifeline in px, ascending.
#[derive(Clone, Debug)]
pub struct Columns {
    pub xs: Vec<i32>,
    /// Width of the picture, in px.
    pub width: i32,
}

impl Columns {
    pub fn len(&self) -> usize {
        self.xs.len()
    }

    /// Returns the distance from `at` to its right neighbor, or to the edge of the picture.
    pub fn right_of(&self, at: usize) -> i32 {
        match self.xs.get(at + 1) {
            Some(next) => next - self.xs[at],
            None => self.width - EDGE - self.xs[at] + BAR + BESIDE,
        }
    }

    /// Returns the distance from `at` to its left neighbor, or to the edge of the picture.
    pub fn left_of(&self, at: usize) -> i32 {
        match at.checked_sub(1) {
            Some(previous) => self.xs[at] - self.xs[previous],
            None => self.xs[at] - EDGE + BAR + BESIDE,
        }
    }
}

/// Maximum width of a gap.
const WIDEST: i32 = 300;
/// Minimum preferred width of a gap, and the maximum that its labels can ask for.
const WANTS: (i32, i32) = (110, 250);
/// Preferred width of an empty gap when space is short.
const LEAST_WANT: i32 = 60;
/// Maximum space kept free to the right of the last lifeline for labels beside it.
const RIGHT_MARGIN: i32 = 150;
/// Space that a short pill needs beside the last lifeline; kept free if the width allows it.
const PILL_MARGIN: i32 = 96;
/// Minimum share of the width per lifeline for which [`PILL_MARGIN`] is kept free.
const LEAST_SHARE: i32 = 88;

/// Preferred widths: left of the first lifeline, between neighbors, and right of the last.
struct Wants {
    left: i32,
    gaps: Vec<i32>,
    /// Preferred widths of the gaps for the labels alone, without the headers: these go on several
    /// tiers before they take space from the labels.
    words: Vec<i32>,
    right: i32,
    /// Minimum space for the shapes to the right of the last lifeline.
    least_right: i32,
    /// Minimum width of each gap, so that a pill covers no lifeline but its own.
    least_gaps: Vec<i32>,
    /// Widths that let the headers fit side by side.
    heads: Vec<i32>,
}

/// Places the lifelines for a picture of `width` px.
pub fn stand(diagram: &Diagram, rows: &[&Row], sizes: &[Size], width: i32) -> Columns {
    let n = diagram.lifelines.len();
    if n == 0 {
        return Columns { xs: Vec::new(), width };
    }
    let wants = wants(diagram, rows, sizes);
    let total = wants.left + wants.gaps.iter().sum::<i32>() + wants.right;
    let xs = if total <= width { spread(&wants, width - total) } else { squeeze(&wants, width) };
    Columns { xs, width }
}

/// Computes the space that headers, labels, notes and pills prefer.
fn wants(diagram: &Diagram, rows: &[&Row], sizes: &[Size]) -> Wants {
    let n = diagram.lifelines.len();
    let halves: Vec<i32> = diagram
        .lifelines
        .iter()
        .map(|life| {
            let name = metrics::width(&life.name, Face::Name);
            let detail = metrics::width(&life.detail, Face::Detail);
            (name.max(detail) + 24).clamp(100, 170) / 2
        })
        .collect();
    let mut gaps: Vec<i32> =
        halves.windows(2).map(|pair| (pair[0] + pair[1] + 10).max(WANTS.0)).collect();
    let mut words = vec![LEAST_WANT; gaps.len()];
    let mut right = halves[n - 1] + EDGE;
    let mut want = |gap: usize, room: i32| {
        if let Some(width) = gaps.get_mut(gap) {
            *width = (*width).max(room.min(WANTS.1));
            words[gap] = words[gap].max(room.min(WANTS.1));
        } else {
            right = right.max(room.min(RIGHT_MARGIN));
        }
    };
    for (row, size) in rows.iter().zip(sizes) {
        let text = size.label.max(size.detail);
        match row.item {
            Item::Send { from, to, .. } | Item::Call { from, to, .. }
                // A longer arrow has enough space.
                if from.abs_diff(to) == 1 =>
            {
                want(from.min(to).into(), text + 2 * (BAR + BESIDE) + 12);
            }
            Item::Mark { at, .. } | Item::Crash { at, .. } | Item::Restart { at, .. } => {
                want(at.into(), text + ICON + ICON_GAP + 2 * (BAR + BESIDE));
            }
            Item::Stamp { at, .. } => {
                let pill = size.label + 2 * PILL_PAD + PILL_TOKEN;
                want(at.into(), pill + 2 * (BAR + BESIDE));
            }
            _ => {}
        }
    }
    let calls_itself = |row: &&Row| match row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } => {
            from == to && usize::from(from) + 1 == n
        }
        _ => false,
    };
    let least_right = if rows.iter().any(calls_itself) { BAR + LOOP + EDGE } else { 0 };
    let mut wants = Wants {
        left: halves[0] + EDGE,
        least_gaps: vec![0; gaps.len()],
        gaps,
        words,
        heads: halves.windows(2).map(|pair| pair[0] + pair[1] + 2).collect(),
        right,
        least_right,
    };
    for (row, size) in rows.iter().zip(sizes) {
        if let Item::Stamp { at, .. } = row.item {
            wants.stamp(at.into(), size.label + 2 * PILL_PAD + PILL_TOKEN);
        }
    }
    wants
}

impl Wants {
    /// Reserves half the width of a pill on either side of lifeline `at`.
    fn stamp(&mut self, at: usize, pill: i32) {
        let half = pill / 2 + 1;
        let clear = half + BAR + PILL_CLEAR;
        for gap in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            if let Some(least) = self.least_gaps.get_mut(gap) {
                *least = (*least).max(clear);
            }
        }
        if at == self.gaps.len() {
            self.least_right = self.least_right.max(half + EDGE);
        }
    }
}

/// Grants all preferred widths, distributes the surplus, then centers the result.
fn spread(wants: &Wants, surplus: i32) -> Vec<i32> {
    let n = i32::try_from(wants.gaps.len()).unwrap_or(i32::MAX).max(1);
    let each = surplus * 3 / 4 / n;
    let gaps: Vec<i32> = wants.gaps.iter().map(|gap| (gap + each).min(WIDEST.max(*gap))).collect();
    let used = wants.left + gaps.iter().sum::<i32>() + wants.right;
    let slack = wants.left + wants.right + (surplus - (used - total(wants)));
    // The margins share the rest so that the drawing is centered, but never shrink below their
    // preferred width.
    let left = (slack / 2).clamp(wants.left, slack - wants.right);
    run(left, &gaps)
}

fn total(wants: &Wants) -> i32 {
    wants.left + wants.gaps.iter().sum::<i32>() + wants.right
}

/// Shares out a width that is too small. Each gap gets the mean of an equal share and a share
/// proportional to its preferred width.
fn squeeze(wants: &Wants, width: i32) -> Vec<i32> {
    let n = i32::try_from(wants.gaps.len() + 1).unwrap_or(i32::MAX);
    let share = width / n;
    let left = wants.left.min(share / 2);
    let right = if share >= LEAST_SHARE {
        wants.right.min(PILL_MARGIN.max(share / 2))
    } else {
        wants.right.min(share / 2)
    };
    let right = right.max(wants.least_right);
    if wants.gaps.is_empty() {
        return vec![left.max(width / 3)];
    }
    let room = width - left - right;
    let wanted: i32 = wants.words.iter().sum();
    let gaps: Vec<i32> =
        wants.words.iter().map(|gap| (room / (n - 1) + gap * room / wanted) / 2).collect();
    // Fit the headers in one row if that is possible at all, and the pills in any case.
    let heads: Vec<i32> =
        wants.least_gaps.iter().zip(&wants.heads).map(|(a, b)| *a.max(b)).collect();
    let least = if heads.iter().sum::<i32>() <= room { &heads } else { &wants.least_gaps };
    run(left, &raise(gaps, least))
}

/// Widens gaps that are below their minimum at the expense of those above theirs. Leaves all gaps
/// unchanged if that does not suffice.
fn raise(gaps: Vec<i32>, least: &[i32]) -> Vec<i32> {
    let each = || gaps.iter().zip(least);
    let lack: i32 = each().map(|(gap, least)| (least - gap).max(0)).sum();
    let spare: i32 = each().map(|(gap, least)| (gap - least).max(0)).sum();
    if lack == 0 || spare < lack {
        return gaps;
    }
    // Rounded up, so that the space taken covers the space given.
    let taken = |gap: i32, least: i32| ((gap - least).max(0) * lack + spare - 1) / spare;
    each().map(|(&gap, &least)| gap.max(least) - taken(gap, least)).collect()
}

/// Returns the x of each lifeline, the first at `left`.
fn run(left: i32, gaps: &[i32]) -> Vec<i32> {
    let mut x = left;
    let mut xs = vec![x];
    for gap in gaps {
        x += gap;
        xs.push(x);
    }
    xs
}
