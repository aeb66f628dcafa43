//! What a worker process and its parent say to each other: one JSON value per line over stdin and stdout.
//!
//! The parent writes [`WorkerRequest`]s, one run after the other; the worker answers each with `started`,
//! any number of `events`, and `finished`, or with `failed`. End of stdin ends the worker, also in mid-run.

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::noise::Noise;
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::distribution::vary::AtValue;
use aftershake_shared::event::Event;
use aftershake_shared::recording::{Header, Recording, ScenarioText};
use serde::{Deserialize, Serialize};

/// From parent to worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerRequest {
    Run(RunRequest),
    /// Do many runs, each in a namespace of its own, and say of each what came of it.
    Many(ManyRequest),
    /// Run two programs of the user's and record what passes between them.
    Exec(ExecRequest),
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
    /// None is expected after it: no namespace is made in advance, whose end would take longer than the run.
    #[serde(default)]
    pub last: bool,
}

/// Two programs to run, unmodified, each by `sh -c`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecRequest {
    pub server: String,
    pub client: String,
    /// The client begins when something listens on this port; `None`: when something listens anywhere, or soon.
    pub ready: Option<u16>,
    /// The longest it may take, in seconds.
    pub limit_s: u32,
}

/// Many runs to do: of one scenario, or of one for each value of what is varied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyRequest {
    /// One for each value; at least one.
    pub bins: Vec<ManyBin>,
    pub runs: u64,
    /// Every run's own seed comes from this one and the run's number.
    pub seed: u64,
    /// The number of the first run.
    pub first: u64,
    /// So many runs of each ending at each value are handed over whole.
    pub keep: u32,
    /// Measure the machine's jitter before and after, and say it.
    pub noise: bool,
    /// A command run in each namespace from before the first step to after the last.
    pub beside: Option<String>,
}

/// What is done at one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManyBin {
    pub scenario: ScenarioText,
    /// A setting of the namespace, made before the first step: `net.ipv4.tcp_abort_on_overflow` and its value.
    pub sysctl: Option<(String, u64)>,
}

impl From<AtValue> for ManyBin {
    fn from(AtValue { scenario, sysctl }: AtValue) -> Self {
        Self { scenario, sysctl }
    }
}

/// From worker to parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerReply {
    Started(Header),
    Events(Vec<Event>),
    /// Of many runs: how exactly this machine keeps its times.
    Noise(Noise),
    /// Of many runs: what came of some of them, each counted once.
    Came(Vec<RunSummary>),
    /// Of many runs: one that is to be kept whole. Its summary comes in `came` as well.
    Kept(Box<(RunSummary, Recording)>),
    /// `took_ns`: from reading the request to here.
    Finished {
        took_ns: u64,
    },
    Failed(Failure),
}

/// How an `events` line begins, so that a relay need not parse it: the JSON array follows, then `}`.
pub const EVENTS_LINE_START: &str = "{\"events\":";
