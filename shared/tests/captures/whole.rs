//! What is said while reading equals the diagnosis of every segment at once, and reading in parts loses nothing.

use aftershake_shared::capture::counters_text::CounterDeltas;
use aftershake_shared::capture::explained::{ConnectionExplained, ResetExplained};
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::connection::segment_events;
use aftershake_shared::diagnosis::cause_id::CauseId;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::event::Source;
use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
use aftershake_shared::units::Nanos;

use crate::support::{Capture, capture, captures, explain, explain_with};
use crate::writer::{Shot, plain};

/// Every RST of a capture by the diagnosis of all its segments, healthy connections among them.
fn by_diagnosis(capture: &Capture) -> Vec<ResetExplained> {
    let start = capture.shots.first().map_or(0, |shot| shot.at);
    let seen = capture.shots.iter().map(|shot| {
        let raw = Bytes(shot.data[14..].to_vec());
        let len = shot.len - 14;
        (Nanos(shot.at - start), SegmentSeen { raw, len })
    });
    let diagnosis = diagnose(&segment_events(seen), &[Source::Segments]);
    diagnosis.resets.into_iter().map(Into::into).collect()
}

fn resets(connections: Vec<ConnectionExplained>) -> Vec<ResetExplained> {
    let mut all: Vec<_> = connections.into_iter().flat_map(|one| one.resets).collect();
    all.sort_by_key(|reset| reset.frame);
    all
}

#[test]
fn a_capture_is_explained_as_all_its_segments_are_diagnosed() {
    for capture in captures() {
        let explained = resets(explain(&capture.bytes).unwrap().connections);
        assert_eq!(explained, by_diagnosis(&capture), "{}", capture.name);
    }
}

/// Many resets, and after them a handshake that the server answers: it had not closed its listener.
#[test]
fn a_connection_that_ended_well_speaks_for_the_others() {
    let dying = capture("linger0-close");
    let healthy = capture("s1a-accept-close-silent-client");
    let port = [dying.shots[0].data[36], dying.shots[0].data[37]];
    let mut shots = dying.shots.clone();
    let end = shots.last().unwrap().at;
    let begin = healthy.shots[0].at;
    let other = [healthy.shots[0].data[36], healthy.shots[0].data[37]];
    for shot in &healthy.shots {
        let mut shot = shot.clone();
        shot.at = shot.at - begin + end + 1_000_000_000;
        for at in [34, 36] {
            if shot.data[at..at + 2] == other {
                shot.data[at..at + 2].copy_from_slice(&port);
            }
        }
        shots.push(shot);
    }
    let both = Capture {
        name: "both".to_owned(),
        bytes: plain(&shots),
        shots,
    };
    let alone = resets(explain(&dying.bytes).unwrap().connections);
    let explained = resets(explain(&both.bytes).unwrap().connections);
    assert_eq!(explained, by_diagnosis(&both));
    assert_ne!(explained, alone);
}

#[test]
fn the_end_in_parts_says_what_the_end_at_once_says() {
    for capture in captures() {
        let mut reader = Explainer::new(Options::default());
        reader.feed(&capture.bytes).unwrap();
        let mut parts = reader.take();
        while reader.end_part().unwrap() {
            parts.extend(reader.take());
        }
        let rest = reader.finish().unwrap();
        assert!(rest.connections.is_empty(), "{}", capture.name);
        let whole = explain(&capture.bytes).unwrap();
        assert_eq!(parts, whole.connections, "{}", capture.name);
        assert_eq!(rest.summary, whole.summary, "{}", capture.name);
    }
}

/// Linux cooked: sent by the machine that captured.
const OUTGOING: [u8; 16] = [0, 4, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];

/// A refused SYN between two addresses that are no loopback, its answer sent with that time to live; explained with
/// counters that say that no TCP endpoint sent a RST.
fn sent_with_ttl(ttl: u8) -> Vec<CauseId> {
    let mut refused = capture("refused-closed-port").shots;
    for shot in &mut refused {
        for at in [26, 30] {
            shot.data[at] = 10;
        }
    }
    refused[1].data[22] = ttl;
    let shots: Vec<Shot> = refused
        .iter()
        .map(|shot| shot.with_header(&OUTGOING))
        .collect();
    let mut bytes = plain(&shots);
    bytes[20] = 113;
    let counters = "#kernel\nTcpActiveOpens 1 0.0\n";
    let options = Options {
        counters: Some(CounterDeltas::read(counters).unwrap()),
        ..Options::default()
    };
    let explained = explain_with(&bytes, options).unwrap();
    let reset = resets(explained.connections).pop().unwrap();
    reset.candidates
}

#[test]
fn what_a_machine_passes_on_for_others_is_not_counted_by_it() {
    let own = sent_with_ttl(64);
    assert_eq!(own.first(), Some(&CauseId::FirewallRejectTcpReset));
    assert!(!own.contains(&CauseId::ConnectionRefused), "{own:?}");
    let passed_on = sent_with_ttl(63);
    assert!(
        passed_on.contains(&CauseId::ConnectionRefused),
        "{passed_on:?}"
    );
}

#[test]
fn a_pause_settles_a_reset_once() {
    let capture = capture("unread-close");
    let mut reader = Explainer::new(Options::default());
    reader.feed(&capture.bytes).unwrap();
    reader.settle();
    let first = reader.take();
    assert_eq!(resets(first).len(), 1);
    reader.settle();
    assert!(reader.take().is_empty());
    let rest = reader.finish().unwrap();
    assert!(rest.connections.is_empty());
    assert_eq!((rest.summary.resets, rest.summary.connections), (1, 1));
}

#[test]
fn a_pause_settles_nothing_where_counters_speak_of_all() {
    let capture = capture("unread-close");
    let options = Options {
        counters: Some(CounterDeltas::read("#kernel\nTcpOutRsts 1 0.0\n").unwrap()),
        ..Options::default()
    };
    let mut reader = Explainer::new(options);
    reader.feed(&capture.bytes).unwrap();
    reader.settle();
    assert!(reader.take().is_empty());
    assert_eq!(resets(reader.finish().unwrap().connections).len(), 1);
}
