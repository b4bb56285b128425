//! A small picture of a scenario: the part of its run around the fault.

use crate::diagram::layout::lay_out;
use crate::diagram::svg;
use crate::present::RunView;
use crate::sim::Scenario;

/// Size of the part of the diagram that is shown, in px of the layout.
const SIZE: (u32, i32) = (600, 400);

/// Returns the picture of a scenario around its first fault.
pub fn miniature(scenario: &Scenario) -> Option<String> {
    let view = super::tell(scenario).ok()?;
    let fault = view.moments.iter().position(|moment| moment.fault);
    Some(miniature_at(&view, fault.unwrap_or(view.last())))
}

/// Returns the picture of a run around a step, as SVG for a page that includes the diagram's style
/// sheet.
pub fn miniature_at(view: &RunView, step: usize) -> String {
    let (width, height) = SIZE;
    let step = u16::try_from(step).unwrap_or(u16::MAX);
    svg::miniature(&lay_out(&view.diagram, width), step, height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn every_scenario_has_one_and_all_are_light() {
        let all: Vec<String> = catalogue::scenarios().iter().filter_map(miniature).collect();
        assert_eq!(all.len(), catalogue::scenarios().len());
        let longest = all.iter().map(String::len).max();
        assert!(longest < Some(9_000), "{longest:?}");
        // The ack that is lost is in sight.
        let lost = catalogue::scenario("ack-lost").and_then(miniature).expect("it runs");
        assert!(lost.contains("class=\"lost"), "{lost}");
    }
}
