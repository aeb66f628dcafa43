//! The ladder: programs outside, kernels inside, the wire between, time downwards.
//!
//! [`Ladder::place`] turns events into places, once; page, SVG file and terminal draw the same places. Pure:
//! draws nothing, and says nothing that no event says.

mod axis;
mod counters;
pub mod crowd;
mod draft;
pub mod ends;
pub mod filter;
pub mod items;
mod kernel;
mod lanes;
pub mod overview;
mod pills;
mod placement;
mod scene;
mod sockets;
mod spread;
pub mod svg;
pub mod text;
mod ticks;
mod unanswered;
pub mod view;
mod visible;
mod who;
pub mod words;

use std::ops::Range;

use crate::event::{Event, EventId};
use crate::order::{rank_of, sort_by_rank};
use crate::scenario::Scenario;
use crate::units::Nanos;

use draft::Drafts;
use items::{CallBlock, GapMark, Lane, Pill, QueueBar, SegmentArrow, StateBand, Tick};
use kernel::Kernels;
use placement::Placement;
use scene::Scene;
use visible::Extents;

/// How to place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub axis: Axis,
    /// Only this connection, counting from 1 in order of the first segment, with its listener.
    pub connection: Option<u32>,
    /// What is left out.
    pub filter: filter::Filter,
    /// How long a real axis is, in units, up to four million; `None` fits it to the number of events.
    pub real_height: Option<u32>,
    /// The scenario's steps in order, so that a step without a call can be named; may be empty.
    pub steps: Vec<StepText>,
}

/// What the vertical axis means. All three keep the order of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Equal lengths are equal times; texts that would overlap move away on leaders.
    Real,
    /// Long silences are shortened and marked, short ones stretched until every text has room.
    #[default]
    GapsShortened,
    /// One row per event.
    Order,
}

/// Who takes a step, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepText {
    pub by: String,
    pub name: String,
}

impl StepText {
    /// The steps of a scenario, by what they do.
    pub fn of(scenario: &Scenario) -> Vec<Self> {
        let steps = scenario.steps.iter().map(|step| Self {
            by: step.by.clone(),
            name: step.does.name().to_owned(),
        });
        steps.collect()
    }
}

/// Everything placed, each kind sorted by its upper edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// From left to right: programs that only connect, then those between, then those that only listen.
    pub lanes: Vec<Lane>,
    pub calls: Vec<CallBlock>,
    pub segments: Vec<SegmentArrow>,
    pub bands: Vec<StateBand>,
    pub queues: Vec<QueueBar>,
    pub pills: Vec<Pill>,
    pub ticks: Vec<Tick>,
    pub gaps: Vec<GapMark>,
    /// What can be walked through, in order of time: every call, segment and pill.
    pub order: Vec<Placed>,
    pub width: f32,
    /// Where the lanes' edges begin and end.
    pub top: f32,
    pub bottom: f32,
    /// Times to heights and back.
    pub scale: TimeScale,
    index: Index,
    /// Sorted by height.
    marks: Vec<crowd::Mark>,
}

/// An event's place on the ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub event: EventId,
    pub at: Nanos,
    pub item: Item,
}

/// Where an event stands: the place in the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Call(usize),
    Segment(usize),
    Pill(usize),
}

/// What stands between two heights, in order of upper edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Visible<'a> {
    pub calls: Vec<&'a CallBlock>,
    pub segments: Vec<&'a SegmentArrow>,
    pub bands: Vec<&'a StateBand>,
    pub queues: Vec<&'a QueueBar>,
    pub pills: Vec<&'a Pill>,
    pub ticks: &'a [Tick],
    pub gaps: &'a [GapMark],
}

pub use axis::TimeScale;

#[derive(Clone, Debug, Default, PartialEq)]
struct Index {
    calls: Extents,
    segments: Extents,
    bands: Extents,
    queues: Extents,
    pills: Extents,
}

