//! `aftershake run --repeat`: the same run again and again, and how often each ending came.

use aftershake_shared::channel::Failure;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;

use super::sweep::{Plan, Wanted, collect, put_out};
use super::{DONE, INTERRUPTED, MISSED, random_seed};
use crate::options::RunOptions;
use crate::worker::protocol::ManyBin;
use crate::worker_process::WorkerProcess;

/// Repeats and prints; [`MISSED`] when any run was not as the scenario expects.
///
/// # Errors
/// A machine on which nothing can be run, or a file that cannot be written.
pub(super) fn repeat(
    worker: &mut WorkerProcess,
    text: ScenarioText,
    scenario: &Scenario,
    runs: u64,
    options: &RunOptions,
) -> Result<u8, Failure> {
    let wanted = Wanted {
        json: options.json,
        csv: options.csv.as_deref(),
        svg: options.svg.as_deref(),
        save_odd: options.save_odd.as_deref(),
    };
    wanted.check()?;
    let plan = Plan {
        name: text.name.clone(),
        title: scenario.title.clone(),
        varied: None,
        values: vec![None],
        bins: vec![ManyBin {
            scenario: text,
            sysctl: None,
        }],
        runs,
        seed: options.seed.unwrap_or_else(random_seed),
        keep: super::sweep::keep(runs, options.save_odd.is_some()),
        beside: options.beside.clone(),
    };
    let collected = collect(worker, plan)?;
    let lost = put_out(&collected, &wanted)?;
    Ok(if collected.interrupted {
        INTERRUPTED
    } else if let Some(code) = lost {
        code
    } else if collected.tally.met() < collected.tally.runs() {
        MISSED
    } else {
        DONE
    })
}
