//! Tests of the diagrams of all scenarios: nothing overlaps at any width, and the exported
//! documents match their snapshots.

use ackward::catalogue;
use ackward::diagram::check::{
    broken_words, crossed_heads, crossings, cut_off, problems, stray_pills, strays,
};
use ackward::diagram::ir::Item;
use ackward::diagram::layout::{Layout, lay_out};
use ackward::diagram::svg::{Theme, document};
use ackward::present::{RunView, tell};
use ackward::sim::{CompiledScenario, FaultSpec};
use expect_test::expect_file;
use std::collections::HashSet;

#[test]
fn nothing_overlaps_in_any_scenario_at_any_width() {
    let widths = [280, 320, 390, 720, 980, 1100].into_iter().chain((300..1200).step_by(53));
    for width in widths {
        for scenario in catalogue::scenarios() {
            let story =
                catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
            let found = problems(&lay_out(&story.diagram, width));
            assert!(found.is_empty(), "{} at {width} px:\n{}", scenario.id, found.join("\n"));
        }
    }
}

#[test]
fn arrows_keep_out_of_texts_on_the_page() {
    for scenario in catalogue::scenarios() {
        let story = catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
        for width in [720, 980] {
            let crossed = crossings(&lay_out(&story.diagram, width));
            assert!(crossed.is_empty(), "{} at {width} px: {crossed:?}", scenario.id);
        }
    }
}

/// Runs a check on all scenarios, at the widths of a small phone, a phone and the page.
fn all_that(check: impl Fn(&Layout) -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for scenario in catalogue::scenarios() {
        let story = catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
        for width in [320, 390, 720, 980, 1100] {
            let texts = check(&lay_out(&story.diagram, width));
            let say = |text: &String| format!("{} at {width} px: {text}", scenario.id);
            found.extend(texts.iter().map(say));
        }
    }
    found
}

#[test]
fn no_text_is_cut_off() {
    let found = all_that(cut_off);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_word_is_broken() {
    let mut found = Vec::new();
    let mut look = |id: &str, story: &RunView, widths: &[u32]| {
        for &width in widths {
            let words = broken_words(&story.diagram, &lay_out(&story.diagram, width));
            let say = |word: &String| format!("{id} at {width} px: {word}");
            found.extend(words.iter().map(say));
        }
    };
    for scenario in catalogue::scenarios() {
        let story = catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
        look(&scenario.id, &story, &[280, 320, 390, 720]);
    }
    // Labels are longer after a fault; a sample of the faults is enough.
    for preset in catalogue::presets().iter().flat_map(|group| &group.presets) {
        let setup = CompiledScenario::new(preset).expect("a preset can be run");
        for fault in FaultSpec::all(&setup, 0).into_iter().step_by(3) {
            let scenario = preset.with_faults(vec![fault]);
            if let Ok(story) = tell(&scenario) {
                look(&preset.id, &story, &[280, 362]);
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_arrow_crosses_the_head_of_another() {
    let found = all_that(crossed_heads);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_pill_stands_on_no_lifeline_but_its_own() {
    let found = all_that(stray_pills);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn words_stand_at_what_they_speak_of() {
    let found = all_that(strays);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// On a phone an arrow cannot always avoid a label; the label's halo keeps it readable. Fewer is
/// better.
#[test]
fn few_arrows_cross_a_text_on_a_phone() {
    let found = all_that(crossings);
    assert!(found.len() <= 5, "{}", found.join("\n"));
}

#[test]
fn each_step_has_its_band() {
    for scenario in catalogue::scenarios() {
        let story = catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
        assert_eq!(lay_out(&story.diagram, 720).bands.len(), story.last(), "{}", scenario.id);
    }
}

#[test]
fn documents_are_as_they_were() {
    for (id, width, theme) in [
        ("ack-lost", 720, Theme::Light),
        ("replicate-before-ack", 1100, Theme::Auto),
        ("crash-before-persist", 390, Theme::Dark),
        ("dead-letter", 720, Theme::Light),
    ] {
        let story = catalogue::run_view(id).expect("the catalogue has it");
        let svg = document(&lay_out(&story.diagram, width), None, theme);
        expect_file![format!("golden/svg/{id}.svg")].assert_eq(&svg);
    }
}

#[test]
fn each_arrow_and_each_bar_has_an_end() {
    for scenario in catalogue::scenarios() {
        let story = catalogue::run_view(&scenario.id).expect("the catalogue tells its scenarios");
        let (mut arrows, mut bars) = (HashSet::new(), HashSet::new());
        for row in &story.diagram.rows {
            let (id, step) = (&scenario.id, row.step);
            match row.item {
                Item::Send { arrow, .. } => assert!(arrows.insert(arrow), "{id}, step {step}"),
                Item::Arrive { arrow } | Item::Lose { arrow, .. } => {
                    assert!(arrows.remove(&arrow), "{id}, step {step}: an end without a start");
                }
                Item::Begin { at } => assert!(bars.insert(at), "{id}, step {step}"),
                Item::End { at } | Item::Crash { at, .. } => _ = bars.remove(&at),
                _ => {}
            }
        }
        // An endless run is cut off at some point.
        let endless =
            story.moments[story.last()].remarks.iter().any(|r| r.text.contains("Infinite loop"));
        assert!(endless || (arrows.is_empty() && bars.is_empty()), "{}", scenario.id);
    }
}
