//! Describes the differences between the runs of a comparison.

use super::{Compare, Fate, Fault, Side};
use crate::diagram::ir::Tone;
use crate::lab;
use crate::present::StepView;
use crate::sim::FaultKind;
use crate::text;

/// One line of the outcome of a message, for each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The heading: "m1", "producer received".
    pub what: String,
    /// One cell for each side.
    pub cells: Vec<(String, Tone)>,
    /// The line holds the outcome of a message, rather than a count.
    pub outcome: bool,
}

impl Row {
    /// Returns true if the sides differ.
    pub fn differs(&self) -> bool {
        self.cells.iter().any(|cell| Some(cell) != self.cells.first())
    }
}

impl Compare {
    /// Describes the faults in a few words, and where they strike: "The same crash", "Node loss
    /// in A only".
    pub fn under(&self) -> String {
        let kind = |text: &str| text.parse().ok().map(|fault: crate::sim::FaultSpec| fault.kind);
        match &self.faults[..] {
            [] => "No faults".to_owned(),
            [one] => {
                let noun = kind(&one.text).map_or("fault", noun);
                let strikes = |side: &usize| self.fate(*side, one) == Fate::Strikes;
                let struck: Vec<usize> = (0..self.sides.len()).filter(strikes).collect();
                let letters: Vec<&str> = struck.into_iter().map(super::letter).collect();
                match letters.len() {
                    all if all == self.sides.len() => format!("The same {noun}"),
                    0 => format!("{} in none", text::capital(noun.to_owned())),
                    _ => {
                        let noun = text::capital(noun.to_owned());
                        format!("{noun} in {} only", letters.join(" and "))
                    }
                }
            }
            all if self.strike_everywhere(all) => "The same faults".to_owned(),
            _ => "Not all faults occur on every side".to_owned(),
        }
    }

    fn strike_everywhere(&self, faults: &[Fault]) -> bool {
        let sides = 0..self.sides.len();
        faults.iter().all(|fault| sides.clone().all(|at| self.fate(at, fault) == Fate::Strikes))
    }

    /// Returns how the runs end: the outcome of each message, then the other differences.
    pub fn ends(&self) -> Vec<Row> {
        let ends: Vec<&StepView> =
            self.sides.iter().filter_map(|side| side.view.moments.last()).collect();
        let most = ends.iter().map(|end| end.verdict.len()).max().unwrap_or(0);
        let mut rows: Vec<Row> = (0..most).map(|at| outcome(&ends, at)).collect();
        for at in 0..most {
            rows.extend(details(&ends, at).into_iter().filter(Row::differs));
        }
        let whole = Row {
            what: "the run".to_owned(),
            cells: ends.iter().map(|end| whole(end)).collect(),
            outcome: false,
        };
        if whole.cells.iter().any(|(text, _)| !text.is_empty()) {
            rows.push(whole);
        }
        rows
    }

    /// Returns the sentence for screen readers: what happens in this beat, and on which side.
    pub fn announced(&self) -> String {
        let said: Vec<Option<&str>> = (0..self.sides.len()).map(|at| self.sentence(at)).collect();
        let all_the_same = said.iter().all(|one| one.is_some() && *one == said[0]);
        let mut text = match said.first().copied().flatten() {
            Some(first) if all_the_same => format!("In all: {first}"),
            _ => {
                let each = said.iter().enumerate();
                let each = each
                    .filter_map(|(at, one)| one.map(|one| format!("{}: {one}", super::letter(at))));
                each.collect::<Vec<_>>().join(" ")
            }
        };
        if self.parts() == Some(self.at) {
            text += " From here on they differ.";
        }
        text
    }

    /// Returns the sentence of a side in this beat; `None` if the side waits.
    fn sentence(&self, at: usize) -> Option<&str> {
        let moment = self.sides[at].view.moments.get(self.step(at))?;
        self.moves(at).then_some(moment.sentence.as_str())
    }

