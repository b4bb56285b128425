//! Final layout pass: emits the display list of the body. It draws what earlier passes have placed
//! and moves nothing.

use super::arrows::{Flight, Flights};
use super::columns::Columns;
use super::icons;
use super::label_positions::{self, Placed};
use super::labels::{self, Plan, Side, Spot};
use super::metric::{BAR, BESIDE, BURST, HEAD, HEAD_HALF, ICON, LOOP, LOST, PILL, PILL_PAD};
use super::occupancy::{Span, Tracks};
use super::row_heights::{Slot, Stack};
use crate::diagram::ir::{Diagram, Icon, Item, Row, Stroke, Tone};
use crate::diagram::picture::{Area, Form, Group, Kind, Layer, Picture, Point, Shape, Tint, Words};

/// The results of all earlier passes.
pub struct Scene<'a> {
    pub diagram: &'a Diagram,
    pub rows: &'a [&'a Row],
    pub flights: &'a Flights,
    pub columns: &'a Columns,
    pub plans: &'a [Plan],
    pub stack: &'a Stack,
    pub tracks: &'a Tracks,
    pub spots: &'a [Option<Placed>],
}

/// Draws the body: the background, then the shapes of each step, then the texts of each step.
pub fn body(scene: &Scene) -> Picture {
    let mut pen = Pen::new(scene.diagram);
    for (i, row) in scene.rows.iter().enumerate() {
        pen.turn_to(row.step);
        scene.row(i, row, &mut pen);
        scene.words(i, &mut pen);
    }
    let back = Group { step: 0, layer: Layer::Back, title: None, shapes: scene.back() };
    let mut groups = vec![back];
    groups.extend(pen.shapes.into_iter().filter(|group| !group.shapes.is_empty()));
    groups.extend(pen.texts.into_iter().filter(|group| !group.shapes.is_empty()));
    Picture { width: scene.columns.width, height: scene.stack.height, groups }
}

/// Appends shapes to the group of the current step.
struct Pen<'a> {
    diagram: &'a Diagram,
    shapes: Vec<Group>,
    texts: Vec<Group>,
}

impl<'a> Pen<'a> {
    fn new(diagram: &'a Diagram) -> Pen<'a> {
        Pen { diagram, shapes: Vec::new(), texts: Vec::new() }
    }

    fn turn_to(&mut self, step: u16) {
        if self.shapes.last().is_some_and(|group| group.step == step) {
            return;
        }
        let sentence = usize::from(step).checked_sub(1).and_then(|i| self.diagram.sentences.get(i));
        let title = sentence.filter(|words| !words.is_empty()).cloned();
        let group = |layer, title| Group { step, layer, title, shapes: Vec::new() };
        self.texts.push(group(Layer::Texts, title.clone()));
        self.shapes.push(group(Layer::Shapes, title));
    }

    /// Draws a shape into the current group.
    fn draw(&mut self, kind: Kind, tint: Tint, form: Form) {
        let groups = if matches!(kind, Kind::Text(_)) { &mut self.texts } else { &mut self.shapes };
        if let Some(group) = groups.last_mut() {
            group.shapes.push(Shape { kind, tint, form });
        }
    }
}

/// Returns the color of a message, or the plain one if there is none.
fn hue(msg: Option<u8>) -> Tint {
    msg.map_or(Tint::Plain, Tint::Message)
}

fn tenths((x, y): Point) -> Point {
    (x * 10, y * 10)
}

impl Scene<'_> {
    fn x(&self, at: u8) -> i32 {
        self.columns.xs[usize::from(at)]
    }

    /// Returns how far a shape that touches a lifeline at this height stays from the lifeline's
    /// center.
    fn skin(&self, at: usize, y: i32) -> i32 {
        if self.tracks.occupied(at, y - 2, y + 2) { BAR + 1 } else { 1 }
    }

