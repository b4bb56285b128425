use super::open::{config_of, same_settings};
use super::*;
use crate::catalogue;
use crate::lab;
use crate::ui::state::{Msg, Theme, update};

/// Returns the model of the page at an address.
fn at(address: &str) -> Model {
    let mut model = Model::new(Theme::Light);
    update(&mut model, Msg::Went(Address::read(address)));
    model
}

fn own(model: &mut Model, msg: OwnMsg) -> Vec<Effect> {
    update(model, Msg::SavedConfigs(msg))
}

/// Returns the text that the browser is asked to store.
fn kept(effects: &[Effect]) -> String {
    match effects {
        [Effect::Keep(KEY, text)] => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn names(model: &Model) -> Vec<&str> {
    model.own.list.saved.iter().map(|saved| saved.name.as_str()).collect()
}

const ACKS: &str = "#/lab/?preset=kafka-default&acks=1&step=3";

#[test]
fn what_is_kept_comes_back_with_the_next_visit() {
    let mut model = at(ACKS);
    let text = kept(&own(&mut model, OwnMsg::Save("  ours,\n today ".into())));
    let mut next = at("#/");
    own(&mut next, OwnMsg::Read(Some(text)));
    assert_eq!(names(&next), ["ours, today"]);
    assert_eq!(next.own.list.saved[0].at, "/lab/?preset=kafka-default&acks=1");
    let opened = at(&next.own.list.saved[0].at);
    assert_eq!(opened.run().unwrap().config, model.run().unwrap().config);
}

#[test]
fn the_same_name_is_the_same_configuration_and_every_change_can_be_undone() {
    let mut model = at(ACKS);
    for name in ["a", "b", "a"] {
        kept(&own(&mut model, OwnMsg::Save(name.into())));
    }
    assert_eq!(names(&model), ["a", "b"]);
    kept(&own(&mut model, OwnMsg::Rename(1, "c".into())));
    assert_eq!(own(&mut model, OwnMsg::Rename(1, "a".into())), []);
    assert!(model.own.problem.clone().unwrap().contains("“a” is already taken"));
    kept(&own(&mut model, OwnMsg::Delete(0)));
    assert_eq!(names(&model), ["c"]);
    kept(&own(&mut model, OwnMsg::Undo));
    assert_eq!(names(&model), ["a", "c"]);
    assert_eq!(own(&mut model, OwnMsg::Undo), []);
    assert_eq!(own(&mut model, OwnMsg::Delete(9)), []);
}

#[test]
fn names_and_their_number_are_bounded() {
    let mut model = at(ACKS);
    for name in ["", " \n", &"x".repeat(LONGEST_NAME + 1)] {
        assert_eq!(own(&mut model, OwnMsg::Save(name.into())), []);
        assert!(model.own.problem.is_some(), "{name:?}");
    }
    for n in 0..MOST {
        kept(&own(&mut model, OwnMsg::Save(n.to_string())));
    }
    assert_eq!(own(&mut model, OwnMsg::Save("one more".into())), []);
    assert!(model.own.problem.clone().unwrap().contains("Delete one first"));
    assert_eq!(model.own.list.saved.len(), MOST);
}

#[test]
fn a_full_storage_says_so_and_nothing_has_changed() {
    let mut model = at(ACKS);
    kept(&own(&mut model, OwnMsg::Save("a".into())));
    kept(&own(&mut model, OwnMsg::Delete(0)));
    own(&mut model, OwnMsg::Refused);
    assert_eq!(names(&model), ["a"]);
    assert!(model.own.problem.clone().unwrap().contains("did not save it"));
}

/// Parses the entries of the stored text.
fn entries(text: &str) -> Vec<serde_json::Value> {
    let kept: serde_json::Value = serde_json::from_str(text).expect("what is kept is JSON");
    kept["saved"].as_array().expect("it has a list").clone()
}

#[test]
fn an_entry_that_cannot_be_read_costs_only_itself() {
    let bad = [
        r#"{"name":"x","at":"javascript:alert(1)"}"#,
        r#"{"name":" ","at":"/lab"}"#,
        r#"{"name":"no address"}"#,
        r#"{"name":7,"at":"/lab/?preset=sqs-fifo"}"#,
        r#"{"name":"elsewhere","at":"/matrix"}"#,
        "null",
        r#""text""#,
        "[1, 2.50, 1e400]",
    ];
    let good = r#"{"name":"good","at":"/lab/?preset=sqs-fifo"}"#;
    for bad in bad {
        let text = format!(r#"{{"version":1,"saved":[{bad},{good}]}}"#);
        let mut model = at(ACKS);
        own(&mut model, OwnMsg::Read(Some(text)));
        assert_eq!(names(&model), ["good"], "{bad}");
        assert_eq!(model.own.list.unreadable, [bad]);
        assert_eq!(model.own.problem, None);
        // Changes to other entries leave it unchanged.
        let saved = kept(&own(&mut model, OwnMsg::Save("new".into())));
        assert!(saved.contains(bad), "{saved}");
        let renamed = kept(&own(&mut model, OwnMsg::Rename(0, "better".into())));
        assert!(renamed.contains(bad), "{renamed}");
        let mut next = at(ACKS);
        own(&mut next, OwnMsg::Read(Some(renamed)));
        assert_eq!(names(&next), ["better", "new"]);
        assert_eq!(next.own.list.unreadable, [bad]);
        // The user can delete it, and undo that.
        let without = kept(&own(&mut next, OwnMsg::DeleteUnreadable(0)));
        assert!(!without.contains(bad), "{without}");
        assert!(kept(&own(&mut next, OwnMsg::Undo)).contains(bad));
        assert_eq!(own(&mut next, OwnMsg::DeleteUnreadable(1)), []);
    }
}

#[test]
fn a_text_that_is_no_list_is_kept_as_an_entry_of_the_next() {
    for text in ["{", "[]", "{\"version\":1}", "{\"saved\":[]}", "null", "\u{0}", "\"a\" b"] {
        let mut model = at(ACKS);
        own(&mut model, OwnMsg::Read(Some(text.into())));
        assert_eq!((names(&model).len(), model.own.list.unreadable.len()), (0, 1), "{text:?}");
        let saved = kept(&own(&mut model, OwnMsg::Save("new".into())));
        assert_eq!(entries(&saved)[1], *text);
        own(&mut model, OwnMsg::Read(Some(saved)));
        assert_eq!((names(&model), model.own.list.unreadable.len()), (vec!["new"], 1));
    }
}

#[test]
fn more_entries_than_can_be_saved_are_all_kept() {
    let entry = |n| format!(r#"{{"name":"{n}","at":"/lab"}}"#);
    let all: Vec<String> = (0..MOST + 5).map(entry).collect();
    let text = format!(r#"{{"version":1,"saved":[{}]}}"#, all.join(","));
    let mut model = at(ACKS);
    own(&mut model, OwnMsg::Read(Some(text)));
    assert_eq!(own(&mut model, OwnMsg::Save("one more".into())), []);
    let deleted = kept(&own(&mut model, OwnMsg::Delete(0)));
    assert_eq!(entries(&deleted).len(), MOST + 4);
}

#[test]
fn what_is_newer_is_left_alone() {
    let mut model = at(ACKS);
    own(&mut model, OwnMsg::Read(Some(r#"{"version":2,"saved":[]}"#.into())));
    assert_eq!(own(&mut model, OwnMsg::Save("x".into())), []);
    assert!(model.own.problem.clone().unwrap().contains("newer"));
    own(&mut model, OwnMsg::Read(None));
    assert_eq!(model.own.problem, None);
}

/// Opens the JSON and follows the navigation effects.
fn import(model: &mut Model, json: &str) {
    for effect in own(model, OwnMsg::Import(json.to_owned())) {
        if let Effect::Go(address) = effect {
            update(model, Msg::Went(Address::read(&address.text())));
        }
    }
}

#[test]
fn every_scenario_comes_back_from_its_json_and_so_does_every_change_of_it() {
    let presets = catalogue::presets().iter().flat_map(|group| &group.presets);
    for scenario in presets.chain(catalogue::scenarios()) {
        let mut model = at("#/lab");
        import(&mut model, &scenario.to_json());
        assert_eq!(model.own.unread, None, "{}", scenario.id);
        let run = model.run().expect("shows a run");
        assert!(run.lab && same_settings(run.scenario(), scenario), "{}", scenario.id);
        assert_eq!(run.scenario().faults, scenario.faults, "{}", scenario.id);
        assert_eq!(model.notice, None, "{}", scenario.id);
        for tried in lab::changes(&scenario.configuration).into_iter().step_by(7) {
            let changed = crate::sim::Scenario::from(tried.configuration);
            let config = config_of(&changed).unwrap_or_else(|e| panic!("{}: {e}", tried.label));
            let model = at(&Address::Run(Shown::new(config, true)).text());
            let run = model.run().expect("shows a run");
            assert!(same_settings(run.scenario(), &changed), "{}: {}", scenario.id, tried.label);
            assert_eq!(run.view.faults, [""; 0], "{}: {}", scenario.id, tried.label);
        }
    }
}

#[test]
fn a_broken_file_says_where_and_why_and_changes_nothing() {
    let good = catalogue::scenario("ack-lost").unwrap().to_json();
    for (text, label) in [
        (String::new(), "It is empty"),
        ("{".into(), "EOF"),
        (good.replace("\"messages\": 1", "\"messages\": 9"), "messages: 9 is out of range"),
        (good.replacen(',', "", 1), "Line "),
        (good.replace("after-sync", "after-lunch"), "broker.generic.acknowledge: "),
        (good.replace("after-sync", "after-lunch"), "there is no \"after-lunch\"; use one of"),
        (good.replace("\"version\": 1", "\"version\": 7"), "version"),
        (good.replace("lose:ack@m1#1", "eat:ack@m1"), "eat"),
        (good.clone() + "x", "trailing characters"),
        (good.replace("\"timeout_ms\": 5000", "\"timeout_ms\": 99999999"), "timeout_ms"),
        ("x".repeat(LONGEST_JSON + 1), "right file"),
    ] {
        let mut model = at(ACKS);
        import(&mut model, &text);
        let unread = model.own.unread.clone().unwrap_or_else(|| panic!("{label}: it is read"));
        assert!(unread.contains(label) && unread.ends_with("Nothing has changed."), "{unread}");
        assert_eq!(model.run().unwrap().config.settings.len(), 1);
    }
}

#[test]
fn what_was_opened_offers_its_title_as_a_name() {
    let mut model = at(ACKS);
    let json = catalogue::scenario("ack-lost").unwrap().to_json();
    let json = json.replace("Ack lost, producer retries", "Ours, in May");
    import(&mut model, &json);
    assert_eq!(model.own.name, "Ours, in May");
    assert!(model.own.said.clone().unwrap().contains("Ours, in May"));
}
