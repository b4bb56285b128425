//! A diagram as two elements of a page that has the style sheet: the header, which can stay in view
//! while the body scrolls.

use super::{frame, put, when, write_shape};
use crate::diagram::layout::Layout;
use crate::diagram::picture::{Kind, Layer, Picture};

/// Returns the names of the lifelines as an `<svg>`.
pub fn head_svg(layout: &Layout) -> String {
    let (width, height) = (layout.header.width, layout.header.height);
    let mut out = format!(
        "<svg class=\"diagram head\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" aria-hidden=\"true\">"
    );
    write_groups(&mut out, &layout.header, |_| true, None);
    out.push_str("</svg>");
    out
}

/// Returns the rest of the diagram as an `<svg>` with this accessible name, at a step. Each group
/// has its step in `data-step`, and `data-bands` has the top and the height of every step, in px:
/// with them a script can show another step.
pub fn body_svg(layout: &Layout, step: u16, label: &str) -> String {
    let (width, height) = (layout.body.width, layout.body.height);
    let bands: Vec<String> =
        layout.bands.iter().map(|band| format!("{},{}", band.top, band.height)).collect();
    let mut out = format!(
        "<svg class=\"diagram body\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{}\" data-bands=\"{}\">",
        super::escaped(label),
        bands.join(" "),
    );
    let (x, y, wide, high) = layout.band(step).map_or((0, 0, 0, 0), |band| frame(layout, band));
    put(
        &mut out,
        format_args!(
            "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" rx=\"8\"/>"
        ),
    );
    write_groups(&mut out, &layout.body, |layer| layer != Layer::Texts, Some(step));
    let horizon = layout.horizon(step);
    put(
        &mut out,
        format_args!(
            "<rect class=\"veil\" y=\"{horizon}\" width=\"{width}\" height=\"{}\"/>",
            height - horizon
        ),
    );
    write_groups(&mut out, &layout.body, |layer| layer == Layer::Texts, Some(step));
    out.push_str("</svg>");
    out
}

/// Writes the groups of the selected layers without their tooltips: the page has the sentences.
fn write_groups(
    out: &mut String,
    picture: &Picture,
    layer: impl Fn(Layer) -> bool,
    current: Option<u16>,
) {
    for group in picture.groups.iter().filter(|group| layer(group.layer)) {
        match current {
            Some(current) => put(
                out,
                format_args!(
                    "<g class=\"{}\" data-step=\"{}\">",
                    when(group.step, current),
                    group.step
                ),
            ),
            None => out.push_str("<g>"),
        }
        let mut boxed = false;
        for shape in &group.shapes {
            boxed |= shape.kind == Kind::Box;
            write_shape(out, shape, boxed);
        }
        out.push_str("</g>");
    }
}
