//! The browser tests' needs: Chromium, its driver, Mermaid, the built agent. The tests are in `browser-tests/`.

use std::path::Path;

use crate::book;
use crate::log::Log;
use crate::machine;
use crate::npm;
use crate::process;
use crate::recipes;
use crate::site;
use crate::stop::Stop;
use crate::wasm_target;

/// The crate that drives Chromium.
pub(crate) const PACKAGE: &str = "aftershake-browser-tests";
/// What the tests start, and the Debian package it comes in: the browser, and the peers that runs are compared with.
const PROGRAMS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("dumpcap", "wireshark-common"),
    ("tshark", "tshark"),
    ("nstat", "iproute2"),
];

/// Installs what the tests start where it is missing.
pub(crate) fn ensure(log: &mut Log) -> Result<(), Stop> {
    let packages: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|(program, _)| machine::which(program).is_none())
        .map(|(_, package)| package)
        .collect();
    if packages.is_empty() {
        return Ok(());
    }
    log.step(
        "Chromium, its driver, tshark and nstat, for the tests",
        "1 min, once",
        || wasm_target::apt_install(&packages),
    )
}

/// Runs the browser tests against this agent, which must have the page inside.
pub(crate) fn run(log: &mut Log, agent: &Path) -> Result<(), Stop> {
    let manifests = machine::root().join("browser-tests/mermaid");
    let mermaid = npm::packages(log, "mermaid", &manifests, "10 s, once")?;
    let title = "browser tests: Chromium, page and agent";
    log.step(title, "2 min", || {
        let mut cargo = process::cargo();
        cargo
            .args(["test", "--locked", "-p", PACKAGE, "--all-features"])
            .env("AFTERSHAKE_AGENT", agent)
            .env("AFTERSHAKE_SITE", site::folder())
            .env("AFTERSHAKE_BOOK", book::folder())
            .env("AFTERSHAKE_RECIPES", recipes::folder())
            .env("AFTERSHAKE_MERMAID", mermaid.join("mermaid/dist"))
            .env("AFTERSHAKE_SCREENSHOTS", screenshots());
        process::run(
            &mut cargo,
            "the failing test is named above; target/screenshots shows what it saw",
        )
    })
}

/// Where the tests put what they saw.
pub(crate) fn screenshots() -> std::path::PathBuf {
    machine::root().join("target/screenshots")
}
