//! View model of a run: its steps as sentences, the code, the state and the verdict so far.

mod along;
mod branches;
mod ending;
mod miniature;
mod possible_faults;
mod script;
mod settings;
mod slides;
mod sources;
mod state;
mod verdict;

pub use along::{open_along, path_of, path_of_run, trace_along};
pub use branches::{Branches, NextChoice, Ran};
pub use ending::worst;
pub use miniature::{miniature, miniature_at};
pub use possible_faults::{PossibleFault, possible_faults};
pub use script::script;
pub use settings::is_owner;
pub use slides::slides;
pub use sources::{Source, page as source_page};

use crate::diagram::build;
use crate::diagram::ir::{Diagram, Tone};
use crate::sim::{
    Choice, CompiledScenario, End, FaultSpec, FixLink, Narrative, Participant, Program, Scenario,
    ScenarioError, Trace, World,
};
use crate::text;

/// A whole run, prepared for display.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// Settings, then faults, as short labels.
    pub chips: Vec<Chip>,
    /// The programs of the producer and the consumers.
    pub programs: Vec<Listing>,
    /// The states: `moments[0]` is the initial one, `moments[k]` the one after step k.
    pub moments: Vec<StepView>,
    pub diagram: Diagram,
    /// The participant at each lifeline of the diagram.
    pub parties: Vec<Participant>,
    /// The fault script, in the syntax of links.
    pub faults: Vec<String>,
    /// The lesson of the scenario; empty if it has none.
    pub takeaway: String,
    /// The scenario in which the same situation goes well.
    pub fix: Option<FixLink>,
    /// Sources for the scenario's claims about a product.
    pub sources: Vec<Source>,
    /// The result, if the scenario is a test.
    pub test: Option<Test>,
    /// What the run comes to, in a word or two.
    pub ending: Remark,
}

/// The result of a scenario that is a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub passed: bool,
    /// The assertion: "Each message takes effect once."
    pub asks: String,
    /// The violation: "m2 took effect 2 times."; empty if the test passed.
    pub found: String,
}

impl RunView {
    /// Returns the number of the last step.
    pub fn last(&self) -> usize {
        self.moments.len() - 1
    }

    /// Returns the run up to and including a step, without the result of a test, which only the
    /// whole run has.
    #[must_use]
    pub fn until(&self, step: usize) -> RunView {
        let step = step.min(self.last());
        RunView {
            moments: self.moments[..=step].to_vec(),
            diagram: self.diagram.until(u16::try_from(step).unwrap_or(u16::MAX)),
            test: self.test.clone().filter(|_| step == self.last()),
            ..self.clone()
        }
    }
}

/// A short label for a setting or a fault: "Producer **retry ×3, backoff 100 ms**".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub who: String,
    pub what: String,
    /// Displayed as a fault: "⚡ ack of m1 lost".
    pub fault: bool,
}

/// The program of a participant, as code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The participant: "Producer".
    pub who: String,
    pub lines: Vec<CodeLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    pub text: String,
    /// Levels of indentation.
    pub indent: u8,
}

/// The state after a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    /// The key of the step, as used in notes: `work@m1#2`; empty for the initial state.
    pub key: String,
    /// The events of this step, as one or two sentences of plain text.
    pub sentence: String,
    /// The step is a fault.
    pub fault: bool,
    /// The current line of each of [`RunView::programs`], counted from 0; `None` while the
    /// participant is down or after its program has ended.
    pub lit: Vec<Option<usize>>,
    pub state: Vec<StateRow>,
    /// The verdict on each message.
    pub verdict: Vec<MessageVerdict>,
    /// Remarks on the run as a whole: out of order, blocked, endless.
    pub remarks: Vec<Remark>,
}

/// A sentence about the run so far.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Remark {
    pub text: String,
    pub tone: Tone,
}

/// The state of a participant: "Producer: waiting for ack, attempt 2 of 3".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateRow {
    pub who: String,
    /// The whole state as text.
    pub value: String,
    /// The value differs from that of the previous step.
    pub changed: bool,
    /// The same state in visual form, if it has parts: a lead-in, the layout of the parts, and the
    /// parts. Without parts, `value` is displayed.
    pub lead: String,
    pub look: Look,
    pub cells: Vec<Cell>,
}

