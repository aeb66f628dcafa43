//! Starting other programs: cargo above all; saying in words how they ended.

use std::env;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::machine;
use crate::stop::Stop;

/// SIGINT's number.
const SIGINT: i32 = 2;

/// The cargo that started this program, working in the repository.
pub(crate) fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    in_root(&mut Command::new(program))
}

/// A program from PATH, working in the repository.
pub(crate) fn program(name: &str) -> Command {
    in_root(&mut Command::new(name))
}

fn in_root(command: &mut Command) -> Command {
    command.current_dir(machine::root());
    std::mem::replace(command, Command::new("true"))
}

/// Runs to the end; its output is the reader's.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<(), Stop> {
    let status = status(command)?;
    expect_success(command, status, remedy)
}

/// Runs to the end with its standard output turned to standard error, which is where talk belongs.
pub(crate) fn set_up(command: &mut Command, remedy: &str) -> Result<(), Stop> {
    command.stdout(Stdio::from(io::stderr()));
    run(command, remedy)
}

/// Runs to the end, for callers that judge its status themselves.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus, Stop> {
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    stop_if_interrupted(status)?;
    Ok(status)
}

/// Runs to the end and keeps its output.
pub(crate) fn output(command: &mut Command) -> Result<Output, Stop> {
    let output = command
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    stop_if_interrupted(output.status)?;
    Ok(output)
}

/// What a program prints, trimmed; `None` when it is not there or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs for at most this long; says whether it ended well in time.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool, Stop> {
    command.stdout(Stdio::from(io::stderr()));
    let mut child = command
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    let deadline = Instant::now() + limit;
    loop {
        let ended = child
            .try_wait()
            .map_err(|error| cannot_start(command, &error))?;
        if let Some(status) = ended {
            stop_if_interrupted(status)?;
            return Ok(status.success());
        }
        if Instant::now() >= deadline {
            // It may have ended just now; either way it is gone after `wait`.
            let _ = child.kill();
            let _ = child.wait();
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The command as one would type it.
pub(crate) fn words(command: &Command) -> String {
    let mut words = command.get_program().to_string_lossy().into_owned();
    if let Some((_, name)) = words.rsplit_once('/') {
        words = name.to_owned();
    }
    for argument in command.get_args() {
        words.push(' ');
        words.push_str(&argument.to_string_lossy());
    }
    words
}

/// Turns any other end than success into a [`Stop`].
pub(crate) fn expect_success(
    command: &Command,
    status: ExitStatus,
    remedy: &str,
) -> Result<(), Stop> {
    if status.success() {
        return Ok(());
    }
    let what = format!("`{}` ended with {status}", words(command));
    Err(Stop::failed(what, remedy))
}

fn stop_if_interrupted(status: ExitStatus) -> Result<(), Stop> {
    if status.signal() == Some(SIGINT) || status.code() == Some(130) {
        return Err(Stop::interrupted());
    }
    Ok(())
}

fn cannot_start(command: &Command, error: &io::Error) -> Stop {
    Stop::missing(
        format!("`{}` could not be started: {error}", words(command)),
        "install it, or put it on PATH",
    )
}
