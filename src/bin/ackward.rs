//! The program for terminals; everything it does is in [`ackward::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ackward::cli::main()
}
