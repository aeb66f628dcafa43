//! The page: Trunk builds it into `target/page`, its WASM is cut in two, its files are written once more with
//! brotli, and the WASM is held to its budget. Nothing is done when nothing changed.

mod stamp;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::{self, Log};
use crate::machine;
use crate::process;
use crate::stop::Stop;
use crate::tools::{self, Tools};
use crate::wasm_target::{self, TRIPLE, WasmTarget};
use stamp::Stamp;

/// Bytes of brotli that the WASM of the first view may have.
const BUDGET: u64 = 250_000;
/// The same of what is fetched once that is on the screen: reading, judging and showing runs, and what that shares
/// with the parts fetched on demand.
const LATE_BUDGET: u64 = 320_000;
/// The same of what is fetched for who opens a file: reading captures and recordings.
const FILES_BUDGET: u64 = 80_000;
const FILES: &str = "split_files.wasm.br";
/// The same of what is fetched when something is to be passed on: links, files, lines for pages.
const OUT_BUDGET: u64 = 120_000;
/// That part, the WASM of the first view, and what the crate is called.
const OUT: &str = "split_out.wasm.br";
const FIRST: &str = "aftershake-web_bg.wasm.br";
const NAME: &str = "aftershake-web";
/// The feature that marks where to cut.
const CUT: &str = "cut";
/// Where the page is built; the agent takes it in from there.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/page")
}

/// Where cargo compiles it.
fn cargo_folder() -> PathBuf {
    machine::root().join("target/web")
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
    log.step("page: its WASM is cut in two", "5 s, once 1 min", || {
        cut(&tools)
    })?;
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
    let (mut first, mut late, mut out, mut files) = (0, 0, 0, 0);
    for file in &wasm {
        let data = fs::metadata(file)
            .map_err(|error| Stop::internal(format!("{}: {error}", file.display())))?;
        if file.ends_with(FIRST) {
            first += data.len();
        } else if file.ends_with(OUT) {
            out += data.len();
        } else if file.ends_with(FILES) {
            files += data.len();
        } else {
            late += data.len();
        }
    }
    if [first, late, out, files].contains(&0) {
        return Err(Stop::internal(format!(
            "{} holds {first} bytes of WASM for the first view, {late} for later, {out} for passing on and {files} for files, expected all",
            folder.display()
        )));
    }
    for (what, bytes, budget) in [
        ("of the first view", first, BUDGET),
        ("fetched later", late, LATE_BUDGET),
        ("fetched to pass on", out, OUT_BUDGET),
        ("fetched for an opened file", files, FILES_BUDGET),
    ] {
        log::say(&format!(
            "    WASM {what}: {bytes} bytes with brotli, budget {budget}"
        ));
        if bytes > budget {
            return Err(Stop::failed(
                format!(
                    "the page's WASM {what} has {bytes} bytes with brotli, the budget is {budget}"
                ),
                "section `The page's size` of docs/development.md says how to see what grew",
            ));
        }
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
    trunk.args(["build", "--skip-version-check", "--features", CUT]);
    trunk
        .env("PATH", &tools.path)
        .env("TRUNK_BUILD_DIST", folder())
        .env("TRUNK_BUILD_CARGO_PROFILE", "page")
        // Not beside the page: Trunk empties the folder that cargo would use for this profile's macros.
        .env("CARGO_TARGET_DIR", cargo_folder())
        // Where each function and datum is used: what the cut goes by.
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-Clink-args=--emit-relocs",
        )
        .env_remove("NO_COLOR");
    target.apply(&mut trunk);
    process::set_up(&mut trunk, "the lines above say where")
}

/// Cuts what was linked and puts the parts in the place of what Trunk made of the whole.
fn cut(tools: &Tools) -> Result<(), Stop> {
    let built = cargo_folder().join(TRIPLE).join("page").join(NAME);
    // wasm-bindgen names its files after the module.
    let first = folder().with_extension("first").join(NAME);
    let (built, first) = (built.with_extension("wasm"), first.with_extension("wasm"));
    machine::write(&first, "")?;
    let mut cut = shrinker();
    cut.arg("cut").args([&built, &first, &folder()]);
    process::set_up(&mut cut, "")?;
    let mut bindgen = process::program("wasm-bindgen");
    bindgen
        // The late part is linked to the first through its table and its memory.
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--keep-lld-exports",
            "--out-dir",
        ])
        .args([&folder(), &first])
        .env("PATH", &tools.path);
    process::set_up(&mut bindgen, "")
}

/// Takes names out and writes the brotli files. No `wasm-opt`: it makes the WASM smaller, but what brotli makes of
/// it larger (851 to 805 KB, 261 to 266 KB compressed), and what travels is the latter.
fn shrink() -> Result<(), Stop> {
    process::set_up(shrinker().arg(folder()), "")
}

fn shrinker() -> Command {
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--release", "-p", "shrink", "--"]);
    cargo
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
