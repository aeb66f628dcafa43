//! `cargo xtask …`: every set-up step, build and check of this repository. See `docs/development.md`.
//!
//! Has no dependencies, so that it answers seconds after a fresh clone. It starts other programs and
//! tells what they do; whatever needs a library lives in a crate of its own that it starts.

mod agent;
mod book;
mod browser;
mod calibrate;
mod catalogue;
mod direction;
mod endure;
mod install;
mod log;
mod machine;
mod measure;
mod npm;
mod page;
mod picture;
mod play;
mod process;
mod recipes;
mod site;
mod stop;
mod test;
mod tools;
mod wasm_target;

use std::process::ExitCode;

use log::Log;
use stop::Stop;

const HELP: &str = "\
Set-up, builds and checks of Aftershake.

usage: cargo xtask COMMAND

  play [SERVE OPTIONS]  set up whatever is missing, build, start the agent, open the page
  test                  everything that must be green before a commit
  page                  build the page into target/page
  site                  build the static site into target/site, for any web server
  book                  the docs by mdBook into target/book, the recipes by MkDocs, Sphinx and Docusaurus
  install [--root DIR]  one self-contained binary, with the page inside, into cargo's bin folder
  bench                 measure speed beside its rival; writes docs/benchmarks.md
  calibrate [-v]        how often the diagnosis is right, against thresholds
  endure                50 rounds of the catalogue and fuzzing; writes docs/endurance.md
  picture               make the README's picture from a browser test's screenshot

The command line alone needs no WASM tool: cargo run -p aftershake -- run linger-zero
AFTERSHAKE_WASM_TARGET=debian|rustup chooses where the WASM target comes from.

exit codes: 0 done, 1 a check failed, 2 bad usage, 3 this machine lacks something (named, with
the remedy), 4 internal fault, 130 interrupted";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let mut log = Log::new();
    match dispatch(&command, &rest, &mut log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            log.stopped(&stop);
            ExitCode::from(stop.code)
        }
    }
}

fn dispatch(command: &str, rest: &[String], log: &mut Log) -> Result<(), Stop> {
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        log::print(HELP);
        return Ok(());
    }
    if !matches!(
        command,
        "play" | "install" | "endure" | "bench" | "calibrate"
    ) && !rest.is_empty()
    {
        return Err(Stop::usage(format!(
            "`{command}` takes no options, found `{}`",
            rest.join(" ")
        )));
    }
    match command {
        "play" => play::play(rest, log),
        "test" => test::test(log),
        "page" => page::page(log),
        "install" => install::install(rest, log),
        "bench" => measure::bench(rest, log),
        "calibrate" => calibrate::calibrate(rest, log),
        "endure" => endure::endure(rest, log),
        "picture" => picture::picture(log),
        "site" => site::site(log),
        "book" => book::book(log),
        "" | "help" | "-h" | "--help" => {
            log::print(HELP);
            Ok(())
        }
        unknown => Err(Stop::usage(format!("there is no command `{unknown}`"))),
    }
}
