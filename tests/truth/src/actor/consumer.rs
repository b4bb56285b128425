//! Consumers: each runs the scenario's program once per delivery.

use super::batch::Batch;
use super::link::Link;
use super::{Actor, Common, Heard, InProgress, Outcome, Taken};
use crate::protocol::{Command, Report};
use crate::servers::{postgres, redis};
use ackward::evidence::Seen;
use ackward::sim::{Op, Participant, Program};
use serde_json::Value;
use std::collections::{HashSet, VecDeque};
use std::io::{BufRead, BufReader, Write};
use tokio_postgres::Client;

/// The delivery in hand.
#[derive(Clone, Copy, Default)]
pub(super) struct Hand {
    pub(super) m: u8,
    /// The number of the delivery, where the client knows it.
    n: u8,
    tag: u64,
    pc: u8,
    /// The connection that it came on, counted from 1.
    connection: u32,
}

/// A consumer process.
pub struct Consumer {
    pub(super) common: Common,
    pub(super) program: Program,
    link: Option<Link>,
    /// The message in hand is still being worked on, as the broker hears.
    in_progress: Option<InProgress>,
    connections: u32,
    pub(super) hand: Option<Hand>,
    waiting: VecDeque<Taken>,
    /// The messages that are acknowledged together.
    batch: Batch,
    /// This process holds the claim of the message in hand.
    pub(super) claims: bool,
    /// The messages that this process remembers in memory.
    seen: HashSet<u8>,
    accounts: Option<Client>,
    pub(super) redis: Option<::redis::Connection>,
    in_transaction: bool,
    /// Failed attempts at the message in hand.
    failed: u8,
}

impl Consumer {
    pub async fn new(common: Common) -> Result<Consumer, String> {
        let program = common.setup.consumer.clone();
        let asks = |store| program.ops.iter().any(|&(op, _)| op.store() == Some(store));
        let redis = match asks(Participant::Redis) {
            true => Some(redis::connect(common.errand.redis)?),
            false => None,
        };
        let mut consumer = Consumer {
            program,
            common,
            link: None,
            in_progress: None,
            connections: 0,
            hand: None,
            waiting: VecDeque::new(),
            batch: Batch::default(),
            claims: false,
            seen: HashSet::new(),
            accounts: None,
            redis,
            in_transaction: false,
            failed: 0,
        };
        consumer.connect_to_accounts().await?;
        Ok(consumer)
    }

    async fn connect_to_accounts(&mut self) -> Result<(), String> {
        let errand = &self.common.errand;
        self.accounts = Some(postgres::connect(errand.postgres, &errand.database).await?);
        Ok(())
    }

    async fn subscribe(&mut self) -> Outcome {
        // What was delivered on an earlier connection can be settled no more.
        self.waiting.clear();
        self.link = Some(Link::to_consume(&self.common).await?);
        self.connections += 1;
        Ok(Vec::new())
    }

    async fn run(&mut self) -> Outcome {
        let hand = self.hand.ok_or("there is nothing in hand")?;
        let op = self.program.op(hand.pc).ok_or("the program has ended")?;
        match op {
            Op::Ack if self.batch.goes_on() => {
                self.take_next_of_batch();
                Ok(Vec::new())
            }
            Op::Ack if !self.batch.is_empty() => self.settle_batch().await,
            Op::Ack | Op::Nack | Op::Release => {
                let answer = self.settle(op, hand).await?;
                self.go_to(self.program.next(hand.pc));
                let (by, m) = (self.common.party, hand.m);
                Ok(answer.map(|yes| Seen::Asked { line: op, by, m, yes }).into_iter().collect())
            }
            Op::DeadLetter => self.publish_dead_letter(hand).await,
            _ => self.ask(op, hand).await,
        }
    }

    /// Publishes the message in hand as a dead letter.
    async fn publish_dead_letter(&mut self, hand: Hand) -> Outcome {
        let (by, line, m) = (self.common.party, Op::DeadLetter, hand.m);
        let yes = Link::publish_dead_letter(&self.common, m).await?;
        let ack = self.program.place(Op::Ack);
        self.go_to(ack.unwrap_or(self.program.done()));
        Ok(vec![Seen::Asked { line, by, m, yes }])
    }

    /// Settles the delivery in hand; returns the answer if it waited for one.
    async fn settle(&mut self, op: Op, hand: Hand) -> Result<Option<bool>, String> {
        let (tag, own) = (hand.tag, hand.connection == self.connections);
        self.in_progress = None;
        let Some(link) = self.link.as_ref().filter(|_| own) else {
            // It can be settled on the connection that it came on, and on no other.
            eprintln!("{}: the connection is gone", op.key());
            return Ok(None);
        };
        link.settle(&self.common, op, tag).await
    }

