//! Real captures and recordings against what is known to have happened.
//!
//! The captures hold segments only, so that most causes stay open: the true one must be among those left,
//! and nothing may be certain that is not so. The recordings hold every source, of which any may be missing.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use aftershake_shared::connection::{Connections, segment_events};
use aftershake_shared::diagnosis::finding::{Certainty, Diagnosis};
use aftershake_shared::diagnosis::{CauseId, diagnose};
use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
use aftershake_shared::event::{Event, EventBody, Source};
use aftershake_shared::recording::Recording;
use aftershake_shared::report::Report;
use aftershake_shared::units::Nanos;

/// A capture and its RSTs: frame number, who sent it, why.
type Row = (&'static str, &'static [(u32, &'static str, &'static str)]);

/// Linux 6.18, loopback, one situation each.
const CAPTURES: &[Row] = &[
    ("aq-accepted-one-listener-closed", &[]),
    (
        "aq-listener-closed-unaccepted-data",
        &[(6, "server", "listener-closed-with-queued-connection")],
    ),
    (
        "aq-overflow-abort1",
        &[(8, "server", "accept-queue-overflow-abort")],
    ),
    (
        "conntrack-nat-entry-lost",
        &[(7, "server", "nat-state-lost")],
    ),
    (
        "defer-accept-listener-closed",
        &[(5, "server", "syn-recv-listener-gone")],
    ),
    (
        "disconnect-af-unspec",
        &[(4, "server", "disconnect-af-unspec")],
    ),
    (
        "disconnect-with-unsent-data",
        &[(9, "server", "disconnect-with-unsent-data")],
    ),
    (
        "halfopen-keepalive-probe",
        &[(5, "server", "stale-connection-no-socket")],
    ),
    (
        "keepalive-expiry-rst-delivered",
        &[(8, "client", "keepalive-timeout")],
    ),
    (
        "late-synack-after-client-gave-up",
        &[(4, "client", "late-synack-client-gone")],
    ),
    (
        "linger0-close-in-finwait2",
        &[(6, "server", "linger-zero-close")],
    ),
    ("linger0-close", &[(4, "server", "linger-zero-close")]),
    (
        "linger2-negative-direct-close",
        &[(6, "server", "linger2-negative")],
    ),
    ("mptcp-linger0", &[(6, "server", "mptcp-fastclose")]),
    (
        "nft-reject-tcp-reset-output",
        &[(4, "third-party", "firewall-reject-tcp-reset")],
    ),
    (
        "nft-reject-tcp-reset-syn",
        &[(2, "third-party", "firewall-reject-tcp-reset")],
    ),
    (
        "no-timestamps-unread-close",
        &[(6, "server", "close-with-unread-data")],
    ),
    (
        "peek-then-close",
        &[(6, "server", "close-with-unread-data")],
    ),
    (
        "raw-bad-ack-in-synrecv",
        &[(4, "server", "bad-ack-in-handshake")],
    ),
    (
        "raw-rst-exact-to-client",
        &[
            (4, "third-party", "injected-rst"),
            (6, "client", "stale-connection-no-socket"),
        ],
    ),
    (
        "raw-rst-in-synsent",
        &[
            (3, "third-party", "injected-rst"),
            (5, "client", "late-synack-client-gone"),
        ],
    ),
    ("raw-rst-in-window", &[(4, "third-party", "injected-rst")]),
    ("raw-syn-in-synrecv", &[(4, "server", "syn-in-syn-recv")]),
    (
        "raw-synack-bad-tsecr",
        &[(4, "client", "unacceptable-ack-in-syn-sent")],
    ),
    (
        "refused-closed-port",
        &[(2, "server", "connection-refused")],
    ),
    (
        "refused-localhost-ipv6-first",
        &[(2, "server", "connection-refused")],
    ),
    ("s1a-accept-close-silent-client", &[]),
    (
        "s1b-client-closes-after-finwait2-expired",
        &[(7, "server", "stale-connection-no-socket")],
    ),
    (
        "s1b-send-after-close-write-first",
        &[(7, "server", "data-after-close-timewait")],
    ),
    (
        "s1b-send-after-finwait2-expired",
        &[(7, "server", "stale-connection-no-socket")],
    ),
    (
        "s1e-second-client-in-queue",
        &[(8, "server", "listener-closed-with-queued-connection")],
    ),
    (
        "s2e-split-write-second-after-close",
        &[(8, "server", "data-after-close-orphan")],
    ),
    (
        "self-connect-unread",
        &[(6, "client", "close-with-unread-data")],
    ),
    (
        "shutrdwr-then-data",
        &[(7, "server", "data-after-close-orphan")],
    ),
    (
        "ss-K-rst-lost-client-sends",
        &[
            (4, "server", "socket-destroyed-by-admin"),
            (6, "server", "stale-connection-no-socket"),
        ],
    ),
    (
        "unread-close-ipv6",
        &[(6, "server", "close-with-unread-data")],
    ),
    (
        "unread-close-peer-already-fin",
        &[(7, "server", "close-with-unread-data")],
    ),
    ("unread-close", &[(6, "server", "close-with-unread-data")]),
    (
        "zero-window-sender-closes-client-sends",
        &[(11, "server", "data-after-close-orphan")],
    ),
];

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder)
}

