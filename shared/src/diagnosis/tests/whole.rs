//! Sentences on runs without a decisive RST: they say no more than the evidence carries.

use super::stories::decided::{held, lets_go};
use crate::connection::story::{LISTENER, SERVER, Story, close};
use crate::diagnosis::diagnose;
use crate::errno::Errno;
use crate::event::call::Call;
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, Source};
use crate::units::Nanos;

const SOURCES: [Source; 2] = [Source::Segments, Source::Counters];

/// A SYN that nobody answers, sent again, and an overflow somewhere.
fn unanswered(story: &mut Story) {
    story
        .segment(110, "client > server S 0:0(0) win 65495")
        .segment(1_000_110, "client > server S 0:0(0) win 65495")
        .counters(1_000_200, &[("TcpExtListenOverflows", 1)]);
}

#[test]
fn a_full_queue_is_told_only_of_the_one_syn_that_can_have_met_it() {
    let why = |story: &Story| diagnose(&story.events(&SOURCES), &SOURCES).explanation;
    let mut story = Story::new();
    unanswered(&mut story);
    let alone = why(&story);
    assert!(
        alone.contains("the accept queue was full (ListenOverflows)"),
        "{alone}"
    );
    story.next_client();
    unanswered(&mut story);
    let one_of_two = why(&story);
    assert!(
        one_of_two.contains("it was dropped, or the accept queue was full"),
        "{one_of_two}"
    );
}

/// What a `SO_LINGER` 0 close leaves when the segments at the end, its RST among them, are gone.
#[test]
fn with_segments_missing_it_is_never_said_that_there_was_no_reset() {
    let gaps = [
        (
            Trouble::SegmentsLost { count: 812 },
            "The capture lost 812 segments.",
        ),
        (
            Trouble::CaptureEndNotProved,
            "The end of the capture could not be proved.",
        ),
    ];
    for (trouble, told) in gaps {
        for name in ["fin", "linger"] {
            let mut story = Story::new();
            story.connect();
            if name == "fin" {
                story.segment(400, "client > server FA 1:1(0) ack 1 win 64");
            }
            story.counters(500, &[("TcpExtTCPAbortOnData", 1), ("TcpOutRsts", 1)]);
            let mut events = story.events(&SOURCES);
            events.push(Event {
                id: EventId(99),
                at: Nanos::from_micros(900),
                body: EventBody::Trouble(trouble.clone()),
            });
            let said = diagnose(&events, &SOURCES);
            let words = format!("{} {}", said.headline, said.explanation);
            assert!(!words.contains("No reset"), "{words}");
            assert!(!words.contains("Neither"), "{words}");
            assert!(words.contains("segments are missing"), "{words}");
            assert!(words.contains(told), "{words}");
            assert!(words.contains("aborted"), "{words}");
        }
    }
}

#[test]
fn where_programs_were_not_traced_and_two_ports_asked_ends_are_addresses_in_every_sentence() {
    let mut story = Story::new();
    story
        .connect()
        .segment(400, "client > server RA 1:1(0) ack 1 win 64");
    let mut events = story.events(&[Source::Segments]);
    events.push(Event {
        id: EventId(99),
        at: Nanos::from_micros(900),
        body: EventBody::Trouble(Trouble::Absent {
            evidence: Source::Calls,
            reason: String::new(),
            remedy: String::new(),
        }),
    });
    let one = diagnose(&events, &[Source::Segments]);
    assert!(one.resets[0].headline.contains("the client"));
    let syn = events.iter().find_map(|event| match &event.body {
        EventBody::Segment(seen) => Some(seen.clone()),
        EventBody::Call(_)
        | EventBody::Counters(_)
        | EventBody::KernelReset(_)
        | EventBody::ProcessEnded(_)
        | EventBody::Outside(_)
        | EventBody::Socket(_)
        | EventBody::Step(_)
        | EventBody::Trouble(_) => None,
    });
    let mut elsewhere = syn.unwrap();
    // The TCP header follows an IPv4 header of 20 bytes; its second field is the port that is asked.
    elsewhere.raw.0[22..24].copy_from_slice(&9_090_u16.to_be_bytes());
    events.push(Event {
        id: EventId(100),
        at: Nanos::from_micros(950),
        body: EventBody::Segment(elsewhere),
    });
    let said = diagnose(&events, &[Source::Segments]);
    let finding = &said.resets[0];
    let mut words = format!("{} {}", finding.headline, finding.explanation);
    for out in &finding.ruled_out {
        words += &out.because;
    }
    for role in ["the client", "the server"] {
        assert!(!words.contains(role), "{words}");
    }
    assert!(words.contains("it came from 127.0.0.1:40000"), "{words}");
}

