//! `cargo xtask picture`: the pictures of README and docs are browser tests' screenshots, so that they cannot lie.

use std::fs;

use crate::agent;
use crate::book;
use crate::browser;
use crate::log::{self, Log};
use crate::machine;
use crate::page;
use crate::recipes;
use crate::site;
use crate::stop::Stop;

/// The screenshot that the README shows.
const SHOWN: &str = "sent-before-close-light-1280x1400.png";
const README: &str = "docs/images/ladder.png";
/// The screenshots of every view, and where the docs have them.
const VIEW: &str = "view-";
const VIEWS: &str = "docs/images/views";

pub(crate) fn picture(log: &mut Log) -> Result<(), Stop> {
    browser::ensure(log)?;
    page::build(log)?;
    let binary = agent::build(log)?;
    site::build(log)?;
    book::build(log, &binary)?;
    recipes::build(log, &binary)?;
    browser::run(log, &binary)?;
    let from = browser::screenshots().join(SHOWN);
    let to = machine::root().join(README);
    let copied = match to.parent() {
        Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::copy(&from, &to)),
        None => fs::copy(&from, &to),
    };
    copied.map_err(|error| Stop::internal(format!("{}: {error}", from.display())))?;
    views()?;
    log::say(&format!("\n{README}\n{VIEWS}"));
    Ok(())
}

/// Puts the pictures of all views where the docs show them.
fn views() -> Result<(), Stop> {
    let to = machine::root().join(VIEWS);
    let copied = fs::create_dir_all(&to).and_then(|()| {
        for entry in fs::read_dir(browser::screenshots())? {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(view) = name.to_str().and_then(|name| name.strip_prefix(VIEW)) {
                fs::copy(entry.path(), to.join(view))?;
            }
        }
        Ok(())
    });
    copied.map_err(|error| Stop::internal(format!("{}: {error}", to.display())))
}
