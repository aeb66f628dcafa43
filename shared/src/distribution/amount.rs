//! What a varied field is set to: a time or a whole number; and a range of them, as `0..5ms` or `1..64`.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::scenario::limits;
use crate::scenario::time::{Span, SpanError};
use crate::units::Nanos;

/// One value. Times and numbers do not mix in one range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Amount {
    Number(u64),
    #[serde(deserialize_with = "time")]
    Time(#[cfg_attr(feature = "schema", schemars(with = "String"))] Nanos),
}

fn time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Nanos, D::Error> {
    Span::deserialize(deserializer).map(|span| span.0)
}

impl Amount {
    /// Nanoseconds or the number: for placing it between others of its range.
    pub const fn size(self) -> u64 {
        match self {
            Self::Number(number) => number,
            Self::Time(nanos) => nanos.0,
        }
    }

    /// The same kind of amount with another size.
    #[must_use]
    pub const fn with_size(self, size: u64) -> Self {
        match self {
            Self::Number(_) => Self::Number(size),
            Self::Time(_) => Self::Time(Nanos(size)),
        }
    }
}

/// `250us`, `64`: as the command line spells it.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.pad(&number.to_string()),
            Self::Time(Nanos(0)) => f.pad("0ms"),
            Self::Time(nanos) => f.pad(&Span(*nanos).to_string()),
        }
    }
}

/// A time as text with its unit, a number as a number.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Time(_) => serializer.serialize_str(&self.to_string()),
        }
    }
}

/// From one value to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: Amount,
    pub to: Amount,
}

/// Most bins of a sweep: more cannot be read, and each needs runs.
pub const MOST_BINS: usize = 1_000;

impl Range {
    /// Reads `0..5ms` or `1..64`: a first value without a unit has that of the second, and 0 needs none.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused =
            |what: &str| format!("`{text}` {what}, expected FROM..TO like `0..5ms` or `1..64`");
        let (from, to) = text
            .split_once("..")
            .ok_or_else(|| refused("is no range"))?;
        let to = to.strip_prefix('=').unwrap_or(to);
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() || to.is_empty() {
            return Err(refused("is no range: an end is missing"));
        }
        if to.starts_with('.') {
            // `0ms...5ms`: half a millisecond, or a dot too many?
            return Err(refused("has three dots"));
        }
        if from.starts_with('-') || to.starts_with('-') {
            return Err(refused("has a negative end, and values begin at 0"));
        }
        let unit = |text: &str| {
            let after = text.trim_start_matches(|c: char| c.is_ascii_digit() || ".+_".contains(c));
            (!after.is_empty() && after.len() < text.len()).then(|| after.trim().to_owned())
        };
        let is_unit = |unit: &str| matches!(unit, "ns" | "us" | "µs" | "ms" | "s");
        let lent = unit(to).filter(|unit| is_unit(unit));
        let is_zero = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'0');
        let read = |end: &str, lent: Option<&str>| -> Result<Amount, String> {
            let number = end.replace('_', "");
            let has_digits_only = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let is_fraction = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let whole = match lent {
                Some(lent) if is_fraction => format!("{end}{lent}"),
                None if has_digits_only => {
                    let number = number.parse().map(Amount::Number);
                    return number.map_err(|_| refused("has a number that is too large"));
                }
                _ => end.to_owned(),
            };
            match Span::parse(&whole) {
                Ok(span) => Ok(Amount::Time(span.0)),
                Err(SpanError::TooLong(_)) => Err(format!(
                    "`{end}` is too long, expected at most {} s",
                    limits::SECONDS
                )),
                Err(_) => Err(format!(
                    "`{end}` is no number and no duration, \
                     expected a range like `0..5ms` or `1..64`, found `{text}`"
                )),
            }
        };
        let first = read(from, lent.as_deref())?;
        let second = match first {
            Amount::Time(_) if is_zero(to) => Amount::Time(Nanos(0)),
            Amount::Time(_) | Amount::Number(_) => read(to, None)?,
        };
        if matches!(first, Amount::Time(_)) != matches!(second, Amount::Time(_)) {
            return Err(format!(
                "`{text}` goes from `{from}` to `{to}`, expected a unit on both or on neither"
            ));
        }
        if first > second {
            return Err(format!(
                "`{text}` goes down, expected the smaller value first"
            ));
        }
        Ok(Self {
            from: first,
            to: second,
        })
    }

    /// So many values at equal distances, both ends included; fewer where there are not so many.
    ///
    /// Times are rounded to whole microseconds where that moves them by less than a tenth of their distance.
    pub fn values(self, bins: usize) -> Vec<Amount> {
        let (from, to) = (self.from.size(), self.to.size());
        let gaps = bins.clamp(2, MOST_BINS) as u128 - 1;
        let distance = u64::try_from(u128::from(to - from) / gaps).unwrap_or(0);
        let is_time = matches!(self.from, Amount::Time(_));
        let coarse = is_time && distance >= 10 * Nanos::MICROSECOND;
        let mut values: Vec<Amount> = (0..=gaps)
            .map(|number| {
                let above = (u128::from(to - from) * number + gaps / 2) / gaps;
                let size = from + u64::try_from(above).unwrap_or(0);
                let is_end = number == 0 || number == gaps;
                let size = if coarse && !is_end {
                    (size + 500) / 1_000 * 1_000
                } else {
                    size
                };
                self.from.with_size(size)
            })
            .collect();
        values.dedup();
        values
    }
}

