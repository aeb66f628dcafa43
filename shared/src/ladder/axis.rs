//! The vertical axis: moments in, heights out, in order of time and with room for every text.
//!
//! Knows columns and lengths, not what stands in them.

use crate::order::sort_by_rank;
use crate::units::Nanos;

use super::spread::spread;
use super::{Axis, Options};

/// Where the lanes' edges begin: below their headings.
pub(super) const EDGE_TOP: f32 = 56.0;
/// The first moment's height.
const TOP: f32 = EDGE_TOP + 20.0;
/// Beyond this distance silences grow slowly, and at eight times it they are shortened and marked.
const LONG: f32 = 46.0;
/// The height that a gap mark has for itself.
const GAP: f32 = 22.0;
/// The most that any text reaches above its moment.
const ABOVE: f32 = 14.0;
/// A row of [`Axis::Order`].
const ROW: f32 = 22.0;

/// A moment that something happens at, and the room it needs in its column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Nanos,
    /// Orders moments of equal time: the event's place, then the part of it.
    pub(super) order: (usize, u8),
    /// `None` when it bears no text.
    pub(super) column: Option<usize>,
    /// How far its text begins above it, and how far below it the next text may begin.
    pub(super) above: f32,
    pub(super) below: f32,
    /// The height of its text.
    pub(super) height: f32,
    /// How much it deserves a tick.
    pub(super) weight: Weight,
    /// Another column that must stay free for this long.
    pub(super) also: Option<(usize, f32)>,
}

/// How much a moment deserves a tick on the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    None,
    /// Calls and segments.
    Usual,
    /// A RST, and the first moment after a shortened silence.
    Strong,
}

impl Moment {
    /// A moment without text.
    pub(super) const fn bare(at: Nanos, order: (usize, u8)) -> Self {
        Self {
            at,
            order,
            column: None,
            above: 0.0,
            below: 0.0,
            height: 0.0,
            weight: Weight::None,
            also: None,
        }
    }
}

/// Names a moment among those of one ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MomentId(usize);

/// Moments being gathered.
#[derive(Debug, Default)]
pub(super) struct Moments(Vec<Moment>);

/// Where each moment and its text came to stand.
#[derive(Debug)]
pub(super) struct Heights {
    y: Vec<f32>,
    text_top: Vec<f32>,
    pub(super) scale: TimeScale,
    /// Shortened silences: from, until, middle.
    pub(super) gaps: Vec<(Nanos, Nanos, f32)>,
    /// Heights that a tick may stand at, in order.
    pub(super) rows: Vec<(Nanos, f32, Weight)>,
    pub(super) bottom: f32,
}

impl Heights {
    pub(super) fn y(&self, id: MomentId) -> f32 {
        self.y.get(id.0).copied().unwrap_or(TOP)
    }

    /// The upper edge of the moment's text.
    pub(super) fn text_top(&self, id: MomentId) -> f32 {
        self.text_top.get(id.0).copied().unwrap_or(TOP)
    }
}

/// Times to heights and back, straight between the moments that were placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeScale {
    /// Sorted by both.
    knots: Vec<(Nanos, f32)>,
}

impl TimeScale {
    /// The height of a time; the nearest end for one outside of the run.
    pub fn y_at(&self, at: Nanos) -> f32 {
        let next = self.knots.partition_point(|(time, _)| *time < at);
        let after = self.knots.get(next);
        let before = next.checked_sub(1).and_then(|i| self.knots.get(i));
        match (before, after) {
            (_, Some((time, y))) if *time == at => *y,
            (Some((t0, y0)), Some((t1, y1))) => y0 + (y1 - y0) * part(at - *t0, *t1 - *t0),
            (Some((_, y)), None) | (None, Some((_, y))) => *y,
            (None, None) => TOP,
        }
    }

    /// The first and the last moment; `None` when nothing was placed.
    pub fn ends(&self) -> Option<((Nanos, f32), (Nanos, f32))> {
        Some((*self.knots.first()?, *self.knots.last()?))
    }

    /// The time at a height; the nearest end for one outside of the run.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cursor's time is as fine as its pixel"
    )]
    pub fn time_at(&self, y: f32) -> Nanos {
        let next = self.knots.partition_point(|(_, height)| *height < y);
        let after = self.knots.get(next);
        let before = next.checked_sub(1).and_then(|i| self.knots.get(i));
        match (before, after) {
            (Some((t0, y0)), Some((t1, y1))) if y1 > y0 => {
                let part = f64::from((y - y0) / (y1 - y0));
                *t0 + Nanos(((*t1 - *t0).0 as f64 * part) as u64)
            }
            (_, Some((time, _))) | (Some((time, _)), None) => *time,
            (None, None) => Nanos(0),
        }
    }
}

impl Moments {
    pub(super) fn add(&mut self, moment: Moment) -> MomentId {
        self.0.push(moment);
        MomentId(self.0.len() - 1)
    }

    /// Gives every moment its height. Takes time in proportion to sorting them.
    pub(super) fn place(self, options: &Options, columns: usize) -> Heights {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        sort_by_rank(&mut order, |&i| {
            self.0.get(i).map_or((0, 0), |m| {
                let (first, second) = m.order;
                (m.at.0, (first as u64) << 8 | u64::from(second))
            })
        });
        let sorted: Vec<(usize, Moment)> = order
            .iter()
            .filter_map(|&i| self.0.get(i).map(|m| (i, *m)))
            .collect();
        let mut heights = Heights {
            y: vec![TOP; self.0.len()],
            text_top: vec![TOP; self.0.len()],
            scale: TimeScale::default(),
            gaps: Vec::new(),
            rows: Vec::new(),
            bottom: TOP,
        };
        match options.axis {
            Axis::Real => heights.real(&sorted, columns, options.real_height),
            Axis::GapsShortened => {
                let pace = pace(&sorted);
                heights.fitted(&sorted, columns, |dt, _| match dt.as_millis_f64() * pace {
                    d if d <= f64::from(LONG) => Step::Far(narrow(d)),
                    d if d <= f64::from(LONG) * 8.0 => Step::Far(LONG + (narrow(d) - LONG) / 16.0),
                    _ => Step::Gap,
                });
            }
            Axis::Order => heights.fitted(&sorted, columns, |_, moment| {
                Step::Far(if moment.height > 0.0 { ROW } else { 0.0 })
            }),
        }
        heights
    }
}

