//! `aftershake exec`: two programs of the user's in a private namespace, recorded and explained.

use std::fmt::Write as _;
use std::path::PathBuf;

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::event::EventBody;
use aftershake_shared::event::process_ended::Ended;
use aftershake_shared::ladder::{Ladder, Options};
use aftershake_shared::recording::Recording;
use aftershake_shared::report::Report;
use aftershake_shared::report::text::verdict_text;
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, print, print_json, run, run_files};
use crate::worker::protocol::ExecRequest;
use crate::worker_process::WorkerProcess;

/// Lines drawn of a long ladder, at its beginning and at its end.
const HEAD: usize = 40;
const TAIL: usize = 120;

/// Run two programs of yours, as they are, in a private namespace, and explain what passed between them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: aftershake exec --server 'python3 server.py' --client 'python3 client.py' --ready 8080\n\n\
    Both run by `sh -c`, in this folder, without a way out of the namespace. What they print goes to stderr.\n\
    The server is ended when the client has ended and the wire is silent."
)]
pub struct ExecOptions {
    /// The program that listens, as a shell's command line
    #[arg(long, value_name = "CMD")]
    pub server: String,
    /// The program that connects, as a shell's command line
    #[arg(long, value_name = "CMD")]
    pub client: String,
    /// Print one JSON object: that of run --json, and the programs' exit codes
    #[arg(long)]
    pub json: bool,
    /// Write the segments for Wireshark, with the verdict as comments
    #[arg(long, value_name = "F.pcapng")]
    pub pcap: Option<PathBuf>,
    /// Save the recording, to be explained again, exported or opened in the page
    #[arg(long, value_name = "F.jsonl")]
    pub save: Option<PathBuf>,
    /// Start the client when something listens on this port, for at most 10 s
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub ready: Option<u16>,
    /// End both programs after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub limit: u32,
}

/// The object of `exec --json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExecReport {
    #[serde(flatten)]
    report: Report,
    programs: Programs,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Programs {
    server: ProgramRow,
    client: ProgramRow,
}

/// How one program ended.
#[derive(Debug, Serialize, JsonSchema)]
struct ProgramRow {
    /// Its exit code as a shell tells it: 128 and the number of the signal that ended it. `null`: it still ran when
    /// the recording ended, and was ended with it.
    exit: Option<i32>,
}

/// Runs both, and says what happened.
///
/// # Errors
/// A server that does not listen as was said, a file that cannot be written, a machine on which nothing can be run.
pub fn exec(options: &ExecOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    run_files::check(options.pcap.as_deref(), options.save.as_deref())?;
    let mut worker = WorkerProcess::start()?;
    let recording = worker.exec(ExecRequest {
        server: options.server.clone(),
        client: options.client.clone(),
        ready: options.ready,
        limit_s: options.limit,
    })?;
    let evidence = &recording.header.environment.evidence;
    let diagnosis = diagnose(&recording.events, evidence);
    if options.json {
        print_json(&report(&recording, &diagnosis))?;
    } else {
        let verdict = verdict_text(&recording, &diagnosis);
        print(&format!(
            "{}\n{verdict}{}",
            drawn(&recording, &diagnosis),
            endings(&recording)
        ))?;
    }
    Ok(run_files::write(
        options.pcap.as_deref(),
        options.save.as_deref(),
        &recording,
        &diagnosis,
    )
    .unwrap_or(DONE))
}

/// The ladder of one connection: the first that was reset, else the first.
fn drawn(recording: &Recording, diagnosis: &Diagnosis) -> String {
    let reset = diagnosis.resets.first().map(|reset| reset.connection);
    let first = diagnosis.connections.first().map(|one| one.id);
    let connection = reset.or(first);
    let options = Options {
        connection,
        ..Options::default()
    };
    let ladder = run::drawn(&Ladder::place(&recording.events, &options));
    let mut text = shortened(&ladder);
    let others = diagnosis.connections.len().saturating_sub(1);
    if let Some(drawn) = connection.filter(|_| others > 0) {
        let _ = writeln!(
            text,
            "connection {drawn} of {}; --json and --pcap have all",
            others + 1
        );
    }
    text
}

/// The beginning and the end of a long ladder.
fn shortened(ladder: &str) -> String {
    let lines: Vec<_> = ladder.lines().collect();
    let left_out = lines.len().saturating_sub(HEAD + TAIL);
    if left_out == 0 {
        return ladder.to_owned();
    }
    let head = lines.iter().take(HEAD).copied();
    let tail = lines.iter().skip(HEAD + left_out).copied();
    let gap = format!("({left_out} lines not drawn)");
    let kept: Vec<_> = head.chain([gap.as_str()]).chain(tail).collect();
    kept.join("\n") + "\n"
}

fn report(recording: &Recording, diagnosis: &Diagnosis) -> ExecReport {
    let row = |name| ProgramRow {
        exit: exit_of(recording, name),
    };
    let mut report = Report::new(recording, diagnosis);
    "Two programs".clone_into(&mut report.scenario.title);
    ExecReport {
        report,
        programs: Programs {
            server: row("server"),
            client: row("client"),
        },
    }
}

fn exit_of(recording: &Recording, name: &str) -> Option<i32> {
    recording.events.iter().find_map(|event| {
        let EventBody::ProcessEnded(ended) = &event.body else {
            return None;
        };
        match ended.how {
            Ended::Exited(code) if ended.process == name => Some(code),
            Ended::Exited(_) | Ended::Killed(_) => None,
        }
    })
}

/// How the programs ended, in words.
fn endings(recording: &Recording) -> String {
    let words = ["server", "client"].map(|name| match exit_of(recording, name) {
        Some(code) => format!("{name} ended with exit code {code}"),
        None => format!("{name} still ran, and was ended"),
    });
    format!("\nPrograms\n  {}\n", words.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_ladder_keeps_its_beginning_and_its_end() {
        let lines = |count: usize| (0..count).fold(String::new(), |all, n| format!("{all}{n}\n"));
        assert_eq!(shortened(&lines(HEAD + TAIL)), lines(HEAD + TAIL));
        let short = shortened(&lines(1_000));
        assert_eq!(short.lines().count(), HEAD + TAIL + 1);
        assert!(
            short.contains("\n39\n(840 lines not drawn)\n880\n"),
            "{short}"
        );
        assert!(short.ends_with("\n999\n"));
    }
}
