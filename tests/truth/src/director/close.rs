//! The end of a run: what is left, and what became of each message.

use super::Director;
use crate::counts::observed;
use crate::protocol::{Command, Place};
use crate::servers::{Failure, wait_until};
use ackward::evidence::{Counts, FinalState, Seen};
use ackward::sim::settings::outbox::Reads;
use ackward::sim::{ActorStep, Choice, Fault, Participant, Record, Timer, Trace};
use std::time::Duration;

impl Director<'_> {
    /// Returns the ending of a run that stopped because something did not happen that the model's run
    /// has, if that was all that was still to come: nothing is under way, the senders are done, and
    /// the queue is empty.
    pub async fn conclude(&mut self, trace: &Trace) -> Option<FinalState> {
        let others_act = |choice: Choice| match choice {
            Choice::Strike(fault, _) => !matches!(fault, Fault::FailHandler(_)),
            Choice::Run(ActorStep::Sender(..)) | Choice::Restart(_) => true,
            Choice::Fire(timer) => matches!(timer, Timer::Ack(..) | Timer::Backoff(..)),
            _ => false,
        };
        let per_call = matches!(self.errand.place, Place::Sqs(_));
        let rest = self.step.saturating_sub(1).min(trace.steps.len())..;
        if (self.proxy.holds_any() && !per_call)
            || trace.steps[rest].iter().any(|step| others_act(step.choice))
        {
            return None;
        }
        if per_call {
            self.carry_on().await.ok()?;
        }
        self.close(trace, false).await.ok()
    }

    /// Lets everything that may still come come, counts, and cleans up.
    pub(super) async fn close(
        &mut self,
        trace: &Trace,
        endless: bool,
    ) -> Result<FinalState, Failure> {
        if !endless {
            self.settle(trace).await?;
        }
        let dead = self.broker.take_dead().await?;
        let mut fates = Vec::new();
        for m in 1..=self.setup.configuration().messages {
            fates.push(self.fate(m, dead.get(&m).copied().unwrap_or_default()).await?);
        }
        Ok(FinalState { ending: fates, out_of_order: self.is_out_of_order(), endless })
    }

    /// Waits until nothing is left that the broker could still deliver. Every consumer that is up
    /// is subscribed before, so that it would come.
    async fn settle(&mut self, trace: &Trace) -> Result<(), Failure> {
        for c in 0..self.setup.consumers() {
            let party = Participant::CONSUMERS[c];
            if trace.last().consumers[c].runs() && self.actors.contains_key(&party) {
                self.subscribe(party).await?;
                // Where a consumer has to ask, it asks once more.
                if matches!(self.errand.place, Place::Sqs(_)) {
                    self.command(party, Command::Receive { long: true }).await?;
                }
            }
        }
        let messages = 0..self.setup.configuration().messages;
        let expected: u32 = messages.map(|m| u32::from(trace.last().ledger.of(m).dead)).sum();
        let start = std::time::Instant::now();
        loop {
            let (left, dead) = (self.broker.left().await?, self.broker.dead().await?);
            if left == 0 && dead >= expected {
                break;
            }
            if start.elapsed() > Duration::from_secs(5) {
                if left == 0 {
                    // There are fewer dead letters than in the model's run: that is what is seen.
                    break;
                }
                return Err(format!("{left} messages are left in the broker"));
            }
            // The broker tells nobody that a dead letter has arrived.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What was under way to a consumer has been observed by now, unless the network is slower
        // than two answers to other questions.
        self.broker.left().await?;
        let pending = |d: &Director| d.wires.is_empty();
        self.until("the last packets", pending).await
    }

    async fn fate(&self, m: u8, dead: u8) -> Result<Counts, Failure> {
        let seen = observed(&self.seen, &self.setup, m);
        let saved = self.stores.saved(m).await?;
        Ok(Counts {
            sent: seen.sent || saved,
            applied: self.stores.applied(m).await?.min(Record::MOST),
            called: self.stores.mail.calls(m).min(Record::MOST),
            saved,
            dead: dead.min(Record::MOST),
            ..seen
        })
    }

    /// Returns true if a message had its first effect after a later message had one.
    fn is_out_of_order(&self) -> bool {
        let firsts = self.seen.iter().filter_map(|seen| match *seen {
            Seen::Applied { m, count: 1 } => Some(m),
            _ => None,
        });
        let firsts: Vec<u8> = firsts.collect();
        firsts.windows(2).any(|pair| pair[0] > pair[1])
    }

    /// Ends all processes of the run, and deletes what it declared.
    ///
    /// # Errors
    /// Of the operating system or the broker.
    pub async fn clean_up(mut self) -> Result<(), Failure> {
        for (_, actor) in self.actors.drain() {
            actor.kill().await?;
        }
        if self.setup.configuration().outbox.reads == Reads::Log {
            self.postgres.drop_log(&self.errand.database).await?;
        }
        let clients: Vec<Participant> = self.ports.keys().copied().collect();
        let proxy = self.proxy.clone();
        clients.iter().for_each(|client| proxy.close(*client));
        let closed = || clients.iter().all(|client| !proxy.is_open(*client));
        wait_until("the end of all connections", Duration::from_secs(5), closed).await?;
        self.broker.clean_up().await
    }
}
