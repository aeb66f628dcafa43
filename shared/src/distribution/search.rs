//! Finds the value at which the ending flips, in few runs: bisection, each step decided by as many runs as it takes.
//!
//! Says which value to try next and is told what came; carries out nothing. Never claims a single flip without
//! having looked on both sides of it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::amount::{Amount, Range};
use super::{runs_in_words, wilson};
use crate::units::Nanos;

/// Runs at a value before it is judged for the first time: when all agree, their interval lies above one half.
const FIRST: u32 = 4;
/// Runs that each later question adds.
const MORE: u32 = 4;
/// Runs after which a value counts as one at which several endings come.
const MOST: u64 = 24;
/// Values looked at on each side of the flip, to see whether there is another.
const LOOKS: u64 = 4;

/// What a search has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found {
    /// Whether there is exactly one flip, as far as was looked.
    pub single: bool,
    /// The last value at which the first ending is the rule, and the first value at which the second is.
    pub last: Option<Amount>,
    pub first: Option<Amount>,
    pub before: String,
    pub after: String,
    pub words: String,
}

/// A search under way.
#[derive(Clone, Debug)]
pub struct Search {
    range: Range,
    /// What came at each value tried, by its size.
    tried: BTreeMap<u64, BTreeMap<String, u64>>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Ends,
    /// The flip lies above `low` and not above `high`.
    Between {
        low: u64,
        high: u64,
    },
    Looking {
        low: u64,
        high: u64,
    },
}

/// What is the rule at a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// More runs would tell.
    Open,
    One(String),
    /// Several endings come, none of them most of the time.
    Mixed,
}

impl Search {
    pub fn new(range: Range) -> Self {
        Self {
            range,
            tried: BTreeMap::new(),
            stage: Stage::Ends,
        }
    }

    /// The next value to try, and how many runs; `None` when the search is over.
    pub fn ask(&mut self) -> Option<(Amount, u32)> {
        let (from, to) = (self.range.from.size(), self.range.to.size());
        loop {
            let open = self
                .wanted()
                .into_iter()
                .find(|size| self.rule(*size) == Rule::Open);
            if let Some(size) = open {
                let runs = if self.tried.contains_key(&size) {
                    MORE
                } else {
                    FIRST
                };
                return Some((self.range.from.with_size(size), runs));
            }
            match self.stage {
                Stage::Ends => {
                    let (Rule::One(first), Rule::One(last)) = (self.rule(from), self.rule(to))
                    else {
                        return None;
                    };
                    self.stage = if first == last {
                        Stage::Looking { low: to, high: to }
                    } else {
                        Stage::Between {
                            low: from,
                            high: to,
                        }
                    };
                }
                Stage::Between { low, high } => {
                    let middle = low + (high - low) / 2;
                    if high - low <= self.resolution() {
                        self.stage = Stage::Looking { low, high };
                    } else if self.leads(middle) {
                        self.stage = Stage::Between { low: middle, high };
                    } else {
                        self.stage = Stage::Between { low, high: middle };
                    }
                }
                Stage::Looking { .. } => return None,
            }
        }
    }

    /// Tells what came of runs at a value.
    pub fn came(&mut self, at: Amount, key: &str) {
        let keys = self.tried.entry(at.size()).or_default();
        *keys.entry(key.to_owned()).or_default() += 1;
    }

    /// Runs made so far.
    pub fn runs(&self) -> u64 {
        self.tried.values().flat_map(BTreeMap::values).sum()
    }

    /// Values whose rule must be known now.
    fn wanted(&self) -> Vec<u64> {
        let (from, to) = (self.range.from.size(), self.range.to.size());
        match self.stage {
            Stage::Ends => vec![from, to],
            Stage::Between { low, high } if high - low <= self.resolution() => Vec::new(),
            Stage::Between { low, high } => vec![low + (high - low) / 2],
            Stage::Looking { low, high } => {
                let looks = |begin: u64, end: u64| {
                    (1..=LOOKS).map(move |part| {
                        let way = u128::from(end - begin) * u128::from(part);
                        begin + u64::try_from(way / (u128::from(LOOKS) + 1)).unwrap_or(0)
                    })
                };
                looks(from, low).chain(looks(high, to)).collect()
            }
        }
    }

