//! The director: it takes a run of the model, choice by choice, and makes it happen on the real
//! product. It records what it observes, in the order in which it observes it, and not what the
//! model says: whether both agree is for the checks to say.

mod carry_on;
mod close;
mod faults;
mod steps;

use crate::actors::{Note, Process};
use crate::broker::Broker;
use crate::commit_proxy::CommitProxy;
use crate::mail::Mail;
use crate::packets::Name;
use crate::protocol::{Command, Errand, Report};
use crate::proxy::{Proxy, Wire};
use crate::servers::Failure;
use crate::servers::postgres::Postgres;
use crate::servers::redis::Redis;
use crate::stage::Stage;
use crate::stores::Stores;
use ackward::evidence::{FinalState, Seen};
use ackward::sim::settings::outbox::Reads;
use ackward::sim::{CompiledScenario, End, Op, Participant, Trace};
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The longest time that anything may take to happen; whoever waits, waits for an event.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The deliveries after which a run that repeats itself is taken to be endless.
const ROUNDS: usize = 25;

/// A delivery that a consumer has in hand: message and delivery.
type Hand = (u8, u8);

/// A run in progress.
pub struct Director<'a> {
    broker: Box<dyn Broker + 'a>,
    postgres: &'a Postgres,
    redis: Option<&'a Redis>,
    folder: &'a Path,
    setup: CompiledScenario,
    proxy: Proxy,
    commits: CommitProxy,
    stores: Stores,
    errand: Errand,
    wires: UnboundedReceiver<Wire>,
    notes: UnboundedReceiver<(Participant, Note)>,
    notes_in: tokio::sync::mpsc::UnboundedSender<(Participant, Note)>,
    ports: HashMap<Participant, u16>,
    actors: HashMap<Participant, Process>,
    epochs: HashMap<Participant, u8>,
    /// What was observed, and which of it the model's run has shown already.
    pub seen: Vec<Seen>,
    matched: Vec<bool>,
    /// Answers to commands.
    done: HashMap<Participant, (Vec<Seen>, Option<String>)>,
    ready: HashSet<Participant>,
    ended: HashSet<Participant>,
    received: VecDeque<(Participant, u8)>,
    answered: VecDeque<(Participant, u8, Vec<Seen>)>,
    connected: HashSet<Participant>,
    /// Clients whose connection is gone, but that have not noticed yet.
    stale: HashSet<Participant>,
    hands: HashMap<Participant, Hand>,
    /// Deliveries that a consumer has, and that it has not begun to handle.
    passed: Vec<Name>,
    /// Consumers whose delivery in hand came on a connection that is gone.
    orphaned: HashSet<Participant>,
    /// When a handler that is slow became so.
    slow_since: HashMap<Participant, Instant>,
    /// The step of the model's run that is under way.
    step: usize,
    /// How much had been observed before it.
    pub before_step: usize,
    /// The link from the broker to a producer was slow at some time.
    pub slow_link: bool,
    /// Effects of each message so far.
    applied: [u8; 5],
    called: [u8; 5],
}

impl<'a> Director<'a> {
    /// Prepares the broker, the stores and the proxies of a run.
    ///
    /// # Errors
    /// If the product cannot play the broker of this scenario, or of the servers.
    pub async fn new(stage: &'a mut Stage, setup: CompiledScenario) -> Result<Self, Failure> {
        stage.runs += 1;
        let run = format!("run{}", stage.runs);
        let Stage { product, postgres, redis, folder, .. } = stage;
        let (postgres, redis, folder) = (&*postgres, redis.as_ref(), folder.0.as_path());
        let broker = product.broker_for(&setup, &run, folder).await?;
        let accounts = postgres.prepare(&run, setup.configuration().messages).await?;
        if setup.configuration().outbox.reads == Reads::Log {
            postgres.keep_log(&run).await?;
        }
        let mail = Mail::default();
        let (wire, wires) = unbounded_channel();
        let proxy = Proxy::new(broker.port(), broker.place().protocol(), wire);
        let commits = CommitProxy::default();
        let (mut ports, io) = (HashMap::new(), |e: io::Error| format!("it cannot listen: {e}"));
        let clients = setup.parties.iter().filter(|p| p.sender().or(p.consumer()).is_some());
        for &client in clients {
            ports.insert(client, proxy.listen(client).await.map_err(io)?);
        }
        let errand = Errand {
            scenario: setup.scenario.to_json(),
            party: String::new(),
            epoch: 0,
            broker: 0,
            place: broker.place(),
            postgres: commits.listen(postgres.port).await.map_err(io)?,
            database: run.clone(),
            redis: redis.map_or(0, |redis| redis.port),
            prefix: run,
            mail: mail.listen().await.map_err(io)?,
        };
        let (notes_in, notes) = unbounded_channel();
        let stores = Stores::new(accounts, mail, setup.configuration().store.amount);
        Ok(Director {
            broker,
            postgres,
            redis,
            folder,
            setup,
            proxy,
            commits,
            stores,
            errand,
            wires,
            notes,
            notes_in,
            ports,
            actors: HashMap::new(),
            epochs: HashMap::new(),
            seen: Vec::new(),
            matched: Vec::new(),
            done: HashMap::new(),
            ready: HashSet::new(),
            ended: HashSet::new(),
            received: VecDeque::new(),
            answered: VecDeque::new(),
            connected: HashSet::new(),
            stale: HashSet::new(),
            hands: HashMap::new(),
            passed: Vec::new(),
            orphaned: HashSet::new(),
            slow_since: HashMap::new(),
            step: 0,
            before_step: 0,
            slow_link: false,
            applied: [0; 5],
            called: [0; 5],
        })
    }

