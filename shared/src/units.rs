//! Quantities that carry their unit in the type.
//!
//! Must not read a clock: every value is handed in.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// Nanoseconds since the run began, or a span of them. 2^64 ns is 584 years.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Nanos(pub u64);

impl Nanos {
    /// Whole milliseconds as nanoseconds; saturates.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Whole microseconds as nanoseconds; saturates.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }

    /// The span as fractional milliseconds, for drawing and for people.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a picture needs no more than 53 bits"
    )]
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Nanos {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Saturates at zero: a clock that steps back must not panic a diagnosis.
impl Sub for Nanos {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// `1.703 ms`, `12 µs`, `2.5 s`: three digits that matter, the unit people expect.
impl fmt::Display for Nanos {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0 as f64;
        match self.0 {
            0 => f.write_str("0 ms"),
            1..1_000 => write!(f, "{} ns", self.0),
            1_000..10_000 => write!(f, "{:.1} µs", n / 1e3),
            10_000..1_000_000 => write!(f, "{:.0} µs", n / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.3} ms", n / 1e6),
            _ => write!(f, "{:.3} s", n / 1e9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_three_digits_and_a_unit() {
        for (nanos, text) in [
            (0, "0 ms"),
            (12, "12 ns"),
            (1_234, "1.2 µs"),
            (21_000, "21 µs"),
            (1_703_000, "1.703 ms"),
            (2_500_000_000, "2.500 s"),
        ] {
            assert_eq!(Nanos(nanos).to_string(), text);
        }
    }

    #[test]
    fn subtraction_stops_at_zero() {
        assert_eq!(Nanos(1) - Nanos(2), Nanos(0));
    }
}
