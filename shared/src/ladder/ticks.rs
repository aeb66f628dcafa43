//! Times along the axis, and marks where silence was shortened.

use crate::units::Nanos;

use super::Axis;
use super::axis::{Heights, Weight};
use super::items::{Align, GapMark, TextBox, Tick};
use super::lanes::TIME_RIGHT;
use super::words::{about, columns};

/// The least distance between two ticks.
const APART: f32 = 52.0;
/// The least distance between two that both must be seen.
const NEAR: f32 = 20.0;
const CHAR: f32 = 6.36;
/// Left edge of a gap's text, right of its sign.
const GAP_LEFT: f32 = 33.0;

/// Ticks at moments where something happened; on a real axis at round times.
pub(super) fn ticks(heights: &Heights, axis: Axis) -> Vec<Tick> {
    let ticks = match axis {
        Axis::Real => round(heights),
        Axis::GapsShortened | Axis::Order => moments(heights),
    };
    let first = ticks.first().map(|(at, _)| *at);
    let tick = |(at, y): (Nanos, f32)| {
        let text = time(at, first == Some(at));
        Tick {
            at,
            y,
            label: label(&text, TIME_RIGHT, y, Align::End),
            text,
        }
    };
    ticks.into_iter().map(tick).collect()
}

/// The weightiest moments that are far enough apart.
fn moments(heights: &Heights) -> Vec<(Nanos, f32)> {
    let mut ticks: Vec<(Nanos, f32, Weight)> = Vec::new();
    for &(at, y, weight) in &heights.rows {
        let crowds = |tick: &(Nanos, f32, Weight)| y - tick.1 < APART;
        // The weightier one takes the other's place.
        let _ = ticks.pop_if(|tick| crowds(tick) && tick.2 < weight);
        let near = if weight == Weight::Strong {
            NEAR
        } else {
            APART
        };
        let last = ticks.last();
        if last.is_none_or(|last| y - last.1 >= near && last.0 < at) {
            ticks.push((at, y, weight));
        }
    }
    ticks.into_iter().map(|(at, y, _)| (at, y)).collect()
}

/// The marks of all shortened silences.
pub(super) fn gaps(heights: &Heights) -> Vec<GapMark> {
    let mark = |(from, until, y): &(Nanos, Nanos, f32)| {
        let text = format!("{} shortened", about(*until - *from));
        GapMark {
            from: *from,
            until: *until,
            y: *y,
            label: label(&text, GAP_LEFT, *y, Align::Start),
            text,
        }
    };
    heights.gaps.iter().map(mark).collect()
}

fn label(text: &str, x: f32, y: f32, align: Align) -> TextBox {
    let letters = u16::try_from(columns(text)).unwrap_or(u16::MAX);
    TextBox {
        x,
        top: y - 7.0,
        width: f32::from(letters) * CHAR,
        height: 14.0,
        align,
    }
}

/// Milliseconds below 100 s, then seconds; only the first bears the unit.
fn time(at: Nanos, with_unit: bool) -> String {
    let millis = at.in_unit(Nanos::MILLISECOND, 3);
    match (at < Nanos::from_millis(100_000), with_unit) {
        _ if at == Nanos(0) => "0 ms".to_owned(),
        (true, true) => format!("{millis} ms"),
        (true, false) => millis,
        (false, _) => format!("{} s", at.in_unit(Nanos::SECOND, 2)),
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn round(heights: &Heights) -> Vec<(Nanos, f32)> {
    let Some((from, until)) = heights.scale.ends() else {
        return Vec::new();
    };
    let span = (until.0 - from.0).0;
    let fits = |step: u64| {
        let next = Nanos(from.0.0.saturating_add(step));
        heights.scale.y_at(next) - from.1 >= APART
    };
    let powers = (0..19).map(|power| 10_u64.pow(power));
    let mut steps = powers.flat_map(|power| [power, power * 2, power.saturating_mul(5)]);
    let Some(step) = steps.find(|step| *step >= span || fits(*step)) else {
        return vec![from];
    };
    let first = from.0.0.div_ceil(step);
    let last = until.0.0 / step;
    let times = (first..=last).map(|n| Nanos(n.saturating_mul(step)));
    times.map(|at| (at, heights.scale.y_at(at))).collect()
}
