//! SVG serialization of display lists. Numbers are rounded and texts are escaped here, and nowhere
//! else.
//!
//! The markup has only classes and presentation attributes, never `style`, ids or references, so it
//! works under a strict Content-Security-Policy, and several diagrams can share a page.

mod inline;
mod miniature;
mod slices;
mod theme;
mod titled;

use std::fmt::Write;

pub use inline::{body_svg, head_svg};
pub use miniature::miniature;
pub use slices::slices_svg;
pub use theme::Theme;
pub use titled::titled;

use super::layout::{Band, Layout};
use super::metrics::Face;
use super::picture::{Anchor, Area, Form, Group, Kind, Layer, Picture, Point, Shape, Tint, Words};
use super::writable;

/// The CSS rules for the classes used here, for the page and for standalone documents.
pub const STYLE: &str = include_str!("diagram.css");

/// Horizontal distance between the frame of the current step and the edge of the picture, in px.
const FRAME_INSET: i32 = 2;

/// Returns the content of the `<g>` of a group: its title and its shapes.
pub fn group_svg(group: &Group) -> String {
    let mut out = String::with_capacity(96 * (group.shapes.len() + 1));
    write_group(&mut out, group, &|_| true);
    out
}

/// Returns the class of a step's groups relative to the current step: `"past"`, `"now"` or
/// `"future"`, and `"still"` for step 0, the background. Before the first step the whole run is
/// drawn as the past: an overview.
pub fn when(step: u16, current: u16) -> &'static str {
    match step {
        0 => "still",
        step if step < current || current == 0 => "past",
        step if step == current => "now",
        _ => "future",
    }
}

/// Returns the rectangle that frames a band. Give it the class `frame` and draw it behind all else.
/// In px: x, y, width, height.
pub fn frame(layout: &Layout, band: &Band) -> (i32, i32, i32, i32) {
    (FRAME_INSET, band.top, layout.width - 2 * FRAME_INSET, band.height)
}

/// Returns the style sheet for a page of [`excerpt`]s.
pub fn sheet(theme: Theme) -> String {
    theme::sheet(STYLE, theme)
}

/// Returns the color of this name in the style sheet, such as `--d-paper`, as CSS.
pub fn colour(name: &str, theme: Theme) -> String {
    theme::colour(STYLE, name, theme)
}

/// Returns a standalone document: the header above the body, with an embedded style sheet. With a
/// `current` step after the start, the past is solid and the future faded; otherwise everything is
/// solid.
pub fn document(layout: &Layout, current: Option<u16>, theme: Theme) -> String {
    let (width, head) = (layout.width, layout.header.height);
    let height = head + layout.body.height;
    let mut out = String::with_capacity(16_384);
    put(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram {}\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<style>",
            theme.class()
        ),
    );
    out.push_str(theme::document(theme));
    out.push_str("</style>\n");
    put(&mut out, format_args!("<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n"));
    write_groups(&mut out, &layout.header, None, &|_| true, |_| true);
    put(&mut out, format_args!("<g transform=\"translate(0 {head})\">\n"));
    write_body(&mut out, layout, current, |_| true);
    out.push_str("</g>\n</svg>\n");
    out
}

/// Returns a picture of `height` px for a page that includes the [`sheet`]: the header, and below
/// it as much of the body as fits, with the current step visible.
pub fn excerpt(layout: &Layout, current: u16, height: i32) -> String {
    let (width, head) = (layout.width, layout.header.height);
    let room = height - head;
    let (top, room) = in_sight(layout, current, room);
    let (from, to) = (top * 10, (top + room) * 10);
    let mut out = String::with_capacity(8_192);
    put(
        &mut out,
        format_args!(
            "<svg class=\"diagram\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">\n"
        ),
    );
    write_groups(&mut out, &layout.header, None, &|_| true, |_| true);
    put(
        &mut out,
        format_args!(
            "<svg y=\"{head}\" width=\"{width}\" height=\"{room}\" viewBox=\"0 {top} {width} {room}\">\n"
        ),
    );
    write_body(&mut out, layout, Some(current), |shape| {
        let area = shape.area();
        // Leave room for the stroke width.
        area.top <= to + 40 && area.bottom >= from - 40
    });
    out.push_str("</svg>\n</svg>\n");
    out
}

/// Returns the part of the body to show in `room` px: whole steps, including the current one. In
/// px: its top and its height.
fn in_sight(layout: &Layout, current: u16, room: i32) -> (i32, i32) {
    let (at, height) = layout.band(current).map_or((0, 0), |band| (band.top, band.height));
    let most = (layout.body.height - room).max(0);
    // The steps that led here are more informative than those to come.
    let wished = (at + height / 2 - room * 3 / 5).clamp(0, most);
    let tops = layout.bands.iter().map(|band| band.top);
    let top = if wished == 0 { 0 } else { tops.clone().find(|&top| top >= wished).unwrap_or(at) };
    let top = top.min(at);
    // Do not show a step that would be cut off.
    let cut = tops.chain([layout.body.height]).filter(|&cut| cut <= top + room).max();
    let end = cut.filter(|&cut| cut >= at + height && cut > top).unwrap_or(top + room);
    (top, end - top)
}

