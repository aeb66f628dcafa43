//! The commands, one file each, and what they share: reading a scenario, exit codes, errors as words or JSON.

pub mod run;

use std::process::ExitCode;

use clap::Parser;

use crate::options::{Command, Options};

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let options = Options::parse();
    match options.command {
        Some(Command::Worker) => crate::worker::serve(),
        Some(Command::Run(options)) => run::run(&options),
        _ => ExitCode::FAILURE,
    }
}
