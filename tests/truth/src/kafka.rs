//! Apache Kafka: its director, its proxies, and the settings that stand for the model's.

mod actors;
pub mod clients;
mod close;
mod director;
mod faults;
pub mod gate;
mod observe;
mod proxy;
pub mod record;
mod steps;
