//! `check`: what can and cannot happen, by trying every run.

use super::args::{classes, property};
use super::cures::{Fixes, cures};
use super::scripted::{self, Scripted};
use super::{Answer, Wrong, input, json, report, settings};
use crate::check::{Bounds, Delivery, Ending, Explorer, Finding, Progress, Property, Verdict};
use crate::check::{judge, shortened, usual};
use crate::sim::{Choice, Classes, FaultSpec, Scenario, Setup};

/// Faults in a script, at most: the world keeps a bit for each.
const MOST_FAULTS: usize = 16;

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
    /// Stop at so many states; nothing is proved then.
    #[arg(long, value_name = "STATES", default_value_t = 5_000_000,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=50_000_000))]
    limit: usize,
    /// Do not look for changes of a single setting that would prevent what was found.
    #[arg(long)]
    no_cures: bool,
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

/// What was found out about a configuration.
pub struct Found {
    pub scenario: Scenario,
    pub faults: Faults,
    /// What the runs are runs of.
    pub setup: Setup,
    pub states: usize,
    /// Every run was tried.
    pub complete: bool,
    pub limit: usize,
    pub findings: Vec<(Property, Finding)>,
    /// A bit for each property whose run is known to be a shortest one.
    pub shortest: u16,
    /// Faults of a script that strike in no run: nothing is decided then.
    pub idle: Vec<FaultSpec>,
    pub endings: Vec<Ending>,
    pub required: Vec<Property>,
    /// What would prevent it, where that was looked for.
    pub cures: Fixes,
}

impl Found {
    pub fn finding(&self, property: Property) -> &Finding {
        let found = self.findings.iter().find(|(p, _)| *p == property);
        found.map_or(&Finding::Open, |(_, finding)| finding)
    }

    pub fn proves(&self, property: Property) -> bool {
        *self.finding(property) == Finding::Proved
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
        let scenario = settings::change(&scenario, &self.set)?;
        let faults = if self.fault.is_empty() {
            let classes = self.kinds.unwrap_or_else(usual);
            Faults::Anywhere(Bounds { faults: self.faults, classes })
        } else if self.fault.len() > MOST_FAULTS {
            return Err(Wrong(format!("--fault: at most {MOST_FAULTS} at a time")));
        } else {
            Faults::Script(self.fault.clone())
        };
        let mut found = examine(&scenario, &faults, self.limit)?;
        found.required.clone_from(&self.require);
        if !self.no_cures {
            found.cures = cures(&found);
        }
        let text = if self.json { json::found(&found) } else { report::found(&found) };
        Ok(Answer { text, passed: found.passed() })
    }
}

/// Tries every run.
pub fn examine(scenario: &Scenario, faults: &Faults, limit: usize) -> Result<Found, Wrong> {
    let mut scenario = scenario.clone();
    if let Faults::Script(script) = faults {
        scenario.faults.clone_from(script);
    }
    let setup = Setup::new(&scenario).map_err(|e| Wrong(e.to_string()))?;
    Ok(match faults {
        Faults::Anywhere(bounds) => {
            let model = Delivery::new(&setup, *bounds);
            let verdict = shortened(&model, judge(&setup, *bounds, limit), limit);
            let Verdict { states, progress, findings, endings, shortest, .. } = verdict;
            Found {
                scenario,
                faults: faults.clone(),
                setup: model.setup,
                states,
                complete: progress == Progress::Exhausted,
                limit,
                findings,
                shortest,
                idle: Vec::new(),
                endings,
                required: Vec::new(),
                cures: Fixes::default(),
            }
        }
        Faults::Script(_) => script(scenario, faults, setup, limit),
    })
}

/// What can come of the script of faults.
fn script(scenario: Scenario, faults: &Faults, setup: Setup, limit: usize) -> Found {
    let (report, idle) = scripted::explored(&setup, limit);
    let broken =
        report.endings.iter().fold(0, |broken, end| broken | end.broken(setup.scenario.messages));
    // Where the faults never strike, there is nothing that would be proved.
    let decided = !report.truncated && !report.endings.is_empty() && idle.is_empty();
    let mut explorer = Explorer::new(Scripted { setup: &setup }, limit);
    if broken != 0 {
        explorer.run();
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
        0 if decided => Finding::Proved,
        0 => Finding::Open,
        _ => Finding::Broken(run(property)),
    };
    let findings = Property::ALL.map(|property| (property, finding(property))).to_vec();
    Found {
        scenario,
        faults: faults.clone(),
        states: report.states,
        complete: !report.truncated,
        limit,
        shortest,
        idle,
        findings,
        endings: report.endings.into_iter().collect(),
        setup,
        required: Vec::new(),
        cures: Fixes::default(),
    }
}
