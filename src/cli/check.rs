//! `check`: what can and cannot happen, by trying every run.

use super::args::{classes, property};
use super::cures::{FixReport, cures};
use super::print::Form;
use super::scripted::{self, Scripted};
use super::watch::{Watch, stopped};
use super::{Answer, Wrong, input, json, report, settings};
use crate::check::{
    Bounds, DeliveryModel, Explorer, Finding, Progress, Property, TerminalState, Verdict,
};
use crate::check::{Model, Shortest, usual};
use crate::sim::{Choice, Classes, CompiledScenario, FaultSpec, Scenario};
use crate::text::thousands;

/// Faults in a script, at most: the world keeps a bit for each.
const MOST_FAULTS: usize = 16;
/// States gone through for the shortest runs, where nothing is left out; as on the page.
const SHORT_LIMIT: usize = 400_000;
/// Work between two looks at the watch.
pub const SLICE: usize = 4096;

#[derive(clap::Args)]
pub struct Check {
    /// A preset, a scenario, a file with a scenario's JSON, or - for standard input.
    #[arg(value_name = "FILE|PRESET|SCENARIO")]
    input: String,
    /// Change a setting; the name may be as short as it is unambiguous (acks=1,
    /// consumer.kafka.isolation.level=read_committed, program=receive,ack,work).
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How many messages are sent, 1 to 4; the configuration's own number by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    messages: Option<u8>,
    /// How many faults strike at most, 0 to 4, anywhere in a run.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(0..=4))]
    faults: u8,
    /// The kinds of faults that strike: names separated by commas, "usual" (lost, crash, handler,
    /// slow; the default) or "all".
    #[arg(long, value_name = "KINDS", value_parser = classes)]
    kinds: Option<Classes>,
    /// Just this fault, once, at its point, such as crash:consumer@m1.after-work; may be given
    /// several times. `ackward faults` lists them.
    #[arg(long, value_name = "POINT", conflicts_with_all = ["faults", "kinds"])]
    fault: Vec<FaultSpec>,
    /// Fail (exit code 1) unless this is proved; may be given several times.
    #[arg(long, value_name = "PROPERTY", value_parser = property, value_delimiter = ',')]
    require: Vec<Property>,
    /// Stop at so many states; nothing is proved then. 5000000 by default, and 1000000 with
    /// --fault, where each takes more room.
    #[arg(long, value_name = "STATES",
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=50_000_000))]
    limit: Option<usize>,
    /// Do not look for changes of a single setting that would prevent what was found.
    #[arg(long)]
    no_cures: bool,
    /// Show what is being done on standard error, also where that is no terminal.
    #[arg(long)]
    progress: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The faults that are tried.
#[derive(Clone)]
pub enum Faults {
    /// Anywhere, within bounds.
    Anywhere(Bounds),
    /// Each once, at its point.
    Script(Vec<FaultSpec>),
}

impl Faults {
    /// States gone through where nobody says how many: up to some GB of them.
    fn limit(&self) -> usize {
        match self {
            Faults::Anywhere(_) => 5_000_000,
            // Their states are kept as they are, not packed.
            Faults::Script(_) => 1_000_000,
        }
    }
}

/// What was found out about a configuration.
pub struct Found {
    pub scenario: Scenario,
    pub faults: Faults,
    /// What the runs are runs of.
    pub setup: CompiledScenario,
    pub states: usize,
    /// Every run was tried.
    pub complete: bool,
    pub limit: usize,
    /// Somebody ended the search before that, or the search for what would prevent it.
    pub stopped: bool,
    pub findings: Vec<(Property, Finding)>,
    /// A bit for each property whose run is known to be a shortest one.
    pub shortest: u16,
    /// Faults of a script that strike in no run: nothing is decided then.
    pub idle: Vec<FaultSpec>,
    pub endings: Vec<TerminalState>,
    pub required: Vec<Property>,
    /// What would prevent it, where that was looked for.
    pub cures: FixReport,
}

impl Found {
    pub fn finding(&self, property: Property) -> &Finding {
        let found = self.findings.iter().find(|(p, _)| *p == property);
        found.map_or(&Finding::Unknown, |(_, finding)| finding)
    }

    pub fn proves(&self, property: Property) -> bool {
        *self.finding(property) == Finding::Holds
    }

    /// Whether everything that was asked for is proved.
    pub fn passed(&self) -> bool {
        self.required.iter().all(|&property| self.proves(property))
    }
}

