//! Each connection's history, rebuilt from events: who spoke, in which numbers, by which calls.
//!
//! Reads addresses, flags and numbers only and judges nothing; linear in the number of events, and never
//! copies a segment's bytes, so that a capture of a million packets goes through the same code.

mod calls;
pub mod flow;
mod gather;
pub mod unix;

use std::net::SocketAddr;

use crate::event::call::SocketId;
use crate::event::segment_seen::SegmentSeen;
use crate::event::{Event, EventBody, EventId};
use crate::order::sort_by_rank;
use crate::tcp::segment::Segment;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// What an endpoint is on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sent the SYN.
    Client,
    /// Answered it.
    Server,
}

impl Role {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `client`, `server`: the name where no program is known.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// One segment of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSent {
    pub event: EventId,
    pub at: Nanos,
    /// The end whose address it claims as its source.
    pub from: Role,
    pub segment: Segment,
}

/// One call on a connection, or the `accept` that returned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOn {
    pub event: EventId,
    /// Index of the event in the slice the connections were built from.
    pub position: usize,
    pub role: Role,
}

/// One reading of a socket of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleOn {
    pub event: EventId,
    /// Index of the event in the slice the connections were built from.
    pub position: usize,
    pub role: Role,
}

/// A socket that was closed because its process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedOn {
    pub event: EventId,
    /// Index of the event in the slice the connections were built from.
    pub position: usize,
    /// What `SIOCINQ` said right before; `None` on a listener or when it was not asked.
    pub unread: Option<u32>,
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The endpoint's name; where no program is known the word `client` or `server`, or the address in a run whose
    /// programs were not traced.
    pub name: String,
    pub address: SocketAddr,
    /// Initial sequence number; `None` when no SYN of this end was seen.
    pub isn: Option<SeqNum>,
    /// What numbers of this end are shown relative to: its ISN, or a guess that makes its first byte 1.
    base: SeqNum,
    /// Its program's socket; `None` where no call on it was seen, as for a connection never accepted.
    pub socket: Option<SocketId>,
    /// Its process's end closed the socket; `None` where the program lived on or had closed it before.
    pub ended: Option<EndedOn>,
}

impl End {
    fn new(role: Role, address: SocketAddr) -> Self {
        Self {
            name: role.word().to_owned(),
            address,
            isn: None,
            base: SeqNum(0),
            socket: None,
            ended: None,
        }
    }
}

/// One connection: two ends, their segments in order of capture, their calls in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Counts from 1 in order of the first segment, or of the first call where there is none.
    pub id: u32,
    pub client: End,
    pub server: End,
    /// No SYN and no `connect` told the roles apart: the higher port is called client.
    pub role_guessed: bool,
    pub segments: Vec<SegmentSent>,
    pub calls: Vec<CallOn>,
    pub samples: Vec<SampleOn>,
    /// The listening socket that owned it before `accept`; `None` where none was seen.
    pub listener: Option<SocketId>,
    /// The `accept` that returned it.
    pub accepted: Option<EventId>,
}

impl Connection {
    pub const fn end(&self, role: Role) -> &End {
        match role {
            Role::Client => &self.client,
            Role::Server => &self.server,
        }
    }

    const fn end_mut(&mut self, role: Role) -> &mut End {
        match role {
            Role::Client => &mut self.client,
            Role::Server => &mut self.server,
        }
    }

    /// The endpoint's name at that end.
    pub fn name(&self, role: Role) -> &str {
        &self.end(role).name
    }

    /// A sentence about its ends, by their names also where it says `the client`: that may be a program elsewhere.
    pub(crate) fn with_ends_named(&self, text: String) -> String {
        let ends = [("the client", &self.client), ("the server", &self.server)];
        ends.into_iter().fold(text, |text, (word, end)| {
            // Writing an address costs more than all the rest, and few ends are named by it.
            let is_by_role = word.ends_with(&end.name);
            if !is_by_role && text.contains(word) && end.name == end.address.to_string() {
                text.replace(word, &end.name)
            } else {
                text
            }
        })
    }

