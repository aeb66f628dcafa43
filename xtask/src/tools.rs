//! Trunk, wasm-bindgen and mdBook: found on PATH or in our cache at exactly the right version, else built once.
//!
//! Nothing of the user's own is replaced: each tool lies in `<cache>/aftershake/tools/<tool>-<version>/bin`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::Log;
use crate::machine;
use crate::process;
use crate::stop::Stop;

/// The newest Trunk that the toolchain's minimum version can build.
const TRUNK: &str = "0.21.14";

/// The one that the documentation's book is tested with.
const MDBOOK: &str = "0.5.4";

/// The tools that build a page.
pub(crate) struct Tools {
    /// PATH with the tools in front.
    pub(crate) path: OsString,
    /// Their names and versions; part of the page's stamp.
    pub(crate) versions: String,
}

/// One tool that `cargo install` can build.
struct Tool {
    /// Its program.
    program: &'static str,
    package: &'static str,
    version: String,
    /// Tried in this order: registries differ in whether they serve a lock file's oldest packages.
    options: [&'static [&'static str]; 2],
    /// How much to optimise: a tool that runs for seconds need not be fast.
    opt_level: &'static str,
    usually: &'static str,
}

/// Finds or builds all of them.
pub(crate) fn ensure(log: &mut Log) -> Result<Tools, Stop> {
    let trunk = Tool {
        program: "trunk",
        package: "trunk",
        version: TRUNK.to_owned(),
        options: [
            &["--locked", "--no-default-features", "--features", "rustls"],
            &["--no-default-features", "--features", "rustls"],
        ],
        opt_level: "0",
        usually: "4 min, once",
    };
    let bindgen = Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: machine::locked_version("wasm-bindgen")?,
        options: [&[], &["--locked"]],
        opt_level: "1",
        usually: "3 min, once",
    };
    let mut folders = Vec::new();
    let mut versions = String::new();
    for tool in [trunk, bindgen] {
        folders.extend(tool.ensure(log)?);
        versions.extend([tool.program, " ", &tool.version, "\n"]);
    }
    Ok(Tools {
        path: machine::path_with(&folders)?,
        versions,
    })
}

/// Finds or builds mdBook and gives a PATH with it.
pub(crate) fn mdbook(log: &mut Log) -> Result<OsString, Stop> {
    let tool = Tool {
        program: "mdbook",
        package: "mdbook",
        version: MDBOOK.to_owned(),
        options: [&["--locked"], &[]],
        opt_level: "0",
        usually: "1 min, once",
    };
    let folders: Vec<PathBuf> = tool.ensure(log)?.into_iter().collect();
    machine::path_with(&folders)
}

impl Tool {
    /// The folder to put in front of PATH; `None` when PATH has the right version already.
    fn ensure(&self, log: &mut Log) -> Result<Option<PathBuf>, Stop> {
        if self.is_right(Path::new(self.program)) {
            return Ok(None);
        }
        let name = format!("{}-{}", self.program, self.version);
        let home = machine::tools()?.join(&name);
        let bin = home.join("bin");
        if self.is_right(&bin.join(self.program)) {
            return Ok(Some(bin));
        }
        let title = format!(
            "{} {}: cargo builds it into {}",
            self.program,
            self.version,
            home.display()
        );
        log.step(&title, self.usually, || self.build(&home, &name))?;
        Ok(Some(bin))
    }

    /// Whether the program is there and says exactly our version.
    fn is_right(&self, program: &Path) -> bool {
        process::ask(Command::new(program).arg("--version"))
            .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
            .is_some_and(|version| version.trim_start_matches('v') == self.version)
    }

    /// Builds it. An interrupted build goes on where it stopped.
    fn build(&self, home: &Path, name: &str) -> Result<(), Stop> {
        let work = machine::tools()?.join("build").join(name);
        let [first, second] = self.options;
        let result = process::set_up(&mut self.install(home, &work, first), "")
            .or_else(|stop| if stop.code == 130 { Err(stop) } else {
                process::set_up(
                    &mut self.install(home, &work, second),
                    "the lines above say why; without network, put the tool at this version on PATH",
                )
            });
        result?;
        // Only to save room; the next run does not care.
        let _ = fs::remove_dir_all(&work);
        Ok(())
    }

    fn install(&self, home: &Path, work: &Path, options: &[&str]) -> Command {
        let mut cargo = process::cargo();
        cargo
            .args([
                "install",
                self.package,
                "--version",
                &self.version,
                "--quiet",
                "--root",
            ])
            .arg(home)
            .args(options)
            .env("CARGO_TARGET_DIR", work)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level)
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "32")
            .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "fallback");
        cargo
    }
}
