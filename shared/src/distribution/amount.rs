//! What a varied field is set to: a time or a whole number; and a range of them, as `0..5ms` or `1..64`.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::scenario::time::Span;
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
    /// Reads `0..5ms` or `1..64`: a first value without a unit has that of the second.
    ///
    /// # Errors
    /// What was found and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shape = || format!("`{text}` is no range, expected FROM..TO like `0..5ms` or `1..64`");
        let (from, to) = text.split_once("..").ok_or_else(shape)?;
        let to = to.strip_prefix('=').unwrap_or(to);
        let (from, to) = (from.trim(), to.trim());
        let unit_at = |text: &str| text.find(|c: char| c.is_alphabetic());
        let unit = unit_at(to).and_then(|at| to.get(at..));
        let read = |text: &str| -> Result<Amount, String> {
            let whole = match (unit_at(text), unit) {
                (None, None) => {
                    let digits = text.replace('_', "");
                    return digits.parse().map(Amount::Number).map_err(|_| shape());
                }
                (Some(_), _) => text.to_owned(),
                (None, Some(unit)) => format!("{text}{unit}"),
            };
            let span = Span::parse(&whole).map_err(|error| error.to_string())?;
            Ok(Amount::Time(span.0))
        };
        let (from, to) = (read(from)?, read(to)?);
        if matches!(from, Amount::Time(_)) != matches!(to, Amount::Time(_)) {
            return Err(format!(
                "`{text}` goes from {from} to {to}, expected a unit on both or on neither"
            ));
        }
        if from > to {
            return Err(format!(
                "`{text}` goes down, expected the smaller value first"
            ));
        }
        Ok(Self { from, to })
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
            ("7..7", Amount::Number(7), Amount::Number(7)),
        ] {
            assert_eq!(Range::parse(text), Ok(Range { from, to }), "{text}");
        }
    }

    #[test]
    fn a_range_that_is_none_is_refused_in_words() {
        for (text, words) in [
            ("5ms", "`5ms` is no range, expected FROM..TO"),
            ("a..b", "`a` is not a duration"),
            ("1..", "`1..` is no range"),
            ("-1..4", "`-1..4` is no range"),
            ("5ms..1ms", "goes down"),
            ("1us..5", "expected a unit on both or on neither"),
            ("0..40s", "is too long, expected at most 30 s"),
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
