//! Everything that can be observed during a run: one event, one time, one source.
//!
//! The closed list of facts. An event says what was seen, never what it means; that is `diagnosis`.
//! Each kind of fact has its own file below.

pub mod call;
pub mod counters;
pub mod kernel_reset;
pub mod outside_acted;
pub mod process_ended;
pub mod segment_seen;
pub mod socket_sampled;
pub mod step_progress;
pub mod trouble;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::order::sort_by_rank;
use crate::units::Nanos;
use call::CallReturned;
use counters::CountersMoved;
use kernel_reset::KernelReset;
use outside_acted::OutsideActed;
use process_ended::ProcessEnded;
use segment_seen::SegmentSeen;
use socket_sampled::SocketSampled;
use step_progress::StepProgress;
use trouble::Trouble;

/// Names one event within its run. Counts from 1 in order of time.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct EventId(pub u32);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One observation. Never changed once it has an id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    pub id: EventId,
    /// When it began, in nanoseconds since the run began.
    #[serde(rename = "at_ns")]
    pub at: Nanos,
    #[serde(rename = "what")]
    pub body: EventBody,
}

/// What was observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EventBody {
    /// A program's system call returned. The event's time is the call's beginning.
    Call(CallReturned),
    /// The namespace's TCP counters moved.
    Counters(CountersMoved),
    /// The kernel said why it sent a RST.
    KernelReset(KernelReset),
    /// A program's process ended. Belongs to the calls.
    ProcessEnded(ProcessEnded),
    /// Something other than a program changed the world: a firewall rule, a forged segment.
    Outside(OutsideActed),
    /// A TCP segment passed the loopback interface.
    Segment(SegmentSeen),
    /// A socket's state and queues were read.
    Socket(SocketSampled),
    /// A step of the scenario began, waits or finished.
    Step(StepProgress),
    /// The run or a source of evidence could not do all it should.
    Trouble(Trouble),
}

impl EventBody {
    /// The call, where it is one.
    pub const fn as_call(&self) -> Option<&CallReturned> {
        if let Self::Call(call) = self {
            return Some(call);
        }
        None
    }

    /// The segment, where it is one.
    pub const fn as_segment(&self) -> Option<&SegmentSeen> {
        if let Self::Segment(seen) = self {
            return Some(seen);
        }
        None
    }

    /// The kind of evidence it is; `None` for what the run says of itself.
    pub const fn source(&self) -> Option<Source> {
        match self {
            Self::Call(_) | Self::Outside(_) | Self::ProcessEnded(_) => Some(Source::Calls),
            Self::Counters(_) => Some(Source::Counters),
            Self::KernelReset(_) => Some(Source::KernelResets),
            Self::Segment(_) => Some(Source::Segments),
            Self::Socket(_) => Some(Source::Sockets),
            Self::Step(_) | Self::Trouble(_) => None,
        }
    }

    /// Order of events with equal times: causes before effects.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Trouble(_) => 0,
            Self::Step(step) => match step.progress {
                step_progress::Progress::Started => 1,
                step_progress::Progress::Parked => 6,
                step_progress::Progress::Finished(_) => 8,
            },
            Self::Call(_) | Self::Outside(_) | Self::ProcessEnded(_) => 2,
            Self::Segment(_) => 3,
            Self::KernelReset(_) => 4,
            Self::Socket(_) => 5,
            Self::Counters(_) => 7,
        }
    }
}

/// The five kinds of evidence, each optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Calls,
    Segments,
    Counters,
    Sockets,
    KernelResets,
}

impl Source {
    pub const ALL: [Self; 5] = [
        Self::Calls,
        Self::Segments,
        Self::Counters,
        Self::Sockets,
        Self::KernelResets,
    ];

    /// The name in JSON, on the command line and in the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Segments => "segments",
            Self::Counters => "counters",
            Self::Sockets => "sockets",
            Self::KernelResets => "kernel-resets",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Sorts by time, then rank, keeping the order of equals; then numbers them from `first`.
pub fn sort_and_number(events: &mut [Event], first: u32) {
    sort_by_rank(events, |event| (event.at.0, event.body.rank().into()));
    for (event, number) in events.iter_mut().zip(first..) {
        event.id = EventId(number);
    }
}
