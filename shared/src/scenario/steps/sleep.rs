//! `sleep`: lets time pass. Holds the whole list, or its endpoint in free order.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// `do.sleep = { time = "100ms" }`, or a random time from a seeded range: `{ at_least = "0ms", at_most = "2ms" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sleep {
    pub time: Option<Span>,
    pub at_least: Option<Span>,
    pub at_most: Option<Span>,
}

impl Kind for Sleep {
    const NAME: &'static str = "sleep";
    const HELP: &'static str = "let a fixed or a random time pass";
    const FIELDS: &'static [Field] = &[
        Field::new("time", Takes::Duration, "this long").one_of("length"),
        Field::new("at_least", Takes::Duration, "a random time from here").one_of("length"),
        Field::new("at_most", Takes::Duration, "to here, from the run’s seed"),
    ];
    const ACTOR: Actor = Actor::Either;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn check(&self) -> Result<(), String> {
        match (self.time, self.at_least, self.at_most) {
            (Some(_), None, None) => Ok(()),
            (None, Some(least), Some(most)) if least <= most => Ok(()),
            (None, Some(least), Some(most)) => Err(format!(
                "at_least is {least}, expected no more than at_most, {most}"
            )),
            _ => Err("sleep needs `time`, or both `at_least` and `at_most`".to_owned()),
        }
    }
}

impl Sleep {
    /// The time of one run; `random` is uniform in 0 to 1 and used for a range only.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a range of at most 30 s, and random is within 0 and 1"
    )]
    pub fn time(&self, random: f64) -> Span {
        if let Some(time) = self.time {
            return time;
        }
        let least = self.at_least.unwrap_or_default().0;
        let range = self.at_most.unwrap_or_default().0 - least;
        Span(crate::units::Nanos(
            least.0 + (range.0 as f64 * random.clamp(0.0, 1.0)) as u64,
        ))
    }
}
