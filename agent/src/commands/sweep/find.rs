//! `sweep --find`: asks for a few runs at one value after the other until it is known where the ending flips.

use std::time::Instant;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::odd::Odd;
use aftershake_shared::distribution::report::About;
use aftershake_shared::distribution::search::Search;
use aftershake_shared::distribution::vary::Vary;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;

use super::super::bad_input;
use super::collect::{Collected, millis, was_interrupted, worse};
use crate::many::jitter;
use crate::sys::thread;
use crate::worker::protocol::ManyRequest;
use crate::worker_process::WorkerProcess;

/// Searches; the values tried become the bins of the result.
///
/// # Errors
/// A field that cannot be varied, a machine on which nothing can be run, or a fault of the worker.
pub(super) fn find(
    worker: &mut WorkerProcess,
    text: &ScenarioText,
    scenario: &Scenario,
    vary: &Vary,
    seed: u64,
) -> Result<Collected, Failure> {
    let noise = jitter::measure();
    let began = Instant::now();
    let mut search = Search::new(vary.range);
    let mut tally = Tally::new(Some(vary.path.clone()), &[]);
    let mut odd = Odd::default();
    let mut interrupted = false;
    thread::end_child_on_interrupt(worker.id());
    while let Some((value, count)) = search.ask() {
        let bin = vary
            .at(text, value)
            .map_err(|message| bad_input(message, ""))?;
        let request = ManyRequest {
            bins: vec![bin.into()],
            runs: u64::from(count),
            seed,
            first: search.runs(),
            keep: 1,
            noise: false,
            beside: None,
        };
        let made = worker.many(
            request,
            |run| {
                search.came(value, &run.key);
                tally.count_at(value, &run);
            },
            |run, recording| odd.keep(Some(value), run, recording),
        );
        interrupted = was_interrupted(made)?;
        if interrupted {
            break;
        }
    }
    let took = began.elapsed();
    Ok(Collected {
        about: About {
            scenario: text.name.clone(),
            title: scenario.title.clone(),
            planned: tally.runs(),
            interrupted,
            seed,
            took_ms: millis(took),
            noise: worse(noise, interrupted),
            kept: String::new(),
        },
        tally,
        odd,
        interrupted,
        found: Some(search.found()),
    })
}
