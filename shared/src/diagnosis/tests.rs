//! Verdicts on whole runs: each cause fires, its nearest look-alike does not, and with evidence missing
//! nothing is certain that is not so.

mod stories;
mod unix;
mod whole;

use super::finding::{Certainty, Finding};
use super::{CauseId, diagnose};
use crate::connection::story::Story;
use crate::event::Source;
use stories::{Told, all};

const UNPRIVILEGED: [Source; 3] = [Source::Calls, Source::Segments, Source::Counters];

fn slugs(finding: &Finding) -> Vec<&str> {
    finding
        .candidates
        .iter()
        .map(|cause| cause.slug())
        .collect()
}

/// A firewall's reset and one forged to look like it are told apart by nothing that is recorded.
fn at_best(name: &str) -> Certainty {
    if name == "firewall in the input hook" {
        return Certainty::Likely;
    }
    Certainty::Certain
}

/// Every subset of the five sources.
fn subsets() -> Vec<Vec<Source>> {
    (0..32u8)
        .map(|bits| {
            let sources = Source::ALL.into_iter().enumerate();
            sources
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, source)| source)
                .collect()
        })
        .collect()
}

#[test]
fn each_cause_fires_without_root() {
    for Told {
        name,
        story,
        causes,
        outcome,
    } in all()
    {
        let diagnosis = diagnose(&story.events(&UNPRIVILEGED), &UNPRIVILEGED);
        let found: Vec<_> = diagnosis
            .resets
            .iter()
            .map(|finding| finding.cause)
            .collect();
        assert_eq!(found, causes, "{name}: {:#?}", diagnosis.resets);
        for finding in &diagnosis.resets {
            let left = slugs(finding);
            assert_eq!(finding.certainty, at_best(name), "{name}: {left:?}");
        }
        assert_eq!(diagnosis.outcome, outcome, "{name}");
        assert!(!diagnosis.headline.is_empty(), "{name}");
    }
}

#[test]
fn each_cause_fires_with_the_kernels_reasons() {
    for Told {
        name,
        story,
        causes,
        ..
    } in all()
    {
        let diagnosis = diagnose(&story.events(&Source::ALL), &Source::ALL);
        for (finding, cause) in diagnosis.resets.iter().zip(causes) {
            let left = slugs(finding);
            assert_eq!(
                (finding.cause, finding.certainty),
                (cause, at_best(name)),
                "{name}: {left:?}"
            );
        }
    }
}

#[test]
fn no_missing_source_makes_a_wrong_answer_certain() {
    for Told {
        name,
        story,
        causes,
        ..
    } in all()
    {
        for sources in subsets() {
            let diagnosis = diagnose(&story.events(&sources), &sources);
            if !sources.contains(&Source::Segments) {
                assert_eq!(diagnosis.resets, [], "{name} {sources:?}");
                continue;
            }
            for (finding, cause) in diagnosis.resets.iter().zip(&causes) {
                let left = slugs(finding);
                assert!(
                    finding.candidates.contains(cause),
                    "{name} {sources:?}: {cause} is not in {left:?}"
                );
                if finding.certainty == Certainty::Certain {
                    assert_eq!(finding.cause, *cause, "{name} {sources:?}");
                    assert_eq!(left.len(), 1, "{name} {sources:?}");
                }
            }
        }
    }
}