/// Writes the visible shapes of the body, with its frame and its veil.
fn write_body(
    out: &mut String,
    layout: &Layout,
    current: Option<u16>,
    seen: impl Fn(&Shape) -> bool,
) {
    if let Some(band) = current.and_then(|step| layout.band(step)) {
        let (x, y, w, h) = frame(layout, band);
        put(
            out,
            format_args!(
                "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\n"
            ),
        );
    }
    write_groups(out, &layout.body, current, &seen, |layer| layer != Layer::Texts);
    let Some(step) = current else {
        return write_texts(out, &layout.body, &seen);
    };
    let (width, y) = (layout.width, layout.horizon(step));
    let h = layout.body.height - y;
    // The last step has no future.
    if h > 0 {
        put(
            out,
            format_args!("<rect class=\"veil\" y=\"{y}\" width=\"{width}\" height=\"{h}\"/>\n"),
        );
    }
    write_groups(out, &layout.body, current, &seen, |layer| layer == Layer::Texts);
}

/// Writes the visible shapes of the selected layers, each group as a `<g>` on a line of its own.
fn write_groups(
    out: &mut String,
    picture: &Picture,
    current: Option<u16>,
    seen: &impl Fn(&Shape) -> bool,
    layer: impl Fn(Layer) -> bool,
) {
    for group in picture.groups.iter().filter(|group| layer(group.layer)) {
        if group.shapes.iter().any(seen) {
            let class = current.map_or("past", |current| when(group.step, current));
            put(out, format_args!("<g class=\"{class}\">"));
            write_group(out, group, seen);
            out.push_str("</g>\n");
        }
    }
}

/// Writes all texts as one group: without a current step they look alike, and the titles are on the
/// shapes that they belong to.
fn write_texts(out: &mut String, picture: &Picture, seen: &impl Fn(&Shape) -> bool) {
    out.push_str("<g class=\"past\">\n");
    for group in picture.groups.iter().filter(|group| group.layer == Layer::Texts) {
        for shape in group.shapes.iter().filter(|shape| seen(shape)) {
            write_shape(out, shape, false);
        }
        out.push('\n');
    }
    out.push_str("</g>\n");
}

fn write_group(out: &mut String, group: &Group, seen: &impl Fn(&Shape) -> bool) {
    if let Some(title) = &group.title {
        write_title(out, title);
    }
    // Texts in a box need no halo. Not every renderer supports CSS's `~`.
    let mut boxed = false;
    for shape in group.shapes.iter().filter(|shape| seen(shape)) {
        boxed |= shape.kind == Kind::Box;
        write_shape(out, shape, boxed);
    }
}

fn write_title(out: &mut String, title: &str) {
    out.push_str("<title>");
    escape(out, title);
    out.push_str("</title>");
}

fn write_shape(out: &mut String, shape: &Shape, boxed: bool) {
    let tag = match &shape.form {
        Form::Line { .. } => "line",
        Form::Poly { closed: true, .. } => "polygon",
        Form::Poly { closed: false, .. } => "polyline",
        Form::Hatch { .. } | Form::Glyph { .. } => "path",
        Form::Rect { .. } => "rect",
        Form::Circle { .. } => "circle",
        Form::Text(_) => "text",
    };
    for part in ["<", tag, " class=\"", kind_class(shape.kind)] {
        out.push_str(part);
    }
    write_tint(out, shape.tint);
    if boxed && matches!(shape.form, Form::Text(_)) {
        out.push_str(" boxed");
    }
    out.push('"');
    match &shape.form {
        Form::Line { from, to } => {
            number(out, " x1", from.0);
            number(out, " y1", from.1);
            number(out, " x2", to.0);
            number(out, " y2", to.1);
        }
        Form::Poly { points, .. } => write_points(out, points),
        Form::Hatch { area, pitch } => write_hatch(out, area, *pitch),
        Form::Rect { area, radius } => {
            number(out, " x", area.left);
            number(out, " y", area.top);
            number(out, " width", area.right - area.left);
            number(out, " height", area.bottom - area.top);
            number(out, " rx", *radius);
        }
        Form::Circle { centre, radius } => {
            number(out, " cx", centre.0);
            number(out, " cy", centre.1);
            number(out, " r", *radius);
        }
        Form::Glyph { at, path, .. } => {
            out.push_str(" transform=\"translate(");
            decimal(out, at.0);
            out.push(' ');
            decimal(out, at.1);
            for part in [")\" d=\"", path, "\""] {
                out.push_str(part);
            }
        }
        Form::Text(words) => return write_text(out, words),
    }
    out.push_str("/>");
}

/// Writes the rest of a `<text>`, from its attributes on.
fn write_text(out: &mut String, words: &Words) {
    number(out, " x", words.at.0);
    number(out, " y", words.at.1);
    match words.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    out.push('>');
    if let Some(title) = &words.title {
        write_title(out, title);
    }
    escape(out, &words.text);
    if !words.rest.is_empty() {
        put(out, format_args!("<tspan class=\"detail\" dx=\"{}\">", super::picture::REST_GAP));
        escape(out, &words.rest);
        out.push_str("</tspan>");
    }
    out.push_str("</text>");
}

