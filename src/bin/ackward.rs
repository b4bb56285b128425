//! The command-line program; all of its code is in [`ackward::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ackward::cli::main()
}
