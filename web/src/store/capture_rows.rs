//! The connections of a capture at a glance, by the same rows that a run's have.

use aftershake_shared::capture::explained::ConnectionExplained;
use aftershake_shared::ladder::overview::{Row, first_named};
use aftershake_shared::order::sort_by_rank;
use aftershake_shared::scenario::expect::Outcome;

/// Those of a capture, the gravest first: of many the reader wants those that ended badly.
pub fn of_capture(connections: &[ConnectionExplained]) -> Vec<Row> {
    let mut rows: Vec<Row> = connections.iter().map(row).collect();
    sort_by_rank(&mut rows, |row| {
        let gravity = match row.outcome {
            Some(Outcome::Reset) => 0,
            Some(Outcome::Refused) => 1,
            Some(Outcome::TimedOut) => 2,
            Some(Outcome::Open) => 3,
            Some(Outcome::Closed) | None => 4,
        };
        (gravity, row.id.into())
    });
    rows
}

fn row(one: &ConnectionExplained) -> Row {
    let kept = one.kept.iter();
    let kept: Vec<_> = kept
        .filter_map(|event| Some((event.at, event.body.as_segment()?.read().ok()?)))
        .collect();
    let resets = kept.iter().filter(|(_, segment)| segment.flags.rst());
    let named = one
        .resets
        .iter()
        .map(|reset| (reset.accepted, reset.cause, reset.certainty));
    Row {
        id: u32::try_from(one.id.saturating_add(1)).unwrap_or(u32::MAX),
        client: one.client.to_string(),
        server: one.server.to_string(),
        outcome: Some(one.outcome),
        lasted: kept
            .first()
            .zip(kept.last())
            .map(|(first, last)| (first.0, last.0)),
        segments: usize::try_from(one.segments).unwrap_or(usize::MAX),
        cause: first_named(named),
        resets: resets.map(|(at, _)| *at).collect(),
    }
}