    /// One microsecond, or one.
    fn resolution(&self) -> u64 {
        match self.range.from {
            Amount::Number(_) => 1,
            Amount::Time(_) => Nanos::MICROSECOND,
        }
    }

    fn rule(&self, size: u64) -> Rule {
        let Some(keys) = self.tried.get(&size) else {
            return Rule::Open;
        };
        let runs: u64 = keys.values().sum();
        for (key, count) in keys {
            if wilson::share(*count, runs).low > 0.5 {
                return Rule::One(key.clone());
            }
        }
        if runs < MOST { Rule::Open } else { Rule::Mixed }
    }

    /// Whether the ending of the range's beginning still comes at least every other time.
    fn leads(&self, size: u64) -> bool {
        let Rule::One(first) = self.rule(self.range.from.size()) else {
            return false;
        };
        let Some(keys) = self.tried.get(&size) else {
            return false;
        };
        let runs: u64 = keys.values().sum();
        keys.get(&first).is_some_and(|count| count * 2 >= runs)
    }

    /// What came of the search.
    pub fn found(&self) -> Found {
        let (from, to) = (self.range.from, self.range.to);
        let nothing = |words: String| Found {
            single: false,
            last: None,
            first: None,
            before: String::new(),
            after: String::new(),
            words: format!("{words} ({})", runs_in_words(self.runs())),
        };
        let (before, after) = match (self.rule(from.size()), self.rule(to.size())) {
            (Rule::One(before), Rule::One(after)) => (before, after),
            (Rule::Open, _) | (_, Rule::Open) => {
                return nothing("no flip was found: the search was ended early".to_owned());
            }
            (Rule::Mixed, _) => return nothing(self.no_rule(from)),
            (_, Rule::Mixed) => return nothing(self.no_rule(to)),
        };
        let rules: Vec<(u64, String)> = self
            .tried
            .keys()
            .filter_map(|size| match self.rule(*size) {
                Rule::One(key) => Some((*size, key)),
                Rule::Open | Rule::Mixed => None,
            })
            .collect();
        let mut changes = rules
            .iter()
            .zip(rules.iter().skip(1))
            .filter(|(one, other)| one.1 != other.1);
        let (first, second) = (changes.next(), changes.next());
        let Some((last, first)) = first else {
            let key = &before;
            return nothing(format!(
                "no flip: {key} is the rule at {from}, at {to} and at all {} values tried between",
                self.tried.len().saturating_sub(2)
            ));
        };
        let amount = |size: u64| from.with_size(size);
        let (low, high) = (amount(last.0), amount(first.0));
        let gap = first.0 - last.0;
        let between = if gap <= self.resolution() {
            String::new()
        } else {
            "; between these two several endings come".to_owned()
        };
        if second.is_some() || first.1 != after {
            let turns: Vec<_> = rules
                .iter()
                .zip(std::iter::once(None).chain(rules.iter().map(Some)))
                .filter(|(now, before)| before.is_none_or(|before| before.1 != now.1))
                .map(|((size, key), _)| format!("{key} at {}", amount(*size)))
                .collect();
            return Found {
                last: Some(low),
                first: Some(high),
                before: last.1.clone(),
                after: first.1.clone(),
                ..nothing(format!(
                    "there is no single flip: by growing value the rule is {}",
                    turns.join(", then ")
                ))
            };
        }
        Found {
            single: true,
            last: Some(low),
            first: Some(high),
            words: format!(
                "the ending flips between {low} and {high}: {before} up to {low}, {after} from {high} on{between}; \
                 no other flip among {} values tried ({})",
                self.tried.len(),
                runs_in_words(self.runs())
            ),
            before,
            after,
        }
    }

