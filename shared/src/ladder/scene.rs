//! The events read once, before anything has a place: who is on which lane, and what each segment tells.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use crate::event::call::Call;
use crate::event::{Event, EventBody};
use crate::scenario::OUTSIDE;

use super::lanes::Roster;
use super::sockets::SocketKey;
use super::who::{Role, Told, Who};
use super::words::plain;

/// Columns of an endpoint's name.
const NAME: usize = 24;

/// The events with everything that later passes ask for.
pub(super) struct Scene<'a> {
    pub(super) events: &'a [Event],
    /// For each event: what it tells when it is a readable segment of a connection that is shown.
    pub(super) told: Vec<Option<Told>>,
    /// Names from left to right, fit to be shown.
    pub(super) names: Vec<String>,
    pub(super) addresses: Vec<String>,
    who: Who,
    lanes: HashMap<String, usize>,
    only: Option<u32>,
    /// The listener's address of the connection that is shown alone.
    listener: Option<SocketAddr>,
}

impl<'a> Scene<'a> {
    pub(super) fn read(events: &'a [Event], only: Option<u32>) -> Self {
        let mut who = Who::from_events(events);
        let mut told = Vec::with_capacity(events.len());
        let mut listener = None;
        for event in events {
            let EventBody::Segment(seen) = &event.body else {
                told.push(None);
                continue;
            };
            let read = seen.read().ok();
            let tells = read.as_ref().map(|segment| who.tell(segment));
            let shown = tells.filter(|told| only.is_none_or(|only| told.connection == only));
            if let (Some(told), Some(segment), None) = (&shown, &read, listener) {
                listener = Some(match told.sender {
                    Role::Client => segment.dst,
                    Role::Server => segment.src,
                });
            }
            told.push(shown);
        }
        let mut scene = Self {
            events,
            told,
            names: Vec::new(),
            addresses: Vec::new(),
            who,
            lanes: HashMap::new(),
            only,
            listener,
        };
        scene.call_the_roll();
        scene
    }

    fn call_the_roll(&mut self) {
        let mut roster = Roster::default();
        let mut addresses: HashMap<String, Vec<SocketAddr>> = HashMap::new();
        let mut known = HashSet::new();
        let mut at = |name: &str, address: Option<SocketAddr>| {
            let Some(address) = address.filter(|a| a.port() != 0) else {
                return;
            };
            if known.insert((name.to_owned(), address)) {
                addresses.entry(name.to_owned()).or_default().push(address);
            }
        };
        for (event, told) in self.events.iter().zip(&self.told) {
            match (&event.body, told) {
                (EventBody::Call(call), _) if call.by != OUTSIDE => {
                    if !self.shows((call.local, call.remote)) {
                        continue;
                    }
                    let connects = matches!(call.call, Call::Connect);
                    let listens = matches!(call.call, Call::Listen { .. } | Call::Accept { .. });
                    roster.saw(&call.by, connects, listens);
                    at(&call.by, call.local);
                }
                (EventBody::Segment(seen), Some(told)) => {
                    let by_client = told.sender == Role::Client;
                    roster.saw(&told.from, by_client, !by_client);
                    roster.saw(&told.to, !by_client, by_client);
                    if let Ok(segment) = seen.read() {
                        at(&told.from, Some(segment.src));
                        at(&told.to, Some(segment.dst));
                    }
                }
                _ => {}
            }
        }
        let (names, lanes) = roster.lanes();
        let words = names.iter().map(|name| match addresses.get(name) {
            None => String::new(),
            Some(all) => in_words(all),
        });
        self.addresses = words.collect();
        self.names = names.iter().map(|name| plain(name, NAME)).collect();
        self.lanes = lanes;
    }

    /// The lane of the endpoint with this name, as the events spell it.
    pub(super) fn lane_named(&self, name: &str) -> Option<usize> {
        self.lanes.get(name).copied()
    }

    /// The lane of the endpoint that owns this end.
    pub(super) fn lane_at(&self, (local, remote): SocketKey) -> Option<usize> {
        self.lane_named(&self.who.name(local, remote))
    }

    /// The name on a lane.
    pub(super) fn name(&self, lane: usize) -> &str {
        self.names.get(lane).map_or("", String::as_str)
    }

    /// Whether something about these addresses belongs to what is shown.
    pub(super) fn shows(&self, (local, remote): (Option<SocketAddr>, Option<SocketAddr>)) -> bool {
        let Some(only) = self.only else { return true };
        match (local, remote) {
            (Some(local), Some(remote)) => self.who.connection(local, remote) == Some(only),
            (Some(local), None) => self.listener.is_none_or(|listener| {
                local.port() == listener.port()
                    && (local.ip() == listener.ip() || local.ip().is_unspecified())
            }),
            (None, _) => false,
        }
    }
}

fn in_words(addresses: &[SocketAddr]) -> String {
    match addresses {
        [] => String::new(),
        [one] => plain(&one.to_string(), 30),
        [one, rest @ ..] => format!("{} and {} more", plain(&one.to_string(), 24), rest.len()),
    }
}
