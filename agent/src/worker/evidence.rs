//! The sources of evidence besides the calls, which the endpoints record themselves. One file each.
//!
//! A source that this machine does not give is absent: an event says so with the remedy, and the run goes on.

pub(crate) mod counters;
mod couriers;
pub(crate) mod kernel_resets;
mod room;
pub(crate) mod segments;
pub(crate) mod sockets;

use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};

use crate::worker::clock::Clock;
use crate::worker::recorder::Recorder;
use counters::Counters;
use kernel_resets::KernelResets;
use segments::Segments;
use sockets::Sockets;

/// Bytes that the capture's socket buffer holds on every machine, whatever `net.core.rmem_max` says.
const SMALL_RUN: u64 = 100_000;

/// Whether `AFTERSHAKE_CALLS_ONLY=1` switches every source off but the calls: a benchmark compares both.
pub(crate) fn calls_only() -> bool {
    std::env::var_os("AFTERSHAKE_CALLS_ONLY").is_some_and(|value| value == "1")
}

/// What is said of a source that was switched off.
pub(crate) fn switched_off(evidence: Source) -> Trouble {
    Trouble::Absent {
        evidence,
        reason: "switched off by AFTERSHAKE_CALLS_ONLY".to_owned(),
        remedy: "unset it".to_owned(),
    }
}

/// What a run can observe.
pub(crate) struct Evidence {
    pub(crate) segments: Option<Segments>,
    pub(crate) counters: Option<Counters>,
    pub(crate) sockets: Option<Sockets>,
    /// What is missing, and why.
    pub(crate) absent: Vec<Trouble>,
    is_warm: bool,
}

impl Evidence {
    /// Opens every source in this thread's network namespace. Nothing is recorded before [`Self::begin`].
    pub(crate) fn open() -> Self {
        if calls_only() {
            return Self::none();
        }
        let mut absent = Vec::new();
        let mut keep = |evidence, error: std::io::Error| {
            let (reason, remedy) = (error.to_string(), String::new());
            absent.push(Trouble::Absent {
                evidence,
                reason,
                remedy,
            });
        };
        let segments = Segments::open()
            .map_err(|error| keep(Source::Segments, error))
            .ok();
        let counters = Counters::open()
            .map_err(|error| keep(Source::Counters, error))
            .ok();
        let sockets = Sockets::open()
            .map_err(|error| keep(Source::Sockets, error))
            .ok();
        Self {
            segments,
            counters,
            sockets,
            absent,
            is_warm: false,
        }
    }

    fn none() -> Self {
        Self {
            segments: None,
            counters: None,
            sockets: None,
            absent: [Source::Segments, Source::Counters, Source::Sockets]
                .map(switched_off)
                .to_vec(),
            is_warm: true,
        }
    }

    /// Makes room for a run that sends this many bytes. Keeps what is open where the kernel gives no more.
    pub(crate) fn expect_bytes(&mut self, bytes: u64) {
        if bytes > SMALL_RUN
            && self.segments.is_some()
            && let Ok(large) = Segments::open_large()
        {
            self.segments = Some(large);
            self.is_warm = false;
        }
    }

    /// The sources that will be recorded, calls included.
    pub(crate) fn recorded(&self, kernel_resets: Option<&KernelResets>) -> Vec<Source> {
        Source::ALL
            .into_iter()
            .filter(|source| match source {
                Source::Calls => true,
                Source::Segments => self.segments.is_some(),
                Source::Counters => self.counters.is_some(),
                Source::Sockets => self.sockets.is_some(),
                Source::KernelResets => kernel_resets.is_some(),
            })
            .collect()
    }

    /// Makes the capture run, proves it, and reads the counters: the part of beginning that needs no clock.
    /// Nothing happens in the namespace before its first step, so it may be done long before.
    pub(crate) fn warm_up(&mut self) {
        if let Some(segments) = &mut self.segments
            && let Err(trouble) = segments.begin()
        {
            self.absent.push(trouble);
            self.segments = None;
        }
        if let Some(counters) = &mut self.counters {
            counters.begin();
        }
        self.is_warm = true;
    }

    /// Starts recording; notes what is absent.
    pub(crate) fn begin(&mut self, clock: &Clock, recorder: &mut Recorder<'_>) {
        if !self.is_warm {
            self.warm_up();
        }
        for trouble in self.absent.drain(..) {
            recorder.note(clock.now(), EventBody::Trouble(trouble));
        }
    }
}
