//! The page of a scenario, the home page, which is one of them, and the content of frames.

use super::Page;
use super::figure::drawings;
use super::shell::{self, Place, line, pills, solid};
use crate::catalogue::glossary;
use crate::catalogue::{self, worth_comparing};
use crate::evidence;
use crate::icons::{BOLT, CHECK, FORWARD};
use crate::present::{self, Chip, RunView};
use crate::sim::Scenario;
use maud::{Markup, html};

/// The scenario of the home page, as `src/ui/state/open.rs` has it.
const HOME: &str = "ack-lost";

const ABOUT: &str = "Ackward runs the delivery state machines of Kafka, RabbitMQ, SQS and others in \
    your browser, draws each failure step by step, and proves what a configuration can and cannot \
    do: at most once, at least once, exactly once.";

/// Returns the home page: the first scenario, and what Ackward is.
pub fn home() -> Page {
    let run = catalogue::run_view(HOME);
    let place = Place { path: "" };
    let about = html! {
        section.panel.about {
            h2 { "Ackward" }
            p { (ABOUT) }
            p {
                a href=(place.to("course/")) { "Start the course" } ", or open one of the "
                a href=(place.to("scenarios/")) { (catalogue::scenarios().len()) " scenarios" } "."
            }
        }
    };
    let groups = super::lists::all(place);
    Page {
        path: String::new(),
        title: "Ackward: what happens to a message when things break".to_owned(),
        description: ABOUT.to_owned(),
        body: run.map(|run| whole(&run, place, &about, &groups).into_string()).unwrap_or_default(),
        framed: false,
    }
}

/// Returns the page of a scenario; `None` if it cannot be run, which no built-in one is.
pub fn page(scenario: &Scenario) -> Option<Page> {
    let run = present::tell(scenario).ok()?;
    let path = format!("s/{}/", scenario.id);
    let place = Place { path: &path };
    let none = html! {};
    let body = whole(&run, place, &none, &none).into_string();
    Some(Page { title: title(&run), description: description(&run), body, path, framed: false })
}

/// Returns the title for a browser's tab and a list of hits: what it is about, then where it belongs.
fn title(run: &RunView) -> String {
    let group = catalogue::groups()
        .iter()
        .find(|group| group.entries.iter().any(|entry| entry.id == run.id))
        .map_or("Scenarios", |group| group.title.as_str());
    format!("{} · {group} · Ackward", run.title)
}

fn description(run: &RunView) -> String {
    format!("{} Outcome: {}.", run.summary, outcome(run))
}

/// Returns what the run comes to, in words, for each message.
fn outcome(run: &RunView) -> String {
    let verdict = run.moments.last().map(|moment| moment.verdict.as_slice()).unwrap_or_default();
    let each: Vec<String> =
        verdict.iter().map(|one| format!("{} {}", one.message, one.outcome)).collect();
    each.join(", ")
}

fn whole(run: &RunView, place: Place, first: &Markup, last: &Markup) -> Markup {
    html! {
        (shell::top(place, ""))
        div.shell {
            (shell::side(place, Some(&run.id)))
            main.mid #main {
                (heading(run, place))
                div.stage.still tabindex="0" role="region" aria-label="Sequence diagram" {
                    (drawings(run, 0))
                    (ending(run, place))
                }
            }
            aside.inspector aria-label="Details" {
                (first)
                (steps(run))
                (verdict(run))
                (seen_on(run))
                (terms(run, place))
                (sources(run))
                (last)
            }
        }
    }
}

