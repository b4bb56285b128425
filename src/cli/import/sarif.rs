//! The report as SARIF 2.1.0, which code scanning reads.
//!
//! Source: docs.oasis-open.org/sarif/sarif/v2.1.0. A result is a violated property at the line that
//! causes it, a rule that is not met, or a key that has no effect.

use crate::cli::print::pretty as json_text;
use crate::import::{Checked, Finding, Origin, Place, RemarkKind, Status};
use serde_json::{Value, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn text(checked: &Checked) -> String {
    let mut results: Vec<Value> = Vec::new();
    for finding in checked.report.map_or(&[][..], |report| &report.findings) {
        results.extend(violated(checked, finding));
    }
    for rule in checked.reading.rules().iter().filter(|rule| !rule.met) {
        results.push(result(checked, "timeout-rule", "warning", &rule.text, rule.place));
    }
    for remark in &checked.reading.remarks {
        if matches!(remark.kind, RemarkKind::NoEffect | RemarkKind::Overruled) {
            results.push(result(checked, remark.kind.key(), "warning", &remark.text, remark.place));
        }
    }
    let properties = crate::check::Property::ALL.map(|property| {
        rule(property.key(), property.label(), "A delivery guarantee that does not hold.")
    });
    let others = [
        rule(
            "timeout-rule",
            "Timeouts that do not fit",
            "A rule of thumb about timeouts that is not met.",
        ),
        rule("no-effect", "A key without effect", "A key that its product does not read."),
        rule(
            "overruled",
            "A key that is overruled",
            "A key that has no effect because of another one.",
        ),
    ];
    let rules: Vec<Value> = properties.into_iter().chain(others).collect();
    json_text(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ackward",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    }))
}

fn rule(id: &str, name: &str, text: &str) -> Value {
    json!({ "id": id, "name": name, "shortDescription": { "text": text } })
}

fn violated(checked: &Checked, finding: &Finding) -> Option<Value> {
    let level = match (&finding.status, checked.require.contains(&finding.property)) {
        (Status::Broken(_) | Status::None(_), true) => "error",
        (Status::Broken(_) | Status::None(_), false) => "warning",
        _ => return None,
    };
    let place = match finding.cause.as_ref().map(|cause| &cause.origin) {
        Some(Origin::File { place, .. }) => Some(*place),
        _ => None,
    };
    let text = match finding.text.as_str() {
        "" => finding.property.broken_says(),
        text => text,
    };
    Some(result(checked, finding.property.key(), level, text, place))
}

fn result(checked: &Checked, id: &str, level: &str, text: &str, place: Option<Place>) -> Value {
    // Code scanning shows results at a place only; without one it is the first file's first line.
    let at = place.unwrap_or_default();
    json!({
        "ruleId": id,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": checked.name(at.file) },
            "region": { "startLine": at.line.max(1) },
        } }],
    })
}
