//! Sharing and exports, as text: the browser only has to copy or save it.

use super::{Effect, Model, Page, Run, Theme, choose, cost, matrix, overview};
use crate::diagram::layout::lay_out;
use crate::diagram::mermaid::mermaid;
use crate::diagram::plantuml::plantuml;
use crate::diagram::svg;
use crate::present::{self, RunView, slides};
use crate::sim::Scenario;
use crate::ui::share::{Address, Config, Found};

/// The width of an exported diagram, in pixels.
const WIDTH: u32 = 980;

/// Something to share or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    Link,
    /// The system's share dialog.
    Native,
    /// The HTML code for embedding.
    Embed,
    Export(Export),
}

/// An export of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export {
    pub format: Format,
    /// Copy it, rather than save it as a file.
    pub copy: bool,
    /// Only up to the current step.
    pub until_here: bool,
    /// The side, in a comparison.
    pub side: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Png,
    Mermaid,
    Plantuml,
    Text,
    Json,
    /// An HTML page with a slide for each step.
    Slides,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Format::Svg,
        Format::Png,
        Format::Mermaid,
        Format::Plantuml,
        Format::Text,
        Format::Json,
        Format::Slides,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Format::Svg => "SVG",
            Format::Png => "PNG (2×)",
            Format::Mermaid => "Mermaid",
            Format::Plantuml => "PlantUML",
            Format::Text => "Plain text",
            Format::Json => "Scenario (JSON)",
            Format::Slides => "Slides (HTML)",
        }
    }

    /// Returns true if it is of use on the clipboard.
    pub fn can_be_copied(self) -> bool {
        self != Format::Slides
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Svg => ".svg",
            Format::Png => ".png",
            Format::Mermaid => ".mmd",
            Format::Plantuml => ".puml",
            Format::Text => ".txt",
            Format::Json => ".json",
            Format::Slides => "-slides.html",
        }
    }
}

/// A run that can be exported, and its current step.
pub struct Subject<'a> {
    pub view: &'a RunView,
    pub scenario: &'a Scenario,
    pub step: usize,
}

