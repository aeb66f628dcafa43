//! `cargo xtask test`: everything that must be green before a commit, cheapest first.
//!
//! Stops at the first failure. Nothing is skipped silently: what is missing is installed or named.

use crate::agent;
use crate::book;
use crate::browser;
use crate::calibrate;
use crate::catalogue::{self, User};
use crate::direction;
use crate::log::Log;
use crate::machine;
use crate::npm;
use crate::page;
use crate::process;
use crate::recipes;
use crate::site;
use crate::stop::Stop;
use crate::wasm_target::{self, TRIPLE};

/// The crates that the browser runs.
const FOR_WASM: [&str; 4] = ["-p", "aftershake-shared", "-p", "aftershake-web"];
/// The browser tests need the built page and a browser: the last step runs them.
const WITHOUT_BROWSER: [&str; 3] = ["--workspace", "--exclude", browser::PACKAGE];
/// How often the whole catalogue must hold.
const ROUNDS: u32 = 3;

pub(crate) fn test(log: &mut Log) -> Result<(), Stop> {
    log.step(
        "namespaces: may this user and an ordinary one have one?",
        "1 s",
        || {
            User::all()
                .iter()
                .try_for_each(|&user| catalogue::need_namespaces(user))
        },
    )?;
    browser::ensure(log)?;
    npm::ensure(log)?;
    components(log)?;
    log.step("format", "1 s", || {
        cargo(&["fmt", "--all", "--check"], "cargo fmt --all")
    })?;
    log.step("lints, native", "2 min, afterwards 5 s", || {
        let lint = [
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--all-features",
        ];
        cargo_more(
            &lint,
            &["--", "-D", "warnings"],
            "mend what clippy names above",
        )
    })?;
    let target = wasm_target::ensure(log)?;
    log.step("lints, WASM", "1 min, afterwards 5 s", || {
        let mut clippy = target.clippy()?;
        clippy.args(["--locked", "--target", TRIPLE]).args(FOR_WASM);
        clippy.args(["--", "-D", "warnings"]);
        process::run(&mut clippy, "mend what clippy names above")
    })?;
    log.step("direction: who may know whom", "5 s", direction::check)?;
    log.step(
        "shared and page compile for WASM",
        "1 min, afterwards 2 s",
        || {
            let mut check = process::cargo();
            check
                .args(["check", "--locked", "--target", TRIPLE])
                .args(FOR_WASM);
            process::run(
                target.apply(&mut check),
                "shared does no I/O and reads no clock",
            )
        },
    )?;
    log.step(
        "unit and integration tests",
        "3 min, afterwards 1 min",
        || {
            cargo_more(
                &["test", "--locked"],
                &WITHOUT_BROWSER,
                "the failing test is named above",
            )
        },
    )?;
    page::build(log)?;
    log.step("the page's size", "1 s", || {
        page::check_size(&page::folder())
    })?;
    let binary = agent::build(log)?;
    for &user in User::all() {
        let title = format!("catalogue: {ROUNDS} rounds as {}", user.name());
        log.step(&title, "1 min", || catalogue::run(&binary, user, ROUNDS))?;
    }
    calibrate::run(log, &binary, &[])?;
    site::build(log)?;
    book::build(log, &binary)?;
    recipes::build(log, &binary)?;
    browser::run(log, &binary)?;
    log.summary("all green");
    Ok(())
}

/// rustfmt and clippy are not part of rustup's minimal profile.
fn components(log: &mut Log) -> Result<(), Stop> {
    let has = |name: &str| process::ask(process::cargo().args([name, "--version"])).is_some();
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(command, _)| !has(command))
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if machine::which("rustup").is_none() {
        return Err(Stop::missing(
            format!("cargo has no {}", missing.join(" and no ")),
            "sudo apt-get install -y rustfmt rust-clippy",
        ));
    }
    log.step("rustup downloads rustfmt and clippy", "10 s, once", || {
        let mut rustup = process::program("rustup");
        rustup.args(["component", "add"]).args(&missing);
        process::set_up(&mut rustup, "rustup needs its download server for this")
    })
}

fn cargo(arguments: &[&str], remedy: &str) -> Result<(), Stop> {
    process::run(process::cargo().args(arguments), remedy)
}

fn cargo_more(arguments: &[&str], more: &[&str], remedy: &str) -> Result<(), Stop> {
    process::run(process::cargo().args(arguments).args(more), remedy)
}
