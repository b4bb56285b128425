//! Layout pass: line wrapping of each row's label, and the side on which it goes.
//!
//! It decides on sizes and sides, so that [`super::row_heights`] can give every row its height.
//! Labels that may move horizontally are moved by [`super::label_positions`].

use super::arrows::Flights;
use super::columns::Columns;
use super::metric::{BAR, BESIDE, BURST, EDGE, ICON, ICON_GAP, LOOP, LOST};
use super::side_labels;
use super::text_wrap::{Block, SHORT, Size, Texts, Way};
use crate::diagram::ir::{Icon, Item, Row};
use crate::diagram::metrics::{self, Face};

/// A side of a lifeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// The placement of a row's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The row has no label.
    Nowhere,
    /// Above an arrow, anywhere along it.
    Above,
    /// Below the ✕ of a lost message.
    Below { x: i32 },
    /// Beside a shape, starting (on the left side, ending) at `x`.
    Beside { x: i32, side: Side },
    /// Across its lifeline, below an icon on it; centered at `x`.
    Across { x: i32 },
    /// In a pill that covers this horizontal range, in px; on a side of its lifeline, or across it.
    Pill { left: i32, right: i32, side: Option<Side> },
}

/// The state of a lifeline, as far as it matters for labels that cross it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Idle,
    Working,
    Down,
}

impl State {
    /// Returns true if a label across the lifeline would interrupt a bar.
    pub fn is_thick(self) -> bool {
        self != State::Idle
    }
}

/// The label of a row and where it goes, as far as this is settled before the row heights are
/// known.
#[derive(Clone, Debug)]
pub struct Plan {
    pub block: Block,
    pub spot: Spot,
}

impl Plan {
    /// Returns the side of its lifeline that the label is on, if it is on one side.
    pub fn side(&self) -> Option<Side> {
        match self.spot {
            Spot::Beside { side, .. } => Some(side),
            Spot::Pill { side, .. } => side,
            _ => None,
        }
    }
}

/// Measures the label and detail of each row, once.
pub fn measure(rows: &[&Row]) -> Vec<Size> {
    rows.iter()
        .map(|row| {
            let (label, detail) = words_of(&row.item);
            let face =
                if matches!(row.item, Item::Stamp { .. }) { Face::Pill } else { Face::Label };
            Size {
                label: metrics::width(label, face),
                detail: metrics::width(detail, Face::Detail),
            }
        })
        .collect()
}

/// Returns label and detail; empty where there is none.
pub fn words_of(item: &Item) -> (&str, &str) {
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
    // The number of arrows in flight across the gap to the right of each lifeline.
    let mut busy = vec![0; columns.len()];
    let mut states = vec![State::Idle; columns.len()];
    let mut plans = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let arrival = before(rows, i).and_then(|j| arrival(rows[j], j, flights));
        match row.item {
            Item::Begin { at } => states[usize::from(at)] = State::Working,
            Item::Crash { at, .. } => states[usize::from(at)] = State::Down,
            Item::End { at } | Item::Restart { at, .. } => states[usize::from(at)] = State::Idle,
            _ => {}
        }
        let texts = Texts::new(words_of(&row.item), sizes[i]);
        let ask = Ask { row, texts, columns, busy: &busy, states: &states, arrival };
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

/// Returns the previous row of the same step that has a height.
fn before(rows: &[&Row], index: usize) -> Option<usize> {
    let step = rows[index].step;
    let tall = |j: &usize| !matches!(rows[*j].item, Item::Begin { .. } | Item::End { .. });
    (0..index).rev().take_while(|&j| rows[j].step == step).find(tall)
}

/// Returns the lifeline at which an arrow ends in this row, and the side from which it comes.
pub fn arrival(row: &Row, index: usize, flights: &Flights) -> Option<(usize, Side)> {
    let (from, to) = match row.item {
        Item::Arrive { .. } => flights.of(index).map(|flight| (flight.from, flight.to))?,
        Item::Call { from, to, .. } => (from.into(), to.into()),
        _ => return None,
    };
    (from != to).then_some((to, if from < to { Side::Left } else { Side::Right }))
}

/// All that the plan of a row depends on.
pub struct Ask<'a> {
    pub row: &'a Row,
    pub texts: Texts<'a>,
    pub columns: &'a Columns,
    pub busy: &'a [i32],
    pub states: &'a [State],
    /// The arrow that ends in the previous row, if that belongs to the same step.
    pub arrival: Option<(usize, Side)>,
}

fn plan_row(ask: &Ask) -> Plan {
    match ask.row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } if from != to => {
            let block = along(ask, from.into(), to.into());
            let spot = if block.lines.is_empty() { Spot::Nowhere } else { Spot::Above };
            Plan { block, spot }
        }
        Item::Send { from, .. } | Item::Call { from, .. } => {
            side_labels::beside(ask, from.into(), BAR + LOOP + BESIDE)
        }
        Item::Mark { at, icon, .. } if on_line(icon) => {
            side_labels::beside(ask, at.into(), reach(icon))
        }
        Item::Mark { at, icon, .. } => side_labels::beside_or_across(ask, at.into(), reach(icon)),
        Item::Crash { at, .. } | Item::Restart { at, .. } => {
            side_labels::beside(ask, at.into(), BURST + ICON_GAP)
        }
        Item::Stamp { at, .. } => side_labels::pill(ask, at.into()),
        Item::Lose { .. } | Item::Arrive { .. } | Item::Begin { .. } | Item::End { .. } => {
            Plan { block: Block::default(), spot: Spot::Nowhere }
        }
    }
}

