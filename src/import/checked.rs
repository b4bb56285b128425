//! What the reports in text, JSON and SARIF are made of.

use super::Source;
use super::answers::Answers;
use super::fixes::Fixes;
use super::layers::Origin;
use super::reading::Reading;
use super::report::{Report, Status};
use crate::check::Property;
use crate::sim::plain::echo;

/// Everything that is reported.
pub struct Checked<'a> {
    pub sources: &'a [Source],
    pub answers: &'a Answers,
    pub reading: &'a Reading,
    pub report: Option<&'a Report>,
    pub fixes: &'a Fixes,
    pub require: &'a [Property],
    pub stopped: bool,
}

impl Checked<'_> {
    /// Returns true if every required property holds.
    pub fn passed(&self) -> bool {
        let holds = |property: &Property| {
            let finding = self.report.and_then(|report| report.of(*property));
            finding.is_some_and(|finding| finding.status == Status::Holds)
        };
        self.require.iter().all(holds)
    }

    /// Returns the name of a file, safe for a terminal.
    pub fn name(&self, file: usize) -> String {
        echo(self.sources.get(file).map_or("", |source| source.name.as_str()))
    }
}

/// Describes where a setting comes from: "application.yml line 6, acks".
pub fn origin(checked: &Checked, origin: &Origin) -> String {
    match origin {
        Origin::File { place, written, by_default } => {
            let default = if *by_default { ", by a default in the file" } else { "" };
            format!("{} line {}, {}{default}", checked.name(place.file), place.line, echo(written))
        }
        Origin::Default { layer, since: "", .. } => format!("{layer} default"),
        Origin::Default { layer, since, .. } => format!("{layer} default since {since}"),
        Origin::Assumed(why) => format!("assumed: {why}"),
        Origin::Answer(flag) => format!("answer: {flag}"),
        Origin::Derived(why) => why.clone(),
    }
}
