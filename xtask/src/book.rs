//! The documentation as mdBook makes it, in `target/book`: its runs are the kept ones, so that it needs nothing but mdBook.

use std::path::{Path, PathBuf};

use crate::agent;
use crate::log::{self, Log};
use crate::machine;
use crate::page;
use crate::process;
use crate::recipes;
use crate::stop::Stop;
use crate::tools;

/// Where it is written.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/book")
}

/// `cargo xtask book`.
pub(crate) fn book(log: &mut Log) -> Result<(), Stop> {
    page::build(log)?;
    let binary = agent::build(log)?;
    build(log, &binary)?;
    recipes::build(log, &binary)?;
    log.summary("book built");
    log::say(&format!("\n{}", folder().display()));
    Ok(())
}

/// Has mdBook build it with this `aftershake`.
pub(crate) fn build(log: &mut Log, binary: &Path) -> Result<(), Stop> {
    let path = tools::mdbook(log)?;
    log.step("book: mdBook, with the kept runs", "5 s", || {
        let mut mdbook = process::program("mdbook");
        mdbook
            .env("PATH", &path)
            .args(["build", "--dest-dir"])
            .arg(folder())
            .arg(machine::root())
            .env(
                "MDBOOK_PREPROCESSOR__AFTERSHAKE__COMMAND",
                format!("'{}' mdbook", binary.display()),
            )
            .env("MDBOOK_PREPROCESSOR__AFTERSHAKE__RUNS", "kept")
            .env(
                "MDBOOK_PREPROCESSOR__AFTERSHAKE__RECORDINGS",
                "scenarios/recordings",
            );
        process::run(&mut mdbook, "the lines above name chapter and line")
    })
}
