//! The commands, one file each, and what they share: reading a scenario, exit codes, errors as words or JSON.

pub mod run;
pub mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::options::{Command, Options};

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let options = Options::parse();
    match options.command {
        Some(Command::Worker) => crate::worker::serve(),
        Some(Command::Run(options)) => run::run(&options),
        Some(Command::Serve(options)) => {
            serve::serve(options, Vec::new()).unwrap_or_else(|error| {
                eprintln!("{error:#}");
                ExitCode::from(4)
            })
        }
        _ => ExitCode::FAILURE,
    }
}
