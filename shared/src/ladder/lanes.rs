//! Who stands where from left to right, and how much width each needs.

use std::collections::HashMap;

use super::items::{Align, Lane};
use crate::order::sort_by_rank;

/// Right edge of the times.
pub(super) const TIME_RIGHT: f32 = 64.0;
/// Where lanes begin.
const LEFT: f32 = 78.0;
const RIGHT: f32 = 14.0;
/// A call's block.
pub(super) const BLOCK: f32 = 14.0;
/// From a block to its text.
const BLOCK_TO_TEXT: f32 = 10.0;
/// From the kernel's bands to the program's blocks.
const KERNEL_TO_BLOCK: f32 = 20.0;
/// A state's band.
pub(super) const BAND: f32 = 12.0;
pub(super) const UNREAD: f32 = 16.0;
pub(super) const UNSENT: f32 = 4.0;
pub(super) const BACKLOG: f32 = 6.0;
/// Sockets drawn side by side at one edge; more are counted, not drawn.
pub(super) const SLOTS: usize = 4;
/// The wire between two lanes, for two and for more endpoints.
const WIRE: (f32, f32) = (270.0, 236.0);

/// Endpoints in order of appearance, with what they were seen to do.
#[derive(Debug, Default)]
pub(super) struct Roster {
    places: HashMap<String, usize>,
    names: Vec<(String, Role)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Role {
    connects: bool,
    listens: bool,
}

impl Roster {
    pub(super) fn saw(&mut self, name: &str, connects: bool, listens: bool) {
        let place = self.places.get(name).copied().unwrap_or_else(|| {
            self.places.insert(name.to_owned(), self.names.len());
            self.names.push((name.to_owned(), Role::default()));
            self.names.len() - 1
        });
        if let Some((_, role)) = self.names.get_mut(place) {
            role.connects |= connects;
            role.listens |= listens;
        }
    }

    /// Names from left to right, and each name's lane.
    pub(super) fn lanes(mut self) -> (Vec<String>, HashMap<String, usize>) {
        sort_by_rank(&mut self.names, |(_, role)| {
            match (role.connects, role.listens) {
                (_, false) => (0, 0),
                (true, true) => (1, 0),
                (false, true) => (2, 0),
            }
        });
        let names: Vec<_> = self.names.into_iter().map(|(name, _)| name).collect();
        let lanes = names.iter().cloned().zip(0..).collect();
        (names, lanes)
    }
}

/// A lane's kernel towards one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Left,
    Right,
}

/// What one place for a socket has to hold besides its band.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    pub(super) unread: bool,
    pub(super) unsent: bool,
    pub(super) backlog: bool,
}

/// What one lane has to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) left: Vec<Slot>,
    pub(super) right: Vec<Slot>,
    /// The widest text of its program.
    pub(super) text: f32,
    /// Whether calls of it run at the same time.
    pub(super) overlapping: bool,
    pub(super) hidden_sockets: u32,
}

/// Left edges within one slot.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SlotX {
    pub(super) band: f32,
    pub(super) unread: f32,
    pub(super) unsent: f32,
    pub(super) backlog: f32,
}

/// Where a lane's things stand.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneX {
    pub(super) block: f32,
    /// How far a second block, of a call at the same time, stands from the first.
    pub(super) beside: f32,
    pub(super) text: f32,
    pub(super) left: Vec<SlotX>,
    pub(super) right: Vec<SlotX>,
}

/// Places the lanes side by side. Returns them with their inner places, and the whole width.
pub(super) fn lay_out(needs: &[Needs], widest_segment: f32) -> (Vec<(Lane, LaneX)>, f32) {
    let wire = if needs.len() > 2 { WIRE.1 } else { WIRE.0 };
    let wire = wire.max(widest_segment + 24.0);
    let mut x = LEFT;
    let mut lanes = Vec::with_capacity(needs.len());
    for (index, need) in needs.iter().enumerate() {
        let is_first = index == 0;
        let is_last = index + 1 == needs.len() && !is_first;
        let text = need.text.clamp(150.0, 264.0);
        let spare = if need.overlapping { BLOCK + 3.0 } else { 0.0 };
        let mut place = LaneX::default();
        let lane = if is_first {
            place.text = x + text;
            place.block = place.text + BLOCK_TO_TEXT;
            place.beside = BLOCK + 3.0;
            x = place.block + BLOCK + spare + KERNEL_TO_BLOCK;
            x = slots_from_right(&need.right, x, &mut place.right);
            need.lane(None, Some(x), Align::End, place.block + BLOCK / 2.0)
        } else {
            let left_edge = x;
            x = slots_from_left(&need.left, x, &mut place.left);
            place.block = x + KERNEL_TO_BLOCK + spare;
            place.beside = -(BLOCK + 3.0);
            place.text = place.block + BLOCK + BLOCK_TO_TEXT;
            x = place.text + text;
            let heading = place.block + BLOCK / 2.0;
            let right_edge = if is_last {
                None
            } else {
                x = slots_from_right(&need.right, x + 8.0, &mut place.right);
                Some(x)
            };
            need.lane(Some(left_edge), right_edge, Align::Start, heading)
        };
        lanes.push((lane, place));
        if !is_last {
            x += wire;
        }
    }
    if needs.len() == 1 {
        x -= wire;
    }
    (lanes, x + RIGHT)
}

impl Needs {
    fn lane(&self, left: Option<f32>, right: Option<f32>, align: Align, heading: f32) -> Lane {
        Lane {
            name: self.name.clone(),
            address: self.address.clone(),
            heading_x: heading,
            left_edge: left,
            right_edge: right,
            align,
            hidden_sockets: self.hidden_sockets,
        }
    }
}

impl Slot {
    fn width(self) -> f32 {
        let extra = [
            (self.unread, UNREAD + 5.0),
            (self.unsent, UNSENT + 4.0),
            (self.backlog, BACKLOG + 4.0),
        ];
        let extra: f32 = extra.iter().filter(|(has, _)| *has).map(|(_, w)| w).sum();
        BAND + extra
    }
}

/// Slots to the right of an edge at `x`, the first one nearest. Returns where they end.
fn slots_from_left(slots: &[Slot], mut x: f32, out: &mut Vec<SlotX>) -> f32 {
    x += 14.0;
    for slot in slots {
        let mut place = SlotX {
            band: x,
            ..SlotX::default()
        };
        let mut inner = x + BAND;
        if slot.unread {
            place.unread = inner + 5.0;
            inner += UNREAD + 5.0;
        }
        if slot.unsent {
            place.unsent = inner + 4.0;
            inner += UNSENT + 4.0;
        }
        if slot.backlog {
            place.backlog = inner + 4.0;
        }
        out.push(place);
        x += slot.width() + 5.0;
    }
    x
}

/// The same in the mirror: slots begin at `x`, the first one ends nearest the edge. Returns the edge.
fn slots_from_right(slots: &[Slot], x: f32, out: &mut Vec<SlotX>) -> f32 {
    let width: f32 = slots.iter().map(|slot| slot.width() + 5.0).sum();
    let edge = x + width + 14.0;
    let mut mirrored = Vec::new();
    slots_from_left(slots, 0.0, &mut mirrored);
    out.extend(mirrored.iter().map(|slot| SlotX {
        band: edge - slot.band - BAND,
        unread: edge - slot.unread - UNREAD,
        unsent: edge - slot.unsent - UNSENT,
        backlog: edge - slot.backlog - BACKLOG,
    }));
    edge
}