    /// The segment's sequence number relative to its sender's first: SYN 0, first byte 1.
    pub fn relative_seq(&self, sent: &SegmentSent) -> u32 {
        sent.segment.seq.relative_to(self.end(sent.from).base)
    }

    /// The acknowledgement relative to the other end's first number; `None` when ACK is not set.
    pub fn relative_ack(&self, sent: &SegmentSent) -> Option<u32> {
        let ack = sent.segment.ack;
        sent.segment
            .flags
            .ack()
            .then(|| ack.relative_to(self.end(sent.from.other()).base))
    }

    /// The role whose address that is; the client's where both ends have the same.
    pub fn role_at(&self, address: SocketAddr) -> Option<Role> {
        let address = canonical(address);
        if address == self.client.address {
            Some(Role::Client)
        } else {
            (address == self.server.address).then_some(Role::Server)
        }
    }
}

/// A listening socket and the calls made on it, `accept` included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub socket: SocketId,
    pub by: String,
    pub address: Option<SocketAddr>,
    /// Indices into the events, in order of time.
    pub calls: Vec<usize>,
    /// Its process's end closed it.
    pub ended: Option<EndedOn>,
}

/// Where an event belongs.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Index of the connection.
    connection: usize,
    role: Role,
    /// Index of the segment within its connection.
    segment: Option<usize>,
}

/// All connections of a run or a capture.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    list: Vec<Connection>,
    listeners: Vec<Listener>,
    /// What is no TCP at all.
    unix: unix::UnixPairs,
    /// Sorted by event id.
    places: Vec<(EventId, Place)>,
}

