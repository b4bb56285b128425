//! From what a person needs to the configurations that provably give it.
//!
//! A few plain questions ([`Answers`]) ask for properties; [`candidates`] are what can be built with
//! each broker: a way to send, and a way to consume. What each of them holds has been proved once
//! for all ([`known`]), and a test proves it again; what it costs is measured when asked. Nothing
//! here is an opinion, but for the list of candidates itself.

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