    /// Runs a line that calls a store, or looks into the consumer's own memory.
    async fn ask(&mut self, line: Op, hand: Hand) -> Outcome {
        let (by, m) = (self.common.party, hand.m);
        let yes = match self.answer(line, m).await {
            Ok(yes) => yes,
            Err(problem) => {
                eprintln!("{}: {problem}", line.key());
                // Whether it took effect all the same, the director finds out.
                let failed = Seen::AskFailed { line, by, m, done: false };
                self.handler_fails().await;
                return Ok(vec![failed]);
            }
        };
        match line {
            _ if yes => self.go_to(self.program.next(hand.pc)),
            Op::CheckMemory | Op::CheckRedis | Op::Claim | Op::ClaimInProgress | Op::Inbox => {
                self.skip().await;
            }
            Op::Insert => self.handler_fails().await,
            _ => self.go_to(self.program.next(hand.pc)),
        }
        Ok(vec![Seen::Asked { line, by, m, yes }])
    }

    /// Runs the line on its store, and returns its result: the ID is new, the claim is won, the
    /// write is done.
    async fn answer(&mut self, line: Op, m: u8) -> Result<bool, String> {
        let amount = self.common.setup.configuration().store.amount;
        // Whatever comes of either line, the transaction is open after the one and not after the
        // other.
        self.in_transaction = line == Op::Begin || (self.in_transaction && line != Op::Commit);
        let rows = |sql: String| self.execute(sql);
        match line {
            Op::CheckMemory => Ok(!self.seen.contains(&m)),
            Op::MarkMemory => {
                self.seen.insert(m);
                Ok(true)
            }
            Op::CheckRedis | Op::MarkRedis | Op::Claim => self.ask_redis(line, m),
            Op::ClaimInProgress => self.claim_in_progress(m),
            Op::Complete => self.complete(m),
            Op::Begin => rows("BEGIN".into()).await.map(|_| true),
            Op::Commit => rows("COMMIT".into()).await.map(|_| true),
            Op::Inbox => {
                let sql = format!("INSERT INTO inbox VALUES ({m}) ON CONFLICT DO NOTHING");
                rows(sql).await.map(|rows| rows == 1)
            }
            Op::Work => {
                let sql =
                    format!("UPDATE accounts SET balance = balance + {amount} WHERE id = {m}");
                rows(sql).await.map(|rows| rows == 1)
            }
            Op::Set => {
                let sql = format!("UPDATE accounts SET balance = {amount} WHERE id = {m}");
                rows(sql).await.map(|rows| rows == 1)
            }
            Op::Insert => match rows(format!("INSERT INTO charges VALUES ({m}, {amount})")).await {
                Err(problem) if problem.contains("duplicate key") => Ok(false),
                done => done.map(|rows| rows == 1),
            },
            Op::Upsert => {
                let sql =
                    format!("INSERT INTO charges VALUES ({m}, {amount}) ON CONFLICT DO NOTHING");
                rows(sql).await.map(|rows| rows == 1)
            }
            Op::Call => self.send_mail(m).map_err(|e| e.to_string()),
            op => Err(format!("a consumer does not run {}", op.key())),
        }
    }

