//! Drafts and heights and widths, put together.

use std::collections::HashMap;

use crate::tcp::state::TcpState;

use super::axis::{Heights, MomentId};
use super::draft::{CallDraft, Drafts, PillDraft, Place, SegmentDraft, wire_beside};
use super::items::{
    Align, CallBlock, Lane, Leader, Pill, QueueBar, QueueKind, SHORT, SegmentArrow, StateBand,
    TextBox,
};
use super::kernel::{BandDraft, Kernels, QueueDraft, Seen, SlotAt, Until, name_length};
use super::lanes::{self, BACKLOG, BAND, BLOCK, Edge, LaneX, Needs, SlotX, UNREAD, UNSENT};
use super::who::Told;
use super::words::{columns, numbers, plain, segment};
use super::{Axis, Options};

/// Widths of one character: calls, segments, pills and queues.
const CALL_CHAR: f32 = 7.26;
const SEGMENT_CHAR: f32 = 6.66;
const SMALL_CHAR: f32 = 6.36;
/// Columns of a segment's text.
const SEGMENT: usize = 44;
/// From a pill's edge to its text.
const PILL_PAD: f32 = 10.0;

/// Lanes with their inner places, and heights.
pub(super) struct Placement<'a> {
    drafts: &'a Drafts<'a>,
    lanes: Vec<(Lane, LaneX)>,
    pub(super) width: f32,
    heights: &'a Heights,
    /// The shortest block or band that can still be seen.
    least: f32,
    pub(super) bottom: f32,
}

impl<'a> Placement<'a> {
    pub(super) fn new(
        drafts: &'a Drafts<'a>,
        kernels: &Kernels,
        heights: &'a Heights,
        options: &Options,
    ) -> Self {
        let (lanes, width) = lanes::lay_out(&needs(drafts, kernels), widest_segment(drafts));
        let (least, room) = match options.axis {
            Axis::Real => (3.0, 8.0),
            Axis::GapsShortened | Axis::Order => (14.0, 16.0),
        };
        Self {
            drafts,
            lanes,
            width,
            heights,
            least,
            bottom: heights.bottom + room,
        }
    }

    pub(super) fn lanes(&self) -> Vec<Lane> {
        self.lanes.iter().map(|(lane, _)| lane.clone()).collect()
    }

    pub(super) fn call(&self, draft: &CallDraft) -> CallBlock {
        let inner = self.lane(draft.lane).1;
        let start = self.heights.y(draft.start);
        let width = columns(&draft.name) + 1 + columns(&draft.result);
        let label = self.beside_program(draft.lane, chars(width, CALL_CHAR), 16.0, draft.start);
        let resumed = draft.resumed.map(|(_, id)| self.heights.y(id));
        let gave_up = draft.gave_up.map(|id| self.heights.y(id));
        let paused = draft.parked.map(|id| self.heights.y(id));
        let (parked, block) = match (resumed, paused) {
            (Some(resumed), Some(paused)) => {
                let paused = paused.max(start + self.least);
                let parked = (paused, resumed.max(paused + 2.0));
                (Some(parked), Some((start, paused)))
            }
            (resumed, _) => {
                let from = resumed.unwrap_or(start);
                let end = draft.end.map(|end| self.heights.y(end));
                let block = end.map(|end| (from, end.max(from + self.least)));
                let parked = resumed.or(gave_up.map(|end| end.max(start + self.least)));
                (parked.map(|end| (start, end)), block)
            }
        };
        let x = inner.block + if draft.beside { inner.beside } else { 0.0 };
        CallBlock {
            event: draft.event,
            lane: draft.lane,
            at: draft.at,
            resumed_at: draft.resumed.map(|(at, _)| at),
            x,
            width: BLOCK,
            parked,
            block,
            name: draft.name.clone(),
            result: draft.result.clone(),
            tone: draft.tone,
            leader: self.leader(draft.lane, start + 2.0, &label),
            label,
            sentence: draft.sentence.clone(),
        }
    }

