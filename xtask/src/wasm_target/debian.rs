//! The WASM target from Debian's packages alone: its compiler, and a standard library built once from
//! its source into a folder of ours. Writes nothing under `/usr` except what `apt-get` installs.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{TRIPLE, has_std, sysroot};
use crate::log::Log;
use crate::machine;
use crate::process;
use crate::stop::Stop;

const RUSTC: &str = "/usr/bin/rustc";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld"];
const CLIPPY: &str = "/usr/bin/cargo-clippy";
const CLIPPY_PACKAGE: &str = "rust-web-clippy";

/// Debian's compiler behind a script that names our standard libraries.
pub(crate) struct Toolchain {
    /// The script.
    pub(crate) rustc: PathBuf,
    /// The folder with the standard libraries.
    sysroot: PathBuf,
}

impl Toolchain {
    /// Debian's clippy: another compiler's could not read this standard library.
    pub(crate) fn clippy(&self) -> Result<Command, Stop> {
        if !Path::new(CLIPPY).exists() {
            apt_install(&[CLIPPY_PACKAGE])?;
        }
        let mut clippy = process::program(CLIPPY);
        clippy
            .arg("clippy")
            .env("RUSTC", &self.rustc)
            .env("SYSROOT", &self.sysroot);
        Ok(clippy)
    }
}

/// Installs the packages and builds the standard library where that was not done yet.
pub(crate) fn ensure(log: &mut Log) -> Result<Toolchain, Stop> {
    if !is_installed() {
        log.step(
            "Debian's compiler: apt-get installs it with its source and a linker",
            "2 min, once",
            || apt_install(&PACKAGES),
        )?;
    }
    let version = process::ask(process::program(RUSTC).arg("--version"))
        .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
        .ok_or_else(|| Stop::internal(format!("{RUSTC} does not say its version")))?;
    let folder = machine::tools()?.join(format!("debian-std-{version}"));
    let toolchain = Toolchain {
        rustc: folder.join("rustc"),
        sysroot: folder.clone(),
    };
    if !(has_std(&folder) && machine::is_executable(&toolchain.rustc)) {
        log.step(
            "WASM target: the standard library is built for the browser from Debian's source",
            "1 min, once",
            || build_std(&folder),
        )?;
    }
    Ok(toolchain)
}

/// Installs packages as root, or says what to type.
pub(crate) fn apt_install(packages: &[&str]) -> Result<(), Stop> {
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    let remedy = format!("sudo {line}");
    if machine::which("apt-get").is_none() {
        return Err(Stop::missing(
            format!("missing: {}; this is no Debian", packages.join(", ")),
            "install the same with this system's package manager",
        ));
    }
    if !machine::is_root() {
        let what = format!("missing: {}; installing needs root", packages.join(", "));
        return Err(Stop::missing(what, remedy));
    }
    let apt = |arguments: &[&str]| {
        let mut apt = process::program("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    if process::set_up(&mut apt(&install), "").is_ok() {
        return Ok(());
    }
    // Lists of packages that are missing or old are the usual reason.
    process::set_up(&mut apt(&["update"]), "")
        .and_then(|()| process::set_up(&mut apt(&install), ""))
        .map_err(|stop| Stop::missing(stop.what, line))
}

fn is_installed() -> bool {
    Path::new(RUSTC).exists() && Path::new(SOURCE).exists() && linker().is_some()
}

/// A linker for WASM: rustup's where there is one, for it is the newest.
fn linker() -> Option<PathBuf> {
    let own = sysroot("rustc").map(|sysroot| sysroot.join(host()).join("bin/rust-lld"));
    own.filter(|file| machine::is_executable(file))
        .or_else(|| machine::which("lld"))
}

/// Builds the standard library and lays out a sysroot around it.
fn build_std(folder: &Path) -> Result<(), Stop> {
    let failed = |error| Stop::internal(format!("{}: {error}", folder.display()));
    let work = folder.join("build");
    machine::write(&work.join("src/lib.rs"), "")?;
    machine::write(
        &work.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let mut cargo = process::cargo();
    cargo
        .current_dir(&work)
        .args([
            "build",
            "--release",
            "--target",
            TRIPLE,
            "--target-dir",
            "target",
        ])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test")
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without the bitcode a page cannot be optimised across crates.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes");
    process::set_up(&mut cargo, "the lines above say what is missing")?;
    let library = folder.join("lib/rustlib").join(TRIPLE).join("lib");
    fs::create_dir_all(&library).map_err(failed)?;
    let built = work.join("target").join(TRIPLE).join("release/deps");
    for entry in built.read_dir().map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_library = file.extension().is_some_and(|ending| ending == "rlib");
        if is_library && !name.starts_with("libempty-") {
            fs::copy(&file, library.join(name)).map_err(failed)?;
        }
    }
    lay_out(folder).map_err(failed)?;
    fs::remove_dir_all(&work).map_err(failed)
}

/// Links Debian's own standard library and the linker into our sysroot, and writes the script.
fn lay_out(folder: &Path) -> std::io::Result<()> {
    let host = host();
    fs::create_dir_all(folder.join(&host).join("bin"))?;
    let link = |from: &Path, to: &Path| {
        if to.symlink_metadata().is_ok() {
            fs::remove_file(to)?;
        }
        symlink(from, to)
    };
    let debian = sysroot(RUSTC).unwrap_or_else(|| PathBuf::from("/usr"));
    link(
        &debian.join(&host).join("lib"),
        &folder.join(&host).join("lib"),
    )?;
    if let Some(linker) = linker() {
        link(&linker, &folder.join(&host).join("bin/rust-lld"))?;
    }
    let script = folder.join("rustc");
    let quoted = folder.display().to_string().replace('\'', "'\\''");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\n# Debian's compiler with a standard library for the browser.\nexec {RUSTC} --sysroot '{quoted}' \"$@\"\n"
        ),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
}

/// Where a sysroot keeps what belongs to the machine itself.
fn host() -> String {
    format!("lib/rustlib/{}-unknown-linux-gnu", std::env::consts::ARCH)
}