/// How far a moment lies from the one before.
enum Step {
    Far(f32),
    Gap,
}

impl Heights {
    /// Distances by `step`, stretched wherever a column is not free yet.
    fn fitted(
        &mut self,
        sorted: &[(usize, Moment)],
        columns: usize,
        step: impl Fn(Nanos, &Moment) -> Step,
    ) {
        let mut free = vec![0.0_f32; columns];
        let mut all_free = 0.0_f32;
        let mut y = TOP;
        let mut before = sorted.first().map_or(Nanos(0), |(_, m)| m.at);
        for (id, moment) in sorted {
            let last = y;
            let mut weight = moment.weight;
            match step(moment.at - before, moment) {
                Step::Far(distance) => y = last + distance,
                Step::Gap => {
                    let middle = snap(all_free.max(last + 4.0) + 4.0 + GAP / 2.0);
                    self.gaps.push((before, moment.at, middle));
                    weight = Weight::Strong;
                    y = middle + GAP / 2.0 + ABOVE;
                }
            }
            if let Some(free) = moment.column.and_then(|column| free.get_mut(column)) {
                y = snap(y.max(*free + moment.above));
                *free = y + moment.below;
                all_free = all_free.max(*free);
            }
            y = snap(y);
            if let Some((column, length)) = moment.also
                && let Some(free) = free.get_mut(column)
            {
                *free = free.max(y + length);
                all_free = all_free.max(*free);
            }
            self.set(*id, y, y - moment.above);
            self.scale.knots.push((moment.at, y));
            if weight > Weight::None {
                self.rows.push((moment.at, y, weight));
            }
            before = moment.at;
        }
        self.bottom = all_free.max(y);
    }

    /// Heights in proportion to time; then the texts of each column make room for each other.
    fn real(&mut self, sorted: &[(usize, Moment)], columns: usize, height: Option<u32>) {
        let (Some((_, first)), Some((_, last))) = (sorted.first(), sorted.last()) else {
            return;
        };
        let rows = sorted.iter().filter(|(_, m)| m.column.is_some()).count();
        let fitting = f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * 20.0;
        let fitting = fitting.clamp(480.0, 400_000.0);
        let height = height.map_or(fitting, f64::from).clamp(100.0, 4_000_000.0);
        let height = narrow(height);
        let span = last.at - first.at;
        let mut texts: Vec<Vec<(usize, f32, f32)>> = vec![Vec::new(); columns];
        for (id, moment) in sorted {
            let y = snap(TOP + height * part(moment.at - first.at, span));
            self.set(*id, y, y - moment.above);
            self.bottom = self.bottom.max(y);
            if let Some(column) = moment.column.and_then(|column| texts.get_mut(column))
                && moment.height > 0.0
            {
                column.push((*id, y - moment.above, moment.height + 2.0));
            }
        }
        self.scale.knots = vec![(first.at, TOP), (last.at, snap(TOP + height))];
        for column in texts {
            let wanted: Vec<_> = column.iter().map(|(_, top, size)| (*top, *size)).collect();
            for ((id, _, size), top) in column.iter().zip(spread(&wanted, TOP - ABOVE)) {
                let top = snap(top);
                if let Some(place) = self.text_top.get_mut(*id) {
                    *place = top;
                }
                self.bottom = self.bottom.max(top + size);
            }
        }
    }

    fn set(&mut self, id: usize, y: f32, text_top: f32) {
        if let Some(place) = self.y.get_mut(id) {
            *place = y;
        }
        if let Some(place) = self.text_top.get_mut(id) {
            *place = text_top;
        }
    }
}

/// Units per millisecond at which the middle one of all distances between texts is a row high.
fn pace(sorted: &[(usize, Moment)]) -> f64 {
    let times: Vec<_> = sorted
        .iter()
        .filter(|(_, m)| m.column.is_some())
        .map(|(_, m)| m.at)
        .collect();
    let pairs = times.iter().zip(times.iter().skip(1));
    let mut distances: Vec<_> = pairs.map(|(a, b)| (*b - *a).0).filter(|d| *d > 0).collect();
    if distances.is_empty() {
        return 0.0;
    }
    let middle = distances.len() / 2;
    let (_, median, _) = distances.select_nth_unstable(middle);
    f64::from(ROW) / Nanos(*median).as_millis_f64()
}

/// The next multiple of a half: exact in `f32` up to four million units.
fn snap(y: f32) -> f32 {
    (y * 2.0).ceil() / 2.0
}

/// How much of a span, from 0 to 1; 0 of an empty one.
#[expect(clippy::cast_precision_loss, reason = "finer than a pixel")]
fn part(of: Nanos, span: Nanos) -> f32 {
    if span.0 == 0 {
        return 0.0;
    }
    narrow(of.0 as f64 / span.0 as f64)
}

#[expect(clippy::cast_possible_truncation, reason = "lengths of a drawing")]
fn narrow(length: f64) -> f32 {
    length as f32
}
