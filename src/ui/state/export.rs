//! Exports, as text: the browser only has to copy or save it.

use super::{Effect, Run, Theme};
use crate::diagram::layout::lay_out;
use crate::diagram::mermaid::mermaid;
use crate::diagram::plantuml::plantuml;
use crate::diagram::svg;
use crate::present;
use crate::present::slides;
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
    Svg,
    Png,
    /// An HTML page with a slide for each step.
    Slides,
    Mermaid,
    Plantuml,
    Text,
    Json,
}

/// Returns the effect that exports it.
pub(super) fn take(take: Take, run: &Run, theme: Theme) -> Effect {
    let story = &run.story;
    let file = |ending: &str| format!("{}.{ending}", story.id);
    let drawing = |theme| svg::titled(&story.title, &lay_out(&story.diagram, WIDTH), theme);
    let worn = match theme {
        Theme::Light => svg::Theme::Light,
        Theme::Dark => svg::Theme::Dark,
    };
    let (how, name, content) = match take {
        Take::Link => ("link", String::new(), permalink(&run.address())),
        Take::Native => ("share", story.title.clone(), permalink(&run.address())),
        Take::Embed => ("copy", String::new(), embed_code(run)),
        Take::Svg => ("save", file("svg"), drawing(worn)),
        Take::Png => ("png", file("png"), drawing(worn)),
        Take::Slides => ("save", format!("{}-slides.html", story.id), slides(story, worn)),
        Take::Mermaid => ("save", file("mmd"), mermaid(&story.diagram, &story.title)),
        Take::Plantuml => ("save", file("puml"), plantuml(&story.diagram, &story.title)),
        Take::Text => ("save", file("txt"), present::text(story)),
        Take::Json => ("save", file("json"), run.scenario().to_json() + "\n"),
    };
    Effect::Take { how, name, content }
}

/// Returns the URL of an address, with [`HOME`] in place of the app's URL.
pub fn permalink(address: &Address) -> String {
    format!("{HOME}{}", address.from_site())
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
    format!(
        "<script type=\"module\" src=\"{HOME}embed.js\"></script>\n\
         <ackward-diagram {attributes}></ackward-diagram>"
    )
}

/// The placeholder for the URL of the app's directory.
pub const HOME: &str = "https://your.host/ackward/";
