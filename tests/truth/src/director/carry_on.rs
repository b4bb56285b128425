//! The rest of a run that has left the model's: consumers handle what the broker still has.

use super::Director;
use crate::packets::Name;
use crate::protocol::Command;
use crate::proxy::Verdict;
use crate::servers::Failure;
use ackward::sim::{PacketKind, Participant};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The longest time that a message is waited for that the broker has.
const LONGEST: Duration = Duration::from_secs(5);

impl Director<'_> {
    /// Lets consumers ask for messages, and handle them without a fault, until none is left.
    ///
    /// # Errors
    /// Of the broker, or if a message is left that it does not deliver.
    pub(super) async fn carry_on(&mut self) -> Result<(), Failure> {
        while self.proxy.holds_any() || self.broker.left().await? > 0 {
            let up = |party: &Participant| self.actors.contains_key(party);
            let consumers = &Participant::CONSUMERS[..self.setup.consumers()];
            let idle: Vec<Participant> = consumers.iter().copied().filter(up).collect();
            for &party in &idle {
                self.command(party, Command::Receive { long: true }).await?;
            }
            let came = timeout(LONGEST, async {
                while self.held_delivery().is_none() {
                    // The proxy tells of a packet as soon as it holds it.
                    sleep(Duration::from_millis(20)).await;
                }
            });
            came.await.map_err(|_| "a message is left that nobody gets")?;
            let Some(name) = self.held_delivery() else { continue };
            let together = self.proxy.held_with(name);
            self.proxy.decide(name, Verdict::Pass).await;
            self.arrive(name, &together[..1]).await?;
            self.run_to_the_end(name.client).await?;
        }
        Ok(())
    }

    fn held_delivery(&self) -> Option<Name> {
        self.proxy.held().into_iter().find(|name| name.kind == PacketKind::Delivery)
    }

    /// Runs all lines of a handler, and lets its acknowledgment arrive.
    async fn run_to_the_end(&mut self, party: Participant) -> Result<(), Failure> {
        for _ in 1..self.setup.consumer.ops.len() {
            if self.command(party, Command::Run { m: 0 }).await.is_err() {
                // There is nothing in hand any more.
                break;
            }
        }
        let settled = |name: &Name| name.client == party && name.kind == PacketKind::ConsumerAck;
        let came = timeout(LONGEST, async {
            loop {
                match self.proxy.held().into_iter().find(settled) {
                    Some(name) => break name,
                    None => sleep(Duration::from_millis(20)).await,
                }
            }
        });
        let name = came.await.map_err(|_| "an acknowledgment is missing")?;
        self.proxy.decide(name, Verdict::Pass).await;
        Ok(())
    }
}
