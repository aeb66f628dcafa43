//! Packages of npm at the versions of a committed `package-lock.json`. They lie in the tools' folder, never among the sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::Log;
use crate::machine;
use crate::process;
use crate::stop::Stop;
use crate::wasm_target;

/// Programs, and the Debian packages that they come in.
const PROGRAMS: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];
/// What the locked packages run on, and the version that Debian 12 has.
const OLDEST_NODE: u32 = 18;
const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// Sees to Node and npm: installs them where they are missing, and refuses what is too old.
pub(crate) fn ensure(log: &mut Log) -> Result<(), Stop> {
    let missing: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|(program, _)| machine::which(program).is_none())
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        log.step(
            "Node and npm, for Docusaurus and Mermaid",
            "30 s, once",
            || wasm_target::apt_install(&missing),
        )?;
    }
    let version = process::ask(process::program("node").arg("--version")).unwrap_or_default();
    if major(&version).is_some_and(|major| major >= OLDEST_NODE) {
        return Ok(());
    }
    Err(Stop::missing(
        format!("`node --version` says `{version}`, and Docusaurus needs {OLDEST_NODE} or newer"),
        "put a newer Node on PATH",
    ))
}

/// The `node_modules` with what the two manifests in `source` name, installed at most once as `name`.
///
/// `usually` is how long that takes.
pub(crate) fn packages(
    log: &mut Log,
    name: &str,
    source: &Path,
    usually: &str,
) -> Result<PathBuf, Stop> {
    ensure(log)?;
    let home = machine::tools()?.join(name);
    let stamp = home.join("installed");
    let texts = MANIFESTS
        .iter()
        .map(|manifest| machine::read(&source.join(manifest)))
        .collect::<Result<Vec<_>, Stop>>()?;
    let modules = home.join("node_modules");
    let wanted = texts.concat();
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(modules);
    }
    let title = format!("{name}: npm installs it into {}", home.display());
    log.step(&title, usually, || {
        // What is half done must not pass for done.
        let _ = fs::remove_file(&stamp);
        for (manifest, text) in MANIFESTS.iter().zip(&texts) {
            machine::write(&home.join(manifest), text)?;
        }
        let mut npm = npm(&home);
        // No package has anything to build; what one would run on arrival is not run.
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        process::set_up(&mut npm, "npm needs a package registry for this")?;
        machine::write(&stamp, &wanted)
    })?;
    Ok(modules)
}

/// npm in this folder. It tells nobody of itself, and of others only what is wrong.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder)
        .arg("--loglevel=error")
        .env("NO_UPDATE_NOTIFIER", "1");
    npm
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    let number = version.strip_prefix('v')?.split('.').next()?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_s_first_number_is_found() {
        assert_eq!(major("v18.20.4"), Some(18));
        for wrong in ["", "v", "18.20.4", "node 18"] {
            assert_eq!(major(wrong), None, "{wrong}");
        }
    }
}
