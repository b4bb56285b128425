//! A standalone document of a whole run, with its title above it.

use super::{Theme, document, escaped};
use crate::diagram::layout::Layout;
use crate::diagram::metrics::{Face, wrap};

/// Font size of the title, in px.
const SIZE: i32 = 18;
const LINE: i32 = 24;
/// Distance from the edges of the picture, in px.
const MARGIN: i32 = 16;
const MOST_LINES: usize = 3;

/// Returns the document with the title: every step is solid.
pub fn titled(title: &str, layout: &Layout, theme: Theme) -> String {
    let (width, below) = (layout.width, layout.header.height + layout.body.height);
    // The metrics are those of a smaller font.
    let room = (width - 2 * MARGIN) * Face::Name.size() / SIZE;
    let lines = wrap(title, Face::Name, room, MOST_LINES).lines;
    let above = MARGIN + LINE * i32::try_from(lines.len()).unwrap_or(0);
    let texts = (0..).zip(&lines).map(|(at, line)| {
        let y = MARGIN + SIZE + LINE * at;
        format!(
            "<text class=\"name\" x=\"{MARGIN}\" y=\"{y}\" font-size=\"{SIZE}\">{}</text>\n",
            escaped(line)
        )
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram {}\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}\
         <g transform=\"translate(0 {above})\">\n{}</g>\n</svg>\n",
        theme.class(),
        escaped(title),
        texts.collect::<String>(),
        document(layout, None, theme),
        height = above + below,
    )
}