impl Connections {
    /// Rebuilds every connection. Events need be in order of time; unreadable segments belong to none.
    pub fn from_events(events: &[Event]) -> Self {
        let mut gathered = gather::gather(events);
        let listeners = calls::attach(events, &mut gathered);
        let mut list = gathered.list;
        sort_by_rank(&mut list, |connection| (start(connection, events).0, 0));
        for (connection, id) in list.iter_mut().zip(1..) {
            connection.id = id;
            set_bases(connection);
        }
        let places = places(&list);
        let after = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let unix = unix::UnixPairs::from_events(events, after.saturating_add(1));
        Self {
            list,
            listeners,
            unix,
            places,
        }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Connection> {
        self.list.iter()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The connection of that id.
    pub fn with_id(&self, id: u32) -> Option<&Connection> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        self.list.get(index)
    }

    /// The connection a segment, a call or a sample belongs to; `None` for everything else.
    pub fn connection_of(&self, event: EventId) -> Option<&Connection> {
        self.list.get(self.place(event)?.connection)
    }

    /// The end a segment claims to come from, or that called or was sampled.
    pub fn role_of(&self, event: EventId) -> Option<Role> {
        Some(self.place(event)?.role)
    }

    /// The name of the endpoint whose address a segment claims, or whose call or socket it is.
    pub fn from_endpoint(&self, event: EventId) -> Option<&str> {
        let place = self.place(event)?;
        Some(self.list.get(place.connection)?.name(place.role))
    }

    /// A segment, decoded, with its connection.
    pub fn segment(&self, event: EventId) -> Option<(&Connection, &SegmentSent)> {
        let place = self.place(event)?;
        let connection = self.list.get(place.connection)?;
        Some((connection, connection.segments.get(place.segment?)?))
    }

    /// All listening sockets that calls showed.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// All pairs of `AF_UNIX` sockets that calls showed; none of them is a connection in the sense of this module.
    pub fn unix_pairs(&self) -> &[unix::UnixPair] {
        &self.unix.list
    }

    /// The pair of `AF_UNIX` sockets that a call was made on.
    pub fn unix_pair_of(&self, event: EventId) -> Option<&unix::UnixPair> {
        self.unix.of(event)
    }

    /// Whether any program ever listened for connections to that address.
    pub(crate) fn listens_at(&self, address: SocketAddr) -> bool {
        let mut local = self
            .listeners
            .iter()
            .filter_map(|listener| listener.address);
        local.any(|local| calls::listens_on(local, address))
    }

    /// Whether no earlier connection joined the same two addresses.
    pub(crate) fn is_first_of_pair(&self, connection: &Connection) -> bool {
        let ends = |one: &Connection| gather::pair(one.client.address, one.server.address);
        let own = ends(connection);
        let mut earlier = self.list.iter().take_while(|one| one.id != connection.id);
        !earlier.any(|one| ends(one) == own)
    }

    /// The listening socket of that id.
    pub fn listener(&self, socket: SocketId) -> Option<&Listener> {
        self.listeners
            .iter()
            .find(|listener| listener.socket == socket)
    }

    fn place(&self, event: EventId) -> Option<Place> {
        let found = self.places.binary_search_by_key(&event, |(id, _)| *id);
        self.places.get(found.ok()?).map(|(_, place)| *place)
    }
}

impl<'a> IntoIterator for &'a Connections {
    type Item = &'a Connection;
    type IntoIter = std::slice::Iter<'a, Connection>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Events that hold nothing but captured segments, numbered from 1 in the order given: the evidence of a
/// capture file, where event ids are frame numbers.
pub fn segment_events(captured: impl IntoIterator<Item = (Nanos, SegmentSeen)>) -> Vec<Event> {
    let numbered = captured.into_iter().zip(1..);
    numbered
        .map(|((at, seen), number)| Event {
            id: EventId(number),
            at,
            body: EventBody::Segment(seen),
        })
        .collect()
}

/// The address as IPv4 where it is IPv4 mapped into IPv6: a dual-stack listener names it so.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn start(connection: &Connection, events: &[Event]) -> Nanos {
    match connection.segments.first() {
        Some(first) => first.at,
        None => connection
            .calls
            .iter()
            .filter_map(|call| events.get(call.position))
            .map(|event| event.at)
            .min()
            .unwrap_or_default(),
    }
}

fn set_bases(connection: &mut Connection) {
    for role in [Role::Client, Role::Server] {
        let base = connection
            .end(role)
            .isn
            .or_else(|| guess_base(connection, role));
        connection.end_mut(role).base = base.unwrap_or_default();
    }
}

/// Without a SYN: the number before this end's first byte. The SYN's answer by RST has number 0 and no base.
fn guess_base(connection: &Connection, role: Role) -> Option<SeqNum> {
    let sent = connection.segments.iter();
    let own = sent
        .clone()
        .find(|s| s.from == role && !s.segment.flags.rst());
    if let Some(own) = own {
        return Some(own.segment.seq.plus(u32::MAX));
    }
    let acked = sent
        .filter(|s| s.from != role && s.segment.flags.ack() && !s.segment.flags.rst())
        .map(|s| s.segment.ack.plus(u32::MAX));
    acked.into_iter().next()
}

fn places(list: &[Connection]) -> Vec<(EventId, Place)> {
    let mut places = Vec::new();
    for (connection, history) in list.iter().enumerate() {
        let segments = history.segments.iter().enumerate();
        places.extend(segments.map(|(index, sent)| {
            let place = Place {
                connection,
                role: sent.from,
                segment: Some(index),
            };
            (sent.event, place)
        }));
        let calls = history.calls.iter().map(|call| (call.event, call.role));
        let samples = history.samples.iter().map(|s| (s.event, s.role));
        places.extend(calls.chain(samples).map(|(event, role)| {
            let place = Place {
                connection,
                role,
                segment: None,
            };
            (event, place)
        }));
    }
    sort_by_rank(&mut places, |(event, _)| (event.0.into(), 0));
    places
}

#[cfg(test)]
pub(crate) mod story;
#[cfg(test)]
mod tests;
