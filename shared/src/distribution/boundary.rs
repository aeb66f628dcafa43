//! Where the ending changes as the value grows, in words, and only where the intervals carry it.

use serde::Serialize;

use super::amount::Amount;
use super::wilson::{self, Share};
use super::{Bin, Tally};

/// A place at which one ending gives way to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Boundary {
    /// The last value at which the first ending is the rule, and its bin.
    pub last: Amount,
    /// The first value at which the second ending is the rule.
    pub first: Amount,
    /// The ending before, and the one from then on.
    pub before: String,
    pub after: String,
    #[serde(skip)]
    pub last_bin: usize,
    #[serde(skip)]
    pub first_bin: usize,
    /// `from 900us on, ECONNRESET instead of EOF for client.reply: …`.
    pub words: String,
}

/// The ending that is the rule at a value: its whole interval lies above one half.
fn rule(bin: &Bin) -> Option<(&str, Share)> {
    bin.outcomes.iter().find_map(|(key, count)| {
        let share = wilson::share(*count, bin.runs);
        (share.low > 0.5).then_some((key.as_str(), share))
    })
}

/// Every boundary, by growing value. Values without a rule lie between its two sides.
pub fn boundaries(tally: &Tally) -> Vec<Boundary> {
    let mut found = Vec::new();
    let mut last: Option<(usize, &Bin, &str, Share)> = None;
    for (number, bin) in tally.bins.iter().enumerate() {
        let Some((key, share)) = rule(bin) else {
            continue;
        };
        if let Some((last_number, last_bin, last_key, last_share)) = last
            && last_key != key
            && let (Some(from), Some(to)) = (last_bin.value, bin.value)
        {
            let before = wilson::share(last_bin.of(key), last_bin.runs);
            if share.is_apart_from(before) {
                let sides = Sides {
                    before: (from, last_key, last_share, last_bin),
                    after: (to, key, share, bin),
                    between: number - last_number - 1,
                };
                found.push(Boundary {
                    last: from,
                    first: to,
                    before: last_key.to_owned(),
                    after: key.to_owned(),
                    last_bin: last_number,
                    first_bin: number,
                    words: sides.words(),
                });
            }
        }
        last = Some((number, bin, key, share));
    }
    found
}

/// What stands on both sides of a boundary.
struct Sides<'a> {
    before: (Amount, &'a str, Share, &'a Bin),
    after: (Amount, &'a str, Share, &'a Bin),
    /// Values between them at which neither is the rule.
    between: usize,
}

impl Sides<'_> {
    fn words(&self) -> String {
        let (from, old, old_share, old_bin) = &self.before;
        let (to, new, new_share, new_bin) = &self.after;
        let answers = changed(old_bin.usual_answers(old), new_bin.usual_answers(new));
        let answers = if answers.is_empty() {
            String::new()
        } else {
            format!("; {}", answers.join(", "))
        };
        let between = match self.between {
            0 => String::new(),
            1 => "; at the value between them neither is the rule".to_owned(),
            several => format!("; at the {several} values between them neither is the rule"),
        };
        format!(
            "from {to} on, {new} instead of {old}{answers} ({from}: {old} {}; {to}: {new} {}){between}",
            old_share.percent(),
            new_share.percent(),
        )
    }
}

/// `EOF instead of ECONNRESET for client.reply`, for each answer that differs.
fn changed(old: &[String], new: &[String]) -> Vec<String> {
    let parts = |answer: &'_ String| {
        let (step, result) = answer.split_once(" = ")?;
        Some((step.to_owned(), result.to_owned()))
    };
    let old: Vec<_> = old.iter().filter_map(parts).collect();
    let mut found = Vec::new();
    for (step, now) in new.iter().filter_map(parts) {
        let before = old.iter().find(|(name, _)| *name == step);
        let before = before.map_or("0", |(_, result)| result.as_str());
        if before != now {
            found.push(format!("{now} instead of {before} for {step}"));
        }
    }
    for (step, before) in &old {
        if !new.iter().filter_map(parts).any(|(name, _)| name == *step) {
            found.push(format!("0 instead of {before} for {step}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::tally;
    use super::*;

    #[test]
    fn a_clear_flip_is_told_with_its_answers() {
        let tally = tally(&[(20, 0), (20, 0), (9, 11), (0, 20)]);
        let found = boundaries(&tally);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].words,
            "from 3ms on, closed instead of reset:linger-zero-close; EOF instead of ECONNRESET for client.reply \
             (1ms: reset:linger-zero-close 100 % (84-100); 3ms: closed 100 % (84-100)); \
             at the value between them neither is the rule"
        );
        assert_eq!((found[0].last_bin, found[0].first_bin), (1, 3));
    }

    #[test]
    fn what_the_intervals_do_not_carry_is_not_said() {
        assert!(boundaries(&tally(&[(2, 0), (0, 2)])).is_empty());
        assert!(boundaries(&tally(&[(11, 9), (9, 11)])).is_empty());
        assert!(boundaries(&tally(&[(20, 0), (20, 0)])).is_empty());
        assert!(boundaries(&tally(&[(0, 0), (0, 0)])).is_empty());
    }

    #[test]
    fn there_and_back_are_two_boundaries() {
        let found = boundaries(&tally(&[(20, 0), (0, 20), (20, 0)]));
        assert_eq!(found.len(), 2);
    }
}
