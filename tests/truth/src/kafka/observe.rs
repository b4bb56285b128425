//! What is observed: packets, reports of processes, and effects in the stores.

use super::actors::{Received, Report, Who};
use super::clients;
use super::director::Director;
use crate::director::PATIENCE;
use crate::servers::Failure;
use ackward::evidence::Seen;
use ackward::sim::{Op, Participant};
use std::time::Duration;

impl Director<'_> {
    /// Records the effects of a message that were not there before.
    pub(super) async fn look(&mut self, m: u8) -> Result<(), Failure> {
        let produces = self.setup.configuration().consumer.program.contains(&Op::Produce);
        let count = match produces {
            true => self.results(m).await?,
            false => self.stores.applied(m).await?,
        };
        if count > self.applied[usize::from(m)] {
            self.applied[usize::from(m)] = count;
            self.see(Seen::Applied { m, count });
        }
        Ok(())
    }

    /// Returns the number of results of a message that readers of the output topic see.
    pub(super) async fn results(&mut self, m: u8) -> Result<u8, Failure> {
        let isolation = clients::output_isolation(&self.setup.scenario);
        let counts = self.ask(&format!("count {} {isolation}", self.names.output)).await?;
        Ok(counts[m.to_string()].as_u64().unwrap_or_default() as u8)
    }

    /// Returns the number of copies of a message in the topic for dead letters.
    pub(super) async fn dead_letters(&mut self, m: u8) -> Result<u8, Failure> {
        let topic = self.names.dead_letters.clone();
        let counts = self.ask(&format!("count {topic} read_committed")).await?;
        Ok(counts[m.to_string()].as_u64().unwrap_or_default() as u8)
    }

    pub(super) fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
        self.matched.push(false);
    }

    /// Waits until an event has been observed that the model's run has now. It may have been
    /// observed earlier.
    pub(super) async fn expect(&mut self, event: &Seen) -> Result<(), Failure> {
        let place = |d: &Director| {
            let mut all = d.seen.iter().zip(&d.matched);
            all.position(|(seen, matched)| !matched && seen.clone().capped() == *event)
        };
        let waited = self.until("an event", |d| place(d).is_some()).await;
        let Some(place) = place(self) else {
            let open = self.seen.iter().zip(&self.matched).filter(|(_, matched)| !**matched);
            let open: Vec<String> = open.map(|(seen, _)| seen.to_string()).collect();
            let problem = waited.err().unwrap_or_default();
            return Err(format!("{problem}: the model has {event}; observed beside it: {open:?}"));
        };
        self.matched[place] = true;
        Ok(())
    }

    /// Takes in what comes until a condition holds.
    pub(super) async fn until(
        &mut self,
        what: &str,
        holds: impl Fn(&Director) -> bool,
    ) -> Result<(), Failure> {
        self.until_within(what, PATIENCE, holds).await
    }

    /// Takes in what comes until a condition holds, but no longer than this.
    pub(super) async fn until_within(
        &mut self,
        what: &str,
        most: Duration,
        holds: impl Fn(&Director) -> bool,
    ) -> Result<(), Failure> {
        let start = tokio::time::Instant::now();
        while !holds(self) {
            tokio::select! {
                biased;
                Some(seen) = self.wires.recv() => self.take_packet(seen),
                Some((who, report)) = self.notes.recv() => self.take_report(who, report)?,
                () = tokio::time::sleep_until(start + most) => {
                    return Err(format!("{what}: not within {} s", most.as_secs()));
                }
            }
        }
        Ok(())
    }

    /// Records a packet. A request that is sent again tells what has become of the one before.
    fn take_packet(&mut self, seen: Seen) {
        match &seen {
            Seen::Sent { packet, from, m, n, .. } if packet == "send" => {
                let (at, m, n) = (*from, *m, *n);
                let before = self.attempts.insert((at, m), (n, false));
                if n > 1 {
                    if before.is_some_and(|(_, answered)| !answered) {
                        self.see(Seen::AckTimedOut { at, m, n: n - 1 });
                    }
                    self.see(Seen::BackedOff { at, m, n });
                }
            }
            _ => {}
        }
        self.see(seen);
    }

    /// Records what a poll has returned.
    fn receive(&mut self, party: Participant, records: &[Received]) {
        self.polling.remove(&party);
        let (packet, from) = (|| "delivery".to_owned(), Participant::Broker);
        for &Received { m, place } in records {
            self.received.push_back((party, m));
            let n = self.deliveries.entry(place).or_default();
            *n += 1;
            let n = *n;
            self.hands.insert((party, m), (place, n));
            self.see(Seen::Sent { packet: packet(), from, to: party, m, n });
        }
        for &Received { m, .. } in records {
            let n = self.hands.get(&(party, m)).map_or(0, |hand| hand.1);
            self.see(Seen::Arrived { packet: packet(), from, to: party, m, n });
        }
    }

    fn take_report(&mut self, who: Who, report: Report) -> Result<(), Failure> {
        match (report, who) {
            (Report::Ready, _) => drop(self.ready.insert(who)),
            (Report::Done { answer, problem }, _) => {
                let done = problem.map_or(Ok(answer), Err);
                self.done.insert(who, done);
            }
            (Report::Received { records }, Some(party)) => self.receive(party, &records),
            (Report::Answered { m, ok }, Some(party)) => self.answered.push_back((party, m, ok)),
            (Report::Assigned { partitions }, Some(party)) => {
                self.assigned.insert(party, partitions.len());
            }
            (Report::CaughtUp {}, Some(party)) => {
                self.polling.remove(&party);
                self.caught_up.insert(party);
            }
            (Report::Ended, _) if self.actors.contains_key(&who) => {
                return Err(format!("{:?} has ended by itself", who.map(Participant::key)));
            }
            (Report::Ended, _) => drop(self.ended.insert(who)),
            _ => {}
        }
        Ok(())
    }
}
