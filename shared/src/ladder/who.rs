//! What the ladder asks about connections: whose address is whose, and each segment's relative numbers.
//!
//! Attributes nothing: a segment's sender is the endpoint whose address it claims.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::connection::{Connection, Connections, Role, canonical};
use crate::event::call::{Call, CallReturned};
use crate::event::{Event, EventBody, EventId};
use crate::scenario::OUTSIDE;
use crate::tcp::flags::Flags;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// Connections, and who listened where.
pub(super) struct Who {
    connections: Connections,
    /// Ids of all connections between two addresses, the smaller first.
    by_pair: HashMap<(SocketAddr, SocketAddr), Vec<u32>>,
    listeners: HashMap<SocketAddr, String>,
    /// Those that listened on every address, by port.
    everywhere: HashMap<u16, String>,
    /// The end of what was sent, by connection and sender.
    sent: HashMap<(u32, Role), SeqNum>,
}

/// What a ladder tells of one segment.
pub(super) struct Told {
    pub(super) connection: u32,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) sender: Role,
    pub(super) flags: Flags,
    pub(super) seq: u32,
    /// `None` when ACK is not set.
    pub(super) ack: Option<u32>,
    pub(super) len: u32,
    pub(super) window: u16,
    /// Whether all of it had been sent before.
    pub(super) again: bool,
    /// Whether it was sent again before anything acknowledged it; see [`super::unanswered`].
    pub(super) unanswered: bool,
    /// Whether it begins where the sender's last segment ended.
    pub(super) next: bool,
}

impl Who {
    pub(super) fn from_events(events: &[Event]) -> Self {
        let connections = Connections::from_events(events);
        let mut by_pair: HashMap<_, Vec<u32>> = HashMap::new();
        for connection in &connections {
            let key = pair(connection.client.address, connection.server.address);
            by_pair.entry(key).or_default().push(connection.id);
        }
        let mut who = Self {
            connections,
            by_pair,
            listeners: HashMap::new(),
            everywhere: HashMap::new(),
            sent: HashMap::new(),
        };
        for event in events {
            if let EventBody::Call(call) = &event.body {
                who.learn_listener(call);
            }
        }
        who
    }

    fn learn_listener(&mut self, call: &CallReturned) {
        let listens = matches!(call.call, Call::Listen { .. } | Call::Bind);
        let Some(local) = call.local.filter(|_| listens && call.by != OUTSIDE) else {
            return;
        };
        if local.ip().is_unspecified() {
            self.everywhere.insert(local.port(), call.by.clone());
        } else {
            self.listeners.insert(canonical(local), call.by.clone());
        }
    }

    /// The name of this end at that time: its program's, else its role on its connection.
    pub(super) fn name(
        &self,
        local: SocketAddr,
        remote: Option<SocketAddr>,
        at: Nanos,
    ) -> Option<&str> {
        let local = canonical(local);
        if let Some(connection) = remote.and_then(|remote| self.between(local, remote, at)) {
            return connection.role_at(local).map(|role| connection.name(role));
        }
        let listener = self.listeners.get(&local);
        listener
            .or_else(|| self.everywhere.get(&local.port()))
            .map(String::as_str)
    }

    /// Of the connections between two addresses the last that had begun by then, else the first.
    pub(super) fn between(
        &self,
        one: SocketAddr,
        other: SocketAddr,
        at: Nanos,
    ) -> Option<&Connection> {
        let ids = self.by_pair.get(&pair(canonical(one), canonical(other)))?;
        let begun = ids.partition_point(|id| {
            let connection = self.connections.with_id(*id);
            let first = connection.and_then(|connection| connection.segments.first());
            first.is_none_or(|sent| sent.at <= at)
        });
        let id = ids.get(begun.saturating_sub(1))?;
        self.connections.with_id(*id)
    }

    /// The connection of a segment, call or sample.
    pub(super) fn connection_of(&self, event: EventId) -> Option<&Connection> {
        self.connections.connection_of(event)
    }

    pub(super) fn connection(&self, id: u32) -> Option<&Connection> {
        self.connections.with_id(id)
    }

    /// Takes the next segment, in order of time; `None` for one that could not be read.
    pub(super) fn tell(&mut self, event: EventId) -> Option<Told> {
        let (connection, sent) = self.connections.segment(event)?;
        let segment = &sent.segment;
        let end = self.sent.get(&(connection.id, sent.from)).copied();
        let ahead = end.map(|end| end.distance_to(segment.seq_end()));
        let told = Told {
            connection: connection.id,
            from: connection.name(sent.from).to_owned(),
            to: connection.name(sent.from.other()).to_owned(),
            sender: sent.from,
            flags: segment.flags,
            seq: connection.relative_seq(sent),
            ack: connection.relative_ack(sent),
            len: segment.payload_len,
            window: segment.window,
            again: segment.seq_len() > 0 && ahead.is_some_and(|ahead| ahead <= 0),
            unanswered: false,
            next: end.is_none_or(|end| end == segment.seq),
        };
        if ahead.is_none_or(|ahead| ahead > 0) {
            let end = segment.seq_end();
            self.sent.insert((connection.id, sent.from), end);
        }
        Some(told)
    }
}

/// The same pair for both directions.
fn pair(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    (one.min(other), one.max(other))
}
