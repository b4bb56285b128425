//! SQS as emulators play it, for the director and the actors. They are no witness for AWS: a
//! scenario counts as emulated only where at least two of them agree with the model.

pub mod broker;
pub mod client;
pub mod link;
pub mod settings;
