//! Runs against themselves, against slower, shorter and other ones.

use super::*;
use crate::diagnosis::diagnose;
use crate::event::call::Returned;
use crate::recording::Recording;

fn recording(name: &str) -> Recording {
    let text = match name {
        "linger-zero" => include_str!("../../tests/data/recordings/linger-zero.jsonl"),
        _ => include_str!("../../tests/data/recordings/sent-before-close.jsonl"),
    };
    Recording::from_json_lines(text).unwrap()
}

fn compared(before: &[Event], after: &[Event]) -> Comparison {
    compared_of(before, after, &Source::ALL)
}

/// `recorded`: the second run's sources.
fn compared_of(before: &[Event], after: &[Event], recorded: &[Source]) -> Comparison {
    let judged = |events: &[Event]| (Connections::from_events(events), diagnose(events, &[]));
    let (one, other) = (judged(before), judged(after));
    let comparison = Comparison::new(
        Side {
            events: before,
            connections: &one.0,
            diagnosis: &one.1,
            evidence: &Source::ALL,
        },
        Side {
            events: after,
            connections: &other.0,
            diagnosis: &other.1,
            evidence: recorded,
        },
    );
    if !comparison.left_out.is_empty() {
        return comparison;
    }
    // Nothing is lost and nothing is told twice, whatever is compared.
    let count = |side: fn(&Row) -> &Option<Line>| {
        comparison
            .rows
            .iter()
            .filter_map(|row| side(row).as_ref().map(|line| line.event))
            .collect::<Vec<_>>()
    };
    let all = |events: &[Event], connections: &Connections| {
        told(events, connections)
            .iter()
            .map(|line| line.event)
            .collect::<Vec<_>>()
    };
    assert_eq!(count(|row| &row.before), all(before, &one.0));
    assert_eq!(count(|row| &row.after), all(after, &other.0));
    comparison
}

#[test]
fn a_run_is_the_same_as_itself_and_as_its_slower_and_later_self() {
    let one = recording("sent-before-close").events;
    let mut later = one.clone();
    for event in &mut later {
        event.at = Nanos(event.at.0 * 2 + 1_000_000);
    }
    for other in [&one, &later] {
        let comparison = compared(&one, other);
        assert_eq!(comparison.first_difference, None);
        assert!(comparison.rows.len() > 10);
        assert_eq!(comparison.before, comparison.after);
        assert_eq!(comparison.counters, Vec::new());
        assert!(text::write(&comparison, ["a", "b"], 100).contains("Both did the same."));
    }
}

#[test]
fn times_are_told_from_the_first_syn_on() {
    let one = recording("sent-before-close").events;
    let comparison = compared(&one, &one);
    let syn = comparison.rows.iter().filter_map(|row| row.before.as_ref());
    let syn = syn.clone().find(|line| line.kind == Kind::Segment).unwrap();
    assert_eq!(
        (syn.since_syn_ns, syn.what.as_str()),
        (0, "client sends SYN")
    );
    assert!(comparison.rows[0].before.as_ref().unwrap().since_syn_ns < 0);
}

#[test]
fn another_result_of_the_same_call_is_a_change_in_its_place() {
    let one = recording("sent-before-close").events;
    let mut other = one.clone();
    let call = other.iter_mut().rev().find_map(|event| {
        if let EventBody::Call(call) = &mut event.body {
            return Some(call);
        }
        None
    });
    call.unwrap().result = Returned::Ok(77);
    let comparison = compared(&one, &other);
    let row = comparison.first().unwrap();
    assert_eq!(row.likeness, Likeness::Changed);
    assert!(row.after.as_ref().unwrap().what.ends_with(" = 77"));
    let changed = comparison
        .rows
        .iter()
        .filter(|row| row.likeness != Likeness::Same);
    assert_eq!(changed.count(), 1);
}

#[test]
fn what_only_one_run_did_stands_alone_and_the_rest_is_paired_again() {
    let one = recording("sent-before-close").events;
    let is_send = |event: &Event| matches!(&event.body, EventBody::Call(call) if call.signature().starts_with("send"));
    let without: Vec<_> = one
        .iter()
        .filter(|event| !is_send(event))
        .cloned()
        .collect();
    let comparison = compared(&one, &without);
    let likenesses: Vec<_> = comparison
        .rows
        .iter()
        .map(|row| row.likeness)
        .filter(|l| *l != Likeness::Same)
        .collect();
    assert_eq!(likenesses, [Likeness::OnlyBefore]);
    let comparison = compared(&without, &one);
    assert_eq!(comparison.first().unwrap().likeness, Likeness::OnlyAfter);
    let text = text::write(&comparison, ["before", "after"], 100);
    assert!(text.contains("nothing here; then client: send("), "{text}");
}

