//! How each row's words are broken into lines, and on which side of what they go.
//!
//! It decides on sizes and sides, so that [`super::stack`] can give every row its height. Where a
//! label may move sideways, [`super::place`] moves it.

use super::columns::Columns;
use super::flights::Flights;
use super::metric::{
    BAR, BESIDE, BURST, EDGE, ICON, ICON_GAP, LABEL_GAP, LOOP, LOST, PILL_PAD, PILL_TOKEN,
};
use crate::diagram::ir::{Icon, Item, Row};
use crate::diagram::measure::{self, Face};
use crate::diagram::picture::REST_GAP;

/// The widths of a row's words on one line, in px.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    pub label: i32,
    pub detail: i32,
}

/// Lines of text as a block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub lines: Vec<Line>,
    /// Of the widest line, in px.
    pub width: i32,
    /// In px.
    pub height: i32,
    /// All the words, when the lines leave some out.
    pub title: Option<String>,
}

/// A line of a [`Block`].
#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// Quieter words on the same line; may be empty.
    pub rest: String,
    pub face: Face,
}

/// A side of a lifeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// Where a row's words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// There are none.
    Nowhere,
    /// Above an arrow, anywhere along it.
    Above,
    /// Below the ✕ of a lost arrow.
    Below { x: i32 },
    /// Beside something, starting (or, to the left, ending) at `x`.
    Beside { x: i32, side: Side },
    /// Within a pill that starts (or ends) at `x`.
    Pill { x: i32, side: Side },
}

/// A row's words with their place, as far as it is settled before the heights are.
#[derive(Clone, Debug)]
pub struct Plan {
    pub block: Block,
    pub spot: Spot,
}

impl Plan {
    /// On which side of its lifeline the row stands, if it stands on one side.
    pub fn side(&self) -> Option<Side> {
        match self.spot {
            Spot::Beside { side, .. } | Spot::Pill { side, .. } => Some(side),
            _ => None,
        }
    }
}

/// Measures the words of each row, once.
pub fn measure(rows: &[&Row]) -> Vec<Size> {
    rows.iter()
        .map(|row| {
            let (label, detail) = words_of(&row.item);
            let face =
                if matches!(row.item, Item::Stamp { .. }) { Face::Pill } else { Face::Label };
            Size {
                label: measure::width(label, face),
                detail: measure::width(detail, Face::Detail),
            }
        })
        .collect()
}

/// Label and detail; empty where there is none.
fn words_of(item: &Item) -> (&str, &str) {
    match item {
        Item::Send { label, detail, .. }
        | Item::Call { label, detail, .. }
        | Item::Mark { label, detail, .. } => (label, detail),
        Item::Lose { label, .. }
        | Item::Stamp { label, .. }
        | Item::Crash { label, .. }
        | Item::Restart { label, .. } => (label, ""),
        Item::Arrive { .. } | Item::Begin { .. } | Item::End { .. } => ("", ""),
    }
}

/// Plans every row, from the first to the last.
pub fn plan(rows: &[&Row], sizes: &[Size], flights: &Flights, columns: &Columns) -> Vec<Plan> {
    // How many arrows are in flight over the gap to the right of each lifeline.
    let mut busy = vec![0; columns.len()];
    let mut plans = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let arrival = before(rows, i).and_then(|j| arrival(rows[j], j, flights));
        let ask = Ask { row, size: sizes[i], columns, busy: &busy, arrival };
        plans.push(match &row.item {
            Item::Lose { .. } => plan_loss(&ask, i, flights),
            _ => plan_row(&ask),
        });
        if let Some(flight) = flights.of(i) {
            let change = if flight.send == i { 1 } else { -1 };
            let (low, high) = (flight.from.min(flight.to), flight.from.max(flight.to));
            busy[low..high].iter_mut().for_each(|count| *count += change);
        }
    }
    plans
}

/// The row before in the same step that has a height.
fn before(rows: &[&Row], index: usize) -> Option<usize> {
    let step = rows[index].step;
    let tall = |j: &usize| !matches!(rows[*j].item, Item::Begin { .. } | Item::End { .. });
    (0..index).rev().take_while(|&j| rows[j].step == step).find(tall)
}

/// The lifeline at which an arrow ends in this row, and the side from which it comes.
pub fn arrival(row: &Row, index: usize, flights: &Flights) -> Option<(usize, Side)> {
    let (from, to) = match row.item {
        Item::Arrive { .. } => flights.of(index).map(|flight| (flight.from, flight.to))?,
        Item::Call { from, to, .. } => (from.into(), to.into()),
        _ => return None,
    };
    (from != to).then_some((to, if from < to { Side::Left } else { Side::Right }))
}

