//! Ties the kernel's reasons to captured RSTs, one to one, by addresses and time.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::connection::{Connections, canonical};
use crate::event::kernel_reset::KernelReset;
use crate::event::{Event, EventBody, EventId};
use crate::order::sort_by_rank;
use crate::units::Nanos;

/// The kernel's word on each RST.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reasons<'a> {
    /// The source was recorded.
    pub(crate) asked: bool,
    /// The absence of a reason counts: every trace event could be tied.
    pub(crate) complete: bool,
    by_segment: HashMap<EventId, (EventId, &'a KernelReset)>,
}

/// A reason and its RST are noted within this time: before it for a reply, right after it for a decision.
const NEAR: Nanos = Nanos::from_millis(50);

impl<'a> Reasons<'a> {
    pub(crate) fn tie(
        events: &'a [Event],
        connections: &Connections,
        asked: bool,
        not_tied: bool,
    ) -> Self {
        if !asked {
            return Self::default();
        }
        let mut rsts = rsts_by_source(connections);
        let mut complete = !not_tied;
        let mut by_segment = HashMap::new();
        for event in events {
            let EventBody::KernelReset(reset) = &event.body else {
                continue;
            };
            let own = rsts.get_mut(&canonical(reset.from));
            match own.and_then(|own| nearest(own, event.at, reset.to.map(canonical))) {
                Some(segment) => {
                    by_segment.insert(segment, (event.id, reset));
                }
                None => complete = false,
            }
        }
        Self {
            asked,
            complete,
            by_segment,
        }
    }

    pub(crate) fn of(&self, segment: EventId) -> Option<(EventId, &'a KernelReset)> {
        self.by_segment.get(&segment).copied()
    }
}

/// A captured RST that a reason may belong to.
struct Captured {
    at: Nanos,
    event: EventId,
    to: SocketAddr,
    taken: bool,
}

fn rsts_by_source(connections: &Connections) -> HashMap<SocketAddr, Vec<Captured>> {
    let mut rsts: HashMap<SocketAddr, Vec<Captured>> = HashMap::new();
    let segments = connections.iter().flat_map(|one| &one.segments);
    for sent in segments.filter(|sent| sent.segment.flags.rst()) {
        let own = rsts.entry(canonical(sent.segment.src)).or_default();
        own.push(Captured {
            at: sent.at,
            event: sent.event,
            to: canonical(sent.segment.dst),
            taken: false,
        });
    }
    for own in rsts.values_mut() {
        sort_by_rank(own, |rst| (rst.at.0, rst.event.0.into()));
    }
    rsts
}

/// Takes the RST nearest in time that fits the address.
fn nearest(own: &mut [Captured], at: Nanos, to: Option<SocketAddr>) -> Option<EventId> {
    let first = own.partition_point(|rst| rst.at + NEAR < at);
    let distance = |rst: &Captured| (rst.at - at) + (at - rst.at);
    let near = own.iter_mut().skip(first);
    let near = near.take_while(|rst| rst.at <= at + NEAR);
    let fits = near.filter(|rst| !rst.taken && to.is_none_or(|to| to == rst.to));
    let found = fits.min_by_key(|rst| distance(rst))?;
    found.taken = true;
    Some(found.event)
}
