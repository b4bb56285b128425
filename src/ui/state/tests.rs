//! Tests of the model, driven by messages as a user would send them.

use super::*;
use crate::catalogue::{self, entries};
use crate::protocol::{self, Answer};
use crate::sim::Class;

/// Returns the model of the page at an address.
fn at(address: &str) -> Model {
    let mut model = Model::new(Theme::Light);
    update(&mut model, Msg::Went(Address::read(address)));
    model
}

fn home_run() -> Model {
    let model = at("#/");
    assert!(model.run().is_some(), "the catalogue is empty");
    model
}

fn step(model: &Model) -> usize {
    model.run().expect("shows a run").step
}

fn last(model: &Model) -> usize {
    model.run().expect("shows a run").last()
}

#[test]
fn every_scenario_opens_and_steps_to_its_end_and_back() {
    for entry in entries() {
        let mut model = at(&crate::ui::share::link(&entry.id));
        let end = last(&model);
        assert!(end > 0, "{} has no steps", entry.id);
        for k in 1..=end {
            update(&mut model, Msg::Forward);
            assert_eq!(step(&model), k);
        }
        assert_eq!(update(&mut model, Msg::Forward), [], "{}: beyond the end", entry.id);
        update(&mut model, Msg::First);
        assert_eq!(step(&model), 0);
        assert_eq!(update(&mut model, Msg::Back), []);
    }
}

#[test]
fn home_starts_a_run() {
    let model = home_run();
    assert_eq!(step(&model), 0);
}

#[test]
fn steps_write_the_address() {
    let mut model = home_run();
    let effects = update(&mut model, Msg::Forward);
    let id = model.run().expect("shows a run").view.id.clone();
    let shown = Shown { step: AskedStep::At(1), ..Shown::new(Config::scenario(&id), false) };
    assert_eq!(effects, [Effect::Replace(Address::Run(shown))]);
}

#[test]
fn steps_beyond_the_end_are_clamped_with_a_notice() {
    let id = home_run().run().expect("shows a run").view.id.clone();
    let mut model = at(&format!("#/s/{id}/?step=9999"));
    assert_eq!(step(&model), last(&model));
    assert!(model.notice.as_ref().is_some_and(|text| text.contains("9999")));
    update(&mut model, Msg::Back);
    assert_eq!(model.notice, None, "the notice goes once the person moves on");

    let model = at(&format!("#/s/{id}/?step=eight"));
    assert_eq!(step(&model), 0);
    assert!(model.notice.as_ref().is_some_and(|text| text.contains("eight")));
}

#[test]
fn unknown_scenarios_get_suggestions() {
    let model = at("#/s/ack-lots");
    let Page::Missing(missing) = &model.page else { panic!("{:?}", model.page) };
    assert!(missing.scenario);
    assert_eq!(missing.asked, "ack-lots");
    assert_eq!(missing.near[0].0, Address::scenario("ack-lost"));

    let model = at(&format!("#{}", "ü".repeat(3_000)));
    let Page::Missing(missing) = &model.page else { panic!("{:?}", model.page) };
    assert!(!missing.scenario);
    assert!(missing.asked.chars().count() <= 81);
}

#[test]
fn nothing_breaks_without_a_run() {
    let mut model = at("#/nowhere");
    for msg in
        [Msg::First, Msg::Back, Msg::PlayPause, Msg::Forward, Msg::Last, Msg::To(3), Msg::Tick]
    {
        assert_eq!(update(&mut model, msg), []);
    }
    assert!(!model.playing);
}

#[test]
fn plays_to_the_end_and_stops() {
    let mut model = home_run();
    let effects = update(&mut model, Msg::PlayPause);
    assert!(matches!(effects[..], [Effect::Replace(_), Effect::Wait(_)]), "{effects:?}");
    let end = last(&model);
    for k in 2..=end {
        assert!(model.playing);
        update(&mut model, Msg::Tick);
        assert_eq!(step(&model), k);
    }
    assert!(!model.playing);
    assert_eq!(update(&mut model, Msg::Tick), [], "a late tick does nothing");
    update(&mut model, Msg::PlayPause);
    assert_eq!(step(&model), 0, "playing at the end plays again");
    assert!(model.playing);
}

