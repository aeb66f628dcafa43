//! Recordings against what is known to have happened; they hold every source, of which any may be missing.
//!
//! Captures whose truth is known are judged by `measure/src/calibrate.rs`.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::event::{Event, Source};
use aftershake_shared::recording::Recording;
use aftershake_shared::report::Report;

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder)
}

/// Runs of the catalogue, recorded with all five sources on Linux 6.18.
fn recordings() -> Vec<(String, Recording)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(data("recordings")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        all.push((name, Recording::from_json_lines(&text).unwrap()));
    }
    assert!(all.len() >= 10);
    all
}

fn subsets() -> impl Iterator<Item = Vec<Source>> {
    (0..32u8).map(|bits| {
        let sources = Source::ALL.into_iter().enumerate();
        let kept = sources.filter(|(at, _)| bits & (1 << at) != 0);
        kept.map(|(_, source)| source).collect()
    })
}

/// The events of a recording made with these sources only.
fn recorded_with(recording: &Recording, sources: &[Source]) -> Vec<Event> {
    let source = |event: &Event| event.body.source();
    let kept = recording.events.iter();
    kept.filter(|event| source(event).is_none_or(|source| sources.contains(&source)))
        .cloned()
        .collect()
}

#[test]
fn a_recording_is_judged_as_its_scenario_expects() {
    for (name, recording) in recordings() {
        let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
        let report = Report::new(&recording, &diagnosis);
        assert!(
            report.expectation.met,
            "{name}: {:?}",
            report.expectation.mismatches
        );
        for claim in &report.claims {
            assert_eq!(claim.holds, claim.expected, "{name}: {}", claim.text);
        }
        for finding in &diagnosis.resets {
            assert_eq!(
                finding.certainty,
                Certainty::Certain,
                "{name}: {:?}",
                finding.candidates
            );
        }
    }
}

#[test]
fn calls_segments_and_counters_are_enough() {
    let unprivileged = [Source::Calls, Source::Segments, Source::Counters];
    for (name, recording) in recordings() {
        let whole = diagnose(&recording.events, &Source::ALL);
        let events = recorded_with(&recording, &unprivileged);
        let diagnosis = diagnose(&events, &unprivileged);
        assert_eq!(diagnosis.outcome, whole.outcome, "{name}");
        for (finding, known) in diagnosis.resets.iter().zip(&whole.resets) {
            assert_eq!(finding.cause, known.cause, "{name}");
            assert_eq!(
                finding.certainty,
                Certainty::Certain,
                "{name}: {:?}",
                finding.candidates
            );
        }
    }
}

#[test]
fn no_missing_source_makes_a_recording_certain_of_a_wrong_cause() {
    for (name, recording) in recordings() {
        let whole = diagnose(&recording.events, &Source::ALL);
        for sources in subsets().filter(|sources| sources.contains(&Source::Segments)) {
            let diagnosis = diagnose(&recorded_with(&recording, &sources), &sources);
            assert_eq!(
                diagnosis.resets.len(),
                whole.resets.len(),
                "{name} {sources:?}"
            );
            for (finding, known) in diagnosis.resets.iter().zip(&whole.resets) {
                let left = &finding.candidates;
                assert!(left.contains(&known.cause), "{name} {sources:?}: {left:?}");
                if finding.certainty == Certainty::Certain {
                    assert_eq!(finding.cause, known.cause, "{name} {sources:?}");
                }
            }
        }
    }
}
