//! `aftershake test`: runs scenarios against their `[expect]` and `[[claims]]`. What came until an interrupt counts too.

mod junit;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::expectation::subjects;
use aftershake_shared::recording::ScenarioText;
use schemars::JsonSchema;
use serde::Serialize;

use super::sweep::was_interrupted;
use super::{DONE, INTERRUPTED, MISSED, MISSING, out_file, print, print_json, scenario_input};
use crate::options::TestOptions;
use crate::sys::thread as process;
use crate::worker::NOT_HERE;
use crate::worker::protocol::{ManyBin, ManyRequest};
use crate::worker_process::{RunError, WorkerProcess};

/// Every run's own seed comes from this one: a test makes the same random choices each time.
const SEED: u64 = 1;

/// What came of one scenario over all its runs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Row {
    name: String,
    /// `None` when it was skipped.
    met: Option<bool>,
    /// Of all its runs together.
    took_ms: u64,
    /// How many runs were made, and how many were as expected.
    runs: u32,
    met_runs: u32,
    /// The first of them.
    mismatches: Vec<String>,
    /// How often each thing that the scenario says of its runs came true.
    held: Vec<Held>,
    /// Why it could not be run on this machine.
    skipped: Option<String>,
}

/// One field of `[expect]`, or one claim, over all runs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Held {
    /// `outcome`, `returns."client.reply"`, `claim "…"`.
    what: String,
    /// Runs in which it was as the scenario says.
    runs: u32,
}

/// Mismatches that are told of one scenario: many runs have many.
const MOST_MISMATCHES: usize = 100;

/// Runs what was asked for and prints a line, or a JSON element, for each.
///
/// # Errors
/// Input that cannot be read, or a machine on which nothing can be run.
pub fn test(options: &TestOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let mut scenarios = Vec::new();
    for argument in &options.scenarios {
        scenarios.push(scenario_input::read(argument)?.0);
    }
    if options.scenarios.is_empty() {
        scenarios.extend(CATALOG.iter().map(aftershake_shared::catalog::Entry::text));
    }
    if let Some(path) = &options.junit {
        out_file::check("--junit", path)?;
    }
    let asked = scenarios.len();
    let (rows, interrupted) = run_all(scenarios, options)?;
    if options.json {
        print_json(&rows)?;
    } else {
        print(&text(&rows))?;
        if interrupted {
            let begun = rows.len();
            print(&format!(
                "interrupted: {begun} of {asked} scenarios begun\n"
            ))?;
        }
    }
    // After the result, which a full disk must not take away; and only now, so that the report before is kept till then.
    let written = options.junit.as_deref();
    let written = written.map(|path| out_file::write(path, junit::write(&rows).as_bytes()));
    let lost = out_file::tell(written.and_then(Result::err));
    if interrupted {
        return Ok(INTERRUPTED);
    }
    if let Some(code) = lost {
        return Ok(code);
    }
    let missed = rows.iter().any(|row| row.met == Some(false));
    let skipped = rows.iter().any(|row| row.met.is_none());
    // What a scenario needs may be missing; a machine that can run none at all lacks something.
    let none_can = rows.iter().all(Row::could_run_nothing);
    Ok(if missed {
        MISSED
    } else if none_can || (skipped && options.no_skip) {
        MISSING
    } else {
        DONE
    })
}

