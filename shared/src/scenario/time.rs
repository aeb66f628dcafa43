//! Durations as people write them: `100ms`, `0.1s`, `250us`. Must not accept a number without its unit.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::limits;
use crate::units::Nanos;

/// A duration of a scenario: 0 to 30 s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Nanos);

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    #[error("`{0}` has no unit, expected a number and `ns`, `us`, `ms` or `s`, like \"100ms\"")]
    NoUnit(String),
    #[error(
        "`{0}` is not a duration, expected a number and `ns`, `us`, `ms` or `s`, like \"100ms\""
    )]
    NotANumber(String),
    #[error("`{0}` is negative, expected 0 or more")]
    Negative(String),
    #[error("`{0}` is too long, expected at most {max} s", max = limits::SECONDS)]
    TooLong(String),
}

impl Span {
    /// Reads a number with a unit.
    ///
    /// # Errors
    /// [`SpanError`], quoting the text.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let digits_end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '_')))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits_end);
        let nanos_per_unit = match unit.trim() {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "" => return Err(SpanError::NoUnit(text.to_owned())),
            _ => return Err(SpanError::NotANumber(text.to_owned())),
        };
        let number = number.replace('_', "");
        let (negative, number) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(&number)),
        };
        let nanos = to_nanos(number, nanos_per_unit)
            .ok_or_else(|| SpanError::NotANumber(text.to_owned()))?;
        if negative && nanos > 0 {
            return Err(SpanError::Negative(text.to_owned()));
        }
        if nanos > Nanos::from_millis(limits::SECONDS * 1000).0 {
            return Err(SpanError::TooLong(text.to_owned()));
        }
        Ok(Self(Nanos(nanos)))
    }
}

/// Digits with at most one point, times a unit in nanoseconds; saturates, and rounds half up.
///
/// Whole numbers only: a fraction's way through floating point would add its tables to the page.
fn to_nanos(number: &str, unit: u64) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
        return None;
    }
    let whole = whole.bytes().fold(0_u64, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    // Tenths of nanoseconds, so that the last digit can be rounded.
    let mut worth = unit;
    let mut tenths = 0;
    for digit in part.bytes() {
        tenths += worth * u64::from(digit - b'0');
        worth /= 10;
    }
    Some(whole.saturating_mul(unit).saturating_add((tenths + 5) / 10))
}

/// The shortest spelling: `100ms`, `1.5s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.0;
        for (unit, size) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)] {
            if (nanos >= size || nanos == 0) && nanos.is_multiple_of(size / 1_000) {
                let whole = nanos / size;
                let part = format!("{:03}", (nanos % size) / (size / 1_000));
                let part = part.trim_end_matches('0');
                let point = if part.is_empty() { "" } else { "." };
                return f.pad(&format!("{whole}{point}{part}{unit}"));
            }
        }
        f.pad(&format!("{nanos}ns"))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Span;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration with its unit, like \"100ms\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                Span::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_shortest_spelling() {
        for (text, nanos, short) in [
            ("100ms", 100_000_000, "100ms"),
            ("0.1s", 100_000_000, "100ms"),
            ("1.5s", 1_500_000_000, "1.5s"),
            ("250us", 250_000, "250us"),
            ("0ms", 0, "0s"),
            ("7ns", 7, "7ns"),
            ("1_000us", 1_000_000, "1ms"),
            ("0.0005us", 1, "1ns"),
            (".5ms", 500_000, "500us"),
            ("-0s", 0, "0s"),
        ] {
            let span = Span::parse(text).unwrap();
            assert_eq!(span.0.0, nanos, "{text}");
            assert_eq!(span.to_string(), short);
            assert_eq!(Span::parse(short).unwrap(), span);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, message) in [
            ("100", "`100` has no unit"),
            ("-5ms", "`-5ms` is negative"),
            ("31s", "`31s` is too long, expected at most 30 s"),
            ("soon", "`soon` is not a duration"),
            ("1e9s", "`1e9s` is not a duration"),
            ("..s", "`..s` is not a duration"),
        ] {
            let found = Span::parse(text).unwrap_err().to_string();
            assert!(found.starts_with(message), "{found}");
        }
    }
}
