//! Layout of labels beside a lifeline: picks the side and the line breaks with the lowest cost, and
//! places pills.
//!
//! It considers which lifelines are active and which arrows are in flight, not heights.

use super::labels::{Ask, Plan, Side, Spot, State, words_of};
use super::metric::{BAR, BESIDE, EDGE, PILL_CLEAR, PILL_PAD, PILL_TOKEN};
use super::text_wrap::{Block, Line, SHORT, Texts, Way};
use crate::diagram::metrics::{self, Face};

/// Plans a label beside a lifeline, `reach` px from it, on the best side and with the best line
/// breaks.
pub fn beside(ask: &Ask, at: usize, reach: i32) -> Plan {
    aside(ask, at, reach).1
}

/// Like [`beside`], but for the label of an icon. It may go across its own lifeline, below the
/// icon, if it would interrupt the bar of another lifeline on either side.
pub fn beside_or_across(ask: &Ask, at: usize, reach: i32) -> Plan {
    let (cost, plan) = aside(ask, at, reach);
    match across(ask, at) {
        Some((less, across)) if less < cost => across,
        _ => plan,
    }
}

/// Returns the best plan beside a lifeline, and its cost.
fn aside(ask: &Ask, at: usize, reach: i32) -> (i32, Plan) {
    // The left side is slightly worse: it is further from where the reader continues.
    const LEFT: i32 = 2;
    let x = ask.columns.xs[at];
    let right = best(ask, at, reach, Side::Right);
    let left = (right.0 > LEFT).then(|| best(ask, at, reach, Side::Left));
    match left {
        Some((cost, way)) if cost + LEFT < right.0 => {
            let spot = Spot::Beside { x: x - reach, side: Side::Left };
            (cost + LEFT, Plan { block: ask.texts.block(&way), spot })
        }
        _ => {
            let spot = Spot::Beside { x: x + reach, side: Side::Right };
            (right.0, Plan { block: ask.texts.block(&right.1), spot })
        }
    }
}

/// Returns the best plan across lifeline `at`, and its cost; `None` if a bar is in the way.
fn across(ask: &Ask, at: usize) -> Option<(i32, Plan)> {
    // It takes more height.
    const ACROSS: i32 = 2;
    let (columns, texts) = (ask.columns, &ask.texts);
    let x = columns.xs[at];
    let judge = |way: Way| {
        let width = texts.width(&way);
        let left = (x - width / 2).min(columns.width - EDGE - width).max(EDGE);
        let right = left + width;
        let meets = |(_, life): &(usize, &i32)| left - 2 < **life + BAR && **life - BAR < right + 2;
        let met = || columns.xs.iter().enumerate().filter(meets).map(|(i, _)| ask.states[i]);
        let free = !way.is_rough() && left < x && x < right && right <= columns.width - EDGE;
        let flying = traffic(ask, at, Side::Left) + traffic(ask, at, Side::Right);
        let cost = ACROSS + breaking(texts, &way) + met().map(break_in).sum::<i32>() + flying;
        let spot = Spot::Across { x: (left + right) / 2 };
        (free && !met().any(State::is_thick)).then_some((cost, way, spot))
    };
    let whole = texts.size.label.max(texts.size.detail);
    let two = [11, 13, 16].map(|part| texts.stacked(whole * part / 20, 2));
    let ways = [Way::Line].into_iter().chain(two);
    let (cost, way, spot) = ways.filter_map(judge).min_by_key(|way| way.0)?;
    Some((cost, Plan { block: texts.block(&way), spot }))
}

/// Returns the best way to wrap a row's label on one side of lifeline `at`, and its cost.
fn best(ask: &Ask, at: usize, reach: i32, side: Side) -> (i32, Way) {
    // More than any other cost: the label would leave the picture.
    const OUTSIDE: i32 = 1000;
    let (columns, texts) = (ask.columns, &ask.texts);
    let x = columns.xs[at];
    let wide = match side {
        Side::Right => columns.width - EDGE - x - reach,
        Side::Left => x - EDGE - reach,
    };
    let judge = |way: Way| {
        let width = texts.width(&way);
        let crossed = crossing(ask, at, reach + width, side);
        let outside = if width > wide { OUTSIDE } else { 0 };
        (breaking(texts, &way) + crossed + traffic(ask, at, side) + outside, way)
    };
    let mut best = if texts.inline() <= wide {
        let line = judge(Way::Line);
        // Nothing is better than one line that crosses no lifeline.
        if crossing(ask, at, reach + texts.inline(), side) == 0 {
            return line;
        }
        line
    } else {
        judge(texts.stacked(wide.max(Face::Label.size()), 4))
    };
    let gap = if side == Side::Right { columns.right_of(at) } else { columns.left_of(at) };
    let whole = texts.size.label.max(texts.size.detail);
    let wrapped = whole * 11 / 20;
    let rooms = [
        (whole, 1),
        (gap - BAR - BESIDE - reach, 2),
        (wrapped, 2),
        (wrapped * 6 / 5, 2),
        (wrapped * 3 / 2, 2),
    ];
    for (room, lines) in rooms {
        if room > 0 && room <= whole.min(wide) {
            let next = judge(texts.stacked(room, lines));
            if !next.1.is_rough() && next.0 < best.0 {
                best = next;
            }
        }
    }
    best
}

