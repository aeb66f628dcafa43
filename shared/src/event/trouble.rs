//! What went wrong with the run or its evidence. Never hidden: a diagnosis must know what it cannot know.

use serde::{Deserialize, Serialize};

use super::Source;

/// Something that makes this run's evidence weaker than it could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// A kind of evidence is not available; `remedy` says how to get it, empty when nothing helps.
    #[error("no {evidence}: {reason}")]
    Absent {
        evidence: Source,
        reason: String,
        remedy: String,
    },
    /// The capture dropped segments because its buffer was full.
    #[error("the capture lost {count} segments")]
    SegmentsLost { count: u64 },
    /// The capture's end could not be proved: a segment may be missing.
    #[error("the end of the capture could not be proved")]
    CaptureEndNotProved,
    /// After 50 ms the network had not come to rest; the next step began all the same.
    #[error("the network had not come to rest 50 ms after step {}", step + 1)]
    NotSettled { step: u32 },
    /// The run hit the wall limit of 30 s.
    #[error("the run was ended after {seconds} s")]
    WallLimit { seconds: u32 },
    /// The command beside the run could not be run.
    #[error("the command beside the run failed: {reason}")]
    BesideFailed { reason: String },
    /// A program that needs a process of its own could not be made one: it did nothing that needs it.
    #[error("`{process}` could not be started as a process: {reason}")]
    NoProcess { process: String, reason: String },
    /// The run was cancelled from outside.
    #[error("the run was cancelled")]
    Cancelled,
    /// More trace events fitted a captured RST than could be told apart.
    #[error("a kernel reason could not be tied to one RST of this run")]
    ReasonNotTied,
}
