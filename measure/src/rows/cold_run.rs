//! `aftershake run` from the shell, process start to exit, beside doing the same by hand: two Python
//! programs, tcpdump and tshark in a private namespace. Both in turn, so that both meet the same machine.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{Goal, SCENARIO};
use crate::report::Table;
use crate::samples::Samples;

/// Rounds of one by hand and [`OURS`] of ours; the first round is not counted.
const ROUNDS: usize = 21;
const OURS: usize = 5;
const GOAL: Goal = Goal {
    median: Some(Duration::from_millis(25)),
    high: None,
};
/// How many times faster than by hand.
const FASTER: f64 = 12.0;

/// Fills two rows; says how many times faster the first is, and its median.
///
/// # Errors
/// Either way fails, or does not see a RST.
pub fn measure(binary: &Path, table: &mut Table) -> anyhow::Result<(String, Duration)> {
    let mut ours = Vec::new();
    let mut by_hand = Vec::new();
    for round in 0..ROUNDS {
        let mut command = Command::new(binary);
        command.args(["run", SCENARIO]);
        for _ in 0..OURS {
            let took = time(&mut command, "RST")?;
            if round > 0 {
                ours.push(took);
            }
        }
        let took = time(&mut super::by_hand("by-hand.sh"), "[RST, ACK]")?;
        if round > 0 {
            by_hand.push(took);
        }
    }
    let ours: Samples = ours.into_iter().collect();
    let by_hand: Samples = by_hand.into_iter().collect();
    let what = format!("`aftershake run {SCENARIO}`, from the shell");
    table.row(super::timed(&what, &ours, GOAL));
    table.row(super::timed(
        "the same by hand: Python, tcpdump, tshark",
        &by_hand,
        Goal::default(),
    ));
    let factor = by_hand.median().as_secs_f64() / ours.median().as_secs_f64();
    let said = format!(
        "From the shell it is {factor:.1} times faster than by hand (goal {FASTER:.0}: {}).",
        super::yes(factor >= FASTER)
    );
    Ok((said, ours.median()))
}

/// Process start to exit, with the output read.
fn time(command: &mut Command, expected: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {command:?}"))?;
    let took = began.elapsed();
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !text.contains(expected) {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{command:?} ended with {} and shows no RST:\n{text}{said}",
            output.status
        );
    }
    Ok(took)
}
