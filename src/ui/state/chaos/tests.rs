//! Tests of random runs, driven by messages as the user and the runner would send them.

use super::*;
use crate::ui::state::{Msg, Theme, update};

/// Returns the model of the page at an address, with its effects.
fn at(address: &str) -> (Model, Vec<Effect>) {
    let mut model = Model::new(Theme::Light);
    let effects = update(&mut model, Msg::Went(Address::read(address)));
    (model, effects)
}

fn ask(model: &mut Model, ask: Ask) -> Vec<Effect> {
    update(model, Msg::Chaos(ask))
}

/// Does the runner's work, all at once.
fn run_effect(model: &mut Model, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Runs(Order::Begin { job, scenario, plan }) = effect {
            let stats =
                Chaos::new(&scenario.configuration, &plan).expect("a plan").run(0..plan.runs);
            let came = Ask::Came { job, stats: Rc::new(stats), millis: 7, over: true };
            ask(model, came);
        }
    }
}

fn batch(model: &Model) -> &Batch {
    model.trial().and_then(|trial| trial.runs.as_ref()).expect("there are runs")
}

#[test]
fn a_seed_is_drawn_where_none_is_named() {
    let (mut model, effects) = at("#/chaos/?preset=sqs-standard");
    assert!(effects.contains(&Effect::DrawSeed));
    let effects = ask(&mut model, Ask::Drawn(99));
    let [Effect::Replace(address)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(address.text(), "/chaos/?preset=sqs-standard&seed=99");
    let (_, effects) = at("#/chaos/?preset=sqs-standard&seed=7");
    assert!(!effects.contains(&Effect::DrawSeed));
}

#[test]
fn every_run_that_is_named_shows_what_it_is_named_for() {
    let mut shown = 0;
    for id in ["kafka-default", "rabbitmq-safe", "sqs-standard", "ack-lost"] {
        let (mut model, _) = at(&format!("#/chaos/?scenario={id}&seed=7&runs=3000&messages=3"));
        let effects = ask(&mut model, Ask::Run);
        run_effect(&mut model, effects);
        assert_eq!(batch(&model).stand, Stand::Done);
        for shows in batch(&model).shows.clone() {
            let address = shows.address.expect("it has a place").text();
            let (model, _) = at(&address);
            let run = model.run().expect("a run");
            assert_eq!(model.notice, None, "{address}");
            match shows.count.property() {
                Some(property) => {
                    assert!(run.view.title.starts_with(property.broken_says()), "{address}");
                    assert!(run.step > 0, "{address}: at no step");
                }
                None => assert!(run.at_end(), "{address}"),
            }
            shown += 1;
        }
    }
    assert!(shown > 20, "{shown} runs shown");
}

#[test]
fn results_stay_while_a_run_is_looked_at_and_runs_wait() {
    let home = "#/chaos/?preset=sqs-standard&seed=7&runs=500";
    let (mut model, _) = at(home);
    let effects = ask(&mut model, Ask::Run);
    let left = update(&mut model, Msg::Went(Address::read("#/s/ack-lost")));
    assert!(left.contains(&Effect::Runs(Order::Hold(batch_job(&model)))));
    assert!(model.trial().is_none(), "another page is shown");
    run_effect(&mut model, effects);
    let back = update(&mut model, Msg::Went(Address::read(home)));
    assert!(!back.contains(&Effect::Runs(Order::Leave)));
    assert_eq!(batch(&model).stats.runs, 500);
    // Another configuration starts over.
    let other = update(&mut model, Msg::Went(Address::read("#/chaos/?preset=sqs-fifo&seed=7")));
    assert!(other.contains(&Effect::Runs(Order::Leave)));
    assert!(model.trial().is_some_and(|trial| trial.runs.is_none()));
}

fn batch_job(model: &Model) -> u32 {
    model.trial.as_ref().and_then(|trial| trial.runs.as_ref()).expect("there are runs").job
}

#[test]
fn what_is_refused_leaves_the_plan_as_it_was() {
    let (mut model, _) = at("#/chaos/?preset=sqs-standard&seed=7");
    let part = Part::Rate(FaultRate::LoseAck);
    assert_eq!(ask(&mut model, Ask::Set(part, "lots".to_owned())), []);
    let refused = model.refused.clone().expect("it is refused");
    assert_eq!(refused.what, "lose-ack");
    assert!(refused.problem.starts_with("Use a percentage"), "{}", refused.problem);
    let effects = ask(&mut model, Ask::Set(part, "3".to_owned()));
    assert_eq!(model.refused, None);
    let [Effect::Replace(address)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(address.text(), "/chaos/?preset=sqs-standard&seed=7&lose-ack=3%25");
}

#[test]
fn no_setting_of_the_lab_is_taken_for_a_part_of_the_plan() {
    for scenario in crate::catalogue::presets().iter().flat_map(|group| &group.presets) {
        for held in crate::lab::settings(&scenario.configuration) {
            for (dot, _) in held.field.path.match_indices(['.', ' ']).chain([(0, "")]) {
                let name = held.field.path[dot..].trim_start_matches(['.', ' ']);
                assert!(name == "messages" || Part::from_key(name).is_none(), "{name}");
            }
        }
    }
}

#[test]
fn an_unknown_configuration_is_told_like_any_other() {
    let (model, _) = at("#/chaos/?preset=kafka-defualt&seed=1");
    let Page::Missing(missing) = &model.page else { panic!("{:?}", model.page) };
    assert!(missing.lab);
}
