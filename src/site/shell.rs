//! What stands around the content of every page: the top bar and the list of scenarios.

use crate::catalogue::{Entry, groups};
use crate::icons::{self, CROSS, FORWARD, LIST};
use crate::present::StepView;
use maud::{Markup, html};

/// The place of a page in the site.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its folder, as in [`super::Page::path`].
    pub path: &'a str,
}

impl Place<'_> {
    /// Returns the relative address of a folder of the site.
    pub fn to(self, path: &str) -> String {
        let up = "../".repeat(self.path.matches('/').count());
        match up.is_empty() && path.is_empty() {
            true => "./".to_owned(),
            false => format!("{up}{path}"),
        }
    }
}

/// The sections, as the top bar lists them: folder and name.
const SECTIONS: [(&str, &str); 8] = [
    ("", "Scenarios"),
    ("check/", "Check yours"),
    ("lab/", "Lab"),
    ("compare/", "Compare"),
    ("matrix/", "Fault matrix"),
    ("chaos/", "Simulate"),
    ("cost/", "Cost"),
    ("choose/", "Advisor"),
];

/// Returns the top bar. `here` is the folder of the section of the page.
pub fn top(place: Place, here: &str) -> Markup {
    html! {
        header.top {
            a.brand href=(place.to("")) { "ack" (line(CROSS)) "ward" }
            nav aria-label="Site" {
                @for (path, name) in SECTIONS {
                    @let current = path == here;
                    a.here[current] href=(place.to(path)) aria-current=[current.then_some("page")] { (name) }
                }
            }
            p.tagline { "See how messages get lost, duplicated or reordered" }
            a.button.open-catalogue href=(place.to("scenarios/")) { (line(LIST)) "Menu" }
        }
    }
}

/// Returns the list of scenarios at the side, with the group of the one on the page unfolded.
pub fn side(place: Place, current: Option<&str>) -> Markup {
    html! {
        aside.side aria-label="Scenarios" {
            nav.catalogue aria-label="Scenarios" {
                a.to-course href=(place.to("course/")) { "Course" (line(FORWARD)) }
                @for group in groups() {
                    @let open = group.entries.iter().any(|entry| Some(entry.id.as_str()) == current);
                    details.group open[open] {
                        summary {
                            (line(FORWARD)) span { (group.title) } span.many { (group.entries.len()) }
                        }
                        ul { @for entry in &group.entries { li { (item(place, entry, current)) } } }
                    }
                }
            }
        }
    }
}

/// Returns a link to a scenario with its outcome.
pub fn item(place: Place, entry: &Entry, current: Option<&str>) -> Markup {
    let here = current == Some(entry.id.as_str());
    html! {
        a.here[here] href=(place.to(&format!("s/{}/", entry.id))) aria-current=[here.then_some("page")] {
            span { (entry.title) }
            b class={ "badge " (entry.tone.class()) } {
                span.hidden { " — ends with: " } (entry.badge)
            }
        }
    }
}

/// Returns an outline icon.
pub fn line(path: &str) -> Markup {
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} } }
}

/// Returns a filled icon.
pub fn solid(path: &str) -> Markup {
    html! { svg.icon.solid viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} } }
}

/// Returns the shape that marks a message on its arrows.
pub fn message(number: usize) -> Markup {
    let path = icons::message(number);
    html! {
        svg class={ "icon solid message m" (number % 4 + 1) } viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} }
    }
}

/// Returns the outcome of each message and of the run by then, as short labels in a list.
pub fn pills(moment: &StepView) -> Markup {
    html! {
        @for (number, one) in moment.verdict.iter().enumerate() {
            li class={ "pill " (one.tone.class()) } { (message(number)) (one.message) ": " (one.outcome) }
        }
        @for remark in &moment.remarks { li class={ "pill " (remark.tone.class()) } { (remark.text) } }
    }
}
