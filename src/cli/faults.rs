//! `faults`: lists the faults that can strike in a configuration, in the syntax that `--fault`
//! takes.

use super::print::{Form, pretty};
use super::{Answer, Wrong, input, settings};
use crate::check::explore_and;
use crate::lab;
use crate::sim::{
    Choice, FaultKind, FaultSpec, Occurrence, Op, PacketKind, Participant, Point, ProgramPoint,
    Scenario,
};
use crate::sim::{CompiledScenario, Window, World};
use serde_json::{Value, json};

/// Maximum number of states per fault; more than runs of one message without other faults have.
const MOST: usize = 20_000;

#[derive(clap::Args)]
pub struct Faults {
    /// A preset, a scenario, a file with a scenario's JSON, or - for standard input.
    #[arg(value_name = "FILE|PRESET|SCENARIO")]
    input: String,
    /// Change a setting first, as for `check`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Faults {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let form = Form::of(self.json);
        let mut scenario = settings::ready(&input::read(&self.input)?, &self.set, form)?;
        scenario.configuration.messages = 1;
        scenario.faults.clear();
        scenario.narrative.notes.clear();
        // Of a single message, nothing is left for a second producer to send.
        lab::put(&mut scenario.configuration, "producer.kafka.other_sends", "0");
        let all = possible(&scenario)?;
        Ok(Answer::of(if self.json { as_json(&all) } else { as_text(&all) }, form))
    }
}

/// Returns the faults that can strike m1 in a run without any other fault.
fn possible(scenario: &Scenario) -> Result<Vec<FaultSpec>, Wrong> {
    let base = CompiledScenario::new(scenario).map_err(|e| Wrong(e.to_string()))?;
    let mut worlds: Vec<World> = Vec::new();
    explore_and(&base, MOST, |world| worlds.push(*world));
    let mut choices = Vec::new();
    let mut strikes = |&fault: &FaultSpec| {
        // Some faults have no text form that parses.
        if fault.to_string().parse() != Ok(fault) {
            return false;
        }
        let with = scenario.with_faults(vec![fault]);
        let Ok(setup) = CompiledScenario::new(&with) else { return false };
        worlds.iter().any(|world| {
            world.choices(&setup, &mut choices);
            matches!(choices.first(), Some(Choice::Strike(..)))
        })
    };
    Ok(forms().into_iter().filter(|fault| strikes(fault)).collect())
}

/// Returns every fault of m1 that can be written, possible or not.
fn forms() -> Vec<FaultSpec> {
    let gaps = || {
        let of = |&op: &Op| [ProgramPoint::Before(op), ProgramPoint::After(op)];
        Op::ALL.iter().flat_map(of).chain([ProgramPoint::Committed]).map(Some)
    };
    let mut all = Vec::new();
    let mut add = |kind: FaultKind, moment: Option<ProgramPoint>| {
        all.push(FaultSpec { kind, at: Point { msg: 0, moment, nth: Occurrence::First } });
    };
    PacketKind::ALL.iter().for_each(|&kind| add(FaultKind::Lose(kind), None));
    PacketKind::ALL.iter().for_each(|&kind| add(FaultKind::Late(kind), None));
    add(FaultKind::Refuse, None);
    use FaultKind::{Crash, Pause, PermanentLoss, PowerLoss, Slow, Upgrade};
    let kinds: [fn(Participant) -> FaultKind; 6] =
        [Crash, PowerLoss, PermanentLoss, Pause, Slow, Upgrade];
    for kind in kinds {
        for party in Participant::ALL {
            gaps().for_each(|moment| add(kind(party), moment));
        }
    }
    add(FaultKind::FailHandler, None);
    add(FaultKind::FailAttempts, None);
    for &op in Op::ALL {
        add(FaultKind::Fail(op), None);
        add(FaultKind::LoseReply(op), None);
    }
    for (i, a) in Participant::ALL.into_iter().enumerate() {
        for b in Participant::ALL.into_iter().skip(i + 1) {
            gaps().for_each(|moment| add(FaultKind::Cut(a, b), moment));
        }
    }
    for window in [Window::Dedup, Window::Ttl, Window::Inbox, Window::Retention] {
        add(FaultKind::Expire(window), None);
    }
    add(FaultKind::Twice, None);
    add(FaultKind::Reappear, None);
    add(FaultKind::Redrive, None);
    use FaultKind::{AddPartition, Isolate, MoveLeader, Purge, Replace};
    use FaultKind::{ResetToEarliest, ResetToLatest};
    let resets = [ResetToEarliest, ResetToLatest];
    for kind in
        [Isolate, MoveLeader, Replace].into_iter().chain(resets).chain([Purge, AddPartition])
    {
        gaps().for_each(|moment| add(kind, moment));
    }
    all
}

/// Groups the faults by kind and participant, each with its points.
fn by_kind(all: &[FaultSpec]) -> Vec<(String, Vec<String>)> {
    let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
    for fault in all {
        let (kind, point) = (fault.kind.to_string(), fault.at.to_string());
        match kinds.last_mut().filter(|(last, _)| *last == kind) {
            Some((_, points)) => points.push(point),
            None => kinds.push((kind, vec![point])),
        }
    }
    kinds
}

fn as_text(all: &[FaultSpec]) -> String {
    let mut out = String::from(
        "Format: fault:target@point, e.g. lose:ack@m1. Use m2, m3 or m4 for later messages; #2\n\
         means the second occurrence, #* every occurrence. Faults of m1 that are possible here\n\
         without any other fault:\n\n",
    );
    for (kind, points) in by_kind(all) {
        out += &format!("{kind}@{}\n", points.join(" "));
    }
    out
}

fn as_json(all: &[FaultSpec]) -> String {
    let of = |(kind, points): (String, Vec<String>)| {
        let faults: Vec<_> = points.iter().map(|point| format!("{kind}@{point}")).collect();
        json!({ "kind": kind, "faults": faults })
    };
    pretty(&Value::Array(by_kind(all).into_iter().map(of).collect()))
}
