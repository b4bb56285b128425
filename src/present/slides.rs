//! Export of a run as slides: a self-contained HTML page with one slide per step.
//!
//! In a browser, keys or scrolling move from step to step; printed or saved as PDF, each step is a
//! page, which presentation software can import.

use crate::diagram::layout::{Layout, lay_out};
use crate::diagram::svg::{Theme, colour, escaped, excerpt, sheet};
use crate::present::RunView;

/// Size of a printed slide, in px.
const PAGE: (i32, i32) = (1280, 720);
/// Width of the diagram's layout: it is scaled up, to be legible from a distance.
const WIDTH: u32 = 900;
/// Height available for the diagram on a slide, in px of the layout.
const ROOM: i32 = 404;

/// Keyboard navigation with the usual keys of presentation software. Without JavaScript, scrolling
/// does the same.
const SCRIPT: &str = r#"
addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const slides = document.querySelectorAll("section");
  slides[Math.round(scrollY / innerHeight) + by]?.scrollIntoView();
});
"#;

/// Returns the HTML page.
pub fn slides(view: &RunView, theme: Theme) -> String {
    let layout = lay_out(&view.diagram, WIDTH);
    let title = escaped(&view.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n",
        rules(theme),
        sheet(theme)
    );
    for step in 0..view.moments.len() {
        out += &slide(view, &layout, &title, step);
    }
    out + "<script>" + SCRIPT + "</script>\n</body>\n</html>\n"
}

fn slide(view: &RunView, layout: &Layout, title: &str, step: usize) -> String {
    let moment = &view.moments[step];
    let number = match step {
        0 => "Start".to_owned(),
        step => format!("Step {step} of {}", view.last()),
    };
    let fault = if moment.fault { " class=\"fault\"" } else { "" };
    let drawing = excerpt(layout, u16::try_from(step).unwrap_or(u16::MAX), ROOM);
    format!(
        "<section{fault}>\n<header><h2>{title}</h2><span>{number}</span></header>\n{drawing}\
         <p>{}</p>\n</section>\n",
        escaped(&moment.sentence)
    )
}

fn rules(theme: Theme) -> String {
    let [paper, ink, soft, accent, bad] =
        ["--d-paper", "--d-ink", "--d-soft", "--d-accent", "--d-bad"]
            .map(|name| colour(name, theme));
    let scheme = match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Auto => "light dark",
    };
    let (wide, high) = PAGE;
    format!(
        "@page {{ size: {wide}px {high}px; margin: 0; }}\n\
         html {{ color-scheme: {scheme}; scroll-snap-type: y mandatory; background: {paper}; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}\n\
         body {{ margin: 0; color: {ink}; font-family: system-ui, -apple-system, \"Segoe UI\", Roboto, \"DejaVu Sans\", sans-serif; }}\n\
         section {{ box-sizing: border-box; display: flex; flex-direction: column; gap: 2vh; height: 100vh; padding: 3.5vh 4vw; overflow: hidden; scroll-snap-align: start; break-after: page; background: {paper}; }}\n\
         section:last-of-type {{ break-after: auto; }}\n\
         header {{ display: flex; justify-content: space-between; gap: 2vw; color: {soft}; font-size: 2.6vh; }}\n\
         h2 {{ margin: 0; font-size: inherit; }}\n\
         span {{ white-space: nowrap; }}\n\
         section > .diagram {{ flex: 1; min-height: 0; width: 100%; }}\n\
         p {{ margin: 0; min-height: 2.6em; padding-left: 1.4vw; border-left: .6vh solid {accent}; font-size: 3.4vh; line-height: 1.3; }}\n\
         .fault p {{ border-color: {bad}; }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_has_a_slide_that_shows_it() {
        for id in ["ack-lost", "rabbitmq-poison", "message-lost"] {
            let view = crate::catalogue::run_view(id).expect("the catalogue has it");
            for theme in [Theme::Light, Theme::Dark, Theme::Auto] {
                let page = slides(&view, theme);
                assert_eq!(page.matches("<section").count(), view.moments.len());
                for (step, moment) in view.moments.iter().enumerate().skip(1) {
                    assert!(page.contains(&format!("Step {step} of {}<", view.last())));
                    assert!(page.contains(&format!("<p>{}</p>", escaped(&moment.sentence))));
                }
                // The page loads no external resources.
                for word in ["src=", "href", "url(", "@import"] {
                    assert!(!page.contains(word), "{word}");
                }
            }
        }
    }

    #[test]
    fn the_current_step_is_in_sight() {
        for scenario in crate::catalogue::scenarios() {
            let view = crate::catalogue::run_view(&scenario.id).expect("the catalogue has it");
            let layout = lay_out(&view.diagram, WIDTH);
            for band in &layout.bands {
                let svg = excerpt(&layout, band.step, ROOM);
                let view = svg.split("viewBox=\"0 ").nth(2).expect("the body has a view");
                let view: Vec<i32> = view.split([' ', '"']).take(3).flat_map(str::parse).collect();
                let [top, _, high] = view[..] else { panic!("{view:?}") };
                let most = ROOM - layout.header.height;
                assert!(high <= most && top <= band.top, "{} {band:?}", scenario.id);
                // A step may be higher than a slide; then its beginning is visible.
                let end = band.top + band.height.min(most);
                assert!(end <= top + high, "{} {band:?}: {view:?}", scenario.id);
            }
        }
    }
}