impl Check {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let mut scenario = input::read(&self.input)?;
        if let Some(messages) = self.messages {
            scenario.messages = messages;
        }
        // The scenario's own faults are its story; here the command line says what strikes.
        scenario.faults.clear();
        scenario.notes.clear();
        let form = Form::of(self.json);
        let scenario = settings::ready(&scenario, &self.set, form)?;
        let faults = if self.fault.is_empty() {
            let classes = self.kinds.unwrap_or_else(usual);
            Faults::Anywhere(Bounds { faults: self.faults, classes })
        } else if self.fault.len() > MOST_FAULTS {
            return Err(Wrong(format!("--fault: at most {MOST_FAULTS} at a time")));
        } else {
            Faults::Script(self.fault.clone())
        };
        let mut watch = Watch::new(self.progress);
        let limit = self.limit.unwrap_or(faults.limit());
        let mut found = examine(&scenario, &faults, limit, &mut watch)?;
        found.required.clone_from(&self.require);
        if !self.no_cures {
            found.cures = cures(&found, &mut watch);
        }
        found.stopped = stopped();
        drop(watch);
        let text = if self.json { json::found(&found) } else { report::found(&found) };
        Ok(Answer { text, form, passed: found.passed(), stopped: found.stopped })
    }
}

/// Tries every run.
pub fn examine(
    scenario: &Scenario,
    faults: &Faults,
    limit: usize,
    watch: &mut Watch,
) -> Result<Found, Wrong> {
    let mut scenario = scenario.clone();
    if let Faults::Script(script) = faults {
        scenario.faults.clone_from(script);
    }
    let setup = CompiledScenario::new(&scenario).map_err(|e| Wrong(e.to_string()))?;
    let faults = faults.clone();
    Ok(match faults {
        Faults::Anywhere(bounds) => {
            let model = DeliveryModel::new(&setup, bounds);
            anywhere(scenario, faults, model, limit, watch)
        }
        Faults::Script(_) => script(scenario, faults, setup, limit, watch),
    })
}

/// Goes on to the end, to the limit, or until the watch stops it.
fn run<M: Model>(explorer: &mut Explorer<M>, doing: &str, watch: &mut Watch) -> Progress {
    while !watch.stops(|| format!("{doing}: {} states", thousands(explorer.states()))) {
        let progress = explorer.advance(SLICE);
        if progress != Progress::Running {
            return progress;
        }
    }
    Progress::Truncated
}

/// What can come of faults that strike anywhere.
fn anywhere(
    scenario: Scenario,
    faults: Faults,
    model: DeliveryModel,
    limit: usize,
    watch: &mut Watch,
) -> Found {
    let mut explorer = Explorer::new(model, limit);
    let progress = run(&mut explorer, "trying every run", watch);
    let mut verdict = Verdict::of(&explorer, progress);
    let model = explorer.model.clone();
    // What it has kept is as large as the next search may become.
    drop(explorer);
    shorten(&model, &mut verdict, limit, watch);
    let Verdict { states, findings, endings, shortest, .. } = verdict;
    Found {
        scenario,
        faults,
        setup: model.setup,
        states,
        complete: progress == Progress::Exhausted,
        limit,
        stopped: stopped(),
        findings,
        shortest,
        idle: Vec::new(),
        endings,
        required: Vec::new(),
        cures: FixReport::default(),
    }
}

/// Puts the shortest runs in place of those that were found, as far as so many states lead.
fn shorten(model: &DeliveryModel, verdict: &mut Verdict, limit: usize, watch: &mut Watch) {
    let search = Shortest::new(model, verdict, limit.min(SHORT_LIMIT));
    let Some(mut search) = search.filter(|_| !stopped()) else { return };
    while !search.advance(SLICE) {
        let states = search.states();
        if watch.stops(|| format!("looking for the shortest runs: {} states", thousands(states))) {
            break;
        }
    }
    search.improve(verdict);
}

/// What can come of the script of faults.
fn script(
    scenario: Scenario,
    faults: Faults,
    setup: CompiledScenario,
    limit: usize,
    watch: &mut Watch,
) -> Found {
    let (report, idle) = scripted::explored(&setup, limit, watch);
    let broken = report
        .endings
        .iter()
        .fold(0, |broken, end| broken | end.violated_properties(setup.scenario.messages));
    // Where the faults never strike, there is nothing that would be proved.
    let decided = !report.truncated && !report.endings.is_empty() && idle.is_empty();
    let mut explorer = Explorer::new(Scripted { setup: &setup }, limit);
    if broken != 0 && !stopped() {
        run(&mut explorer, "looking for the shortest runs", watch);
    }
    let run = |property: Property| -> Vec<Choice> {
        let place = explorer.violation(property as usize);
        place.and_then(|place| explorer.schedule(place)).unwrap_or_default()
    };
    // All states are gone through, nearest first. That no end can be reached shows only behind them.
    let met = |p: &Property| *p != Property::NeverStuck && !run(*p).is_empty();
    let met = Property::ALL.into_iter().filter(met);
    let shortest = met.fold(0, |bits, property| bits | 1 << property as u16);
    let finding = |property: Property| match broken & (1 << property as u16) {
        0 if decided => Finding::Holds,
        0 => Finding::Unknown,
        _ => Finding::Violated(run(property)),
    };
    let findings = Property::ALL.map(|property| (property, finding(property))).to_vec();
    Found {
        scenario,
        faults,
        states: report.states,
        complete: !report.truncated,
        limit,
        shortest,
        idle,
        stopped: stopped(),
        findings,
        endings: report.endings.into_iter().collect(),
        setup,
        required: Vec::new(),
        cures: FixReport::default(),
    }
}
