//! NATS: what stands for the model's settings, the client of its actors, and the servers of a run.

pub mod broker;
pub mod client;
mod gate;
pub mod link;
pub mod settings;
