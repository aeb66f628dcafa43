//! Ties calls and socket samples to connections, and names the ends by the programs that called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::gather::{Gathered, pair};
use super::{CallOn, EndedOn, Listener, Role, SampleOn, canonical};
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, Returned, SocketId};
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, Source};
use crate::order::sort_by_rank;
use crate::units::Nanos;

/// A RST that a call sent is stamped this long after the call's return at most.
const NEAR: Nanos = Nanos::from_micros(200);

/// What the calls on one socket say of it.
#[derive(Default)]
struct Facts<'a> {
    by: &'a str,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    /// When its first call with a remote address began and returned.
    known: Option<(Nanos, Nanos)>,
    connects: bool,
    /// Its last `connect` found no pair of addresses to connect with: nothing was sent, no connection began.
    /// Source: `__inet_hash_connect`.
    nowhere: bool,
    listens: Option<Nanos>,
    /// When the call that closed it began and returned.
    closed: Option<(Nanos, Nanos)>,
    /// The listener and the `accept` that returned this socket, with its index among the events.
    accepted: Option<(SocketId, EventId, usize)>,
    /// The end of its process closed it.
    ended: Option<EndedOn>,
    /// Indices into the events.
    calls: Vec<usize>,
}

/// Ties every call and sample to its connection; gives the listening sockets.
pub(super) fn attach(events: &[Event], gathered: &mut Gathered) -> Vec<Listener> {
    let facts = facts(events);
    let mut by_server: HashMap<SocketAddr, Vec<usize>> = HashMap::new();
    for (index, connection) in gathered.list.iter().enumerate() {
        by_server
            .entry(connection.server.address)
            .or_default()
            .push(index);
    }
    // Connecting sockets first: they say who is client where no segment does.
    let connecting = facts.iter().filter(|(_, socket)| socket.connects);
    let others = facts.iter().filter(|(_, socket)| !socket.connects);
    for (id, socket) in connecting.chain(others) {
        if socket.listens.is_none() && !socket.nowhere {
            attach_socket(events, gathered, &by_server, *id, socket);
        }
    }
    attach_silent(events, gathered, &facts);
    name_by_listener(gathered, &facts);
    name_by_address(events, gathered);
    samples(events, gathered);
    for connection in &mut gathered.list {
        sort_by_rank(&mut connection.calls, |call| (call.position as u64, 0));
    }
    listeners(&facts)
}

fn facts(events: &[Event]) -> BTreeMap<SocketId, Facts<'_>> {
    let mut all: BTreeMap<SocketId, Facts<'_>> = BTreeMap::new();
    for (position, event) in events.iter().enumerate() {
        if let EventBody::ProcessEnded(ended) = &event.body {
            for closed in &ended.closed {
                let socket = all.entry(closed.socket).or_default();
                socket
                    .closed
                    .get_or_insert((event.at, event.at + ended.took));
                socket.ended.get_or_insert(EndedOn {
                    event: event.id,
                    position,
                    unread: closed.unread,
                });
            }
        }
        let EventBody::Call(call) = &event.body else {
            continue;
        };
        if let Call::Accept {
            opened: Some(opened),
        } = &call.call
        {
            let child = all.entry(*opened).or_default();
            child.accepted = Some((call.socket, event.id, position));
            // Where `accept` was recorded with the address it returned, that is the child's.
            if let Some(remote) = call.remote {
                child.remote = Some(canonical(remote));
                child.local = call.local.map(canonical);
                child.known = Some((event.at, event.at + call.parked + call.took));
            }
            if child.by.is_empty() {
                child.by = &call.by;
            }
        }
        note(all.entry(call.socket).or_default(), event, position, call);
    }
    all
}

fn note<'a>(socket: &mut Facts<'a>, event: &Event, position: usize, call: &'a CallReturned) {
    socket.calls.push(position);
    if socket.by.is_empty() {
        socket.by = &call.by;
    }
    let end = event.at + call.parked + call.took;
    if let Some(local) = call.local.filter(|local| local.port() != 0) {
        let known = socket
            .local
            .is_some_and(|known| !known.ip().is_unspecified());
        if !known {
            socket.local = Some(canonical(local));
        }
    }
    let on_listener = matches!(call.call, Call::Accept { .. });
    if let (Some(remote), None, false) = (call.remote, socket.remote, on_listener) {
        socket.remote = Some(canonical(remote));
        socket.known = Some((event.at, end));
    }
    let worked = matches!(call.result, Returned::Ok(_));
    match &call.call {
        Call::Connect | Call::SendFastOpen { .. } => {
            socket.connects = true;
            socket.nowhere = call.failed_with(Errno::EADDRNOTAVAIL);
        }
        Call::Listen { .. } if worked => socket.listens = Some(event.at),
        Call::Accept { .. } => {
            socket.listens.get_or_insert(event.at);
        }
        lets_go if worked && lets_go.lets_go() => {
            socket.closed = Some((event.at + call.parked, end));
        }
        // An AF_UNIX socket is no end of a TCP connection: `unix` has those.
        Call::Bind
        | Call::BindUnix { .. }
        | Call::ConnectUnix { .. }
        | Call::CloseCopy
        | Call::CloseInUse { .. }
        | Call::LimitDescriptors { .. }
        | Call::Listen { .. }
        | Call::Close { .. }
        | Call::Disconnect
        | Call::Duplicate
        | Call::HandOver { .. }
        | Call::Receive { .. }
        | Call::Send { .. }
        | Call::SetOption { .. }
        | Call::Shutdown { .. }
        | Call::Socket { .. } => {}
    }
}

