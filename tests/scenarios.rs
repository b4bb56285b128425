//! Each built-in scenario ends as it must, and tells it the same way every time.

use ackward::catalogue;
use ackward::sim::{Choice, End, Outcome, Scenario, Setup, Told, Trace};
use ackward::story;
use expect_test::expect_file;

fn run(id: &str) -> (Setup, Trace) {
    let scenario = catalogue::scenario(id).unwrap_or_else(|| panic!("no scenario {id}"));
    let setup = Setup::new(scenario).unwrap();
    let trace = Trace::run(&setup);
    (setup, trace)
}

/// How one message ended: stored, handled, applied, what the producer was told, dead letters.
type Ending = (u8, u8, u8, Told, u8);

fn ending(id: &str, msg: u8) -> (Outcome, Ending) {
    let (_, trace) = run(id);
    assert_eq!(trace.end, End::Finished, "{id} must come to an end");
    let ledger = &trace.last().ledger;
    let r = ledger.of(msg);
    (ledger.outcome(msg), (r.stored, r.handled, r.applied, r.told, r.dead))
}

#[test]
fn every_scenario_has_its_right_ending() {
    use Outcome::*;
    use Told::{Error, Nothing, Ok};
    let endings = [
        ("message-lost", LostSilently, (0, 0, 0, Nothing, 0)),
        ("ack-unheard", Once, (1, 1, 1, Nothing, 0)),
        ("auto-ack-crash", LostSilently, (1, 0, 0, Ok, 0)),
        ("retry-after-loss", Once, (1, 1, 1, Ok, 0)),
        ("ack-lost", Duplicated, (2, 2, 2, Ok, 0)),
        ("crash-before-persist", LostSilently, (1, 0, 0, Ok, 0)),
        ("sync-before-ack", Once, (1, 1, 1, Ok, 0)),
        ("replicate-before-ack", Once, (1, 1, 1, Ok, 0)),
        ("crash-after-work", Duplicated, (1, 2, 2, Ok, 0)),
        ("crash-before-work", Once, (1, 1, 1, Ok, 0)),
        ("nack-requeue", Once, (1, 1, 1, Ok, 0)),
        ("dead-letter", DeadLettered, (1, 0, 0, Ok, 1)),
        ("retries-exhausted-lost", LostWithError, (0, 0, 0, Error, 0)),
        ("retries-exhausted-delivered", Unknown, (1, 1, 1, Error, 0)),
    ];
    for (id, outcome, counts) in endings {
        assert_eq!(ending(id, 0), (outcome, counts), "{id}");
    }
    assert_eq!(ending("dead-letter", 1), (Once, (1, 1, 1, Ok, 0)), "the message behind the poison");
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
        let story = story::tell(scenario).unwrap();
        for note in &scenario.notes {
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
        let story = story::tell(scenario).unwrap();
        let name = format!("golden/traces/{}.txt", scenario.id);
        expect_file![name].assert_eq(&story::text(&story));
    }
}

#[test]
fn a_schedule_gives_the_same_run_again() {
    for scenario in catalogue::scenarios() {
        let (setup, trace) = run(&scenario.id);
        let again = Trace::fork(&setup, &trace.schedule());
        assert_eq!(format!("{:?}", again.events), format!("{:?}", trace.events), "{}", scenario.id);
        assert_eq!(again.last(), trace.last());
    }
}

#[test]
fn a_fork_keeps_what_came_before_it() {
    let (setup, trace) = run("ack-lost");
    let schedule = trace.schedule();
    // Fork after the second step, at each choice that is on offer there.
    let mut offers = Vec::new();
    trace.world(2).choices(&setup, &mut offers);
    for offer in offers {
        let mut fork = schedule[..2].to_vec();
        fork.push(offer);
        let forked = Trace::fork(&setup, &fork);
        assert_eq!(forked.world(2), trace.world(2));
        assert_eq!(forked.schedule()[..3], fork[..]);
        assert_eq!(forked.end, End::Finished);
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
    use ackward::sim::{Kind, What};
    let (_, trace) = run("ack-lost");
    let second = trace.events.iter().position(|e| matches!(e.what, What::Applied { count: 2, .. }));
    let chain = trace.chain(second.unwrap() as u16);
    let lost =
        |&id: &u16| matches!(trace.events[id as usize].what, What::Lost { kind: Kind::Ack, .. });
    assert!(chain.iter().any(lost), "{chain:?}");
}

#[test]
fn only_the_script_strikes() {
    for scenario in catalogue::scenarios() {
        let (setup, trace) = run(&scenario.id);
        let without = Setup::new(&Scenario { faults: vec![], notes: vec![], ..scenario.clone() });
        let calm = Trace::run(&without.unwrap());
        let ledger = &calm.last().ledger;
        for m in 0..setup.scenario.messages {
            assert_eq!(ledger.outcome(m), Outcome::Once, "{} without its faults", scenario.id);
        }
        let strikes = trace.steps.iter().filter(|s| matches!(s.choice, Choice::Strike(..))).count();
        assert!(strikes >= scenario.faults.len());
    }
}
