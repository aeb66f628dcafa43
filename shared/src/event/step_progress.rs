//! How a step of the scenario went: begun, waiting, finished.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::errno::Errno;

/// One step's progress. Steps are numbered from 0 in the scenario's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepProgress {
    pub step: u32,
    pub progress: Progress,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    Started,
    /// Its call cannot go on yet; others may begin.
    Parked,
    Finished(StepResult),
}

/// How a step ended, in the words of `[expect] returns`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// Done; there is no number to tell.
    Done,
    /// Bytes sent or received.
    Bytes(u64),
    /// The other end had finished sending.
    Eof,
    Failed(Errno),
    /// What `check` compared was as given, or was not.
    Checked(bool),
    /// The step's own `timeout` ran out.
    Timeout,
    /// Its process was killed while it waited.
    Killed,
    /// It could not finish before the run ended.
    Waiting,
    /// It never began: what it needed never came to be, or the run ended before.
    NotRun,
}

impl fmt::Display for StepResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.pad("0"),
            Self::Bytes(count) => f.pad(&count.to_string()),
            Self::Eof => f.pad("EOF"),
            Self::Failed(errno) => errno.fmt(f),
            Self::Checked(true) => f.pad("match"),
            Self::Checked(false) => f.pad("mismatch"),
            Self::Timeout => f.pad("timeout"),
            Self::Killed => f.pad("killed"),
            Self::Waiting => f.pad("waiting"),
            Self::NotRun => f.pad("not-run"),
        }
    }
}
