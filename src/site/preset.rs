//! The page of a preset: its settings and its program, and what can go wrong with it.

use super::Page;
use super::shell::{self, Place, line};
use crate::check::Property;
use crate::icons::FORWARD;
use crate::present::{self, Listing, source_page};
use crate::protocol::{Finding, Verdict};
use crate::sim::Scenario;
use crate::text::thousands;
use maud::{Markup, html};

/// Returns the page; `checked` is what a search of all its runs has found.
pub fn page(preset: &Scenario, checked: Option<&Verdict>) -> Page {
    let path = format!("preset/{}/", preset.id);
    let place = Place { path: &path };
    let with = |folder: &str| place.to(&format!("{folder}/?preset={}", preset.id));
    let programs = present::tell(preset).map(|run| run.programs).unwrap_or_default();
    let body = html! {
        (shell::top(place, "lab/"))
        div.shell.bare {
            (shell::side(place, None))
            main.mid.reading #main {
                div.heading {
                    h1 { (preset.narrative.title) }
                    p.summary { (preset.narrative.summary) }
                    ul.setting-list aria-label="Settings" {
                        @for chip in present::chips(preset) {
                            li.chip { (chip.who) " " b { (chip.what) } }
                        }
                    }
                    p.onward {
                        a.button.primary href=(with("lab")) { "Open in the Lab" (line(FORWARD)) }
                        a.button href=(with("chaos")) { "Simulate failure rates" }
                        a.button href=(place.to("matrix/")) { "Fault matrix" }
                    }
                }
                @if let Some(checked) = checked { (verdict(preset, checked)) }
                @for program in &programs { (code(program)) }
                @if !preset.narrative.sources.is_empty() {
                    section.panel.sources {
                        h2 { "Sources" }
                        ul { @for source in &preset.narrative.sources {
                            li {
                                @if let Some(page) = source_page(source) { a href=(page) { (source) } }
                                @else { (source) }
                            }
                        } }
                    }
                }
            }
        }
    };
    Page {
        title: format!("{}: what can go wrong · Ackward", preset.narrative.title),
        description: description(preset, checked),
        body: body.into_string(),
        path,
        framed: false,
    }
}

fn description(preset: &Scenario, checked: Option<&Verdict>) -> String {
    let violated: Vec<&str> = checked
        .map(findings)
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, finding)| *finding == Finding::Broken)
        .map(|(property, _)| property.label())
        .collect();
    match violated.is_empty() {
        true => format!("{}: {}", preset.narrative.title, preset.narrative.summary),
        false => format!("{} Can be violated: {}.", preset.narrative.summary, violated.join(", ")),
    }
}

fn findings(verdict: &Verdict) -> Vec<(Property, Finding)> {
    let findings = verdict.properties.iter().map(|property| property.finding);
    Property::ALL.into_iter().zip(findings).collect()
}

fn verdict(preset: &Scenario, verdict: &Verdict) -> Markup {
    let (faults, states) = (verdict.faults, verdict.states);
    let messages = match preset.configuration.messages {
        1 => "1 message".to_owned(),
        many => format!("{many} messages"),
    };
    html! {
        section.panel {
            h2 { "All runs (model check)" }
            ul.outcome-list {
                @for (property, finding) in findings(verdict) {
                    @let (class, word) = match finding {
                        Finding::Proved => ("good", "holds"),
                        Finding::Broken => ("bad", "can be violated"),
                        Finding::Open => ("plain", "not decided"),
                    };
                    li { b class={ "pill " (class) } { (word) } " " (property.label()) }
                }
            }
            p {
                @if verdict.complete { "Every run of " } @else { "Some runs of " }
                (messages) " with up to " (faults) " faults, " (thousands(states)) " states."
                @if !verdict.not_tried.is_empty() { " Not tried: " (verdict.not_tried) "." }
            }
            @if let Some(assumes) = &verdict.assumes {
                p { "Assumes " (assumes.product) ":" }
                ul.assumption-list {
                    @for text in assumes.versions.iter().chain(&assumes.assumed) { li { (text) } }
                }
            }
        }
    }
}

fn code(program: &Listing) -> Markup {
    html! {
        section.panel.program {
            h2 { (program.who) }
            ol.code {
                @for (number, one) in program.lines.iter().enumerate() {
                    li {
                        span.number aria-hidden="true" { (number + 1) }
                        code class={ "in" (one.indent.min(4)) } { (one.text) }
                    }
                }
            }
        }
    }
}
