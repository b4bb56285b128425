//! The pages of the sections: what each one is for, and what of it can be read without a program.

use super::Page;
use super::shell::{self, Place};
use crate::catalogue::glossary::TERMS;
use crate::catalogue::{LESSONS, presets, scenario};
use maud::{Markup, html};

/// A section whose content needs the program.
struct Section {
    /// Its folder.
    path: &'static str,
    /// Its name in the top bar.
    name: &'static str,
    /// Its heading, as the program has it.
    heading: &'static str,
    /// What it is for.
    about: &'static str,
}

const fn section(
    path: &'static str,
    name: &'static str,
    heading: &'static str,
    about: &'static str,
) -> Section {
    Section { path, name, heading, about }
}

const PLAIN: [Section; 7] = [
    section(
        "check/",
        "Check yours",
        "Check your configuration",
        "Paste or drop your own configuration files (Spring, client properties, RabbitMQ definitions, \
         Terraform and more): what can go wrong with them, which line causes it, and what prevents it. \
         Nothing leaves the browser.",
    ),
    section(
        "lab/",
        "Lab",
        "Lab",
        "Build a configuration from every setting under the product's own name, write the consumer's \
         program line by line, script the faults, and see at once what can go wrong.",
    ),
    section(
        "compare/",
        "Compare",
        "Compare side by side",
        "Two or three configurations side by side under the same faults, stepped together, with the \
         outcome of each.",
    ),
    section(
        "matrix/",
        "Fault matrix",
        "Fault matrix: every preset × every fault",
        "Every preset against every kind of fault: which of them can lose, duplicate or reorder a \
         message, each answer from a search of every run.",
    ),
    section(
        "chaos/",
        "Simulate",
        "Failure-rate simulation",
        "Thousands of random runs in virtual time, with a rate for each fault: how many of 10,000 \
         messages are lost, duplicated or out of order, with 95 % confidence intervals.",
    ),
    section(
        "cost/",
        "Cost",
        "Cost of each guarantee",
        "Latency (p50 and p99), throughput, round trips and fsyncs of every preset under the same \
         parameters, beside published figures.",
    ),
    section(
        "choose/",
        "Advisor",
        "Find a configuration",
        "A few plain questions lead to the configurations that provably meet your requirements, with \
         settings for real clients, or to the requirements that conflict.",
    ),
];

/// Returns the pages of all sections.
pub fn pages() -> Vec<Page> {
    let mut all: Vec<Page> = PLAIN.iter().map(plain).collect();
    all.push(scenarios());
    all.push(course());
    all.push(glossary());
    all
}

fn page(path: &str, heading: &str, about: &str, content: &Markup, kind: &str) -> Page {
    let place = Place { path };
    let body = html! {
        (shell::top(place, path))
        div.shell.whole {
            main class={ "mid reading " (kind) } #main {
                div.heading {
                    h1 { (heading) }
                    p.summary { (about) }
                }
                (content)
            }
        }
    };
    Page {
        path: path.to_owned(),
        title: format!("{heading} · Ackward"),
        description: about.to_owned(),
        body: body.into_string(),
        framed: false,
    }
}

fn plain(section: &Section) -> Page {
    let Section { path, name, heading, about } = section;
    let place = Place { path };
    let content = html! {
        section.panel {
            h2 { "Presets" }
            ul.preset-list {
                @for preset in presets().iter().flat_map(|group| &group.presets) {
                    @let page = place.to(&format!("preset/{}/", preset.id));
                    li { a href=(page) { (preset.narrative.title) } }
                }
            }
        }
    };
    let page = page(path, heading, about, &content, "");
    Page { title: format!("{name} · Ackward"), ..page }
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
                @let told = scenario(lesson.id).map(|scenario| scenario.narrative.title.as_str());
                @let title = told.unwrap_or(lesson.id);
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
                        @let page = place.to(&format!("s/{}/", scenario.id));
                        p { "See: " a href=(page) { (scenario.narrative.title) } }
                    }
                }
            }
        } }
    };
    let about = "Terms of message delivery in two sentences each, with a scenario that shows them.";
    page("glossary/", "Glossary", about, &content, "glossary")
}
