//! Tests of the built-in scenarios: each ends as expected, and its text matches the snapshot.

use ackward::catalogue;
use ackward::check::{Bounds, Finding, Property, check, usual_beside, why};
use ackward::lab;
use ackward::present;
use ackward::sim::{Choice, CompiledScenario, Occurrence, Outcome, Scenario, Trace, World};
use expect_test::expect_file;

fn run(id: &str) -> (CompiledScenario, Trace) {
    let scenario = catalogue::scenario(id).unwrap_or_else(|| panic!("no scenario {id}"));
    let setup = CompiledScenario::new(scenario).unwrap();
    let trace = Trace::run(&setup);
    (setup, trace)
}

#[test]
fn every_scripted_fault_strikes_and_every_note_is_said() {
    for scenario in catalogue::scenarios() {
        let (setup, trace) = run(&scenario.id);
        let keys = trace.keys();
        for fault in &scenario.faults {
            assert!(
                keys.contains(fault.to_string().as_str()),
                "{}: {fault} never struck",
                scenario.id
            );
        }
        let story = present::tell(scenario).unwrap();
        for note in &scenario.narrative.notes {
            assert!(
                keys.contains(note.at.as_str()),
                "{}: no step {}; there are {:#?}",
                scenario.id,
                note.at,
                trace.steps.iter().map(|s| &s.key).collect::<Vec<_>>()
            );
            assert!(story.moments.iter().any(|m| m.sentence == note.say));
        }
        assert_eq!(setup.parties.len(), story.diagram.lifelines.len());
    }
}

#[test]
fn the_text_of_each_run_is_as_agreed() {
    for scenario in catalogue::scenarios() {
        let story = present::tell(scenario).unwrap();
        let name = format!("golden/traces/{}.txt", scenario.id);
        expect_file![name].assert_eq(&present::text(&story));
    }
}

