//! What is wrong with a layout: texts that meet something, or shapes that leave their picture.
//!
//! For tests: it looks at the finished pictures and knows nothing of how they came about.

use super::layout::Layout;
use super::measure::Face;
use super::picture::{Area, Form, Kind, Picture, Shape};

/// The complaints about a layout, in words; none for a good one.
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

/// How many texts an arrow's line passes through. Not forbidden, as a halo keeps such a text
/// readable, but the fewer, the better.
pub fn crossings(layout: &Layout) -> usize {
    let shapes = || layout.body.groups.iter().flat_map(|group| &group.shapes);
    let lines: Vec<_> = shapes()
        .filter(|shape| matches!(shape.kind, Kind::Arrow | Kind::Reply))
        .flat_map(|shape| match &shape.form {
            Form::Line { from, to } => vec![(*from, *to)],
            Form::Poly { points, .. } => points.windows(2).map(|p| (p[0], p[1])).collect(),
            _ => Vec::new(),
        })
        .collect();
    let crosses = |text: &Area| lines.iter().any(|&(from, to)| passes(from, to, text));
    shapes()
        .filter(|shape| matches!(shape.kind, Kind::Text(_)))
        .filter(|shape| crosses(&shape.area()))
        .count()
}

/// Whether a straight line passes through an area.
fn passes(from: (i32, i32), to: (i32, i32), area: &Area) -> bool {
    // Where it is between the top and the bottom of the area.
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

/// A shape that texts must stay clear of, or a text.
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
    // From the top down, each against those that begin before it ends.
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

/// Whether two things may share room: shapes may, and a text may with the box it is in.
fn allowed(one: &Thing, two: &Thing) -> bool {
    let (text, other, inside) = match (one.shape.kind, two.shape.kind) {
        (Kind::Text(_), Kind::Text(_)) => return false,
        (Kind::Text(face), kind) => (face, kind, two.area.holds(&one.area)),
        (kind, Kind::Text(face)) => (face, kind, one.area.holds(&two.area)),
        (Kind::Pill, Kind::Pill) | (Kind::Box, Kind::Box) => return false,
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

/// Bands follow each other without a gap, from within the body.
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