    /// Makes a run of the model happen, and returns its ending.
    ///
    /// # Errors
    /// What did not happen although the model's run has it; what was seen until then is in
    /// [`Director::seen`].
    pub async fn play(&mut self, trace: &Trace) -> Result<FinalState, Failure> {
        self.broker.get_ready(trace).await?;
        let late = self.setup.configuration().consumer.starts_late;
        let parties: Vec<Participant> = self.setup.parties.clone();
        for party in parties {
            let starts = party.sender().is_some() || (party.consumer().is_some() && !late);
            if starts {
                self.start(party).await?;
            }
        }
        if self.broker.subscribes_first() {
            // Both have subscribed long before, the first one first.
            for c in (0..self.setup.consumers()).filter(|_| !late) {
                self.subscribe(Participant::CONSUMERS[c]).await?;
                self.command(Participant::CONSUMERS[c], Command::Flush).await?;
            }
        }
        for step in 1..=trace.steps.len() {
            (self.step, self.before_step) = (step, self.seen.len());
            let key = &trace.steps[step - 1].key;
            let done = self.perform(trace, step).await;
            done.map_err(|problem| format!("step {step}, {key}: {problem}"))?;
            self.compare_next_row(trace, step).await?;
        }
        if let End::Repeats(first) = trace.end {
            self.repeat(trace, first).await?;
        }
        self.close(trace, trace.end != End::Finished).await
    }

    /// Goes on with a run that repeats itself after this step, until it has done so often enough.
    async fn repeat(&mut self, trace: &Trace, first: usize) -> Result<(), Failure> {
        while self.seen.iter().filter(|seen| matches!(seen, Seen::Arrived { .. })).count() < ROUNDS
        {
            for step in first + 1..=trace.steps.len() {
                self.perform(trace, step).await?;
            }
        }
        Ok(())
    }

    /// Starts the process of a participant.
    async fn start(&mut self, party: Participant) -> Result<(), Failure> {
        let epoch = self.epochs.entry(party).or_default();
        let errand = Errand {
            party: party.key().into(),
            epoch: *epoch,
            broker: self.ports.get(&party).copied().unwrap_or_default(),
            ..self.errand.clone()
        };
        *epoch += 1;
        let path = self.folder.join("actors.log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let log = log.map_err(|e| format!("the actors' log: {e}"))?;
        let process = Process::start(&errand, party, log, self.notes_in.clone())?;
        self.actors.insert(party, process);
        self.ready.remove(&party);
        self.until("a process that is up", |d| d.ready.contains(&party)).await
    }

    /// Lets an actor carry out a command, and records the events that it reports.
    async fn command(&mut self, party: Participant, command: Command) -> Result<(), Failure> {
        self.tell(party, &command).await?;
        self.finish(party).await
    }

    async fn tell(&mut self, party: Participant, command: &Command) -> Result<(), Failure> {
        let actor = self.actors.get_mut(&party).ok_or(format!("{} is down", party.key()))?;
        actor.tell(command).await
    }

    async fn finish(&mut self, party: Participant) -> Result<(), Failure> {
        self.until("the end of a line", |d| d.done.contains_key(&party)).await?;
        let (events, problem) = self.done.remove(&party).unwrap_or_default();
        if let Some(problem) = problem {
            return Err(format!("{}: {problem}", party.key()));
        }
        self.record(party, events).await
    }

    /// Records events of an actor, each with what the stores show after it.
    async fn record(&mut self, party: Participant, events: Vec<Seen>) -> Result<(), Failure> {
        for mut event in events {
            if let Seen::HandlerFailed { n: n @ 0, .. } = &mut event {
                *n = self.hands.get(&party).map_or(0, |hand| hand.1);
            }
            let asked = match event {
                Seen::Asked { line, m, .. } => Some((line, m)),
                _ => None,
            };
            let before = self.seen.len();
            self.see(event);
            let Some((line, m)) = asked else { continue };
            let applied = self.look(m).await?;
            // That a plain write changed nothing, only the store can show.
            if let (Op::Set, Seen::Asked { yes, .. }) = (line, &mut self.seen[before]) {
                *yes = applied;
            }
        }
        Ok(())
    }

    /// Records the effects of a message that the stores show and that were not there before;
    /// returns true if there are any.
    async fn look(&mut self, m: u8) -> Result<bool, Failure> {
        let (count, place) = (self.stores.applied(m).await?, usize::from(m));
        let more = count > self.applied[place];
        if more {
            self.applied[place] = count;
            self.see(Seen::Applied { m, count });
        }
        let count = self.stores.mail.calls(m);
        if count > self.called[place] {
            self.called[place] = count;
            self.see(Seen::Called { m, count });
        }
        Ok(more)
    }

    fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
        self.matched.push(false);
    }

