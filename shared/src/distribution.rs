//! Many runs of one scenario: how often each ending came, against what was varied.
//!
//! Pure: summaries of runs in, counts, intervals, boundaries and pictures out. Carries out nothing.

pub mod amount;
pub mod boundary;
pub mod chart;
pub mod csv;
pub mod difference;
pub mod noise;
pub mod odd;
pub mod report;
pub mod search;
pub mod seeds;
pub mod summary;
pub mod text;
pub mod vary;
pub mod wilson;

use std::collections::BTreeMap;

use crate::order::sort_by_rank;
use amount::Amount;
use summary::RunSummary;

/// Different answers that are told apart in one bin; what comes beyond is counted without its words.
const MOST_ANSWERS: usize = 64;
/// Different endings that are told apart in one bin; causes and outcomes are far fewer.
const MOST_OUTCOMES: usize = 200;
/// The ending that stands for all beyond [`MOST_OUTCOMES`].
const OTHERS: &str = "others";

/// The counts of many runs. Its size does not grow with their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was varied, as the command line spells it; `None` when the same run was repeated.
    pub varied: Option<String>,
    /// In the order of the values; one bin when nothing was varied.
    pub bins: Vec<Bin>,
}

/// The runs at one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// `None` when nothing was varied.
    pub value: Option<Amount>,
    pub runs: u64,
    /// Runs that were as the scenario expects.
    pub met: u64,
    /// How often each ending came, by its key.
    pub outcomes: BTreeMap<String, u64>,
    /// How often the programs were told just this, by ending and answers.
    pub answers: BTreeMap<(String, Vec<String>), u64>,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(varied: Option<String>, values: &[Option<Amount>]) -> Self {
        let bin = |value: &Option<Amount>| Bin {
            value: *value,
            ..Bin::default()
        };
        Self {
            varied,
            bins: values.iter().map(bin).collect(),
        }
    }

    /// Counts one run; one of a bin that does not exist counts nowhere.
    pub fn count(&mut self, run: &RunSummary) {
        let bin = usize::try_from(run.bin).ok();
        if let Some(bin) = bin.and_then(|bin| self.bins.get_mut(bin)) {
            bin.count(run);
        }
    }

    /// Counts one run at a value, which gets a bin in its place when it is a new one; the run's own bin is not read.
    pub fn count_at(&mut self, value: Amount, run: &RunSummary) {
        let place = self
            .bins
            .binary_search_by_key(&Some(value), |bin| bin.value);
        let place = place.unwrap_or_else(|place| {
            let bin = Bin {
                value: Some(value),
                ..Bin::default()
            };
            self.bins.insert(place, bin);
            place
        });
        if let Some(bin) = self.bins.get_mut(place) {
            bin.count(run);
        }
    }

    pub fn runs(&self) -> u64 {
        self.bins.iter().map(|bin| bin.runs).sum()
    }

    pub fn met(&self) -> u64 {
        self.bins.iter().map(|bin| bin.met).sum()
    }

    /// Every ending with its number of runs over all bins, the most frequent first.
    pub fn outcomes(&self) -> Vec<(&str, u64)> {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for bin in &self.bins {
            for (key, count) in &bin.outcomes {
                *sums.entry(key).or_default() += count;
            }
        }
        let mut sorted: Vec<_> = sums.into_iter().collect();
        // In the order of their keys already; that order stays among equals.
        sort_by_rank(&mut sorted, |(_, count)| (u64::MAX - count, 0));
        sorted
    }
}

/// `1 run`, `40 runs`.
pub(crate) fn runs_in_words(count: u64) -> String {
    format!("{count} run{}", if count == 1 { "" } else { "s" })
}

impl Bin {
    fn count(&mut self, run: &RunSummary) {
        self.runs += 1;
        self.met += u64::from(run.met);
        let is_known = self.outcomes.contains_key(&run.key);
        let key = if is_known || self.outcomes.len() < MOST_OUTCOMES {
            run.key.as_str()
        } else {
            OTHERS
        };
        *self.outcomes.entry(key.to_owned()).or_default() += 1;
        let answers = (run.key.clone(), run.answers.clone());
        if self.answers.len() < MOST_ANSWERS || self.answers.contains_key(&answers) {
            *self.answers.entry(answers).or_default() += 1;
        }
    }

    /// How often this ending came.
    pub fn of(&self, key: &str) -> u64 {
        self.outcomes.get(key).copied().unwrap_or(0)
    }

    /// What the programs were told most often when the run ended so.
    pub fn usual_answers(&self, key: &str) -> &[String] {
        let of_key = self.answers.iter().filter(|((of, _), _)| of == key);
        let most = of_key.max_by_key(|(_, count)| **count);
        most.map_or(&[], |((_, answers), _)| answers.as_slice())
    }
}

#[cfg(test)]
mod tests;
