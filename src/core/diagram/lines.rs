//! A diagram as a sequence of text statements: the common part of the Mermaid and PlantUML exports.
//!
//! Both draw an arrow at one point in time. The statement goes where the message arrives or is
//! lost; a message that is still in flight goes at the end.

use super::ir::{At, Diagram, Item, Stroke};

/// A statement to export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Arrow { from: At, to: At, text: String, stroke: Stroke, end: End },
    Note { at: At, text: String },
    Begin(&'a At),
    End(&'a At),
}

/// The end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Arrives,
    Lost,
    OnItsWay,
}

/// A message that has been sent and whose arrow has not ended.
struct Flight<'a> {
    arrow: u16,
    from: At,
    to: At,
    text: String,
    stroke: &'a Stroke,
}

/// Returns the statements, top to bottom.
pub(super) fn lines(diagram: &Diagram) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut flying: Vec<Flight> = Vec::new();
    let mut active: Vec<At> = Vec::new();
    for row in &diagram.rows {
        match &row.item {
            Item::Send { arrow, from, to, label, detail, stroke } => {
                let (arrow, from, to) = (*arrow, *from, *to);
                flying.push(Flight { arrow, from, to, text: joined(label, detail), stroke });
            }
            Item::Arrive { arrow } => {
                out.extend(land(&mut flying, *arrow, "", End::Arrives));
            }
            Item::Lose { arrow, label } => out.extend(land(&mut flying, *arrow, label, End::Lost)),
            Item::Call { from, to, label, detail, stroke } => out.push(Line::Arrow {
                from: *from,
                to: *to,
                text: joined(label, detail),
                stroke: *stroke,
                end: End::Arrives,
            }),
            Item::Mark { at, label, detail, .. } => {
                out.push(Line::Note { at: *at, text: joined(label, detail) });
            }
            Item::Stamp { at, label, .. } => {
                out.push(Line::Note { at: *at, text: label.clone() });
            }
            Item::Crash { at, label } | Item::Restart { at, label } => {
                out.push(Line::Note { at: *at, text: label.clone() });
                if let Some(place) = active.iter().position(|active| active == at)
                    && matches!(row.item, Item::Crash { .. })
                {
                    active.remove(place);
                    out.push(Line::End(at));
                }
            }
            Item::Begin { at } if !active.contains(at) => {
                active.push(*at);
                out.push(Line::Begin(at));
            }
            Item::End { at } if active.contains(at) => {
                active.retain(|active| active != at);
                out.push(Line::End(at));
            }
            Item::Begin { .. } | Item::End { .. } => {}
        }
    }
    let ids: Vec<u16> = flying.iter().map(|flight| flight.arrow).collect();
    for arrow in ids {
        out.extend(land(&mut flying, arrow, "", End::OnItsWay));
    }
    out
}

fn joined(label: &str, detail: &str) -> String {
    match (label, detail) {
        (label, "") => label.to_owned(),
        (label, detail) => format!("{label}, {detail}"),
    }
}

fn land<'a>(flying: &mut Vec<Flight>, arrow: u16, word: &str, end: End) -> Option<Line<'a>> {
    let place = flying.iter().position(|flight| flight.arrow == arrow)?;
    let Flight { from, to, text, stroke, .. } = flying.remove(place);
    Some(Line::Arrow { from, to, text: joined(&text, word), stroke: *stroke, end })
}
