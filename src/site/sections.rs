//! The pages of the sections: what each one is for, and what of it can be read without a program.

use super::Page;
use super::shell::{self, Place};
use crate::catalogue::glossary::TERMS;
use crate::catalogue::{LESSONS, presets, scenario};
use maud::{Markup, html};

/// The sections without content of their own: folder, name, and what each is for.
const PLAIN: [(&str, &str, &str); 7] = [
    (
        "check/",
        "Check yours",
        "Paste or drop your own configuration files (Spring, client properties, RabbitMQ definitions, \
         Terraform and more): what can go wrong with them, which line causes it, and what prevents it. \
         Nothing leaves the browser.",
    ),
    (
        "lab/",
        "Lab",
        "Build a configuration from every setting under the product's own name, write the consumer's \
         program line by line, script the faults, and see at once what can go wrong.",
    ),
    (
        "compare/",
        "Compare",
        "Two or three configurations side by side under the same faults, stepped together, with the \
         outcome of each.",
    ),
    (
        "matrix/",
        "Fault matrix",
        "Every preset against every kind of fault: which of them can lose, duplicate or reorder a \
         message, each answer from a search of every run.",
    ),
    (
        "chaos/",
        "Simulate",
        "Thousands of random runs in virtual time, with a rate for each fault: how many of 10,000 \
         messages are lost, duplicated or out of order, with 95 % confidence intervals.",
    ),
    (
        "cost/",
        "Cost",
        "Latency (p50 and p99), throughput, round trips and fsyncs of every preset under the same \
         parameters, beside published figures.",
    ),
    (
        "choose/",
        "Advisor",
        "A few plain questions lead to the configurations that provably meet your requirements, with \
         settings for real clients, or to the requirements that conflict.",
    ),
];

/// Returns the pages of all sections.
pub fn pages() -> Vec<Page> {
    let mut all: Vec<Page> =
        PLAIN.iter().map(|(path, name, about)| plain(path, name, about)).collect();
    all.push(scenarios());
    all.push(course());
    all.push(glossary());
    all
}

fn page(path: &str, name: &str, about: &str, content: &Markup, kind: &str) -> Page {
    let place = Place { path };
    let body = html! {
        (shell::top(place, path))
        div.shell.whole {
            main class={ "mid reading " (kind) } #main {
                div.heading {
                    h1 { (name) }
                    p.summary { (about) }
                }
                (content)
            }
        }
    };
    Page {
        path: path.to_owned(),
        title: format!("{name} · Ackward"),
        description: about.to_owned(),
        body: body.into_string(),
        framed: false,
    }
}

fn plain(path: &str, name: &str, about: &str) -> Page {
    let place = Place { path };
    let content = html! {
        section.panel {
            h2 { "Presets" }
            ul.told-presets {
                @for preset in presets().iter().flat_map(|group| &group.presets) {
                    li { a href=(place.to(&format!("preset/{}/", preset.id))) { (preset.title) } }
                }
            }
        }
    };
    page(path, name, about, &content, "")
}

fn scenarios() -> Page {
    let content = super::lists::all(Place { path: "scenarios/" });
    let about = "Every failure and its fix, with what each comes to. Open one to step through it.";
    page("scenarios/", "All scenarios", about, &content, "")
}

fn course() -> Page {
    let place = Place { path: "course/" };
    let content = html! {
        section { ol {
            @for lesson in &LESSONS {
                @let title = scenario(lesson.id).map_or(lesson.id, |scenario| scenario.title.as_str());
                li { a href=(place.to(&format!("s/{}/", lesson.id))) { (title) } p { (lesson.why) } }
            }
        } }
    };
    let about = "Twelve failures and fixes, each leading to the next. Predict how each run ends, then \
                 see why.";
    page("course/", "Course: from three guarantees to transactions", about, &content, "course")
}

fn glossary() -> Page {
    let place = Place { path: "glossary/" };
    let content = html! {
        dl { @for term in TERMS {
            div id={ "term-" (term.id) } {
                dt { (term.name) }
                dd {
                    p { (term.text) }
                    @if let Some(scenario) = scenario(term.scenario) {
                        p { "See: " a href=(place.to(&format!("s/{}/", scenario.id))) { (scenario.title) } }
                    }
                }
            }
        } }
    };
    let about = "Terms of message delivery in two sentences each, with a scenario that shows them.";
    page("glossary/", "Glossary", about, &content, "glossary")
}