/// Runs every scenario, several workers at once, until an interrupt; says whether there was one.
///
/// Rows come in the order of the scenarios.
fn run_all(
    scenarios: Vec<ScenarioText>,
    options: &TestOptions,
) -> Result<(Vec<Row>, bool), Failure> {
    let queue: Mutex<VecDeque<_>> = Mutex::new(scenarios.into_iter().enumerate().collect());
    let done = Mutex::new(Vec::new());
    let take = || {
        queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    let work = || -> Result<bool, Failure> {
        let mut worker = WorkerProcess::start()?;
        process::end_child_on_interrupt(worker.id());
        while let Some((number, scenario)) = take() {
            let (row, interrupted) = run_one(&mut worker, &scenario, options.repeat)?;
            // Of what had not begun nothing can be said.
            if !interrupted || row.runs > 0 {
                done.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((number, row));
            }
            if interrupted {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let mut interrupted = false;
    thread::scope(|scope| {
        let jobs: Vec<_> = (0..options.jobs).map(|_| scope.spawn(work)).collect();
        jobs.into_iter().try_for_each(|job| {
            interrupted |= job
                .join()
                .unwrap_or_else(|_| Err(super::internal(&"a thread of the test ended early")))?;
            Ok::<_, Failure>(())
        })
    })?;
    let mut rows = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(number, _)| *number);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok((rows, interrupted))
}

/// Runs one scenario; says whether an interrupt ended it early.
fn run_one(
    worker: &mut WorkerProcess,
    scenario: &ScenarioText,
    repeat: u32,
) -> Result<(Row, bool), Failure> {
    let began = Instant::now();
    let subjects = scenario.parse().map(|scenario| subjects(&scenario));
    let subjects = subjects.unwrap_or_default().into_iter();
    let mut row = Row {
        name: scenario.name.clone(),
        met: Some(true),
        took_ms: 0,
        runs: 0,
        met_runs: 0,
        mismatches: Vec::new(),
        held: subjects.map(|what| Held { what, runs: 0 }).collect(),
        skipped: None,
    };
    let request = ManyRequest {
        bins: vec![ManyBin {
            scenario: scenario.clone(),
            sysctl: None,
        }],
        runs: u64::from(repeat),
        seed: SEED,
        first: 0,
        keep: 0,
        noise: false,
        beside: None,
    };
    let interrupted = match worker.many(request, |run| row.count(&run, repeat > 1), |_, _| {}) {
        Err(RunError::Failed(failure)) if failure.code == MISSING => {
            row.met = None;
            row.skipped = Some(failure.message);
            false
        }
        made => was_interrupted(made)?,
    };
    row.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok((row, interrupted))
}

impl Held {
    fn line(&self, of: u32) -> String {
        format!("held in {} of {of} runs: {}", self.runs, self.what)
    }
}

impl Row {
    /// Whether it was skipped for something that every scenario needs.
    fn could_run_nothing(&self) -> bool {
        let why = self.skipped.as_deref();
        why.is_some_and(|why| !why.starts_with(NOT_HERE))
    }

    fn count(&mut self, run: &RunSummary, numbered: bool) {
        self.runs += 1;
        self.met_runs += u32::from(run.met);
        self.met = Some(self.met == Some(true) && run.met);
        for held in &mut self.held {
            let missed = run.mismatches.iter().any(|line| {
                let rest = line.strip_prefix(held.what.as_str());
                rest.is_some_and(|rest| rest.starts_with(':'))
            });
            held.runs += u32::from(!missed);
        }
        for line in &run.mismatches {
            if self.mismatches.len() < MOST_MISMATCHES {
                let number = if numbered {
                    format!("run {}: ", run.number + 1)
                } else {
                    String::new()
                };
                self.mismatches.push(format!("{number}{line}"));
            }
        }
    }
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let mark = match row.met {
            Some(true) => "ok     ",
            Some(false) => "MISSED ",
            None => "SKIPPED",
        };
        let runs = if row.runs > 1 {
            format!(" ({} of {} runs)", row.met_runs, row.runs)
        } else {
            String::new()
        };
        let _ = writeln!(text, "{mark} {:<36} {:>6} ms{runs}", row.name, row.took_ms);
        for held in &row.held {
            if row.runs > 1 && held.runs < row.runs {
                let _ = writeln!(text, "        {}", held.line(row.runs));
            }
        }
        for line in row.mismatches.iter().take(20).chain(&row.skipped) {
            let _ = writeln!(text, "        {line}");
        }
    }
    let count = |met| rows.iter().filter(|row| row.met == met).count();
    let (passed, failed, skipped) = (count(Some(true)), count(Some(false)), count(None));
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped");
    text
}
