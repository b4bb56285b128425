//! `check`: explores every run and reports what can and cannot happen.

use super::fixes::{FixReport, fixes};
use super::found::{Faults, Found};
use super::import::{ImportArgs, Options};
use super::input::Input;
use super::names::{classes, property};
use super::print::Form;
use super::scripted;
use super::watch::{SLICE, Watch, stopped};
use super::{Answer, Wrong, input, json, report, settings};
use crate::check::{
    Bounds, DeliveryModel, Explorer, Finding, Model, Progress, Property, Report, ScriptModel,
    Shortest, Verdict, usual_beside,
};
use crate::import::{Reading, Source};
use crate::sim::{Choice, Classes, CompiledScenario, FaultSpec, Scenario};
use crate::text::thousands;

/// Maximum number of faults in a script: the world stores one bit for each.
const MOST_FAULTS: usize = 16;
/// Maximum number of states when searching for shortest runs, where no reduction applies; the same
/// as on the page.
const SHORT_LIMIT: usize = 400_000;

#[derive(clap::Args)]
pub struct Check {
    /// A preset, a scenario, or a file with a scenario's JSON; or one or several files that
    /// configure Kafka, RabbitMQ or SQS: application.yml, properties, SAM, Terraform,
    /// definitions.json, kafka-topics --describe and more. - is standard input.
    #[arg(value_name = "FILE|PRESET|SCENARIO", required = true)]
    input: Vec<String>,
    /// Change a setting; its name may be abbreviated if it stays unambiguous (acks=1,
    /// consumer.kafka.isolation.level=read_committed, program=receive,ack,work).
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Number of messages, 1 to 4; the configuration's own number by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    messages: Option<u8>,
    /// Maximum number of faults per run, 0 to 4, each at any point; by default 1, or 2 for a
    /// scenario with several faults of its own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=4))]
    faults: Option<u8>,
    /// The kinds of faults to inject: names separated by commas, "usual" (lost, crash, handler,
    /// slow) or "all". By default the usual ones and those of the scenario's own faults.
    #[arg(long, value_name = "KINDS", value_parser = classes)]
    kinds: Option<Classes>,
    /// Inject exactly this fault, once, at its point, e.g. crash:consumer@m1.after-work; may be
    /// given several times. `ackward faults` lists them.
    #[arg(long, value_name = "POINT", conflicts_with_all = ["faults", "kinds"])]
    fault: Vec<FaultSpec>,
    /// Fail (exit code 1) unless this property is proved; may be given several times.
    #[arg(long, value_name = "PROPERTY", value_parser = property, value_delimiter = ',')]
    require: Vec<Property>,
    /// Maximum number of states; if it is reached, nothing is proved. 5000000 by default, and
    /// 1000000 with --fault, where each state takes more memory.
    #[arg(long, value_name = "STATES",
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=50_000_000))]
    limit: Option<usize>,
    /// Do not search for fixes: changes of settings that would prevent the violations.
    #[arg(long, alias = "no-cures")]
    no_fixes: bool,
    /// Show progress on standard error even if it is not a terminal.
    #[arg(long)]
    progress: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    import: ImportArgs,
}

impl Check {
    pub fn run(&self) -> Result<Answer, Wrong> {
        let mut scenario = match input::of(&self.input, &self.import, &self.set)? {
            Input::Scenario(scenario) => scenario,
            Input::Files(sources, reading) => return self.files(&sources, &reading),
        };
        if let Some(flag) = self.import.given() {
            let problem = "it is for configuration files; a preset or scenario says it itself";
            return Err(Wrong(format!("{flag}: {problem}, see --set")));
        }
        if let Some(messages) = self.messages {
            scenario.configuration.messages = messages;
        }
        // A scenario's own faults belong to its script; here the command line sets the faults.
        let own = std::mem::take(&mut scenario.faults);
        scenario.narrative.notes.clear();
        let form = Form::of(self.json);
        let scenario = settings::ready(&scenario, &self.set, form)?;
        let faults = if self.fault.is_empty() {
            let classes = self.kinds.unwrap_or_else(|| usual_beside(&own));
            let most = self.faults.unwrap_or(own.len().clamp(1, 2) as u8);
            Faults::Anywhere(Bounds { faults: most, classes })
        } else if self.fault.len() > MOST_FAULTS {
            return Err(Wrong(format!("--fault: at most {MOST_FAULTS} at a time")));
        } else {
            Faults::Script(self.fault.clone())
        };
        let mut watch = Watch::new(self.progress);
        let limit = self.limit.unwrap_or(faults.limit());
        let mut found = examine(&scenario, &faults, limit, &mut watch)?;
        found.required.clone_from(&self.require);
        if !self.no_fixes {
            found.fixes = fixes(&found, &mut watch);
        }
        found.stopped = stopped();
        drop(watch);
        let text = if self.json { json::found(&found) } else { report::found(&found) };
        Ok(Answer { text, form, passed: found.passed(), stopped: found.stopped })
    }
}

