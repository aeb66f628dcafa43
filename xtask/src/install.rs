//! `cargo xtask install`: one self-contained binary, with the page inside, where cargo keeps programs.

use crate::log::{self, Log};
use crate::page;
use crate::process;
use crate::stop::Stop;

/// Builds page and agent and installs the binary; `--root DIR` chooses another place than cargo's.
pub(crate) fn install(options: &[String], log: &mut Log) -> Result<(), Stop> {
    let place: &[String] = match options {
        [] => &[],
        [option, _] if option == "--root" => options,
        _ => {
            return Err(Stop::usage(format!(
                "`install` takes `--root DIR` or nothing, found `{}`",
                options.join(" ")
            )));
        }
    };
    page::build(log)?;
    log.step(
        "install: cargo builds the binary with the page inside and puts it in its bin folder",
        "3 min, afterwards 10 s",
        || {
            let mut cargo = process::cargo();
            cargo
                .args(["install", "--path", "agent", "--locked", "--force"])
                .args(place);
            process::set_up(&mut cargo, "the lines above say where")
        },
    )?;
    log.summary("installed");
    log::say("\naftershake           serves the page and opens it");
    log::say("aftershake run linger-zero");
    log::say("aftershake completions --help     completion for your shell");
    Ok(())
}
