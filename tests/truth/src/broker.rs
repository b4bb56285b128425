//! The broker of a run, as its director needs it, whatever product plays it.

use crate::protocol::Place;
use crate::servers::Failure;
use ackward::sim::{CompiledScenario, Trace, Window, World};
use async_trait::async_trait;
use std::collections::HashMap;
use std::time::Duration;

/// A product with all that it has been told to have for one run. Its nodes are numbered from the one
/// that leads at the start, as in the model.
#[async_trait(?Send)]
pub trait Broker {
    /// Returns the port of the node that clients reach.
    fn port(&self) -> u16;

    /// Returns where actors publish, and what they consume.
    fn place(&self) -> Place;

    /// Returns true if all consumers have subscribed before the first message, one after the other.
    fn subscribes_first(&self) -> bool;

    /// Returns how long a slow handler takes here, if that matters.
    fn slow_handler(&self) -> Option<Duration>;

    /// Makes the state of the broker as old as it is at the start of the model's run.
    async fn get_ready(&mut self, trace: &Trace) -> Result<(), Failure>;

    /// Returns the number of messages that may still be delivered.
    async fn left(&mut self) -> Result<u32, Failure>;

    /// Returns the number of dead letters that can be counted.
    async fn dead(&mut self) -> Result<u32, Failure>;

    /// Takes the dead letters, and counts the copies of each message.
    async fn take_dead(&mut self) -> Result<HashMap<u8, u8>, Failure>;

    /// Moves a dead letter back, as an operator does.
    async fn redrive(&mut self) -> Result<(), Failure>;

    /// Lets a time window of a message end.
    async fn expire(&mut self, window: Window, m: u8) -> Result<(), Failure>;

    /// Waits until no more messages are hidden from consumers than in the model after this step.
    async fn reveal(&mut self, _after: &World) -> Result<(), Failure> {
        Ok(())
    }

    /// Makes the operating system of the leader sync what is written of the copy at this index.
    async fn sync(&mut self, before: &World, copy: u8) -> Result<(), Failure>;

    /// Waits for what the broker does now in the model's run, if it hurries for nobody.
    async fn run_line(&mut self, setup: &CompiledScenario, before: &World) -> Result<(), Failure>;

    /// Lets a follower have the first copy that it lacks, and waits until it has.
    async fn fetch(&mut self, before: &World, node: usize) -> Result<(), Failure>;

    /// Stops all threads of the leader, which then reads nothing.
    fn freeze(&mut self);

    /// Kills the leader as `kill -9` does; in the model it forgets what it has not written down if
    /// `forgets`.
    async fn crash(&mut self, forgets: bool) -> Result<(), Failure>;

    /// Cuts the power of a node: first no process runs any more, then nothing reaches the disk.
    fn lose_power(&mut self, node: usize) -> Result<(), Failure>;

    /// Destroys the leader with its disk; from now on clients reach another node.
    async fn destroy(&mut self) -> Result<(), Failure>;

    /// Starts a node on the data that it has, and waits until it serves its clients.
    async fn restart(&mut self, node: usize) -> Result<(), Failure>;

    /// Removes what the run has left behind. Its clients have gone.
    async fn clean_up(&mut self) -> Result<(), Failure>;
}
