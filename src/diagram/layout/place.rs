//! Where along its arrow a label stands: near the tail, unless a line or a bar passes there.
//!
//! Labels move sideways only, within the strip of their row.

use super::columns::Columns;
use super::flights::{Flight, Flights};
use super::metric::{BAR, BESIDE, EDGE};
use super::stack::Stack;
use super::tracks::Tracks;
use super::words::{self, Plan, Side, Spot};
use crate::diagram::ir::{Item, Row};
use crate::diagram::picture::Anchor;

/// A block of words at its place, in px.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Where its lines are anchored.
    pub x: i32,
    pub anchor: Anchor,
    /// What it covers.
    pub left: i32,
    pub right: i32,
}

/// A straight line on the picture, in px; `y1 <= y2`.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub x1: i32,
    pub y1: i32,
    pub x2: i32,
    pub y2: i32,
}

impl Stretch {
    /// The x at a height, within the stretch.
    fn x_at(&self, y: i32) -> i32 {
        let y = y.clamp(self.y1, self.y2);
        self.x1 + (self.x2 - self.x1) * (y - self.y1) / (self.y2 - self.y1).max(1)
    }

    /// What it covers between two heights, from left to right.
    fn between(&self, top: i32, bottom: i32) -> (i32, i32) {
        let (a, b) = (self.x_at(top), self.x_at(bottom));
        (a.min(b), a.max(b))
    }
}

/// The line of a flight between the lifelines, without regard to bars.
pub fn stretch(flight: &Flight, stack: &Stack, columns: &Columns) -> Stretch {
    let (x1, to) = (columns.xs[flight.from], columns.xs[flight.to]);
    let y1 = stack.slots[flight.send].tail;
    let (x2, y2) = match flight.end {
        Some(end) if flight.lost => {
            (words::lost_x(flight.from, flight.to, columns), stack.slots[end].anchor)
        }
        Some(end) => (to, stack.slots[end].anchor),
        // Most of the way, in the room kept for it at the bottom.
        None => (x1 + (to - x1) * 3 / 4, stack.height - 20),
    };
    Stretch { x1, y1, x2, y2 }
}

/// How many lines in flight a label heeds at most, so that a flood of them stays cheap.
const HEEDED: usize = 40;

/// Something to keep clear of, from left to right, and how much it matters.
#[derive(Clone, Copy)]
struct Obstacle {
    left: i32,
    right: i32,
    weight: i32,
}

/// Places the words of every row; `None` for rows without words.
pub fn place(
    rows: &[&Row],
    plans: &[Plan],
    flights: &Flights,
    stack: &Stack,
    tracks: &Tracks,
    columns: &Columns,
) -> Vec<Option<Placed>> {
    let mut flying: Vec<Stretch> = Vec::new();
    let mut obstacles = Vec::new();
    let mut placed = Vec::with_capacity(rows.len());
    for (i, plan) in plans.iter().enumerate() {
        let width = plan.block.width;
        let wish = wish(rows[i], plan, columns);
        placed.push(match (plan.spot, wish) {
            (Spot::Above | Spot::Below { .. }, Some((wish, anchor))) => {
                let top = stack.slots[i].text - 1;
                let bottom = top + plan.block.height + 2;
                flying.retain(|line| line.y2 > top);
                obstacles.clear();
                gather(&mut obstacles, &flying, tracks, columns, top, bottom);
                let left = clearest(wish, width, columns.width, &obstacles);
                Some(anchored(left, width, anchor))
            }
            (Spot::Beside { x, side } | Spot::Pill { x, side }, _) => Some(match side {
                Side::Right => anchored(x, width, Anchor::Start),
                Side::Left => anchored(x - width, width, Anchor::End),
            }),
            _ => None,
        });
        if let Some(flight) = flights.of(i)
            && flight.send == i
        {
            flying.push(stretch(flight, stack, columns));
        }
    }
    placed
}

fn anchored(left: i32, width: i32, anchor: Anchor) -> Placed {
    let x = match anchor {
        Anchor::Start => left,
        Anchor::Middle => left + width / 2,
        Anchor::End => left + width,
    };
    Placed { x, anchor, left, right: left + width }
}

/// Where the words would stand if nothing was in the way: their left edge, and their anchor.
fn wish(row: &Row, plan: &Plan, columns: &Columns) -> Option<(i32, Anchor)> {
    let width = plan.block.width;
    if let Spot::Below { x } = plan.spot {
        return Some((x - width / 2, Anchor::Middle));
    }
    let (from, to) = match row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } => (from, to),
        _ => return None,
    };
    let (start, end) = (columns.xs[usize::from(from)], columns.xs[usize::from(to)]);
    let slack = (start - end).abs() - 2 * (BAR + BESIDE) - width;
    if slack < 0 {
        return Some(((start + end - width) / 2, Anchor::Middle));
    }
    let off = BAR + BESIDE + slack * 2 / 5;
    Some(if start < end {
        (start + off, Anchor::Start)
    } else {
        (start - off - width, Anchor::End)
    })
}

/// What passes through the strip between two heights.
fn gather(
    obstacles: &mut Vec<Obstacle>,
    flying: &[Stretch],
    tracks: &Tracks,
    columns: &Columns,
    top: i32,
    bottom: i32,
) {
    for line in flying.iter().rev().take(HEEDED) {
        let (left, right) = line.between(top, bottom);
        obstacles.push(Obstacle { left: left - 4, right: right + 4, weight: 400 });
    }
    for (at, x) in columns.xs.iter().enumerate() {
        let weight = if tracks.occupied(at, top, bottom) { 500 } else { 25 };
        obstacles.push(Obstacle { left: x - BAR - 2, right: x + BAR + 2, weight });
    }
}

/// The left edge, as near to the wished one as is worth it, that covers least.
fn clearest(wish: i32, width: i32, picture: i32, obstacles: &[Obstacle]) -> i32 {
    let (low, high) = (EDGE, (picture - EDGE - width).max(EDGE));
    let wish = wish.clamp(low, high);
    let cost = |left: i32| {
        let covered = obstacles.iter().filter(|o| o.left < left + width && left < o.right);
        covered.map(|o| o.weight).sum::<i32>() + (left - wish).abs()
    };
    let mut best = (cost(wish), wish);
    if best.0 == 0 {
        return wish;
    }
    for obstacle in obstacles {
        for left in [obstacle.right, obstacle.left - width] {
            if (low..=high).contains(&left) {
                best = best.min((cost(left), left));
            }
        }
    }
    best.1
}
