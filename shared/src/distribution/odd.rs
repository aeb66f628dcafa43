//! Runs that are kept whole: one of each ending at each value, to compare and to open.
//!
//! Bounded in memory; what is beyond is counted and not kept.

use std::rc::Rc;

use super::amount::Amount;
use super::difference::{self, Difference};
use super::summary::RunSummary;
use crate::event::EventBody;
use crate::recording::Recording;

/// Memory for recordings, in bytes, roughly.
const MEMORY: usize = 64 << 20;

/// The runs kept, in the order in which they came. A copy shares the recordings.
#[derive(Clone, Debug, Default)]
pub struct Odd {
    runs: Vec<Rc<OddRun>>,
    bytes: usize,
}

/// One run, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct OddRun {
    /// `None` when nothing was varied.
    pub value: Option<Amount>,
    pub summary: RunSummary,
    pub recording: Recording,
}

impl Odd {
    /// Keeps a run while there is room.
    pub fn keep(&mut self, value: Option<Amount>, summary: RunSummary, recording: Recording) {
        let raw = recording.events.iter().map(|event| {
            if let EventBody::Segment(seen) = &event.body {
                200 + seen.raw.0.len()
            } else {
                400
            }
        });
        let bytes = raw.sum::<usize>();
        if self.bytes + bytes <= MEMORY {
            self.bytes += bytes;
            self.runs.push(Rc::new(OddRun {
                value,
                summary,
                recording,
            }));
        }
    }

    pub fn runs(&self) -> &[Rc<OddRun>] {
        &self.runs
    }

    /// The first run that was kept of this ending at this value.
    pub fn find(&self, value: Option<Amount>, key: &str) -> Option<&Rc<OddRun>> {
        let mut runs = self.runs.iter();
        runs.find(|kept| kept.value == value && kept.summary.key == key)
    }

    /// The first difference between runs with these endings at these values.
    pub fn compare(
        &self,
        one: (Option<Amount>, &str),
        other: (Option<Amount>, &str),
    ) -> Option<Difference> {
        let find = |(value, key)| self.find(value, key);
        difference::first(&find(one)?.recording.events, &find(other)?.recording.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::tests::tally;

    #[test]
    fn the_first_of_its_ending_at_its_value_is_found() {
        let text = include_str!("../../../web/tests/recordings/sent-before-close.jsonl");
        let recording = Recording::from_json_lines(text).unwrap();
        let value = tally(&[(1, 0)]).bins[0].value;
        let mut odd = Odd::default();
        for number in 0..2 {
            let summary = RunSummary {
                number,
                bin: 0,
                seed: 0,
                key: "closed".to_owned(),
                met: true,
                mismatches: Vec::new(),
                answers: Vec::new(),
            };
            odd.keep(value, summary, recording.clone());
        }
        assert_eq!(odd.find(value, "closed").unwrap().summary.number, 0);
        assert!(odd.find(None, "closed").is_none());
        assert!(odd.compare((value, "closed"), (value, "closed")).is_none());
        assert!(odd.compare((value, "closed"), (value, "reset")).is_none());
    }
}
