//! How exactly this machine kept its times while the runs were made: printed beside every result.

use serde::{Deserialize, Serialize};

use crate::units::Nanos;

/// Median, 95th percentile and worst of one kind of lateness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lateness {
    pub median_ns: u64,
    pub high_ns: u64,
    pub worst_ns: u64,
    /// How many were measured.
    pub samples: u32,
}

/// The machine's own jitter. A varied time below it cannot be told from its neighbour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Noise {
    /// How much longer than asked short sleeps took.
    pub sleep_overshoot: Lateness,
    /// From one thread's ringing to another thread's waking.
    pub wake_up: Lateness,
}

impl Lateness {
    /// What is said of many measurements, in nanoseconds.
    pub fn of(mut measured: Vec<u64>) -> Self {
        measured.sort_unstable();
        let at = |percent: usize| {
            let rank = (measured.len() * percent).div_ceil(100).max(1) - 1;
            measured.get(rank).copied().unwrap_or(0)
        };
        Self {
            median_ns: at(50),
            high_ns: at(95),
            worst_ns: at(100),
            samples: u32::try_from(measured.len()).unwrap_or(u32::MAX),
        }
    }

    fn words(self) -> String {
        let [median, high, worst] =
            [self.median_ns, self.high_ns, self.worst_ns].map(|ns| Nanos(ns).to_string());
        format!("median {median}, 95 % within {high}, worst {worst}")
    }
}

impl Noise {
    /// Of two measurements the worse one, each kind by itself.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        let worse = |one: Lateness, other: Lateness| {
            if other.high_ns > one.high_ns {
                other
            } else {
                one
            }
        };
        Self {
            sleep_overshoot: worse(self.sleep_overshoot, other.sleep_overshoot),
            wake_up: worse(self.wake_up, other.wake_up),
        }
    }

    /// Two lines for people.
    pub fn text(&self) -> String {
        let [sleep, wake_up] = self.sentences();
        format!("noise of this machine: {sleep}\n                       {wake_up}\n")
    }

    /// Each kind in words.
    pub fn sentences(&self) -> [String; 2] {
        [
            format!(
                "a sleep of 100 µs overshot by {}",
                self.sleep_overshoot.words()
            ),
            format!("a woken thread ran after {}", self.wake_up.words()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let found = Lateness::of((1..=100).rev().map(|number| number * 1_000).collect());
        assert_eq!(
            (found.median_ns, found.high_ns, found.worst_ns),
            (50_000, 95_000, 100_000)
        );
        assert_eq!(Lateness::of(Vec::new()), Lateness::default());
        assert_eq!(
            found.words(),
            "median 50 µs, 95 % within 95 µs, worst 100 µs"
        );
    }
}
