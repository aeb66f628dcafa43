//! Histories of sockets out of samples: which state and how many bytes were seen from when to when.
//!
//! A sample tells of one moment. Between two that differ, nothing is claimed but that it changed.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::event::call::Call;
use crate::event::{Event, EventBody};
use crate::tcp::state::TcpState;

use super::items::QueueKind;

/// An end of a connection, or a listener.
pub(super) type SocketKey = (SocketAddr, Option<SocketAddr>);

/// Something that samples showed unchanged. Places are indices into the events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<T> {
    pub(super) what: T,
    pub(super) first: usize,
    pub(super) last: usize,
    /// The next sample, which showed something else; `None` when there was none.
    pub(super) next: Option<usize>,
}

/// Everything seen of one socket.
#[derive(Debug)]
pub(super) struct History {
    pub(super) key: SocketKey,
    pub(super) states: Vec<Span<TcpState>>,
    /// Only spans with something in the queue.
    pub(super) queues: Vec<Span<(QueueKind, u32)>>,
}

impl History {
    /// The first sample.
    pub(super) fn first(&self) -> usize {
        self.states.first().map_or(0, |span| span.first)
    }

    /// The last sample but those that repeat that it is closed.
    pub(super) fn last(&self) -> usize {
        let last = self.states.last();
        last.map_or(0, |span| if self.ended() { span.first } else { span.last })
    }

    /// Whether it was seen closed at last; otherwise it may have gone on without a sample.
    pub(super) fn ended(&self) -> bool {
        let last = self.states.last();
        last.is_some_and(|span| span.what == TcpState::Closed)
    }

    pub(super) fn has(&self, kind: QueueKind) -> bool {
        self.queues.iter().any(|span| span.what.0 == kind)
    }

    pub(super) fn listens(&self) -> bool {
        self.key.1.is_none()
    }
}

/// All sockets in order of their first sample. A `close` that counted unread bytes is a sample of them.
pub(super) fn histories(events: &[Event]) -> Vec<History> {
    let mut places: HashMap<SocketKey, usize> = HashMap::new();
    let mut sampled: Vec<(SocketKey, Vec<Seen>)> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let Some((key, seen)) = seen(index, &event.body) else {
            continue;
        };
        let place = *places.entry(key).or_insert_with(|| {
            sampled.push((key, Vec::new()));
            sampled.len() - 1
        });
        if let Some((_, samples)) = sampled.get_mut(place) {
            samples.push(seen);
        }
    }
    let histories = sampled.into_iter().map(|(key, samples)| {
        let states = samples.iter().filter_map(|s| Some((s.index, s.state?)));
        let received = if key.1.is_some() {
            QueueKind::Unread
        } else {
            QueueKind::Backlog
        };
        let unread = samples.iter().map(|s| (s.index, (received, s.unread)));
        let unsent = samples
            .iter()
            .filter_map(|s| Some((s.index, (QueueKind::Unsent, s.unsent?))));
        let mut queues = spans(unread);
        queues.extend(spans(unsent));
        queues.retain(|span| span.what.1 > 0);
        History {
            key,
            states: spans(states),
            queues,
        }
    });
    histories
        .filter(|history| !history.states.is_empty())
        .collect()
}

struct Seen {
    index: usize,
    state: Option<TcpState>,
    unread: u32,
    unsent: Option<u32>,
}

fn seen(index: usize, body: &EventBody) -> Option<(SocketKey, Seen)> {
    match body {
        EventBody::Socket(sample) => {
            let unsent = sample.remote.map(|_| sample.unsent);
            let seen = Seen {
                index,
                state: Some(sample.state),
                unread: sample.unread,
                unsent,
            };
            Some(((sample.local, sample.remote), seen))
        }
        EventBody::Call(call) => {
            let Call::Close {
                unread: Some(unread),
            } = call.call
            else {
                return None;
            };
            let key = (call.local?, Some(call.remote?));
            let seen = Seen {
                index,
                state: None,
                unread,
                unsent: None,
            };
            Some((key, seen))
        }
        EventBody::Counters(_)
        | EventBody::KernelReset(_)
        | EventBody::ProcessEnded(_)
        | EventBody::Outside(_)
        | EventBody::Segment(_)
        | EventBody::Step(_)
        | EventBody::Trouble(_) => None,
    }
}

fn spans<T: Copy + PartialEq>(samples: impl Iterator<Item = (usize, T)>) -> Vec<Span<T>> {
    let mut spans: Vec<Span<T>> = Vec::new();
    for (index, what) in samples {
        match spans.last_mut() {
            Some(span) if span.what == what => span.last = index,
            last => {
                if let Some(span) = last {
                    span.next = Some(index);
                }
                spans.push(Span {
                    what,
                    first: index,
                    last: index,
                    next: None,
                });
            }
        }
    }
    spans
}
