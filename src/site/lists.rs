//! Lists of scenarios: the pages of the groups, and the catalogue as text.

use super::Page;
use super::shell::{self, Place, item};
use crate::catalogue::{self, Entry, Group, groups};
use maud::{Markup, html};
use std::fmt::Write;

/// Returns the folder of a group: "group/kafka-the-broker/".
fn folder(group: &Group) -> String {
    format!("group/{}/", group.slug())
}

/// Returns the pages of the groups.
pub fn group_pages() -> impl Iterator<Item = Page> {
    groups().iter().map(page)
}

fn page(group: &Group) -> Page {
    let path = folder(group);
    let place = Place { path: &path };
    let titles: Vec<&str> = group.entries.iter().map(|entry| entry.title.as_str()).collect();
    let description = format!("{} failures and fixes: {}.", group.title, titles.join("; "));
    let body = html! {
        (shell::top(place, ""))
        div.shell.bare {
            (shell::side(place, None))
            main.mid.reading #main {
                div.heading {
                    h1 { (group.title) }
                    p.summary { "Each failure with what it comes to. Open one to step through it." }
                }
                dl.scenario-list { @for entry in &group.entries { (described(place, entry)) } }
            }
        }
    };
    let title = format!("{}: failures step by step · Ackward", group.title);
    Page { title, description, body: body.into_string(), path, framed: false }
}

/// Returns a scenario with its summary.
fn described(place: Place, entry: &Entry) -> Markup {
    html! {
        div {
            dt { (item(place, entry, None)) }
            dd { (entry.summary) }
        }
    }
}

/// Returns all scenarios by their groups, and the presets.
pub fn all(place: Place) -> Markup {
    html! {
        section.panel.all {
            h2 { "All scenarios" }
            @for group in groups() {
                h3 { a href=(place.to(&folder(group))) { (group.title) } }
                ul { @for entry in &group.entries { li { (item(place, entry, None)) } } }
            }
            h3 { "Presets" }
            ul {
                @for preset in catalogue::presets().iter().flat_map(|group| &group.presets) {
                    @let page = place.to(&format!("preset/{}/", preset.id));
                    li { a href=(page) { (preset.narrative.title) } }
                }
            }
            p { a href=(place.to("llms.txt")) { "The catalogue as plain text" } }
        }
    }
}

/// Returns the catalogue as Markdown, in the form of <https://llmstxt.org>.
pub fn llms() -> String {
    let mut out = String::from(
        "# Ackward\n\n> What happens to a message when things break: the failures of message \
         delivery, each as a run of a checked model, with its outcome and its fix.\n",
    );
    for group in groups() {
        let _ = write!(out, "\n## {}\n\n", group.title);
        for entry in &group.entries {
            let Entry { id, title, summary, settings, .. } = entry;
            let _ = writeln!(out, "- [{title}](s/{id}/): {summary}");
            if let Some(run) = catalogue::run_view(id) {
                let _ = writeln!(out, "  - Settings: {}", settings.join("; "));
                let faults: Vec<&str> = run
                    .chips
                    .iter()
                    .filter(|chip| chip.fault)
                    .map(|chip| chip.what.as_str())
                    .collect();
                if !faults.is_empty() {
                    let _ = writeln!(out, "  - Fault: {}", faults.join("; "));
                }
                let _ = writeln!(out, "  - Outcome: {}. {}", run.ending.text, run.takeaway);
                if let Some(fix) = &run.fix {
                    let _ = writeln!(out, "  - {} (s/{}/)", fix.say, fix.to);
                }
            }
        }
    }
    out.push_str("\n## Presets\n\n");
    for preset in catalogue::presets().iter().flat_map(|group| &group.presets) {
        let _ = writeln!(
            out,
            "- [{}](preset/{}/): {}",
            preset.narrative.title, preset.id, preset.narrative.summary
        );
    }
    out
}
