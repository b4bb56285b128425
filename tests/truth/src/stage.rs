//! The servers that runs use.

use crate::servers::postgres::Postgres;
use crate::servers::rabbitmq::Cast;
use crate::servers::redis::Redis;
use crate::servers::{Failure, Folder};
use crate::topology::Queue;
use ackward::sim::{CompiledScenario, FaultKind};
use std::path::PathBuf;

/// The servers that all runs share.
pub struct Stage {
    /// The root folder of RabbitMQ, and its version.
    pub root: PathBuf,
    pub version: String,
    /// One node, which most runs share.
    pub one: Cast,
    /// The nodes of the current run, if it needs others.
    pub own: Option<Cast>,
    /// Quorum queues are used as soon as they are declared.
    pub young_queues: bool,
    pub postgres: Postgres,
    pub redis: Redis,
    pub folder: Folder,
    pub runs: u32,
}

impl Stage {
    /// Returns the nodes of the current run.
    pub fn cast(&mut self) -> &mut Cast {
        self.own.as_mut().unwrap_or(&mut self.one)
    }

    /// Starts the nodes of a run, if it needs others than the one that all share; returns the port
    /// of the first.
    pub async fn cast_for(
        &mut self,
        setup: &CompiledScenario,
        queue: &Queue,
    ) -> Result<u16, Failure> {
        let faults = &setup.scenario.faults;
        let powered = faults.iter().any(|fault| matches!(fault.kind, FaultKind::PowerLoss(_)));
        // A queue on two nodes has no majority without either of them.
        let nodes = if queue.nodes > 1 { 3 } else { 1 };
        self.own = match nodes > 1 || powered {
            true => Some(Cast::start(&self.root, &self.folder.0, nodes, powered).await?),
            false => None,
        };
        Ok(self.cast().nodes[0].port)
    }
}
