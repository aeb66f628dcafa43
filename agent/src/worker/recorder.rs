//! Collects a run's events, puts them in order, numbers them and hands them on. Observes nothing itself.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use aftershake_shared::event::{Event, EventBody, EventId, sort_and_number};
use aftershake_shared::units::Nanos;

use crate::worker::steps::outside::flows::Flows;

/// Where finished batches go.
pub(crate) type Sink<'a> = dyn FnMut(Vec<Event>) + 'a;

/// The events of one run.
pub(crate) struct Recorder<'a> {
    sink: &'a mut Sink<'a>,
    pending: Vec<Event>,
    next_id: u32,
    /// Time of the last event handed on: an event may not come before it any more.
    handed_on: Nanos,
    /// RSTs noted so far: from, to, when.
    resets: Vec<(SocketAddr, SocketAddr, Nanos)>,
    /// What passed on each connection; kept only for a scenario that forges segments.
    flows: Option<Flows>,
    /// Ends of segments noted since the last look; kept only where no calls tell of connections.
    pairs: Option<BTreeSet<(SocketAddr, SocketAddr)>>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(sink: &'a mut Sink<'a>) -> Self {
        Self {
            sink,
            pending: Vec::with_capacity(64),
            next_id: 1,
            handed_on: Nanos(0),
            resets: Vec::new(),
            flows: None,
            pairs: None,
        }
    }

    /// Follows from now on what passes on each connection.
    pub(crate) fn follow_flows(&mut self) {
        self.flows = Some(Flows::default());
    }

    /// Keeps in mind from now on between which addresses segments pass.
    pub(crate) fn follow_pairs(&mut self) {
        self.pairs = Some(BTreeSet::new());
    }

    /// Between which addresses segments passed since the last call, from and to.
    pub(crate) fn take_pairs(&mut self) -> BTreeSet<(SocketAddr, SocketAddr)> {
        self.pairs.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// What passed on each connection, if that is followed.
    pub(crate) fn flows(&self) -> Option<&Flows> {
        self.flows.as_ref()
    }

    /// Notes one observation; its number comes with [`Self::hand_on`].
    pub(crate) fn note(&mut self, at: Nanos, body: EventBody) {
        if let EventBody::Segment(seen) = &body
            && let Ok(segment) = seen.read()
        {
            if segment.flags.rst() {
                self.resets.push((segment.src, segment.dst, at));
            }
            if let Some(pairs) = &mut self.pairs {
                pairs.insert((segment.src, segment.dst));
            }
        }
        if let Some(flows) = &mut self.flows {
            flows.note(&body);
        }
        self.pending.push(Event {
            id: EventId(0),
            at,
            body,
        });
    }

    /// Notes observations made elsewhere.
    pub(crate) fn note_all(&mut self, events: impl IntoIterator<Item = Event>) {
        self.pending.extend(events);
    }

    /// RSTs captured so far: from, to, when.
    pub(crate) fn captured_resets(&self) -> &[(SocketAddr, SocketAddr, Nanos)] {
        &self.resets
    }

    /// Whether a batch waits that began this long before.
    pub(crate) fn waits_since(&self, now: Nanos, span: Nanos) -> bool {
        !self.pending.is_empty() && now - self.handed_on > span
    }

    /// Numbers everything noted so far and hands it on. All sources must have been drained before.
    pub(crate) fn hand_on(&mut self, now: Nanos) {
        self.handed_on = now;
        if self.pending.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.pending);
        sort_and_number(&mut batch, self.next_id);
        self.next_id = self
            .next_id
            .saturating_add(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        (self.sink)(batch);
    }
}
