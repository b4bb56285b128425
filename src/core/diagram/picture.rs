//! Display list: a flat list of shapes, grouped by step, ready to be serialized.
//!
//! Coordinates are tenths of a px, with y pointing down, in integers, so that a picture is the same
//! on every machine. A shape has a kind; its color is up to the style sheet.

use super::ir::Tone;
use super::metrics::{self, Face};

/// A display list of known size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width in px.
    pub width: i32,
    /// Height in px.
    pub height: i32,
    /// The groups in drawing order.
    pub groups: Vec<Group>,
}

/// The shapes of one step on one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The step, counted from 1; 0 is the background, which belongs to no step.
    pub step: u16,
    pub layer: Layer,
    /// A sentence to show as a tooltip.
    pub title: Option<String>,
    pub shapes: Vec<Shape>,
}

/// Layers from back to front. The veil that fades the future lies between [`Layer::Shapes`] and
/// [`Layer::Texts`], so that texts keep their contrast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Lifelines, activation bars, downtimes.
    Back,
    /// Arrows, icons, pills.
    Shapes,
    /// Texts.
    Texts,
}

/// The role of a shape; determines its CSS class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A lifeline.
    Life,
    /// An activation bar.
    Bar,
    /// A period in which a participant is down.
    Down,
    /// The line of a request or a delivery.
    Arrow,
    /// The line of a reply.
    Reply,
    /// An arrowhead.
    Head,
    /// The shape of a message at the tail of its arrow, or in a pill.
    Token,
    /// The ✕ at which the arrow of a lost message stops.
    Lost,
    /// The end of an arrow that is still in flight at the last row.
    Flying,
    /// An icon, outlined.
    Icon,
    /// An icon, filled.
    Solid,
    /// A crash of a participant.
    Burst,
    /// A restart of a participant.
    Power,
    /// The pill of an effect.
    Pill,
    /// The box of a header.
    Box,
    /// A text, with its style.
    Text(Face),
}

/// The color of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    Plain,
    Good,
    Warn,
    Bad,
    /// The color of a message, counted from 0.
    Message(u8),
}

impl From<Tone> for Tint {
    fn from(tone: Tone) -> Tint {
        match tone {
            Tone::Plain => Tint::Plain,
            Tone::Good => Tint::Good,
            Tone::Warn => Tint::Warn,
            Tone::Bad => Tint::Bad,
        }
    }
}

/// A shape: its kind, its color and its geometry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    pub kind: Kind,
    pub tint: Tint,
    pub form: Form,
}

/// A point in tenths of a px.
pub type Point = (i32, i32);

/// The geometry of a shape, in tenths of a px.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    Line {
        from: Point,
        to: Point,
    },
    /// A polyline; if closed, a polygon.
    Poly {
        points: Vec<Point>,
        closed: bool,
    },
    /// Hatching: parallel strokes across a column that rise to the right, `pitch` apart.
    Hatch {
        area: Area,
        pitch: i32,
    },
    Rect {
        area: Area,
        radius: i32,
    },
    Circle {
        centre: Point,
        radius: i32,
    },
    /// A path drawn in a square of `size`, translated to `at`.
    Glyph {
        at: Point,
        size: i32,
        path: &'static str,
    },
    Text(Words),
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Position of the anchor, on the baseline, in tenths of a px.
    pub at: Point,
    pub anchor: Anchor,
    pub text: String,
    /// Less prominent text that follows on the same line; may be empty.
    pub rest: String,
    /// The full text, if the line truncates it.
    pub title: Option<String>,
}

/// The point of a text that is at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle in tenths of a px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    /// Creates a rectangle from px.
    pub const fn px(left: i32, top: i32, right: i32, bottom: i32) -> Area {
        Area { left: left * 10, top: top * 10, right: right * 10, bottom: bottom * 10 }
    }

    /// Returns true if the rectangles overlap in more than an edge.
    pub const fn meets(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Returns true if `other` lies within this rectangle.
    pub const fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }

    fn around(points: &[Point]) -> Area {
        let mut area = Area { left: i32::MAX, top: i32::MAX, right: i32::MIN, bottom: i32::MIN };
        for &(x, y) in points {
            area.left = area.left.min(x);
            area.top = area.top.min(y);
            area.right = area.right.max(x);
            area.bottom = area.bottom.max(y);
        }
        area
    }
}

/// Gap in px between a label and the less prominent text after it.
pub const REST_GAP: i32 = 7;

impl Words {
    /// Returns the bounding box of the line when set in `face`, as measured.
    pub fn area(&self, face: Face) -> Area {
        let mut wide = metrics::width(&self.text, face);
        if !self.rest.is_empty() {
            wide += REST_GAP + metrics::width(&self.rest, Face::Detail);
        }
        let left = match self.anchor {
            Anchor::Start => self.at.0,
            Anchor::Middle => self.at.0 - wide * 5,
            Anchor::End => self.at.0 - wide * 10,
        };
        let top = self.at.1 - face.ascent() * 10;
        Area { left, top, right: left + wide * 10, bottom: top + face.line() * 10 }
    }
}

impl Shape {
    /// Returns the bounding box of the shape, without the width of its stroke.
    pub fn area(&self) -> Area {
        match &self.form {
            Form::Line { from, to } => Area::around(&[*from, *to]),
            Form::Poly { points, .. } => Area::around(points),
            Form::Hatch { area, .. } | Form::Rect { area, .. } => *area,
            Form::Circle { centre: (x, y), radius } => {
                Area { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
            }
            Form::Glyph { at: (x, y), size, .. } => {
                Area { left: *x, top: *y, right: x + size, bottom: y + size }
            }
            Form::Text(words) => {
                let face = if let Kind::Text(face) = self.kind { face } else { Face::Label };
                words.area(face)
            }
        }
    }
}
