//! The end of a run: what is left, and what became of each message.

use super::director::Director;
use crate::counts::observed;
use crate::servers::Failure;
use ackward::evidence::{Counts, FinalState, Seen};
use ackward::sim::{Participant, Record, Trace};

impl Director<'_> {
    /// Lets everything that may still come come, and counts.
    pub(super) async fn close(&mut self, trace: &Trace) -> Result<FinalState, Failure> {
        for c in 0..self.setup.consumers() {
            let party = Participant::CONSUMERS[c];
            if trace.last().consumers[c].runs()
                && self.assigned.get(&party).is_some_and(|&count| count > 0)
            {
                self.polling.insert(party);
                self.command(Some(party), "drain").await?;
                let ends = |d: &Director| {
                    d.caught_up.contains(&party) || d.received.iter().any(|(to, _)| *to == party)
                };
                self.until("the end of the log", ends).await?;
            }
        }
        let mut fates = Vec::new();
        for m in 1..=self.setup.configuration().messages {
            // What was committed after the last line was run shows itself now.
            self.look(m).await?;
            fates.push(self.fate(m).await?);
        }
        let firsts = self.seen.iter().filter_map(|seen| match *seen {
            Seen::Applied { m, count: 1 } => Some(m),
            _ => None,
        });
        let firsts: Vec<u8> = firsts.collect();
        let out_of_order = firsts.windows(2).any(|pair| pair[0] > pair[1]);
        Ok(FinalState { ending: fates, out_of_order, endless: false })
    }

    async fn fate(&mut self, m: u8) -> Result<Counts, Failure> {
        let produces =
            self.setup.configuration().consumer.program.contains(&ackward::sim::Op::Produce);
        let applied = match produces {
            true => self.results(m).await?,
            false => self.stores.applied(m).await?,
        };
        let applied = applied.min(Record::MOST);
        let dead = match self.publishes_dead_letters() {
            true => self.dead_letters(m).await?.min(Record::MOST),
            false => 0,
        };
        Ok(Counts { applied, dead, ..observed(&self.seen, &self.setup, m) })
    }

    /// Ends all processes of the run.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn clean_up(mut self) -> Result<(), Failure> {
        for (_, actor) in self.actors.drain() {
            actor.kill().await?;
        }
        Ok(())
    }
}
