//! `aftershake doctor`: which evidence this machine gives, shown by a real run and not by guessing.

use std::fmt::Write as _;

use aftershake_shared::catalog;
use aftershake_shared::channel::Failure;
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, MISSING, internal, print, print_json};
use crate::options::DoctorOptions;
use crate::worker::protocol::RunRequest;
use crate::worker::{self, kernel_version};
use crate::worker_process::{RunError, WorkerProcess};

/// The object of `doctor --json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Examination {
    format: u32,
    kernel: String,
    namespace: Finding,
    evidence: Vec<Finding>,
}

/// One thing that is there or is not.
#[derive(Serialize, JsonSchema)]
pub(super) struct Finding {
    name: &'static str,
    available: bool,
    reason: String,
    remedy: String,
}

/// Runs the smallest scenario and says what was recorded.
///
/// # Errors
/// A fault of our own; a machine that lacks something is a finding.
pub fn doctor(options: &DoctorOptions) -> Result<u8, Failure> {
    let examination = examine()?;
    let code = if examination.namespace.available {
        DONE
    } else {
        MISSING
    };
    if options.json {
        print_json(&examination)?;
        return Ok(code);
    }
    let mut text = format!("kernel {}\n", examination.kernel);
    for finding in std::iter::once(&examination.namespace).chain(&examination.evidence) {
        let mark = if finding.available { "yes" } else { "no " };
        let _ = writeln!(text, "  {mark}  {:<16} {}", finding.name, finding.reason);
        if !finding.remedy.is_empty() {
            let _ = writeln!(text, "       {:<16} try: {}", "", finding.remedy);
        }
    }
    print(&text)?;
    Ok(code)
}

/// What a run on this machine records; nothing where no run can be made, which each run then says itself.
///
/// # Errors
/// A fault of our own.
pub(crate) fn evidence() -> Result<Vec<Source>, Failure> {
    let examination = examine()?;
    let available = |source: &Source| {
        examination
            .evidence
            .iter()
            .any(|finding| finding.name == source.name() && finding.available)
    };
    Ok(Source::ALL.into_iter().filter(available).collect())
}

fn examine() -> Result<Examination, Failure> {
    let entry = catalog::find("nobody-listens")
        .ok_or_else(|| internal(&"the catalogue has no nobody-listens"))?;
    let request = RunRequest {
        scenario: entry.text(),
        seed: 1,
        live: false,
        beside: None,
        last: true,
    };
    let run = WorkerProcess::start().and_then(|mut worker| {
        let run = worker.run(request);
        worker.end();
        run
    });
    let kernel = kernel_version();
    let recording = match run {
        Ok((recording, _)) => recording,
        Err(RunError::Failed(failure)) => {
            let remedy = worker::NO_NAMESPACE_REMEDY.to_owned();
            let namespace = Finding {
                name: "namespace",
                available: false,
                reason: failure.message,
                remedy,
            };
            return Ok(Examination {
                format: 1,
                kernel,
                namespace,
                evidence: Vec::new(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    let evidence = Source::ALL.into_iter().map(|source| {
        let absent = recording.events.iter().find_map(|event| {
            let EventBody::Trouble(Trouble::Absent {
                evidence,
                reason,
                remedy,
            }) = &event.body
            else {
                return None;
            };
            (*evidence == source).then(|| (reason.clone(), remedy.clone()))
        });
        let (reason, remedy) = absent.unwrap_or_else(|| (what(source).to_owned(), String::new()));
        Finding {
            name: source.name(),
            available: recording.header.environment.has(source),
            reason,
            remedy,
        }
    });
    let namespace = Finding {
        name: "namespace",
        available: true,
        reason: "a private network for every run".to_owned(),
        remedy: String::new(),
    };
    Ok(Examination {
        format: 1,
        kernel,
        namespace,
        evidence: evidence.collect(),
    })
}

const fn what(source: Source) -> &'static str {
    match source {
        Source::Calls => "what each program called and was told",
        Source::Segments => "every segment on the loopback interface",
        Source::Counters => "exact deltas of the kernel's TCP counters",
        Source::Sockets => "state and queues of every socket",
        Source::KernelResets => "the kernel's own reason for each RST",
    }
}