fn attach_socket(
    events: &[Event],
    gathered: &mut Gathered,
    by_server: &HashMap<SocketAddr, Vec<usize>>,
    id: SocketId,
    socket: &Facts<'_>,
) {
    let (Some(remote), Some((begun, known))) = (socket.remote, socket.known) else {
        return;
    };
    let local = socket.local.filter(|local| !local.ip().is_unspecified());
    let found = if let Some(local) = local {
        let role = |index: usize| role_of_socket(gathered, index, local, socket);
        let all = gathered.by_pair.get(&pair(local, remote));
        let all = all.map(Vec::as_slice).unwrap_or_default().iter().copied();
        let free = all.filter(|index| is_free(gathered, *index, role(*index)));
        latest_begun(gathered, free, known)
    } else {
        let all = by_server
            .get(&remote)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut free = all.iter().copied().filter(|index| {
            is_free(gathered, *index, Role::Client) && begun_within(gathered, *index, begun, known)
        });
        free.next()
    };
    let index = found.unwrap_or_else(|| {
        let local = local.unwrap_or_else(|| unspecified_like(remote));
        if socket.connects {
            gathered.open(local, remote, false)
        } else {
            gathered.open(remote, local, socket.accepted.is_none())
        }
    });
    let role = local.map_or(Role::Client, |local| {
        role_of_socket(gathered, index, local, socket)
    });
    let Some(connection) = gathered.list.get_mut(index) else {
        return;
    };
    let end = connection.end_mut(role);
    end.socket = Some(id);
    end.ended = socket.ended;
    socket.by.clone_into(&mut end.name);
    for &position in &socket.calls {
        let Some(event) = events.get(position) else {
            continue;
        };
        connection.calls.push(CallOn {
            event: event.id,
            position,
            role,
        });
    }
    if let Some((listener, accept, position)) = socket.accepted {
        connection.listener = Some(listener);
        connection.accepted = Some(accept);
        connection.calls.push(CallOn {
            event: accept,
            position,
            role,
        });
    }
}

/// Ties accepted sockets on which nothing was called: `accept` takes the oldest connection of the queue.
fn attach_silent(events: &[Event], gathered: &mut Gathered, facts: &BTreeMap<SocketId, Facts<'_>>) {
    let silent = facts.iter().filter(|(_, socket)| socket.remote.is_none());
    let mut silent: Vec<_> = silent
        .filter_map(|(id, socket)| Some((socket.accepted?, *id, socket)))
        .collect();
    sort_by_rank(&mut silent, |((_, _, position), ..)| (*position as u64, 0));
    for ((listener, accept, position), id, socket) in silent {
        let local = facts.get(&listener).and_then(|listener| listener.local);
        let returned = events.get(position).map_or(Nanos(u64::MAX), ended);
        let Some(local) = local else { continue };
        let waiting = gathered.list.iter_mut().filter(|connection| {
            let begun = connection.segments.first();
            connection.server.socket.is_none()
                && connection.accepted.is_none()
                && (begun.is_none() || connection.server.isn.is_some())
                && listens_on(local, connection.server.address)
                && begun.is_none_or(|sent| sent.at <= returned)
        });
        let oldest =
            waiting.min_by_key(|connection| connection.segments.first().map(|sent| sent.at));
        let Some(connection) = oldest else { continue };
        connection.server.socket = Some(id);
        connection.server.ended = socket.ended;
        socket.by.clone_into(&mut connection.server.name);
        connection.listener = Some(listener);
        connection.accepted = Some(accept);
        let mut calls = socket.calls.clone();
        calls.push(position);
        for position in calls {
            let Some(event) = events.get(position) else {
                continue;
            };
            connection.calls.push(CallOn {
                event: event.id,
                position,
                role: Role::Server,
            });
        }
    }
}

/// When the call returned.
fn ended(event: &Event) -> Nanos {
    match &event.body {
        EventBody::Call(call) => event.at + call.parked + call.took,
        EventBody::Outside(acted) => event.at + acted.took,
        EventBody::Counters(_)
        | EventBody::KernelReset(_)
        | EventBody::ProcessEnded(_)
        | EventBody::Segment(_)
        | EventBody::Socket(_)
        | EventBody::Step(_)
        | EventBody::Trouble(_) => event.at,
    }
}

fn role_of_socket(
    gathered: &Gathered,
    index: usize,
    local: SocketAddr,
    socket: &Facts<'_>,
) -> Role {
    let Some(connection) = gathered.list.get(index) else {
        return Role::Client;
    };
    let same_address = connection.client.address == connection.server.address;
    if same_address && !socket.connects {
        return Role::Server;
    }
    connection.role_at(local).unwrap_or(Role::Client)
}

