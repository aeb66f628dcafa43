//! How many runs are kept whole, and the files they are written to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::odd::{Odd, OddRun};
use aftershake_shared::export::recorded;
use aftershake_shared::recording::Recording;

use super::super::out_file;

/// So few runs are all saved.
const FEW: u64 = 20;
/// Of more runs, so many of each ending at each value are handed over.
const OF_EACH: u32 = 2;
/// Files written at most, the rarest endings first.
const MOST_FILES: usize = 100;

/// How many recordings of each ending at each value are worth keeping.
pub(crate) fn keep(runs: u64, saved: bool) -> u32 {
    match (saved, runs <= FEW) {
        (false, _) => 0,
        (true, true) => u32::try_from(FEW).unwrap_or(u32::MAX),
        (true, false) => OF_EACH,
    }
}

/// Writes recordings, those of the rarest endings first; says how many, and why no more.
pub(crate) fn save(odd: &Odd, folder: &Path, tally: &Tally) -> (usize, Option<Failure>) {
    if let Err(error) = fs::create_dir_all(folder) {
        return (0, Some(out_file::not_written(folder, &error)));
    }
    let counts: BTreeMap<&str, u64> = tally.outcomes().into_iter().collect();
    let mut runs: Vec<_> = odd.runs().iter().collect();
    runs.sort_by_key(|kept| {
        let count = counts.get(kept.summary.key.as_str());
        (count.copied().unwrap_or(0), kept.summary.number)
    });
    runs.truncate(MOST_FILES);
    for (saved, kept) in runs.iter().enumerate() {
        let file = folder.join(file_name(kept));
        if let Err(failure) = out_file::write(&file, judged(&kept.recording).as_bytes()) {
            return (saved, Some(failure));
        }
    }
    (runs.len(), None)
}

/// The recording as a file, with its verdict.
fn judged(recording: &Recording) -> String {
    let evidence = &recording.header.environment.evidence;
    recorded::write(recording, &diagnose(&recording.events, evidence))
}

/// `reset-linger-zero-close.at-1.5ms.run-17.jsonl`.
fn file_name(kept: &OddRun) -> String {
    let key = kept.summary.key.replace(':', "-");
    let value = kept
        .value
        .map_or_else(String::new, |value| format!("at-{value}."));
    format!("{key}.{value}run-{}.jsonl", kept.summary.number)
}