    pub(super) fn segment(&self, draft: &SegmentDraft) -> Option<SegmentArrow> {
        let scene = self.drafts.scene;
        let event = scene.events.get(draft.index)?;
        let told = scene.told.get(draft.index)?.as_ref()?;
        let y = self.heights.y(draft.moment);
        let (from_x, to_x, middle) = self.ends(draft.from_lane, draft.to_lane);
        let (flags, detail) = segment_words(told);
        let width = chars(columns(&flags) + 1 + columns(&detail), SEGMENT_CHAR);
        let label = TextBox {
            x: middle,
            top: self.heights.text_top(draft.moment),
            width,
            height: 14.0,
            align: Align::Middle,
        };
        let moved = (label.top - (y - 13.0)).abs() > 4.0;
        let side = if from_x < to_x { -1.0 } else { 1.0 };
        let leader = moved.then_some(Leader {
            from: (from_x, y),
            to: (middle + side * (width / 2.0 + 4.0), label.top + 7.0),
        });
        Some(SegmentArrow {
            event: event.id,
            connection: told.connection,
            at: event.at,
            kind: draft.kind,
            from_lane: draft.from_lane,
            to_lane: draft.to_lane,
            from: (from_x, y),
            to: if told.unanswered {
                (
                    from_x + (to_x - from_x) * SHORT,
                    y + self.drafts.slope * SHORT,
                )
            } else {
                (to_x, y + self.drafts.slope)
            },
            again: told.again,
            unanswered: told.unanswered,
            window_full: told.window == 0 && !told.flags.rst(),
            flags,
            detail,
            label,
            leader,
            sentence: segment(
                event.id.0,
                event.at,
                told,
                scene.name(draft.from_lane),
                scene.name(draft.to_lane),
            ),
        })
    }

    /// Where an arrow begins and ends, and the middle of the wire beside the sender.
    fn ends(&self, from_lane: usize, to_lane: usize) -> (f32, f32, f32) {
        let wire = self.wire(wire_beside(from_lane, to_lane));
        let middle = f32::midpoint(wire.0, wire.1);
        let from = self.lane(from_lane).0;
        let to = self.lane(to_lane).0;
        if from_lane == to_lane {
            // To itself: out onto the wire, half the way.
            let (right, left) = (from.right_edge, from.left_edge);
            let edge = if from_lane == 0 { right } else { left };
            return (edge.unwrap_or(middle), middle, middle);
        }
        if from_lane < to_lane {
            let start = from.right_edge.unwrap_or(wire.0);
            (start, to.left_edge.unwrap_or(wire.1), middle)
        } else {
            let start = from.left_edge.unwrap_or(wire.1);
            (start, to.right_edge.unwrap_or(wire.0), middle)
        }
    }

    /// Both ends of the wire right of a lane.
    fn wire(&self, wire: usize) -> (f32, f32) {
        let left = self.lane(wire).0.right_edge.unwrap_or(self.width);
        let right = self.lanes.get(wire + 1);
        let right = right.and_then(|(lane, _)| lane.left_edge);
        (left, right.unwrap_or(left))
    }

    pub(super) fn pill(&self, draft: &PillDraft) -> Pill {
        let width = chars(columns(&draft.text), SMALL_CHAR) + 2.0 * PILL_PAD;
        let (shape, leader) = match draft.place {
            Place::Lane(lane) => {
                let shape = self.beside_program(lane, width, 18.0, draft.moment);
                let leader = self.leader(lane, self.heights.y(draft.moment), &shape);
                (shape, leader)
            }
            Place::Wire(wire) => {
                let (left, right) = self.wire(wire);
                let shape = TextBox {
                    x: f32::midpoint(left, right),
                    top: self.heights.text_top(draft.moment),
                    width,
                    height: 18.0,
                    align: Align::Middle,
                };
                (shape, None)
            }
        };
        Pill {
            event: draft.event,
            at: draft.at,
            lane: match draft.place {
                Place::Lane(lane) => Some(lane),
                Place::Wire(_) => None,
            },
            y: self.heights.y(draft.moment),
            kind: draft.kind,
            follows: draft.follows,
            text: draft.text.clone(),
            tone: draft.tone,
            shape,
            leader,
            sentence: draft.sentence.clone(),
        }
    }

