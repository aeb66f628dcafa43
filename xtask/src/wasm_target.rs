//! The WASM target of the compiler: found, fetched by rustup, or made from Debian's packages.

mod debian;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::log::{self, Log};
use crate::machine;
use crate::process;
use crate::stop::Stop;

pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";
/// Where rustup's servers cannot be reached it retries for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// Which compiler builds WASM.
pub(crate) enum WasmTarget {
    /// The one that cargo uses anyway.
    Usual,
    /// Debian's, with a standard library of its own.
    Debian(debian::Toolchain),
}

impl WasmTarget {
    /// Makes a cargo or Trunk command use it.
    pub(crate) fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        match self {
            Self::Usual => command,
            Self::Debian(toolchain) => command.env("RUSTC", &toolchain.rustc),
        }
    }

    /// A clippy for WASM; Debian's compiler needs Debian's clippy.
    pub(crate) fn clippy(&self) -> Result<Command, Stop> {
        let mut cargo = process::cargo();
        match self {
            Self::Usual => {
                cargo.arg("clippy");
                Ok(cargo)
            }
            Self::Debian(toolchain) => toolchain.clippy(),
        }
    }

    /// Part of the page's stamp: a page of another compiler is another page.
    pub(crate) fn name(&self) -> String {
        let rustc = match self {
            Self::Usual => process::program("rustc").arg("-V").output(),
            Self::Debian(toolchain) => Command::new(&toolchain.rustc).arg("-V").output(),
        };
        rustc.map_or_else(
            |_| "rustc".to_owned(),
            |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        )
    }
}

/// Finds or makes the target.
pub(crate) fn ensure(log: &mut Log) -> Result<WasmTarget, Stop> {
    let wish = env::var("AFTERSHAKE_WASM_TARGET").unwrap_or_default();
    match wish.as_str() {
        "debian" => return debian::ensure(log).map(WasmTarget::Debian),
        "" | "rustup" => {}
        other => {
            return Err(Stop::usage(format!(
                "AFTERSHAKE_WASM_TARGET is `{other}`, expected `debian`, `rustup` or nothing"
            )));
        }
    }
    if is_installed() {
        return Ok(WasmTarget::Usual);
    }
    if machine::which("rustup").is_some() {
        let added = log.step(
            "WASM target: rustup downloads the standard library for the browser",
            "10 s, once",
            || {
                let mut rustup = process::program("rustup");
                rustup.args(["target", "add", TRIPLE]);
                process::succeeds_within(&mut rustup, RUSTUP_LIMIT)
            },
        )?;
        if added && is_installed() {
            return Ok(WasmTarget::Usual);
        }
        if wish == "rustup" {
            return Err(Stop::missing(
                "rustup could not add the WASM target",
                format!("rustup target add {TRIPLE}"),
            ));
        }
        log::say("    rustup's downloads are out of reach; Debian's compiler is next");
    }
    debian::ensure(log).map(WasmTarget::Debian)
}

/// Installs Debian packages as root, or says what to type.
pub(crate) fn apt_install(packages: &[&str]) -> Result<(), Stop> {
    debian::apt_install(packages)
}

/// Whether the usual compiler has a standard library for WASM.
fn is_installed() -> bool {
    sysroot("rustc").is_some_and(|sysroot| has_std(&sysroot))
}

/// The folder in which a compiler looks for standard libraries.
fn sysroot(rustc: &str) -> Option<PathBuf> {
    process::ask(process::program(rustc).args(["--print", "sysroot"])).map(PathBuf::from)
}

/// Whether a sysroot holds a standard library for WASM.
fn has_std(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(TRIPLE).join("lib");
    let Ok(mut entries) = folder.read_dir() else {
        return false;
    };
    entries.any(|entry| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}
