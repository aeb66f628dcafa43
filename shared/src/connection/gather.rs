//! Sorts segments into connections by their two addresses and by who began anew.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::{Connection, End, Role, SegmentSent, canonical};
use crate::event::{Event, EventBody};
use crate::keyed::Keyed;
use crate::tcp::segment::Segment;
use crate::tcp::seq_num::SeqNum;

/// Two addresses, the smaller first.
pub(super) type Pair = (SocketAddr, SocketAddr);

/// Connections while they are being built.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) list: Vec<Connection>,
    /// Every connection between two addresses, oldest first, by index.
    pub(super) by_pair: HashMap<Pair, Vec<usize>, Keyed>,
    open: Vec<Openness>,
}

/// What decides whether a SYN begins a new connection.
#[derive(Clone, Copy, Default)]
struct Openness {
    /// Client and server have sent FIN.
    fins: (bool, bool),
    rst: bool,
    /// The client acknowledged the server's SYN.
    established: bool,
    /// A SYN with another number on a connection that had not ended, and the index of its segment.
    second_syn: Option<(SeqNum, usize)>,
}

pub(super) fn pair(a: SocketAddr, b: SocketAddr) -> Pair {
    let (a, b) = (canonical(a), canonical(b));
    if a <= b { (a, b) } else { (b, a) }
}

pub(super) fn gather(events: &[Event]) -> Gathered {
    let mut gathered = Gathered::default();
    for event in events {
        if let EventBody::Segment(seen) = &event.body
            && let Ok(segment) = seen.read()
        {
            gathered.add(event, segment);
        }
    }
    gathered
}

impl Gathered {
    /// Adds a connection and gives its index.
    pub(super) fn open(&mut self, client: SocketAddr, server: SocketAddr, guessed: bool) -> usize {
        let (client, server) = (canonical(client), canonical(server));
        let index = self.list.len();
        self.list.push(Connection {
            id: 0,
            client: End::new(Role::Client, client),
            server: End::new(Role::Server, server),
            role_guessed: guessed,
            segments: Vec::new(),
            calls: Vec::new(),
            samples: Vec::new(),
            listener: None,
            accepted: None,
        });
        self.open.push(Openness::default());
        self.by_pair
            .entry(pair(client, server))
            .or_default()
            .push(index);
        index
    }

    fn add(&mut self, event: &Event, segment: Segment) {
        let key = pair(segment.src, segment.dst);
        let current = self.by_pair.get(&key).and_then(|all| all.last()).copied();
        let begins = segment.flags.syn() && !segment.flags.ack() && !segment.flags.rst();
        let index = match current {
            Some(index) if !(begins && self.is_over(index, &segment)) => {
                self.split_if_reopened(index, &segment)
            }
            _ => self.begin(&segment),
        };
        let Some((connection, open)) = self.list.get_mut(index).zip(self.open.get_mut(index))
        else {
            return;
        };
        let from = connection.role_at(segment.src).unwrap_or(Role::Client);
        note(connection, open, from, &segment);
        connection.segments.push(SegmentSent {
            event: event.id,
            at: event.at,
            from,
            segment,
        });
    }

    /// The connection has ended and this SYN is not a repetition of its own.
    fn is_over(&self, index: usize, syn: &Segment) -> bool {
        let Some((connection, open)) = self.list.get(index).zip(self.open.get(index)) else {
            return true;
        };
        let ended = open.rst || open.fins == (true, true);
        let repeated = connection
            .role_at(syn.src)
            .is_some_and(|role| connection.end(role).isn == Some(syn.seq));
        ended && !repeated
    }

    /// A second SYN on a connection that seemed alive was answered: from that SYN on it is another one.
    fn split_if_reopened(&mut self, index: usize, segment: &Segment) -> usize {
        let Some(open) = self.open.get(index).copied() else {
            return index;
        };
        let Some((isn, at)) = open.second_syn else {
            return index;
        };
        let answers = segment.flags.ack() && segment.ack == isn.plus(1);
        let refused = segment.flags.rst() && open.established;
        if !(answers && (segment.flags.syn() || refused)) {
            return index;
        }
        let Some(connection) = self.list.get_mut(index) else {
            return index;
        };
        let moved = connection
            .segments
            .split_off(at.min(connection.segments.len()));
        let Some(syn) = moved.first() else {
            return index;
        };
        let new = self.begin(&syn.segment.clone());
        if let Some((connection, open)) = self.list.get_mut(new).zip(self.open.get_mut(new)) {
            for mut sent in moved {
                sent.from = connection.role_at(sent.segment.src).unwrap_or(Role::Client);
                note(connection, open, sent.from, &sent.segment);
                connection.segments.push(sent);
            }
        }
        new
    }

    fn begin(&mut self, segment: &Segment) -> usize {
        let (src, dst) = (segment.src, segment.dst);
        // A SYN,ACK alone proves nothing: a listener gets them from strangers.
        if segment.flags.syn() && !segment.flags.ack() {
            self.open(src, dst, false)
        } else if src.port() >= dst.port() {
            self.open(src, dst, true)
        } else {
            self.open(dst, src, true)
        }
    }
}

fn note(connection: &mut Connection, open: &mut Openness, from: Role, segment: &Segment) {
    let flags = segment.flags;
    if flags.syn() && !flags.rst() {
        let at = connection.segments.len();
        let end = connection.end_mut(from);
        match end.isn {
            None => end.isn = Some(segment.seq),
            Some(isn) if isn != segment.seq && !flags.ack() => {
                open.second_syn = Some((segment.seq, at));
            }
            Some(_) => {}
        }
    } else if flags.rst() {
        open.rst = true;
    } else if from == Role::Client
        && let Some(isn) = connection.server.isn
    {
        open.established |= flags.ack() && isn.distance_to(segment.ack) > 0;
    }
    match from {
        Role::Client => open.fins.0 |= flags.fin(),
        Role::Server => open.fins.1 |= flags.fin(),
    }
}
