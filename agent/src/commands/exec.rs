//! `aftershake exec`: two programs of the user's in a private namespace, recorded and explained.

use std::path::PathBuf;

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::event::EventBody;
use aftershake_shared::event::process_ended::Ended;
use aftershake_shared::export::pcapng;
use aftershake_shared::ladder::{Ladder, Options};
use aftershake_shared::recording::Recording;
use aftershake_shared::report::Report;
use aftershake_shared::report::text::verdict_text;
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, print, print_json, run};
use crate::worker::protocol::ExecRequest;
use crate::worker_process::WorkerProcess;

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
    let mut worker = WorkerProcess::start()?;
    let recording = worker.exec(ExecRequest {
        server: options.server.clone(),
        client: options.client.clone(),
        ready: options.ready,
        limit_s: options.limit,
    })?;
    let evidence = &recording.header.environment.evidence;
    let diagnosis = diagnose(&recording.events, evidence);
    if let Some(path) = &options.pcap {
        run::write(path, &pcapng::write(&recording.events, &diagnosis))?;
    }
    if options.json {
        print_json(&report(&recording, &diagnosis))?;
    } else {
        let placed = Ladder::place(&recording.events, &Options::default());
        let verdict = verdict_text(&recording, &diagnosis);
        let text = run::on_paper(&placed, &verdict);
        print(&(text + &endings(&recording)))?;
    }
    Ok(DONE)
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
