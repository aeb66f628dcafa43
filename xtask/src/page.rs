//! The page: Trunk builds it into `target/page`, its files are written once more with brotli, and the
//! WASM is held to its budget. Nothing is done when nothing changed.

mod stamp;

use std::fs;
use std::path::{Path, PathBuf};

use crate::log::{self, Log};
use crate::machine;
use crate::process;
use crate::stop::Stop;
use crate::tools::{self, Tools};
use crate::wasm_target::{self, WasmTarget};
use stamp::Stamp;

/// Bytes of brotli that the page's WASM may have. The aim is 250 000; this keeps what has been reached.
const BUDGET: u64 = 265_000;
/// Where the page is built; the agent takes it in from there.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/page")
}

/// `cargo xtask page`.
pub(crate) fn page(log: &mut Log) -> Result<(), Stop> {
    build(log)?;
    check_size(&folder())?;
    log.summary("page built");
    log::say(&format!("\n{}", folder().display()));
    Ok(())
}

/// Sets up the tools and builds the page unless it is up to date.
pub(crate) fn build(log: &mut Log) -> Result<(), Stop> {
    need_linker()?;
    let target = wasm_target::ensure(log)?;
    let tools = tools::ensure(log)?;
    let made_by = format!("{}\n{}", target.name(), tools.versions);
    let stamp = Stamp::new(made_by);
    if stamp.is_current(&folder()) {
        return Ok(());
    }
    log.step(
        "page: cargo compiles it to WASM, Trunk assembles it in target/page",
        "2 min, afterwards 20 s",
        || trunk(&target, &tools),
    )?;
    log.step(
        "page: names go, brotli makes the rest small",
        "20 s",
        shrink,
    )?;
    stamp.write(&folder())
}

/// Says the page's size, and fails above the budget.
pub(crate) fn check_size(folder: &Path) -> Result<(), Stop> {
    let wasm = files_with_ending(folder, ".wasm.br")?;
    let mut total = 0;
    for file in &wasm {
        let data = fs::metadata(file)
            .map_err(|error| Stop::internal(format!("{}: {error}", file.display())))?;
        total += data.len();
    }
    if wasm.is_empty() {
        return Err(Stop::internal(format!(
            "{} holds no WASM",
            folder.display()
        )));
    }
    log::say(&format!(
        "    WASM: {total} bytes with brotli, budget {BUDGET}"
    ));
    if total > BUDGET {
        return Err(Stop::failed(
            format!("the page's WASM has {total} bytes with brotli, the budget is {BUDGET}"),
            "look for a new dependency of aftershake-web: cargo tree -p aftershake-web -e normal",
        ));
    }
    Ok(())
}

/// The compiler alone cannot link; a fresh system may lack a C toolchain.
fn need_linker() -> Result<(), Stop> {
    if machine::which("cc").is_some() {
        return Ok(());
    }
    Err(Stop::missing(
        "no linker: there is no `cc` on PATH",
        "sudo apt-get install -y gcc libc6-dev",
    ))
}

fn trunk(target: &WasmTarget, tools: &Tools) -> Result<(), Stop> {
    let mut trunk = process::program("trunk");
    // Found by the new PATH, for Command looks a program up in the child's.
    trunk.args(["build", "--skip-version-check"]);
    trunk
        .env("PATH", &tools.path)
        .env("TRUNK_BUILD_DIST", folder())
        .env("TRUNK_BUILD_CARGO_PROFILE", "page")
        .env_remove("NO_COLOR");
    target.apply(&mut trunk);
    process::set_up(&mut trunk, "the lines above say where")
}

/// Takes names out and writes the brotli files. No `wasm-opt`: it makes the WASM smaller, but what brotli makes of
/// it larger (851 to 805 KB, 261 to 266 KB compressed), and what travels is the latter.
fn shrink() -> Result<(), Stop> {
    let mut cargo = process::cargo();
    cargo
        .args(["run", "--quiet", "--release", "-p", "shrink", "--"])
        .arg(folder());
    process::set_up(&mut cargo, "")
}

fn files_with_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Stop> {
    let entries = folder
        .read_dir()
        .map_err(|error| Stop::internal(format!("{}: {error}", folder.display())))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|file| file.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    Ok(files)
}
