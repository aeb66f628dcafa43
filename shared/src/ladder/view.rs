//! A window onto a ladder: which heights are seen, how large, and where each thing stands in it.
//!
//! Texts keep their size at every scale. At scale 1 they stand where they were placed; at any other beside their
//! things, and those that would touch a weightier one are left out until there is room.

use std::ops::Range;

use super::Ladder;
use super::items::{CallBlock, Leader, Pill, QueueBar, SegmentArrow, StateBand, TextBox};
use super::kernel::name_length;

/// Below the lanes' ends.
const FOOT: f32 = 14.0;
/// The nearest that one can look.
const NEAREST: f32 = 32.0;
/// How much of a view is kept free above and below something that is brought into it.
const AROUND: f32 = 60.0;

/// Which part of a ladder is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The ladder's height at the upper edge.
    pub top: f32,
    /// Pixels for a unit of height.
    pub scale: f32,
    /// The window's height in pixels.
    pub height: f32,
}

impl View {
    /// The beginning of a ladder as it was placed, in a window of that height.
    pub fn start(ladder: &Ladder, height: f32) -> Self {
        Self {
            top: ladder.top,
            scale: 1.0,
            height,
        }
    }

    /// All of it, never larger than it was placed.
    pub fn whole(ladder: &Ladder, height: f32) -> Self {
        Self {
            top: ladder.top,
            scale: smallest(ladder, height),
            height,
        }
    }

    /// The heights that are seen.
    pub fn range(&self) -> Range<f32> {
        self.top..self.top + self.height / self.scale
    }

    /// Where a height of the ladder is, in pixels below the upper edge.
    pub fn y(&self, height: f32) -> f32 {
        (height - self.top) * self.scale
    }

    /// The ladder's height at a pixel.
    pub fn height_at(&self, y: f32) -> f32 {
        self.top + y / self.scale
    }

    /// The same moment stays at pixel `y` while everything grows by `factor`.
    #[must_use]
    pub fn zoomed(&self, ladder: &Ladder, factor: f32, y: f32) -> Self {
        let scale = (self.scale * factor).clamp(smallest(ladder, self.height), NEAREST);
        // What is nearly as placed is meant to be.
        let scale = if (scale - 1.0).abs() < 0.02 {
            1.0
        } else {
            scale
        };
        Self {
            top: self.height_at(y) - y / scale,
            scale,
            ..*self
        }
        .kept_within(ladder)
    }

    /// Zoomed to so many percent of how it was placed, about the middle, as far as that can be seen.
    #[must_use]
    pub fn scaled(&self, ladder: &Ladder, percent: u32) -> Self {
        let scale = f32::from(u16::try_from(percent).unwrap_or(u16::MAX)) / 100.0;
        self.zoomed(ladder, scale / self.scale, self.height / 2.0)
    }

    /// Moved by so many pixels towards the end.
    #[must_use]
    pub fn panned(&self, ladder: &Ladder, pixels: f32) -> Self {
        Self {
            top: self.top + pixels / self.scale,
            ..*self
        }
        .kept_within(ladder)
    }

    /// With this height in the middle.
    #[must_use]
    pub fn centred(&self, ladder: &Ladder, height: f32) -> Self {
        Self {
            top: height - self.height / 2.0 / self.scale,
            ..*self
        }
        .kept_within(ladder)
    }

    /// Moved no further than needed to see something.
    #[must_use]
    pub fn showing(&self, ladder: &Ladder, (from, until): (f32, f32)) -> Self {
        let around = AROUND.min(self.height / 4.0) / self.scale;
        let seen = self.range();
        if from >= seen.start && until.min(from + around) <= seen.end {
            return *self;
        }
        self.centred(ladder, from)
    }

    /// With another height of the window.
    #[must_use]
    pub fn resized(&self, ladder: &Ladder, height: f32) -> Self {
        let scale = self.scale.max(smallest(ladder, height));
        Self {
            scale,
            height,
            ..*self
        }
        .kept_within(ladder)
    }

    #[must_use]
    fn kept_within(&self, ladder: &Ladder) -> Self {
        let last = ladder.bottom + FOOT - self.height / self.scale;
        Self {
            top: self.top.min(last).max(ladder.top),
            ..*self
        }
    }

    /// Whether texts stand where they were placed.
    pub const fn is_as_placed(&self) -> bool {
        (self.scale - 1.0).abs() < f32::EPSILON
    }

    /// A text that was placed at `top`, or `beside` its thing at `y`.
    fn text(&self, text: &TextBox, y: f32, beside: f32) -> TextBox {
        let top = if self.is_as_placed() {
            self.y(text.top)
        } else {
            self.y(y) + beside
        };
        TextBox { top, ..*text }
    }

