//! The program for terminals: verdicts, lists and drawings, for people and for their CI.
//!
//! It reads its arguments and files, asks the library, and prints; it works out nothing of its
//! own. What is wrong with the input goes to standard error, with its place and the remedy.

mod args;
mod chaos;
mod choose;
mod cost;
mod cures;
mod examine;
mod faults;
mod input;
mod json;
mod list;
mod report;
mod scripted;
mod settings;
mod show;
mod told;

use args::{Args, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// A property that was asked for does not hold, or is not decided.
const FAILED: u8 = 1;
/// The input is wrong.
const WRONG: u8 = 2;

/// What a command prints, and whether what was asked for holds.
struct Answer {
    text: String,
    passed: bool,
}

impl Answer {
    fn of(text: String) -> Answer {
        Answer { text, passed: true }
    }
}

/// What is wrong with the input: its place and the remedy, in a sentence.
struct Wrong(String);

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let answer = match args.command {
        Command::Check(check) => check.run(),
        Command::Scenarios(list) => Ok(list::scenarios(list.json)),
        Command::Presets(list) => Ok(list::presets(list.json)),
        Command::Faults(faults) => faults.run(),
        Command::Show(show) => show.run(),
        Command::Chaos(chaos) => chaos.run(),
        Command::Cost(costs) => costs.run(),
        Command::Choose(choose) => choose.run(),
    };
    match answer {
        Ok(answer) => {
            // Whoever closes the pipe early has read enough.
            let _ = std::io::stdout().write_all(answer.text.as_bytes());
            if answer.passed { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
        }
        Err(Wrong(problem)) => {
            eprintln!("error: {problem}");
            ExitCode::from(WRONG)
        }
    }
}
