//! The events read once, before anything has a place: who is on which lane, and what each segment tells.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use crate::connection::{Role, canonical};
use crate::event::call::Call;
use crate::event::{Event, EventBody};
use crate::scenario::OUTSIDE;
use crate::units::Nanos;

use super::lanes::Roster;
use super::sockets::SocketKey;
use super::unanswered;
use super::who::{Told, Who};
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
}

impl<'a> Scene<'a> {
    pub(super) fn read(events: &'a [Event], only: Option<u32>) -> Self {
        let mut who = Who::from_events(events);
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            let seen = event.body.as_segment();
            let tells = seen.and_then(|_| who.tell(event.id));
            told.push(tells.filter(|told| only.is_none_or(|only| told.connection == only)));
        }
        unanswered::mark(&mut told);
        let mut scene = Self {
            events,
            told,
            names: Vec::new(),
            addresses: Vec::new(),
            who,
            lanes: HashMap::new(),
            only,
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
                    if !self.shows(event, (call.local, call.remote)) {
                        continue;
                    }
                    let connects = matches!(call.call, Call::Connect | Call::ConnectUnix { .. });
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

    /// The lane of the endpoint that owned this end at that time.
    pub(super) fn lane_at(&self, (local, remote): SocketKey, at: Nanos) -> Option<usize> {
        self.lane_named(self.who.name(local, remote, at)?)
    }

    /// Whether any segment passes a lane that is neither its sender's nor its receiver's.
    pub(super) fn crosses_lanes(&self) -> bool {
        self.told.iter().flatten().any(|told| {
            let lanes = (self.lane_named(&told.from), self.lane_named(&told.to));
            matches!(lanes, (Some(from), Some(to)) if from.abs_diff(to) > 1)
        })
    }

    /// The name on a lane.
    pub(super) fn name(&self, lane: usize) -> &str {
        self.names.get(lane).map_or("", String::as_str)
    }

    /// Whether an event about these addresses belongs to what is shown.
    pub(super) fn shows(
        &self,
        event: &Event,
        ends: (Option<SocketAddr>, Option<SocketAddr>),
    ) -> bool {
        let Some(only) = self.only else { return true };
        if let Some(connection) = self.who.connection_of(event.id) {
            return connection.id == only;
        }
        let server = self.who.connection(only).map(|shown| shown.server.address);
        match (ends, server) {
            ((Some(local), Some(remote)), _) => {
                let connection = self.who.between(local, remote, event.at);
                connection.is_some_and(|connection| connection.id == only)
            }
            ((Some(local), None), Some(server)) => {
                let everywhere = local.ip().is_unspecified();
                local.port() == server.port() && (everywhere || canonical(local) == server)
            }
            ((None, _) | (_, None), _) => false,
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
