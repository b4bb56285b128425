//! A layer of the body split into slices, for a page that updates one step of it at a time.

use super::{group_svg, put};
use crate::diagram::layout::{Band, Layout};
use crate::diagram::picture::Layer;

/// Minimum height of a slice, in px; a slice ends at the end of a step.
const SLICE: i32 = 1000;

/// Returns the groups of one layer, each as a `<g>` in the slice that contains its step. The slices
/// are `<svg>` elements, one below the other, together as high as the body. Nothing is clipped
/// where one ends.
pub fn slices_svg(layout: &Layout, layer: Layer) -> String {
    let mut groups = layout.body.groups.iter().filter(|group| group.layer == layer).peekable();
    let mut out = String::new();
    let mut bands = &layout.bands[..];
    // There is a little space above the first band.
    let mut top = 0;
    while let [first, ..] = bands {
        let end = |band: &Band| band.top + band.height;
        let high = |band: &Band| end(band) - first.top >= SLICE;
        let count = bands.iter().position(high).map_or(bands.len(), |at| at + 1);
        let (slice, rest) = bands.split_at(count);
        bands = rest;
        let width = layout.body.width;
        let next = bands.first().map_or(layout.body.height, |next| next.top);
        let height = next - top;
        put(
            &mut out,
            format_args!(
                "<svg viewBox=\"0 {top} {width} {height}\" width=\"{width}\" height=\"{height}\">"
            ),
        );
        // All remaining groups go into the last slice.
        let last = slice.last().filter(|_| !rest.is_empty()).map_or(u16::MAX, |band| band.step);
        while let Some(group) = groups.next_if(|group| group.step <= last) {
            out.push_str("<g>");
            out.push_str(&group_svg(group));
            out.push_str("</g>");
        }
        out.push_str("</svg>");
        top = next;
    }
    out
}
