//! Many connections at a glance: one row each, with what a reader needs to choose one.

use crate::connection::{Connection, Connections, Role};
use crate::diagnosis::finding::Diagnosis;
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
    /// Payload bytes of each way, those sent again counted again.
    pub sent_by_client: u64,
    pub sent_by_server: u64,
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
        let sent = |role: Role| {
            let mine = segments.iter().filter(|sent| sent.from == role);
            mine.map(|sent| u64::from(sent.segment.payload_len)).sum()
        };
        let resets = segments.iter().filter(|sent| sent.segment.flags.rst());
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
            sent_by_client: sent(Role::Client),
            sent_by_server: sent(Role::Server),
            resets: resets.map(|sent| sent.at).collect(),
        }
    }
}

/// All of them, in order of their beginning.
pub fn overview(connections: &Connections, diagnosis: Option<&Diagnosis>) -> Vec<Row> {
    let rows = connections.into_iter();
    rows.map(|connection| Row::of(connection, diagnosis))
        .collect()
}
