//! Layout of the header: the participants' name boxes, in one row if they fit side by side, else
//! staggered on two or three tiers.
//!
//! A name is wrapped before it is truncated, and a detail that does not fit becomes a tooltip.

use super::columns::Columns;
use crate::diagram::ir::{Diagram, Lifeline};
use crate::diagram::metrics::{self, Face};
use crate::diagram::picture::{
    Anchor, Area, Form, Group, Kind, Layer, Picture, Shape, Tint, Words,
};

/// Space above the first tier of boxes and between tiers, in px.
const GAP: i32 = 5;
/// Distance from the lowest box to the body.
const FOOT: i32 = 6;
/// Horizontal padding of a box: preferred and minimum.
const PAD: (i32, i32) = (12, 4);
/// Minimum padding for a name that would otherwise be broken.
const LEAST_PAD: i32 = 2;
/// Vertical padding of a box.
const PAD_Y: i32 = 5;
/// Preferred minimum width of a box, where there is space.
const COMFORT: i32 = 108;
/// Distance of boxes from the edge and from each other.
const APART: i32 = 2;
/// Maximum number of tiers; more would look like a staircase.
const TIERS: usize = 3;

/// Cost of an additional tier; compare [`cost`].
const TIER: i32 = 5;

/// A name box with its text.
struct Sign {
    left: i32,
    right: i32,
    tier: usize,
    names: Vec<String>,
    details: Vec<String>,
    /// Tooltip with the full text, where the box does not show all of it.
    title: Option<String>,
    /// The name had to be broken or truncated.
    rough: bool,
    /// The text has less than half the preferred padding.
    tight: bool,
    /// The text has less than the minimum padding.
    cramped: bool,
}

/// Draws the header for lifelines at these columns.
pub fn draw(diagram: &Diagram, columns: &Columns) -> Picture {
    let mut signs = lay(diagram, columns, 1);
    for tiers in 2..=TIERS {
        let more = lay(diagram, columns, tiers);
        if cost(&more) + TIER < cost(&signs) {
            signs = more;
        }
    }
    let mut tops = Vec::new();
    let mut y = GAP;
    for tier in 0..TIERS {
        let height = signs.iter().filter(|sign| sign.tier == tier).map(height).max();
        tops.push((y, height.unwrap_or(0)));
        y += height.map_or(0, |height| height + GAP);
    }
    let height = y - GAP + FOOT;
    let mut lines = Vec::new();
    let mut boxes = Vec::new();
    for (sign, &x) in signs.iter().zip(&columns.xs) {
        let (top, tall) = tops[sign.tier];
        let stub = Form::Line { from: (x * 10, (top + tall) * 10), to: (x * 10, height * 10) };
        lines.push(Shape { kind: Kind::Life, tint: Tint::Plain, form: stub });
        paint(sign, top, tall, &mut boxes);
    }
    lines.append(&mut boxes);
    let group = Group { step: 0, layer: Layer::Back, title: None, shapes: lines };
    Picture { width: columns.width, height, groups: vec![group] }
}

/// Returns the cost of a set of boxes; lower is better.
fn cost(signs: &[Sign]) -> i32 {
    let one = |sign: &Sign| match sign {
        sign if sign.rough => 100,
        sign if sign.title.is_some() => 20,
        sign if sign.cramped => 8,
        sign => 3 * i32::from(sign.details.len() > 1) + 2 * i32::from(sign.tight),
    };
    signs.iter().map(one).sum()
}

/// Lays out the boxes on this many tiers.
fn lay(diagram: &Diagram, columns: &Columns, tiers: usize) -> Vec<Sign> {
    let lifelines = diagram.lifelines.iter().enumerate();
    lifelines.map(|(i, life)| sign(life, i, columns, tiers)).collect()
}

/// Returns the horizontal space of lifeline `i`: up to halfway to its neighbors on the same tier,
/// and clear of the lifelines that come down from the tiers above.
fn room(i: usize, columns: &Columns, tiers: usize) -> (i32, i32) {
    let xs = &columns.xs;
    let tier = i % tiers;
    let (mut left, mut right) = (APART, columns.width - APART);
    for (j, &x) in xs.iter().enumerate() {
        let bound = if j == i || j % tiers > tier {
            continue;
        } else if j % tiers == tier {
            (xs[i] + x) / 2
        } else {
            x
        };
        if j < i {
            left = left.max(bound + APART);
        } else {
            right = right.min(bound - APART);
        }
    }
    (left, right)
}

fn sign(life: &Lifeline, i: usize, columns: &Columns, tiers: usize) -> Sign {
    let x = columns.xs[i];
    let (low, high) = room(i, columns, tiers);
    let most = high - low - 2 * PAD.1;
    // Avoid breaking a name for the sake of a few px.
    let whole = metrics::width(&life.name, Face::Name) <= high - low - 2 * LEAST_PAD;
    let room = if whole { high - low } else { most };
    let name = metrics::wrap(&life.name, Face::Name, room, 2);
    let rough = name.broken || name.cut;
    let names =
        if rough { vec![metrics::ellipsis(&life.name, Face::Name, most)] } else { name.lines };
    let detail = metrics::wrap(&life.detail, Face::Detail, most, 2);
    let dropped = detail.broken || detail.cut;
    let details = if dropped { Vec::new() } else { detail.lines };
    let words = |lines: &[String], face| {
        lines.iter().map(|line| metrics::width(line, face)).max().unwrap_or(0)
    };
    let text = words(&names, Face::Name).max(words(&details, Face::Detail));
    // Center the box on its lifeline with as much padding as there is space for, else shift it to
    // where it fits.
    let around = 2 * (x - low).min(high - x);
    let comfort = (text + 2 * PAD.0).max(COMFORT).min(around);
    let width = comfort.max(text + 2 * PAD.1).min(high - low);
    let left = (x - width / 2).clamp(low, high - width);
    let title = (rough || dropped).then(|| format!("{}: {}", life.name, life.detail));
    let tight = width < text + PAD.0;
    let cramped = width < text + 2 * PAD.1;
    let (right, tier) = (left + width, i % tiers);
    Sign { left, right, tier, names, details, title, rough, tight, cramped }
}

fn height(sign: &Sign) -> i32 {
    let lines =
        |lines: &[String], face: Face| i32::try_from(lines.len()).unwrap_or(0) * face.line();
    lines(&sign.names, Face::Name) + lines(&sign.details, Face::Detail) + 2 * PAD_Y
}

fn paint(sign: &Sign, top: i32, tall: i32, shapes: &mut Vec<Shape>) {
    let area = Area::px(sign.left, top, sign.right, top + tall);
    let form = Form::Rect { area, radius: 80 };
    shapes.push(Shape { kind: Kind::Box, tint: Tint::Plain, form });
    let centre = (sign.left + sign.right) * 5;
    let mut y = top + PAD_Y + (tall - height(sign)) / 2;
    let names = sign.names.iter().map(|line| (line, Face::Name));
    let details = sign.details.iter().map(|line| (line, Face::Detail));
    for (line, face) in names.chain(details) {
        let words = Words {
            at: (centre, (y + face.ascent()) * 10),
            anchor: Anchor::Middle,
            text: line.clone(),
            rest: String::new(),
            title: sign.title.clone(),
        };
        shapes.push(Shape { kind: Kind::Text(face), tint: Tint::Plain, form: Form::Text(words) });
        y += face.line();
    }
}
