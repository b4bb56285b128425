//! The broker's state, by product: a queue with its unacked messages, a log with its offsets, messages
//! in flight.

mod kafka;
mod nats;
mod rabbitmq;
mod sqs;

use super::{cell, row};
use crate::present::{Cell, StateRow};
use crate::sim::{CompiledScenario, Participant, World};
use crate::text;

/// Returns the state of the broker's nodes, and what else it keeps.
pub(super) fn rows(setup: &CompiledScenario, world: &World) -> Vec<StateRow> {
    let products = [kafka::rows, rabbitmq::rows, sqs::rows, nats::rows];
    products.iter().find_map(|own| own(setup, world)).unwrap_or_default()
}

/// Returns the position of a consumer, if the broker has assigned one to it.
pub(super) fn position(world: &World, c: usize) -> Option<u8> {
    kafka::position(world, c)
}

/// Returns the position of a consumer in the partition that an operator has added.
pub(super) fn position_in_new_partition(world: &World, c: usize) -> Option<u8> {
    kafka::position_in_new_partition(world, c)
}

fn node(setup: &CompiledScenario, number: usize) -> String {
    text::party(setup, Participant::NODES[number]).to_owned()
}

fn consumer(setup: &CompiledScenario, number: u8) -> String {
    text::party(setup, Participant::CONSUMERS[number as usize]).to_ascii_lowercase()
}

fn down(setup: &CompiledScenario, number: usize, gone: bool) -> StateRow {
    row(&node(setup, number), if gone { "permanently lost" } else { "down" }.into())
}

/// Marks a follower that has become the leader: it keeps its name, and the state shows its role.
fn lead(leads: bool, number: usize, state: StateRow) -> StateRow {
    if !leads || number == 0 {
        return state;
    }
    StateRow { value: format!("leader: {}", state.value), lead: "leader".into(), ..state }
}

fn copy(msg: u8, copy: u8) -> Cell {
    let mut cell = cell(msg);
    if copy > 1 {
        cell.label += &format!(", copy {copy}");
    }
    cell
}
