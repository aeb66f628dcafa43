//! Ties the kernel's reasons to captured RSTs, one to one, by addresses and time.

use std::collections::HashMap;

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
        let mut rsts: Vec<(Nanos, EventId, _, _, bool)> = Vec::new();
        for connection in connections {
            for sent in &connection.segments {
                if sent.segment.flags.rst() {
                    let (src, dst) = (canonical(sent.segment.src), canonical(sent.segment.dst));
                    rsts.push((sent.at, sent.event, src, dst, false));
                }
            }
        }
        sort_by_rank(&mut rsts, |(at, event, ..)| (at.0, event.0.into()));
        let mut complete = !not_tied;
        let mut by_segment = HashMap::new();
        for event in events {
            let EventBody::KernelReset(reset) = &event.body else {
                continue;
            };
            let from = canonical(reset.from);
            let to = reset.to.map(canonical);
            let distance = |at: Nanos| (at - event.at) + (event.at - at);
            let fits = rsts.iter_mut().filter(|(at, _, src, dst, taken)| {
                !taken && *src == from && to.is_none_or(|to| to == *dst) && distance(*at) <= NEAR
            });
            match fits.min_by_key(|(at, ..)| distance(*at)) {
                Some(rst) => {
                    rst.4 = true;
                    by_segment.insert(rst.1, (event.id, reset));
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
