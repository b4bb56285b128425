//! Tests of comparisons, driven by messages as a user would send them.

use super::*;
use crate::catalogue::{scenarios, worth_comparing};
use crate::ui::state::{FAULTS, Theme, update};

/// Returns the model of the page at an address.
fn at(address: &str) -> Model {
    let mut model = Model::new(Theme::Light);
    update(&mut model, Msg::Went(Address::read(address)));
    model
}

fn shown(model: &Model) -> &Compare {
    match &model.page {
        Page::Compare(compare) => compare,
        other => panic!("{other:?}"),
    }
}

fn address(model: &Model) -> String {
    Address::Compare(shown(model).compared()).text()
}

fn change(model: &mut Model, change: Change) {
    for effect in update(model, Msg::Compare(change)) {
        if let Effect::Go(address) = effect {
            update(model, Msg::Went(Address::read(&address.text())));
        }
    }
}

fn outcomes(model: &Model) -> Vec<String> {
    let rows = shown(model).ends();
    rows[0].cells.iter().map(|(outcome, _)| outcome.clone()).collect()
}

const CURED: &str = "/compare/?a=scenario:crash-after-work&b=scenario:inbox-crash-after-commit";

#[test]
fn without_anything_named_there_is_an_example_in_which_they_differ() {
    let model = at("#/compare");
    assert_eq!(model.notice, None);
    assert_eq!(outcomes(&model), ["lost silently", "delivered once"]);
    assert_eq!(shown(&model).under(), "The same node loss");
    let differences = shown(&model).differences();
    assert_eq!(differences[0], [("acks".to_owned(), "1".to_owned())]);
    assert_eq!(differences[1], [("acks".to_owned(), "all".to_owned())]);
}

#[test]
fn every_scenario_can_be_compared_with_its_cure() {
    let mut differ = 0;
    for scenario in scenarios() {
        let Some(cure) = &scenario.narrative.fix else { continue };
        if !worth_comparing(&scenario.id) {
            continue;
        }
        let model = at(&format!("#/compare/?a=scenario:{}&b=scenario:{}", scenario.id, cure.to));
        let compare = shown(&model);
        assert_eq!(compare.sides.len(), 2, "{}", scenario.id);
        assert!(compare.sides[0].original, "{}", scenario.id);
        assert_eq!(compare.faults.len(), scenario.faults.len(), "{}", scenario.id);
        for fault in &compare.faults {
            assert_eq!(compare.fate(0, fault), Fate::Strikes, "{}: {}", scenario.id, fault.text);
        }
        let differs = compare.ends().iter().any(Row::differs);
        // Reading an uncommitted output is not a step of its own.
        assert!(compare.parts().is_some() || differs, "{}: they never part", scenario.id);
        differ += usize::from(differs);
    }
    assert!(differ >= 40, "{differ}");
}

#[test]
fn one_step_is_one_step_of_all_and_the_end_is_that_of_the_longest() {
    let mut model = at(CURED);
    let last = shown(&model).last();
    let ends: Vec<usize> = shown(&model).sides.iter().map(|side| side.view.last()).collect();
    assert!(last >= ends[0].max(ends[1]) && last < ends[0] + ends[1]);
    let mut together = 0;
    for beat in 1..=last {
        let before: Vec<usize> = (0..2).map(|side| shown(&model).step(side)).collect();
        let effects = update(&mut model, Msg::Forward);
        assert!(matches!(&effects[..], [Effect::Replace(_)]));
        let compare = shown(&model);
        assert_eq!(compare.at, beat);
        let moved = (0..2).filter(|&side| compare.step(side) == before[side] + 1).count();
        assert!(moved > 0, "beat {beat}");
        if compare.beats[beat].same {
            together += 1;
            let keys: Vec<_> = (0..2).map(|side| &compare.moment(side).unwrap().key).collect();
            assert_eq!(keys[0], keys[1]);
        }
    }
    assert!(together > 8, "{together}");
    assert!((0..2).all(|side| shown(&model).ended(side)));
    assert_eq!(update(&mut model, Msg::Forward), []);
    update(&mut model, Msg::First);
    assert_eq!((shown(&model).step(0), shown(&model).step(1)), (0, 0));
}

#[test]
fn the_same_fault_strikes_at_the_same_time() {
    let model = at("#/compare/?a=scenario:ack-lost&b=scenario:inbox-sent-twice");
    let compare = shown(&model);
    let marks = compare.marks();
    assert_eq!(marks.len(), 1);
    assert!(compare.beats[marks[0]].same);
}

#[test]
fn both_play_and_stop_at_the_end() {
    let mut model = at(CURED);
    let effects = update(&mut model, Msg::PlayPause);
    assert!(matches!(effects[..], [Effect::Replace(_), Effect::Wait(_)]), "{effects:?}");
    while model.playing {
        update(&mut model, Msg::Tick);
    }
    assert_eq!(shown(&model).at, shown(&model).last());
    update(&mut model, Msg::Play);
    assert_eq!(shown(&model).at, 0, "playing at the end plays again");
}

#[test]
fn what_happens_is_announced_once_where_it_is_the_same() {
    let mut model = at(CURED);
    assert!(shown(&model).announced().starts_with("In all: The application"));
    let parts = shown(&model).parts().unwrap();
    update(&mut model, Msg::To(parts));
    let said = shown(&model).announced();
    assert!(said.starts_with("B: ") && !said.contains("A: "), "A waits: {said}");
    assert!(said.ends_with("From here on they differ."), "{said}");
}

