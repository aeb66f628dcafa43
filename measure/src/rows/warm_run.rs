//! A run asked for by a client that is already connected: request to finished verdict, every time in a
//! fresh namespace with all evidence on.

use std::time::{Duration, Instant};

use aftershake_browser_tests::agent::Agent;
use aftershake_shared::catalog;
use aftershake_shared::diagnosis::diagnose;
use anyhow::{Context as _, bail};

use super::{Goal, SCENARIO};
use crate::channel::Channel;
use crate::report::Table;

const WARM_UPS: u64 = 20;
const RUNS: u64 = 200;
const GOAL: Goal = Goal {
    median: Some(Duration::from_millis(3)),
    high: Some(Duration::from_millis(6)),
};

/// Fills the row.
///
/// # Errors
/// A run fails, or does not end in the RST that the scenario is about.
pub fn measure(agent: &Agent, table: &mut Table) -> anyhow::Result<()> {
    let scenario = catalog::find(SCENARIO).context(SCENARIO)?.text();
    let mut channel = Channel::open(agent)?;
    let mut times = Vec::new();
    for number in 0..WARM_UPS + RUNS {
        let began = Instant::now();
        let arrived = channel.run(&scenario, number)?;
        let environment = &arrived.recording.header.environment;
        let diagnosis = diagnose(&arrived.recording.events, &environment.evidence);
        let took = began.elapsed();
        if diagnosis.resets.len() != 1 {
            bail!("expected one RST, the verdict is: {}", diagnosis.headline);
        }
        if number >= WARM_UPS {
            times.push(took);
        }
    }
    let what = "warm run over the WebSocket, request to verdict";
    table.row(super::timed(what, &times.into_iter().collect(), GOAL));
    Ok(())
}
