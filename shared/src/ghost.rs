//! What the run before did and this one did not, where it would stand on this one's ladder.
//!
//! Says where, never what it means. A thing stands at its own distance from the first SYN, but never before what both
//! runs did earlier or after what both did later: no two runs take equally long over the same.

use crate::compare::{Comparison, Kind, Likeness, Line};
use crate::event::EventId;
use crate::ladder::items::{Align, CallBlock, SHORT, SegmentArrow, TextBox};
use crate::ladder::{Item, Ladder};
use crate::order::rank_of;
use crate::units::Nanos;

/// Most that are drawn; beyond that the two runs have little in common, and a picture of both helps nobody.
pub const MOST: usize = 100;
/// The least distance from one to the next: an arrow with its text.
const APART: f32 = 26.0;

/// Something that only the run before did.
#[derive(Clone, Debug, PartialEq)]
pub struct Ghost {
    pub thing: Thing,
    /// The column of its text: a lane, or counted after the lanes the stretch of wire to the right of one.
    pub column: usize,
    /// One sentence for a screen reader, that of the run before.
    pub sentence: String,
}

/// What it was, with places on this run's ladder; events and times are those of the run before.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Segment(SegmentArrow),
    Call(CallBlock),
}

impl Ghost {
    pub fn event(&self) -> EventId {
        match &self.thing {
            Thing::Segment(segment) => segment.event,
            Thing::Call(call) => call.event,
        }
    }

    /// Where it begins.
    pub fn top(&self) -> f32 {
        match &self.thing {
            Thing::Segment(segment) => segment.from.1,
            Thing::Call(call) => call.start(),
        }
    }
}

/// The things of the run before that this run did not do, from top to bottom; none where there are more than [`MOST`].
///
/// `comparison` is of these two runs. What stands on a lane that this run does not have is left out.
pub fn ghosts(now: &Ladder, before: &Ladder, comparison: &Comparison) -> Vec<Ghost> {
    if !draws_any(comparison) {
        return Vec::new();
    }
    let Some(zero) = zero(comparison) else {
        return Vec::new();
    };
    let mut ghosts: Vec<Ghost> = Vec::new();
    // What both did last, and where the last ghost stands.
    let (mut earlier, mut free) = (Nanos(0), f32::NEG_INFINITY);
    for (place, row) in comparison.rows.iter().enumerate() {
        if let Some(after) = &row.after {
            earlier = after.at;
            continue;
        }
        let Some(line) = row.before.as_ref().filter(|line| only(line)) else {
            continue;
        };
        let rest = comparison.rows.get(place..).unwrap_or_default();
        let later = rest.iter().find_map(|row| row.after.as_ref());
        let own = zero.saturating_add(line.since_syn_ns);
        let own = Nanos(u64::try_from(own).unwrap_or(0)).max(earlier);
        let at = later.map_or(own, |later| own.min(later.at));
        let y = now.scale.y_at(at).max(free + APART).min(now.bottom);
        if let Some(ghost) = placed(now, before, line.event, y) {
            free = y;
            ghosts.push(ghost);
        }
    }
    ghosts.sort_by_key(|ghost| rank_of(ghost.top()));
    ghosts
}

/// Whether there is anything to draw, and not too much of it.
pub fn draws_any(comparison: &Comparison) -> bool {
    let rows = comparison.rows.iter();
    let missing = rows.filter(|row| row.likeness == Likeness::OnlyBefore);
    let count = missing.filter_map(|row| row.before.as_ref());
    (1..=MOST).contains(&count.filter(|line| only(line)).count())
}

/// What stands on a ladder as a call or a segment.
fn only(line: &Line) -> bool {
    matches!(line.kind, Kind::Call | Kind::Segment | Kind::Reset)
}

/// This run's time of its first SYN.
fn zero(comparison: &Comparison) -> Option<i64> {
    let line = comparison.rows.iter().find_map(|row| row.after.as_ref())?;
    Some(i64::try_from(line.at.0).ok()? - line.since_syn_ns)
}

/// The thing of that event of the run before, at this height of this ladder.
fn placed(now: &Ladder, before: &Ladder, event: EventId, y: f32) -> Option<Ghost> {
    match before.find(event)? {
        Item::Segment(place) => segment(now, before, before.segments.get(place)?, y),
        Item::Call(place) => call(now, before, before.calls.get(place)?, y),
        Item::Pill(_) => None,
    }
}

/// The lane of the same name.
fn lane(now: &Ladder, before: &Ladder, lane: usize) -> Option<usize> {
    let name = &before.lanes.get(lane)?.name;
    now.lanes.iter().position(|lane| lane.name == *name)
}

fn segment(now: &Ladder, before: &Ladder, was: &SegmentArrow, y: f32) -> Option<Ghost> {
    let from_lane = lane(now, before, was.from_lane)?;
    let to_lane = lane(now, before, was.to_lane)?;
    let (from, to) = (now.lanes.get(from_lane)?, now.lanes.get(to_lane)?);
    let (from_x, to_x) = if from_lane < to_lane {
        (from.right_edge?, to.left_edge?)
    } else {
        (from.left_edge?, to.right_edge?)
    };
    let slope = was.to.1 - was.from.1;
    let end_x = if was.unanswered {
        from_x + (to_x - from_x) * SHORT
    } else {
        to_x
    };
    let label = TextBox {
        x: f32::midpoint(from_x, to_x),
        top: y - 13.0,
        align: Align::Middle,
        ..was.label
    };
    Some(Ghost {
        column: now.lanes.len() + from_lane.min(to_lane),
        sentence: was.sentence.clone(),
        thing: Thing::Segment(SegmentArrow {
            from_lane,
            to_lane,
            from: (from_x, y),
            to: (end_x, y + slope),
            label,
            leader: None,
            ..was.clone()
        }),
    })
}

/// As high as it was, on the block's place of any call of the same program.
fn call(now: &Ladder, before: &Ladder, was: &CallBlock, y: f32) -> Option<Ghost> {
    let lane = lane(now, before, was.lane)?;
    let like = now.calls.iter().find(|call| call.lane == lane)?;
    let down = y - was.start();
    let moved = |(top, bottom): (f32, f32)| (top + down, (bottom + down).min(now.bottom));
    let label = TextBox {
        x: like.label.x,
        align: like.label.align,
        top: y - 2.0,
        ..was.label
    };
    Some(Ghost {
        column: lane,
        sentence: was.sentence.clone(),
        thing: Thing::Call(CallBlock {
            lane,
            x: like.x,
            width: like.width,
            parked: was.parked.map(moved),
            block: was.block.map(moved),
            label,
            leader: None,
            ..was.clone()
        }),
    })
}