fn write_points(out: &mut String, points: &[Point]) {
    out.push_str(" points=\"");
    for (i, &(x, y)) in points.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        decimal(out, x);
        out.push(',');
        decimal(out, y);
    }
    out.push('"');
}

/// Writes hatching: strokes that rise to the right, clipped to their column.
fn write_hatch(out: &mut String, area: &Area, pitch: i32) {
    // A long downtime gets strokes further apart, not thousands of them.
    const MOST: i32 = 400;
    let width = area.right - area.left;
    let pitch = pitch.max((area.bottom - area.top) / MOST).max(1);
    out.push_str(" d=\"");
    let mut y = area.top + pitch / 2;
    while y < area.bottom + width {
        // From the left edge at y up to the right edge, clipped to the area.
        let low = y.min(area.bottom);
        let high = (y - width).max(area.top);
        if low > high {
            out.push('M');
            decimal(out, area.left + (y - low));
            out.push(' ');
            decimal(out, low);
            out.push('L');
            decimal(out, area.left + (y - high));
            out.push(' ');
            decimal(out, high);
        }
        y += pitch;
    }
    out.push('"');
}

/// Returns the CSS class of a kind.
fn kind_class(kind: Kind) -> &'static str {
    match kind {
        Kind::Life => "life",
        Kind::Bar => "bar",
        Kind::Down => "down",
        Kind::Arrow => "arrow",
        Kind::Reply => "arrow reply",
        Kind::Head => "head",
        Kind::Token => "token",
        Kind::Lost => "lost",
        Kind::Flying => "flying",
        Kind::Icon => "icon",
        Kind::Solid => "icon solid",
        Kind::Burst => "burst",
        Kind::Power => "power",
        Kind::Pill => "pill",
        Kind::Box => "box",
        Kind::Text(Face::Label) => "label",
        Kind::Text(Face::Detail) => "detail",
        Kind::Text(Face::Name) => "name",
        Kind::Text(Face::Pill) => "count",
    }
}

fn write_tint(out: &mut String, tint: Tint) {
    match tint {
        Tint::Plain => {}
        Tint::Good => out.push_str(" good"),
        Tint::Warn => out.push_str(" warn"),
        Tint::Bad => out.push_str(" bad"),
        // There are four colors; a fifth message looks like the first.
        Tint::Message(i) => put(out, format_args!(" m{}", i % 4 + 1)),
    }
}

/// Writes an attribute with a length in tenths of a px.
fn number(out: &mut String, name: &str, tenths: i32) {
    out.push_str(name);
    out.push_str("=\"");
    decimal(out, tenths);
    out.push('"');
}

/// Writes tenths of a px as px, with a decimal only if there is one.
fn decimal(out: &mut String, tenths: i32) {
    // By hand, since half of a drawing is numbers: digits from last to first.
    let mut digits = [0_u8; 12];
    let mut at = digits.len();
    let mut rest = tenths.unsigned_abs();
    let part = rest % 10;
    rest /= 10;
    if part != 0 {
        at -= 2;
        digits[at..].copy_from_slice(&[b'.', b'0' + part as u8]);
    }
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if tenths < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().copied().map(char::from));
}

/// Returns the text escaped as markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

/// Writes a text as the content of an element or an attribute.
fn escape(out: &mut String, text: &str) {
    // Most texts need no escaping. Control characters beyond ASCII begin with 0xc2 in UTF-8, and
    // U+FFFE and U+FFFF with 0xef.
    let special = |b| b < b' ' || matches!(b, b'&' | b'<' | b'>' | b'"' | 0x7f | 0xc2 | 0xef);
    if !text.bytes().any(special) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(writable(c)),
        }
    }
}

fn put(out: &mut String, arguments: std::fmt::Arguments) {
    // Writing to a String never fails.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let mut out = String::new();
        for tenths in [0, 10, 15, -5, -120] {
            decimal(&mut out, tenths);
            out.push(' ');
        }
        assert_eq!(out, "0 1 1.5 -0.5 -12 ");
    }

    #[test]
    fn nothing_in_a_text_can_become_markup() {
        let mut out = String::new();
        escape(&mut out, "a<b & \"c\">\u{1}");
        assert_eq!(out, "a&lt;b &amp; &quot;c&quot;&gt;\u{fffd}");
    }

    /// Returns true for what the production `Char` of XML 1.0 allows.
    fn allowed(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn every_character_is_written_as_one_that_xml_allows() {
        for c in '\0'..=char::MAX {
            let written = escaped(&format!("a{c}"));
            assert!(written.chars().all(allowed), "{c:?} is written as {written:?}");
            // What XML allows is kept, except for control characters, which no font has.
            if allowed(c) && !c.is_control() && !"&<>\"".contains(c) {
                assert_eq!(written, format!("a{c}"));
            }
        }
    }
}
