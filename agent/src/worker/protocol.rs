//! What a worker process and its parent say to each other: one JSON value per line over stdin and stdout.
//!
//! The parent writes [`WorkerRequest`]s, one run after the other; the worker answers each with `started`,
//! any number of `events`, and `finished`, or with `failed`. End of stdin ends the worker, also in mid-run.

use aftershake_shared::channel::Failure;
use aftershake_shared::event::Event;
use aftershake_shared::recording::{Header, ScenarioText};
use serde::{Deserialize, Serialize};

/// From parent to worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerRequest {
    Run(RunRequest),
    /// End the current run early; its events so far are still delivered, then `finished`.
    Cancel,
}

/// One run to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRequest {
    pub scenario: ScenarioText,
    pub seed: u64,
    /// Events are sent while the run goes on, not only at its end.
    pub live: bool,
    /// A command run in the namespace from before the first step to after the last.
    pub beside: Option<String>,
}

/// From worker to parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerReply {
    Started(Header),
    Events(Vec<Event>),
    /// `took_ns`: from reading the request to here.
    Finished {
        took_ns: u64,
    },
    Failed(Failure),
}

/// How an `events` line begins, so that a relay need not parse it: the JSON array follows, then `}`.
pub const EVENTS_LINE_START: &str = "{\"events\":";