/// Reads a pcap file with nanoseconds and Ethernet headers, as `tcpdump` writes it on loopback.
fn read_pcap(name: &str) -> Vec<Event> {
    let bytes = fs::read(data("captures").join(format!("{name}.pcap"))).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(word(0), 0xa1b2_3c4d, "{name} has no nanoseconds");
    let mut captured = Vec::new();
    let mut at = 24;
    while at + 16 <= bytes.len() {
        let time = u64::from(word(at)) * 1_000_000_000 + u64::from(word(at + 4));
        let kept = usize::try_from(word(at + 8)).unwrap();
        let datagram = bytes[at + 16 + 14..at + 16 + kept].to_vec();
        let len = word(at + 12) - 14;
        captured.push((
            time,
            SegmentSeen {
                raw: Bytes(datagram),
                len,
            },
        ));
        at += 16 + kept;
    }
    let start = captured.first().map_or(0, |(time, _)| *time);
    segment_events(
        captured
            .into_iter()
            .map(|(time, seen)| (Nanos(time - start), seen)),
    )
}

fn from_segments(name: &str) -> Diagnosis {
    diagnose(&read_pcap(name), &[Source::Segments])
}

#[test]
fn the_true_cause_is_among_those_left_open() {
    for (name, resets) in CAPTURES {
        let diagnosis = from_segments(name);
        let frames: Vec<_> = diagnosis
            .resets
            .iter()
            .map(|finding| finding.segment.0)
            .collect();
        let known: Vec<_> = resets.iter().map(|(frame, ..)| *frame).collect();
        assert_eq!(frames, known, "{name}");
        for (finding, (frame, _, cause)) in diagnosis.resets.iter().zip(*resets) {
            let left: Vec<_> = finding
                .candidates
                .iter()
                .map(|cause| cause.slug())
                .collect();
            assert!(
                left.contains(cause),
                "{name}, frame {frame}: {cause} is not in {left:?}"
            );
            assert_eq!(finding.candidates.first(), Some(&finding.cause), "{name}");
            if finding.certainty == Certainty::Certain {
                assert_eq!(left, [*cause], "{name}, frame {frame}");
            }
        }
    }
}

#[test]
fn who_sent_it_is_known_unless_a_firewall_refused() {
    for (name, resets) in CAPTURES {
        let diagnosis = from_segments(name);
        for (finding, (frame, by, _)) in diagnosis.resets.iter().zip(*resets) {
            // A refused SYN looks the same whether a port or a firewall refused it.
            if *name != "nft-reject-tcp-reset-syn" {
                assert_eq!(finding.sent_by, *by, "{name}, frame {frame}");
            }
        }
    }
}

/// Causes that segments alone decide; all others stay open.
#[test]
fn segments_alone_are_certain_of_few_causes() {
    let decidable = [
        CauseId::KeepaliveTimeout,
        CauseId::LateSynackClientGone,
        CauseId::MptcpFastclose,
        CauseId::StaleConnectionNoSocket,
        CauseId::UnacceptableAckInSynSent,
    ];
    for (name, _) in CAPTURES {
        for finding in from_segments(name).resets {
            if finding.certainty == Certainty::Certain {
                assert!(
                    decidable.contains(&finding.cause),
                    "{name}: {}",
                    finding.cause
                );
            } else {
                let hedged = finding.headline.starts_with("Most likely ")
                    || finding.headline.starts_with("Possibly ");
                assert!(hedged, "{name}: {}", finding.headline);
            }
        }
    }
}

#[test]
fn a_capture_cut_anywhere_is_answered() {
    for (name, _) in CAPTURES {
        let events = read_pcap(name);
        for start in 0..events.len() {
            for end in start..=events.len() {
                let _ = diagnose(&events[start..end], &[Source::Segments]);
            }
        }
    }
}

#[test]
fn any_wrong_byte_in_a_capture_is_answered() {
    for name in ["unread-close", "aq-overflow-abort1", "unread-close-ipv6"] {
        let events = read_pcap(name);
        for at in 0..events.len() {
            let mut wrong = events.clone();
            for byte in 0..60 {
                if let EventBody::Segment(seen) = &mut wrong[at].body
                    && let Some(value) = seen.raw.0.get_mut(byte)
                {
                    *value ^= 0xff;
                }
                let connections = Connections::from_events(&wrong);
                let _ = diagnose(&wrong, &[Source::Segments]);
                assert!(connections.len() <= events.len());
            }
        }
    }
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
    let source = |event: &Event| match &event.body {
        EventBody::Call(_) | EventBody::ProcessEnded(_) => Some(Source::Calls),
        EventBody::Counters(_) => Some(Source::Counters),
        EventBody::KernelReset(_) => Some(Source::KernelResets),
        EventBody::Segment(_) => Some(Source::Segments),
        EventBody::Socket(_) => Some(Source::Sockets),
        EventBody::Outside(_) | EventBody::Step(_) | EventBody::Trouble(_) => None,
    };
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
