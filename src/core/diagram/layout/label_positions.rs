//! Label placement along arrows: near the tail, unless another line or an activation bar is in the
//! way.
//!
//! Labels move only horizontally, within the strip of their row. Each candidate position has a
//! cost; the cheapest one wins.

use super::arrows::{Flight, Flights};
use super::columns::Columns;
use super::labels::{self, Plan, Side, Spot};
use super::metric::{BAR, BAR_CLEAR, BESIDE, EDGE, LABEL_GAP, PILL_PAD};
use super::occupancy::Tracks;
use super::row_heights::Stack;
use crate::diagram::ir::{Item, Row};
use crate::diagram::picture::Anchor;

/// A placed text block; coordinates in px.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// The x of the anchor of its lines.
    pub x: i32,
    pub anchor: Anchor,
    /// The horizontal range that it covers.
    pub left: i32,
    pub right: i32,
}

/// A straight line segment of an arrow, in px; `y1 <= y2`.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub x1: i32,
    pub y1: i32,
    pub x2: i32,
    pub y2: i32,
}

impl Stretch {
    /// Returns the x at a given y, clamped to the segment.
    fn x_at(&self, y: i32) -> i32 {
        let y = y.clamp(self.y1, self.y2);
        self.x1 + (self.x2 - self.x1) * (y - self.y1) / (self.y2 - self.y1).max(1)
    }

    /// Returns the y at a given x, clamped to the segment.
    fn y_at(&self, x: i32) -> i32 {
        let x = x.clamp(self.x1.min(self.x2), self.x1.max(self.x2));
        let run = (self.x2 - self.x1).abs().max(1);
        self.y1 + (self.y2 - self.y1) * (x - self.x1).abs() / run
    }

    /// Returns the horizontal range that the segment covers between two heights.
    fn between(&self, top: i32, bottom: i32) -> (i32, i32) {
        let (a, b) = (self.x_at(top), self.x_at(bottom));
        (a.min(b), a.max(b))
    }
}

/// Returns the line of an arrow between the lifelines, ignoring activation bars.
pub fn stretch(flight: &Flight, stack: &Stack, columns: &Columns) -> Stretch {
    let (x1, to) = (columns.xs[flight.from], columns.xs[flight.to]);
    let y1 = stack.slots[flight.send].tail;
    let (x2, y2) = match flight.end {
        Some(end) if flight.lost => {
            (labels::lost_x(flight.from, flight.to, columns), stack.slots[end].anchor)
        }
        Some(end) => (to, stack.slots[end].anchor),
        // Most of the way, in the space reserved for it at the bottom.
        None => (x1 + (to - x1) * 3 / 4, stack.height - 20),
    };
    Stretch { x1, y1, x2, y2 }
}

/// Maximum number of lines in flight that a label avoids, which bounds the cost of dense diagrams.
const HEEDED: usize = 40;
/// Cost of overlapping a line, and of being right above a line that is not the label's own.
const ON_LINE: i32 = 400;
const ABOVE_OTHER: i32 = 120;
/// Cost of overlapping an active lifeline, and an idle one.
const ON_BAR: i32 = 500;
const ON_LIFE: i32 = 25;
/// Cost of being on the other side of the lifeline that its arrow leaves.
const ACROSS: i32 = 100;
/// Cost of being mostly there, but still across the lifeline.
const ASTRIDE: i32 = 150;
/// Vertical distance within which a line below a label appears to be the one it labels.
const NEAR: i32 = 12;

/// A horizontal range to avoid, and the cost of overlapping it.
#[derive(Clone, Copy)]
struct Obstacle {
    left: i32,
    right: i32,
    weight: i32,
}

/// The preferred position of a label.
struct Wish {
    left: i32,
    anchor: Anchor,
    width: i32,
    /// The bottom of the text.
    bottom: i32,
    /// The line that it labels, from its tail.
    own: Option<Stretch>,
    /// There is roughly enough space for the label along the line before the first bar.
    roomy: bool,
}

impl Wish {
    /// Returns the text anchor for a label at `left`: beyond its line, the side that faces the
    /// arrow.
    fn anchor_at(&self, left: i32) -> Anchor {
        match self.own {
            Some(own) if left > own.x1.max(own.x2) => Anchor::Start,
            Some(own) if left + self.width < own.x1.min(own.x2) => Anchor::End,
            _ => self.anchor,
        }
    }

    /// Returns true if a label at `left` extends beyond the lifeline that its arrow leaves by more
    /// than half its width: then it reads better entirely on the other side.
    fn is_astride(&self, left: i32) -> bool {
        let Some(own) = self.own else { return false };
        let beyond = if own.x1 < own.x2 { own.x1 - left } else { left + self.width - own.x1 };
        (self.width / 2 + 1..self.width).contains(&beyond)
    }

    /// Returns the cost of the distance between a label at `left` and its line, beyond the usual.
    fn strays(&self, left: i32) -> i32 {
        let Some(own) = self.own else { return 0 };
        let right = left + self.width;
        let (low, high) = (own.x1.min(own.x2), own.x1.max(own.x2));
        let aside = (left - high).max(low - right).max(0);
        let nearest = own.x1.clamp(left, right).clamp(low, high);
        let gap = own.y_at(nearest) - self.bottom - LABEL_GAP - NEAR;
        let across = if aside > 0 { ACROSS + 4 * aside } else { 0 };
        let over = if self.roomy && self.is_astride(left) { ASTRIDE } else { 0 };
        4 * gap.max(0) + across + over + (nearest - own.x1).abs() / 4
    }
}