#[test]
fn two_stories_part_and_their_verdicts_stand_side_by_side() {
    let comparison = compared(
        &recording("sent-before-close").events,
        &recording("linger-zero").events,
    );
    let causes =
        [&comparison.before, &comparison.after].map(|ending| ending.cause.map(CauseId::slug));
    assert_eq!(
        causes,
        [Some("close-with-unread-data"), Some("linger-zero-close")]
    );
    assert!(comparison.first_difference.is_some());
    let counted = comparison
        .counters
        .iter()
        .find(|counted| counted.name == "TcpExtTCPAbortOnClose");
    assert_eq!(
        counted.map(|counted| (counted.before, counted.after)),
        Some((1, 0))
    );
    for width in [40, 80, 160] {
        let text = text::write(&comparison, ["one", "other"], width);
        for line in text.lines() {
            assert!(
                crate::ladder::words::columns(line) <= width,
                "{width}: {line}"
            );
        }
    }
}

#[test]
fn nothing_is_compared_with_something_and_with_nothing() {
    assert_eq!(compared(&[], &[]).rows, Vec::new());
    let one = recording("linger-zero").events;
    let comparison = compared(&[], &one);
    assert_eq!(comparison.first_difference, Some(0));
    assert!(
        comparison
            .rows
            .iter()
            .all(|row| row.likeness == Likeness::OnlyAfter)
    );
}

#[test]
fn runs_too_long_to_be_lined_up_are_told_one_after_the_other() {
    let one = recording("sent-before-close").events;
    let long = |name: &str, count: u32| {
        let call = one.iter().find_map(|event| {
            if let EventBody::Call(call) = &event.body {
                return Some(call.clone());
            }
            None
        });
        let mut call = call.unwrap();
        call.by = name.to_owned();
        let event = |number| Event {
            id: EventId(number),
            at: Nanos(number.into()),
            body: EventBody::Call(call.clone()),
        };
        (1..=count).map(event).collect::<Vec<_>>()
    };
    let comparison = compared(&long("a", 1_200), &long("b", 1_200));
    assert_eq!(comparison.rows.len(), 2_400);
    assert_eq!(comparison.rows[0].likeness, Likeness::OnlyBefore);
    assert_eq!(comparison.rows[2_399].likeness, Likeness::OnlyAfter);
}

#[test]
fn how_a_process_ended_is_part_of_what_it_did() {
    use crate::event::process_ended::{Ended, ProcessEnded};
    let run = |how| {
        let ended = ProcessEnded {
            process: "server".to_owned(),
            step: None,
            how,
            took: Nanos(0),
            closed: Vec::new(),
        };
        vec![Event {
            id: EventId(1),
            at: Nanos(1),
            body: EventBody::ProcessEnded(ended),
        }]
    };
    let comparison = compared(
        &run(Ended::Killed("SIGTERM".to_owned())),
        &run(Ended::Exited(0)),
    );
    assert_eq!(comparison.first().unwrap().likeness, Likeness::Changed);
    assert_eq!(
        text::first(&comparison),
        "The first difference: server ends by SIGTERM; then server ends by exit(0)."
    );
}

#[test]
fn what_one_run_did_not_record_is_left_out_and_said() {
    let one = recording("sent-before-close").events;
    let mut other = one.clone();
    other.retain(|event| {
        event
            .body
            .source()
            .is_none_or(|source| source == Source::Segments)
    });
    let comparison = compared_of(&one, &other, &[Source::Segments]);
    assert_eq!(comparison.left_out, [Source::Calls, Source::Counters]);
    assert_eq!(comparison.first_difference, None);
    assert_eq!(comparison.counters, Vec::new());
    let text = text::write(&comparison, ["one", "other"], 100);
    assert!(!text.contains("Both did the same"), "{text}");
    assert!(
        text.contains("Not compared, since not both recorded them: calls, counters."),
        "{text}"
    );
}
