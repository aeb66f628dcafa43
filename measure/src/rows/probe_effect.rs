//! What being watched costs the calls: their recorded durations with all evidence, and with every other source off.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aftershake_shared::event::EventBody;
use aftershake_shared::recording::Recording;
use anyhow::{Context as _, bail};

use super::{SCENARIO, yes};
use crate::report::Table;
use crate::samples::Samples;

/// Runs of each kind, in turn, so that both meet the same machine.
const ROUNDS: usize = 60;
/// What watching may add to a call, at the median over the calls.
const GOAL: Duration = Duration::from_micros(2);
/// Tells a worker to record calls only.
const CALLS_ONLY: (&str, &str) = ("AFTERSHAKE_CALLS_ONLY", "1");

/// Durations of each call of the scenario, in its order.
type Calls = BTreeMap<usize, Vec<Duration>>;

/// Fills the row.
///
/// # Errors
/// A run fails or makes other calls.
pub fn measure(binary: &Path, table: &mut Table) -> anyhow::Result<()> {
    let file = std::env::temp_dir().join(format!("aftershake-probe-{}", std::process::id()));
    let (mut watched, mut alone) = (Calls::new(), Calls::new());
    let mut measured = Ok(());
    for _ in 0..ROUNDS {
        measured = run(binary, &file, true, &mut watched);
        measured = measured.and_then(|()| run(binary, &file, false, &mut alone));
        if measured.is_err() {
            break;
        }
    }
    fs::remove_file(&file).context("removing the recording")?;
    measured?;
    if watched.len() != alone.len() {
        bail!(
            "{} calls were watched, {} were not",
            watched.len(),
            alone.len()
        );
    }
    let mut added: Vec<Duration> = Vec::new();
    for (with, without) in watched.into_values().zip(alone.into_values()) {
        let median = |times: Vec<Duration>| times.into_iter().collect::<Samples>().median();
        added.push(median(with).saturating_sub(median(without)));
    }
    let calls = added.len();
    let added: Samples = added.into_iter().collect();
    let micros = |time: Duration| format!("{:.2} µs", time.as_secs_f64() * 1e6);
    table.row(vec![
        format!("what all evidence adds to a call: {calls} calls of {SCENARIO}, medians of each"),
        (2 * ROUNDS).to_string(),
        micros(added.median()),
        micros(added.percentile(95)),
        micros(GOAL),
        yes(added.median() <= GOAL),
    ]);
    Ok(())
}

fn run(binary: &Path, file: &Path, watched: bool, calls: &mut Calls) -> anyhow::Result<()> {
    let mut command = Command::new(binary);
    command
        .args(["run", SCENARIO, "--json", "--save"])
        .arg(file);
    if !watched {
        command.env(CALLS_ONLY.0, CALLS_ONLY.1);
    }
    let output = command.stdin(Stdio::null()).output();
    let output = output.context("starting the agent")?;
    if output.stdout.is_empty() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let recording = Recording::from_json_lines(&fs::read_to_string(file)?)?;
    let made = recording.events.iter().filter_map(|event| {
        if let EventBody::Call(call) = &event.body {
            Some(Duration::from_nanos(call.took.0))
        } else {
            None
        }
    });
    for (place, took) in made.enumerate() {
        calls.entry(place).or_default().push(took);
    }
    Ok(())
}
