//! Records scenarios of the catalogue on Kafka, and holds each recording against the model at once.

use super::clients;
use super::director::Director;
use super::proxy::Proxy;
use crate::record::{Played, Report, chosen, keep, today};
use crate::schedules;
use crate::servers::kafka::{Cluster, Jars, Plan};
use crate::servers::postgres::Postgres;
use crate::servers::{Failure, Folder};
use ackward::evidence::{Head, Recording, Seen, VERSION, configuration};
use ackward::sim::{CompiledScenario, FaultKind, Op, Scenario, Trace};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The longest time that a run may take, whatever it waits for.
const LONGEST: Duration = Duration::from_secs(300);

/// The servers that runs use.
pub struct Stage {
    pub jars: Jars,
    /// One node, which most runs share.
    pub one: Cluster,
    proxy: Proxy,
    ports: Vec<u16>,
    /// The ports of the proxies of the current run's own cluster.
    own_ports: Vec<u16>,
    pub postgres: Postgres,
    pub folder: Folder,
    pub runs: u32,
}

impl Stage {
    /// Starts the servers that runs share.
    ///
    /// # Errors
    /// If one cannot be started.
    pub async fn start(root: &Path) -> Result<Stage, Failure> {
        let start = Instant::now();
        let (jars, folder) = (Jars::of(root)?, Folder::temporary()?);
        let postgres = Postgres::start(&folder.0).await?;
        let plan = Plan { brokers: 1, powered: false, lag: false };
        let (one, proxy, ports) = cluster(&jars, &folder.0.join("shared"), plan).await?;
        let seconds = start.elapsed().as_secs_f64();
        let (kafka, version) = (&jars.version, &postgres.version);
        println!("Apache Kafka {kafka}, PostgreSQL {version}: up in {seconds:.1} s");
        let own_ports = Vec::new();
        Ok(Stage { jars, one, proxy, ports, own_ports, postgres, folder, runs: 0 })
    }

    /// Starts the nodes of a run, if it needs others than the one that all share, and returns them
    /// with the proxies in front.
    ///
    /// # Errors
    /// If they cannot be started.
    pub async fn cluster_for(&mut self, plan: Plan) -> Result<(Option<Cluster>, Proxy), Failure> {
        if plan.brokers == 1 && !plan.powered {
            return Ok((None, self.proxy.clone()));
        }
        let folder = self.folder.0.join(format!("cluster{}", self.runs));
        let (own, proxy, ports) = cluster(&self.jars, &folder, plan).await?;
        self.own_ports = ports;
        Ok((Some(own), proxy))
    }

    /// Returns the ports of the proxies that producers start from.
    pub fn proxy_ports(&self, own: bool) -> &[u16] {
        if own { &self.own_ports } else { &self.ports }
    }
}

async fn cluster(
    jars: &Jars,
    folder: &Path,
    plan: Plan,
) -> Result<(Cluster, Proxy, Vec<u16>), Failure> {
    let proxy = Proxy::default();
    let ports = proxy.listen(plan.brokers).await.map_err(|e| format!("it cannot listen: {e}"))?;
    let cluster = Cluster::start(jars, folder, plan, &ports).await?;
    proxy.lead_to(cluster.nodes.iter().map(|node| node.client).collect());
    Ok((cluster, proxy, ports))
}

/// Records these scenarios on Kafka, or all that it can play. Returns true if every one was recorded
/// and is a run of the model.
///
/// # Errors
/// If a scenario is unknown, or the servers cannot be started.
pub async fn kafka(root: &Path, ids: &[&str]) -> Result<bool, Failure> {
    let scenarios = chosen(ids, |scenario| clients::of(scenario).is_some())?;
    let mut stage = Stage::start(root).await?;
    let mut report = Report::default();
    for scenario in scenarios {
        let start = Instant::now();
        let recorded = record(&mut stage, scenario).await;
        report.add(scenario, start.elapsed(), &recorded);
    }
    Ok(report.end())
}