/// Headline and explanation of a story of which everything was recorded.
fn said(story: &Story) -> (String, String) {
    let diagnosis = diagnose(&story.events(&Source::ALL), &Source::ALL);
    (diagnosis.headline, diagnosis.explanation)
}

#[test]
fn a_close_during_a_call_is_not_said_to_have_sent_the_fin() {
    let mut story = held(Story::new());
    let (headline, why) = said(&story);
    assert_eq!(
        headline,
        "No reset: the connection was still open at the end, although the server had closed it."
    );
    assert!(why.contains("reader was waiting in a call"), "{why}");
    story
        .segment(305, "client > server PA 1:3(2) ack 1 win 64")
        .segment(310, "server > client A 1:1(0) ack 3 win 64")
        .segment(330, "server > client FA 1:1(0) ack 3 win 64");
    lets_go(&mut story, 2);
    let (headline, why) = said(&story);
    assert_eq!(
        headline,
        "No reset: the server closed, but its FIN left only when its recv(8) returned, 70 µs later."
    );
    assert!(
        why.contains("which holds the socket until it returns"),
        "{why}"
    );
    assert!(why.contains("left none of the 2 bytes"), "{why}");
}

/// A connection that the server hands over and closes, and then the end of the process that had got it.
fn handed_over(mut story: Story, unread: u32) -> Story {
    let to = "other".to_owned();
    story
        .ok(400, SERVER, Call::HandOver { to }, 0)
        .ok(420, SERVER, Call::CloseCopy, 0)
        .ended(500, "other", &[(SERVER, Some(unread))]);
    story
}

#[test]
fn the_process_that_had_got_a_connection_is_the_one_said_to_have_ended() {
    let mut story = Story::new();
    story.listen().connect().accept().send16();
    let mut story = handed_over(story, 16);
    story
        .segment(508, "server > client RA 1:1(0) ack 17 win 64")
        .reason(509, false, "TCP_ABORT_ON_CLOSE", "TCP_CLOSE")
        .counted(2000, 2, "TcpExtTCPAbortOnClose");
    let (headline, why) = said(&story);
    assert_eq!(
        headline,
        "The process of other, which the server had given the connection, ended (exit(1)) with 16 bytes still unread, so Linux reset the connection."
    );
    let left = "The RST left while the process of other ended (exit(1))";
    assert!(why.contains(left), "{why}");
    assert!(why.contains("; other read none of them."), "{why}");
    assert!(
        why.contains("Lost: 16 bytes that other had not read."),
        "{why}"
    );

    let mut story = Story::new();
    story.listen().connect().accept();
    let mut story = handed_over(story, 0);
    story.segment(508, "server > client FA 1:1(0) ack 1 win 64");
    let (headline, why) = said(&story);
    assert_eq!(
        headline,
        "No reset: the process of other ended first (exit(1)), and its kernel sent FIN."
    );
    assert!(why.contains("so the end of other sent FIN"), "{why}");
}

#[test]
fn a_reset_by_a_calls_return_tells_of_the_close_before_it() {
    let (headline, why) = said(&super::stories::decided::unread_after_held());
    assert_eq!(
        headline,
        "The server closed while its recv(8) waited, which then left 8 bytes unread, so Linux reset the connection."
    );
    assert!(
        why.contains("The last descriptor had been closed at 250 µs"),
        "{why}"
    );
}

#[test]
fn an_accept_without_descriptors_is_told_of_connections_that_waited_for_it() {
    let failed = |at| {
        let mut story = Story::new();
        story.listen().connect();
        let call = Call::Accept { opened: None };
        story.err(at, LISTENER, call, Errno::EMFILE);
        said(&story)
    };
    let (headline, why) = failed(200);
    assert!(
        headline.ends_with("the server could not accept it (EMFILE)."),
        "{headline}"
    );
    assert!(why.contains("waits in the queue of its listener"), "{why}");
    // A descriptor became free later: what the next accept would have said nobody knows.
    let mut story = Story::new();
    story.listen().connect();
    story.err(200, LISTENER, Call::Accept { opened: None }, Errno::EMFILE);
    story.ok(250, SERVER + 5, close(0), 0);
    let (headline, _) = said(&story);
    assert!(headline.ends_with("still open at the end."), "{headline}");
    // Before the connection was there: an empty queue says the same.
    let (headline, _) = failed(50);
    assert!(headline.ends_with("still open at the end."), "{headline}");
}