fn is_free(gathered: &Gathered, index: usize, role: Role) -> bool {
    let connection = gathered.list.get(index);
    connection.is_some_and(|connection| connection.end(role).socket.is_none())
}

/// Of the connections between two addresses the last that had begun by then, else the first.
fn latest_begun(gathered: &Gathered, all: impl Iterator<Item = usize>, by: Nanos) -> Option<usize> {
    let mut first = None;
    let mut latest = None;
    for index in all {
        first.get_or_insert(index);
        let begun = gathered.list.get(index).and_then(|c| c.segments.first());
        if begun.is_none_or(|sent| sent.at <= by) {
            latest = Some(index);
        }
    }
    latest.or(first)
}

fn begun_within(gathered: &Gathered, index: usize, from: Nanos, to: Nanos) -> bool {
    let first = gathered.list.get(index).and_then(|c| c.segments.first());
    first.is_some_and(|sent| (from..=to).contains(&sent.at))
}

fn unspecified_like(address: SocketAddr) -> SocketAddr {
    if address.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    }
}

/// Names the server of a connection that nobody accepted by the listener that was open when it began.
fn name_by_listener(gathered: &mut Gathered, facts: &BTreeMap<SocketId, Facts<'_>>) {
    let listening: Vec<_> = facts
        .iter()
        .filter_map(|(id, socket)| Some((*id, socket, socket.listens?, socket.local?)))
        .collect();
    if listening.is_empty() {
        return;
    }
    for connection in &mut gathered.list {
        if connection.listener.is_some() || connection.server.socket.is_some() {
            continue;
        }
        let server = connection.server.address;
        let begun = connection.segments.first().map(|sent| sent.at);
        let fits = listening.iter().filter(|(_, socket, since, local)| {
            let open = begun.is_none_or(|begun| {
                *since <= begun && socket.closed.is_none_or(|(closed, _)| begun <= closed)
            });
            open && listens_on(*local, server)
        });
        // Of several that share the address, the one whose end the RST was part of.
        let rst = connection
            .segments
            .iter()
            .find(|sent| sent.from == Role::Server && sent.segment.flags.rst());
        let ended_then = |socket: &Facts<'_>| {
            let ended = rst.zip(socket.closed);
            ended.is_some_and(|(rst, (from, to))| from <= rst.at && rst.at <= to + NEAR)
        };
        let best = fits
            .max_by_key(|(_, socket, since, local)| (*local == server, ended_then(socket), *since));
        if let Some((id, socket, ..)) = best {
            connection.listener = Some(*id);
            socket.by.clone_into(&mut connection.server.name);
        }
    }
}

/// Where the programs of a run were not traced and more than one port was asked, nothing tells which of them an end is:
/// `client` and `server` would name programs and say more than is known, since a server may connect too.
fn name_by_address(events: &[Event], gathered: &mut Gathered) {
    let untraced = |event: &Event| matches!(&event.body, EventBody::Trouble(Trouble::Absent { evidence, .. }) if *evidence == Source::Calls);
    let asked: BTreeSet<u16> = gathered
        .list
        .iter()
        .map(|connection| connection.server.address.port())
        .collect();
    if asked.len() < 2 || !events.iter().any(untraced) {
        return;
    }
    for connection in &mut gathered.list {
        for role in [Role::Client, Role::Server] {
            let end = connection.end_mut(role);
            if end.socket.is_none() {
                end.name = end.address.to_string();
            }
        }
    }
}

/// Whether a listener bound to `local` can own a connection to `server`.
pub(super) fn listens_on(local: SocketAddr, server: SocketAddr) -> bool {
    local.port() == server.port()
        && (local.ip() == server.ip()
            || (local.ip().is_unspecified() && (local.is_ipv6() || server.is_ipv4())))
}

fn samples(events: &[Event], gathered: &mut Gathered) {
    for (position, event) in events.iter().enumerate() {
        let EventBody::Socket(sampled) = &event.body else {
            continue;
        };
        let Some(remote) = sampled.remote else {
            continue;
        };
        let all = gathered.by_pair.get(&pair(sampled.local, remote));
        let all = all.map(Vec::as_slice).unwrap_or_default().iter().copied();
        let Some(index) = latest_begun(gathered, all, event.at) else {
            continue;
        };
        let Some(connection) = gathered.list.get_mut(index) else {
            continue;
        };
        let role = connection.role_at(sampled.local).unwrap_or(Role::Client);
        connection.samples.push(SampleOn {
            event: event.id,
            position,
            role,
        });
    }
}

fn listeners(facts: &BTreeMap<SocketId, Facts<'_>>) -> Vec<Listener> {
    let listening = facts.iter().filter(|(_, socket)| socket.listens.is_some());
    listening
        .map(|(id, socket)| Listener {
            socket: *id,
            by: socket.by.to_owned(),
            address: socket.local,
            calls: socket.calls.clone(),
            ended: socket.ended,
        })
        .collect()
}
