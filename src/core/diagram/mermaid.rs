//! Export as a Mermaid sequence diagram: <https://mermaid.js.org/syntax/sequenceDiagram.html>.

use super::ir::{Diagram, Stroke};
use super::lines::{End, Line, lines};
use super::writable;

/// Returns the source of a `sequenceDiagram`.
pub fn mermaid(diagram: &Diagram, title: &str) -> String {
    let mut out = format!("---\ntitle: \"{}\"\n---\nsequenceDiagram\n", quoted(title));
    for (at, lifeline) in diagram.lifelines.iter().enumerate() {
        out += &format!("  participant p{at} as {}\n", text(&lifeline.name));
    }
    for line in lines(diagram) {
        out += &match line {
            Line::Arrow { from, to, text: label, stroke, end } => {
                let arrow = match (stroke, end) {
                    (Stroke::Solid, End::Arrives) => "->>",
                    (Stroke::Dashed, End::Arrives) => "-->>",
                    (Stroke::Solid, End::Lost) => "-x",
                    (Stroke::Dashed, End::Lost) => "--x",
                    (Stroke::Solid, End::OnItsWay) => "-)",
                    (Stroke::Dashed, End::OnItsWay) => "--)",
                };
                format!("  p{from}{arrow}p{to}: {}\n", text(&label))
            }
            Line::Note { at, text: label } => format!("  Note over p{at}: {}\n", text(&label)),
            Line::Begin(at) => format!("  activate p{at}\n"),
            Line::End(at) => format!("  deactivate p{at}\n"),
        };
    }
    out
}

/// Escapes a text for one line. Characters that Mermaid would take for the end of the line or for a
/// name become entity codes.
fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '#' => out += "#35;",
            ';' => out += "#59;",
            '<' => out += "#lt;",
            '>' => out += "#gt;",
            '\n' | '\r' => out.push(' '),
            c => out.push(writable(c)),
        }
    }
    // Mermaid accepts no empty label.
    if out.trim().is_empty() { "–".to_owned() } else { out }
}

/// Escapes a text for a double-quoted YAML string.
fn quoted(text: &str) -> String {
    let text: String = text.chars().map(writable).collect();
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ")
}
