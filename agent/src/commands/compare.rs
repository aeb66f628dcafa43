//! `aftershake compare`: two runs side by side. A scenario is run first, a recording is read.

use aftershake_shared::channel::Failure;
use aftershake_shared::compare::{Comparison, Side, text};
use aftershake_shared::connection::Connections;
use schemars::JsonSchema;
use serde::Serialize;

use super::{DONE, export, print, print_json, terminal_columns};
use crate::judged::Diagnosed;

/// Put two runs side by side and say where they part
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: aftershake compare sent-before-close sent-before-close-drained\n          \
    aftershake compare before.jsonl after.jsonl --json"
)]
pub struct CompareOptions {
    /// A scenario (name, .toml file, share link) to run, or a recording
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The same, to compare it with
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// Repeat the random choices of an earlier run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The object of `compare --json`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Compared {
    format: u32,
    /// The names of the two scenarios.
    names: [String; 2],
    #[serde(flatten)]
    comparison: Comparison,
}

/// Runs or reads both, and compares.
///
/// # Errors
/// Input that cannot be read, or a machine on which nothing can be run.
pub fn compare(options: &CompareOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let [before, after] = [
        export::judged(&options.before, options.seed)?,
        export::judged(&options.after, options.seed)?,
    ];
    let connections = [&before, &after].map(|run| Connections::from_events(&run.recording.events));
    let [one, other] = &connections;
    let comparison = Comparison::new(side(&before, one), side(&after, other));
    let names = [&before, &after].map(|run| run.recording.header.scenario.name.clone());
    if options.json {
        print_json(&Compared {
            format: 1,
            names,
            comparison,
        })?;
    } else {
        let [one, other] = names.each_ref().map(String::as_str);
        print(&text::write(&comparison, [one, other], terminal_columns()))?;
    }
    Ok(DONE)
}

fn side<'a>(run: &'a Diagnosed, connections: &'a Connections) -> Side<'a> {
    Side {
        events: &run.recording.events,
        connections,
        diagnosis: &run.diagnosis,
        evidence: &run.recording.header.environment.evidence,
    }
}
