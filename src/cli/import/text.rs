//! The report for people.

use crate::cli::report::proved_for;
use crate::import::{self, Checked, Finding, Place, RemarkKind, Spelled, Status, Tag, origin};
use crate::sim::plain::echo;
use crate::text::{steps, thousands};
use std::fmt::Write;

pub fn text(checked: &Checked) -> String {
    let mut out = String::new();
    head(&mut out, checked);
    findings(&mut out, checked);
    fixes(&mut out, checked);
    rules(&mut out, checked);
    taken(&mut out, checked);
    rests_on(&mut out, checked);
    not_understood(&mut out, checked);
    questions(&mut out, checked);
    runs(&mut out, checked);
    required(&mut out, checked);
    out
}

fn head(out: &mut String, checked: &Checked) {
    match checked.report {
        Some(report) => {
            line!(out, "{}", import::headline(report));
            if report.states > 0 {
                line!(
                    out,
                    "up to 2 messages, up to 2 faults, a message that always fails · {} states",
                    thousands(report.states)
                );
            }
        }
        None => {
            line!(out, "Nothing in these files can be judged.");
        }
    }
    for (file, what) in checked.reading.read_as.iter().enumerate() {
        let what = if what.is_empty() { "nothing known" } else { what };
        line!(out, "{}: read as {what}", checked.name(file));
    }
    if checked.stopped {
        line!(out, "Stopped early: not everything was tried.");
    }
}

/// Returns the tags as words: "usual", "power or gone".
pub fn tags(tags: &[Tag]) -> String {
    tags.iter().map(|tag| tag.key()).collect::<Vec<_>>().join(" or ")
}

fn findings(out: &mut String, checked: &Checked) {
    let Some(report) = checked.report else { return };
    line!(out, "");
    for finding in &report.findings {
        let label = finding.property.label();
        let (mark, status) = match &finding.status {
            Status::Holds => ("✓", "holds".to_owned()),
            Status::Broken(tags) => ("✕", format!("broken [{}]", self::tags(tags))),
            Status::Open(why) => ("?", format!("open: {why}")),
            Status::None(_) => ("–", "no verdict: it does not start".to_owned()),
        };
        line!(out, "{mark} {label:<31} {:<20} {status}", finding.property.key());
        reason(out, checked, finding);
    }
}

fn reason(out: &mut String, checked: &Checked, finding: &Finding) {
    if !matches!(finding.status, Status::Broken(_)) {
        if finding.by_sources && finding.status == Status::Holds {
            line!(out, "    not modeled, by the sources: {}", finding.text);
        }
        return;
    }
    let by = if finding.by_sources { "not modeled, by the sources: " } else { "" };
    if !finding.text.is_empty() {
        line!(out, "    {by}{}", finding.text);
    }
    if finding.faultless {
        line!(out, "    It takes no fault at all.");
    }
    if !finding.variant.is_empty() {
        line!(out, "    seen with: {}", finding.variant);
    }
    if let Some(cause) = &finding.cause {
        line!(out, "    {}={}: {}", cause.name, echo(&cause.value), origin(checked, &cause.origin));
    }
}

fn fixes(out: &mut String, checked: &Checked) {
    for (property, fixes) in &checked.fixes.of {
        if fixes.is_empty() {
            continue;
        }
        line!(out, "\nWhat would prevent \"{}\", proved:", property.broken_says());
        for fix in fixes {
            let costs = if fix.costs.is_empty() {
                String::new()
            } else {
                format!(" ({})", fix.costs.join(", "))
            };
            line!(out, "  - {}{costs}", fix.label);
            for key in fix.keys.iter().map(Spelled::text).filter(|key| *key != fix.label) {
                line!(out, "      {}", echo(&key));
            }
            for given in &fix.gives_up {
                line!(out, "      gives up: {given}");
            }
        }
    }
    if checked.fixes.cut_off {
        line!(out, "Some changes had too many runs to be tried out.");
    }
}

fn rules(out: &mut String, checked: &Checked) {
    let rules = checked.reading.rules();
    if rules.is_empty() {
        return;
    }
    line!(out, "\nRules, which are no proofs:");
    for rule in rules {
        let mark = if rule.met { "✓" } else { "✕" };
        line!(out, "  {mark} {}{} ({})", at(checked, rule.place), rule.text, rule.source);
    }
}

