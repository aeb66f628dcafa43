//! `aftershake test`: runs scenarios against their `[expect]` and `[[claims]]`.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
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

use super::{DONE, MISSED, MISSING, bad_input, print, print_json, scenario_input};
use crate::options::TestOptions;
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
    let mut report = options.junit.as_deref().map(create).transpose()?;
    let rows = run_all(scenarios, options)?;
    if let (Some(file), Some(path)) = (&mut report, &options.junit) {
        file.write_all(junit(&rows).as_bytes())
            .map_err(|error| not_written(path, &error))?;
    }
    if options.json {
        print_json(&rows)?;
    } else {
        print(&text(&rows))?;
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

/// The file of a report, made before anything runs: a run of minutes must not end in a wrong path.
fn create(path: &Path) -> Result<File, Failure> {
    if path == Path::new("-") {
        let remedy = "aftershake test --json prints the results, --junit FILE writes them";
        return Err(bad_input(
            "--junit takes the name of a file, found `-`".to_owned(),
            remedy,
        ));
    }
    File::create(path).map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    bad_input(
        format!("{}: cannot be written: {error}", path.display()),
        "name a file in a folder that exists and may be written",
    )
}

/// Runs every scenario, several workers at once; rows come in the order of the scenarios.
fn run_all(scenarios: Vec<ScenarioText>, options: &TestOptions) -> Result<Vec<Row>, Failure> {
    let queue: Mutex<VecDeque<_>> = Mutex::new(scenarios.into_iter().enumerate().collect());
    let done = Mutex::new(Vec::new());
    let take = || {
        queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    let work = || -> Result<(), Failure> {
        let mut worker = WorkerProcess::start()?;
        while let Some((number, scenario)) = take() {
            let row = run_one(&mut worker, &scenario, options.repeat)?;
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((number, row));
        }
        Ok(())
    };
    thread::scope(|scope| {
        let jobs: Vec<_> = (0..options.jobs).map(|_| scope.spawn(work)).collect();
        jobs.into_iter().try_for_each(|job| {
            job.join()
                .unwrap_or_else(|_| Err(super::internal(&"a thread of the test ended early")))
        })
    })?;
    let mut rows = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(number, _)| *number);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn run_one(
    worker: &mut WorkerProcess,
    scenario: &ScenarioText,
    repeat: u32,
) -> Result<Row, Failure> {
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
    match worker.many(request, |run| row.count(&run, repeat > 1), |_, _| {}) {
        Ok(()) => {}
        Err(RunError::Failed(failure)) if failure.code == MISSING => {
            row.met = None;
            row.skipped = Some(failure.message);
        }
        Err(error) => return Err(error.into()),
    }
    row.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(row)
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
                let _ = writeln!(
                    text,
                    "        held in {} of {} runs: {}",
                    held.runs, row.runs, held.what
                );
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

fn junit(rows: &[Row]) -> String {
    let count = |met| rows.iter().filter(|row| row.met == met).count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"aftershake\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        rows.len(),
        count(Some(false)),
        count(None)
    );
    for row in rows {
        let seconds = format!("{}.{:03}", row.took_ms / 1000, row.took_ms % 1000);
        let _ = write!(
            xml,
            "  <testcase classname=\"aftershake\" name=\"{}\" time=\"{seconds}\">",
            escape(&row.name)
        );
        if let Some(first) = row.mismatches.first() {
            // One for each test case: more than one is more than most readers take.
            let all = row.mismatches.iter().map(|line| escape(line));
            let all = all.collect::<Vec<_>>().join("\n");
            let _ = write!(
                xml,
                "<failure message=\"{}\">{all}</failure>",
                escape(first)
            );
        }
        if let Some(why) = &row.skipped {
            let _ = write!(xml, "<skipped message=\"{}\"/>", escape(why));
        }
        xml.push_str("</testcase>\n");
    }
    xml.push_str("</testsuite>\n");
    xml
}

/// XML text without what XML forbids.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_escapes_and_counts() {
        let row = |met, line: &str| Row {
            name: "a<b".into(),
            met,
            took_ms: 1500,
            runs: 1,
            met_runs: 0,
            mismatches: vec![line.into()],
            held: Vec::new(),
            skipped: None,
        };
        let xml = junit(&[row(Some(false), "\"x\" & \u{1b}[31m")]);
        assert!(
            xml.contains("tests=\"1\" failures=\"1\" skipped=\"0\""),
            "{xml}"
        );
        assert!(xml.contains("name=\"a&lt;b\" time=\"1.500\""), "{xml}");
        assert!(
            xml.contains("message=\"&quot;x&quot; &amp;  [31m\""),
            "{xml}"
        );
    }
}
