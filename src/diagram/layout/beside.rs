//! What stands beside a lifeline: words on the side and in the lines that read best, and pills.
//!
//! It looks at which lifelines are at work and which arrows are in flight, not at heights.

use super::blocks::{Block, Line, SHORT, Size, one_line, stacked};
use super::metric::{BAR, BESIDE, EDGE, PILL_CLEAR, PILL_PAD, PILL_TOKEN};
use super::words::{Ask, Plan, Side, Spot, words_of};
use crate::diagram::measure::{self, Face};

/// Words beside a lifeline, `reach` px from it, on the side and in the lines that read best.
pub fn beside(ask: &Ask, at: usize, reach: i32) -> Plan {
    let x = ask.columns.xs[at];
    let right = candidates(ask, at, reach, Side::Right);
    // The left side is a little further from the eye of who reads on from there.
    let left = || candidates(ask, at, reach, Side::Left).map(|(cost, block)| (cost + 2, block));
    let better = |a: (i32, Block), b: (i32, Block)| if b.0 < a.0 { b } else { a };
    let Some(a) = right.reduce(better) else {
        return Plan { block: Block::default(), spot: Spot::Nowhere };
    };
    let b = if a.0 > 2 { left().reduce(better) } else { None };
    match b {
        Some(b) if b.0 < a.0 => {
            Plan { block: b.1, spot: Spot::Beside { x: x - reach, side: Side::Left } }
        }
        _ => Plan { block: a.1, spot: Spot::Beside { x: x + reach, side: Side::Right } },
    }
}

/// The ways to break a row's words on one side of lifeline `at`, each with what speaks against it.
fn candidates<'a>(
    ask: &'a Ask,
    at: usize,
    reach: i32,
    side: Side,
) -> impl Iterator<Item = (i32, Block)> + 'a {
    let (columns, size) = (ask.columns, ask.size);
    let (label, detail) = words_of(&ask.row.item);
    let x = columns.xs[at];
    let (gap, wide) = match side {
        Side::Right => (columns.right_of(at), columns.width - EDGE - x - reach),
        Side::Left => (columns.left_of(at), x - EDGE - reach),
    };
    let snug = gap - BAR - BESIDE - reach;
    let whole = size.label.max(size.detail);
    let wrapped = whole * 11 / 20;
    let rooms = [snug, wrapped, wrapped * 6 / 5, wrapped * 3 / 2];
    let wraps = rooms.into_iter().filter(move |&room| room > 0 && room < whole && room <= wide);
    let inline = one_line(label, detail, size);
    let stacked_lines = stacked(label, detail, whole, 1);
    let most = stacked(label, detail, wide.max(Face::Label.size()), 4);
    [(inline, false), stacked_lines]
        .into_iter()
        .filter(move |(block, _)| block.width <= wide)
        .chain(wraps.map(move |room| stacked(label, detail, room, 2)).filter(|(_, rough)| !rough))
        .chain([most])
        .map(move |(block, rough)| {
            let cost = breaking(&block, size, rough)
                + crossing(ask, at, reach + block.width, side)
                + traffic(ask, at, side);
            (cost, block)
        })
}

/// What speaks against breaking words into these lines. A few short words in two lines look
/// forlorn; more than two lines are a column of single words.
fn breaking(block: &Block, size: Size, rough: bool) -> i32 {
    let labels = block.lines.iter().filter(|line| line.face == Face::Label).count();
    let broken = match labels {
        0 | 1 => 0,
        2 if size.label > SHORT => 2,
        2 => 5,
        n => 5 + 2 * i32::try_from(n).unwrap_or(9),
    };
    broken + if rough { 30 } else { 0 }
}

/// What speaks against words that reach so far from a lifeline: the lifelines that they cross.
fn crossing(ask: &Ask, at: usize, reach: i32, side: Side) -> i32 {
    let xs = &ask.columns.xs;
    let own = xs[at];
    let crossed = |&(i, &x): &(usize, &i32)| match side {
        Side::Right => i > at && x - BAR < own + reach + 2,
        Side::Left => i < at && x + BAR > own - reach - 2,
    };
    let cost = |(i, _): (usize, &i32)| if ask.thick[i] { 6 } else { 2 };
    xs.iter().enumerate().filter(crossed).map(cost).sum()
}

/// What speaks against a side: arrows in flight there, or one that ends here.
fn traffic(ask: &Ask, at: usize, side: Side) -> i32 {
    let gap = if side == Side::Right { Some(at) } else { at.checked_sub(1) };
    let flying = gap.map_or(0, |gap| ask.busy[gap]);
    let ends_here = ask.arrival == Some((at, side));
    6 * flying.min(3) + 2 * i32::from(ends_here)
}

/// The pill of an effect: to the right of its lifeline, else across it. It never covers another
/// lifeline, where it would seem to belong to somebody else.
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
    let want = ask.size.label + around;
    // A long one goes over the neighbours rather than lose its words.
    let most = if want <= high - low { high - low } else { columns.width - 2 * EDGE };
    let text = measure::ellipsis(label, Face::Pill, most - around);
    let title = (text != label).then(|| label.to_owned());
    let words = measure::width(&text, Face::Pill);
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
