//! `show`: a run as text, diagram or JSON.

use super::print::{Form, pretty};
use super::{Answer, Wrong, input, settings};
use crate::diagram::layout::lay_out;
use crate::diagram::mermaid::mermaid;
use crate::diagram::plantuml::plantuml;
use crate::diagram::svg::{Theme, document};
use crate::present::slides;
use crate::present::{self, RunView, StepView};
use crate::sim::FaultSpec;
use crate::site::figure;
use clap::ValueEnum;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Show {
    /// A scenario, a preset, a file with a scenario's JSON, or - for standard input.
    #[arg(value_name = "SCENARIO")]
    input: String,
    /// Change a setting first, as for `check`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Inject these faults instead of the scenario's own.
    #[arg(long, value_name = "POINT")]
    fault: Vec<FaultSpec>,
    /// The step to show; 0 is the start.
    #[arg(long, value_name = "N")]
    step: Option<usize>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Width of the drawing in px, 280 to 2000.
    #[arg(long, value_name = "PX", default_value_t = 980,
          value_parser = clap::value_parser!(u32).range(280..=2000))]
    width: u32,
    /// Where the caption of --format html leads.
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Color theme of the drawing.
    #[arg(long, value_enum, default_value_t = Colours::Auto)]
    theme: Colours,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Svg,
    /// A <figure> for any page: the drawing, a caption, and a link if one is given.
    Html,
    /// An HTML page with one slide per step; prints one page per step.
    Slides,
    Json,
    Mermaid,
    Plantuml,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colours {
    Light,
    Dark,
    /// Follows the reader's system setting; needs a browser.
    Auto,
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Theme {
        match colours {
            Colours::Light => Theme::Light,
            Colours::Dark => Theme::Dark,
            Colours::Auto => Theme::Auto,
        }
    }
}

impl Show {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let mut scenario = input::read(&self.input)?;
        if !self.fault.is_empty() {
            scenario.faults.clone_from(&self.fault);
            scenario.narrative.notes.clear();
        }
        let form = Form::of(self.format == Format::Json);
        let scenario = settings::ready(&scenario, &self.set, form)?;
        let mut view = present::tell(&scenario).map_err(|e| Wrong(e.to_string()))?;
        let last = view.last();
        if let Some(step) = self.step.filter(|&step| step > last) {
            return Err(Wrong(format!("--step {step}: the run has {last} steps; use 0 to {last}")));
        }
        let text = match self.format {
            Format::Svg => {
                let layout = lay_out(&view.diagram, self.width);
                document(&layout, self.step.map(|n| n as u16), self.theme.into())
            }
            Format::Html => {
                let step = self.step.unwrap_or(0);
                figure(&view, self.width, step, self.theme.into(), self.link.as_deref())
            }
            Format::Slides => slides(&view, self.theme.into()),
            Format::Mermaid => mermaid(&view.diagram, &view.title),
            Format::Plantuml => plantuml(&view.diagram, &view.title),
            Format::Json => pretty(&as_json(&view, self.step)),
            Format::Text => {
                // Up to the step, with the state there.
                if let Some(step) = self.step.filter(|&step| step < last) {
                    view.moments.truncate(step + 1);
                    view.test = None;
                }
                present::text(&view)
            }
        };
        Ok(Answer::of(text, form))
    }
}

fn as_json(view: &RunView, step: Option<usize>) -> Value {
    let moments = view.moments.iter().enumerate();
    let steps = moments.filter(|(number, _)| step.is_none_or(|step| step == *number));
    json!({
        "id": view.id,
        "title": view.title,
        "summary": view.summary,
        "last": view.last(),
        "steps": steps.map(|(number, moment)| as_step(number, moment)).collect::<Vec<_>>(),
    })
}

fn as_step(number: usize, moment: &StepView) -> Value {
    let state = moment
        .state
        .iter()
        .map(|row| json!({ "who": row.who, "value": row.value, "changed": row.changed }));
    let messages = moment.verdict.iter().map(|v| {
        json!({ "message": v.message, "stored": v.stored, "handled": v.handled,
                "applied": v.applied, "mails": v.mails, "told": v.told, "outcome": v.outcome })
    });
    let remarks = moment.remarks.iter().map(|remark| remark.text.as_str());
    json!({
        "step": number,
        "sentence": moment.sentence,
        "fault": moment.fault,
        "state": state.collect::<Vec<_>>(),
        "messages": messages.collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
    })
}