#[test]
fn stepping_by_hand_pauses() {
    let mut model = home_run();
    update(&mut model, Msg::PlayPause);
    let effects = update(&mut model, Msg::Back);
    assert_eq!(effects[0], Effect::StopWaiting);
    assert!(!model.playing);
    assert_eq!(step(&model), 0);
}

#[test]
fn speed_changes_the_wait_at_once() {
    let mut model = home_run();
    assert_eq!(update(&mut model, Msg::LatencyModel(Speed::Two)), []);
    let wait = |effects: Vec<Effect>| match effects[..] {
        [.., Effect::Wait(millis)] => millis,
        _ => panic!("{effects:?}"),
    };
    let two = wait(update(&mut model, Msg::PlayPause));
    let half = wait(update(&mut model, Msg::LatencyModel(Speed::Half)));
    assert_eq!(half, two * 4);
    assert!(Speed::Four.millis(usize::MAX) > 0);
}

#[test]
fn search_needs_every_word() {
    let entry = entries().find(|entry| entry.id == "ack-lost").expect("the catalogue has it");
    for query in ["", "ack", "RETRIES ack", "ack-lost", "came back", "backoff 100", "guarantees"] {
        assert!(entry.matches(query), "{query:?}");
    }
    assert!(!entry.matches("ack crash"));
}

#[test]
fn theme_toggles_and_is_remembered() {
    let mut model = home_run();
    assert_eq!(update(&mut model, Msg::ToggleTheme), [Effect::Remember(Theme::Dark)]);
    assert_eq!(update(&mut model, Msg::ToggleTheme), [Effect::Remember(Theme::Light)]);
    assert_eq!(update(&mut model, Msg::SystemTheme(Theme::Dark)), [Effect::Wear(Theme::Dark)]);
}

#[test]
fn a_late_close_leaves_the_next_dialog_open() {
    let mut model = home_run();
    update(&mut model, Msg::Open(Overlay::Catalogue));
    update(&mut model, Msg::Open(Overlay::Help));
    update(&mut model, Msg::Close(Overlay::Catalogue));
    assert_eq!(model.overlay, Some(Overlay::Help));
    update(&mut model, Msg::Close(Overlay::Help));
    assert_eq!(model.overlay, None);
}

/// Follows the navigation effects.
fn follow(model: &mut Model, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Go(address) = effect {
            update(model, Msg::Went(Address::read(&address.text())));
        }
    }
}

fn label(model: &Model) -> Vec<&str> {
    model.forks.iter().map(|fork| fork.label.as_str()).collect()
}

/// Takes the first choice at this step whose label starts with `label`.
fn break_it(model: &mut Model, step: usize, label: &str) {
    let chances = model.run().expect("shows a run").course().chances(step);
    let chance = chances.iter().find(|chance| chance.label.starts_with(label));
    update(model, Msg::Break(step, None, None));
    let effects = update(model, Msg::Fork(chance.expect("it can happen").choice));
    follow(model, effects);
}

#[test]
fn a_run_can_be_broken_and_is_listed_by_what_is_new_in_it() {
    let mut model = at("#/s/ack-lost");
    break_it(&mut model, 8, "The consumer crashes");
    assert_eq!(step(&model), 9);
    assert_eq!(model.overlay, None);
    assert_eq!(label(&model), ["", "the consumer crashes"]);
    break_it(&mut model, 9, "The broker loses power");
    assert_eq!(label(&model)[2], "the consumer crashes, then the broker loses power");
    let effects = update(&mut model, Msg::Visit(0));
    follow(&mut model, effects);
    assert_eq!(model.run().expect("shows a run").found, None);
    assert_eq!(label(&model).len(), 3, "the others stay");
    assert_eq!(update(&mut model, Msg::Visit(0)), [], "one is there already");
    // In the configuration's own run the acknowledgement is lost; here it arrives.
    break_it(&mut model, 4, "The ack of m1 reaches");
    assert!(label(&model)[3].starts_with("without: "), "{:?}", label(&model));
    // The same run, found for a property, is not another run.
    let path = model.run().and_then(|run| run.found.clone()).expect("it was made").path;
    let link = format!("#/s/ack-lost/?shows=in-order&path={path}");
    update(&mut model, Msg::Went(Address::read(&link)));
    assert_eq!(label(&model).len(), 4);
    update(&mut model, Msg::Went(Address::read("#/s/message-lost")));
    assert_eq!(label(&model), [""], "another configuration has runs of its own");
}

