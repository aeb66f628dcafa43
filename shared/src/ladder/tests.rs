//! Golden drawings of a real story, and rules that hold for any events.

mod example;
mod generated;
mod seen;

use std::fs;
use std::path::Path;

use super::svg::Caption;
use super::text::{Colour, Paper};
use super::{Axis, Ladder, Options, StepText, svg, text};
use crate::event::EventBody;
use crate::event::call::Returned;
use crate::event::outside_acted::{OutsideAct, OutsideActed};
use crate::event::step_progress::Progress;
use crate::scenario::OUTSIDE;
use crate::units::Nanos;

const VERDICT: Caption<'_> = Caption {
    title: "Client sent before the close",
    verdict: "The server closed with 16 bytes still unread, so Linux reset the connection.",
    explanation: "close() at 1.690 ms found 16 bytes in the receive queue that the program never read. A \
                  FIN would have said “all received”, so the kernel sends RST instead. The client’s next \
                  call, recv(), reports it as ECONNRESET.",
};

/// Compares with a file of `golden/`; with `UPDATE_EXPECT=1` writes it instead.
fn golden(name: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ladder/golden");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{name} differs; look at it, then run with UPDATE_EXPECT=1"
    );
}

fn placed(axis: Axis) -> Ladder {
    let options = Options {
        axis,
        ..Options::default()
    };
    Ladder::place(&example::sent_before_close(), &options)
}

#[test]
fn the_story_as_svg() {
    let file = svg::draw(&placed(Axis::GapsShortened), &VERDICT);
    assert!(file.len() < 40_000, "{} bytes", file.len());
    golden("sent_before_close.svg", &file);
}

#[test]
fn the_story_on_a_real_axis_as_svg() {
    golden(
        "sent_before_close.real.svg",
        &svg::draw(&placed(Axis::Real), &VERDICT),
    );
}

#[test]
fn the_story_in_order_as_svg() {
    golden(
        "sent_before_close.order.svg",
        &svg::draw(&placed(Axis::Order), &VERDICT),
    );
}

#[test]
fn the_story_as_text() {
    let ladder = placed(Axis::GapsShortened);
    for width in [100, 72, 60] {
        let paper = Paper {
            width,
            colour: Colour::None,
        };
        let text = text::write(&ladder, paper);
        for line in text.lines() {
            assert!(super::words::columns(line) <= width, "{width}: {line}");
        }
        golden(&format!("sent_before_close.{width}.txt"), &text);
    }
}

#[test]
fn three_endpoints_stand_side_by_side() {
    let waits = StepText {
        by: "backend".to_owned(),
        name: "accept".to_owned(),
    };
    let options = Options {
        steps: vec![waits; 8],
        ..Options::default()
    };
    let ladder = Ladder::place(&example::through_a_proxy(), &options);
    let names: Vec<_> = ladder.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["browser", "proxy", "backend"]);
    let caption = Caption {
        title: "Through a proxy",
        ..Caption::default()
    };
    golden("through_a_proxy.svg", &svg::draw(&ladder, &caption));
    golden(
        "through_a_proxy.txt",
        &text::write(&ladder, Paper::default()),
    );
}

#[test]
fn one_connection_can_be_shown_alone() {
    let events = example::through_a_proxy();
    let options = Options {
        connection: Some(2),
        ..Options::default()
    };
    let ladder = Ladder::place(&events, &options);
    let names: Vec<_> = ladder.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["proxy", "backend"]);
    assert!(
        ladder
            .segments
            .iter()
            .all(|segment| segment.connection == 2)
    );
    let calls: Vec<_> = ladder.calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(
        calls,
        [
            "listen(8)",
            "connect(:8080)",
            "send(5 bytes)",
            "shutdown(SHUT_WR)",
            "recv(4096)"
        ]
    );
}

#[test]
fn segments_alone_make_a_client_and_a_server() {
    let mut story = example::Story::default();
    story.segment(5, (40_000, 81), "S", (900, 0), 0);
    story.segment(9, (81, 40_000), "RA", (0, 901), 0);
    let ladder = Ladder::place(&story.finish(), &Options::default());
    let names: Vec<_> = ladder.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["client", "server"]);
    let sentences: Vec<_> = ladder
        .segments
        .iter()
        .map(|s| s.sentence.as_str())
        .collect();
    assert_eq!(
        sentences,
        [
            "segment 1, SYN from client to server at 0.005 ms, sequence 0",
            "segment 2, RST,ACK from server to client at 0.009 ms, sequence 0, acknowledges 1",
        ]
    );
    assert_eq!(ladder.segments[1].detail, "0:0 ack 1");
}

#[test]
fn every_thing_has_its_sentence() {
    let ladder = placed(Axis::GapsShortened);
    let calls = ladder.calls.iter().map(|call| &call.sentence);
    let segments = ladder.segments.iter().map(|segment| &segment.sentence);
    let pills = ladder.pills.iter().map(|pill| &pill.sentence);
    let queues = ladder.queues.iter().map(|queue| &queue.sentence);
    let bands = ladder.bands.iter().map(|band| &band.sentence);
    let all = calls
        .chain(segments)
        .chain(pills)
        .chain(queues)
        .chain(bands);
    let sentences: Vec<_> = all.map(String::as_str).collect();
    let text = sentences.join("\n") + "\n";
    golden("sentences.txt", &text);
}

#[test]
fn colours_are_an_option() {
    let ladder = placed(Axis::GapsShortened);
    let paper = Paper {
        colour: Colour::Ansi,
        ..Paper::default()
    };
    let text = text::write(&ladder, paper);
    assert!(text.contains("\u{1b}[1;31m✕━━"));
    let mut bare = text;
    for code in ["0", "1", "2", "32", "34", "35", "1;31"] {
        bare = bare.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(bare, text::write(&ladder, Paper::default()));
}

#[test]
fn what_outside_did_stands_on_the_wire_once() {
    let mut story = example::Story::default();
    let acted = OutsideActed {
        step: Some(0),
        act: OutsideAct::DestroySocket {
            local: example::port(8080),
            remote: Some(example::port(40112)),
        },
        took: Nanos::from_micros(20),
        result: Returned::Ok(0),
    };
    story.step(0, 0, Progress::Started);
    story.add(1, EventBody::Outside(acted));
    story.segment(4, (8080, 40112), "RA", (1, 1), 0);
    let steps = vec![StepText {
        by: OUTSIDE.to_owned(),
        name: "destroy".to_owned(),
    }];
    let options = Options {
        steps,
        ..Options::default()
    };
    let ladder = Ladder::place(&story.finish(), &options);
    let [pill] = ladder.pills.as_slice() else {
        panic!("one pill expected: {:?}", ladder.pills);
    };
    assert_eq!(pill.text, "outside: destroy socket :8080");
    assert_eq!(
        pill.sentence,
        "event 2, outside: destroy socket 127.0.0.1:8080 to 127.0.0.1:40112, at 0.001 ms"
    );
}