/// Returns the cost of a way to wrap a label. A few short words look lost on two lines, and very
/// short ones more so; more than two lines look like a column of single words.
fn breaking(texts: &Texts, way: &Way) -> i32 {
    // The width of labels such as "m1 Ok" and "on disk".
    const TINY: i32 = 56;
    let width = texts.size.label;
    let broken = match texts.labels(way) {
        0 | 1 => 0,
        2 if width > SHORT => 2,
        2 if width > TINY => 5,
        2 => 7,
        n => 5 + 2 * i32::try_from(n).unwrap_or(9),
    };
    broken + if way.is_rough() { 30 } else { 0 }
}

/// Returns the cost of the lifelines that a label of this reach crosses.
fn crossing(ask: &Ask, at: usize, reach: i32, side: Side) -> i32 {
    let xs = &ask.columns.xs;
    let own = xs[at];
    let crossed = |&(i, &x): &(usize, &i32)| match side {
        Side::Right => i > at && x - BAR < own + reach + 2,
        Side::Left => i < at && x + BAR > own - reach - 2,
    };
    xs.iter().enumerate().filter(crossed).map(|(i, _)| break_in(ask.states[i])).sum()
}

/// Returns the cost of a label across a lifeline. A gap in a bar looks as if the activity had
/// paused there; in a downtime it matters less.
fn break_in(state: State) -> i32 {
    match state {
        State::Idle => 2,
        State::Down => 6,
        State::Working => 8,
    }
}

/// Returns the cost of the arrows on a side: those in flight there, and one that ends here.
fn traffic(ask: &Ask, at: usize, side: Side) -> i32 {
    let gap = if side == Side::Right { Some(at) } else { at.checked_sub(1) };
    let flying = gap.map_or(0, |gap| ask.busy[gap]);
    let ends_here = ask.arrival == Some((at, side));
    9 * flying.min(3) + 2 * i32::from(ends_here)
}

/// Plans the pill of an effect: to the right of its lifeline, else across it. It never covers
/// another lifeline, where it would seem to belong to another participant.
pub fn pill(ask: &Ask, at: usize) -> Plan {
    let columns = ask.columns;
    let x = columns.xs[at];
    let (label, _) = words_of(&ask.row.item);
    let around = 2 * PILL_PAD + if ask.row.msg.is_some() { PILL_TOKEN } else { 0 };
    let clear = BAR + PILL_CLEAR;
    let neighbour = |at: usize| columns.xs.get(at).copied();
    let low = at.checked_sub(1).and_then(neighbour).map_or(EDGE, |x| x + clear);
    let high = neighbour(at + 1).map_or(columns.width - EDGE, |x| x - clear);
    let beside = x + BAR + BESIDE;
    let want = ask.texts.size.label + around;
    // A long pill covers the neighboring lifelines rather than lose its text.
    let most = if want <= high - low { high - low } else { columns.width - 2 * EDGE };
    let text = metrics::ellipsis(label, Face::Pill, most - around);
    let title = (text != label).then(|| label.to_owned());
    let words = metrics::width(&text, Face::Pill);
    let width = words + around;
    let (left, side) = if beside + width <= high {
        (beside, Some(Side::Right))
    } else if width <= high - low {
        ((x - width / 2).clamp(low, high - width), None)
    } else {
        ((x - width / 2).clamp(EDGE, columns.width - EDGE - width), None)
    };
    let lines = vec![Line { text, rest: String::new(), face: Face::Pill }];
    let block = Block { lines, width: words, height: Face::Pill.line(), title };
    Plan { block, spot: Spot::Pill { left, right: left + width, side } }
}