fn at(checked: &Checked, place: Option<Place>) -> String {
    match place {
        Some(place) if place.line > 0 => {
            format!("{} line {}: ", checked.name(place.file), place.line)
        }
        Some(place) => format!("{}: ", checked.name(place.file)),
        None => String::new(),
    }
}

fn taken(out: &mut String, checked: &Checked) {
    let rows = checked.reading.taken();
    if rows.is_empty() {
        return;
    }
    line!(out, "\nWhat was taken, and from where:");
    for row in rows {
        let note = row.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
        line!(
            out,
            "  {:<8} {:<38} {:<14} {}{note}",
            row.side.label(),
            row.name,
            echo(&row.value),
            origin(checked, &row.origin)
        );
    }
}

fn rests_on(out: &mut String, checked: &Checked) {
    let Some(report) = checked.report else { return };
    let proved = report.findings.iter().any(|f| f.status == Status::Holds && !f.by_sources);
    if let Some(assumptions) = import::assumptions(checked).filter(|_| proved) {
        proved_for(out, &assumptions, &import::not_tried(import::left_out(checked)));
    }
}

fn not_understood(out: &mut String, checked: &Checked) {
    let groups = [
        (
            &[RemarkKind::NoEffect, RemarkKind::Overruled, RemarkKind::Unreadable][..],
            "Not understood, or without effect:",
        ),
        (&[RemarkKind::NotModeled][..], "Not modeled:"),
        (&[RemarkKind::Assumed, RemarkKind::PassedOver][..], "Assumed or passed over:"),
    ];
    for (kinds, title) in groups {
        let remarks = checked.reading.remarks.iter().filter(|remark| kinds.contains(&remark.kind));
        let mut remarks = remarks.peekable();
        if remarks.peek().is_some() {
            line!(out, "\n{title}");
        }
        for remark in remarks {
            line!(out, "  - {}{}", at(checked, remark.place), echo_long(&remark.text));
        }
    }
    let count = checked.reading.irrelevant.len();
    if count > 0 {
        let mut keys: Vec<String> = Vec::new();
        for (_, key) in checked.reading.irrelevant.iter().take(8) {
            keys.push(echo(key));
        }
        let more = if count > 8 { ", …" } else { "" };
        line!(
            out,
            "\nKnown, taken to have no influence on delivery: {count} ({}{more})",
            keys.join(", ")
        );
    }
}

/// Makes a sentence safe for a terminal without cutting it.
fn echo_long(text: &str) -> String {
    crate::sim::plain::visible(text).into_owned()
}

fn questions(out: &mut String, checked: &Checked) {
    let questions = checked.reading.questions();
    if questions.is_empty() {
        return;
    }
    line!(out, "\nWhat the files leave open:");
    for question in questions {
        let given = if question.answered { "answered" } else { "taken" };
        line!(out, "  --{}: {} ({given}: {})", question.key, question.text, echo(&question.taken));
        if question.answered {
            continue;
        }
        for (key, label) in &question.options {
            line!(out, "      {key:<18} {label}");
        }
    }
}

fn runs(out: &mut String, checked: &Checked) {
    let Some(report) = checked.report else { return };
    for finding in &report.findings {
        let Some(run) = &finding.run else { continue };
        if !checked.require.is_empty() && !checked.require.contains(&finding.property) {
            continue;
        }
        line!(out, "\n✕ {}: broken by this run", finding.property.label());
        for step in steps(&run.setup, &run.schedule).0 {
            let fault = if step.fault { "⚡" } else { " " };
            line!(out, "  {:>3} {fault} {}", step.number, step.sentence);
        }
    }
}

fn required(out: &mut String, checked: &Checked) {
    if checked.require.is_empty() {
        return;
    }
    line!(out, "");
    for property in checked.require {
        let finding = checked.report.and_then(|report| report.of(*property));
        let result = match finding.map(|finding| &finding.status) {
            Some(Status::Holds) => "holds".to_owned(),
            Some(Status::Broken(_)) => "does not hold".to_owned(),
            Some(Status::Open(why)) => format!("is not decided: {why}"),
            Some(Status::None(_)) | None => "is not decided".to_owned(),
        };
        line!(out, "required: {} {result}", property.key());
    }
}
