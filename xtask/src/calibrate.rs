//! `cargo xtask calibrate`: how often the diagnosis is right, in figures with thresholds.

use std::path::Path;

use crate::log::Log;
use crate::process;
use crate::stop::Stop;

/// Builds the agent without a page, unless one is built, and calibrates.
pub(crate) fn calibrate(options: &[String], log: &mut Log) -> Result<(), Stop> {
    let agent = log.step("the agent", "2 min, afterwards 1 s", || {
        let mut cargo = process::cargo();
        cargo.args(["build", "--locked", "-p", "aftershake"]);
        process::set_up(&mut cargo, "the lines above say where")
    });
    agent?;
    let binary = crate::machine::target().join("debug/aftershake");
    run(log, &binary, options)?;
    log.summary("calibrated");
    Ok(())
}

/// Judges captures, and runs of the catalogue by that agent, against the thresholds.
pub(crate) fn run(log: &mut Log, agent: &Path, options: &[String]) -> Result<(), Stop> {
    log.step(
        "calibration of the diagnosis",
        "1 min, afterwards 10 s",
        || {
            let mut cargo = process::cargo();
            cargo.args([
                "run",
                "--locked",
                "--quiet",
                "-p",
                "aftershake-measure",
                "--bin",
                "calibrate",
                "--",
            ]);
            cargo.args(options).env("AFTERSHAKE_AGENT", agent);
            process::run(
                &mut cargo,
                "`cargo xtask calibrate -v` names every RST that was judged otherwise",
            )
        },
    )
}
