//! Measures how late this machine wakes who sleeps and who waits: what no result can be finer than.

use std::os::fd::AsRawFd;
use std::sync::mpsc::channel;
use std::thread;

use aftershake_shared::distribution::noise::{Lateness, Noise};

use crate::sys::clock::monotonic;
use crate::sys::poll::{self, Bell, Interest};
use crate::sys::thread::exact_timers;

/// How often each is measured: some 15 ms altogether.
const SAMPLES: u32 = 50;
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
    let bells: Result<Vec<Bell>, _> = (0..SAMPLES).map(|_| Bell::new()).collect();
    let Ok(bells) = bells else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let (says, said) = channel();
        let waiting = &bells;
        scope.spawn(move || {
            for bell in waiting {
                let _ = poll::wait(
                    &[(bell.as_raw_fd(), Interest::Readable)],
                    Some(1_000_000_000),
                );
                if says.send(monotonic()).is_err() {
                    return;
                }
            }
        });
        let late = bells.iter().filter_map(|bell| {
            // The other thread needs some time to reach its wait.
            let _ = poll::wait(&[], Some(SLEEP));
            let rung = monotonic();
            bell.ring();
            Some(said.recv().ok()?.saturating_sub(rung))
        });
        late.collect()
    })
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
