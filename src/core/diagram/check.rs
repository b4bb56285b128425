//! Layout validation: overlapping texts, and shapes that leave their picture.
//!
//! For tests. It inspects only the finished display lists, independently of the passes that made
//! them.

use super::ir::{Diagram, Row};
use super::layout::{Layout, words_of};
use super::metrics::Face;
use super::picture::{Area, Form, Group, Kind, Layer, Picture, Point, Shape};

/// Returns a description of every defect of a layout; empty if there are none.
pub fn problems(layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    for (name, picture) in [("header", &layout.header), ("body", &layout.body)] {
        if picture.width != layout.width {
            found.push(format!("{name}: {} px wide, not {}", picture.width, layout.width));
        }
        check(name, picture, &mut found);
    }
    bands(layout, &mut found);
    found
}

/// Returns the texts that an arrow's line crosses. This is allowed, since a halo keeps such a text
/// readable, but the fewer, the better.
pub fn crossings(layout: &Layout) -> Vec<String> {
    let lines: Vec<_> = lines(layout).collect();
    let crosses = |text: &Area| lines.iter().any(|&(from, to)| passes(from, to, text));
    shapes(layout)
        .filter(|shape| matches!(shape.kind, Kind::Text(_)))
        .filter(|shape| crosses(&shape.area()))
        .map(say)
        .collect()
}

/// Returns the texts that are truncated with an ellipsis.
pub fn cut_off(layout: &Layout) -> Vec<String> {
    let groups = layout.header.groups.iter().chain(&layout.body.groups);
    let shapes = groups.flat_map(|group| &group.shapes);
    shapes.filter(|shape| say(shape).ends_with("…”")).map(say).collect()
}

/// Returns the words that are broken across lines, except long names broken after a `_` or before a
/// capital.
pub fn broken_words(diagram: &Diagram, layout: &Layout) -> Vec<String> {
    let said = |row: &Row| {
        let (label, detail) = words_of(&row.item);
        format!("{label} {detail}")
    };
    let said: Vec<String> = diagram.rows.iter().map(said).collect();
    let said: Vec<&str> = said.iter().flat_map(|text| text.split_whitespace()).collect();
    let texts = layout.body.groups.iter().flat_map(|group| &group.shapes);
    let texts = texts.filter_map(|shape| match &shape.form {
        Form::Text(words) => Some([words.text.as_str(), words.rest.as_str()]),
        _ => None,
    });
    let words = texts.flatten().flat_map(str::split_whitespace);
    words.filter(|word| !said.iter().any(|said| is_part(word, said))).map(str::to_owned).collect()
}

/// Returns true if `word` is all of `whole`, or a part of it cut only where names may be broken.
fn is_part(word: &str, whole: &str) -> bool {
    let Some((before, after)) = whole.split_once(word) else { return false };
    let capital = |text: &str| text.starts_with(char::is_uppercase);
    (before.is_empty() || before.ends_with('_') || capital(word))
        && (after.is_empty() || word.ends_with('_') || capital(after))
}

/// Returns the arrowheads that the line of another arrow crosses.
pub fn crossed_heads(layout: &Layout) -> Vec<String> {
    // In tenths of a px: an arrow's own line ends within its head.
    const OWN: i32 = 20;
    let mut found = Vec::new();
    for head in shapes(layout).filter(|shape| shape.kind == Kind::Head) {
        let Form::Poly { points, .. } = &head.form else { continue };
        let area = head.area();
        let near = grown(&area, (OWN, OWN));
        let ends_here = |(x, y): Point| near.holds(&Area { left: x, top: y, right: x, bottom: y });
        let through = |&(from, to): &_| passes(from, to, &area) && !ends_here(to);
        if lines(layout).any(|line| through(&line)) {
            found.push(format!("the head at {:?}", points[0]));
        }
    }
    found
}