/// The layout of the parts of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// One below the other: a queue, the rows of a table.
    #[default]
    Rows,
    /// Side by side: a log, in the order of its offsets.
    Log,
}

/// A part of a state: a record of a log, a message in a queue, a row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// An offset, or the short name of a pointer to this part: "3", "HW".
    pub mark: String,
    /// The index of the message whose shape is shown here.
    pub message: Option<u8>,
    /// The content: "m1", "commit"; empty for the position of the next record.
    pub label: String,
    /// Annotations: "unacked: consumer", "HW".
    pub tags: Vec<(String, Tone)>,
    /// The part is new, or differs from that of the previous step.
    pub changed: bool,
}

impl Cell {
    /// Returns true if both cells display the same content.
    fn same(&self, other: &Cell) -> bool {
        (&self.mark, &self.label, &self.tags) == (&other.mark, &other.label, &other.tags)
    }
}

/// The outcome of one message so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageVerdict {
    /// The name of the message: "m1".
    pub message: String,
    /// The number of times that the broker stored the message, the consumer handled it, and the
    /// store applied it.
    pub stored: u8,
    pub handled: u8,
    pub applied: u8,
    /// The number of mails sent for it, in scenarios that send mail.
    pub mails: Option<u8>,
    /// The result reported to the producer's caller: "nothing yet", "Ok", "MessageDeliveryError".
    pub told: String,
    /// The outcome: "in progress", "delivered once", "lost silently", …
    pub outcome: String,
    pub tone: Tone,
}

/// A run opened for display and for exploring its branches.
#[derive(Clone, Debug)]
pub struct Opened {
    pub view: RunView,
    pub ran: Ran,
    /// The step at which the view shows that the run violates the property it was found for.
    pub shows: Option<usize>,
}

/// Runs a scenario and returns its view.
///
/// # Errors
/// Returns what [`CompiledScenario::new`] finds wrong with the scenario.
pub fn tell(scenario: &Scenario) -> Result<RunView, ScenarioError> {
    let setup = CompiledScenario::new(scenario)?;
    let trace = Trace::run(&setup);
    Ok(run_view(&setup, &trace))
}

/// Like [`tell`], but the run can also be branched at every step.
///
/// # Errors
/// Returns what [`CompiledScenario::new`] finds wrong with the scenario.
pub fn open(scenario: &Scenario) -> Result<Opened, ScenarioError> {
    let setup = CompiledScenario::new(scenario)?;
    let trace = Trace::run(&setup);
    let view = run_view(&setup, &trace);
    Ok(Opened { view, ran: Ran::new(setup, trace), shows: None })
}

/// Builds the view of a whole run.
fn run_view(setup: &CompiledScenario, trace: &Trace) -> RunView {
    let setup = &trace.seen(setup);
    let mut moments = vec![before(setup)];
    for number in 1..=trace.steps.len() {
        let moment = moment(setup, trace, number, &moments[number - 1]);
        moments.push(moment);
    }
    let sentences = moments[1..].iter().map(|m| m.sentence.clone()).collect();
    let Scenario { id, narrative, .. } = setup.scenario.clone();
    let Narrative { title, summary, takeaway, fix, sources, .. } = narrative;
    RunView {
        id,
        title,
        summary,
        takeaway,
        fix,
        sources: sources.into_iter().map(Source::new).collect(),
        test: verdict::test(setup, trace.last()),
        ending: ending::ending(setup, trace),
        chips: settings::chips(setup),
        programs: listings(setup),
        diagram: build::build(setup, trace, sentences),
        parties: build::left_to_right(setup),
        faults: texts(&setup.scenario.faults),
        moments,
    }
}

