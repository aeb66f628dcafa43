//! What holds for a whole run: its sources, readings and everything that several resets are asked about.

use std::collections::HashSet;
use std::rc::Rc;

use super::counters::Counters;
use super::ends::Ends;
use super::kernel_reasons::Reasons;
use super::outside::Outside;
use crate::connection::{CallOn, Connection, Connections, Role};
use crate::event::call::{Call, CallReturned, Returned, SocketId};
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, Source};
use crate::units::Nanos;

/// A run or a capture with the sources that may be believed.
pub(crate) struct Run<'a> {
    pub(crate) events: &'a [Event],
    pub(crate) connections: &'a Connections,
    sources: Vec<Source>,
    pub(crate) counters: Counters<'a>,
    pub(crate) reasons: Reasons<'a>,
    pub(crate) outside: Outside<'a>,
    /// Segments may be missing from the capture.
    pub(crate) segments_lost: bool,
    /// Shared with the same run seen otherwise.
    pub(crate) ends: Rc<Ends>,
    /// Listeners of which some `accept` could not be tied to a connection.
    untied: HashSet<SocketId>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        events: &'a [Event],
        evidence: &[Source],
        connections: &'a Connections,
    ) -> Self {
        let mut sources = evidence.to_vec();
        let mut segments_lost = false;
        let mut not_tied = false;
        for event in events {
            let EventBody::Trouble(trouble) = &event.body else {
                continue;
            };
            match trouble {
                Trouble::Absent { evidence, .. } => sources.retain(|source| source != evidence),
                Trouble::SegmentsLost { .. } | Trouble::CaptureEndNotProved => segments_lost = true,
                Trouble::ReasonNotTied => not_tied = true,
                Trouble::BesideFailed { .. }
                | Trouble::NoProcess { .. }
                | Trouble::NotSettled { .. }
                | Trouble::WallLimit { .. }
                | Trouble::Cancelled => {}
            }
        }
        let recorded = |source| sources.contains(&source);
        let outside = Outside::read(events, connections, recorded(Source::Calls));
        let forged = |rst| outside.is_forged(rst);
        let counters = Counters::read(events, connections, recorded(Source::Counters), forged);
        let reasons = Reasons::tie(
            events,
            connections,
            recorded(Source::KernelResets),
            not_tied,
        );
        Self {
            events,
            connections,
            sources,
            counters,
            reasons,
            outside,
            segments_lost,
            ends: Rc::new(Ends::read(connections)),
            untied: untied(events, connections),
        }
    }

    /// The same run believing nothing but its segments.
    pub(crate) fn segments_only(&self) -> Self {
        Self {
            events: self.events,
            connections: self.connections,
            sources: vec![Source::Segments],
            counters: Counters::default(),
            reasons: Reasons::default(),
            outside: Outside::default(),
            segments_lost: self.segments_lost,
            ends: Rc::clone(&self.ends),
            untied: HashSet::new(),
        }
    }

    /// Whether that source was recorded, so that its silence counts.
    pub(crate) fn has(&self, source: Source) -> bool {
        self.sources.contains(&source)
    }

    pub(crate) fn call(&self, on: CallOn) -> Option<(&'a Event, &'a CallReturned)> {
        self.call_at(on.position)
    }

    pub(crate) fn call_at(&self, position: usize) -> Option<(&'a Event, &'a CallReturned)> {
        let event = self.events.get(position)?;
        Some((event, event.body.as_call()?))
    }

    /// The calls that the program at one end made on this connection, `accept` not included.
    pub(crate) fn calls_of<'b>(
        &'b self,
        connection: &'b Connection,
        role: Role,
    ) -> impl Iterator<Item = (&'a Event, &'a CallReturned)> + 'b {
        let own = connection.end(role).socket;
        let calls = connection
            .calls
            .iter()
            .filter(move |call| call.role == role);
        calls
            .filter_map(|call| self.call(*call))
            .filter(move |(_, call)| Some(call.socket) == own)
    }

    /// The calls on a listening socket.
    pub(crate) fn listener_calls(
        &self,
        socket: Option<SocketId>,
    ) -> impl Iterator<Item = (&'a Event, &'a CallReturned)> {
        let listener = socket.and_then(|socket| self.connections.listener(socket));
        let calls = listener.map(|listener| listener.calls.as_slice());
        let calls = calls.unwrap_or_default().iter();
        calls.filter_map(|position| self.call_at(*position))
    }

    /// Whether every connection that this listener's `accept` returned is known.
    pub(crate) fn accepts_are_tied(&self, listener: SocketId) -> bool {
        !self.untied.contains(&listener)
    }

    /// Whether every call that mattered at that end was recorded: calls were, and its program is one of ours.
    pub(crate) fn covers(&self, connection: &Connection, role: Role) -> bool {
        let known = connection.end(role).socket.is_some()
            || (role == Role::Server && connection.listener.is_some());
        self.has(Source::Calls) && known
    }
}

/// When that call returned.
pub(crate) fn end_of(event: &Event, call: &CallReturned) -> Nanos {
    event.at + call.parked + call.took
}

fn untied(events: &[Event], connections: &Connections) -> HashSet<SocketId> {
    let tied: HashSet<EventId> = connections.iter().filter_map(|one| one.accepted).collect();
    let mut untied = HashSet::new();
    for event in events {
        if let EventBody::Call(call) = &event.body
            && matches!(call.call, Call::Accept { .. })
            && matches!(call.result, Returned::Ok(_))
            && !tied.contains(&event.id)
        {
            untied.insert(call.socket);
        }
    }
    untied
}