impl Check {
    /// Checks configuration files, within bounds that are always the same.
    fn files(&self, sources: &[Source], reading: &Reading) -> Result<Answer, Wrong> {
        let flags = [
            (self.messages.is_some(), "--messages"),
            (self.faults.is_some(), "--faults"),
            (self.kinds.is_some(), "--kinds"),
            (!self.fault.is_empty(), "--fault"),
            (self.limit.is_some(), "--limit"),
        ];
        if let Some((_, flag)) = flags.into_iter().find(|(given, _)| *given) {
            let problem = "it is for presets and scenarios; files are checked within fixed bounds";
            return Err(Wrong(format!("{flag}: {problem}")));
        }
        let options = Options {
            set: &self.set,
            require: &self.require,
            no_fixes: self.no_fixes,
            progress: self.progress,
            json: self.json,
        };
        self.import.run(sources, reading, &options)
    }
}

/// Explores every run.
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

/// Runs the search to the end, to the limit, or until `watch` stops it.
fn run<M: Model>(explorer: &mut Explorer<M>, doing: &str, watch: &mut Watch) -> Progress {
    while !watch.stops(|| format!("{doing}: {} states", thousands(explorer.states()))) {
        let progress = explorer.advance(SLICE);
        if progress != Progress::Running {
            return progress;
        }
    }
    Progress::Truncated
}

/// Explores the outcomes of faults that strike anywhere.
fn anywhere(
    scenario: Scenario,
    faults: Faults,
    model: DeliveryModel,
    limit: usize,
    watch: &mut Watch,
) -> Found {
    let mut explorer = Explorer::new(model, limit);
    let progress = run(&mut explorer, "exploring all runs", watch);
    let mut verdict = Verdict::of(&explorer, progress);
    let model = explorer.model.clone();
    // The visited set may be as large as the next search will need.
    drop(explorer);
    shrink(&model, &mut verdict, limit, watch);
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
        fixes: FixReport::default(),
    }
}

/// Replaces counterexamples with shortest ones, as far as the state limit allows.
fn shrink(model: &DeliveryModel, verdict: &mut Verdict, limit: usize, watch: &mut Watch) {
    let search = Shortest::new(model, verdict, limit.min(SHORT_LIMIT));
    let Some(mut search) = search.filter(|_| !stopped()) else { return };
    while !search.advance(SLICE) {
        let states = search.states();
        if watch.stops(|| {
            format!("searching for the shortest counterexamples: {} states", thousands(states))
        }) {
            break;
        }
    }
    search.improve(verdict);
}

/// Explores the outcomes of a fault script.
fn script(
    scenario: Scenario,
    faults: Faults,
    setup: CompiledScenario,
    limit: usize,
    watch: &mut Watch,
) -> Found {
    let mut explorer = Explorer::new(ScriptModel { setup: &setup }, limit);
    let (progress, idle) = scripted::explored(&mut explorer, watch);
    let report = Report::of(&explorer, progress);
    let run = |property: Property| -> Vec<Choice> {
        let place = explorer.violation(property as usize);
        place.and_then(|place| explorer.schedule(place)).unwrap_or_default()
    };
    // The search is breadth-first. A violation of [`Property::NeverStuck`] shows only after all
    // states were visited.
    let met = |p: &Property| *p != Property::NeverStuck && !run(*p).is_empty();
    let met = Property::ALL.into_iter().filter(met);
    let shortest = met.fold(0, |bits, property| bits | 1 << property as u16);
    let mut findings = report.findings(setup.configuration().messages, run).to_vec();
    // Of a fault that never strikes, nothing is proved.
    if !idle.is_empty() {
        let open = findings.iter_mut().filter(|(_, finding)| *finding == Finding::Holds);
        open.for_each(|(_, finding)| *finding = Finding::Unknown);
    }
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
        setup: setup.clone(),
        required: Vec::new(),
        fixes: FixReport::default(),
    }
}