    fn row(&self, i: usize, row: &Row, pen: &mut Pen) {
        let slot = self.stack.slots[i];
        match row.item {
            Item::Send { from, .. } => {
                if let Some(flight) = self.flights.of(i) {
                    self.departure(flight, pen);
                    if let Some(msg) = row.msg {
                        let (x, y) = self.tail(flight);
                        let dir = if flight.rightward() || flight.to == usize::from(from) {
                            1
                        } else {
                            -1
                        };
                        let centre = (x * 10 + dir * 40, y * 10);
                        pen.draw(Kind::Token, hue(row.msg), icons::token(msg, centre));
                    }
                }
            }
            Item::Arrive { .. } => {
                if let Some(flight) = self.flights.of(i) {
                    let (from, tip) = self.last_leg(flight);
                    head(pen, row.msg.or(flight.msg), from, tip);
                }
            }
            Item::Lose { .. } => {
                if let Some(flight) = self.flights.of(i) {
                    let x = labels::lost_x(flight.from, flight.to, self.columns);
                    cross(pen, x, slot.anchor);
                }
            }
            Item::Call { from, to, stroke, .. } => self.call(slot, row.msg, from, to, stroke, pen),
            Item::Mark { at, icon, tone, .. } => self.mark(i, at, icon, tone, pen),
            Item::Stamp { tone, .. } => self.pill(i, row.msg, tone, pen),
            Item::Crash { at, .. } => {
                let corner = (self.x(at) - BURST, slot.anchor - BURST);
                glyph(pen, Kind::Burst, Tint::Bad, corner, 2 * BURST, icons::BURST);
            }
            Item::Restart { at, .. } => {
                let corner = (self.x(at) - BURST, slot.anchor - BURST);
                glyph(pen, Kind::Power, Tint::Good, corner, 2 * BURST, icons::POWER);
            }
            Item::Begin { .. } | Item::End { .. } => {}
        }
    }

    /// Returns the point at which an arrow leaves its lifeline.
    fn tail(&self, flight: &Flight) -> Point {
        let y = self.stack.slots[flight.send].tail;
        let skin = self.skin(flight.from, y);
        let x = self.columns.xs[flight.from];
        (if flight.to < flight.from { x - skin } else { x + skin }, y)
    }

    /// Returns the last straight segment of an arrow that arrives: its start, and the tip of the
    /// head.
    fn last_leg(&self, flight: &Flight) -> (Point, Point) {
        let line = label_positions::stretch(flight, self.stack, self.columns);
        let skin = self.skin(flight.to, line.y2);
        if flight.from == flight.to {
            return ((line.x1 + BAR + LOOP, line.y2), (line.x2 + skin, line.y2));
        }
        let x = if flight.rightward() { line.x2 - skin } else { line.x2 + skin };
        (self.tail(flight), (x, line.y2))
    }

    /// Draws the line of an arrow, up to the base of its head, its ✕ or its dots.
    fn departure(&self, flight: &Flight, pen: &mut Pen) {
        let tail = self.tail(flight);
        let line = label_positions::stretch(flight, self.stack, self.columns);
        let arrives = flight.end.is_some() && !flight.lost;
        let (start, end) = if arrives {
            let (from, tip) = self.last_leg(flight);
            (tenths(from), foot(tenths(from), tenths(tip)))
        } else {
            (tenths(tail), tenths((line.x2, line.y2)))
        };
        let mut points = vec![tenths(tail)];
        if flight.from == flight.to {
            let out = (line.x1 + BAR + LOOP) * 10;
            points.push((out, tail.1 * 10));
            if arrives {
                points.push(start);
            }
        }
        points.push(if flight.from == flight.to && !arrives {
            ((line.x1 + BAR + LOOP) * 10, line.y2 * 10)
        } else {
            end
        });
        stroke_line(pen, flight.stroke, flight.msg, &points);
        if flight.end.is_none() {
            let (&from, &to) = (&points[points.len() - 2], &points[points.len() - 1]);
            dots(pen, flight.msg, from, to);
        }
    }

    /// Draws a call that starts and ends within its row.
    fn call(&self, slot: Slot, msg: Option<u8>, from: u8, to: u8, stroke: Stroke, pen: &mut Pen) {
        let (x1, x2) = (self.x(from), self.x(to));
        if from == to {
            let (top, bottom) = (slot.anchor - 7, slot.anchor + 7);
            let (a, b) = (self.skin(from.into(), top), self.skin(to.into(), bottom));
            // Out, down and back, on the side of the label.
            let out = x1 + BAR + LOOP;
            let tip = tenths((x2 + b, bottom));
            let corner = tenths((out, bottom));
            let points = [tenths((x1 + a, top)), tenths((out, top)), corner, foot(corner, tip)];
            stroke_line(pen, stroke, msg, &points);
            return head(pen, msg, (out, bottom), (x2 + b, bottom));
        }
        let dir = if to > from { 1 } else { -1 };
        let tail = (x1 + dir * self.skin(from.into(), slot.tail), slot.tail);
        let tip = (x2 - dir * self.skin(to.into(), slot.anchor), slot.anchor);
        stroke_line(pen, stroke, msg, &[tenths(tail), foot(tenths(tail), tenths(tip))]);
        head(pen, msg, tail, tip);
    }

