//! Counting, and a small tally that the tests of the other files use.

use super::*;
use crate::units::Nanos;

/// Values 0 ms, 1 ms, …, each with so many runs that were reset and so many that were closed.
pub(super) fn tally(counts: &[(u64, u64)]) -> Tally {
    let values: Vec<_> = (0..counts.len() as u64)
        .map(|number| Some(Amount::Time(Nanos::from_millis(number))))
        .collect();
    let mut tally = Tally::new(Some("steps.reply.delay".to_owned()), &values);
    for (bin, (resets, closes)) in (0..).zip(counts) {
        for number in 0..resets + closes {
            let is_reset = number < *resets;
            tally.count(&RunSummary {
                number,
                bin,
                seed: number,
                key: if is_reset {
                    "reset:linger-zero-close"
                } else {
                    "closed"
                }
                .to_owned(),
                met: is_reset,
                mismatches: Vec::new(),
                answers: vec![
                    format!(
                        "client.reply = {}",
                        if is_reset { "ECONNRESET" } else { "EOF" }
                    ),
                    "client.send = 16".to_owned(),
                ],
            });
        }
    }
    tally
}

#[test]
fn nothing_is_lost_in_counting() {
    let tally = tally(&[(3, 1), (0, 4)]);
    assert_eq!((tally.runs(), tally.met()), (8, 3));
    assert_eq!(
        tally.outcomes(),
        [("closed", 5), ("reset:linger-zero-close", 3)]
    );
    for bin in &tally.bins {
        assert_eq!(bin.outcomes.values().sum::<u64>(), bin.runs);
    }
}

#[test]
fn memory_does_not_grow_with_the_runs() {
    let mut tally = Tally::new(None, &[None]);
    for number in 0..10_000 {
        tally.count(&RunSummary {
            number,
            bin: 0,
            seed: 0,
            key: format!("reset:{number}"),
            met: false,
            mismatches: Vec::new(),
            answers: vec![number.to_string()],
        });
    }
    let bin = &tally.bins[0];
    assert_eq!(bin.runs, 10_000);
    assert_eq!(bin.outcomes.values().sum::<u64>(), 10_000);
    assert_eq!(bin.outcomes.len(), MOST_OUTCOMES + 1);
    assert_eq!(bin.answers.len(), MOST_ANSWERS);
}

#[test]
fn a_value_gets_its_bin_in_its_place() {
    let run = |key: &str| RunSummary {
        number: 0,
        bin: 9,
        seed: 0,
        key: key.to_owned(),
        met: true,
        mismatches: Vec::new(),
        answers: Vec::new(),
    };
    let mut tally = Tally::new(Some("steps.reply.delay".to_owned()), &[]);
    for (micros, key) in [(90, "a"), (30, "b"), (90, "b"), (60, "a")] {
        tally.count_at(Amount::Time(Nanos::from_micros(micros)), &run(key));
    }
    let found = tally.bins.iter().map(|bin| (bin.value, bin.runs));
    let at = |micros| Some(Amount::Time(Nanos::from_micros(micros)));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [(at(30), 1), (at(60), 1), (at(90), 2)]
    );
}
