//! The agent's binary, with the page inside.

use std::path::PathBuf;

use crate::log::Log;
use crate::machine;
use crate::process;
use crate::stop::Stop;

/// Builds it and says where it lies. The page must have been built before.
pub(crate) fn build(log: &mut Log) -> Result<PathBuf, Stop> {
    log.step(
        "agent: cargo builds the binary with the page inside",
        "3 min, afterwards 1 s",
        || {
            let mut cargo = process::cargo();
            cargo.args(["build", "--release", "-p", "aftershake"]);
            process::set_up(&mut cargo, "the lines above say where")
        },
    )?;
    Ok(machine::target().join("release/aftershake"))
}
