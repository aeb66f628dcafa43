//! What only the run before did, on the ladder of the run after: every scenario's recording before its remedy's.

#![cfg(test)]

use std::fs;
use std::path::Path;

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::compare::{Comparison, Kind, Likeness, Side};
use aftershake_shared::connection::Connections;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::event::EventId;
use aftershake_shared::ghost::{Ghost, MOST, Thing, ghosts};
use aftershake_shared::ladder::items::SegmentKind;
use aftershake_shared::ladder::{Axis, Ladder, Options};
use aftershake_shared::recording::Recording;

fn recording(name: &str) -> Option<Recording> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../scenarios/recordings")
        .join(format!("{name}.jsonl"));
    let text = fs::read_to_string(path).ok()?;
    Some(Recording::from_json_lines(&text).unwrap())
}

fn compared(before: &Recording, after: &Recording) -> Comparison {
    let connections = [before, after].map(|run| Connections::from_events(&run.events));
    let evidence = [before, after].map(|run| &run.header.environment.evidence);
    let diagnoses = [
        diagnose(&before.events, evidence[0]),
        diagnose(&after.events, evidence[1]),
    ];
    let side = |at: usize| Side {
        events: &[before, after][at].events,
        connections: &connections[at],
        diagnosis: &diagnoses[at],
        evidence: evidence[at],
    };
    Comparison::new(side(0), side(1))
}

fn found(before: &Recording, after: &Recording, axis: Axis) -> (Ladder, Comparison, Vec<Ghost>) {
    let options = Options {
        axis,
        ..Options::default()
    };
    let (was, now) = (
        Ladder::place(&before.events, &options),
        Ladder::place(&after.events, &options),
    );
    let comparison = compared(before, after);
    let ghosts = ghosts(&now, &was, &comparison);
    (now, comparison, ghosts)
}

#[test]
fn a_remedys_ladder_has_a_ghost_of_all_that_is_gone_and_of_nothing_else() {
    let mut pairs = 0;
    for entry in CATALOG {
        let scenario = entry.text().parse().unwrap();
        let fixed = scenario.fixed_by.as_deref().and_then(recording);
        let (Some(before), Some(after)) = (recording(entry.name), fixed) else {
            continue;
        };
        for axis in [Axis::GapsShortened, Axis::Real, Axis::Order] {
            let (now, comparison, ghosts) = found(&before, &after, axis);
            let gone: Vec<EventId> = comparison
                .rows
                .iter()
                .filter(|row| row.likeness == Likeness::OnlyBefore)
                .filter_map(|row| row.before.as_ref())
                .filter(|line| line.kind != Kind::Outside)
                .map(|line| line.event)
                .collect();
            let lanes: Vec<_> = now.lanes.iter().map(|lane| &lane.name).collect();
            assert!(
                ghosts.len() <= gone.len().min(MOST),
                "{}: {lanes:?}",
                entry.name
            );
            for ghost in &ghosts {
                assert!(gone.contains(&ghost.event()), "{}", entry.name);
                assert!(
                    ghost.top() >= now.top && ghost.top() <= now.bottom,
                    "{}: {} of {}..{}",
                    entry.name,
                    ghost.top(),
                    now.top,
                    now.bottom
                );
                if let Thing::Segment(segment) = &ghost.thing {
                    let inside = 0.0..=now.width;
                    assert!(inside.contains(&segment.from.0) && inside.contains(&segment.to.0));
                }
            }
            assert!(ghosts.is_sorted_by(|one, other| one.top() <= other.top()));
        }
        pairs += 1;
    }
    assert!(
        pairs > 50,
        "only {pairs} scenarios with a remedy have recordings"
    );
}

#[test]
fn the_reset_that_a_remedy_takes_away_stays_as_a_ghost_between_the_program_s_ends() {
    let before = recording("sent-before-close").unwrap();
    let after = recording("sent-before-close-drained").unwrap();
    let (now, _, ghosts) = found(&before, &after, Axis::GapsShortened);
    let reset = ghosts.iter().find_map(|ghost| match &ghost.thing {
        Thing::Segment(segment) if segment.kind == SegmentKind::Rst => Some((ghost, segment)),
        Thing::Segment(_) | Thing::Call(_) => None,
    });
    let (ghost, segment) = reset.unwrap();
    assert!(ghost.sentence.contains("RST"), "{}", ghost.sentence);
    assert!(ghost.column >= now.lanes.len(), "its text is on the wire");
    let (from, to) = (&now.lanes[segment.from_lane], &now.lanes[segment.to_lane]);
    assert_eq!((from.name.as_str(), to.name.as_str()), ("server", "client"));
    assert_eq!(
        (Some(segment.from.0), Some(segment.to.0)),
        (from.left_edge, to.right_edge)
    );
}

#[test]
fn a_run_has_no_ghosts_beside_itself_nor_beside_one_that_is_all_different() {
    let one = recording("sent-before-close").unwrap();
    assert_eq!(found(&one, &one, Axis::Real).2, []);
    let many = recording("many-at-once").or_else(|| recording("more-than-the-buffer"));
    let many = many.unwrap();
    let mut longer = many.clone();
    for _ in 0..7 {
        let more = longer.events.clone();
        longer.events.extend(more);
    }
    assert!(longer.events.len() > MOST * 10);
    assert_eq!(found(&longer, &one, Axis::Real).2, []);
}
