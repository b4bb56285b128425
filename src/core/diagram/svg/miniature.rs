//! A small picture of a part of a run, without texts.

use super::{in_sight, put, write_shape};
use crate::diagram::layout::Layout;
use crate::diagram::picture::{Form, Layer};

/// Returns a picture of at most `height` px around a step, for a page that includes the style sheet. It has
/// no texts, which could not be read at its size, and is hidden from screen readers.
pub fn miniature(layout: &Layout, current: u16, height: i32) -> String {
    let (top, room) = in_sight(layout, current, height);
    let (from, to) = (top * 10, (top + room) * 10);
    let width = layout.width;
    let mut out = String::with_capacity(4_096);
    put(
        &mut out,
        format_args!(
            "<svg class=\"diagram mini\" viewBox=\"0 {top} {width} {room}\" aria-hidden=\"true\">\n"
        ),
    );
    let groups = layout.body.groups.iter().filter(|group| group.layer != Layer::Texts);
    for shape in groups.flat_map(|group| &group.shapes) {
        let area = shape.area();
        let is_text = matches!(shape.form, Form::Text(_));
        if !is_text && area.top <= to && area.bottom >= from {
            write_shape(&mut out, shape, false);
        }
    }
    out.push_str("\n</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::layout::lay_out;
    use crate::diagram::samples;

    #[test]
    fn it_shows_the_step_and_no_text() {
        let layout = lay_out(&samples::ack_lost(), 420);
        for step in 1..=u16::try_from(layout.bands.len()).unwrap() {
            let svg = miniature(&layout, step, 300);
            assert!(!svg.contains("<text") && !svg.contains("<title"), "{svg}");
            assert!(svg.contains("class=\"life"), "{svg}");
            let view_box = svg.split("viewBox=\"0 ").nth(1).and_then(|rest| rest.split(' ').next());
            let top: i32 = view_box.and_then(|top| top.parse().ok()).expect("a number");
            let band = layout.band(step).expect("it exists");
            assert!(top <= band.top && band.top + band.height <= top + 300, "step {step}: {top}");
        }
    }

    #[test]
    fn what_is_out_of_sight_is_left_out() {
        let layout = lay_out(&samples::ack_lost(), 420);
        let whole = miniature(&layout, 1, layout.body.height);
        let part = miniature(&layout, 1, 120);
        assert!(part.len() * 2 < whole.len(), "{} of {}", part.len(), whole.len());
    }
}
