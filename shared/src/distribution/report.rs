//! The counts as the JSON object of `sweep --json` and `run --repeat --json`.
//!
//! The first four fields are fixed by the command line's contract; more may be added, none renamed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::amount::Amount;
use super::boundary::{Boundary, boundaries};
use super::difference::Difference;
use super::noise::Noise;
use super::odd::Odd;
use super::search::Found;
use super::{Bin, Tally, wilson};
use crate::order::sort_by_rank;

/// Version of the object.
pub const FORMAT: u32 = 1;

/// The object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Distribution {
    pub format: u32,
    /// Runs that were made.
    pub runs: u64,
    pub varied: Option<String>,
    pub bins: Vec<BinRow>,
    pub about: About,
    pub boundaries: Vec<BoundaryRow>,
    /// What a search for the flip found; `None` without one.
    pub found: Option<Found>,
}

/// What else is to be known of the runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct About {
    pub scenario: String,
    pub title: String,
    /// Runs that were asked for.
    pub planned: u64,
    /// Whether the runs were ended before that.
    pub interrupted: bool,
    /// Every run's own seed comes from this one.
    pub seed: u64,
    pub took_ms: u64,
    pub noise: Noise,
    /// What was kept of each run, in words.
    pub kept: String,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BinRow {
    pub value: Option<Amount>,
    pub runs: u64,
    pub outcomes: BTreeMap<String, u64>,
    /// Runs that were as the scenario expects.
    pub met: u64,
    /// For each ending its share and the interval that holds the true one 19 times of 20.
    pub intervals: BTreeMap<String, Interval>,
    /// What the programs were told, the most frequent first.
    pub answers: Vec<AnswersRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interval {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswersRow {
    pub outcome: String,
    pub answers: Vec<String>,
    pub runs: u64,
}

/// A boundary, and in what two runs on either side of it differ first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoundaryRow {
    #[serde(flatten)]
    pub boundary: Boundary,
    pub difference: Option<Difference>,
}

impl Distribution {
    /// `odd` holds the runs that are compared on both sides of a boundary, where they were kept.
    pub fn new(tally: &Tally, about: About, odd: &Odd) -> Self {
        let value = |bin: usize| tally.bins.get(bin).and_then(|bin| bin.value);
        let rows = boundaries(tally).into_iter().map(|boundary| BoundaryRow {
            difference: odd.compare(
                (value(boundary.last_bin), &boundary.before),
                (value(boundary.first_bin), &boundary.after),
            ),
            boundary,
        });
        Self {
            format: FORMAT,
            runs: tally.runs(),
            varied: tally.varied.clone(),
            bins: tally.bins.iter().map(bin_row).collect(),
            about,
            boundaries: rows.collect(),
            found: None,
        }
    }
}

fn bin_row(bin: &Bin) -> BinRow {
    let intervals = bin.outcomes.iter().map(|(key, count)| {
        let wilson::Share { share, low, high } = wilson::share(*count, bin.runs);
        (key.clone(), Interval { share, low, high })
    });
    let mut answers: Vec<_> = bin
        .answers
        .iter()
        .map(|((outcome, answers), runs)| AnswersRow {
            outcome: outcome.clone(),
            answers: answers.clone(),
            runs: *runs,
        })
        .collect();
    sort_by_rank(&mut answers, |row| (u64::MAX - row.runs, 0));
    BinRow {
        value: bin.value,
        runs: bin.runs,
        outcomes: bin.outcomes.clone(),
        met: bin.met,
        intervals: intervals.collect(),
        answers,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tally;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_fixed_fields_are_spelled_as_fixed() {
        let object = Distribution::new(
            &tally(&[(20, 0), (0, 20)]),
            About::default(),
            &Odd::default(),
        );
        let json = serde_json::to_value(&object).unwrap();
        assert_eq!(json["format"], 1);
        assert_eq!(json["runs"], 40);
        assert_eq!(json["varied"], "steps.reply.delay");
        assert_eq!(json["bins"][1]["value"], "1ms");
        assert_eq!(json["bins"][1]["runs"], 20);
        assert_eq!(json["bins"][1]["outcomes"], json!({"closed": 20}));
        assert_eq!(json["boundaries"][0]["first"], "1ms");
        assert_eq!(json["found"], Value::Null);
    }

    #[test]
    fn a_repeated_run_has_one_bin_without_a_value() {
        let object = Distribution::new(
            &Tally::new(None, &[None]),
            About::default(),
            &Odd::default(),
        );
        let json = serde_json::to_value(&object).unwrap();
        assert_eq!(json["varied"], Value::Null);
        assert_eq!(json["bins"][0]["value"], Value::Null);
        assert_eq!(json["bins"].as_array().unwrap().len(), 1);
    }
}
