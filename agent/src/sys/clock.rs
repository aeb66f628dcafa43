//! The kernel's clocks, raw. Only `worker/clock.rs` may ask.
#![expect(unsafe_code, reason = "clock_gettime")]

/// `CLOCK_MONOTONIC` in nanoseconds.
pub(crate) fn monotonic() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// `CLOCK_REALTIME` in nanoseconds: the clock that stamps packets.
pub(crate) fn realtime() -> u64 {
    read(libc::CLOCK_REALTIME)
}

/// For how long this thread has run, `CLOCK_THREAD_CPUTIME_ID` in nanoseconds: sleeping does not count.
pub(crate) fn ran() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The clock that only moves when the kernel ticks, `CLOCK_MONOTONIC_COARSE`, and the time from tick to tick.
pub(crate) fn last_tick() -> (u64, u64) {
    let mut apart = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `apart` is a valid timespec that the call fills.
    unsafe { libc::clock_getres(libc::CLOCK_MONOTONIC_COARSE, &raw mut apart) };
    let apart = u64::try_from(apart.tv_nsec).unwrap_or(0);
    (read(libc::CLOCK_MONOTONIC_COARSE), apart)
}

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid timespec that the call fills; these clocks exist on every Linux.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}
