//! Both ends of a connection around a moment: the last sample before it and the next one after.
//!
//! Between two samples nobody looked; a reader is told both.

use std::fmt::Write as _;

use crate::connection::{Connection, Connections, Role, SampleOn};
use crate::event::socket_sampled::SocketSampled;
use crate::event::{Event, EventBody, EventId};
use crate::units::Nanos;

/// One end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndAround<'a> {
    pub name: &'a str,
    /// The last sample at or before the moment; `None` when there was none.
    pub before: Option<&'a SocketSampled>,
    /// The first sample after it; `None` when there was none.
    pub after: Option<&'a SocketSampled>,
}

/// Both ends, the client's first; empty when neither was sampled.
pub fn around<'a>(
    connection: &'a Connection,
    events: &'a [Event],
    at: Nanos,
) -> Vec<EndAround<'a>> {
    let time = |sample: &SampleOn| events.get(sample.position).map(|event| event.at);
    let next = connection
        .samples
        .partition_point(|sample| time(sample) <= Some(at));
    let (before, after) = connection.samples.split_at(next);
    let ends = [Role::Client, Role::Server].map(|role| {
        let is_mine = |sample: &&SampleOn| sample.role == role;
        let read = |sample: &SampleOn| sampled(events, sample.position);
        EndAround {
            name: connection.name(role),
            before: before.iter().rfind(is_mine).and_then(read),
            after: after.iter().find(is_mine).and_then(read),
        }
    });
    let known = |end: &EndAround<'_>| end.before.is_some() || end.after.is_some();
    if ends.iter().any(known) {
        ends.to_vec()
    } else {
        Vec::new()
    }
}

/// The connection to tell of at a moment: the event's own, else the last that had begun.
pub fn connection_at(
    connections: &Connections,
    event: Option<EventId>,
    at: Nanos,
) -> Option<&Connection> {
    let own = event.and_then(|event| connections.connection_of(event));
    let begun = |connection: &&Connection| {
        let first = connection.segments.first();
        first.is_some_and(|first| first.at <= at)
    };
    let begun = || connections.into_iter().rfind(begun);
    own.or_else(begun)
        .or_else(|| connections.into_iter().next())
}

fn sampled(events: &[Event], position: usize) -> Option<&SocketSampled> {
    match events.get(position).map(|event| &event.body) {
        Some(EventBody::Socket(socket)) => Some(socket),
        Some(_) | None => None,
    }
}

/// A sample in words: `ESTABLISHED, 16 B unread`.
pub fn words(sample: Option<&SocketSampled>) -> String {
    let Some(sample) = sample else {
        return "not sampled".to_owned();
    };
    let mut words = sample.state.name().to_owned();
    for (bytes, what) in [(sample.unread, "unread"), (sample.unsent, "not acked")] {
        if bytes > 0 {
            let _ = write!(words, ", {bytes} B {what}");
        }
    }
    words
}
