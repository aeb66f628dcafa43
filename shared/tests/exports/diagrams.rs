//! Mermaid's diagrams by its grammar and its limits. Mermaid itself draws them in the browser tests.

use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::event::call::{Call, SocketId};
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::export::{Run, mermaid};
use aftershake_shared::recording::Recording;

use super::readers::each;
use super::recording;

/// Every line follows Mermaid's grammar, and its words hold nothing that means something there. Gives what it counted.
pub(crate) fn check(diagram: &str) -> Counted {
    let mut counted = Counted::default();
    let mut lines = diagram.lines();
    assert_eq!(lines.next(), Some("sequenceDiagram"));
    for line in lines {
        assert!(check_line(line, &mut counted).is_some(), "{line}");
    }
    counted
}

#[derive(Debug, Default)]
pub(crate) struct Counted {
    participants: usize,
    arrows: usize,
}

/// One line below the first. Source: Mermaid's `sequenceDiagram.jison`.
fn check_line(line: &str, counted: &mut Counted) -> Option<()> {
    let line = line.strip_prefix("    ")?;
    if let Some(declared) = line.strip_prefix("participant ") {
        let (id, name) = declared.split_once(" as ")?;
        counted.participants += 1;
        (id == format!("e{}", counted.participants)).then_some(())?;
        return is_plain(name, "").then_some(());
    }
    let (head, words) = line.split_once(": ")?;
    if head == "accTitle" || head == "accDescr" {
        return is_plain(words, "").then_some(());
    }
    is_plain(&words.replace("<br/>", " "), ":={}-").then_some(())?;
    let is_known = |id: &str| {
        let number = id.strip_prefix('e').and_then(|number| number.parse().ok());
        number.is_some_and(|number: usize| (1..=counted.participants).contains(&number))
    };
    if let Some(over) = head.strip_prefix("Note over ") {
        return over.split(',').all(is_known).then_some(());
    }
    let arrow = ["-->>", "->>", "-x"]
        .into_iter()
        .find(|arrow| head.contains(arrow))?;
    let (from, to) = head.split_once(arrow)?;
    (is_known(from) && is_known(to)).then_some(())?;
    counted.arrows += 1;
    Some(())
}

/// Whether words hold nothing but letters, numbers of letters, and of what could mean something these.
fn is_plain(words: &str, these: &str) -> bool {
    let mut parts = words.split('#');
    let first = parts.next().unwrap().to_owned();
    let without_numbers = parts.fold(first, |all, part| {
        all + part.split_once(';').map_or(";", |(_, rest)| rest)
    });
    let meaning = |letter| "<>;#%{}:\"`-+=&@$|\\".contains(letter) && !these.contains(letter);
    !without_numbers.contains(meaning)
}

fn diagram(recording: &Recording) -> String {
    let Recording { header, events } = recording;
    let diagnosis = diagnose(events, &header.environment.evidence);
    mermaid::write(&Run::new(recording, &diagnosis))
}

#[test]
fn every_line_of_a_diagram_follows_mermaids_grammar() {
    each(|name, run| {
        let counted = check(&mermaid::write(run));
        assert_eq!(counted.participants, run.endpoints().len(), "{name}");
        assert_eq!(counted.arrows, run.report.segments.len(), "{name}");
    });
    for wrong in [
        "participant e2 as x",
        "    participant e2 as a-b",
        "    e1->>e2: x",
        "    e1->e1: x",
        "    Note over e1: a;b",
        "    accTitle: a:b",
        "    x",
    ] {
        let mut one = Counted {
            participants: 1,
            arrows: 0,
        };
        assert!(check_line(wrong, &mut one).is_none(), "{wrong}");
    }
}

