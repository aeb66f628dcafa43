//! The kernels' side of the ladder before it has a place: state bands and queue bars, socket by socket.

use std::collections::HashMap;

use crate::event::EventId;
use crate::order::sort_by_rank;
use crate::tcp::state::TcpState;
use crate::units::Nanos;

use super::axis::{Moment, MomentId};
use super::draft::{Drafts, Place};
use super::filter::Kind;
use super::items::QueueKind;
use super::lanes::{Edge, SLOTS, Slot};
use super::sockets::{History, Span, histories};
use super::words::{counted, moment};

/// Where a socket's things stand: a lane, one of its edges, a slot there.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotAt {
    pub(super) lane: usize,
    pub(super) edge: Edge,
    pub(super) slot: usize,
}

/// From when to when something was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) first: MomentId,
    pub(super) last: MomentId,
    pub(super) until: Until,
}

/// What comes after the last sample that showed it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// A sample that showed something else.
    Other(MomentId),
    /// No sample of this socket.
    End,
}

/// A state without a place.
pub(super) struct BandDraft {
    pub(super) event: EventId,
    pub(super) first_at: Nanos,
    pub(super) at: SlotAt,
    pub(super) state: TcpState,
    pub(super) seen: Seen,
    pub(super) sentence: String,
}

/// A queue without a place.
pub(super) struct QueueDraft {
    pub(super) event: EventId,
    pub(super) first_at: Nanos,
    pub(super) at: SlotAt,
    pub(super) kind: QueueKind,
    pub(super) count: u32,
    pub(super) seen: Seen,
    pub(super) text: String,
    pub(super) sentence: String,
}

/// All sockets that are drawn.
#[derive(Default)]
pub(super) struct Kernels {
    /// In the order of each slot's sockets.
    pub(super) bands: Vec<BandDraft>,
    pub(super) queues: Vec<QueueDraft>,
    pub(super) slots: HashMap<(usize, Edge), Vec<Slot>>,
    /// By lane.
    pub(super) hidden: HashMap<usize, u32>,
    /// How many columns there are by now.
    pub(super) columns: usize,
    taken: HashMap<(usize, Edge), Vec<Taken>>,
}

/// A slot's column, and the socket that stands in it last.
struct Taken {
    column: usize,
    /// Its last sample.
    until: Nanos,
    /// Whether that showed it closed.
    ended: bool,
}

impl Kernels {
    pub(super) fn of(drafts: &mut Drafts<'_>) -> Self {
        let mut kernels = Self {
            columns: drafts.text_columns(),
            ..Self::default()
        };
        let mut histories = histories(drafts.scene.events);
        histories.retain(|history| {
            let (local, remote) = history.key;
            let first = drafts.scene.events.get(history.first());
            first.is_some_and(|first| drafts.scene.shows(first, (Some(local), remote)))
        });
        sort_by_rank(&mut histories, |h| {
            ((!h.listens()).into(), h.first() as u64)
        });
        for history in &histories {
            let Some(lane) = drafts
                .scene
                .lane_at(history.key, at(drafts, history.first()))
            else {
                continue;
            };
            let edge = edge_of(drafts, lane, history);
            if !drafts.takes(Kind::States, lane) && !drafts.takes(Kind::Queues, lane) {
                continue;
            }
            match kernels.slot_for(drafts, (lane, edge), history) {
                None => *kernels.hidden.entry(lane).or_default() += 1,
                Some((slot, column)) => {
                    let at = SlotAt { lane, edge, slot };
                    kernels.draw(drafts, at, column, history);
                }
            }
        }
        kernels
    }

    /// A slot whose last socket is gone, or a new one while there is room; with its column.
    fn slot_for(
        &mut self,
        drafts: &Drafts<'_>,
        zone: (usize, Edge),
        history: &History,
    ) -> Option<(usize, usize)> {
        let first = at(drafts, history.first());
        let until = at(drafts, history.last());
        let taken = self.taken.entry(zone).or_default();
        let ended = taken
            .iter()
            .position(|slot| slot.ended && slot.until < first);
        let silent = taken.iter().position(|slot| slot.until < first);
        let full = taken.len() >= SLOTS;
        // One that was not sampled any more makes room, if it must.
        let slot = match ended.or(silent.filter(|_| full)) {
            Some(slot) => slot,
            None if full => return None,
            None => {
                taken.push(Taken {
                    column: self.columns,
                    until,
                    ended: false,
                });
                self.columns += 1;
                taken.len() - 1
            }
        };
        let taken = taken.get_mut(slot)?;
        taken.until = until;
        taken.ended = history.ended() && !history.listens();
        let column = taken.column;
        let slots = self.slots.entry(zone).or_default();
        if slots.len() <= slot {
            slots.push(Slot::default());
        }
        if let Some(needs) = slots.get_mut(slot) {
            needs.unread |= history.has(QueueKind::Unread);
            needs.unsent |= history.has(QueueKind::Unsent);
            needs.backlog |= history.has(QueueKind::Backlog);
        }
        Some((slot, column))
    }

