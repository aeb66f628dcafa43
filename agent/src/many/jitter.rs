//! Measures how late this machine wakes who sleeps and who waits: what no result can be finer than.

use std::os::fd::AsRawFd;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use aftershake_shared::distribution::noise::{Lateness, Noise};

use crate::sys::clock::monotonic;
use crate::sys::poll::{self, Bell, Interest};
use crate::sys::thread::exact_timers;

/// How often each is measured: some 30 ms altogether.
const SAMPLES: u32 = 100;
/// What a short sleep asks for, in nanoseconds.
const SLEEP: u64 = 100_000;

/// Measures now. What cannot be measured has no samples.
pub fn measure() -> Noise {
    // In a thread of its own, whose timers may be exact without changing the caller's.
    let measured = thread::scope(|scope| {
        let measuring = scope.spawn(|| {
            let _ = exact_timers();
            Noise {
                sleep_overshoot: Lateness::of(sleeps()),
                wake_up: Lateness::of(wake_ups()),
            }
        });
        measuring.join().ok()
    });
    measured.unwrap_or_default()
}

fn sleeps() -> Vec<u64> {
    let sleep = |_| {
        let began = monotonic();
        let _ = poll::wait(&[], Some(SLEEP));
        (monotonic() - began).saturating_sub(SLEEP)
    };
    (0..SAMPLES).map(sleep).collect()
}

/// From one thread's ringing to another's return from its wait.
fn wake_ups() -> Vec<u64> {
    let mut late = Vec::new();
    for _ in 0..SAMPLES {
        let Ok(bell) = Bell::new() else { break };
        let rung = AtomicU64::new(0);
        let both = Barrier::new(2);
        let woken = thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                both.wait();
                let _ = poll::wait(
                    &[(bell.as_raw_fd(), Interest::Readable)],
                    Some(1_000_000_000),
                );
                monotonic()
            });
            both.wait();
            // The other thread needs some time to reach its wait.
            let _ = poll::wait(&[], Some(SLEEP));
            rung.store(monotonic(), Ordering::Release);
            bell.ring();
            waiting.join().ok()
        });
        if let Some(woken) = woken {
            late.push(woken.saturating_sub(rung.load(Ordering::Acquire)));
        }
    }
    late
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_measured() {
        let noise = measure();
        assert_eq!(noise.sleep_overshoot.samples, SAMPLES);
        assert_eq!(noise.wake_up.samples, SAMPLES);
        assert!(noise.wake_up.worst_ns > 0);
    }
}