#[test]
fn the_address_holds_what_was_changed() {
    let mut model = at(CURED);
    change(&mut model, Change::Set(0, "max_deliveries = 2".into()));
    assert!(address(&model).contains("a=scenario:crash-after-work;max_deliveries=2"));
    change(&mut model, Change::AddFault("lose:ack@m1#1".into()));
    change(&mut model, Change::Add);
    change(&mut model, Change::Base(2, Config::preset("exactly-once")));
    change(&mut model, Change::Messages(2));
    let written = address(&model);
    assert_eq!(
        written,
        "/compare/?a=scenario:crash-after-work;max_deliveries=2\
         &b=scenario:inbox-crash-after-commit&c=preset:exactly-once\
         &fault=crash:consumer@m1.after-work&fault=lose:ack@m1%231&messages=2"
    );
    assert_eq!(address(&at(&written)), written);
    change(&mut model, Change::Add);
    assert_eq!(shown(&model).sides.len(), 3, "no more than three");
    change(&mut model, Change::TakeBack(0, "max_deliveries".into()));
    change(&mut model, Change::DropFault(0));
    change(&mut model, Change::Remove(1));
    assert_eq!(
        address(&model),
        "/compare/?a=scenario:crash-after-work&b=preset:exactly-once&fault=lose:ack@m1%231&messages=2"
    );
    change(&mut model, Change::Remove(1));
    assert_eq!(shown(&model).sides.len(), 2, "no fewer than two");
}

#[test]
fn a_refused_change_says_why_and_changes_nothing() {
    let mut model =
        at("#/compare/?a=preset:kafka-default;enable.idempotence=true&b=preset:kafka-default");
    let before = address(&model);
    for (text, label) in [
        ("acks=1", "acks=all"),
        ("akcs=1", "producer.kafka.acks"),
        ("acks", "write a setting"),
        ("messages=3", "the same for all"),
    ] {
        assert_eq!(update(&mut model, Msg::Compare(Change::Set(0, text.into()))), []);
        let refused = model.refused.clone().expect("it is refused");
        assert_eq!(refused.what, "side A");
        assert!(refused.problem.contains(label), "{text}: {}", refused.problem);
    }
    for (text, label) in [("lose:akc@m1", "ack"), ("crash:mail@m1.after-work", "mail")] {
        assert_eq!(update(&mut model, Msg::Compare(Change::AddFault(text.into()))), []);
        let refused = model.refused.clone().expect("it is refused");
        assert_eq!(refused.what, FAULTS);
        assert!(refused.problem.to_lowercase().contains(label), "{text}: {}", refused.problem);
    }
    assert_eq!(address(&model), before);
}

#[test]
fn a_fault_that_cannot_be_on_a_side_is_said_to_be_impossible_there() {
    let model = at(
        "#/compare/?a=preset:exactly-once&b=preset:at-least-once&fault=crash:consumer@m1.after-commit&fault=fail:handler@m4",
    );
    let compare = shown(&model);
    assert_eq!(compare.fate(0, &compare.faults[0]), Fate::Strikes);
    assert!(matches!(compare.fate(1, &compare.faults[0]), Fate::Impossible(_)));
    let model =
        at("#/compare/?a=preset:kafka-default&b=preset:kafka-default;acks=0&fault=lose:ack@m1#2");
    assert_eq!(shown(&model).fate(0, &shown(&model).faults[0]), Fate::Never);
}

#[test]
fn what_of_an_address_cannot_be_is_left_out_and_named() {
    let model = at(
        "#/compare/?a=preset:kafka-defualt&b=preset:kafka-default;acks=7;retries=3&fault=eat:broker@m1&step=999",
    );
    let notice = model.notice.clone().expect("there is something to say");
    for named in ["kafka-defualt", "kafka-default", "acks=7", "eat:broker@m1", "999"] {
        assert!(notice.contains(named), "{named}: {notice}");
    }
    assert!(address(&model).starts_with(
        "/compare/?a=preset:kafka-default;retries=3&b=preset:kafka-default&fault=none&step="
    ));
    for text in
        ["#/compare/?a=&b=", "#/compare/?a=preset:<b>;x=<i>&fault=<u>", "#/compare/?messages=x"]
    {
        assert!(shown(&at(text)).sides.len() >= 2, "{text}");
    }
}

#[test]
fn a_side_opens_alone_at_its_step() {
    let mut model = at(CURED);
    update(&mut model, Msg::To(9));
    let compare = shown(&model);
    for side in 0..2 {
        let alone = at(&compare.alone(side).text());
        let run = alone.run().expect("shows a run");
        assert_eq!(alone.notice, None);
        assert_eq!(run.step, compare.step(side));
        assert_eq!(run.moment(), compare.moment(side), "side {side}");
    }
    assert_eq!(compare.alone(0).text(), format!("/s/crash-after-work/?step={}", compare.step(0)));
}

#[test]
fn from_a_run_and_from_the_lab_it_is_one_click() {
    let model = at("#/s/crash-after-work");
    let compared = Address::Compare(model.run().unwrap().compared()).text();
    assert!(compared.starts_with(CURED), "{compared}");
    let model = at("#/lab/?preset=kafka-leader-ack&acks=all&fault=gone:broker@m1.acked");
    let compared = Address::Compare(model.run().unwrap().compared()).text();
    assert_eq!(
        compared,
        "/compare/?a=preset:kafka-leader-ack;acks=all&b=preset:kafka-leader-ack&fault=gone:broker@m1.acked"
    );
    assert_eq!(outcomes(&at(&compared)), ["delivered once", "lost silently"]);
}