    /// Waits until an event has been observed that the model's run has now. It may have been
    /// observed earlier: the director cannot hold back everything.
    async fn expect(&mut self, event: &Seen) -> Result<(), Failure> {
        let event = &event.clone().capped();
        let place = |d: &Director| {
            let mut all = d.seen.iter().zip(&d.matched);
            all.position(|(seen, matched)| !matched && seen.clone().capped() == *event)
        };
        let waited = self.until("an event", |d| place(d).is_some()).await;
        let Some(place) = place(self) else {
            let open = self.seen.iter().zip(&self.matched).filter(|(_, matched)| !**matched);
            let open: Vec<_> = open.map(|(seen, _)| seen).collect();
            let problem = waited.err().unwrap_or_default();
            return Err(format!(
                "{problem}: the model has {event:?}; observed beside it: {open:?}"
            ));
        };
        self.matched[place] = true;
        Ok(())
    }

    /// Takes in what comes until a condition holds.
    async fn until(
        &mut self,
        what: &str,
        holds: impl Fn(&Director) -> bool,
    ) -> Result<(), Failure> {
        let start = tokio::time::Instant::now();
        while !holds(self) {
            tokio::select! {
                biased;
                Some(wire) = self.wires.recv() => match wire {
                    Wire::Sent(seen) => self.see(seen),
                    // Unless it has opened another since.
                    Wire::Closed(client) if self.proxy.is_open(client) => {}
                    Wire::Closed(client) => self.lose_connection(client),
                },
                Some((party, note)) = self.notes.recv() => self.take_note(party, note)?,
                () = tokio::time::sleep_until(start + PATIENCE) => {
                    return Err(format!("{what} did not come within {} s", PATIENCE.as_secs()));
                }
            }
        }
        Ok(())
    }

    fn take_note(&mut self, party: Participant, note: Note) -> Result<(), Failure> {
        match note {
            Note::Said(Report::Ready) => {
                self.ready.insert(party);
            }
            Note::Said(Report::Done { events, problem }) => {
                self.done.insert(party, (events, problem));
            }
            Note::Said(Report::Received { m }) => self.received.push_back((party, m)),
            Note::Said(Report::Answered { m, events }) => {
                self.answered.push_back((party, m, events));
            }
            Note::Said(Report::Disconnected) => {
                self.stale.remove(&party);
                self.connected.remove(&party);
            }
            Note::Ended if self.actors.contains_key(&party) => {
                return Err(format!("{} has ended by itself", party.key()));
            }
            Note::Ended => {
                self.ended.insert(party);
            }
        }
        Ok(())
    }

    /// Notes that the connection of a client is gone, which the client may not know yet.
    fn lose_connection(&mut self, client: Participant) {
        if self.connected.contains(&client) && self.actors.contains_key(&client) {
            self.stale.insert(client);
        }
        self.connected.remove(&client);
        self.orphaned.insert(client);
    }

    /// Waits until a client knows that its connection is gone.
    async fn notice(&mut self, client: Participant) -> Result<(), Failure> {
        if self.stale.contains(&client) {
            self.proxy.speed_up(client);
            self.proxy.let_end(client);
        }
        self.until("a client that notices", |d| !d.stale.contains(&client)).await
    }
}
