//! A ladder from so far away that its things cannot be told apart: how many of each kind stand where.

use std::ops::Range;

use super::items::{Align, CallBlock, Pill, SegmentArrow, SegmentKind, Tone};
use super::view::View;
use super::{Item, Ladder};
use crate::event::EventId;

/// The height of a row in pixels.
const ROW: f32 = 4.0;
/// As many things at one place fill the whole width; each doubling adds the same length.
const FULL: f32 = 10.0;

/// How much of what is in view is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// Every thing, without its text.
    Lines,
    /// Counts.
    Crowd,
}

/// Things in view up to which each is drawn in full, and as a line.
const FULL_MOST: usize = 110;
const LINES_MOST: usize = 330;

/// Something of a ladder in eight bytes, so that a hundred thousand can be counted in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    y: f32,
    column: u16,
    kind: Kind,
}

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Ack,
    Data,
    Syn,
    Fin,
    Rst,
    Call,
    Failed,
    Pill,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Ack,
        Self::Data,
        Self::Syn,
        Self::Fin,
        Self::Rst,
        Self::Call,
        Self::Failed,
        Self::Pill,
    ];

    /// The class name in the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Data => "data",
            Self::Syn => "syn",
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::Call => "call",
            Self::Failed => "failed",
            Self::Pill => "pill",
        }
    }
}

/// Bars of one kind: each its upper edge, left edge and length, in pixels of the view.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pub kind: Kind,
    pub rows: Vec<(f32, f32, f32)>,
    /// How many things they stand for.
    pub count: u32,
}

/// The height of a bar.
pub const BAR: f32 = ROW - 1.0;

pub(super) fn marks(
    calls: &[CallBlock],
    segments: &[SegmentArrow],
    pills: &[Pill],
    lanes: usize,
) -> Vec<Mark> {
    let column = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
    let calls = calls.iter().map(|call| Mark {
        y: call.start(),
        column: column(call.lane),
        kind: match call.tone {
            Tone::Plain => Kind::Call,
            Tone::Failed | Tone::Reset => Kind::Failed,
        },
    });
    let segments = segments.iter().map(|segment| Mark {
        y: segment.from.1,
        column: column(lanes + segment.from_lane.min(segment.to_lane)),
        kind: match segment.kind {
            SegmentKind::Syn => Kind::Syn,
            SegmentKind::Data => Kind::Data,
            SegmentKind::Ack => Kind::Ack,
            SegmentKind::Fin => Kind::Fin,
            SegmentKind::Rst => Kind::Rst,
        },
    });
    let pills = pills.iter().map(|pill| Mark {
        y: pill.y,
        column: column(pill.lane.unwrap_or(lanes)),
        kind: Kind::Pill,
    });
    let mut marks: Vec<_> = calls.chain(segments).chain(pills).collect();
    crate::order::sort_by_rank(&mut marks, |mark| crate::order::rank_of(mark.y));
    marks
}

