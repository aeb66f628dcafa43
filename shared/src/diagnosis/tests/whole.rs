//! Sentences on runs without a decisive RST: they say no more than the evidence carries.

use crate::connection::story::Story;
use crate::diagnosis::diagnose;
use crate::event::Source;

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
