//! Export as a PlantUML sequence diagram: <https://plantuml.com/sequence-diagram>.

use super::ir::{Diagram, Stroke};
use super::lines::{End, Line, lines};
use super::writable;

/// Returns the source, from `@startuml` to `@enduml`.
pub fn plantuml(diagram: &Diagram, title: &str) -> String {
    let mut out = format!("@startuml\ntitle {}\n", text(title));
    for (at, lifeline) in diagram.lifelines.iter().enumerate() {
        out += &format!("participant \"{}\" as p{at}\n", text(&lifeline.name).replace('"', "'"));
    }
    for line in lines(diagram) {
        out += &match line {
            Line::Arrow { from, to, text: label, stroke, end } => {
                let arrow = match (stroke, end) {
                    (Stroke::Solid, End::Arrives) => "->",
                    (Stroke::Dashed, End::Arrives) => "-->",
                    (Stroke::Solid, End::Lost) => "->x",
                    (Stroke::Dashed, End::Lost) => "-->x",
                    (Stroke::Solid, End::OnItsWay) => "->o",
                    (Stroke::Dashed, End::OnItsWay) => "-->o",
                };
                format!("p{from} {arrow} p{to} : {}\n", text(&label))
            }
            Line::Note { at, text: label } => format!("note over p{at} : {}\n", text(&label)),
            Line::Begin(at) => format!("activate p{at}\n"),
            Line::End(at) => format!("deactivate p{at}\n"),
        };
    }
    out + "@enduml\n"
}

/// Escapes a text for one line; a backslash would start an escape sequence.
fn text(text: &str) -> String {
    let text: String = text.chars().map(writable).collect();
    text.replace('\\', "~\\").replace(['\n', '\r'], " ")
}
