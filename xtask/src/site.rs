//! `cargo xtask site`: the static site in `target/site`, for any web server and any sub-path.

use std::path::PathBuf;

use crate::log::{self, Log};
use crate::machine;
use crate::page;
use crate::process;
use crate::stop::Stop;

/// The crate that writes it.
const PACKAGE: &str = "aftershake-site";

/// Where it is written.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/site")
}

/// `cargo xtask site`.
pub(crate) fn site(log: &mut Log) -> Result<(), Stop> {
    page::build(log)?;
    build(log)?;
    log.summary("site built");
    log::say(&format!("\n{}", folder().display()));
    log::say("any web server will do: python3 -m http.server --directory target/site");
    Ok(())
}

/// Writes the site; the page must have been built before.
pub(crate) fn build(log: &mut Log) -> Result<(), Stop> {
    log.step(
        "site: every kept recording becomes a page, the docs too",
        "30 s, afterwards 2 s",
        || {
            let mut cargo = process::cargo();
            cargo
                .args(["run", "--locked", "--quiet", "-p", PACKAGE, "--"])
                .args([page::folder(), folder()]);
            process::set_up(&mut cargo, "the lines above name the file")
        },
    )
}