impl Ladder {
    /// Places events, which are sorted by time. Takes time in proportion to sorting them.
    pub fn place(events: &[Event], options: &Options) -> Self {
        let scene = Scene::read(events, options.connection);
        let mut drafts = Drafts::of(&scene, options);
        let kernels = Kernels::of(&mut drafts);
        let moments = std::mem::take(&mut drafts.moments);
        let heights = moments.place(options, kernels.columns);
        let places = Placement::new(&drafts, &kernels, &heights, options);

        let mut calls: Vec<_> = drafts.calls.iter().map(|call| places.call(call)).collect();
        let segments = drafts.segments.iter().filter_map(|s| places.segment(s));
        let mut segments: Vec<_> = segments.collect();
        let mut pills: Vec<_> = drafts.pills.iter().map(|pill| places.pill(pill)).collect();
        let mut bands = places.bands(&kernels.bands);
        let mut queues: Vec<_> = kernels.queues.iter().map(|q| places.queue(q)).collect();
        sort_by_rank(&mut calls, |c| rank_of(c.extent().0));
        sort_by_rank(&mut segments, |s| rank_of(s.extent().0));
        sort_by_rank(&mut bands, |b| rank_of(b.extent().0));
        sort_by_rank(&mut queues, |q| rank_of(q.extent().0));
        sort_by_rank(&mut pills, |p| rank_of(p.extent().0));
        let index = Index {
            calls: Extents::new(calls.iter().map(CallBlock::extent)),
            segments: Extents::new(segments.iter().map(SegmentArrow::extent)),
            bands: Extents::new(bands.iter().map(StateBand::extent)),
            queues: Extents::new(queues.iter().map(QueueBar::extent)),
            pills: Extents::new(pills.iter().map(Pill::extent)),
        };
        let lanes = places.lanes();
        Self {
            marks: crowd::marks(&calls, &segments, &pills, lanes.len()),
            lanes,
            order: order(&calls, &segments, &pills),
            calls,
            segments,
            bands,
            queues,
            pills,
            ticks: ticks::ticks(&heights, options.axis),
            gaps: ticks::gaps(&heights),
            width: places.width,
            top: axis::EDGE_TOP,
            bottom: places.bottom,
            scale: heights.scale.clone(),
            index,
        }
    }

    /// What reaches into these heights, found without looking at the rest.
    pub fn visible(&self, y: &Range<f32>) -> Visible<'_> {
        let found = |extents: &Extents| extents.within(y);
        let ticks = self.ticks.partition_point(|tick| tick.y < y.start - 8.0)
            ..self.ticks.partition_point(|tick| tick.y < y.end + 8.0);
        let gaps = self.gaps.partition_point(|gap| gap.y < y.start - 12.0)
            ..self.gaps.partition_point(|gap| gap.y < y.end + 12.0);
        Visible {
            calls: pick(&self.calls, &found(&self.index.calls)),
            segments: pick(&self.segments, &found(&self.index.segments)),
            bands: pick(&self.bands, &found(&self.index.bands)),
            queues: pick(&self.queues, &found(&self.index.queues)),
            pills: pick(&self.pills, &found(&self.index.pills)),
            ticks: self.ticks.get(ticks).unwrap_or_default(),
            gaps: self.gaps.get(gaps).unwrap_or_default(),
        }
    }

    /// An event's place; `None` for one that has none of its own.
    pub fn placed(&self, event: EventId) -> Option<&Placed> {
        let found = self
            .order
            .binary_search_by_key(&event, |placed| placed.event);
        found.ok().and_then(|at| self.order.get(at))
    }

    /// The upper and lower edge of an event's thing.
    pub fn extent_of(&self, event: EventId) -> Option<(f32, f32)> {
        match self.find(event)? {
            Item::Call(index) => self.calls.get(index).map(CallBlock::extent),
            Item::Segment(index) => self.segments.get(index).map(SegmentArrow::extent),
            Item::Pill(index) => self.pills.get(index).map(Pill::extent),
        }
    }

    /// Where an event stands; `None` for one that has no place of its own.
    pub fn find(&self, event: EventId) -> Option<Item> {
        self.placed(event).map(|placed| placed.item)
    }
}

impl Visible<'_> {
    /// The earliest event in view.
    pub fn first(&self) -> Option<EventId> {
        let segments = self.segments.iter().map(|segment| segment.event);
        let calls = self.calls.iter().map(|call| call.event);
        let pills = self.pills.iter().map(|pill| pill.event);
        segments.chain(calls).chain(pills).min()
    }
}

fn pick<'a, T>(things: &'a [T], indices: &[usize]) -> Vec<&'a T> {
    indices.iter().filter_map(|&i| things.get(i)).collect()
}

fn order(calls: &[CallBlock], segments: &[SegmentArrow], pills: &[Pill]) -> Vec<Placed> {
    let calls = (0..)
        .zip(calls)
        .map(|(i, c)| (c.event, c.at, Item::Call(i)));
    let segments = (0..)
        .zip(segments)
        .map(|(i, s)| (s.event, s.at, Item::Segment(i)));
    let pills = (0..)
        .zip(pills)
        .map(|(i, p)| (p.event, p.at, Item::Pill(i)));
    let all = calls.chain(segments).chain(pills);
    let mut order: Vec<_> = all
        .map(|(event, at, item)| Placed { event, at, item })
        .collect();
    sort_by_rank(&mut order, |placed| (placed.event.0.into(), 0));
    order
}

#[cfg(test)]
mod tests;