    fn draw(&mut self, drafts: &mut Drafts<'_>, at_slot: SlotAt, column: usize, socket: &History) {
        let name = drafts.scene.name(at_slot.lane).to_owned();
        let has_states = drafts.takes(Kind::States, at_slot.lane);
        for span in socket.states.iter().filter(|_| has_states) {
            let room = name_length(span.what) + 6.0;
            let first = drafts.moments.add(Moment {
                column: Some(column),
                below: room,
                ..Moment::bare(at(drafts, span.first), (span.first, 3))
            });
            let sentence = format!(
                "{name}'s socket was seen {} {}",
                span.what,
                from_until(drafts, span)
            );
            self.bands.push(BandDraft {
                event: id(drafts, span.first),
                first_at: at(drafts, span.first),
                at: at_slot,
                state: span.what,
                seen: seen(drafts, span, first),
                sentence,
            });
        }
        let has_queues = drafts.takes(Kind::Queues, at_slot.lane);
        for span in socket.queues.iter().filter(|_| has_queues) {
            let (kind, count) = span.what;
            let first = drafts.moments.add(Moment {
                column: Some(drafts.column(Place::Lane(at_slot.lane))),
                above: 0.0,
                below: 18.0,
                height: 16.0,
                ..Moment::bare(at(drafts, span.first), (span.first, 4))
            });
            let (text, words) = match kind {
                QueueKind::Unread => (format!("{count} B unread"), counted(count, "byte")),
                QueueKind::Unsent => (format!("{count} B not acked"), counted(count, "byte")),
                QueueKind::Backlog => (format!("{count} to accept"), counted(count, "connection")),
            };
            let what = match kind {
                QueueKind::Unread => "not read at",
                QueueKind::Unsent => "not acknowledged to",
                QueueKind::Backlog => "waiting to be accepted at",
            };
            let sentence = format!("{words} {what} {name}, seen {}", from_until(drafts, span));
            self.queues.push(QueueDraft {
                event: id(drafts, span.first),
                first_at: at(drafts, span.first),
                at: at_slot,
                kind,
                count,
                seen: seen(drafts, span, first),
                text,
                sentence,
            });
        }
    }
}

/// How long a state's name is when it stands in its band.
pub(super) fn name_length(state: TcpState) -> f32 {
    let letters = u16::try_from(state.name().len()).unwrap_or(u16::MAX);
    f32::from(letters) * 6.1
}

/// The edge towards the other end; a listener's is the one its connections will come by.
fn edge_of(drafts: &Drafts<'_>, lane: usize, history: &History) -> Edge {
    let (local, remote) = history.key;
    let other = remote.and_then(|remote| {
        drafts
            .scene
            .lane_at((remote, Some(local)), at(drafts, history.first()))
    });
    match (lane, other) {
        (0, _) => Edge::Right,
        (_, Some(other)) if other > lane && lane + 1 < drafts.scene.names.len() => Edge::Right,
        _ => Edge::Left,
    }
}

fn seen<T>(drafts: &mut Drafts<'_>, span: &Span<T>, first: MomentId) -> Seen {
    // After everything else of the same sample.
    let mut bare = |index| {
        let moment = Moment::bare(at(drafts, index), (index, 9));
        drafts.moments.add(moment)
    };
    let last = if span.last == span.first {
        first
    } else {
        bare(span.last)
    };
    let until = span
        .next
        .map_or(Until::End, |next| Until::Other(bare(next)));
    Seen { first, last, until }
}

fn from_until<T>(drafts: &Drafts<'_>, span: &Span<T>) -> String {
    let (first, last) = (at(drafts, span.first), at(drafts, span.last));
    if first == last {
        return format!("at {}", moment(first));
    }
    format!("from {} to {}", moment(first), moment(last))
}

fn at(drafts: &Drafts<'_>, index: usize) -> Nanos {
    let event = drafts.scene.events.get(index);
    event.map_or(Nanos(0), |event| event.at)
}

fn id(drafts: &Drafts<'_>, index: usize) -> EventId {
    let event = drafts.scene.events.get(index);
    event.map_or(EventId(0), |event| event.id)
}
