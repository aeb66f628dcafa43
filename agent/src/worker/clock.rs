//! The only clock: nanoseconds since the run began, for calls and for the kernel's own stamps.

use aftershake_shared::units::Nanos;

use crate::sys::clock::{self, last_tick, monotonic, realtime};

/// One run's time. Copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// `CLOCK_MONOTONIC` at the run's beginning.
    origin: u64,
    /// `CLOCK_REALTIME` minus `CLOCK_MONOTONIC`.
    offset: u64,
}

impl Clock {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self {
            origin: monotonic(),
            offset: offset(),
        }
    }

    /// The same zero, with the wall clock's offset measured again: it may have been adjusted meanwhile.
    pub(crate) fn measured_again(self) -> Self {
        Self {
            offset: offset(),
            ..self
        }
    }

    pub(crate) fn now(&self) -> Nanos {
        self.at_monotonic(monotonic())
    }

    /// A stamp of the kernel's trace.
    pub(crate) fn at_monotonic(&self, stamp: u64) -> Nanos {
        Nanos(stamp.saturating_sub(self.origin))
    }

    /// A stamp of the wall clock, as packets carry it. Off by at most 0.1 us.
    pub(crate) fn at_realtime(&self, stamp: u64) -> Nanos {
        self.at_monotonic(stamp.saturating_sub(self.offset))
    }
}

/// The wall clock now, for comparing with a packet's stamp.
pub(crate) fn wall() -> u64 {
    realtime()
}

/// Nanoseconds since an earlier [`tick`].
pub(crate) fn tick() -> u64 {
    monotonic()
}

/// For how many nanoseconds this thread has run.
pub(crate) fn ran() -> u64 {
    clock::ran()
}

/// When the kernel ticks. Its timers run on ticks: what is done right after one is done before any of them runs again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks {
    /// One of them.
    one: u64,
    /// Nanoseconds from one to the next.
    apart: u64,
}

impl Ticks {
    /// Watches for the next one. The coarse clock moves with it, though not to it: only the moment counts.
    pub(crate) fn find() -> Self {
        let ((before, apart), began) = (last_tick(), monotonic());
        let mut one = began;
        while last_tick().0 == before && one.saturating_sub(began) < 3 * apart {
            std::hint::spin_loop();
            one = monotonic();
        }
        Self { one, apart }
    }

    /// Nanoseconds until shortly after the next one.
    pub(crate) fn until_next(self) -> u64 {
        /// By then the tick itself has been worked off.
        const LATER: u64 = 50_000;
        self.apart.saturating_sub(self.since_last()) + LATER
    }

    /// Whether most of the time until the next one is still ahead.
    pub(crate) fn is_early(self) -> bool {
        self.since_last() < self.apart / 4
    }

    fn since_last(self) -> u64 {
        monotonic().saturating_sub(self.one) % self.apart.max(1)
    }
}

/// The best of three brackets: the one in which the least time passed between the two readings around it.
fn offset() -> u64 {
    let mut best = (u64::MAX, 0);
    for _ in 0..3 {
        let before = monotonic();
        let wall = realtime();
        let after = monotonic();
        let width = after.saturating_sub(before);
        if width < best.0 {
            best = (width, wall.saturating_sub(before + width / 2));
        }
    }
    best.1
}