#[test]
fn a_refused_setting_changes_nothing_and_says_why() {
    let mut model = at("#/lab/?preset=kafka-default&enable.idempotence=true");
    let set = |key: &str, value: &str| Msg::Set(vec![(key.to_owned(), value.to_owned())]);
    assert_eq!(update(&mut model, set("producer.kafka.acks", "1")), []);
    let refused = model.refused.clone().expect("it is refused");
    assert_eq!(refused.what, "producer.kafka.acks");
    assert!(refused.problem.contains("acks"), "{}", refused.problem);
    let effects = update(&mut model, set("producer.kafka.retries", "5"));
    follow(&mut model, effects);
    assert_eq!(model.refused, None);
    let address = model.run().expect("shows a run").address().text();
    assert_eq!(address, "/lab/?preset=kafka-default&enable.idempotence=true&retries=5");
}

/// Returns the model of an embed that waits for the parent page's scenario.
fn waiting() -> Model {
    let mut model = Model::new(Theme::Light);
    model.embed = Embed::read("#/lab/?embed=transport,given");
    assert_eq!(update(&mut model, Msg::Went(Address::Home)), []);
    assert!(matches!(model.page, Page::Missing(_)));
    model
}

#[test]
fn a_given_scenario_is_shown_and_has_an_address() {
    let mut model = waiting();
    let mut scenario = catalogue::scenario("kafka-acks-1").expect("it is there").clone();
    (scenario.id, scenario.narrative.title) = ("mine".to_owned(), "Meins".to_owned());
    scenario.configuration.messages = 2;
    update(&mut model, Msg::Given(scenario.to_json()));
    let run = model.run().expect("it is shown");
    assert_eq!(run.view.title, "Meins");
    // The address leads to the same run.
    let linked = at(&run.address().href());
    let linked = linked.run().expect("it leads to a run");
    assert_eq!(linked.view.moments.len(), run.view.moments.len());
    let linked = linked.scenario();
    assert_eq!(linked.faults, scenario.faults);
    assert_eq!(
        (&linked.configuration.broker, linked.configuration.messages),
        (&scenario.configuration.broker, 2)
    );
}

#[test]
fn every_scenario_as_json_has_an_address_that_leads_to_it() {
    for scenario in catalogue::scenarios() {
        let run = open::given(&scenario.to_json()).expect("it can be run").run;
        let Address::Run(mut shown) = Address::read(&run.address().href()) else {
            panic!("{} has no address", scenario.id);
        };
        let (linked, problems) = open::scenario(&mut shown.config).expect("there is such a base");
        assert_eq!(problems, [""; 0]);
        assert!(open::same_settings(&linked, scenario), "{}", run.address().href());
    }
}

/// Returns the questions that these effects ask.
fn questions(effects: &[Effect]) -> Vec<&Question> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Ask { question, .. } => Some(&**question),
        _ => None,
    });
    asked.collect()
}

/// Has a worker answer all that is asked, and returns how many questions there were.
fn answered(model: &mut Model, effects: Vec<Effect>) -> usize {
    let mut worker = crate::worker::Worker::default();
    let mut count = 0;
    for effect in effects {
        let Effect::Ask { id, question } = effect else { continue };
        count += 1;
        let mut texts = Vec::new();
        worker.answer(&question.text(), &mut |text| texts.push(Some(text.to_owned())));
        for text in texts.into_iter().chain([None]) {
            update(model, Msg::Answered { id, text, millis: 5 });
        }
    }
    count
}

#[test]
fn the_verdict_tries_the_kinds_of_the_run_beside_it_until_others_are_chosen() {
    let tried = |effects: &[Effect]| match &questions(effects)[..] {
        [Question::Verdict(search)] => search.kinds.clone(),
        other => panic!("{other:?}"),
    };
    let mut model = Model::new(Theme::Light);
    let effects = update(&mut model, Msg::Went(Address::read("#/s/kafka-isolated-leader")));
    assert!(tried(&effects).contains(&Class::Partition), "{effects:?}");
    let effects = update(&mut model, Msg::Went(Address::read("#/s/ack-lost")));
    assert!(!tried(&effects).contains(&Class::Partition), "{effects:?}");
    update(&mut model, Msg::Proof(proof::Msg::Kind(Class::Handler, false)));
    let effects = update(&mut model, Msg::Went(Address::read("#/s/kafka-isolated-leader")));
    let kinds = tried(&effects);
    assert!(!kinds.contains(&Class::Partition) && !kinds.contains(&Class::Handler), "{kinds:?}");
}