    fn no_rule(&self, at: Amount) -> String {
        let keys = self.tried.get(&at.size()).into_iter().flatten();
        let shares: Vec<_> = keys.map(|(key, count)| format!("{count} {key}")).collect();
        format!(
            "no flip can be found: at {at} no ending is the rule ({})",
            shares.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches in a world where `closed` comes with this probability at a value; gives what was found and the runs.
    fn search(range: &str, probability: impl Fn(u64) -> f64, seed: u64) -> (Found, u64) {
        let mut search = Search::new(Range::parse(range).unwrap());
        let mut number = 0;
        while let Some((at, runs)) = search.ask() {
            for _ in 0..runs {
                number += 1;
                let random = super::super::seeds::of_run(seed, number);
                #[expect(clippy::cast_precision_loss, reason = "53 bits")]
                let random = random as f64 / (1_u64 << 53) as f64;
                let is_closed = random < probability(at.size());
                search.came(at, if is_closed { "closed" } else { "reset" });
            }
            assert!(search.runs() < 2_000, "it does not end");
        }
        (search.found(), search.runs())
    }

    fn step(size: u64, at: u64) -> f64 {
        if size < at { 0.0 } else { 1.0 }
    }

    #[test]
    fn a_sharp_flip_is_found_to_the_microsecond_in_few_runs() {
        for at in [1_000, 1_234_000, 4_999_000] {
            let (found, runs) = search("0..5ms", |size| step(size, at), 1);
            assert!(found.single, "{}", found.words);
            let (low, high) = (found.last.unwrap().size(), found.first.unwrap().size());
            assert!(
                low < at && at <= high && high - low <= 1_000,
                "{}",
                found.words
            );
            assert!(runs <= 100, "{runs} runs");
        }
        let (found, _) = search("1..64", |size| step(size, 17), 1);
        assert_eq!(
            (found.last, found.first),
            (Some(Amount::Number(16)), Some(Amount::Number(17)))
        );
        assert!(
            found.words.starts_with(
                "the ending flips between 16 and 17: reset up to 16, closed from 17 on;"
            )
        );
    }

    #[test]
    fn noise_does_not_lead_it_astray() {
        for seed in 0..50 {
            let noisy = |size: u64| if size < 1_234_000 { 0.04 } else { 0.96 };
            let (found, runs) = search("0..5ms", noisy, seed);
            assert!(found.single, "seed {seed}: {}", found.words);
            let (low, high) = (found.last.unwrap().size(), found.first.unwrap().size());
            assert!(
                low < 1_234_000 && 1_234_000 <= high,
                "seed {seed}: {}",
                found.words
            );
            assert!(runs < 400, "{runs} runs");
        }
    }

    #[test]
    fn where_both_come_it_says_so() {
        #[expect(clippy::cast_precision_loss, reason = "a few million")]
        let slope = |size: u64| ((size as f64 - 2e6) / 1e6).clamp(0.0, 1.0);
        let (found, _) = search("0..5ms", slope, 3);
        let (low, high) = (found.last.unwrap().size(), found.first.unwrap().size());
        assert!(low < 2_600_000 && high > 2_400_000, "{}", found.words);
        assert!(
            found.words.contains("several endings come"),
            "{}",
            found.words
        );
    }

    #[test]
    fn no_flip_and_no_single_flip_are_told() {
        let (found, _) = search("0..5ms", |_| 0.0, 1);
        assert!(
            !found.single
                && found
                    .words
                    .starts_with("no flip: reset is the rule at 0ms, at 5ms")
        );
        let (found, _) = search("0..5ms", |_| 0.5, 1);
        assert!(
            found.words.contains("no ending is the rule"),
            "{}",
            found.words
        );
        let hill = |size: u64| step(size, 1_500_000) - step(size, 3_500_000);
        let (found, _) = search("0..5ms", hill, 1);
        assert!(
            !found.single && found.words.starts_with("there is no single flip"),
            "{}",
            found.words
        );
        let two = |size: u64| step(size, 1_000_000) - step(size, 2_000_000) + step(size, 4_000_000);
        let (found, _) = search("0..5ms", two, 1);
        assert!(!found.single, "{}", found.words);
    }
}