    /// Bands of each slot are in order; a socket's last one lasts until the next socket in its slot.
    pub(super) fn bands(&self, drafts: &[BandDraft]) -> Vec<StateBand> {
        let mut next: HashMap<(usize, Edge, usize), f32> = HashMap::new();
        let mut bands = Vec::with_capacity(drafts.len());
        for draft in drafts.iter().rev() {
            let slot = (draft.at.lane, draft.at.edge, draft.at.slot);
            let until = next.insert(slot, self.heights.y(draft.seen.first));
            bands.push(self.band(draft, until));
        }
        bands.reverse();
        bands
    }

    fn band(&self, draft: &BandDraft, next_in_slot: Option<f32>) -> StateBand {
        let x = self.slot(draft.at).band;
        let closed = draft.state == TcpState::Closed;
        let (mut seen, fades_to) = self.span(&draft.seen, next_in_slot);
        if closed {
            // Nothing leaves CLOSED but a new socket.
            seen.1 = fades_to;
        }
        let room = name_length(draft.state) + 2.0;
        let middle = f32::midpoint(seen.0, fades_to.min(seen.1.max(seen.0 + room)));
        StateBand {
            event: draft.event,
            at: draft.first_at,
            lane: draft.at.lane,
            state: draft.state,
            x,
            width: BAND,
            seen,
            fades_to,
            name_at: (fades_to - seen.0 >= room).then_some((x + BAND / 2.0, middle)),
            sentence: draft.sentence.clone(),
        }
    }

    pub(super) fn queue(&self, draft: &QueueDraft) -> QueueBar {
        let slot = self.slot(draft.at);
        let (x, width) = match draft.kind {
            QueueKind::Unread => (slot.unread, UNREAD),
            QueueKind::Unsent => (slot.unsent, UNSENT),
            QueueKind::Backlog => (slot.backlog, BACKLOG),
        };
        let (seen, mut fades_to) = self.span(&draft.seen, None);
        if matches!(draft.seen.until, Until::End) {
            fades_to = seen.1;
        }
        let text_width = chars(columns(&draft.text), SMALL_CHAR);
        let lane = draft.at.lane;
        let label = self.beside_program(lane, text_width, 16.0, draft.seen.first);
        QueueBar {
            event: draft.event,
            at: draft.first_at,
            lane,
            kind: draft.kind,
            count: draft.count,
            x,
            width,
            seen,
            fades_to,
            text: draft.text.clone(),
            leader: self.leader(lane, seen.0 + 2.0, &label),
            label,
            sentence: draft.sentence.clone(),
        }
    }

    /// Heights of what was seen, at least as long as can be seen, and where it fades to.
    fn span(&self, seen: &Seen, next_in_slot: Option<f32>) -> ((f32, f32), f32) {
        let first = self.heights.y(seen.first);
        let last = self.heights.y(seen.last);
        let end = match seen.until {
            Until::Other(moment) => {
                let next = next_in_slot.unwrap_or(f32::MAX);
                self.heights.y(moment).min(next)
            }
            Until::End => next_in_slot.map_or(self.bottom, |next| next - 3.0),
        };
        let end = end.max(first + 2.0);
        let last = last.max(first + self.least.min(6.0)).min(end);
        ((first, last), end)
    }

    fn lane(&self, lane: usize) -> (&Lane, &LaneX) {
        match self.lanes.get(lane).or(self.lanes.first()) {
            Some((lane, inner)) => (lane, inner),
            None => (&NOWHERE.0, &NOWHERE.1),
        }
    }