/// All that the plan of a row depends on.
struct Ask<'a> {
    row: &'a Row,
    size: Size,
    columns: &'a Columns,
    busy: &'a [i32],
    /// An arrow that ends in the row before, in the same step.
    arrival: Option<(usize, Side)>,
}

fn plan_row(ask: &Ask) -> Plan {
    let (label, detail) = words_of(&ask.row.item);
    match ask.row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } if from != to => {
            let xs = &ask.columns.xs;
            let inner = (xs[usize::from(from)] - xs[usize::from(to)]).abs() - 2 * (BAR + BESIDE);
            let mut block = fit(label, detail, ask.size, inner, ask.columns.width - 2 * EDGE).block;
            // Far longer than its arrow, it would have to stand away from it: two lines stay near.
            if block.width > 2 * inner {
                let (two, rough) =
                    stacked(label, detail, ask.size.detail.max(block.width * 3 / 5), 2);
                block = if rough { block } else { two };
            }
            let spot = if block.lines.is_empty() { Spot::Nowhere } else { Spot::Above };
            Plan { block, spot }
        }
        Item::Send { from, .. } | Item::Call { from, .. } => {
            beside(ask, from.into(), BAR + LOOP + BESIDE)
        }
        Item::Mark { at, icon, .. } => beside(ask, at.into(), reach(icon)),
        Item::Crash { at, .. } | Item::Restart { at, .. } => {
            beside(ask, at.into(), BURST + ICON_GAP)
        }
        Item::Stamp { at, .. } => pill(ask, at.into()),
        Item::Lose { .. } | Item::Arrive { .. } | Item::Begin { .. } | Item::End { .. } => {
            Plan { block: Block::default(), spot: Spot::Nowhere }
        }
    }
}

/// How far from the lifeline the words of a mark begin.
fn reach(icon: Icon) -> i32 {
    if on_line(icon) { ICON / 2 + ICON_GAP + 1 } else { BAR + BESIDE + ICON + ICON_GAP }
}

/// Whether an icon sits on the lifeline and not beside it.
pub fn on_line(icon: Icon) -> bool {
    icon == Icon::Clock
}

/// Words beside a lifeline, `reach` px from it, on the side where they read best.
fn beside(ask: &Ask, at: usize, reach: i32) -> Plan {
    let columns = ask.columns;
    let x = columns.xs[at];
    let (label, detail) = words_of(&ask.row.item);
    let right = || {
        let snug = columns.right_of(at) - BAR - BESIDE - reach;
        let fitted = fit(label, detail, ask.size, snug, columns.width - EDGE - x - reach);
        (fitted, Side::Right)
    };
    let left = || {
        let snug = columns.left_of(at) - BAR - BESIDE - reach;
        (fit(label, detail, ask.size, snug, x - EDGE - reach), Side::Left)
    };
    let a = right();
    let cost = a.0.cost + traffic(ask, at, Side::Right);
    let (fitted, side) = if cost <= 1 {
        a
    } else {
        let b = left();
        // The left side is a little further from the eye of who reads on from there.
        if b.0.cost + traffic(ask, at, Side::Left) + 1 < cost { b } else { a }
    };
    let x = if side == Side::Right { x + reach } else { x - reach };
    Plan { block: fitted.block, spot: Spot::Beside { x, side } }
}

/// What speaks against a side: arrows in flight there, or one that ends here.
fn traffic(ask: &Ask, at: usize, side: Side) -> i32 {
    let gap = if side == Side::Right { Some(at) } else { at.checked_sub(1) };
    let flying = gap.map_or(0, |gap| ask.busy[gap]);
    let ends_here = ask.arrival == Some((at, side));
    3 * flying.min(3) + 2 * i32::from(ends_here)
}

/// The pill of an effect, on the side that has room.
fn pill(ask: &Ask, at: usize) -> Plan {
    let columns = ask.columns;
    let x = columns.xs[at];
    let (label, _) = words_of(&ask.row.item);
    let around = 2 * PILL_PAD + if ask.row.msg.is_some() { PILL_TOKEN } else { 0 };
    let reach = BAR + BESIDE;
    // To the edges of the picture, and to the neighbours.
    let (wide_left, wide_right) = (x - EDGE - reach, columns.width - EDGE - x - reach);
    let snug_left = columns.left_of(at) - 2 * reach;
    let snug_right = columns.right_of(at) - 2 * reach;
    let want = ask.size.label + around;
    let side = if want <= snug_right {
        Side::Right
    } else if want <= snug_left || wide_left > wide_right {
        Side::Left
    } else {
        Side::Right
    };
    let room = if side == Side::Left { wide_left } else { wide_right } - around;
    let text = measure::ellipsis(label, Face::Pill, room);
    let title = (text != label).then(|| label.to_owned());
    let width = measure::width(&text, Face::Pill);
    let lines = vec![Line { text, rest: String::new(), face: Face::Pill }];
    let block = Block { lines, width, height: Face::Pill.line(), title };
    let x = if side == Side::Right { x + reach } else { x - reach };
    Plan { block, spot: Spot::Pill { x, side } }
}

