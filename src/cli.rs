//! The command-line interface: verdicts, lists and diagrams, for people and for CI.
//!
//! This module parses arguments, reads files, calls the library and prints the result; it contains
//! no analysis of its own. Problems with the input go to standard error, with their location and
//! how to fix them.

/// Writes a line; writing to a `String` cannot fail.
macro_rules! line {
    ($out:expr, $($arg:tt)*) => {
        let _ = writeln!($out, $($arg)*);
    };
}

mod answer;
mod args;
mod chaos;
mod check;
mod choose;
mod clients;
mod cost;
mod evidence;
mod faults;
mod fixes;
mod found;
mod import;
mod input;
mod json;
mod list;
mod names;
mod print;
mod report;
mod scope;
mod scripted;
mod settings;
mod show;
mod watch;

use crate::sim;
pub(crate) use answer::{Answer, Wrong};
use args::{Args, Command};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::io::{Write, stdout};
use std::process::ExitCode;

/// Exit code: the input is invalid, or the output could not be written.
const WRONG: u8 = 2;

/// Runs the program with the arguments of the process and returns its exit code.
pub fn main() -> ExitCode {
    ExitCode::from(match Args::try_parse() {
        Ok(args) => run(args),
        Err(error) if !error.use_stderr() => {
            // `--help` or `--version`.
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
        Command::Clients(list) => Ok(clients::list(list.json)),
        Command::Faults(faults) => faults.run(),
        Command::Show(show) => show.run(),
        Command::Chaos(chaos) => chaos.run(),
        Command::Cost(costs) => costs.run(),
        Command::Choose(choose) => choose.run(),
        Command::Evidence(evidence) => evidence.run(),
    };
    match answer {
        Ok(answer) => written(print::answer(&answer.text, answer.form), answer.code()),
        Err(Wrong(problem)) => {
            print::problem(&problem);
            WRONG
        }
    }
}

/// Returns `code` if the output was written, and reports the error otherwise.
fn written(printed: std::io::Result<()>, code: u8) -> u8 {
    match printed {
        Ok(()) => code,
        Err(e) => {
            print::problem(&format!("standard output: {e}"));
            WRONG
        }
    }
}

/// Prints an error about invalid arguments.
fn refused(error: clap::Error) -> u8 {
    // Clap's message quotes the arguments between its own lines, so it is rebuilt from arguments
    // that are sanitized for the terminal.
    let repeated = |arg: OsString| sim::plain::echo(&arg.to_string_lossy());
    let again = Args::try_parse_from(std::env::args_os().map(repeated));
    let error = again.err().filter(clap::Error::use_stderr).unwrap_or_else(|| {
        // Unreachable: sanitizing never turns an invalid argument into a valid one.
        let kind =
            if error.kind() == ErrorKind::InvalidUtf8 { "are not UTF-8" } else { "are wrong" };
        Args::command().error(error.kind(), format!("the arguments {kind}"))
    });
    // If standard error cannot be written to, the error cannot be reported.
    let _ = error.print();
    WRONG
}
