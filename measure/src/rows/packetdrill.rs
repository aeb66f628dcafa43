//! The same story in packetdrill, where that is installed: Debian 12 has no package of it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::{Goal, SCENARIO};
use crate::report::Table;
use crate::samples::Samples;

const RUNS: usize = 20;

/// Fills the row, in words where there is nothing to measure.
///
/// # Errors
/// The story cannot be exported, or packetdrill is there and cannot be started.
pub fn measure(binary: &Path, table: &mut Table) -> anyhow::Result<()> {
    let what = format!("{SCENARIO} in packetdrill, process start to exit");
    let script = Command::new(binary)
        .args(["export", SCENARIO, "--to", "packetdrill"])
        .stdin(Stdio::null())
        .output()
        .context("starting the agent")?;
    if !script.status.success() {
        bail!("{}", String::from_utf8_lossy(&script.stderr));
    }
    let file = std::env::temp_dir().join(format!("aftershake-{}.pkt", std::process::id()));
    std::fs::write(&file, &script.stdout).context("writing the script")?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        match Command::new("packetdrill").arg(&file).output() {
            Ok(_) => times.push(began.elapsed()),
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            Err(error) => return Err(error).context("starting packetdrill"),
        }
    }
    std::fs::remove_file(&file).context("removing the script")?;
    if times.is_empty() {
        let mut row = vec![what, "0".to_owned(), "not installed".to_owned()];
        row.resize(6, String::new());
        table.row(row);
        return Ok(());
    }
    let times: Samples = times.into_iter().collect();
    table.row(super::timed(&what, &times, Goal::default()));
    Ok(())
}
