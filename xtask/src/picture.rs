//! `cargo xtask picture`: the README's picture is a browser test's screenshot, so that it cannot lie.

use std::fs;

use crate::agent;
use crate::browser;
use crate::log::{self, Log};
use crate::machine;
use crate::page;
use crate::site;
use crate::stop::Stop;

/// The screenshot that the README shows.
const SHOWN: &str = "sent-before-close-light-1280x1400.png";
const README: &str = "docs/images/ladder.png";

pub(crate) fn picture(log: &mut Log) -> Result<(), Stop> {
    browser::ensure(log)?;
    page::build(log)?;
    let binary = agent::build(log)?;
    site::build(log)?;
    log.step("browser tests, for their screenshots", "2 min", || {
        browser::run(&binary)
    })?;
    let from = browser::screenshots().join(SHOWN);
    let to = machine::root().join(README);
    let copied = match to.parent() {
        Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::copy(&from, &to)),
        None => fs::copy(&from, &to),
    };
    copied.map_err(|error| Stop::internal(format!("{}: {error}", from.display())))?;
    log::say(&format!("\n{README}"));
    Ok(())
}
