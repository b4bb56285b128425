//! The drawing of a run for a page: laid out for several widths, of which the style sheet shows the
//! one that fits; and as a figure of its own for other pages.

use crate::diagram::layout::lay_out;
use crate::diagram::svg::{Theme, body_svg, document, head_svg};
use crate::present::RunView;
use maud::{Markup, PreEscaped, html};

/// The widths in px, from the narrowest phone on. `www/site.css` has the same, each with the class
/// `w` and its number here.
pub const WIDTHS: [u32; 4] = [328, 460, 620, 800];

/// Returns the drawing at a step, once for each of [`WIDTHS`].
pub fn drawings(run: &RunView, step: u16) -> Markup {
    let label = format!("Sequence diagram: {}", run.title);
    html! {
        @for (number, width) in WIDTHS.into_iter().enumerate() {
            @let layout = lay_out(&run.diagram, width);
            div class={ "sheet w" (number) } {
                (PreEscaped(head_svg(&layout)))
                (PreEscaped(body_svg(&layout, step, &label)))
            }
        }
    }
}

/// Returns a run as a `<figure>` for any page: the drawing as an SVG with its own styles, and a
/// caption that says what it comes to, with a link if there is one.
pub fn figure(run: &RunView, width: u32, step: usize, theme: Theme, link: Option<&str>) -> String {
    let layout = lay_out(&run.diagram, width);
    let step = u16::try_from(step).ok().filter(|&step| step > 0);
    let drawing = document(&layout, step, theme);
    let markup = html! {
        figure.ackward-figure {
            (PreEscaped(drawing))
            figcaption {
                b { (run.title) ": " (run.ending.text) "." } " " (run.summary)
                @if let Some(link) = link { " " a href=(link) { "Step through it in Ackward" } }
            }
        }
    };
    markup.into_string() + "\n"
}
