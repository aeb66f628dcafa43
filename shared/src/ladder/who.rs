//! Whose address is whose, and each segment's numbers relative to its connection.
//!
//! The one place where the ladder asks about connections. Attributes nothing: a segment's sender is the
//! endpoint whose address it claims.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::event::call::Call;
use crate::event::{Event, EventBody};
use crate::scenario::OUTSIDE;
use crate::tcp::flags::Flags;
use crate::tcp::segment::Segment;
use crate::tcp::seq_num::SeqNum;

/// Names of addresses, learnt from calls and segments.
#[derive(Default)]
pub(super) struct Who {
    exact: HashMap<(SocketAddr, SocketAddr), String>,
    local: HashMap<SocketAddr, String>,
    any_address: HashMap<u16, String>,
    connections: HashMap<(SocketAddr, SocketAddr), Connection>,
    count: u32,
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
    /// Whether it begins where the sender's last segment ended.
    pub(super) next: bool,
}

/// Which end of its connection a segment claims to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

struct Connection {
    number: u32,
    /// The end that is called client.
    client: SocketAddr,
    ended: bool,
    /// By sender: the first sequence number and the end of what was sent.
    sides: HashMap<SocketAddr, Side>,
}

#[derive(Clone, Copy)]
struct Side {
    isn: SeqNum,
    /// `None` until this side has sent.
    end: Option<SeqNum>,
}

impl Who {
    /// Learns every program's addresses; segments are told one by one afterwards.
    pub(super) fn from_events(events: &[Event]) -> Self {
        let mut who = Self::default();
        for event in events {
            let EventBody::Call(call) = &event.body else {
                continue;
            };
            let Some(local) = call.local.filter(|_| call.by != OUTSIDE) else {
                continue;
            };
            if let Some(remote) = call.remote {
                let key = (local, remote);
                who.exact.entry(key).or_insert_with(|| call.by.clone());
            }
            let listens = matches!(call.call, Call::Listen { .. } | Call::Bind);
            if listens && local.ip().is_unspecified() {
                who.any_address.insert(local.port(), call.by.clone());
            }
            if listens || !who.local.contains_key(&local) {
                who.local.insert(local, call.by.clone());
            }
        }
        who
    }

    /// The program that owns this end; `None` when no call showed one.
    pub(super) fn program(&self, local: SocketAddr, remote: Option<SocketAddr>) -> Option<&str> {
        let exact = remote.and_then(|remote| self.exact.get(&(local, remote)));
        exact
            .or_else(|| self.local.get(&local))
            .or_else(|| self.any_address.get(&local.port()))
            .map(String::as_str)
    }

    /// The name of this end: its program's, else its role on its connection.
    pub(super) fn name(&self, local: SocketAddr, remote: Option<SocketAddr>) -> String {
        if let Some(program) = self.program(local, remote) {
            return program.to_owned();
        }
        let connection = remote.and_then(|remote| self.connections.get(&pair(local, remote)));
        let is_client = connection.is_some_and(|connection| connection.client == local);
        if is_client { "client" } else { "server" }.to_owned()
    }

    /// The connection that these two addresses are on by now.
    pub(super) fn connection(&self, one: SocketAddr, other: SocketAddr) -> Option<u32> {
        self.connections
            .get(&pair(one, other))
            .map(|connection| connection.number)
    }

    /// Takes the next segment, in order of time.
    pub(super) fn tell(&mut self, segment: &Segment) -> Told {
        let key = pair(segment.src, segment.dst);
        let opens = segment.flags.syn() && !segment.flags.ack();
        let anew = self.connections.get(&key).is_none_or(|known| {
            let isn = known.sides.get(&segment.src).map(|side| side.isn);
            opens && known.ended && isn != Some(segment.seq)
        });
        if anew {
            self.count += 1;
            let by_port = segment.src.port() > segment.dst.port();
            let is_client = opens || (!segment.flags.syn() && by_port);
            let connection = Connection {
                number: self.count,
                client: if is_client { segment.src } else { segment.dst },
                ended: false,
                sides: HashMap::new(),
            };
            self.connections.insert(key, connection);
        }
        let from = self.name(segment.src, Some(segment.dst));
        let to = self.name(segment.dst, Some(segment.src));
        let mut sender = Role::Server;
        let (connection, numbers) = match self.connections.get_mut(&key) {
            Some(connection) => {
                if connection.client == segment.src {
                    sender = Role::Client;
                }
                (connection.number, connection.take(segment))
            }
            None => (0, Numbers::default()),
        };
        Told {
            connection,
            from,
            to,
            sender,
            flags: segment.flags,
            seq: numbers.seq,
            ack: segment.flags.ack().then_some(numbers.ack),
            len: segment.payload_len,
            window: segment.window,
            again: numbers.again,
            next: numbers.next,
        }
    }
}

#[derive(Default)]
struct Numbers {
    seq: u32,
    ack: u32,
    again: bool,
    next: bool,
}

impl Connection {
    fn take(&mut self, segment: &Segment) -> Numbers {
        let starts_here = segment.flags.syn() || (segment.flags.rst() && segment.seq == SeqNum(0));
        let guessed = if starts_here {
            segment.seq
        } else {
            SeqNum(segment.seq.0.wrapping_sub(1))
        };
        let unknown = |isn| Side { isn, end: None };
        let side = self.sides.entry(segment.src).or_insert(unknown(guessed));
        if segment.flags.syn() && side.end.is_none() {
            side.isn = segment.seq;
        }
        let ahead = side.end.map(|end| end.distance_to(segment.seq_end()));
        let numbers = Numbers {
            seq: segment.seq.relative_to(side.isn),
            ack: 0,
            again: segment.seq_len() > 0 && ahead.is_some_and(|ahead| ahead <= 0),
            next: side.end.is_none_or(|end| end == segment.seq),
        };
        if ahead.is_none_or(|ahead| ahead > 0) {
            side.end = Some(segment.seq_end());
        }
        self.ended |= segment.flags.fin() || segment.flags.rst();
        if !segment.flags.ack() {
            return numbers;
        }
        let before_ack = SeqNum(segment.ack.0.wrapping_sub(1));
        let other = self.sides.entry(segment.dst).or_insert(unknown(before_ack));
        Numbers {
            ack: segment.ack.relative_to(other.isn),
            ..numbers
        }
    }
}

/// The same pair for both directions.
fn pair(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    (one.min(other), one.max(other))
}
