//! Many connections at a glance: one row each, with what a reader needs to choose one.

use crate::connection::{Connection, Connections, Role};
use crate::diagnosis::CauseId;
use crate::diagnosis::finding::{Certainty, Diagnosis, Finding};
use crate::scenario::expect::Outcome;
use crate::units::Nanos;

/// From this many on the connections are shown before any ladder.
pub const MANY: usize = 4;

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counts from 1 in order of the first segment.
    pub id: u32,
    pub client: String,
    pub server: String,
    /// How it ended; `None` while the run has not.
    pub outcome: Option<Outcome>,
    /// Its first and its last segment; `None` when none was seen.
    pub lasted: Option<(Nanos, Nanos)>,
    pub segments: usize,
    /// The cause that is named first, and how sure that is; `None` without a RST.
    pub cause: Option<(CauseId, Certainty)>,
    /// When its RSTs were sent.
    pub resets: Vec<Nanos>,
}

impl Row {
    fn of(connection: &Connection, diagnosis: Option<&Diagnosis>) -> Self {
        let verdict = diagnosis.and_then(|diagnosis| {
            let mut verdicts = diagnosis.connections.iter();
            verdicts.find(|verdict| verdict.id == connection.id)
        });
        let segments = &connection.segments;
        let resets = segments.iter().filter(|sent| sent.segment.flags.rst());
        let findings = diagnosis.map_or(&[][..], |diagnosis| &diagnosis.resets);
        let of_this = |finding: &&Finding| finding.connection == connection.id;
        let cause = first_named(
            findings
                .iter()
                .filter(of_this)
                .map(|f| (f.accepted, f.cause, f.certainty)),
        );
        Self {
            id: connection.id,
            client: connection.name(Role::Client).to_owned(),
            server: connection.name(Role::Server).to_owned(),
            outcome: verdict.map(|verdict| verdict.outcome),
            lasted: segments
                .first()
                .zip(segments.last())
                .map(|(first, last)| (first.at, last.at)),
            segments: segments.len(),
            cause,
            resets: resets.map(|sent| sent.at).collect(),
        }
    }
}

/// The cause to name of several RSTs, each with whether it ended something: of the first that did, else of the first.
pub fn first_named(
    mut resets: impl Iterator<Item = (bool, CauseId, Certainty)> + Clone,
) -> Option<(CauseId, Certainty)> {
    let any = resets.clone().next();
    let ended = resets.find(|(accepted, ..)| *accepted);
    ended
        .or(any)
        .map(|(_, cause, certainty)| (cause, certainty))
}

/// All of them, in order of their beginning.
pub fn overview(connections: &Connections, diagnosis: Option<&Diagnosis>) -> Vec<Row> {
    let rows = connections.into_iter();
    rows.map(|connection| Row::of(connection, diagnosis))
        .collect()
}
