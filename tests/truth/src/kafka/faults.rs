//! Faults as deeds.

use super::clients::Names;
use super::director::Director;
use super::proxy::Verdict;
use crate::packets::Name;
use crate::servers::Failure;
use ackward::evidence::Seen;
use ackward::sim::{
    Fault, Link, Op, PacketKind, Participant, Pause, Reply, ResetTo, Window, World,
};

impl Director<'_> {
    /// Makes a fault strike.
    pub(super) async fn strike(&mut self, before: &World, fault: Fault) -> Result<(), Failure> {
        match fault {
            Fault::Lose(index) => self.lose(before, index).await,
            Fault::Refuse(index) => self.refuse(before, index).await,
            Fault::Crash(at) | Fault::PermanentLoss(at) if at.node().is_none() => {
                self.crash(at).await?;
                self.see(match fault {
                    Fault::Crash(_) => Seen::Crashed { at },
                    _ => Seen::PermanentLoss { at },
                });
                Ok(())
            }
            Fault::Crash(at) => {
                self.node(at)?.kill();
                self.see(Seen::Crashed { at });
                Ok(())
            }
            Fault::PermanentLoss(at) => {
                self.node(at)?.destroy()?;
                self.see(Seen::PermanentLoss { at });
                Ok(())
            }
            Fault::PowerLoss(at) => self.lose_power(at),
            Fault::Pause(at, pause) => {
                // A slow handler stands before its next line, and its client library goes on.
                if pause == Pause::Still {
                    self.signal(at, libc::SIGSTOP);
                }
                self.slow_since = std::time::Instant::now();
                self.see(Seen::Paused { at, slow: pause == Pause::Slow });
                Ok(())
            }
            Fault::Resume(at) => {
                self.resume(at);
                Ok(())
            }
            // What lasts fails again when the next attempt is due.
            Fault::FailHandler(at) | Fault::FailAttempts(at) => {
                let c = at.consumer().ok_or("it has no handler")?;
                self.fail_handler(at, before.consumers[c].msg + 1);
                Ok(())
            }
            Fault::FailLine { at, op: Op::DeadLetter, msg, reply: Reply::Fails } => {
                self.fail_dead_letter(at, msg + 1).await
            }
            Fault::ResetOffsets(to) => self.reset_offsets(to).await,
            Fault::Expire(Window::Retention, msg) => self.delete_old(msg + 1).await,
            Fault::AddPartition => {
                let last = self.cluster().nodes.last().map_or(1, |node| node.id);
                self.ask(&format!("add-partition {} {last}", self.names.topic)).await.map(drop)
            }
            Fault::Upgrade(at) => self.node(at)?.stop().await,
            Fault::Twice(msg) => {
                let at = self.setup.sender(self.setup.sender_of(msg));
                self.see(Seen::SentTwice { at, m: msg + 1 });
                Ok(())
            }
            Fault::Replace => self.replace().await,
            Fault::Cut(link) => {
                if link != Link::CLUSTER {
                    return Err("the harness cuts no connection of a client".into());
                }
                // Clients still reach the leader, but no other broker and no controller does.
                self.cluster().isolate(true);
                self.see(Seen::Isolated { at: Participant::Broker });
                Ok(())
            }
            Fault::MoveLeader => {
                let topic = self.names.topic.clone();
                self.ask(&format!("lead {topic} 2,1")).await?;
                self.await_replicas(|leader, _| leader == 2).await
            }
            fault => Err(format!("the harness cannot make {fault:?} happen")),
        }
    }

    pub(super) fn fail_handler(&mut self, at: Participant, m: u8) {
        let n = self.hands.get(&(at, m)).map_or(0, |hand| hand.1);
        self.see(Seen::HandlerFailed { at, m, n });
    }

    /// Lets the broker reject a dead letter: it is too large for its topic.
    async fn fail_dead_letter(&mut self, at: Participant, m: u8) -> Result<(), Failure> {
        let topic = self.names.dead_letters.clone();
        self.ask(&format!("configure {topic} max.message.bytes=1")).await?;
        self.run_line(at, Op::DeadLetter, m).await?;
        self.ask(&format!("configure {topic} max.message.bytes=1048588")).await.map(drop)
    }

    /// Resets the offsets of the group, which has to be empty for that.
    async fn reset_offsets(&mut self, to: ResetTo) -> Result<(), Failure> {
        let running = |party: &Participant| self.actors.contains_key(&Some(*party));
        let running: Vec<Participant> =
            Participant::CONSUMERS.into_iter().filter(running).collect();
        for &party in &running {
            self.stop(party).await?;
        }
        let Names { topic, group, .. } = self.names.clone();
        let to = match to {
            ResetTo::Earliest => "earliest",
            ResetTo::Latest => "latest",
        };
        self.ask(&format!("reset {topic} {group} {to}")).await?;
        for party in running {
            self.start(party).await?;
        }
        Ok(())
    }

    /// Makes everything in the log older than the topic keeps it, and waits until the broker has
    /// deleted it.
    async fn delete_old(&mut self, m: u8) -> Result<(), Failure> {
        let topic = self.names.topic.clone();
        let default = 7 * 24 * 60 * 60 * 1000;
        self.ask(&format!("configure {topic} retention.ms=1")).await?;
        self.ask(&format!("await-deletion {topic} {}", self.base)).await?;
        self.ask(&format!("configure {topic} retention.ms={default}")).await?;
        self.see(Seen::Expired { window: Window::Retention.key().into(), m });
        Ok(())
    }

    /// Lets a consumer close its client, which leaves the group, and end.
    pub(super) async fn stop(&mut self, at: Participant) -> Result<(), Failure> {
        self.command(Some(at), "close").await?;
        self.crash(at).await
    }

    /// Connects an isolated leader again.
    pub(super) fn heal(&mut self) {
        self.cluster().isolate(false);
        self.set_gates(true);
        self.see(Seen::Rejoined { at: Participant::Broker });
    }

    fn node(&mut self, at: Participant) -> Result<&mut crate::servers::kafka::Node, Failure> {
        let index = at.node().ok_or("this is no node")?;
        self.cluster().nodes.get_mut(index).ok_or_else(|| "there is no such node".into())
    }

    fn held(&self, before: &World, index: u8) -> Result<Name, Failure> {
        let packet = before.net.packets()[usize::from(index)];
        let problem = || format!("no {:?} of m{} is held", packet.kind, packet.msg + 1);
        self.name(&packet).ok_or_else(problem)
    }

    async fn lose(&mut self, before: &World, index: u8) -> Result<(), Failure> {
        let name = self.held(before, index)?;
        if !self.proxy.decide(name, Verdict::Lose).await {
            return Err("the connection of the packet is gone".into());
        }
        let Name { client, kind, m, n } = name;
        let (from, to) = match kind {
            PacketKind::Send => (client, Participant::Broker),
            _ => (Participant::Broker, client),
        };
        self.see(Seen::Lost { packet: kind.key().into(), from, to, m, n });
        Ok(())
    }

    /// Lets the broker refuse a request, with `CORRUPT_MESSAGE`, which the client takes for
    /// transient. It cannot be made to lack in-sync replicas for a moment: `min.insync.replicas` of
    /// more than there are replicas is taken for their number (`Partition.effectiveMinIsr`).
    async fn refuse(&mut self, before: &World, index: u8) -> Result<(), Failure> {
        let name = self.held(before, index)?;
        let passed = self.proxy.decide(name, Verdict::Spoil).await;
        passed.then_some(()).ok_or_else(|| "the connection of the packet is gone".into())
    }

    /// Kills a client.
    async fn crash(&mut self, at: Participant) -> Result<(), Failure> {
        let who = Some(at);
        let actor = self.actors.remove(&who).ok_or(format!("{} is down already", at.key()))?;
        actor.kill().await?;
        self.until("the end of a process", |d| d.ended.contains(&who)).await?;
        self.received.retain(|&(party, _)| party != at);
        self.answered.retain(|&(party, ..)| party != at);
        self.polling.remove(&at);
        self.hands.retain(|&(party, _), _| party != at);
        self.assigned.remove(&at);
        Ok(())
    }

    fn signal(&self, at: Participant, signal: i32) {
        self.actors.get(&Some(at)).into_iter().for_each(|actor| actor.signal(signal));
    }

    pub(super) fn resume(&mut self, at: Participant) {
        self.signal(at, libc::SIGCONT);
        self.see(Seen::Resumed { at });
    }

    /// Cuts the power: first no process runs any more, then nothing reaches the disk.
    fn lose_power(&mut self, at: Participant) -> Result<(), Failure> {
        let node = self.node(at)?;
        node.freeze();
        node.disk.as_ref().ok_or("the node has no disk that can lose power")?.lose_power()?;
        node.kill();
        self.see(Seen::PowerLost { at });
        Ok(())
    }

    /// Stops the producer, and starts another instance of it, which fences the first one if it has
    /// transactions.
    async fn replace(&mut self) -> Result<(), Failure> {
        let (old, new) = (self.setup.sender(0), self.setup.sender(1));
        self.signal(old, libc::SIGSTOP);
        self.see(Seen::Paused { at: old, slow: false });
        self.start(new).await?;
        let (own, _) = super::clients::of(&self.setup.scenario).ok_or("this is not Kafka")?;
        if own.transactional_id.is_some() {
            self.command(Some(new), "init").await?;
        }
        Ok(())
    }
}
