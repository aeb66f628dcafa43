//! The commands, one file each, and what they share: exit codes, errors as words or as JSON, output.

pub mod cause;
pub mod compare;
pub mod completions;
pub mod doctor;
pub mod exec;
pub mod explain;
pub mod export;
pub mod link;
pub mod list;
pub mod mdbook;
pub mod new;
mod out_file;
mod repeat;
pub mod run;
mod run_files;
pub mod scenario_input;
pub mod schema;
pub mod serve;
pub mod sweep;
pub(crate) mod talk;
pub mod test;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::SystemTime;

use aftershake_shared::channel::Failure;
use aftershake_shared::report::text::plain;
use aftershake_shared::schema::Wrapped;
use clap::Parser;
use serde::Serialize;

use crate::options::{Command, Options};
use crate::worker_process::RunError;

/// Done as expected.
pub const DONE: u8 = 0;
/// An expectation or claim failed.
pub const MISSED: u8 = 1;
/// Bad usage or bad input.
pub const BAD_INPUT: u8 = 2;
/// This machine lacks something needed.
pub const MISSING: u8 = 3;
/// A fault of our own.
pub const INTERNAL: u8 = 4;
/// Ended by whoever asked for it.
pub const INTERRUPTED: u8 = 130;

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let options = match Options::try_parse().and_then(Options::checked) {
        Ok(options) => options,
        Err(error) => return usage(&error),
    };
    talk::set(options.talk);
    let json = options.command.as_ref().is_some_and(Command::wants_json);
    let done = match options.command {
        Some(Command::Worker) => crate::worker::serve(),
        Some(Command::Compare(options)) => compare::compare(&options),
        Some(Command::Completions(options)) => completions::completions(&options),
        Some(Command::Exec(options)) => exec::exec(&options),
        Some(Command::Export(options)) => export::export(&options),
        Some(Command::Link(options)) => link::link(&options),
        Some(Command::List(options)) => list::list(&options),
        Some(Command::Mdbook(options)) => mdbook::mdbook(&options),
        Some(Command::Man(options)) => completions::man(&options),
        Some(Command::New(options)) => new::new(&options),
        Some(Command::Run(options)) => run::run(&options),
        Some(Command::Sweep(options)) => sweep::sweep(&options),
        Some(Command::Schema(options)) => schema::schema(&options),
        Some(Command::Test(options)) => test::test(&options),
        Some(Command::Cause(options)) => cause::cause(&options),
        Some(Command::Explain(options)) => explain::explain(&options),
        Some(Command::Doctor(options)) => doctor::doctor(&options),
        Some(Command::Serve(options)) => return serve_until_signal(options),
        None => return serve_until_signal(options.serve),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(report(&failure, json)),
    }
}

/// The server ends with a signal, whose exit code it knows itself.
fn serve_until_signal(options: serve::ServeOptions) -> ExitCode {
    let json = options.json;
    let evidence = match doctor::evidence() {
        Ok(evidence) => evidence,
        Err(failure) => return ExitCode::from(report(&failure, json)),
    };
    serve::serve(options, evidence).unwrap_or_else(|error| {
        let remedy = "--port 0 takes a free port".to_owned();
        let failure = Failure {
            code: MISSING,
            message: format!("{error:#}"),
            remedy,
        };
        ExitCode::from(report(&failure, json))
    })
}

/// Clap's own words; a wrong command line is also told as JSON when JSON was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args().any(|argument| argument == "--json");
    if error.use_stderr() && wants_json {
        let message = error.to_string();
        let message = message
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let remedy = "aftershake --help".to_owned();
        return ExitCode::from(report(
            &Failure {
                code: BAD_INPUT,
                message,
                remedy,
            },
            true,
        ));
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { BAD_INPUT } else { DONE })
}

/// Says what went wrong: words on stderr, or the JSON object that a program reads on stdout.
fn report(failure: &Failure, json: bool) -> u8 {
    let wrapped = Wrapped {
        format: 1,
        error: failure,
    };
    // Where stdout takes nothing, as on a full disk, it is said in words after all.
    if !(json && print_json(&wrapped).is_ok()) {
        // What a file holds may be part of the message.
        let message: Vec<_> = failure.message.lines().map(plain).collect();
        talk::error(&message.join("\n"));
        if !failure.remedy.is_empty() {
            talk::remedy(&failure.remedy);
        }
    }
    failure.code
}

/// Prints one JSON value and a line's end. A closed pipe is no error.
pub(crate) fn print_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let mut text = serde_json::to_string(value).map_err(|error| internal(&error))?;
    text.push('\n');
    print(&text)
}

/// Prints data on stdout. A closed pipe (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// Writes data to stdout as it is. A closed pipe is no error.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(internal(&error)),
        _ => Ok(()),
    }
}

/// `COLUMNS`, else what the terminal says of itself, within reason; 100 where output goes to none.
pub(crate) fn terminal_columns() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    columns
        .or_else(crate::sys::terminal::columns)
        .unwrap_or(100)
        .clamp(40, 160)
}

/// A seed that nobody asked for.
pub(crate) fn random_seed() -> u64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    // 53 bits, so that every reader of JSON keeps it.
    (u64::from(since.subsec_nanos()) ^ u64::from(std::process::id()) << 32) >> 11
}

/// Something of ours that should not have happened.
pub(crate) fn internal(error: &dyn std::fmt::Display) -> Failure {
    Failure {
        code: INTERNAL,
        message: error.to_string(),
        remedy: String::new(),
    }
}

/// Something wrong with what the user gave.
pub(crate) fn bad_input(message: String, remedy: &str) -> Failure {
    Failure {
        code: BAD_INPUT,
        message,
        remedy: remedy.to_owned(),
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Failed(failure) => failure,
            RunError::Start(_) | RunError::Ended | RunError::Unreadable(_) => internal(&error),
        }
    }
}