/// Returns the runs on screen: several in a comparison.
pub fn subjects(model: &Model) -> Vec<Subject<'_>> {
    match &model.page {
        Page::Run(run) => {
            vec![Subject { view: &run.view, scenario: run.scenario(), step: run.step }]
        }
        Page::Compare(compare) => {
            let sides = compare.sides.iter().enumerate();
            sides
                .map(|(at, side)| Subject {
                    view: &side.view,
                    scenario: &side.scenario,
                    step: compare.step(at),
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the address of what is on screen, with its title, if it can be shared.
pub fn shared(model: &Model) -> Option<(Address, &str)> {
    Some(match &model.page {
        Page::Run(run) => (run.address(), &run.view.title),
        Page::Compare(compare) => (Address::Compare(compare.compared()), "Compare side by side"),
        Page::Matrix(filter, _) => (Address::Matrix(matrix::pairs(filter)), "Fault matrix"),
        Page::Overview(filter, _) => (Address::Scenarios(overview::pairs(filter)), "All scenarios"),
        Page::Chaos => (model.trial()?.address(), "Simulated failure rates"),
        Page::Cost(load, by, _) => {
            (Address::Cost(cost::pairs(load, *by)), "Cost of each guarantee")
        }
        Page::Choose(answers, rank, _) => {
            (Address::Choose(choose::pairs(answers, *rank)), "Find a configuration")
        }
        Page::Glossary(term, _) => {
            (Address::Glossary(term.map(|term| term.id.to_owned())), "Glossary")
        }
        // Files stay in memory, and progress in the browser.
        Page::CheckFiles | Page::Course | Page::Missing(_) => return None,
    })
}

/// Returns the effect that shares or exports it.
pub(super) fn take(take: Take, model: &Model) -> Option<Effect> {
    let effect = |how, name: &str, content| Effect::Take { how, name: name.to_owned(), content };
    let address = || shared(model).map(|(address, title)| (permalink(&address), title));
    Some(match take {
        Take::Link => effect("link", "", address()?.0),
        Take::Native => {
            let (address, title) = address()?;
            effect("share", title, address)
        }
        Take::Embed => effect("copy", "The code", embed_code(model.run()?)),
        Take::Export(export) => exported(export, subjects(model).get(export.side)?, model.theme),
    })
}

fn exported(export: Export, subject: &Subject, theme: Theme) -> Effect {
    let Export { format, copy, until_here, .. } = export;
    let cut = until_here.then(|| subject.view.until(subject.step));
    let view = cut.as_ref().unwrap_or(subject.view);
    let worn = match theme {
        Theme::Light => svg::Theme::Light,
        Theme::Dark => svg::Theme::Dark,
    };
    let content = match format {
        Format::Svg | Format::Png => svg::titled(&view.title, &lay_out(&view.diagram, WIDTH), worn),
        Format::Mermaid => mermaid(&view.diagram, &view.title),
        Format::Plantuml => plantuml(&view.diagram, &view.title),
        Format::Text => present::text(view),
        Format::Json => subject.scenario.to_json() + "\n",
        Format::Slides => slides(view, worn),
    };
    let how = match (format, copy) {
        (Format::Png, true) => "copy-png",
        (Format::Png, false) => "png",
        (_, true) => "copy",
        (_, false) => "save",
    };
    let part = match cut {
        Some(_) if format != Format::Json => format!("-step-{}", subject.step),
        _ => String::new(),
    };
    let name = match copy {
        true => format!("The {}", copied(format)),
        false => format!("{}{part}{}", view.id, format.ending()),
    };
    Effect::Take { how, name, content }
}

/// Returns the URL of an address, with [`HOME`] in place of the app's URL.
pub fn permalink(address: &Address) -> String {
    format!("{HOME}{}", address.from_site())
}

/// Returns the name of what is on the clipboard, within a sentence.
fn copied(format: Format) -> &'static str {
    match format {
        Format::Svg => "SVG",
        Format::Png => "PNG",
        Format::Mermaid => "Mermaid source",
        Format::Plantuml => "PlantUML source",
        Format::Text => "text",
        Format::Json => "scenario",
        Format::Slides => "page",
    }
}

/// Returns the HTML code that embeds the run, with [`HOME`] in place of the app's URL, which only
/// the browser knows.
pub fn embed_code(run: &Run) -> String {
    let Config { base, preset, settings, faults } = &run.config;
    let mut attributes = format!("{}=\"{base}\"", if *preset { "preset" } else { "scenario" });
    let mut add = |name: &str, value: &str| {
        attributes += &format!(" {name}=\"{}\"", svg::escaped(value));
    };
    if !settings.is_empty() {
        let pairs: Vec<String> =
            settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
        add("settings", &pairs.join("&"));
    }
    if let Some(faults) = faults {
        add(
            "faults",
            if faults.is_empty() { "none".to_owned() } else { faults.join(",") }.as_str(),
        );
    }
    if let Some(Found { path, .. }) = &run.found {
        add("path", &path.to_string());
    }
    if run.step > 0 {
        add("step", &run.step.to_string());
    }
    if run.guided.predict {
        attributes += " predict";
    }
    format!(
        "<script type=\"module\" src=\"{HOME}embed.js\"></script>\n\
         <ackward-diagram {attributes}></ackward-diagram>"
    )
}

/// The placeholder for the URL of the app's directory.
pub const HOME: &str = "https://your.host/ackward/";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::{Msg, update};

    fn opened(address: &str) -> Model {
        let mut model = Model::new(Theme::Light);
        update(&mut model, Msg::Went(Address::read(address)));
        model
    }

    /// The name and the content of an export.
    fn exported(model: &Model, export: Export) -> (String, String) {
        match take(Take::Export(export), model) {
            Some(Effect::Take { name, content, .. }) => (name, content),
            other => panic!("{other:?}"),
        }
    }

    const TEXT: Export = Export { format: Format::Text, copy: false, until_here: false, side: 0 };

    #[test]
    fn what_is_on_screen_is_what_the_link_leads_to() {
        for address in [
            "/s/ack-lost/?step=8",
            "/lab/?preset=kafka-default&acks=1&predict=1",
            "/compare/?a=preset:kafka-default;acks=1&b=preset:kafka-default&fault=none&messages=1&step=4",
            "/matrix/?product=kafka",
            "/cost/?work=20",
            "/choose/?lost=never",
            "/scenarios/?topic=kafka&outcome=lost",
            "/glossary/?term=fencing",
        ] {
            let model = opened(address);
            let shared = shared(&model).map(|(shared, _)| shared.text());
            assert_eq!(shared.as_deref(), Some(address));
        }
        for address in ["/course", "/check", "/nowhere"] {
            assert_eq!(shared(&opened(address)), None, "{address}");
        }
    }

    #[test]
    fn a_part_of_a_run_ends_at_the_current_step() {
        let model = opened("/s/ack-lost/?step=8");
        let (name, whole) = exported(&model, TEXT);
        assert_eq!(name, "ack-lost.txt");
        let (name, part) = exported(&model, Export { until_here: true, ..TEXT });
        assert_eq!(name, "ack-lost-step-8.txt");
        let steps = |text: &str| text.split("\n\n").nth(1).map(str::to_owned).unwrap_or_default();
        assert!(steps(&whole).starts_with(&steps(&part)));
        assert!(part.contains("\n  8 ") && !part.contains("\n  9 "), "{part}");
        for format in Format::ALL {
            let (_, part) = exported(&model, Export { format, until_here: true, ..TEXT });
            let (_, whole) = exported(&model, Export { format, ..TEXT });
            // The scenario is the same.
            assert_eq!(part.len() < whole.len(), format != Format::Json, "{format:?}");
        }
    }

    #[test]
    fn each_side_of_a_comparison_is_exported() {
        let model = opened("/compare/?a=scenario:kafka-acks-1&b=scenario:ack-lost&fault=none");
        let names: Vec<String> =
            (0..2).map(|side| exported(&model, Export { side, ..TEXT }).0).collect();
        assert_eq!(names, ["kafka-acks-1.txt", "ack-lost.txt"]);
        assert_eq!(take(Take::Export(Export { side: 2, ..TEXT }), &model), None);
    }

    #[test]
    fn a_run_that_asks_for_a_prediction_is_embedded_so() {
        let code = |address| embed_code(opened(address).run().expect("a run"));
        assert!(code("/s/ack-lost/?predict=1").contains("scenario=\"ack-lost\" predict>"));
        assert!(!code("/s/ack-lost").contains("predict"));
    }
}
