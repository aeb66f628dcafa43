//! The catalogue many times over, as whoever runs this and, from root, as an ordinary user too.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::recording::Recording;
use anyhow::{Context as _, bail};
use serde_json::Value;

/// `nobody` on every Linux.
const NOBODY: u32 = 65_534;

/// What became of all rounds as one user.
#[derive(Clone, Debug)]
pub struct Rounds {
    pub user: &'static str,
    pub rounds: u32,
    pub scenarios: usize,
    /// Runs that ended otherwise than their scenario expects.
    pub missed: usize,
    /// Of these the first of each scenario, in words: the scenario, and what was found and expected.
    pub how: Vec<String>,
    /// Scenarios that this machine or user cannot run.
    pub skipped: usize,
    pub took: Duration,
}

/// Runs them as every user that this process can be.
///
/// # Errors
/// The agent does not start, or does not answer in its own format.
pub fn all(binary: &Path, rounds: u32) -> anyhow::Result<Vec<Rounds>> {
    if !is_root() {
        return Ok(vec![run(binary, rounds, "an ordinary user", None)?]);
    }
    Ok(vec![
        run(binary, rounds, "root", None)?,
        run(binary, rounds, "an ordinary user", Some(NOBODY))?,
    ])
}

fn run(
    binary: &Path,
    rounds: u32,
    user: &'static str,
    become_user: Option<u32>,
) -> anyhow::Result<Rounds> {
    let mut command = Command::new(binary);
    command
        .args(["test", "--json", "--jobs", "2", "--repeat"])
        .arg(rounds.to_string())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .current_dir("/");
    if let Some(id) = become_user {
        command.uid(id).gid(id).env("HOME", "/nonexistent");
        command.env_remove("XDG_RUNTIME_DIR");
    }
    let began = Instant::now();
    let output = command.output().context("starting the agent")?;
    let took = began.elapsed();
    if !matches!(output.status.code(), Some(0 | 1)) {
        bail!("as {user}, `aftershake test` ended with {}", output.status);
    }
    let results: Vec<Value> = serde_json::from_slice(&output.stdout)
        .context("`aftershake test --json` printed no array")?;
    let skipped = results
        .iter()
        .filter(|one| one.get("met") == Some(&Value::Null));
    let number = |one: &Value, field: &str| one.get(field).and_then(Value::as_u64).unwrap_or(0);
    let missed: u64 = results
        .iter()
        .map(|one| number(one, "runs").saturating_sub(number(one, "met_runs")))
        .sum();
    let how = results.iter().filter_map(|one| {
        let first = one.pointer("/mismatches/0")?.as_str()?;
        Some(format!("{}: {first}", one.get("name")?.as_str()?))
    });
    Ok(Rounds {
        user,
        rounds,
        scenarios: results.len(),
        missed: usize::try_from(missed)?,
        how: how.collect(),
        skipped: skipped.count(),
        took,
    })
}

/// One real recording of every scenario that this machine can run.
///
/// # Errors
/// None could be made.
pub fn recordings(binary: &Path) -> anyhow::Result<Vec<Recording>> {
    let folder = std::env::temp_dir().join(format!("aftershake-seeds-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let made = CATALOG.iter().filter_map(|entry| {
        let file = folder.join(entry.name);
        let mut command = Command::new(binary);
        command
            .args(["run", entry.name, "--seed", "1", "--save"])
            .arg(&file);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().ok()?;
        Recording::from_json_lines(&fs::read_to_string(&file).ok()?).ok()
    });
    let made: Vec<_> = made.collect();
    fs::remove_dir_all(&folder)?;
    if made.is_empty() {
        bail!("no scenario of the catalogue could be recorded");
    }
    Ok(made)
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
