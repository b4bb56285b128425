//! The content of a frame in another page: the drawing with its controls, as `src/ui/view/embed.rs`
//! has them. `www/figure.js` steps through it; the program replaces it when the reader touches it.

use super::Page;
use super::figure::drawings;
use super::shell::{Place, line, pills, solid};
use crate::icons;
use crate::present::{self, RunView, StepView};
use crate::sim::Scenario;
use maud::{Markup, html};
use serde_json::{Value, json};

/// Returns the page; `None` if the scenario cannot be run, which no built-in one is.
pub fn page(scenario: &Scenario) -> Option<Page> {
    let run = present::tell(scenario).ok()?;
    let path = format!("figure/{}/", scenario.id);
    let body = content(&run, Place { path: &path }).into_string();
    let (title, description) = (run.title, String::new());
    Some(Page { path, title, description, body, framed: true })
}

fn content(run: &RunView, place: Place) -> Markup {
    let alone = place.to(&format!("s/{}/", run.id));
    html! {
        main.embed #main data-run=(data(run)) {
            div.embed-head {
                h1 { (run.title) }
                a href=(alone) target="_blank" rel="noopener" { "Open in Ackward" (line(icons::FORWARD)) }
            }
            div.stage.still tabindex="0" role="region" aria-label="Sequence diagram" { (drawings(run, 0)) }
            ul.pills aria-label="Verdict" { @if let Some(moment) = run.moments.first() { (pills(moment)) } }
            section.deck aria-label="Steps" {
                div.say {
                    p role="status" aria-live="polite" aria-atomic="true" {
                        b { "Start" } " "
                        span { @if let Some(moment) = run.moments.first() { (moment.sentence) } }
                    }
                }
                div.controls { (controls(run)) }
            }
        }
    }
}

const BUTTONS: [(&str, &str, &str); 5] = [
    ("first", "First step", icons::FIRST),
    ("back", "One step back", icons::BACK),
    ("play", "Play", icons::PLAY),
    ("forward", "One step forward", icons::FORWARD),
    ("last", "Last step", icons::LAST),
];

fn controls(run: &RunView) -> Markup {
    let last = run.last();
    let wide = last.max(1);
    html! {
        div.buttons {
            @for (name, label, path) in BUTTONS {
                @let primary = name == "play";
                button type="button" class={ "button square " (name) @if primary { " primary" } }
                    aria-label=(label) title=(label) data-do=(name) {
                    @if primary { (solid(path)) } @else { (line(path)) }
                }
            }
        }
        div.scrubber {
            svg viewBox={ "0 0 " (wide) " 2" } preserveAspectRatio="none" aria-hidden="true" {
                line.track x1="0" y1="1" x2=(wide) y2="1" {}
                line.done x1="0" y1="1" x2="0" y2="1" {}
                @for (step, _) in run.moments.iter().enumerate().filter(|(_, moment)| moment.fault) {
                    line.mark x1=(step) y1="0" x2=(step) y2="2" {}
                }
            }
            input type="range" min="0" max=(last) step="1" value="0" aria-label="Step" autocomplete="off";
        }
        output.count aria-hidden="true" { "0" span { " / " (last) } }
        // It has its place already; speed is the program's.
        select.button.pace.to-come disabled aria-hidden="true" { option { "1×" } option { "0.5×" } }
    }
}

/// Returns the steps as JSON: of each its sentence, whether it is a fault, and the outcome of
/// each message with its tone and how often it was applied, then remarks with their tones.
fn data(run: &RunView) -> String {
    let step = |moment: &StepView| {
        let verdict: Vec<Value> = moment
            .verdict
            .iter()
            .map(|one| json!([one.message, one.outcome, one.tone.class(), one.applied]))
            .collect();
        let remarks: Vec<Value> =
            moment.remarks.iter().map(|remark| json!([remark.text, remark.tone.class()])).collect();
        json!([moment.sentence, moment.fault, verdict, remarks])
    };
    Value::from(run.moments.iter().map(step).collect::<Vec<_>>()).to_string()
}