/// Makes the run that the catalogue shows happen, writes what was seen, and returns it.
async fn record(stage: &mut Stage, scenario: &Scenario) -> Result<Recording, Failure> {
    let setup = CompiledScenario::new(scenario).map_err(|e| e.to_string())?;
    // A node that was stopped in an orderly way is back only when the client has gone on.
    let upgrades = scenario.faults.iter().any(|f| matches!(f.kind, FaultKind::Upgrade(_)));
    let trace = if upgrades { schedules::slow_restart(&setup) } else { Trace::run(&setup) };
    let recording = observe(stage, scenario, &setup, &trace).await?;
    keep_run(&recording, &scenario.id)?;
    if clients::grows(scenario) {
        // When the consumer looks for the new partition is up to the director.
        let others = schedules::other_endings(&setup, &schedules::ending(&setup, &trace));
        for (trace, number) in others.iter().zip(1..) {
            let other = observe(stage, scenario, &setup, trace).await?;
            if other.ending != schedules::ending(&setup, trace) {
                return Err(format!("another ending, {number}, was not forced"));
            }
            keep_run(&other, &format!("{}+{number}", scenario.id))?;
        }
    }
    Ok(recording)
}

/// Makes a run of the model happen, and returns its recording.
async fn observe(
    stage: &mut Stage,
    scenario: &Scenario,
    setup: &CompiledScenario,
    trace: &Trace,
) -> Result<Recording, Failure> {
    let Played { events, ending, .. } = play(stage, setup, trace).await?;
    let ending = ending.map_err(|problem| format!("{problem}; seen:{}", lines(&events)))?;
    let mut head = head(stage, scenario);
    if clients::reads_new_first(setup, trace) {
        let slow = "that of partition 0 is stopped until the consumer has read partition 1";
        head.setup.insert("slow_leader".into(), slow.into());
    }
    Ok(Recording { head, events, ending })
}

fn lines(events: &[Seen]) -> String {
    events.iter().map(|event| format!("\n    {event}")).collect()
}

fn keep_run(recording: &Recording, name: &str) -> Result<(), Failure> {
    keep(recording, name).map_err(|problem| {
        let (seen, ending) = (lines(&recording.events), &recording.ending);
        format!("{problem}; seen:{seen}\n    {ending:?}")
    })
}

/// Makes a run of the model happen, and returns what was seen of it.
///
/// # Errors
/// If it cannot be prepared, or not cleaned up.
pub async fn play(
    stage: &mut Stage,
    setup: &CompiledScenario,
    trace: &Trace,
) -> Result<Played, Failure> {
    let mut director = Director::new(stage, setup.clone()).await?;
    let ending = timeout(LONGEST, director.play(trace)).await;
    let ending = ending.unwrap_or_else(|_| Err("the run does not go on".into()));
    let (events, before_step) = (director.seen.clone(), director.before_step);
    director.clean_up().await?;
    Ok(Played { events, before_step, ending, instead: None, slow_link: false })
}

/// Returns the head of a recording of this scenario.
pub fn head(stage: &Stage, scenario: &Scenario) -> Head {
    let program = &scenario.configuration.consumer.program;
    let with = match program.contains(&Op::Produce) {
        true => Vec::new(),
        false => vec![format!("PostgreSQL {}", stage.postgres.version)],
    };
    Head {
        recording: VERSION,
        scenario: scenario.id.clone(),
        product: "Apache Kafka".into(),
        version: stage.jars.version.clone(),
        client: format!("kafka-clients {}", stage.jars.version),
        with,
        date: today(),
        command: format!("./dev truth kafka {}", scenario.id),
        setup: clients::describe(scenario),
        configuration: configuration(scenario),
        script: scenario.faults.iter().map(ToString::to_string).collect(),
        difference: None,
        emulates: None,
    }
}