#[test]
fn the_verdict_comes_by_itself_and_is_asked_for_once() {
    let mut model = Model::new(Theme::Light);
    let effects = update(&mut model, Msg::Went(Address::read("#/s/ack-lost")));
    assert!(matches!(questions(&effects)[..], [Question::Verdict(_)]), "{effects:?}");
    assert_eq!(answered(&mut model, effects), 1);
    let run = model.run().expect("shows a run");
    let known = proof::known(&model, run).expect("it is known");
    let verdict = known.verdict.expect("it is decided");
    assert!(verdict.complete && verdict.faults == 2 && !known.entry.is_waiting());
    let broken: Vec<bool> =
        verdict.properties.iter().map(|p| p.finding == protocol::Finding::Broken).collect();
    assert_eq!(broken.iter().filter(|broken| **broken).count(), 6, "{verdict:?}");
    // Its counterexamples are links to runs of the same configuration.
    let path = verdict.properties[0].path.as_deref().expect("a counterexample");
    let address = run.counterexample(1, crate::check::Property::ALL[0], path).expect("a link");
    let effects = update(&mut model, Msg::Went(address));
    assert!(model.run().is_some_and(|run| run.found.is_some()));
    assert_eq!(questions(&effects), [] as [&Question; 0]);
    // Another configuration is another question; one that nobody waits for is dropped.
    let effects = update(&mut model, Msg::Went(Address::read("#/s/kafka-acks-1")));
    assert_eq!(questions(&effects).len(), 1);
    let effects = update(&mut model, Msg::Went(Address::read("#/matrix")));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Cancel(_))), "{effects:?}");
}

#[test]
fn other_bounds_are_another_question_and_stop_the_one_before() {
    let mut model = Model::new(Theme::Light);
    let effects = update(&mut model, Msg::Went(Address::read("#/s/ack-lost")));
    let Some(Effect::Ask { id, .. }) = effects.last() else { panic!("{effects:?}") };
    let effects = update(&mut model, Msg::Proof(proof::Msg::Faults(1)));
    assert_eq!(effects.first(), Some(&Effect::Cancel(*id)));
    assert_eq!(questions(&effects).len(), 1);
    answered(&mut model, effects);
    let fixes = update(&mut model, Msg::Proof(proof::Msg::Fix));
    answered(&mut model, fixes);
    let run = model.run().expect("shows a run");
    let known = proof::known(&model, run).expect("it is known");
    assert_eq!(known.verdict.map(|verdict| verdict.faults), Some(1));
    let Some(Answer::Fixes(fixes)) = known.fixes.and_then(|entry| entry.answer.as_deref()) else {
        panic!("no fixes")
    };
    let offered = fixes.properties.iter().flat_map(|of| &of.fixes).next().expect("a fix");
    let Address::Run(mut shown) = Address::Run(Shown::new(run.fixed(offered), true)) else {
        panic!("no run")
    };
    let (_, problems) = open::scenario(&mut shown.config).expect("it is there");
    assert_eq!(problems, [""; 0]);
    // Stopped: what is known stays, and the next bounds are searched again.
    update(&mut model, Msg::Proof(proof::Msg::Faults(2)));
    update(&mut model, Msg::Proof(proof::Msg::Stop));
    assert!(model.proof.stopped);
    let effects = update(&mut model, Msg::Proof(proof::Msg::Faults(1)));
    assert_eq!(questions(&effects), [] as [&Question; 0], "the answer is known");
}