/// Places the label of every row; `None` for rows without one.
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
        let wish = wish(i, rows[i], plan, &Scenery { flights, stack, tracks, columns });
        placed.push(match (plan.spot, wish) {
            (Spot::Above | Spot::Below { .. }, Some(wish)) => {
                let top = stack.slots[i].text - 1;
                flying.retain(|line| line.y2 > top);
                obstacles.clear();
                gather(&mut obstacles, &flying, tracks, columns, top, wish.bottom + 1);
                let left = clearest(&wish, columns.width, &obstacles);
                Some(anchored(left, width, wish.anchor_at(left)))
            }
            (Spot::Beside { x, side }, _) => Some(match side {
                Side::Right => anchored(x, width, Anchor::Start),
                Side::Left => anchored(x - width, width, Anchor::End),
            }),
            (Spot::Across { x }, _) => Some(anchored(x - width / 2, width, Anchor::Middle)),
            (Spot::Pill { right, .. }, _) => {
                Some(anchored(right - PILL_PAD - width, width, Anchor::End))
            }
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

/// The results of earlier passes.
struct Scenery<'a> {
    flights: &'a Flights,
    stack: &'a Stack,
    tracks: &'a Tracks,
    columns: &'a Columns,
}

/// Returns where the label would go if no other arrow were in the way.
fn wish(index: usize, row: &Row, plan: &Plan, scenery: &Scenery) -> Option<Wish> {
    let Scenery { flights, stack, tracks, columns } = *scenery;
    let width = plan.block.width;
    let slot = stack.slots[index];
    let bottom = slot.text + plan.block.height;
    if let Spot::Below { x } = plan.spot {
        return Some(Wish {
            left: x - width / 2,
            anchor: Anchor::Middle,
            width,
            bottom,
            own: None,
            roomy: false,
        });
    }
    let (from, to) = match row.item {
        Item::Send { from, to, .. } | Item::Call { from, to, .. } => (from, to),
        _ => return None,
    };
    let (x1, x2) = (columns.xs[usize::from(from)], columns.xs[usize::from(to)]);
    let call = Stretch { x1, y1: slot.tail, x2, y2: slot.anchor };
    let own = Some(flights.of(index).map_or(call, |flight| stretch(flight, stack, columns)));
    // Before the first active lifeline that the arrow crosses, if there is space.
    let (low, high) = (usize::from(from.min(to)), usize::from(from.max(to)));
    let under = |at: &usize| tracks.occupied(*at, slot.text - 1, bottom + 1);
    let mut between = low + 1..high;
    let first = if from < to { between.find(under) } else { between.rfind(under) };
    let room = |x: i32| (x1 - x).abs() - 2 * (BAR + BESIDE) - width;
    let before = first.map_or(room(x2), |at| room(columns.xs[at]));
    let slack = if before < 0 { room(x2) } else { before };
    // Further along a steep line, the label would be too high above it.
    let along = own.map_or(slack, |own| NEAR * (own.x2 - own.x1).abs() / (own.y2 - own.y1).max(1));
    let off = BAR + BESIDE + (slack * 2 / 5).min((along - BAR - BESIDE).max(0));
    let (left, anchor) = match () {
        () if slack < 0 => ((x1 + x2 - width) / 2, Anchor::Middle),
        () if x1 < x2 => (x1 + off, Anchor::Start),
        () => (x1 - off - width, Anchor::End),
    };
    Some(Wish { left, anchor, width, bottom, own, roomy: before * 3 > -width })
}

/// Collects the obstacles in the strip between two heights.
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
        obstacles.push(Obstacle { left: left - 4, right: right + 4, weight: ON_LINE });
        if line.y2 > bottom && line.y1 < bottom + NEAR {
            let (left, right) = line.between(bottom, bottom + NEAR);
            obstacles.push(Obstacle { left, right, weight: ABOVE_OTHER });
        }
    }
    for (at, x) in columns.xs.iter().enumerate() {
        let (reach, weight) = match tracks.occupied(at, top, bottom) {
            true => (BAR + BAR_CLEAR, ON_BAR),
            false => (BAR + 2, ON_LIFE),
        };
        obstacles.push(Obstacle { left: x - reach, right: x + reach, weight });
    }
}

/// Returns the left edge with the lowest cost: overlaps plus the distance from the preferred
/// position.
fn clearest(wish: &Wish, picture: i32, obstacles: &[Obstacle]) -> i32 {
    let width = wish.width;
    let (low, high) = (EDGE, (picture - EDGE - width).max(EDGE));
    let wished = wish.left.clamp(low, high);
    let cost = |left: i32| {
        let covered = obstacles.iter().filter(|o| o.left < left + width && left < o.right);
        covered.map(|o| o.weight).sum::<i32>() + (left - wished).abs() / 2 + wish.strays(left)
    };
    let mut best = (cost(wished), wished);
    if best.0 == 0 {
        return wished;
    }
    // Right at the tail even a steep line is near.
    let tail = wish.own.map(|own| match own.x1 < own.x2 {
        true => own.x1 + BAR + BESIDE,
        false => own.x1 - BAR - BESIDE - width,
    });
    let beside = obstacles.iter().flat_map(|o| [o.right, o.left - width]);
    for left in beside.chain(tail).filter(|left| (low..=high).contains(left)) {
        best = best.min((cost(left), left));
    }
    best.1
}