/// `0ms..5ms`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_with_its_unit() {
        let time = |nanos| Amount::Time(Nanos(nanos));
        for (text, from, to) in [
            ("0..5ms", time(0), time(5_000_000)),
            ("100us..2ms", time(100_000), time(2_000_000)),
            ("0.5..1.5ms", time(500_000), time(1_500_000)),
            ("1..64", Amount::Number(1), Amount::Number(64)),
            ("1 ..= 1_000", Amount::Number(1), Amount::Number(1_000)),
            ("0..0ms", time(0), time(0)),
            ("0ms..0", time(0), time(0)),
            (".5..1.5ms", time(500_000), time(1_500_000)),
            ("7..7", Amount::Number(7), Amount::Number(7)),
        ] {
            assert_eq!(Range::parse(text), Ok(Range { from, to }), "{text}");
        }
    }

    #[test]
    fn a_range_that_is_none_is_refused_in_words() {
        for (text, words) in [
            ("5ms", "`5ms` is no range, expected FROM..TO"),
            ("a..b", "`a` is no number and no duration"),
            ("1..", "`1..` is no range: an end is missing"),
            ("..5ms", "`..5ms` is no range: an end is missing"),
            ("-1..4", "`-1..4` has a negative end, and values begin at 0"),
            ("-5ms..5ms", "has a negative end"),
            ("0..-5", "has a negative end"),
            ("5ms..1ms", "goes down"),
            ("5ms..0", "`5ms..0` goes down"),
            ("1us..5", "goes from `1us` to `5`, expected a unit on both"),
            ("0ms...5ms", "`0ms...5ms` has three dots"),
            ("0..inf", "`inf` is no number and no duration"),
            ("0..1e400", "`1e400` is no number and no duration"),
            ("0..ms", "`ms` is no number and no duration"),
            ("0..99999999999999999999", "a number that is too large"),
            ("0..40s", "`40s` is too long, expected at most 30 s"),
            ("40..41s", "`40` is too long"),
        ] {
            let found = Range::parse(text).unwrap_err();
            assert!(found.contains(words), "{text}: {found}");
        }
    }

    #[test]
    fn values_hold_both_ends_and_stand_at_equal_distances() {
        let shown = |text: &str, bins| -> Vec<String> {
            let values = Range::parse(text).unwrap().values(bins);
            values.iter().map(ToString::to_string).collect()
        };
        assert_eq!(shown("0..4ms", 5), ["0ms", "1ms", "2ms", "3ms", "4ms"]);
        assert_eq!(shown("1..4", 20), ["1", "2", "3", "4"]);
        assert_eq!(shown("3..3", 20), ["3"]);
        assert_eq!(shown("0..1ms", 4), ["0ms", "333us", "667us", "1ms"]);
        assert_eq!(shown("0..10us", 3), ["0ms", "5us", "10us"]);
        assert_eq!(shown("1..64", 1), ["1", "64"]);
    }

    #[test]
    fn an_amount_survives_json() {
        for amount in [Amount::Number(64), Amount::Time(Nanos(250_000))] {
            let text = serde_json::to_string(&amount).unwrap();
            assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), amount);
        }
    }
}
