//! The program for terminals: verdicts, lists and drawings, for people and for their CI.
//!
//! It reads its arguments and files, asks the library, and prints; it works out nothing of its
//! own. What is wrong with the input goes to standard error, with its place and the remedy.

mod args;
mod chaos;
mod check;
mod choose;
mod cost;
mod cures;
mod faults;
mod input;
mod json;
mod list;
mod print;
mod report;
mod scripted;
mod settings;
mod show;
mod steps;
mod watch;

use crate::sim;
use args::{Args, Command};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use print::Form;
use std::ffi::OsString;
use std::io::{Write, stdout};
use std::process::ExitCode;

/// A property that was asked for does not hold, or is not decided.
const FAILED: u8 = 1;
/// The input is wrong, or the answer could not be written.
const WRONG: u8 = 2;

/// What a command prints, and whether what was asked for holds.
struct Answer {
    text: String,
    form: Form,
    passed: bool,
    /// Somebody ended it before everything was tried.
    stopped: bool,
}

impl Answer {
    fn of(text: String, form: Form) -> Answer {
        Answer { text, form, passed: true, stopped: false }
    }

    fn code(&self) -> u8 {
        match self {
            Answer { passed: false, .. } => FAILED,
            Answer { stopped: true, .. } => watch::INTERRUPTED,
            _ => 0,
        }
    }
}

/// What is wrong with the input: its place and the remedy, in a sentence.
struct Wrong(String);

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    ExitCode::from(match Args::try_parse() {
        Ok(args) => run(args),
        Err(error) if !error.use_stderr() => {
            // Help, or the version.
            let printed = error.print().and_then(|()| stdout().flush());
            written(print::quiet_pipe(printed), 0)
        }
        Err(error) => refused(error),
    })
}

fn run(args: Args) -> u8 {
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
        Ok(answer) => written(print::answer(&answer.text, answer.form), answer.code()),
        Err(Wrong(problem)) => {
            print::problem(&problem);
            WRONG
        }
    }
}

/// The exit code, if what was to be said has been said.
fn written(printed: std::io::Result<()>, code: u8) -> u8 {
    match printed {
        Ok(()) => code,
        Err(e) => {
            print::problem(&format!("standard output: {e}"));
            WRONG
        }
    }
}

/// Says what is wrong with the arguments.
fn refused(error: clap::Error) -> u8 {
    // The message repeats arguments among lines of its own, so it is made again from arguments that
    // are fit to be repeated.
    let repeated = |arg: OsString| sim::plain::echo(&arg.to_string_lossy());
    let again = Args::try_parse_from(std::env::args_os().map(repeated));
    let error = again.err().filter(clap::Error::use_stderr).unwrap_or_else(|| {
        // Never, since nothing that is repeated otherwise than it was is right.
        let kind =
            if error.kind() == ErrorKind::InvalidUtf8 { "are not UTF-8" } else { "are wrong" };
        Args::command().error(error.kind(), format!("the arguments {kind}"))
    });
    // Where standard error cannot be written to, nobody can be told.
    let _ = error.print();
    WRONG
}
