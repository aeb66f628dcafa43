//! `cargo xtask endure`: the long version of `test`, whose figures go into `docs/endurance.md`.

use crate::agent;
use crate::catalogue::{self, SharedCopy, User};
use crate::log::Log;
use crate::measure;
use crate::page;
use crate::process;
use crate::stop::Stop;

pub(crate) fn endure(options: &[String], log: &mut Log) -> Result<(), Stop> {
    User::all()
        .iter()
        .try_for_each(|&user| catalogue::need_namespaces(user))?;
    page::build(log)?;
    let binary = agent::build(log)?;
    let copy = SharedCopy::new(&binary)?;
    let mut endure = measure::program(log, "endure", &copy.binary())?;
    endure.args(options);
    log.step("rounds of the catalogue, then fuzzing", "40 min", || {
        process::run(
            &mut endure,
            "the lines above name the scenario or the input",
        )
    })?;
    log.summary("endured");
    Ok(())
}
