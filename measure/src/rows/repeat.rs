//! Many runs of a race: ours, each in a namespace of its own, recorded and diagnosed; and a loop of socket calls
//! in Python with tcpdump beside it, all in one namespace, which is the least that one would do by hand.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Goal;
use crate::report::Table;
use crate::samples::Samples;

const RACE: &str = "race-send-against-close";
const RUNS: u64 = 1_000;
const ROUNDS: usize = 7;
const GOAL: Goal = Goal {
    median: Some(Duration::from_millis(1_500)),
    high: None,
};
/// Runs each second.
const RATE: f64 = 800.0;

/// Fills three rows and says how the two ways compare.
///
/// # Errors
/// Either way fails, or a run is lost.
pub fn measure(binary: &Path, table: &mut Table) -> anyhow::Result<String> {
    let mut ours = Vec::new();
    let mut by_hand = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(repeat(binary, RACE, RUNS)?);
        let began = Instant::now();
        let output = super::by_hand("repeat.sh")
            .arg(RUNS.to_string())
            .stdin(Stdio::null())
            .output()
            .context("starting the loop by hand")?;
        by_hand.push(began.elapsed());
        let text = String::from_utf8_lossy(&output.stdout);
        let counts = text.lines().filter_map(|line| line.split(' ').next());
        let made: u64 = counts.filter_map(|count| count.parse::<u64>().ok()).sum();
        if made != RUNS {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("by hand, {made} of {RUNS} runs were made:\n{text}{said}");
        }
    }
    let ours: Samples = ours.into_iter().collect();
    let by_hand: Samples = by_hand.into_iter().collect();
    let what = format!("`run {RACE} --repeat {RUNS}`, from the shell");
    table.row(super::timed(&what, &ours, GOAL));
    let runs = usize::try_from(RUNS).unwrap_or(usize::MAX);
    table.row(super::rate("the same as runs a second", runs, &ours, RATE));
    let what = "a Python loop of the same calls and tcpdump, one namespace, nothing diagnosed";
    table.row(super::timed(what, &by_hand, Goal::default()));
    let factor = by_hand.median().as_secs_f64() / ours.median().as_secs_f64();
    Ok(format!(
        "Of {ROUNDS} rounds of {RUNS} runs the fastest took {:.2} s; a Python loop without a verdict takes {factor:.2} times as long (medians).",
        ours.least().as_secs_f64(),
    ))
}

/// Process start to exit of `run --repeat`.
///
/// # Errors
/// It fails, or the counts do not add up.
pub fn repeat(binary: &Path, scenario: &str, runs: u64) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let output = Command::new(binary)
        .args(["run", scenario, "--repeat", &runs.to_string(), "--json"])
        .stdin(Stdio::null())
        .output()
        .context("starting the agent")?;
    let took = began.elapsed();
    let object: Value = serde_json::from_slice(&output.stdout).context("no JSON")?;
    let outcomes = object
        .pointer("/bins/0/outcomes")
        .and_then(Value::as_object);
    let counted = outcomes.map(|outcomes| outcomes.values().filter_map(Value::as_u64).sum::<u64>());
    if counted != Some(runs) {
        bail!("{runs} runs were asked for, counted: {counted:?}");
    }
    Ok(took)
}