#[test]
fn no_cause_is_taken_for_its_nearest_look_alike() {
    for (cause, name) in stories::LOOK_ALIKES {
        let told = stories::named(name);
        assert!(!told.causes.contains(&cause), "{name} is {cause} itself");
        for sources in [&UNPRIVILEGED[..], &Source::ALL] {
            for finding in diagnose(&told.story.events(sources), sources).resets {
                assert!(
                    !finding.candidates.contains(&cause),
                    "{name}: {:?}",
                    slugs(&finding)
                );
                assert_eq!(
                    finding.candidates.len() + finding.ruled_out.len(),
                    24,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn every_cause_has_a_story_and_a_look_alike() {
    for cause in CauseId::ALL {
        assert!(
            all().any(|told| told.causes.contains(&cause)),
            "{cause} has no story"
        );
        let alike = stories::LOOK_ALIKES.iter().filter(|(one, _)| *one == cause);
        assert_eq!(alike.count(), 1, "{cause}");
    }
}

#[test]
fn segments_alone_leave_the_six_open() {
    for Told {
        name,
        story,
        causes,
        ..
    } in all()
    {
        let diagnosis = diagnose(&story.events(&[Source::Segments]), &[Source::Segments]);
        for (finding, cause) in diagnosis.resets.iter().zip(causes) {
            let open = stories::SIX.contains(&cause) && name != "two in flight";
            if open {
                assert_ne!(finding.certainty, Certainty::Certain, "{name}");
                let gentle = finding.headline.starts_with("Most likely")
                    || finding.headline.starts_with("Possibly");
                assert!(gentle, "{name}: {}", finding.headline);
            }
        }
    }
}

/// A recording of less than it claims must not turn silence into proof: events of a source are dropped while
/// the source is still said to be recorded.
#[test]
fn a_single_lost_event_never_panics() {
    for Told { story, .. } in all() {
        let whole = story.events(&Source::ALL);
        for lost in 0..whole.len() {
            let mut events = whole.clone();
            events.remove(lost);
            let _ = diagnose(&events, &Source::ALL);
        }
    }
}

#[test]
fn a_lost_segment_makes_nothing_certain() {
    use crate::event::trouble::Trouble;
    use crate::event::{Event, EventBody, EventId};
    for Told { name, story, .. } in all() {
        let mut events = story.events(&UNPRIVILEGED);
        let lost = EventBody::Trouble(Trouble::SegmentsLost { count: 1 });
        events.push(Event {
            id: EventId(10_000),
            at: crate::units::Nanos(u64::MAX),
            body: lost,
        });
        for finding in diagnose(&events, &UNPRIVILEGED).resets {
            assert_ne!(finding.certainty, Certainty::Certain, "{name}");
        }
    }
}

#[test]
fn the_sentences_name_program_call_and_cause() {
    let told = stories::named("unread");
    let diagnosis = diagnose(&told.story.events(&UNPRIVILEGED), &UNPRIVILEGED);
    assert_eq!(
        diagnosis.headline,
        "The server closed with 16 bytes still unread, so Linux reset the connection."
    );
    let finding = &diagnosis.resets[0];
    assert!(
        finding
            .explanation
            .contains("The client got ECONNRESET from recv(1024): no FIN of the server"),
        "{}",
        finding.explanation
    );
    assert!(
        finding
            .evidence
            .iter()
            .any(|cited| cited.label == "TCPAbortOnClose +1")
    );
    assert!(
        finding
            .evidence
            .iter()
            .any(|cited| cited.label == "close()")
    );
    let out = finding
        .ruled_out
        .iter()
        .find(|out| out.cause == CauseId::LingerZeroClose)
        .unwrap();
    assert_eq!(out.because, "SO_LINGER was never set to {1,0}");
    let saw: Vec<_> = diagnosis.connections[0]
        .saw
        .iter()
        .map(|saw| (saw.by.as_str(), saw.result.as_str()))
        .collect();
    assert_eq!(
        saw,
        [
            ("server", "0"),
            ("client", "ECONNRESET"),
            ("client", "EOF"),
            ("client", "EPIPE")
        ]
    );
}

#[test]
fn an_errno_follows_whether_a_fin_came_before() {
    let told = stories::named("timewait");
    let diagnosis = diagnose(&told.story.events(&UNPRIVILEGED), &UNPRIVILEGED);
    let saw = &diagnosis.connections[0].saw;
    let pipe = saw.iter().find(|saw| saw.result == "EPIPE").unwrap();
    assert_eq!(
        pipe.because,
        "the FIN of the server had come before the RST, so the reset is told as a broken pipe"
    );
}

#[test]
fn a_reading_of_the_socket_decides_what_was_left() {
    let sources = [
        Source::Calls,
        Source::Segments,
        Source::Counters,
        Source::Sockets,
    ];
    let story = stories::answered::expired();
    let with = diagnose(&story.events(&sources), &sources);
    let found = (with.resets[0].cause, with.resets[0].certainty);
    assert_eq!(
        found,
        (CauseId::StaleConnectionNoSocket, Certainty::Certain)
    );
    let without = diagnose(&story.events(&UNPRIVILEGED), &UNPRIVILEGED);
    assert_ne!(without.resets[0].certainty, Certainty::Certain);
    assert!(
        without.resets[0]
            .candidates
            .contains(&CauseId::StaleConnectionNoSocket)
    );
}

#[test]
fn an_end_that_is_still_established_did_not_reset() {
    let told = stories::named("firewall in the input hook");
    let sources = [Source::Segments, Source::Sockets];
    let finding = &diagnose(&told.story.events(&sources), &sources).resets[0];
    assert_eq!(
        slugs(finding),
        ["firewall-reject-tcp-reset", "injected-rst"]
    );
    assert_eq!(finding.sent_by, "third-party");
}

#[test]
fn an_identification_that_comes_round_to_zero_is_the_sockets_own() {
    // The sixth datagram is the RST: 65 535, 0, 1.
    for first in [65_530, 65_531, 65_532] {
        let mut story = Story::new();
        story.identify_from(first);
        let story = stories::decided::unread_in(story);
        let found = diagnose(&story.events(&UNPRIVILEGED), &UNPRIVILEGED);
        let found = (found.resets[0].cause, found.resets[0].certainty);
        let expected = (CauseId::CloseWithUnreadData, Certainty::Certain);
        assert_eq!(found, expected, "{first}");
    }
}

#[test]
fn the_first_identification_of_a_socket_may_be_zero() {
    // The server has sent no more than its SYN,ACK, the fourth datagram is its RST.
    let mut story = Story::new();
    story.identify_from(65_533);
    let story = stories::decided::linger_in(story);
    for sources in [&UNPRIVILEGED[..], &[Source::Segments][..]] {
        let found = diagnose(&story.events(sources), sources);
        assert!(
            found.resets[0]
                .candidates
                .contains(&CauseId::LingerZeroClose),
            "{:?}",
            found.resets[0].candidates
        );
        assert_eq!(found.resets[0].sent_by, "server");
    }
}
