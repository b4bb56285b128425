//! Recommendation of configurations: from requirements to the configurations that provably meet
//! them.
//!
//! A few plain questions ([`Answers`]) determine the required properties; [`candidates`] are what
//! can be built with each broker: a way to send combined with a way to consume. The properties of
//! each candidate were proved ahead of time ([`known`]), and a test proves them again; the cost is
//! measured on demand. Nothing here is an opinion, except for the list of candidates itself.

mod answers;
mod candidates;
mod client_config;
mod obligations;
mod pick;
mod proofs;

pub use answers::{
    Answers, Broker, Consumer, Effect, Lost, Order, Question, Twice, USUAL, UsualCase,
};
pub use candidates::{Candidate, candidates};
pub use client_config::{Block, client};
pub use obligations::obligations;
pub use pick::{Hands, Near, Picked, Rank, pick};
pub use proofs::{Known, Run, known, prove, rests_on};
