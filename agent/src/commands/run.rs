//! `aftershake run`: runs one scenario and says what happened and why.

use std::fs;
use std::time::{Duration, SystemTime};

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::event::EventBody;
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::ladder::text::{Colour, Paper, write as write_ladder};
use aftershake_shared::ladder::{self, Ladder, StepText};
use aftershake_shared::recording::{Recording, ScenarioText};
use aftershake_shared::report::Report;
use aftershake_shared::report::text::verdict_text;

use super::{
    DONE, INTERNAL, MISSED, bad_input, print, print_json, random_seed, repeat, run_files,
    scenario_input, talk, terminal_columns,
};
use crate::judged::Judged;
use crate::options::RunOptions;
use crate::worker::protocol::RunRequest;
use crate::worker_process::WorkerProcess;

/// Runs it once, or as often as asked.
///
/// # Errors
/// Input that cannot be read, or a machine on which nothing can be run.
pub fn run(options: &RunOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let (text, scenario) = scenario_input::read(&options.scenario)?;
    run_files::check(options.pcap.as_deref(), options.save.as_deref())?;
    let watched = options.watch.then(|| changed(options)).transpose()?;
    let mut worker = WorkerProcess::start()?;
    if let Some(runs) = options.repeat {
        return repeat::repeat(&mut worker, text, &scenario, u64::from(runs), options);
    }
    let code = once(&mut worker, text, options)?;
    match watched {
        Some(read) => watch(&mut worker, options, read),
        None => Ok(code),
    }
}

fn once(
    worker: &mut WorkerProcess,
    scenario: ScenarioText,
    options: &RunOptions,
) -> Result<u8, Failure> {
    let seed = options.seed.unwrap_or_else(random_seed);
    let request = RunRequest {
        scenario,
        seed,
        live: false,
        beside: options.beside.clone(),
        last: !options.watch,
    };
    let (recording, _) = worker.run(request)?;
    talk::detail(&format!(
        "seed {seed}, {} events, {}",
        recording.events.len(),
        evidence(&recording)
    ));
    let judged = Judged::new(recording)?;
    if options.json {
        print_json(&Report::new(&judged.recording, &judged.diagnosis))?;
    } else {
        print(&text(&judged.recording, &judged.diagnosis))?;
    }
    let (pcap, save) = (options.pcap.as_deref(), options.save.as_deref());
    let lost = run_files::write(pcap, save, &judged.recording, &judged.diagnosis);
    if let Some(reason) = beside_failure(&judged) {
        return Err(bad_input(format!("--beside: {reason}"), ""));
    }
    if let Some(code) = lost {
        return Ok(code);
    }
    Ok(if judged.is_met() { DONE } else { MISSED })
}

/// What was recorded, in words.
fn evidence(recording: &Recording) -> String {
    let recorded = recording.header.environment.evidence.iter();
    let names: Vec<_> = recorded.map(|source| source.name()).collect();
    format!("evidence: {}", names.join(", "))
}

/// The ladder, then the verdict.
pub(super) fn text(recording: &Recording, diagnosis: &Diagnosis) -> String {
    let scenario = recording.header.scenario.parse();
    let options = ladder::Options {
        steps: scenario.as_ref().map(StepText::of).unwrap_or_default(),
        ..Default::default()
    };
    let placed = Ladder::place(&recording.events, &options);
    let verdict = verdict_text(recording, diagnosis);
    format!("{}\n{verdict}", drawn(&placed))
}

/// A ladder as wide as the terminal.
pub(super) fn drawn(placed: &Ladder) -> String {
    let paper = Paper {
        width: terminal_columns(),
        colour: if talk::stdout_has_colour() {
            Colour::Ansi
        } else {
            Colour::None
        },
    };
    write_ladder(placed, paper)
}

fn beside_failure(judged: &Judged) -> Option<&str> {
    judged.recording.events.iter().find_map(|event| {
        let EventBody::Trouble(Trouble::BesideFailed { reason }) = &event.body else {
            return None;
        };
        Some(reason.as_str())
    })
}

/// When the scenario's file was written.
fn changed(options: &RunOptions) -> Result<SystemTime, Failure> {
    let written = fs::metadata(&options.scenario).and_then(|data| data.modified());
    written.map_err(|_| {
        bad_input(
            format!("--watch needs a file, found `{}`", options.scenario),
            "aftershake link --decode LINK, or aftershake export NAME --to json, and watch the file",
        )
    })
}

/// Runs it again whenever its file changes.
fn watch(
    worker: &mut WorkerProcess,
    options: &RunOptions,
    read: SystemTime,
) -> Result<u8, Failure> {
    let mut last = read;
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let Ok(now) = changed(options) else { continue };
        if now == last {
            continue;
        }
        last = now;
        match scenario_input::read(&options.scenario)
            .and_then(|(text, _)| once(worker, text, options))
        {
            Err(failure) if failure.code == INTERNAL => return Err(failure),
            Err(failure) => print(&format!("{}\n", failure.message))?,
            Ok(_) => {}
        }
    }
}
