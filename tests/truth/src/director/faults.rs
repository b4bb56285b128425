//! Faults as deeds.

use super::Director;
use crate::protocol::{Command, Place};
use crate::proxy::Verdict;
use crate::servers::Failure;
use crate::stores;
use ackward::evidence::Seen;
use ackward::sim::{Fault, Op, Participant, Pause, Reply, Window, World};

impl Director<'_> {
    /// Makes a fault strike. A broker that crashes forgets what it has not written down if `forgets`.
    pub(super) async fn strike(
        &mut self,
        before: &World,
        fault: Fault,
        forgets: bool,
    ) -> Result<(), Failure> {
        match fault {
            Fault::Lose(index) => self.lose(before, index).await,
            Fault::Crash(Participant::Broker) => self.crash_broker(forgets).await,
            Fault::PowerLoss(at) => self.lose_power(at),
            Fault::PermanentLoss(at @ Participant::Broker) => self.destroy(at).await,
            Fault::Crash(at) if at.node().is_none() => self.crash(at).await,
            Fault::Pause(at, Pause::Slow) => {
                // It stands before its next line, and its client library answers the broker.
                self.slow_since.insert(at, std::time::Instant::now());
                self.see(Seen::Paused { at, slow: true });
                Ok(())
            }
            Fault::Pause(at, Pause::Still) => self.stop(at),
            Fault::Resume(at) => {
                self.resume(at);
                Ok(())
            }
            // What lasts fails again when the next attempt is due.
            Fault::FailHandler(at) | Fault::FailAttempts(at) => {
                self.command(at, Command::Fail).await
            }
            Fault::Redrive(msg) => {
                self.broker.redrive().await?;
                // The broker has a new copy, although its body is the same.
                self.proxy.count_anew(msg + 1);
                Ok(())
            }
            Fault::FailLine { at, op: Op::Save, msg, reply: Reply::Fails } => {
                self.stores.refuse_orders(true).await?;
                let ran = self.command(at, Command::Run { m: msg + 1 }).await;
                self.stores.refuse_orders(false).await?;
                ran
            }
            Fault::FailLine { at, op: Op::Commit, msg, reply: Reply::Lost } => {
                self.lose_commit_reply(at, msg + 1).await
            }
            Fault::Cut(link) => {
                let (client, _) = self.setup.ends(link);
                self.lose_connection(client);
                self.proxy.cut(client);
                self.see(Seen::Cut { from: client, to: Participant::Broker });
                Ok(())
            }
            Fault::Expire(Window::Ttl, msg) => {
                let redis = self.redis.ok_or("there is no Redis")?;
                stores::expire(redis, &self.errand.prefix, msg + 1).await?;
                self.see(Seen::Expired { window: Window::Ttl.key().into(), m: msg + 1 });
                Ok(())
            }
            Fault::Expire(Window::Inbox, msg) => {
                self.stores.prune(msg + 1).await?;
                self.see(Seen::Expired { window: Window::Inbox.key().into(), m: msg + 1 });
                Ok(())
            }
            Fault::Expire(window, msg) => {
                self.broker.expire(window, msg + 1).await?;
                self.see(Seen::Expired { window: window.key().into(), m: msg + 1 });
                Ok(())
            }
            Fault::Twice(msg) => {
                let sender = self.setup.sender(self.setup.sender_of(msg));
                self.command(sender, Command::Twice { m: msg + 1 }).await
            }
            fault => Err(format!("the harness cannot make {fault:?} happen")),
        }
    }

    /// Stops a process, which then does nothing at all.
    fn stop(&mut self, at: Participant) -> Result<(), Failure> {
        self.actors.get(&at).ok_or("it is down")?.signal(libc::SIGSTOP);
        self.see(Seen::Paused { at, slow: false });
        Ok(())
    }

    /// Lets a process go on, whether it was stopped or its handler was slow.
    pub(super) fn resume(&mut self, at: Participant) {
        self.actors.get(&at).into_iter().for_each(|actor| actor.signal(libc::SIGCONT));
        self.see(Seen::Resumed { at });
    }

    async fn lose(&mut self, before: &World, index: u8) -> Result<(), Failure> {
        let packet = before.net.packets()[usize::from(index)];
        let Some(name) = self.name(&packet) else {
            return Err(format!("the proxy holds no {:?} of m{}", packet.kind, packet.msg + 1));
        };
        if !matches!(self.errand.place, Place::Sqs(_)) {
            self.lose_connection(name.client);
        }
        if !self.proxy.decide(name, Verdict::Swallow).await {
            return Err("the connection of the packet is gone".into());
        }
        let from_client = packet.from.node().is_none();
        let (from, to) = match from_client {
            true => (name.client, Participant::Broker),
            false => (Participant::Broker, name.client),
        };
        let kind = packet.kind.key().to_owned();
        self.see(Seen::Lost { packet: kind, from, to, m: name.m, n: name.n });
        Ok(())
    }

    async fn crash(&mut self, at: Participant) -> Result<(), Failure> {
        let actor = self.actors.remove(&at).ok_or(format!("{} is down already", at.key()))?;
        self.ended.remove(&at);
        actor.kill().await?;
        self.until("the end of a process", |d| d.ended.contains(&at)).await?;
        self.connected.remove(&at);
        self.stale.remove(&at);
        self.hands.remove(&at);
        self.passed.retain(|name| name.client != at);
        self.received.retain(|(party, _)| *party != at);
        self.answered.retain(|(party, ..)| *party != at);
        self.see(Seen::Crashed { at });
        Ok(())
    }

    fn lose_all_connections(&mut self) {
        let clients: Vec<Participant> = self.connected.iter().copied().collect();
        clients.into_iter().for_each(|client| self.lose_connection(client));
    }

    async fn crash_broker(&mut self, forgets: bool) -> Result<(), Failure> {
        self.lose_all_connections();
        self.broker.crash(forgets).await?;
        self.see(Seen::Crashed { at: Participant::Broker });
        Ok(())
    }

    /// Cuts the power of a node.
    fn lose_power(&mut self, at: Participant) -> Result<(), Failure> {
        let node = at.node().ok_or("this is no node")?;
        if node == 0 {
            self.lose_all_connections();
        }
        self.broker.lose_power(node)?;
        self.see(Seen::PowerLost { at });
        Ok(())
    }

    /// Destroys the leader with its disk; from now on clients reach another node.
    async fn destroy(&mut self, at: Participant) -> Result<(), Failure> {
        self.lose_all_connections();
        self.broker.destroy().await?;
        self.proxy.lead_to(self.broker.port());
        self.see(Seen::PermanentLoss { at });
        Ok(())
    }

    async fn lose_commit_reply(&mut self, at: Participant, m: u8) -> Result<(), Failure> {
        let (has_come, cut) = self.commits.arm();
        self.tell(at, &Command::Run { m: 0 }).await?;
        let came = tokio::time::timeout(super::PATIENCE, has_come).await;
        came.map_err(|_| "the reply to COMMIT did not come")?.map_err(|_| "no proxy")?;
        let applied = self.look(m).await?;
        let _ = cut.send(());
        self.until("the end of a line", |d| d.done.contains_key(&at)).await?;
        let (mut events, problem) = self.done.remove(&at).unwrap_or_default();
        if let Some(problem) = problem {
            return Err(problem);
        }
        for event in &mut events {
            if let Seen::AskFailed { done, .. } = event {
                *done = applied;
            }
        }
        self.record(at, events).await
    }
}