/// Returns the pills that overlap a lifeline other than the one at which the preceding arrow ends.
pub fn stray_pills(layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    let lives: Vec<_> = shapes(layout).filter(|shape| shape.kind == Kind::Life).collect();
    for group in &layout.body.groups {
        let mut tip = None;
        for shape in &group.shapes {
            match (&shape.form, shape.kind) {
                (Form::Poly { points, .. }, Kind::Head) => tip = Some(points[0].0),
                (_, Kind::Pill) => {
                    let area = shape.area();
                    // In tenths of a px: arrows end a little short of the lifeline.
                    let own = |x: i32| tip.is_some_and(|tip| (x - tip).abs() < 80);
                    let meets = |life: &&Shape| {
                        let at = life.area();
                        at.meets(&area) && !own((at.left + at.right) / 2)
                    };
                    if lives.iter().any(meets) {
                        found.push(format!("the pill at {area:?}"));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Returns the texts that are too far from what they label: from every shape of their step, and
/// from every text of the step that is close enough itself.
pub fn strays(layout: &Layout) -> Vec<String> {
    // In tenths of a px: the gap between two lines of a block, and the distance between texts and
    // shapes. The label of an arrow may be on the other side of the lifeline that the arrow leaves.
    const LINE: i32 = 40;
    const FAR: (i32, i32) = (280, 180);
    let mut found = Vec::new();
    let groups = &layout.body.groups;
    for texts in groups.iter().filter(|group| group.layer == Layer::Texts) {
        let here = |group: &&Group| group.layer == Layer::Shapes && group.step == texts.step;
        let shapes = groups.iter().filter(here).flat_map(|group| &group.shapes);
        let shapes: Vec<_> = shapes.filter(|shape| shape.kind != Kind::Pill).collect();
        let near = |text: &Area| shapes.iter().any(|shape| is_near(shape, text, FAR));
        let (mut good, mut open): (Vec<&Shape>, Vec<&Shape>) =
            texts.shapes.iter().partition(|text| near(&text.area()));
        while let Some(next) = open.iter().position(|text| {
            good.iter().any(|other| grown(&other.area(), (LINE, LINE)).meets(&text.area()))
        }) {
            good.push(open.swap_remove(next));
        }
        found.extend(open.iter().map(|text| format!("{} in step {}", say(text), texts.step)));
    }
    found
}

/// Returns true if a shape, or its line, is within `distance` of an area.
fn is_near(shape: &Shape, area: &Area, distance: (i32, i32)) -> bool {
    let wide = grown(area, distance);
    match &shape.form {
        Form::Line { from, to } => passes(*from, *to, &wide),
        Form::Poly { points, closed: false } => {
            points.windows(2).any(|pair| passes(pair[0], pair[1], &wide))
        }
        _ => wide.meets(&shape.area()),
    }
}

fn grown(area: &Area, (x, y): Point) -> Area {
    Area { left: area.left - x, top: area.top - y, right: area.right + x, bottom: area.bottom + y }
}

fn shapes(layout: &Layout) -> impl Iterator<Item = &Shape> {
    layout.body.groups.iter().flat_map(|group| &group.shapes)
}

/// Returns the straight segments of all arrow lines.
fn lines(layout: &Layout) -> impl Iterator<Item = (Point, Point)> {
    let arrows = shapes(layout).filter(|shape| matches!(shape.kind, Kind::Arrow | Kind::Reply));
    arrows.flat_map(|shape| match &shape.form {
        Form::Line { from, to } => vec![(*from, *to)],
        Form::Poly { points, .. } => points.windows(2).map(|p| (p[0], p[1])).collect(),
        _ => Vec::new(),
    })
}

/// Returns true if a line segment crosses an area.
fn passes(from: Point, to: Point, area: &Area) -> bool {
    // Clip the segment to the vertical extent of the area.
    let (low, high) = if from.1 <= to.1 { (from, to) } else { (to, from) };
    if high.1 <= area.top || low.1 >= area.bottom {
        return false;
    }
    let x_at = |y: i32| {
        let y = y.clamp(low.1, high.1);
        let rise = i64::from((high.1 - low.1).max(1));
        i64::from(low.0) + i64::from(high.0 - low.0) * i64::from(y - low.1) / rise
    };
    let (a, b) = if low.1 == high.1 {
        (i64::from(low.0), i64::from(high.0))
    } else {
        (x_at(area.top), x_at(area.bottom))
    };
    a.min(b) < i64::from(area.right) && a.max(b) > i64::from(area.left)
}

/// A text, or a shape that texts must not overlap.
struct Thing<'a> {
    shape: &'a Shape,
    area: Area,
}

fn check(name: &str, picture: &Picture, found: &mut Vec<String>) {
    let frame = Area::px(0, 0, picture.width, picture.height);
    let mut things: Vec<Thing> = Vec::new();
    for shape in picture.groups.iter().flat_map(|group| &group.shapes) {
        let area = shape.area();
        if !frame.holds(&area) {
            found.push(format!("{name}: {} leaves the picture: {area:?}", say(shape)));
        }
        if let Kind::Text(face) = shape.kind
            && face.size() < 12
        {
            found.push(format!("{name}: {} is below 12 px", say(shape)));
        }
        if !matches!(shape.kind, Kind::Life | Kind::Arrow | Kind::Reply) {
            things.push(Thing { shape, area });
        }
    }
    // Sweep from the top down, comparing each with those that begin before it ends.
    things.sort_by_key(|thing| thing.area.top);
    for (i, one) in things.iter().enumerate() {
        let below = things[i + 1..].iter().take_while(|two| two.area.top < one.area.bottom);
        for two in below {
            if one.area.meets(&two.area) && !allowed(one, two) {
                let (a, b) = (say(one.shape), say(two.shape));
                found.push(format!("{name}: {a} {:?} meets {b} {:?}", one.area, two.area));
            }
        }
    }
}

/// Returns true if two things may overlap: shapes may, and a text may lie within its own box.
fn allowed(one: &Thing, two: &Thing) -> bool {
    let (text, other, inside) = match (one.shape.kind, two.shape.kind) {
        (Kind::Text(_), Kind::Text(_)) => return false,
        (Kind::Text(face), kind) => (face, kind, two.area.holds(&one.area)),
        (kind, Kind::Text(face)) => (face, kind, one.area.holds(&two.area)),
        (Kind::Pill, Kind::Pill) | (Kind::Box, Kind::Box) => return false,
        (Kind::Head, Kind::Icon | Kind::Solid) | (Kind::Icon | Kind::Solid, Kind::Head) => {
            return false;
        }
        // A pill in front of a bar would hide it.
        (Kind::Pill, Kind::Bar | Kind::Head | Kind::Icon | Kind::Solid)
        | (Kind::Bar | Kind::Head | Kind::Icon | Kind::Solid, Kind::Pill) => return false,
        _ => return true,
    };
    match other {
        Kind::Pill => text == Face::Pill && inside,
        Kind::Box => matches!(text, Face::Name | Face::Detail) && inside,
        _ => false,
    }
}

fn say(shape: &Shape) -> String {
    match &shape.form {
        Form::Text(words) => format!("“{}”", words.text),
        _ => format!("{:?}", shape.kind),
    }
}

/// Checks that the bands are contiguous and within the body.
fn bands(layout: &Layout, found: &mut Vec<String>) {
    for pair in layout.bands.windows(2) {
        if pair[0].top + pair[0].height != pair[1].top || pair[0].step + 1 != pair[1].step {
            found.push(format!("bands: {:?} is not followed by {:?}", pair[0], pair[1]));
        }
    }
    let inside = |band: &super::layout::Band| {
        band.top >= 0 && band.height > 0 && band.top + band.height <= layout.body.height
    };
    for band in layout.bands.iter().filter(|band| !inside(band)) {
        found.push(format!("bands: {band:?} leaves the body"));
    }
}