fn texts(faults: &[FaultSpec]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// Returns the settings and faults of a scenario; empty if it cannot be run.
pub fn chips(scenario: &Scenario) -> Vec<Chip> {
    CompiledScenario::new(scenario).map_or_else(|_| Vec::new(), |setup| settings::chips(&setup))
}

fn before(setup: &CompiledScenario) -> StepView {
    let world = World::new(setup);
    let sentence = match setup.configuration().messages {
        1 => format!("The application is about to send m1 ({}).", text::amount(setup)),
        n => {
            format!("The application is about to send {n} messages ({} each).", text::amount(setup))
        }
    };
    StepView {
        key: String::new(),
        sentence,
        fault: false,
        lit: lit(setup, &world),
        state: state::rows(setup, &world),
        verdict: verdict::so_far(setup, &world, false),
        remarks: Vec::new(),
    }
}

fn moment(setup: &CompiledScenario, trace: &Trace, number: usize, before: &StepView) -> StepView {
    let step = &trace.steps[number - 1];
    let world = &step.world;
    let note = setup.scenario.narrative.notes.iter().find(|note| note.at == step.key);
    // A fault such as `lose:…#*` occurs several times; its note belongs to the first occurrence.
    let first = trace.steps[..number - 1].iter().all(|s| s.key != step.key);
    let sentence = match note.filter(|_| first) {
        Some(note) => note.say.clone(),
        None => {
            let events = trace.events_of(number).iter();
            let said: Vec<_> = events.filter_map(|e| text::sentence(setup, e)).collect();
            if said.is_empty() { state::unsaid(setup, step) } else { said.join(" ") }
        }
    };
    let mut state = state::rows(setup, world);
    for (row, old) in state.iter_mut().zip(&before.state) {
        row.changed = row.value != old.value;
        for cell in &mut row.cells {
            cell.changed = !old.cells.iter().any(|old| old.same(cell));
        }
    }
    let last = number == trace.steps.len();
    // An endless run has no end at which anything would count as lost.
    let ended = last && trace.end == End::Finished;
    StepView {
        key: step.key.clone(),
        sentence,
        fault: matches!(step.choice, Choice::Strike(..)),
        lit: lit(setup, world),
        state,
        verdict: verdict::so_far(setup, world, ended),
        remarks: verdict::remarks(setup, world, last.then_some(trace.end)),
    }
}

fn listings(setup: &CompiledScenario) -> Vec<Listing> {
    let listing = |who: Participant, program: &Program| Listing {
        who: text::party(setup, who).into(),
        lines: program
            .lines
            .iter()
            .map(|l| CodeLine { text: l.text.clone(), indent: l.indent })
            .collect(),
    };
    let senders = setup.senders.iter().enumerate();
    let mut all: Vec<_> = senders.map(|(s, program)| listing(setup.sender(s), program)).collect();
    let consumers = Participant::CONSUMERS.into_iter().take(setup.consumers());
    all.extend(consumers.map(|c| listing(c, &setup.consumer)));
    all
}

/// Returns the current line of each program.
fn lit(setup: &CompiledScenario, world: &World) -> Vec<Option<usize>> {
    let senders = (0..setup.senders.len()).map(|s| {
        let task = world.sending(setup, s).map(|m| world.senders[s].tasks[m as usize].pc);
        task.and_then(|pc| setup.senders[s].line(pc))
    });
    let mut lit: Vec<_> = senders.collect();
    let consumers = &world.consumers[..setup.consumers()];
    lit.extend(consumers.iter().map(|c| match c.idle(setup) {
        true => setup.consumer.line(0),
        false => setup.consumer.line(c.pc).filter(|_| c.up),
    }));
    lit
}

/// Formats the run as text, one line per step: byte-for-byte the same on every platform.
pub fn text(view: &RunView) -> String {
    let mut out = format!("{}\n{}\n\n", view.title, view.summary);
    for (number, moment) in view.moments.iter().enumerate() {
        let fault = if moment.fault { "⚡" } else { " " };
        out += &format!("{number:>3} {fault} {}\n", moment.sentence);
        for row in moment.state.iter().filter(|row| row.changed) {
            out += &format!("        {}: {}\n", row.who, row.value);
        }
    }
    let end = view.moments.last().map(|m| m.verdict.as_slice()).unwrap_or_default();
    out += "\n";
    for v in end {
        out += &format!(
            "{}: {} (stored {}, processed {}, applied {}; producer received: {})\n",
            v.message, v.outcome, v.stored, v.handled, v.applied, v.told
        );
        if let Some(mails) = v.mails {
            out += &format!("    emails sent: {mails}\n");
        }
    }
    for remark in view.moments.last().map(|m| m.remarks.as_slice()).unwrap_or_default() {
        out += &format!("{}\n", remark.text);
    }
    if let Some(test) = &view.test {
        let result = if test.passed { "passed" } else { "failed" };
        out += &format!("test {result}: {} {}\n", test.asks, test.found);
    }
    out
}
