//! The same story in packetdrill, where that is installed: Debian 12 has no package of it. And whether its own parser
//! takes what we export for it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{Goal, SCENARIO};
use crate::report::Table;
use crate::samples::Samples;

const RUNS: usize = 20;
/// How many times faster ours is to be.
const FASTER: f64 = 6.0;

/// Fills the row, in words where there is nothing to measure; says how many exports packetdrill can read, and how the
/// two compare when a run of ours from the shell takes `ours`.
///
/// # Errors
/// A story cannot be exported, or packetdrill is there and does not play ours through.
pub fn measure(binary: &Path, ours: Duration, table: &mut Table) -> anyhow::Result<String> {
    let what = format!("{SCENARIO} in packetdrill, process start to exit");
    let file = std::env::temp_dir().join(format!("aftershake-{}.pkt", std::process::id()));
    export(binary, SCENARIO.as_ref(), &file)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        match Command::new("packetdrill").arg(&file).output() {
            Ok(output) if output.status.success() => times.push(began.elapsed()),
            Ok(output) => bail!("packetdrill: {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            Err(error) => return Err(error).context("starting packetdrill"),
        }
    }
    if times.is_empty() {
        fs::remove_file(&file).context("removing the script")?;
        let mut row = vec![what, "0".to_owned(), "not installed".to_owned()];
        row.resize(6, String::new());
        table.row(row);
        return Ok(String::new());
    }
    let times: Samples = times.into_iter().collect();
    table.row(super::timed(&what, &times, Goal::default()));
    let (mut read, mut all) = (0, 0);
    for recording in recordings()? {
        export(binary, &recording, &file)?;
        let mut parse = Command::new("packetdrill");
        parse.arg("--dry_run").arg(&file).stdin(Stdio::null());
        let output = parse.output().context("starting packetdrill")?;
        read += usize::from(output.status.success());
        all += 1;
    }
    fs::remove_file(&file).context("removing the script")?;
    let factor = times.median().as_secs_f64() / ours.as_secs_f64();
    let met = super::yes(factor >= FASTER);
    Ok(format!(
        "From the shell it is {factor:.1} times faster than packetdrill (goal {FASTER}: {met}), whose own parser takes {read} of the catalogue's {all} exports.\n"
    ))
}

/// The catalogue's kept recordings.
fn recordings() -> anyhow::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/recordings");
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        all.push(entry?.path());
    }
    all.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    Ok(all)
}

/// Writes a scenario's run, or a recording, as a script.
fn export(binary: &Path, what: &Path, file: &Path) -> anyhow::Result<()> {
    let script = Command::new(binary)
        .arg("export")
        .arg(what)
        .args(["--to", "packetdrill"])
        .stdin(Stdio::null())
        .output()
        .context("starting the agent")?;
    if !script.status.success() {
        bail!("{}", String::from_utf8_lossy(&script.stderr));
    }
    fs::write(file, &script.stdout).context("writing the script")
}
