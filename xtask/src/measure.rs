//! `cargo xtask bench`: builds page, agent and the programs that measure, and runs them.

use std::path::Path;
use std::process::Command;

use crate::agent;
use crate::browser;
use crate::log::Log;
use crate::machine;
use crate::page;
use crate::process;
use crate::stop::Stop;
use crate::wasm_target;

/// The crate with the measuring programs.
const PACKAGE: &str = "aftershake-measure";
/// What doing it by hand needs.
const BY_HAND: [(&str, &str); 4] = [
    ("python3", "python3"),
    ("tcpdump", "tcpdump"),
    ("tshark", "tshark"),
    ("unshare", "util-linux"),
];

pub(crate) fn bench(options: &[String], log: &mut Log) -> Result<(), Stop> {
    browser::ensure(log)?;
    let missing: Vec<&str> = BY_HAND
        .into_iter()
        .filter(|(program, _)| machine::which(program).is_none())
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        log.step("the tools of doing it by hand", "1 min, once", || {
            wasm_target::apt_install(&missing)
        })?;
    }
    page::build(log)?;
    let binary = agent::build(log)?;
    let mut bench = program(log, "bench", &binary)?;
    bench.args(options);
    log.step("measuring", "5 min", || {
        process::run(&mut bench, "the lines above say why")
    })
}

/// Builds one of the measuring programs and gives the command that starts it.
pub(crate) fn program(log: &mut Log, name: &str, agent: &Path) -> Result<Command, Stop> {
    log.step("the measuring programs", "1 min, afterwards 1 s", || {
        let mut cargo = process::cargo();
        cargo.args(["build", "--locked", "--release", "-p", PACKAGE]);
        process::set_up(&mut cargo, "the lines above say where")
    })?;
    let mut command = Command::new(machine::target().join("release").join(name));
    command
        .current_dir(machine::root())
        .env("AFTERSHAKE_AGENT", agent);
    Ok(command)
}
