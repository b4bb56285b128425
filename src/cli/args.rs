//! The command-line arguments.

use super::chaos;
use super::check;
use super::choose;
use super::cost;
use super::evidence;
use super::faults;
use super::show;
use clap::{Parser, Subcommand};

/// Model-checks and visualizes message delivery guarantees under faults.
#[derive(Parser)]
#[command(name = "ackward", version, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Explores every run of a configuration within bounds and reports which properties hold.
    Check(check::Check),
    /// Lists the scenarios.
    Scenarios(List),
    /// Lists the presets: each product's defaults and well-known configurations.
    Presets(List),
    /// Lists the client libraries and frameworks that --set client=… knows, with their defaults.
    Clients(List),
    /// Lists the faults that are possible in a configuration, in the syntax of --fault.
    Faults(faults::Faults),
    /// Prints a run as text, or draws it as a sequence diagram.
    Show(show::Show),
    /// Simulates random runs of a configuration and counts their outcomes (Monte Carlo).
    Chaos(chaos::Chaos),
    /// Measures the cost of configurations: latency, throughput, round trips, fsyncs.
    Cost(cost::Costs),
    /// Finds configurations that provably meet your requirements.
    Choose(choose::Choose),
    /// Lists the recorded runs of real products, and holds one against the model.
    Evidence(evidence::Evidence),
}

#[derive(clap::Args)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
