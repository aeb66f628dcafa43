//! Pairs of `AF_UNIX` sockets, rebuilt from calls alone: they are no TCP connections and have no segments.
//!
//! An unbound client has no address, so nothing but the order of the queue says which `connect` an `accept` took:
//! the oldest. Source: `unix_stream_connect` and `unix_accept` of Linux `net/unix/af_unix.c`.

use std::collections::{HashMap, HashSet};

use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, Returned, SocketId};
use crate::event::{Event, EventBody, EventId};
use crate::order::sort_by_rank;
use crate::units::Nanos;

/// What one `connect` to a name made, or failed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixPair {
    /// Counts on from the TCP connections, in order of the `connect`s.
    pub id: u32,
    /// The listener's name, without the NUL byte that makes it abstract.
    pub name: String,
    pub client: UnixEnd,
    /// Before `accept` the listener's endpoint; `server` where nobody ever listened at that name.
    pub server: UnixEnd,
    /// Index of the `connect` among the events.
    pub connect: usize,
    /// Why there is no pair.
    pub failed: Option<Errno>,
    /// Index of the `accept` that took it.
    pub accept: Option<usize>,
}

/// One end of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnixEnd {
    /// The endpoint's name.
    pub name: String,
    /// `None` at a server that did not accept.
    pub socket: Option<SocketId>,
    /// Indices among the events, in order of time.
    pub calls: Vec<usize>,
    /// What let go of its last descriptor first; `None` where nothing did.
    pub ended: Option<UnixEnded>,
}

/// How an end was let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnixEnded {
    /// Index of the call, or of the end of the process, among the events.
    pub position: usize,
    /// Before this it was there for certain: a call that held what had been closed lets go as it returns.
    pub began: Nanos,
    /// When a call that held what had been closed returned. A `close` and an end of a process count from their beginning:
    /// what they wake at the other end may return before they do.
    pub at: Nanos,
    /// What `SIOCINQ` said right before; `None` when it was not asked.
    pub unread: Option<u32>,
    /// It was the listener that went, with this one still in its queue.
    pub of_listener: bool,
}

/// All pairs of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct UnixPairs {
    pub(super) list: Vec<UnixPair>,
    /// The pair's index by the event of each call on it; sorted.
    places: Vec<(EventId, usize)>,
}

/// A listener by the calls that made it.
struct Listening<'a> {
    socket: SocketId,
    by: &'a str,
    position: usize,
}

/// What the events say of `AF_UNIX` sockets.
#[derive(Default)]
struct Facts<'a> {
    bound: HashMap<SocketId, &'a str>,
    /// By name, in order.
    listeners: HashMap<&'a str, Vec<Listening<'a>>>,
    connects: Vec<(usize, &'a str, &'a CallReturned)>,
    /// By listener: the socket that each `accept` returned, with the index of the call.
    accepts: HashMap<SocketId, Vec<(SocketId, usize, &'a str)>>,
    /// By socket: its calls, and what ended it.
    calls: HashMap<SocketId, Vec<usize>>,
    ended: HashMap<SocketId, UnixEnded>,
    /// Sockets that have connected, and those that were accepted: each makes one pair and no second, so that no
    /// recording, however made, has the calls of one socket in many pairs.
    connected: HashSet<SocketId>,
    accepted: HashSet<SocketId>,
}

impl UnixPairs {
    /// Rebuilds every pair; their ids begin with `first`.
    pub(super) fn from_events(events: &[Event], first: u32) -> Self {
        let mut calls = events.iter().filter_map(|event| event.body.as_call());
        if !calls.any(|call| matches!(call.call, Call::ConnectUnix { .. })) {
            return Self::default();
        }
        let mut facts = Facts::read(events);
        for accepted in facts.accepts.values_mut() {
            // Sockets are numbered as they are made; a call's event stands where it began to wait.
            sort_by_rank(accepted, |(socket, ..)| (socket.0.into(), 0));
        }
        let mut queued: HashMap<SocketId, usize> = HashMap::new();
        let mut list = Vec::new();
        for ((position, name, call), id) in facts.connects.iter().zip(first..) {
            list.push(facts.pair(id, *position, name, call, &mut queued));
        }
        let mut places = Vec::new();
        for (pair, index) in list.iter().zip(0..) {
            let calls = pair.client.calls.iter().chain(&pair.server.calls);
            let events = calls.filter_map(|position| events.get(*position));
            places.extend(events.map(|event| (event.id, index)));
        }
        sort_by_rank(&mut places, |(event, _)| (event.0.into(), 0));
        Self { list, places }
    }

