//! `aftershake sweep`: many runs, and how they end as one number of the scenario changes.

mod collect;
mod find;
mod odd;
mod output;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::vary::Vary;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;

pub(super) use collect::{Plan, collect, was_interrupted};
pub(super) use odd::keep;
pub(super) use output::{Wanted, put_out};

use super::{DONE, INTERRUPTED, bad_input, scenario_input};
use crate::options::SweepOptions;
use crate::worker::protocol::ManyBin;
use crate::worker_process::WorkerProcess;

/// Runs at every value and prints the distribution, or searches for the value at which the ending flips.
///
/// # Errors
/// Input that cannot be read or varied, or a machine on which nothing can be run.
pub fn sweep(options: &SweepOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let (text, scenario) = scenario_input::read(&options.scenario)?;
    let vary = Vary::parse(&options.vary).map_err(|message| bad_input(message, ""))?;
    let wanted = Wanted {
        json: options.json,
        csv: options.csv.as_deref(),
        svg: options.svg.as_deref(),
        save_odd: options.save_odd.as_deref(),
    };
    wanted.check()?;
    let seed = options.seed.unwrap_or_else(super::random_seed);
    let mut worker = WorkerProcess::start()?;
    let collected = if options.find {
        find::find(&mut worker, &text, &scenario, &vary, seed)?
    } else {
        let plan = plan(&text, &scenario, &vary, options, seed)?;
        collect(&mut worker, plan)?
    };
    let lost = put_out(&collected, &wanted)?;
    Ok(if collected.interrupted {
        INTERRUPTED
    } else {
        lost.unwrap_or(DONE)
    })
}

fn plan(
    text: &ScenarioText,
    scenario: &Scenario,
    vary: &Vary,
    options: &SweepOptions,
    seed: u64,
) -> Result<Plan, Failure> {
    let values = vary.range.values(options.bins);
    let bins: Vec<ManyBin> = values
        .iter()
        .map(|value| {
            let bin = vary.at(text, *value).map(ManyBin::from);
            bin.map_err(|message| bad_input(message, ""))
        })
        .collect::<Result<_, _>>()?;
    let runs = options.runs.unwrap_or(0);
    if runs < bins.len() as u64 {
        let count = bins.len();
        let message =
            format!("--runs {runs}, expected at least one for each of the {count} values");
        return Err(bad_input(
            message,
            "--bins with a smaller number gives fewer values",
        ));
    }
    Ok(Plan {
        name: text.name.clone(),
        title: scenario.title.clone(),
        varied: Some(vary.path.clone()),
        values: values.into_iter().map(Some).collect(),
        bins,
        runs,
        seed,
        keep: keep(runs, options.save_odd.is_some()).max(1),
        beside: None,
    })
}
