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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl Nanos {
    pub const MICROSECOND: u64 = 1_000;
    pub const MILLISECOND: u64 = 1_000_000;
    pub const SECOND: u64 = 1_000_000_000;

    /// The span in a unit of so many nanoseconds, a power of ten, with so many digits after the point.
    ///
    /// Rounds half up, in whole numbers: the printing of fractions would add its tables to the page.
    pub fn in_unit(self, unit: u64, digits: u32) -> String {
        let parts = 10_u64.pow(digits.min(9));
        let least = (unit / parts).max(1);
        let rounded = self.0.saturating_add(least / 2) / least;
        let (whole, part) = (rounded / parts, rounded % parts);
        match digits as usize {
            0 => whole.to_string(),
            digits => format!("{whole}.{part:0digits$}"),
        }
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self.0 {
            0 => ("0".to_owned(), "ms"),
            1..1_000 => (self.0.to_string(), "ns"),
            1_000..10_000 => (self.in_unit(Self::MICROSECOND, 1), "µs"),
            10_000..1_000_000 => (self.in_unit(Self::MICROSECOND, 0), "µs"),
            1_000_000..1_000_000_000 => (self.in_unit(Self::MILLISECOND, 3), "ms"),
            _ => (self.in_unit(Self::SECOND, 3), "s"),
        };
        write!(f, "{number} {unit}")
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