    /// The pair that a call was made on.
    pub(super) fn of(&self, event: EventId) -> Option<&UnixPair> {
        let found = self.places.binary_search_by_key(&event, |(id, _)| *id);
        let (_, index) = self.places.get(found.ok()?)?;
        self.list.get(*index)
    }
}

impl<'a> Facts<'a> {
    fn read(events: &'a [Event]) -> Self {
        let mut facts = Self::default();
        for (position, event) in events.iter().enumerate() {
            if let EventBody::ProcessEnded(ended) = &event.body {
                for closed in &ended.closed {
                    facts.ended.entry(closed.socket).or_insert(UnixEnded {
                        position,
                        began: event.at,
                        at: event.at,
                        unread: closed.unread,
                        of_listener: false,
                    });
                }
            }
            if let Some(call) = event.body.as_call() {
                facts.note(position, event.at, call);
            }
        }
        facts
    }

    fn note(&mut self, position: usize, at: Nanos, call: &'a CallReturned) {
        let socket = call.socket;
        self.calls.entry(socket).or_default().push(position);
        if let Call::ConnectUnix { name } = &call.call
            && self.connected.insert(socket)
        {
            self.connects.push((position, name, call));
        }
        self.note_end(position, at, call);
        if !matches!(call.result, Returned::Ok(_)) {
            return;
        }
        if let Call::BindUnix { name } = &call.call {
            self.bound.insert(socket, name);
        }
        if let (Call::Listen { .. }, Some(name)) = (&call.call, self.bound.get(&socket)) {
            self.listeners.entry(name).or_default().push(Listening {
                socket,
                by: &call.by,
                position,
            });
        }
        if let Call::Accept {
            opened: Some(opened),
        } = call.call
            && self.accepted.insert(opened)
        {
            let accepted = self.accepts.entry(socket).or_default();
            accepted.push((opened, position, &call.by));
        }
    }

    fn note_end(&mut self, position: usize, at: Nanos, call: &CallReturned) {
        let began = at + call.parked;
        // A call that held what had been closed lets go by returning, whatever it returns.
        let (at, unread) = if let Call::Close { unread } = call.call {
            if !matches!(call.result, Returned::Ok(_)) {
                return;
            }
            (began, unread)
        } else if call.call.lets_go() {
            (began + call.took, None)
        } else {
            return;
        };
        self.ended.entry(call.socket).or_insert(UnixEnded {
            position,
            began,
            at,
            unread,
            of_listener: false,
        });
    }

    fn pair(
        &self,
        id: u32,
        position: usize,
        name: &str,
        call: &CallReturned,
        queued: &mut HashMap<SocketId, usize>,
    ) -> UnixPair {
        let listener = self.listeners.get(name).and_then(|all| {
            let earlier = all.partition_point(|one| one.position < position);
            all.get(earlier.checked_sub(1)?)
        });
        let by = listener.map_or("server", |listener| listener.by);
        let failed = match call.result {
            Returned::Ok(_) => None,
            Returned::Err(errno) => Some(errno),
        };
        let accepted = listener.filter(|_| failed.is_none()).and_then(|listener| {
            let taken = queued.entry(listener.socket).or_default();
            *taken += 1;
            self.accepts.get(&listener.socket)?.get(*taken - 1)
        });
        let server = match (accepted, listener) {
            (Some((socket, _, by)), _) => self.end(by, *socket),
            (None, Some(listener)) if failed.is_none() => UnixEnd {
                name: by.to_owned(),
                ended: self.ended.get(&listener.socket).map(|ended| UnixEnded {
                    of_listener: true,
                    unread: None,
                    ..*ended
                }),
                ..UnixEnd::default()
            },
            (None, _) => UnixEnd {
                name: by.to_owned(),
                ..UnixEnd::default()
            },
        };
        UnixPair {
            id,
            name: name.to_owned(),
            client: self.end(&call.by, call.socket),
            server,
            connect: position,
            failed,
            accept: accepted.map(|(_, position, _)| *position),
        }
    }

    fn end(&self, by: &str, socket: SocketId) -> UnixEnd {
        UnixEnd {
            name: by.to_owned(),
            socket: Some(socket),
            calls: self.calls.get(&socket).cloned().unwrap_or_default(),
            ended: self.ended.get(&socket).copied(),
        }
    }
}
