//! Durations as people write them: `100ms`, `0.1s`, `250us`. Must not accept a number without its unit.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

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
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "" => return Err(SpanError::NoUnit(text.to_owned())),
            _ => return Err(SpanError::NotANumber(text.to_owned())),
        };
        let number: f64 = number
            .replace('_', "")
            .parse()
            .map_err(|_| SpanError::NotANumber(text.to_owned()))?;
        if number < 0.0 {
            return Err(SpanError::Negative(text.to_owned()));
        }
        let nanos = number * nanos_per_unit;
        #[expect(clippy::cast_precision_loss, reason = "30 s is far below 2^53 ns")]
        if nanos > Nanos::from_millis(limits::SECONDS * 1000).0 as f64 {
            return Err(SpanError::TooLong(text.to_owned()));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 30 s, checked above"
        )]
        Ok(Self(Nanos(nanos.round() as u64)))
    }
}

/// The shortest spelling: `100ms`, `1.5s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.0;
        for (unit, size) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)] {
            if nanos >= size && nanos.is_multiple_of(size / 1_000) {
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
            ("0ms", 0, "0ns"),
            ("7ns", 7, "7ns"),
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