/// The ladder shortens names to 24 columns.
#[test]
fn arrows_reach_endpoints_whatever_their_names_are() {
    let text = recording("sent-before-close").to_json_lines();
    let text = text
        .replace(
            "\"by\":\"server\"",
            "\"by\":\"one-of-two-with-a-long-name\"",
        )
        .replace(
            "\"by\":\"client\"",
            "\"by\":\"one-of-two-with-a-long-name-too\"",
        );
    let text = diagram(&Recording::from_json_lines(&text).unwrap());
    let counted = check(&text);
    assert_eq!((counted.participants, counted.arrows), (2, 6), "{text}");
    assert!(text.contains("    Note over e2: close() = 0\n"), "{text}");
}

/// The kept run with this many calls more before its last, each other than the one before it or all the same.
fn with_calls(count: u32, are_equal: bool) -> Recording {
    let mut recording = recording("sent-before-close");
    let is_call = |event: &Event| matches!(event.body, EventBody::Call(_));
    let calls = recording.events.iter().filter(|event| is_call(event));
    let mut turns = calls.take(if are_equal { 1 } else { 2 }).cloned().cycle();
    let last = recording.events.iter().rposition(is_call).unwrap();
    let at = recording.events.get(last).unwrap().at;
    let more = (0..count).map(|_| Event {
        at,
        ..turns.next().unwrap()
    });
    let more: Vec<_> = more.collect();
    recording.events.splice(last..last, more);
    for (event, number) in recording.events.iter_mut().zip(1..) {
        event.id = EventId(number);
    }
    recording
}

#[test]
fn equal_calls_in_a_row_are_told_once() {
    let text = diagram(&with_calls(40, true));
    assert!(
        text.contains("    Note over e2: bind(:8080) = 0, 40 times\n"),
        "{text}"
    );
    let text = diagram(&with_calls(40, false));
    assert!(!text.contains(" times"), "{text}");
}

/// Source: Mermaid's `maxTextSize`. A longer one is drawn as the sentence that it is too long.
#[test]
fn a_diagram_is_no_longer_than_mermaid_draws() {
    let text = diagram(&with_calls(10_000, false));
    check(&text);
    let units = text.encode_utf16().count();
    assert!((40_000..=50_000).contains(&units), "{units}");
    let told = text
        .lines()
        .filter(|line| line.starts_with("    Note over e2: "))
        .count();
    let left_out = text
        .split_once("e1,e2: ")
        .and_then(|(_, rest)| rest.split_once(' '));
    let left_out: usize = left_out.unwrap().0.parse().unwrap();
    let words = text.replace("<br/>", " ");
    assert!(words.contains(" calls and segments left out\n"), "{words}");
    // Neither the beginning nor the end is missing.
    assert!(text.contains("SYN 0:0(0)") && text.contains("recv(1024) = ECONNRESET"));
    let whole = diagram(&recording("sent-before-close"));
    let own = whole
        .lines()
        .filter(|line| line.starts_with("    Note over e2: "))
        .count();
    assert_eq!(told + left_out, own + 10_000, "{left_out}");
}

/// Two thousand clients and their server: some clients go, the server and its segments stay.
#[test]
fn a_crowd_of_endpoints_leaves_room_for_the_server() {
    let mut recording = recording("sent-before-close");
    let connect = |event: &&Event| {
        let call = event.body.as_call();
        call.is_some_and(|call| call.by == "client" && call.call == Call::Connect)
    };
    let connect = recording.events.iter().find(connect).unwrap().clone();
    for number in 0..2_000 {
        let mut more = connect.clone();
        if let EventBody::Call(call) = &mut more.body {
            call.by = format!("a-client-of-many-{number}");
            call.socket = SocketId(1_000 + number);
            call.local = Some(([127, 0, 0, 1], 10_000 + u16::try_from(number).unwrap()).into());
        }
        recording.events.push(more);
    }
    recording.events.sort_by_key(|event| event.at);
    for (event, number) in recording.events.iter_mut().zip(1..) {
        event.id = EventId(number);
    }
    let text = diagram(&recording);
    let counted = check(&text);
    assert!(text.encode_utf16().count() <= 50_000);
    assert!((200..2_000).contains(&counted.participants), "{counted:?}");
    let last = format!("participant e{} as server\n", counted.participants);
    assert!(text.contains(&last));
    assert!(text.contains(" left out"));
}
