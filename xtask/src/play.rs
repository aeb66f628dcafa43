//! `cargo xtask play`: from a fresh clone to the page in the browser, one command.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::agent;
use crate::log::{self, Log};
use crate::page;
use crate::stop::Stop;

/// Sets up, builds, and becomes the agent, which prints the URL and opens it.
///
/// `options` are those of `aftershake serve`.
pub(crate) fn play(options: &[String], log: &mut Log) -> Result<(), Stop> {
    page::build(log)?;
    let binary = agent::build(log)?;
    log.summary("ready");
    log::say("\nstarting the agent; Ctrl+C ends it\n");
    // Only returns when it failed.
    let error = Command::new(&binary).arg("serve").args(options).exec();
    Err(Stop::internal(format!(
        "{} could not be started: {error}",
        binary.display()
    )))
}