impl Ladder {
    fn marks_in(&self, range: &Range<f32>) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.y < range.start);
        let until = self.marks.partition_point(|mark| mark.y < range.end);
        self.marks.get(from..until).unwrap_or_default()
    }

    /// How much of these heights can be drawn.
    pub fn detail(&self, range: &Range<f32>) -> Detail {
        match self.marks_in(range).len() {
            count if count <= FULL_MOST => Detail::Full,
            count if count <= LINES_MOST => Detail::Lines,
            _ => Detail::Crowd,
        }
    }

    /// Counts in place of things: bars from each column's left edge, as long as the logarithm of the count, divided
    /// among the kinds. Takes time in proportion to what is in view.
    pub fn crowd(&self, view: &View) -> Vec<Bars> {
        let mut bars = Kind::ALL.map(|kind| Bars {
            kind,
            rows: Vec::new(),
            count: 0,
        });
        let columns: Vec<_> = (0..self.lanes.len() * 2)
            .map(|column| self.column(column))
            .collect();
        let mut counts = vec![[0_u32; Kind::ALL.len()]; columns.len()];
        let mut row = f32::NEG_INFINITY;
        let mut close = |row: f32, counts: &mut Vec<[u32; Kind::ALL.len()]>| {
            for (counts, (from, until)) in counts.iter_mut().zip(&columns) {
                let total: u32 = counts.iter().sum();
                if total == 0 {
                    continue;
                }
                let length = (until - from) * (share(total) / FULL).min(1.0);
                let mut x = *from;
                for (bar, count) in bars.iter_mut().zip(counts.iter_mut()) {
                    if *count > 0 {
                        let part = (length * part_of(*count, total)).max(1.5);
                        bar.rows.push((row, x, part));
                        bar.count += *count;
                        x += part;
                    }
                    *count = 0;
                }
            }
        };
        // Rows lie at multiples of the ladder, not of the window, so that they move as one.
        let step = ROW / view.scale;
        for mark in self.marks_in(&view.range()) {
            let at = (mark.y / step).floor();
            if at > row {
                close(view.y(row * step), &mut counts);
                row = at;
            }
            let counts = counts.get_mut(usize::from(mark.column));
            if let Some(count) = counts.and_then(|counts| counts.get_mut(mark.kind as usize)) {
                *count += 1;
            }
        }
        close(view.y(row * step), &mut counts);
        bars.into_iter().filter(|bar| bar.count > 0).collect()
    }

    /// From where to where a column's bars may reach: lanes first, then the wires right of them.
    fn column(&self, column: usize) -> (f32, f32) {
        let lanes = self.lanes.len();
        let lane = |index: usize| self.lanes.get(index);
        if column < lanes {
            return lane(column).map_or((0.0, 0.0), |lane| match lane.align {
                Align::End => (lane.heading_x - 60.0, lane.heading_x + 7.0),
                Align::Start | Align::Middle => (lane.heading_x - 7.0, lane.heading_x + 60.0),
            });
        }
        let wire = column - lanes;
        let left = lane(wire).and_then(|lane| lane.right_edge);
        let right = lane(wire + 1).and_then(|lane| lane.left_edge);
        (left.unwrap_or(0.0) + 8.0, right.unwrap_or(self.width) - 8.0)
    }

    /// The whole ladder in a strip: for each of `rows` equal parts of its height, how many things there are and
    /// whether one of them is odd.
    pub fn strip(&self, rows: u16) -> Vec<(u32, bool)> {
        let span = (self.bottom - self.top).max(1.0);
        let mut strip = vec![(0, false); usize::from(rows)];
        for mark in &self.marks {
            let part = ((mark.y - self.top) / span).clamp(0.0, 0.9999);
            if let Some(row) = strip.get_mut(row_of(part, rows)) {
                row.0 += 1;
                row.1 |= mark.kind == Kind::Rst;
            }
        }
        strip
    }

    /// What deserves a look, in order of time: RSTs, calls that failed, segments that were sent again or tell of a
    /// full window, the kernel's word on resets, and what weakens the evidence.
    pub fn odd(&self) -> impl Iterator<Item = EventId> {
        let odd = self.order.iter().filter(|placed| match placed.item {
            Item::Call(at) => self.calls.get(at).is_some_and(|c| c.tone != Tone::Plain),
            Item::Segment(at) => self.segments.get(at).is_some_and(SegmentArrow::is_odd),
            Item::Pill(at) => self.pills.get(at).is_some_and(Pill::is_odd),
        });
        odd.map(|placed| placed.event)
    }
}

impl SegmentArrow {
    /// A RST, sent again, never answered, or with a full window.
    pub fn is_odd(&self) -> bool {
        self.kind == SegmentKind::Rst || self.again || self.unanswered || self.window_full
    }
}

impl Pill {
    /// Evidence of a reset, or weaker evidence.
    pub fn is_odd(&self) -> bool {
        self.tone == Tone::Reset || self.kind == super::items::PillKind::Remark
    }
}

/// Doublings, from one.
#[expect(clippy::cast_precision_loss, reason = "a bar's length")]
fn share(count: u32) -> f32 {
    (count as f32).log2() + 1.0
}

#[expect(clippy::cast_precision_loss, reason = "a bar's length")]
fn part_of(count: u32, total: u32) -> f32 {
    count as f32 / total as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part between 0 and 1 of a small number"
)]
fn row_of(part: f32, rows: u16) -> usize {
    (part * f32::from(rows)) as usize
}
