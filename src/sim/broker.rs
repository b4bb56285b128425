//! The brokers.

pub(super) mod queue;
