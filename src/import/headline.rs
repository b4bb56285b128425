//! The verdict in one sentence.

use super::report::{Finding, Report, Status};
use crate::check::Property;

/// Returns the verdict in one sentence: "A message can be lost silently, take effect twice
/// and be reordered."
pub fn headline(report: &Report) -> String {
    if let Some(Finding { status: Status::None(why), .. }) = report.findings.first() {
        return format!("{}.", why.trim_end_matches('.'));
    }
    let broken = |property: Property| {
        matches!(report.of(property).map(|f| &f.status), Some(Status::Broken(_)))
    };
    let mut can = Vec::new();
    if broken(Property::NeverLostSilently) {
        can.push("be lost silently");
    } else if broken(Property::NeverLost) {
        can.push("be lost");
    }
    if broken(Property::AppliedOnce) {
        can.push("take effect twice");
    } else if broken(Property::HandledOnce) {
        can.push("be processed twice");
    } else if broken(Property::StoredOnce) {
        can.push("be stored twice");
    }
    if broken(Property::InOrder) {
        can.push("be reordered");
    }
    if broken(Property::NeverStuck) {
        can.push("block the others or be redelivered forever");
    }
    if broken(Property::ReportTrue) && can.is_empty() {
        can.push("be stored although the producer gets an error, or the reverse");
    }
    if can.is_empty() {
        let holds = report.findings.iter().any(|finding| finding.status == Status::Holds);
        let text = match report.findings.iter().all(|finding| finding.finished) {
            false => "No violation was found, but the search was not finished.",
            true if holds => "Nothing that these files decide can go wrong within the bounds.",
            true => "These files decide nothing about delivery.",
        };
        return text.into();
    }
    let last = can.pop().unwrap_or_default();
    match can.is_empty() {
        true => format!("A message can {last}."),
        false => format!("A message can {} and {last}.", can.join(", ")),
    }
}