#[test]
fn each_page_asks_for_what_it_shows() {
    for (address, least) in [("#/matrix/?product=sqs", 40), ("#/cost", 40), ("#/choose", 1)] {
        let mut model = Model::new(Theme::Light);
        let effects = update(&mut model, Msg::Went(Address::read(address)));
        let asked = questions(&effects);
        assert!(asked.len() >= least, "{address}: {}", asked.len());
        if address.contains("sqs") {
            assert_eq!(asked[0], &matrix::question("sqs-standard", false));
        }
    }
    // An embed shows no verdict.
    let mut model = Model::new(Theme::Light);
    model.embed = Embed::read("#/s/ack-lost/?embed=transport");
    let effects = update(&mut model, Msg::Went(Address::read("#/s/ack-lost")));
    assert_eq!(questions(&effects), [] as [&Question; 0]);
}

#[test]
fn a_broken_scenario_says_where_and_why_in_place_of_the_diagram() {
    let mut model = waiting();
    let text = catalogue::scenario("ack-lost").expect("it is there").to_json();
    update(&mut model, Msg::Given(text.clone()));
    assert!(model.run().is_some());
    update(&mut model, Msg::Given(text.replace("\"messages\": 1", "\"messages\": 9")));
    assert!(model.run().is_none());
    assert_eq!(model.refused.clone().expect("it says why").what, "messages");
    update(&mut model, Msg::Given(text[..40].to_owned()));
    let refused = model.refused.clone().expect("it says why");
    assert!(refused.problem.contains("line 4"), "{refused:?}");
    assert_eq!(refused.what, "the scenario");
    update(&mut model, Msg::Given(text));
    assert!(model.run().is_some() && model.refused.is_none());
    // Only if the parent page announced a scenario.
    let mut model = home_run();
    assert_eq!(update(&mut model, Msg::Given("{".to_owned())), []);
    assert!(model.run().is_some());
}

#[test]
fn an_embed_of_a_page_that_is_no_run_says_so_and_links_to_it() {
    for (asked, alone) in [
        ("#/matrix/?embed=transport", "#/matrix/"),
        ("#/cost/?work=20&embed=transport&theme=dark&label=x", "#/cost/?work=20"),
        ("#/choose/?embed=verdict&lost=never", "#/choose/?lost=never"),
        (
            "#/chaos/?preset=kafka-default&seed=42&embed=transport&label=x",
            "#/chaos/?preset=kafka-default&seed=42",
        ),
        ("#/compare/?a=preset:kafka-default&embed=transport", "#/compare/?a=preset:kafka-default"),
    ] {
        let mut model = Model::new(Theme::Light);
        model.embed = Embed::read(asked);
        update(&mut model, Msg::Went(Address::read(asked)));
        let Page::Missing(missing) = &model.page else { panic!("{:?}", model.page) };
        assert_eq!(missing.alone.as_ref().map(Address::href).as_deref(), Some(alone));
        assert_eq!(asked[2..].split_once("/?").unwrap().0, missing.asked);
    }
    // Without a parent page, the same addresses are pages of their own.
    assert!(matches!(at("#/matrix").page, Page::Matrix(..)));
}

#[test]
fn undo_stays_on_this_site() {
    let mut model = at("#/s/ack-lost");
    assert_eq!(update(&mut model, Msg::Undo), []);
    assert_eq!(update(&mut model, Msg::Redo), []);
    update(&mut model, Msg::Passed(Past { here: 1, last: 2 }));
    assert_eq!(update(&mut model, Msg::Undo), [Effect::History(-1)]);
    assert_eq!(update(&mut model, Msg::Redo), [Effect::History(1)]);
}

#[test]
fn what_cannot_be_is_left_out_of_a_lab_link_and_named() {
    let mut model = at("#/lab/?preset=kafka-default&acks=7&acks=1&bogus=1&fault=eat:broker@m1");
    let notice = model.notice.take().expect("there is something to say");
    for named in ["acks=7", "bogus", "eat:broker@m1"] {
        assert!(notice.contains(named), "{named}: {notice}");
    }
    let address = model.run().expect("shows a run").address().text();
    assert_eq!(address, "/lab/?preset=kafka-default&acks=1");
}

#[test]
fn a_lab_without_its_preset_offers_the_nearest() {
    let model = at("#/lab/?preset=kafka-defualt");
    let Page::Missing(missing) = &model.page else { panic!("{:?}", model.page) };
    assert!(missing.lab && !missing.scenario);
    assert_eq!(missing.near[0].0.text(), "/lab/?preset=kafka-default");
}