    fn mark(&self, i: usize, at: u8, icon: Icon, tone: Tone, pen: &mut Pen) {
        let x = self.x(at);
        let left = match self.plans[i].spot {
            _ if labels::on_line(icon) => x - ICON / 2,
            Spot::Across { .. } => x - ICON / 2,
            Spot::Beside { side: Side::Left, .. } => x - BAR - BESIDE - ICON,
            _ => x + BAR + BESIDE,
        };
        let (path, kind) = icons::glyph(icon);
        let corner = (left, self.stack.slots[i].anchor - ICON / 2);
        glyph(pen, kind, tone.into(), corner, ICON, path);
    }

    /// Draws a pill with the token of its message; its text is drawn separately.
    fn pill(&self, i: usize, msg: Option<u8>, tone: Tone, pen: &mut Pen) {
        let Spot::Pill { left, right, .. } = self.plans[i].spot else { return };
        let y = self.stack.slots[i].anchor;
        let area = Area::px(left, y - PILL / 2, right, y + PILL / 2);
        pen.draw(Kind::Pill, tone.into(), Form::Rect { area, radius: PILL * 5 });
        if let Some(msg) = msg {
            let token = icons::token(msg, tenths((left + PILL_PAD + 4, y)));
            pen.draw(Kind::Token, hue(Some(msg)), token);
        }
    }

    /// Draws the texts of a row.
    fn words(&self, i: usize, pen: &mut Pen) {
        let Some(placed) = self.spots[i] else { return };
        let plan = &self.plans[i];
        let tint = match self.rows[i].item {
            Item::Mark { tone, .. } | Item::Stamp { tone, .. } => tone.into(),
            Item::Lose { .. } | Item::Crash { .. } => Tint::Bad,
            Item::Restart { .. } => Tint::Good,
            _ => Tint::Plain,
        };
        let mut top = self.stack.slots[i].text;
        for line in &plan.block.lines {
            let words = Words {
                at: tenths((placed.x, top + line.face.ascent())),
                anchor: placed.anchor,
                text: line.text.clone(),
                rest: line.rest.clone(),
                title: plan.block.title.clone(),
            };
            pen.draw(Kind::Text(line.face), tint, Form::Text(words));
            top += line.face.line();
        }
    }

    /// Returns the background: lifelines, activation bars and downtimes.
    fn back(&self) -> Vec<Shape> {
        let cuts = self.cuts();
        let mut shapes = Vec::new();
        for (at, &x) in self.columns.xs.iter().enumerate() {
            let mut top = 0;
            let spans = &self.tracks.of[at];
            for span in spans.iter().filter(|span| span.down) {
                shapes.push(life(x, top, span.top));
                top = span.bottom;
            }
            shapes.push(life(x, top, self.stack.height));
            for span in spans {
                pieces(*span, &cuts[at], |top, bottom| shapes.push(bar(x, top, bottom, span.down)));
            }
        }
        shapes
    }

    /// Returns the vertical ranges in which a text or a pill crosses each lifeline, ascending.
    fn cuts(&self) -> Vec<Vec<(i32, i32)>> {
        let mut cuts = vec![Vec::new(); self.columns.len()];
        for (i, spot) in self.spots.iter().enumerate() {
            let Some(placed) = spot else { continue };
            let slot = self.stack.slots[i];
            let (left, right, top, bottom) = match self.plans[i].spot {
                Spot::Pill { left, right, .. } => {
                    (left, right, slot.anchor - PILL / 2, slot.anchor + PILL / 2)
                }
                _ => {
                    let height = self.plans[i].block.height;
                    (placed.left, placed.right, slot.text, slot.text + height)
                }
            };
            let first = self.columns.xs.partition_point(|x| x + BAR < left);
            for (x, cuts) in self.columns.xs.iter().zip(&mut cuts).skip(first) {
                if x - BAR > right {
                    break;
                }
                cuts.push((top - 2, bottom + 2));
            }
        }
        cuts
    }
}