/// Wraps the label of an arrow. It may extend beyond the arrow's ends, but not over an active
/// lifeline there.
fn along(ask: &Ask, from: usize, to: usize) -> Block {
    // A label that exceeds its arrow by more than this would have to move away from it.
    const FAR: i32 = 90;
    let (columns, texts) = (ask.columns, &ask.texts);
    let size = texts.size;
    let (low, high) = (from.min(to), from.max(to));
    let inner = columns.xs[high] - columns.xs[low] - 2 * (BAR + BESIDE);
    let start = if ask.states[low].is_thick() { columns.xs[low] + BAR + BESIDE } else { EDGE };
    let end = if ask.states[high].is_thick() {
        columns.xs[high] - BAR - BESIDE
    } else {
        columns.width - EDGE
    };
    if let Some(way) = between_bars(ask, from, to, (start, end)) {
        return texts.block(&way);
    }
    // Avoid breaking a short label for the sake of a few px.
    let short = size.label <= SHORT && inner * 5 > size.label * 2;
    let snug = if short { inner.max(size.label.min(end - start)) } else { inner };
    let (narrow, all) = (end - start, columns.width - 2 * EDGE);
    let way = texts.fit(snug, narrow);
    // A gap in an activation bar reads better than a broken word.
    let over = Some(texts.fit(snug, all)).filter(|over| way.is_rough() && !over.is_rough());
    let (way, most) = over.map_or((way, narrow), |over| (over, all));
    let width = texts.width(&way);
    if width <= inner + FAR {
        return texts.block(&way);
    }
    let room = size.detail.max(width * 3 / 5).min(most);
    let two = texts.stacked(room, 2);
    texts.block(if two.is_rough() { &way } else { &two })
}

/// Wraps the label of an arrow that crosses active lifelines: for the first interval between them
/// that is wide enough. The whole range reaches from `ends.0` to `ends.1`.
fn between_bars(ask: &Ask, from: usize, to: usize, ends: (i32, i32)) -> Option<Way> {
    let xs = &ask.columns.xs;
    let (low, high) = (from.min(to), from.max(to));
    let bars: Vec<i32> =
        (low + 1..high).filter(|&at| ask.states[at].is_thick()).map(|at| xs[at]).collect();
    let last = bars.last()?;
    let clear = BAR + BESIDE;
    // Each interval: its width between the ends of the arrow, and its total width.
    let middle = bars.windows(2).map(|pair| (pair[1] - pair[0], pair[1] - pair[0] - 2 * clear));
    let mut stretches = vec![(bars[0] - xs[low], bars[0] - clear - ends.0)];
    stretches.extend(middle);
    stretches.push((xs[high] - last, ends.1 - last - clear));
    if from > to {
        stretches.reverse();
    }
    let fits = |(inner, wide)| ask.texts.fit_within(inner - 2 * clear, wide);
    stretches.into_iter().find_map(fits)
}

/// Returns the distance of a note's text from the lifeline.
fn reach(icon: Icon) -> i32 {
    match icon {
        icon if on_line(icon) => ICON / 2 + ICON_GAP + 1,
        // A dot does not fill its square.
        Icon::Note => BAR + BESIDE + ICON,
        _ => BAR + BESIDE + ICON + ICON_GAP,
    }
}

/// Returns true if an icon sits on the lifeline, not beside it.
pub fn on_line(icon: Icon) -> bool {
    icon == Icon::Clock
}

/// Plans the label of a lost message: ahead of the ✕, where the arrow would have continued, or
/// below.
fn plan_loss(ask: &Ask, index: usize, flights: &Flights) -> Plan {
    let Some(flight) = flights.of(index) else {
        return Plan { block: Block::default(), spot: Spot::Nowhere };
    };
    let (columns, texts) = (ask.columns, &ask.texts);
    let label = texts.size.label;
    let x = lost_x(flight.from, flight.to, columns);
    let ahead = LOST + ICON_GAP;
    let target = columns.xs[flight.to];
    let snug = (target - x).abs() - ahead - BAR - BESIDE;
    let way = texts.fit(snug, snug);
    let block = texts.block(&way);
    if !way.is_rough() && (block.lines.len() == 1 || label > SHORT) {
        let (x, side) =
            if flight.rightward() { (x + ahead, Side::Right) } else { (x - ahead, Side::Left) };
        return Plan { block, spot: Spot::Beside { x, side } };
    }
    let room = columns.width - 2 * EDGE;
    let inner = (target - columns.xs[flight.from]).abs() - 2 * (BAR + BESIDE);
    // Keep a few short words on one line.
    let inner = if label <= SHORT { inner.max(label) } else { inner };
    Plan { block: texts.block(&texts.fit(inner, room)), spot: Spot::Below { x } }
}

/// Returns the x at which the arrow of a lost message stops: halfway, but not on a lifeline.
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