    /// Returns for each side the settings that differ, with their values. Between different
    /// products nearly all settings differ: then returns a short description of each side.
    pub fn differences(&self) -> Vec<Vec<(String, String)>> {
        let one_product = self.sides.iter().all(|side| {
            let kind = |side: &Side| std::mem::discriminant(&side.scenario.configuration.broker);
            self.sides.first().is_some_and(|first| kind(first) == kind(side))
        });
        if !one_product {
            let short = |side: &Side| {
                let chips = side.view.chips.iter().filter(|chip| !chip.fault);
                chips.map(|chip| (chip.who.clone(), chip.what.clone())).collect()
            };
            return self.sides.iter().map(short).collect();
        }
        let all: Vec<Vec<lab::Held>> =
            self.sides.iter().map(|side| lab::settings(&side.scenario.configuration)).collect();
        let value = |held: &[lab::Held], path: &str| {
            held.iter().find(|held| held.field.path == path).map(|held| held.value.clone())
        };
        // A setting that only some have follows from another that all have.
        let differs = |path: &str| {
            let values: Option<Vec<String>> = all.iter().map(|held| value(held, path)).collect();
            values.is_some_and(|values| values.iter().any(|value| *value != values[0]))
        };
        let shown = |held: &Vec<lab::Held>| {
            let kept = held.iter().filter(|held| differs(held.field.path));
            kept.map(|held| (held.field.name().to_owned(), held.shown(&held.value))).collect()
        };
        all.iter().map(shown).collect()
    }
}

fn outcome(ends: &[&StepView], at: usize) -> Row {
    let cell = |end: &&StepView| match end.verdict.get(at) {
        Some(verdict) => (verdict.outcome.clone(), verdict.tone),
        None => ("not sent there".to_owned(), Tone::Plain),
    };
    Row { what: format!("m{}", at + 1), cells: ends.iter().map(cell).collect(), outcome: true }
}

/// Returns the counts of a message.
fn details(ends: &[&StepView], at: usize) -> Vec<Row> {
    let row = |what: &str, of: &dyn Fn(&crate::present::MessageVerdict) -> String| Row {
        what: format!("m{} {what}", at + 1),
        cells: ends
            .iter()
            .map(|end| (end.verdict.get(at).map(of).unwrap_or_default(), Tone::Plain))
            .collect(),
        outcome: false,
    };
    let times = |n: u8| match n {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    vec![
        row("producer received", &|v| v.told.clone()),
        row("stored", &|v| times(v.stored)),
        row("handled", &|v| times(v.handled)),
        row("applied", &|v| times(v.applied)),
        row("mailed", &|v| v.mails.map_or_else(String::new, times)),
    ]
}

/// Describes what concerns the run as a whole.
fn whole(end: &StepView) -> (String, Tone) {
    let said: Vec<&str> = end.remarks.iter().map(|remark| remark.text.as_str()).collect();
    let worst = end.remarks.iter().map(|remark| remark.tone);
    let worst = worst.reduce(|a, b| if a == Tone::Bad { a } else { b });
    (said.join(" "), worst.unwrap_or(Tone::Plain))
}

/// Returns the noun for a kind of fault.
fn noun(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Lose(_) | FaultKind::LoseReply(_) => "loss",
        FaultKind::Late(_) => "delay",
        FaultKind::Refuse => "refusal",
        FaultKind::Crash(_) => "crash",
        FaultKind::PowerLoss(_) => "power loss",
        FaultKind::PermanentLoss(_) => "node loss",
        FaultKind::Pause(_) | FaultKind::Resume(_) => "pause",
        FaultKind::Slow(_) => "slow handler",
        FaultKind::FailHandler | FaultKind::FailAttempts => "handler error",
        FaultKind::Fail(_) => "failing call",
        FaultKind::Cut(..) => "network partition",
        FaultKind::Expire(_) => "expiry",
        FaultKind::Twice => "duplicate send",
        FaultKind::Reappear => "reappearing message",
        FaultKind::Isolate => "isolated leader",
        FaultKind::MoveLeader => "planned leader change",
        FaultKind::Replace => "producer replacement",
        FaultKind::ResetToEarliest | FaultKind::ResetToLatest => "offset reset",
        FaultKind::Purge => "purge",
        FaultKind::Redrive => "redrive",
        FaultKind::AddPartition => "new partition",
        FaultKind::Upgrade(_) => "upgrade",
    }
}