/// Returns a segment of a lifeline; coordinates in px.
fn life(x: i32, top: i32, bottom: i32) -> Shape {
    let form = Form::Line { from: tenths((x, top)), to: tenths((x, bottom)) };
    Shape { kind: Kind::Life, tint: Tint::Plain, form }
}

fn bar(x: i32, top: i32, bottom: i32, down: bool) -> Shape {
    let area = Area::px(x - BAR, top, x + BAR, bottom);
    if down {
        let form = Form::Hatch { area, pitch: 60 };
        return Shape { kind: Kind::Down, tint: Tint::Bad, form };
    }
    Shape { kind: Kind::Bar, tint: Tint::Plain, form: Form::Rect { area, radius: 30 } }
}

/// Draws the parts of a span that remain between the cuts.
fn pieces(span: Span, cuts: &[(i32, i32)], mut draw: impl FnMut(i32, i32)) {
    // Shorter pieces are dropped.
    const LEAST: i32 = 12;
    let mut top = span.top;
    let first = cuts.partition_point(|cut| cut.1 <= span.top);
    for &(from, to) in cuts[first..].iter().take_while(|cut| cut.0 < span.bottom) {
        if from - top >= LEAST {
            draw(top, from);
        }
        top = top.max(to);
    }
    if span.bottom - top >= LEAST {
        draw(top, span.bottom);
    }
}

fn stroke_line(pen: &mut Pen, stroke: Stroke, msg: Option<u8>, points: &[Point]) {
    let kind = match stroke {
        Stroke::Solid => Kind::Arrow,
        Stroke::Dashed => Kind::Reply,
    };
    let form = match points {
        [from, to] => Form::Line { from: *from, to: *to },
        _ => Form::Poly { points: points.to_vec(), closed: false },
    };
    pen.draw(kind, hue(msg), form);
}

/// Returns the vector of `length` tenths of a px that points from one point to another.
fn along(from: Point, to: Point, length: i32) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let whole = (i64::from(dx).pow(2) + i64::from(dy).pow(2)).isqrt().max(1);
    let part = |d: i32| i32::try_from(i64::from(d) * i64::from(length) / whole).unwrap_or(0);
    (part(dx), part(dy))
}

/// Returns the point at which the line of an arrow ends and its head begins.
fn foot(from: Point, tip: Point) -> Point {
    let (dx, dy) = along(from, tip, HEAD * 10 - 10);
    (tip.0 - dx, tip.1 - dy)
}

/// Draws the head of an arrow that comes from `from`, with its tip at `tip`, in px.
fn head(pen: &mut Pen, msg: Option<u8>, from: Point, tip: Point) {
    let (from, tip) = (tenths(from), tenths(tip));
    let (dx, dy) = along(from, tip, HEAD * 10);
    let (wx, wy) = along(from, tip, HEAD_HALF * 10);
    let base = (tip.0 - dx, tip.1 - dy);
    let points = vec![tip, (base.0 - wy, base.1 + wx), (base.0 + wy, base.1 - wx)];
    pen.draw(Kind::Head, hue(msg), Form::Poly { points, closed: true });
}

/// Draws the ✕ of a lost message; coordinates in px.
fn cross(pen: &mut Pen, x: i32, y: i32) {
    let (left, top) = (x - LOST, y - LOST);
    glyph(pen, Kind::Lost, Tint::Bad, (left, top), 2 * LOST, "M1 1L11 11M11 1L1 11");
}

/// Draws three dots where an arrow continues beyond the last row; coordinates in tenths of a px.
fn dots(pen: &mut Pen, msg: Option<u8>, from: Point, to: Point) {
    for i in 1..=3 {
        let (dx, dy) = along(from, to, i * 55);
        let centre = (to.0 + dx, to.1 + dy);
        pen.draw(Kind::Flying, hue(msg), Form::Circle { centre, radius: 16 });
    }
}

fn glyph(pen: &mut Pen, kind: Kind, tint: Tint, at: Point, size: i32, path: &'static str) {
    pen.draw(kind, tint, Form::Glyph { at: tenths(at), size: size * 10, path });
}
