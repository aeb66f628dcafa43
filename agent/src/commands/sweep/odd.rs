//! Runs that are kept whole: one of each ending at each value, to compare and to open.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::amount::Amount;
use aftershake_shared::distribution::difference::{self, Difference};
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::event::EventBody;
use aftershake_shared::export::recorded;
use aftershake_shared::recording::Recording;

use super::super::bad_input;

/// So few runs are all saved.
const FEW: u64 = 20;
/// Of more runs, so many of each ending at each value are handed over.
const OF_EACH: u32 = 2;
/// Files written at most, the rarest endings first.
const MOST_FILES: usize = 100;
/// Memory for recordings, in bytes, roughly.
const MEMORY: usize = 64 << 20;

/// How many recordings of each ending at each value are worth keeping.
pub(crate) fn keep(runs: u64, saved: bool) -> u32 {
    match (saved, runs <= FEW) {
        (false, _) => 0,
        (true, true) => u32::try_from(FEW).unwrap_or(u32::MAX),
        (true, false) => OF_EACH,
    }
}

/// The runs kept.
#[derive(Default)]
pub(crate) struct Odd {
    runs: Vec<Kept>,
    bytes: usize,
}

struct Kept {
    value: Option<Amount>,
    summary: RunSummary,
    recording: Recording,
}

impl Odd {
    /// Keeps a run while there is room.
    pub(crate) fn keep(
        &mut self,
        value: Option<Amount>,
        summary: RunSummary,
        recording: Recording,
    ) {
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
            self.runs.push(Kept {
                value,
                summary,
                recording,
            });
        }
    }

    /// The first difference between runs with these endings at these values.
    pub(crate) fn compare(
        &self,
        one: (Option<Amount>, &str),
        other: (Option<Amount>, &str),
    ) -> Option<Difference> {
        let find = |(value, key): (Option<Amount>, &str)| {
            let mut runs = self.runs.iter();
            runs.find(|kept| kept.value == value && kept.summary.key == key)
        };
        difference::first(&find(one)?.recording.events, &find(other)?.recording.events)
    }

    /// Writes recordings, those of the rarest endings first; says how many.
    ///
    /// # Errors
    /// The folder or a file cannot be written.
    pub(crate) fn save(&self, folder: &Path, tally: &Tally) -> Result<usize, Failure> {
        let cannot = |error: std::io::Error| {
            bad_input(
                format!("{}: cannot be written: {error}", folder.display()),
                "",
            )
        };
        fs::create_dir_all(folder).map_err(cannot)?;
        let counts: BTreeMap<&str, u64> = tally.outcomes().into_iter().collect();
        let mut runs: Vec<&Kept> = self.runs.iter().collect();
        runs.sort_by_key(|kept| {
            let count = counts.get(kept.summary.key.as_str());
            (count.copied().unwrap_or(0), kept.summary.number)
        });
        runs.truncate(MOST_FILES);
        for kept in &runs {
            let file = folder.join(kept.file_name());
            fs::write(&file, judged(&kept.recording)).map_err(cannot)?;
        }
        Ok(runs.len())
    }
}

/// The recording as a file, with its verdict.
fn judged(recording: &Recording) -> String {
    let evidence = &recording.header.environment.evidence;
    recorded::write(recording, &diagnose(&recording.events, evidence))
}

impl Kept {
    /// `reset-linger-zero-close.at-1.5ms.run-17.jsonl`.
    fn file_name(&self) -> String {
        let key = self.summary.key.replace(':', "-");
        let value = self
            .value
            .map_or_else(String::new, |value| format!("at-{value}."));
        format!("{key}.{value}run-{}.jsonl", self.summary.number)
    }
}