fn heading(run: &RunView, place: Place) -> Markup {
    let lab = place.to(&format!("lab/?scenario={}", run.id));
    let random = place.to(&format!("chaos/?scenario={}", run.id));
    html! {
        div.heading {
            div.title {
                h1 { (run.title) }
                @if let Some(end) = run.moments.last() { ul.pills aria-label="Verdict" { (pills(end)) } }
            }
            p.summary { (run.summary) }
            ul.chips aria-label="Settings and faults" {
                @for fault in run.chips.iter().filter(|chip| chip.fault) { (chip(fault)) }
                @if let Some(fix) = &run.fix {
                    li.remedy.cure {
                        a href=(place.to(&format!("s/{}/", fix.to))) { (line(CHECK)) b { (fix.say) } (line(FORWARD)) }
                    }
                }
                li.settings {
                    details {
                        summary { "Settings" }
                        ul { @for one in run.chips.iter().filter(|chip| !chip.fault) { (chip(one)) } }
                    }
                }
                @if let Some(fix) = run.fix.as_ref().filter(|_| worth_comparing(&run.id)) {
                    @let both = format!("compare/?a=scenario:{}&b=scenario:{}", run.id, fix.to);
                    li.remedy.to-lab.beside { a href=(place.to(&both)) { b { "Compare side by side" } } }
                }
                li.remedy.to-lab { a href=(lab) { b { "Edit in Lab" } (line(FORWARD)) } }
                li.remedy.at-random { a href=(random) { b { "Simulate failure rates" } (line(FORWARD)) } }
                // The program's switch has its place already, so that nothing moves when it comes.
                li.remedy.predicts.to-come aria-hidden="true" {
                    button type="button" disabled { i {} b { "Predict" } }
                }
            }
        }
    }
}

fn chip(chip: &Chip) -> Markup {
    html! {
        li.chip.fault[chip.fault] {
            @if chip.fault { (solid(BOLT)) span.hidden { "Fault: " } }
            @if !chip.who.is_empty() { (chip.who) " " }
            b { (chip.what) }
        }
    }
}

/// Returns the takeaway and the way to the fix.
fn ending(run: &RunView, place: Place) -> Markup {
    html! {
        section.ending {
            @if let Some(test) = &run.test {
                p { b { @if test.passed { "Test passed. " } @else { "Test failed. " } } (test.asks) " " (test.found) }
            }
            @if !run.takeaway.is_empty() { p { (run.takeaway) } }
            @if let Some(fix) = &run.fix {
                p { a.button.cure href=(place.to(&format!("s/{}/", fix.to))) { (line(CHECK)) (fix.say) (line(FORWARD)) } }
            }
        }
    }
}

/// Returns the steps as sentences.
fn steps(run: &RunView) -> Markup {
    html! {
        section.panel.step-list {
            h2 { "Step by step" }
            ol {
                @for moment in run.moments.iter().skip(1) {
                    li.fault[moment.fault] { (moment.sentence) }
                }
            }
        }
    }
}

/// Returns how often each message took effect, and what its producer was told.
fn verdict(run: &RunView) -> Markup {
    let Some(end) = run.moments.last() else { return html! {} };
    html! {
        section.panel.verdict {
            h2 { "Outcome" }
            ul.outcome-list {
                @for one in &end.verdict {
                    li {
                        b class={ "pill " (one.tone.class()) } { (one.message) ": " (one.outcome) }
                        " Stored " (one.stored) "×, processed " (one.handled) "×, applied " (one.applied) "×"
                        @if let Some(mails) = one.mails { ", emailed " (mails) "×" }
                        ". Producer received: " (one.told) "."
                    }
                }
                @for remark in &end.remarks { li class=(remark.tone.class()) { (remark.text) } }
            }
        }
    }
}

/// Returns what real product the run was seen on.
fn seen_on(run: &RunView) -> Markup {
    html! {
        section.panel {
            h2 { "Evidence" }
            p { (evidence::sentence(&run.id)) "." }
        }
    }
}

fn terms(run: &RunView, place: Place) -> Markup {
    let terms = glossary::of_run(run);
    html! {
        @if !terms.is_empty() {
            section.panel.terms {
                h2 { "Terms" }
                ul { @for term in terms {
                    li { a href=(place.to(&format!("glossary/?term={}", term.id))) { (term.name) } }
                } }
            }
        }
    }
}

fn sources(run: &RunView) -> Markup {
    html! {
        @if !run.sources.is_empty() {
            section.panel.sources {
                h2 { "Sources" }
                ul { @for source in &run.sources {
                    li { @if source.page.is_empty() { (source.text) } @else { a href=(source.page) { (source.text) } } }
                } }
            }
        }
    }
}