    async fn execute(&self, sql: String) -> Result<u64, String> {
        let accounts = self.accounts.as_ref().ok_or("there is no database")?;
        let done = accounts.simple_query(&sql).await;
        let messages = done.map_err(|e| match e.as_db_error() {
            Some(error) => error.message().to_owned(),
            None => e.to_string(),
        })?;
        let rows = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        });
        Ok(rows.unwrap_or_default())
    }

    fn ask_redis(&mut self, line: Op, m: u8) -> Result<bool, String> {
        let prefix = self.common.errand.prefix.clone();
        let redis = self.redis.as_mut().ok_or("there is no Redis")?;
        let (set, key) = (format!("{prefix}-seen"), format!("{prefix}-claim-{m}"));
        let answer = match line {
            Op::CheckRedis => {
                ::redis::cmd("SISMEMBER").arg(&set).arg(m).query(redis).map(|is: bool| !is)
            }
            Op::MarkRedis => ::redis::pipe()
                .cmd("SADD")
                .arg(&set)
                .arg(m)
                .ignore()
                .cmd("EXPIRE")
                .arg(&set)
                .arg(3600)
                .ignore()
                .query(redis)
                .map(|()| true),
            _ => ::redis::cmd("SET").arg(&key).arg(1).arg("NX").arg("EX").arg(3600).query(redis),
        };
        answer.map_err(|e| e.to_string())
    }

    fn send_mail(&self, m: u8) -> std::io::Result<bool> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.common.errand.mail))?;
        writeln!(stream, "mail m{m}")?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        Ok(answer.starts_with("250"))
    }

    fn go_to(&mut self, pc: u8) {
        let ended = self.program.ended(pc);
        if ended {
            // What is left of a batch is not handled.
            (self.in_progress, self.batch) = (None, Batch::default());
        }
        self.hand = self.hand.filter(|_| !ended).map(|hand| Hand { pc, ..hand });
    }

    /// Skips a message that was handled before.
    async fn skip(&mut self) {
        self.roll_back().await;
        let pc = self.hand.map_or(0, |hand| hand.pc);
        let ack = self.program.place(Op::Ack).filter(|&ack| ack > pc);
        self.go_to(ack.unwrap_or(self.program.done()));
    }

    async fn roll_back(&mut self) {
        if std::mem::take(&mut self.in_transaction) {
            let _ = self.execute("ROLLBACK".into()).await;
        }
    }

    /// Goes on after a failed handler as the settings demand.
    async fn handler_fails(&mut self) {
        self.roll_back().await;
        let pc = self.hand.map_or(0, |hand| hand.pc);
        self.release_claim(pc);
        let acked = self.program.place(Op::Ack).filter(|&ack| ack < pc);
        self.failed += 1;
        if self.failed < self.common.setup.handler_attempts {
            self.go_to(self.program.next(acked.unwrap_or(0)));
        } else {
            let in_batch = self.batch.fail();
            let lines = [Op::DeadLetter, Op::Nack, Op::Release];
            let next = lines.into_iter().find_map(|op| self.program.place(op));
            let next = next.filter(|_| acked.is_none());
            let own = self.program.place(Op::Ack).filter(|_| in_batch);
            self.go_to(own.or(next).unwrap_or(self.program.failed()));
        }
        if self.accounts.as_ref().is_some_and(Client::is_closed) {
            let _ = self.connect_to_accounts().await;
        }
    }

    fn take_next(&mut self) -> Vec<Report> {
        if self.hand.is_some() {
            return Vec::new();
        }
        let Some(taken) = self.waiting.pop_front() else { return Vec::new() };
        self.take(taken);
        vec![Report::Received { m: taken.m }]
    }

    fn take(&mut self, Taken { m, n, tag }: Taken) {
        let (pc, connection) = (self.program.next(0), self.connections);
        self.hand = Some(Hand { m, n, tag, pc, connection });
        self.in_progress = self.link.as_ref().and_then(|link| link.in_progress(tag));
        (self.failed, self.claims) = (0, false);
    }

    /// Begins with the next message of the batch.
    fn take_next_of_batch(&mut self) {
        if let Some(next) = self.batch.next() {
            self.take(next);
        }
    }

    /// Acknowledges what has succeeded of the batch.
    async fn settle_batch(&mut self) -> Outcome {
        for Taken { tag, .. } in std::mem::take(&mut self.batch).good() {
            let link = self.link.as_ref().ok_or("there is no connection")?;
            link.settle(&self.common, Op::Ack, tag).await?;
        }
        self.go_to(self.program.done());
        Ok(Vec::new())
    }

    /// Takes in the messages of one receive: as a batch, or one after the other.
    fn receive(&mut self, taken: Vec<Taken>) -> Vec<Report> {
        let own = &self.common.setup;
        if let (Some(batching), Some(&first)) = (own.batching, taken.first()) {
            let all = taken.iter().map(|taken| Report::Received { m: taken.m }).collect();
            self.batch = Batch::new(batching.ack, own.configuration().consumer.on_error, taken);
            self.take(first);
            return all;
        }
        self.waiting.extend(taken);
        self.take_next()
    }
}

impl Actor for Consumer {
    async fn carry_out(&mut self, command: Command) -> Outcome {
        match command {
            Command::Subscribe => self.subscribe().await,
            Command::Receive { long } => {
                if self.link.is_none() {
                    self.subscribe().await?;
                }
                self.link.iter().for_each(|link| link.receive(long));
                Ok(Vec::new())
            }
            Command::Run { .. } => self.run().await,
            Command::Fail => {
                let Hand { m, n, .. } = self.hand.ok_or("there is nothing in hand")?;
                self.handler_fails().await;
                Ok(vec![Seen::HandlerFailed { at: self.common.party, m, n }])
            }
            Command::Flush => match &self.link {
                Some(link) => link.flush().await.map(|()| Vec::new()),
                None => Ok(Vec::new()),
            },
            _ => Err("a consumer cannot do that".into()),
        }
    }

    fn go_on(&mut self) -> Vec<Report> {
        self.take_next()
    }

    fn hear(&mut self, heard: Heard) -> Vec<Report> {
        match heard {
            Heard::Delivery { tag, body } => {
                let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                let m = body["m"].as_u64().unwrap_or_default() as u8;
                self.waiting.push_back(Taken { m, n: 0, tag });
                self.take_next()
            }
            Heard::Batch(taken) => self.receive(taken),
            Heard::Disconnected => {
                self.link = None;
                vec![Report::Disconnected]
            }
            _ => Vec::new(),
        }
    }
}