/// A lost arrow: its words go ahead of the ✕, where it would have flown, or below.
fn plan_loss(ask: &Ask, index: usize, flights: &Flights) -> Plan {
    let Some(flight) = flights.of(index) else {
        return Plan { block: Block::default(), spot: Spot::Nowhere };
    };
    let columns = ask.columns;
    let (label, detail) = words_of(&ask.row.item);
    let x = lost_x(flight.from, flight.to, columns);
    let ahead = LOST + ICON_GAP;
    let target = columns.xs[flight.to];
    let snug = (target - x).abs() - ahead - BAR - BESIDE;
    let fitted = fit(label, detail, ask.size, snug, snug);
    if !fitted.rough && fitted.block.lines.len() <= 2 {
        let (x, side) =
            if flight.rightward() { (x + ahead, Side::Right) } else { (x - ahead, Side::Left) };
        return Plan { block: fitted.block, spot: Spot::Beside { x, side } };
    }
    let room = columns.width - 2 * EDGE;
    let inner = (target - columns.xs[flight.from]).abs() - 2 * (BAR + BESIDE);
    Plan { block: fit(label, detail, ask.size, inner, room).block, spot: Spot::Below { x } }
}

/// Where a lost arrow stops: half-way, but not on a lifeline.
pub fn lost_x(from: usize, to: usize, columns: &Columns) -> i32 {
    let (start, end) = (columns.xs[from], columns.xs[to]);
    if from == to {
        return start + BAR + LOOP;
    }
    let half = (start + end) / 2;
    let clear = LOST + BAR + BESIDE;
    let near = columns.xs.iter().find(|x| (half - **x).abs() < clear);
    match near {
        Some(x) if end > start => x - clear,
        Some(x) => x + clear,
        None => half,
    }
}

/// Words broken into lines, and how well that went.
struct Fit {
    block: Block,
    /// 0 is best.
    cost: i32,
    /// Words are broken or left out.
    rough: bool,
}

/// Breaks label and detail for a `snug` width if that goes well, else for the `wide` one.
fn fit(label: &str, detail: &str, size: Size, snug: i32, wide: i32) -> Fit {
    if label.is_empty() && detail.is_empty() {
        return Fit { block: Block::default(), cost: 0, rough: false };
    }
    let inline = size.label + if detail.is_empty() { 0 } else { REST_GAP + size.detail };
    if inline <= snug {
        return Fit { block: one_line(label, detail, inline), cost: 0, rough: false };
    }
    let narrow = (snug > 0).then(|| stacked(label, detail, snug, 2)).filter(|(_, rough)| !rough);
    if let Some((block, rough)) = narrow
        && block.lines.len() <= 2
    {
        return Fit { block, cost: 1, rough };
    }
    // A line across a neighbour's lifeline reads better than a column of single words.
    if size.label.max(size.detail) <= wide {
        let (block, rough) = stacked(label, detail, wide, 1);
        // Not so much worse that marks of one kind would change sides for it.
        return Fit { block, cost: 2, rough };
    }
    let (block, rough) = stacked(label, detail, wide.max(Face::Label.size()), 4);
    let lines = i32::try_from(block.lines.len()).unwrap_or(9);
    Fit { block, cost: 5 + 2 * lines + if rough { 30 } else { 0 }, rough }
}

fn one_line(label: &str, detail: &str, width: i32) -> Block {
    let face = if label.is_empty() { Face::Detail } else { Face::Label };
    let (text, rest) = if label.is_empty() { (detail, "") } else { (label, detail) };
    let line = Line { text: text.to_owned(), rest: rest.to_owned(), face };
    Block { lines: vec![line], width, height: face.line(), title: None }
}

/// The label's lines and then the detail's; whether words had to be broken or left out.
fn stacked(label: &str, detail: &str, room: i32, max_lines: usize) -> (Block, bool) {
    let mut block = Block::default();
    let (mut broken, mut cut) = (false, false);
    for (text, face) in [(label, Face::Label), (detail, Face::Detail)] {
        let wrapped = measure::wrap(text, face, room, max_lines);
        broken |= wrapped.broken;
        cut |= wrapped.cut;
        block.width = block.width.max(wrapped.width);
        for text in wrapped.lines {
            block.height += face.line();
            block.lines.push(Line { text, rest: String::new(), face });
        }
    }
    if cut {
        block.title = Some(format!("{label} {detail}").trim_end().to_owned());
    }
    (block, broken || cut)
}

/// The height of words above a line, with the gap between them.
pub fn above(block: &Block) -> i32 {
    if block.lines.is_empty() { 0 } else { block.height + LABEL_GAP }
}
