//! Which cause is named first where packets leave several: each pair looks alike but for one sign.

use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::diagnosis::{CauseId, diagnose};
use aftershake_shared::event::{Event, Source};
use aftershake_shared::recording::Recording;

use crate::support::{capture, explain};

/// The cause named first of that frame's RST.
fn first(name: &str, frame: u32) -> String {
    let explained = explain(&capture(name).bytes).unwrap();
    let mut resets = explained.connections.iter().flat_map(|one| &one.resets);
    let reset = resets.find(|reset| reset.frame == frame);
    reset.expect(name).cause.slug().to_owned()
}

#[test]
fn one_sign_names_another_cause_first() {
    for (name, frame, cause, sign) in [
        (
            "aq-overflow-abort1",
            8,
            "accept-queue-overflow-abort",
            "the listener answered somebody else meanwhile",
        ),
        (
            "defer-accept-listener-closed",
            5,
            "syn-recv-listener-gone",
            "nobody else came",
        ),
        (
            "deferred-closed-restarted",
            5,
            "syn-recv-listener-gone",
            "who came after the RST filled no queue before",
        ),
        (
            "twofilter-4-lo",
            9,
            "firewall-reject-tcp-reset",
            "a rule wrote it, though its sender's end had been reset before",
        ),
        (
            "timewaitfilter-6-lo",
            7,
            "firewall-reject-tcp-reset",
            "a rule wrote it, though its sender had closed",
        ),
        (
            "invalid-not-untranslated",
            11,
            "nat-state-lost",
            "TCP wrote it, and its sender went on",
        ),
        (
            "sshd-http-upload",
            26,
            "data-after-close-orphan",
            "its sender had acknowledged a millisecond before",
        ),
        (
            "node-keep-alive-race",
            9,
            "stale-connection-no-socket",
            "a lone ACK with timestamps had a connection once",
        ),
    ] {
        assert_eq!(first(name, frame), cause, "{name}: {sign}");
    }
}

/// A run of the catalogue as it would be with nothing but its segments.
fn segments_of(name: &str) -> Vec<Event> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/recordings");
    let text = std::fs::read_to_string(format!("{folder}/{name}.jsonl")).unwrap();
    let recording = Recording::from_json_lines(&text).unwrap();
    let is_segment = |event: &Event| event.body.source() == Some(Source::Segments);
    recording.events.into_iter().filter(is_segment).collect()
}

#[test]
fn a_rst_whose_checksum_is_wrong_ended_nothing() {
    let found = diagnose(&segments_of("rst-with-wrong-checksum"), &[Source::Segments]);
    let damaged = &found.resets[0];
    assert!(!damaged.accepted);
    let why = "Its checksum was wrong, so the kernel never looked at it.";
    assert!(damaged.explanation.contains(why), "{}", damaged.explanation);
}

#[test]
fn a_syn_ack_that_nobody_asked_for_is_no_late_one() {
    let lone = diagnose(&segments_of("syn-ack-out-of-nowhere"), &[Source::Segments]);
    assert_eq!(lone.resets[0].cause.slug(), "bad-ack-in-handshake");
    let late = first("late-synack-after-client-gave-up", 4);
    assert_eq!(late, "late-synack-client-gone");
}

/// Who writes whole datagrams writes any checksum, a queue completes what was left to the device, and a tool changes
/// what the sum is over: the true cause stays open, and what was taken stays taken.
#[test]
fn no_checksum_rules_out_what_is_true() {
    for (name, cause) in [
        ("forged-syn-raw4", None),
        ("nfq-rstonly-refused6", Some("connection-refused")),
        ("ports-afterclose4", Some("data-after-close-timewait")),
    ] {
        let explained = explain(&capture(name).bytes).unwrap();
        let mut resets = explained.connections.iter().flat_map(|one| &one.resets);
        let reset = resets.next().expect(name);
        assert_ne!(reset.certainty, Certainty::Certain, "{name}");
        assert!(reset.accepted, "{name}");
        let open = |cause| reset.candidates.iter().any(|one| one.slug() == cause);
        assert!(cause.is_none_or(open), "{name}: {:?}", reset.candidates);
    }
}

/// A rule may reject what comes after the end: where no checksum tells, it stays open.
#[test]
fn a_firewall_stays_open_after_the_end() {
    for (name, frame) in [("twofilter-4-lo", 9), ("timewaitfilter-6-lo", 7)] {
        let explained = explain(&capture(name).on_a_wire().bytes).unwrap();
        let mut resets = explained.connections.iter().flat_map(|one| &one.resets);
        let reset = resets.find(|reset| reset.frame == frame).expect(name);
        assert_ne!(reset.certainty, Certainty::Certain, "{name}");
        let rule = |cause: &CauseId| *cause == CauseId::FirewallRejectTcpReset;
        assert!(reset.candidates.iter().any(rule), "{name}");
    }
}
