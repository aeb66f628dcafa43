//! The captures against the thresholds, and each figure against what it must count.

use super::*;
use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::event::EventBody;

/// Segments of one capture at a time, of all that are short.
fn short_captures() -> impl Iterator<Item = (String, Vec<Event>)> {
    let cases = truth::SETS
        .into_iter()
        .flat_map(|set| truth::read(set).unwrap());
    let segments = cases.map(|case| (case.events(Level::Packets).0, case.slug));
    segments
        .filter(|(events, _)| events.len() <= 40)
        .map(|(events, slug)| (slug, events))
}

/// Every capture at one level.
fn captures(level: Level) -> Score {
    let mut score = Score::default();
    for set in truth::SETS {
        for case in truth::read(set).unwrap() {
            judge(&case, level, &mut score);
        }
    }
    score
}

#[test]
fn the_captures_reach_their_thresholds_at_every_level() {
    for level in Level::EVERY {
        let score = captures(level);
        let short = score.short_of(&least(level, false));
        assert!(
            short.is_empty(),
            "{}: {score}\n{}",
            level.words(),
            short.join("\n")
        );
    }
}

#[test]
fn the_captures_kept_aside_reach_theirs() {
    for level in Level::EVERY {
        let mut score = Score::default();
        for case in truth::read(truth::KEPT_ASIDE).unwrap() {
            judge(&case, level, &mut score);
        }
        let short = score.short_of(&least_kept_aside(level));
        let otherwise = score.second.join("\n");
        assert!(
            short.is_empty(),
            "{score}\n{}\n{otherwise}",
            short.join("\n")
        );
    }
}

/// A capture with RSTs, and what is said of them.
fn one() -> (Vec<TrueReset>, Vec<Finding>) {
    let cases = truth::read("truth/cases").unwrap();
    let case = cases
        .iter()
        .find(|case| case.slug == "unread-close")
        .unwrap();
    let (events, sources) = case.events(Level::Packets);
    (case.resets.clone(), diagnose(&events, &sources).resets)
}

#[test]
fn a_wrong_cause_falls_short() {
    let (mut truth, found) = one();
    truth[0].cause = "connection-refused".to_owned();
    let mut score = Score::default();
    compare("made up", &truth, &found, &mut score);
    assert!(!score.short_of(&least(Level::Packets, false)).is_empty());
    assert!(
        score.faults[0].contains("is connection-refused, not in"),
        "{:?}",
        score.faults
    );
}

#[test]
fn a_wrong_certainty_is_a_fault() {
    let (mut truth, mut found) = one();
    truth[0].cause = "linger-zero-close".to_owned();
    found[0].certainty = Certainty::Certain;
    let mut score = Score::default();
    compare("made up", &truth, &found, &mut score);
    assert!(
        score.faults[0].contains("certain of close-with-unread-data"),
        "{:?}",
        score.faults
    );
}

#[test]
fn a_missed_and_an_invented_rst_are_faults() {
    let (mut truth, found) = one();
    truth[0].frame += 1;
    let mut score = Score::default();
    compare("made up", &truth, &found, &mut score);
    assert_eq!(score.faults.len(), 2, "{:?}", score.faults);
}

/// Causes that segments alone decide; all others stay open, and their sentences say so.
#[test]
fn segments_alone_are_certain_of_few_causes() {
    let decidable = [
        CauseId::InjectedRst,
        CauseId::KeepaliveTimeout,
        CauseId::LateSynackClientGone,
        CauseId::MptcpFastclose,
        CauseId::StaleConnectionNoSocket,
        CauseId::UnacceptableAckInSynSent,
    ];
    for (slug, events) in short_captures() {
        for finding in diagnose(&events, &[Source::Segments]).resets {
            let cause = finding.cause;
            if finding.certainty == Certainty::Certain {
                assert!(decidable.contains(&cause), "{slug}: {cause}");
            } else {
                let hedged = ["Most likely ", "Possibly "];
                let hedged = hedged.iter().any(|word| finding.headline.starts_with(word));
                assert!(hedged, "{slug}: {}", finding.headline);
            }
        }
    }
}

#[test]
fn a_capture_cut_anywhere_is_answered() {
    for (slug, events) in short_captures() {
        for start in 0..events.len() {
            for end in start..=events.len() {
                let found = diagnose(&events[start..end], &[Source::Segments]);
                assert!(found.resets.len() <= end - start, "{slug}");
            }
        }
    }
}

#[test]
fn any_wrong_byte_in_a_capture_is_answered() {
    for name in ["unread-close", "aq-overflow-abort1", "unread-close-ipv6"] {
        let (_, events) = short_captures().find(|(slug, _)| slug == name).unwrap();
        for at in 0..events.len() {
            let mut wrong = events.clone();
            for byte in 0..60 {
                if let EventBody::Segment(seen) = &mut wrong[at].body
                    && let Some(value) = seen.raw.0.get_mut(byte)
                {
                    *value ^= 0xff;
                }
                let found = diagnose(&wrong, &[Source::Segments]);
                assert!(found.connections.len() <= events.len());
            }
        }
    }
}