#[test]
fn every_state_of_a_run_comes_back_from_its_encoding() {
    let mut wrong = Vec::new();
    for scenario in catalogue::scenarios() {
        let (setup, trace) = run(&scenario.id);
        let changed = trace.steps.iter().find(|step| {
            let mut bytes = Vec::new();
            step.world.encode(&setup, &mut bytes);
            World::decode(&setup, &bytes) != step.world
        });
        wrong.extend(changed.map(|step| format!("{}: {}", scenario.id, step.key)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_schedule_gives_the_same_run_again() {
    for scenario in catalogue::scenarios() {
        let (setup, trace) = run(&scenario.id);
        // An endless run is followed for one more round; the events before that are the same.
        let again = Trace::fork(&setup, &trace.schedule());
        assert!(again.events.starts_with(&trace.events), "{}", scenario.id);
        assert_eq!(again.world(trace.steps.len()), trace.last());
    }
}

#[test]
fn a_fork_keeps_what_came_before_it() {
    let (setup, trace) = run("ack-lost");
    let schedule = trace.schedule();
    // Fork after the second step, at each enabled choice.
    let mut offers = Vec::new();
    trace.world(2).choices(&setup, &mut offers);
    for offer in offers {
        let mut fork = schedule[..2].to_vec();
        fork.push(offer);
        let forked = Trace::fork(&setup, &fork);
        assert_eq!(forked.world(2), trace.world(2));
        assert_eq!(forked.schedule()[..3], fork[..]);
        assert_eq!(forked.end, ackward::sim::End::Finished);
    }
}

#[test]
fn every_event_but_the_first_causes_has_an_earlier_cause() {
    for scenario in catalogue::scenarios() {
        let (_, trace) = run(&scenario.id);
        for (id, event) in trace.events.iter().enumerate() {
            if let Some(cause) = event.cause {
                assert!((cause as usize) < id, "{}: event {id} {event:?}", scenario.id);
            }
            assert!(trace.chain(id as u16).len() <= trace.events.len());
        }
    }
}

#[test]
fn the_duplicate_of_a_lost_ack_has_the_lost_ack_among_its_causes() {
    use ackward::sim::{EventKind, PacketKind};
    let (_, trace) = run("ack-lost");
    let second =
        trace.events.iter().position(|e| matches!(e.what, EventKind::Applied { count: 2, .. }));
    let chain = trace.chain(second.unwrap() as u16);
    let lost = |&id: &u16| {
        matches!(trace.events[id as usize].what, EventKind::Lost { kind: PacketKind::Ack, .. })
    };
    assert!(chain.iter().any(lost), "{chain:?}");
}

#[test]
fn only_the_script_strikes() {
    // Without scripted faults the settings themselves are the lesson: there is no fault-free run to
    // compare with.
    for scenario in catalogue::scenarios().iter().filter(|s| !s.faults.is_empty()) {
        let (setup, trace) = run(&scenario.id);
        let calm = Trace::run(&CompiledScenario::bare(&scenario.configuration).unwrap());
        let ledger = &calm.last().ledger;
        for m in 0..setup.configuration().messages {
            assert_eq!(ledger.outcome(m), Outcome::Once, "{} without its faults", scenario.id);
        }
        let strikes = trace.steps.iter().filter(|s| matches!(s.choice, Choice::Strike(..))).count();
        assert!(strikes >= scenario.faults.len());
    }
}

#[test]
fn no_verdict_says_that_the_run_beside_it_is_impossible() {
    let mut scripts = 0;
    for scenario in catalogue::scenarios() {
        let trace = run(&scenario.id).1;
        let ledger = &trace.last().ledger;
        let broken = Property::violated_properties(scenario.configuration.messages, ledger, true);
        let bounds = Bounds { faults: 2, classes: usual_beside(&scenario.faults) };
        // A fault that strikes every time is more than one.
        let more = scenario.faults.iter().any(|fault| fault.at.nth == Occurrence::Every);
        if broken == 0 || more || scenario.faults.len() > 2 {
            continue;
        }
        let bare = CompiledScenario::bare(&scenario.configuration).unwrap();
        let verdict = check(&bare, bounds, 200_000);
        for (property, finding) in &verdict.findings {
            let wrong = broken & 1 << *property as u16 != 0 && *finding == Finding::Holds;
            assert!(!wrong, "{}: {}", scenario.id, property.key());
        }
        scripts += 1;
    }
    assert!(scripts > 40, "{scripts}");
}

#[test]
fn a_lost_answer_says_that_the_message_was_seen_before() {
    let told = |program: &str, line: &str| {
        let json = format!(
            r#"{{"version": 1, "id": "x", "title": "X", "summary": "X", "messages": 1,
                "producer": "fire-and-forget", "broker": {{"generic": {{"acknowledge": "after-sync"}}}},
                "consumer": {{"program": {program}}},
                "faults": ["lose:consumer-ack@m1", "lose:{line}-reply@m1#2"]}}"#
        );
        let setup = CompiledScenario::new(&Scenario::from_json(&json).unwrap()).unwrap();
        let (steps, _) = ackward::text::steps(&setup, &Trace::run(&setup).schedule());
        let lost = format!("lose:{line}-reply");
        steps.into_iter().find(|step| step.key.starts_with(&lost)).expect("it strikes").sentence
    };
    let cases = [
        (r#"["receive", "check-redis", "work", "mark-redis", "ack"]"#, "check-redis", "before"),
        (r#"["receive", "claim", "work", "ack"]"#, "claim", "already claimed"),
        (
            r#"["receive", "claim-in-progress", "work", "complete", "ack"]"#,
            "claim-in-progress",
            "already claimed or done",
        ),
        (r#"["receive", "begin", "inbox", "work", "commit", "ack"]"#, "inbox", "already"),
    ];
    for (program, line, known) in cases {
        let sentence = told(program, line);
        assert!(sentence.contains(known), "{sentence}");
        assert!(sentence.contains("the response is lost"), "{sentence}");
    }
}

#[test]
fn both_relays_are_named_where_both_have_sent_a_row() {
    let (setup, trace) = run("outbox-two-relays");
    let reason = why(&setup, &trace, Property::StoredOnce).expect("it is twice there").reason;
    assert!(reason.is_some_and(|reason| reason.contains("both relays read its row")));
}

#[test]
fn a_relay_is_blamed_for_an_order_only_where_it_has_overtaken_the_other() {
    let reason = |consumers: &str, fault: &str| {
        let base = catalogue::scenario("outbox-skip-locked").unwrap();
        let base = lab::change(base, &[("consumer.count", consumers)]).unwrap();
        let faults = vec![fault.parse().unwrap()];
        let setup = CompiledScenario::new(&base.with_faults(faults)).unwrap();
        let trace = Trace::run(&setup);
        why(&setup, &trace, Property::InOrder).expect("it is out of order").reason
    };
    let overtaken = reason("1", "pause:relay@m1.before-send");
    assert!(overtaken.is_some_and(|reason| reason.contains("skips the row")));
    // The other consumer is quicker with m2.
    assert_eq!(reason("2", "pause:consumer@m1.before-work"), None);
}