    fn slot(&self, at: SlotAt) -> SlotX {
        let inner = self.lane(at.lane).1;
        let slots = match at.edge {
            Edge::Left => &inner.left,
            Edge::Right => &inner.right,
        };
        slots.get(at.slot).copied().unwrap_or_default()
    }

    /// A text's place in the column of a program.
    fn beside_program(&self, lane: usize, width: f32, height: f32, moment: MomentId) -> TextBox {
        let (lane, inner) = self.lane(lane);
        TextBox {
            x: inner.text,
            top: self.heights.text_top(moment),
            width,
            height,
            align: lane.align,
        }
    }

    /// A line from a thing at `y` to its text, if that had to move away.
    fn leader(&self, lane: usize, y: f32, label: &TextBox) -> Option<Leader> {
        let middle = label.top + label.height / 2.0;
        if (middle - y).abs() < 12.0 {
            return None;
        }
        let (lane, inner) = self.lane(lane);
        let (from, to) = match lane.align {
            Align::End => (inner.block - 1.0, inner.text + 2.0),
            Align::Start | Align::Middle => (inner.block + BLOCK + 1.0, inner.text - 2.0),
        };
        Some(Leader {
            from: (from, y),
            to: (to, middle),
        })
    }
}

static NOWHERE: (Lane, LaneX) = (
    Lane {
        name: String::new(),
        address: String::new(),
        heading_x: 0.0,
        left_edge: None,
        right_edge: None,
        align: Align::Start,
        hidden_sockets: 0,
    },
    LaneX {
        block: 0.0,
        beside: 0.0,
        text: 0.0,
        left: Vec::new(),
        right: Vec::new(),
    },
);

/// Flags and numbers of a segment, together at most [`SEGMENT`] columns.
fn segment_words(told: &Told) -> (String, String) {
    let flags = told.flags.names();
    let room = SEGMENT.saturating_sub(columns(&flags) + 1);
    let detail = plain(&numbers(told), room);
    (flags, detail)
}

/// What the wires have to hold.
fn widest_segment(drafts: &Drafts<'_>) -> f32 {
    let told = drafts.segments.iter();
    let told = told.filter_map(|draft| drafts.scene.told.get(draft.index)?.as_ref());
    let widest = told.map(|told| {
        let (flags, detail) = segment_words(told);
        columns(&flags) + 1 + columns(&detail)
    });
    chars(widest.max().unwrap_or(0), SEGMENT_CHAR)
}

/// What each lane has to hold.
fn needs(drafts: &Drafts<'_>, kernels: &Kernels) -> Vec<Needs> {
    let scene = drafts.scene;
    let slots = |lane, edge| kernels.slots.get(&(lane, edge)).cloned();
    let mut needs: Vec<_> = scene
        .names
        .iter()
        .zip(&scene.addresses)
        .enumerate()
        .map(|(lane, (name, address))| Needs {
            name: name.clone(),
            address: address.clone(),
            left: slots(lane, Edge::Left).unwrap_or_default(),
            right: slots(lane, Edge::Right).unwrap_or_default(),
            hidden_sockets: kernels.hidden.get(&lane).copied().unwrap_or(0),
            ..Needs::default()
        })
        .collect();
    let mut widen = |lane: usize, width: f32| {
        if let Some(need) = needs.get_mut(lane) {
            need.text = need.text.max(width);
        }
    };
    for call in &drafts.calls {
        let text = columns(&call.name) + 1 + columns(&call.result);
        widen(call.lane, chars(text, CALL_CHAR));
    }
    for pill in &drafts.pills {
        if let Place::Lane(lane) = pill.place {
            let text = chars(columns(&pill.text), SMALL_CHAR);
            widen(lane, text + 2.0 * PILL_PAD);
        }
    }
    for call in drafts.calls.iter().filter(|call| call.beside) {
        if let Some(need) = needs.get_mut(call.lane) {
            need.overlapping = true;
        }
    }
    needs
}

fn chars(count: usize, width: f32) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX)) * width
}