    /// Only where it was placed can a text stand away from its thing.
    fn leader(&self, leader: Option<Leader>) -> Option<Leader> {
        leader.filter(|_| self.is_as_placed()).map(|leader| Leader {
            from: (leader.from.0, self.y(leader.from.1)),
            to: (leader.to.0, self.y(leader.to.1)),
        })
    }

    fn both(&self, (from, until): (f32, f32)) -> (f32, f32) {
        (self.y(from), self.y(until))
    }

    /// The segment where it is seen. Its slope keeps its size.
    pub fn segment(&self, segment: &SegmentArrow) -> SegmentArrow {
        let y = self.y(segment.from.1);
        SegmentArrow {
            from: (segment.from.0, y),
            to: (segment.to.0, y + segment.to.1 - segment.from.1),
            label: self.text(&segment.label, segment.from.1, -13.0),
            leader: self.leader(segment.leader),
            ..segment.clone()
        }
    }

    /// The call where it is seen.
    pub fn call(&self, call: &CallBlock) -> CallBlock {
        CallBlock {
            parked: call.parked.map(|part| self.both(part)),
            block: call.block.map(|part| self.both(part)),
            label: self.text(&call.label, call.start(), -2.0),
            leader: self.leader(call.leader),
            ..call.clone()
        }
    }

    /// The pill where it is seen.
    pub fn pill(&self, pill: &Pill) -> Pill {
        Pill {
            y: self.y(pill.y),
            shape: self.text(&pill.shape, pill.y, 1.0),
            leader: self.leader(pill.leader),
            ..pill.clone()
        }
    }

    /// The band where it is seen, with its name where there is room.
    pub fn band(&self, band: &StateBand) -> StateBand {
        let seen = self.both(band.seen);
        let fades_to = self.y(band.fades_to);
        let room = name_length(band.state) + 2.0;
        // In the middle of what is in the window, so that a long state is always named.
        let (from, until) = (seen.0.max(0.0), fades_to.min(self.height));
        let x = band.x + band.width / 2.0;
        let name_at = if self.is_as_placed() && seen.0 >= 0.0 && fades_to <= self.height {
            band.name_at.map(|(x, y)| (x, self.y(y)))
        } else {
            (until - from >= room).then_some((x, f32::midpoint(from, until)))
        };
        StateBand {
            seen,
            fades_to,
            name_at,
            ..band.clone()
        }
    }

    /// The queue where it is seen.
    pub fn queue(&self, queue: &QueueBar) -> QueueBar {
        QueueBar {
            seen: self.both(queue.seen),
            fades_to: self.y(queue.fades_to),
            label: self.text(&queue.label, queue.seen.0, 0.0),
            leader: self.leader(queue.leader),
            ..queue.clone()
        }
    }
}

/// The scale at which all of a ladder is seen; 1 for one that fits.
fn smallest(ladder: &Ladder, height: f32) -> f32 {
    (height / (ladder.bottom + FOOT - ladder.top)).min(1.0)
}

/// How high a window must be to show a whole ladder as it was placed.
pub fn whole_height(ladder: &Ladder) -> f32 {
    ladder.bottom + FOOT - ladder.top
}

impl CallBlock {
    /// Where it begins.
    pub fn start(&self) -> f32 {
        let tops = [self.parked, self.block].into_iter().flatten();
        tops.map(|(top, _)| top).fold(f32::INFINITY, f32::min)
    }
}

/// Whether two texts touch: each is its column, its upper and its lower edge.
pub fn touch(one: (u32, f32, f32), other: (u32, f32, f32)) -> bool {
    one.0 == other.0 && one.1 < other.2 - 0.5 && other.1 < one.2 - 0.5
}

/// Which of these texts are left when none may touch another: of each column, the weightiest first, then the
/// earlier. A text is its column, its upper and lower edge, and its weight.
pub fn without_overlaps(texts: &[(u32, f32, f32, u8)]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by_key(|&at| (std::cmp::Reverse(texts.get(at).map(|text| text.3)), at));
    let mut kept = vec![false; texts.len()];
    let mut taken: Vec<(u32, f32, f32)> = Vec::new();
    for at in order {
        let Some(&(column, top, bottom, _)) = texts.get(at) else {
            continue;
        };
        let text = (column, top, bottom);
        if taken.iter().any(|other| touch(text, *other)) {
            continue;
        }
        taken.push(text);
        if let Some(kept) = kept.get_mut(at) {
            *kept = true;
        }
    }
    kept
}
