//! What stands behind the events: headings, the kernels' edges, times, shortened gaps.

use aftershake_shared::ladder::Visible;
use aftershake_shared::ladder::items::{GapMark, Lane, Tick};
use aftershake_shared::ladder::view::View;
use aftershake_shared::ladder::{Ladder, Placed};
use yew::{Html, html};

use super::{Px, n};
use crate::store::look::Times;
use crate::text::ladder as words;

/// The height of the headings.
pub(super) const HEAD: f32 = 56.0;
/// The least distance between two times, in pixels.
const APART: f32 = 44.0;

/// How times are told.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Clock {
    pub(super) times: Times,
    /// Milliseconds since 1970 at the run's beginning.
    pub(super) began: Option<f64>,
}

/// The lanes' names and addresses, in a drawing of their own that stays in sight. Hidden from screen readers: every
/// event's sentence names its lanes.
pub(super) fn headings(ladder: &Ladder) -> Html {
    html! {
        <svg
            class="headings" viewBox={format!("0 0 {} {}", Px(ladder.width), Px(HEAD))} width={n(ladder.width)}
            aria-hidden="true"
        >
            { for ladder.lanes.iter().map(heading) }
            { wire(ladder) }
        </svg>
    }
}

/// The ladder's ground in view. Hidden from screen readers like the headings.
pub(super) fn back(ladder: &Ladder, visible: &Visible<'_>, view: &View, clock: Clock) -> Html {
    let mut last = f32::NEG_INFINITY;
    let apart = |tick: &&Tick| {
        let y = view.y(tick.y);
        let has_room = y - last >= APART || view.is_as_placed();
        if has_room {
            last = y;
        }
        has_room
    };
    let ticks: Vec<_> = visible.ticks.iter().filter(apart).collect();
    let gaps = visible.gaps.iter();
    let gaps: Vec<_> = if view.is_as_placed() {
        gaps.collect()
    } else {
        gaps_with_room(gaps, &ticks, view)
    };
    html! {
        <g class="ground" aria-hidden="true">
            { for ticks.into_iter().map(|t| tick(t, ladder, view, clock)) }
            { for ladder.lanes.iter().map(|l| edges(l, ladder, view)) }
            { for gaps.into_iter().map(|g| gap(g, view)) }
        </g>
    }
}

/// Those that touch neither a time nor each other.
fn gaps_with_room<'a>(
    gaps: impl Iterator<Item = &'a GapMark>,
    ticks: &[&Tick],
    view: &View,
) -> Vec<&'a GapMark> {
    let mut kept: Vec<&GapMark> = Vec::new();
    for gap in gaps {
        let far = |y: f32| (view.y(gap.y) - view.y(y)).abs() > 13.0;
        let nearest = ticks.partition_point(|tick| tick.y < gap.y);
        let near = nearest.saturating_sub(1)..(nearest + 1).min(ticks.len());
        let ticks = ticks.get(near).unwrap_or_default();
        if ticks.iter().all(|tick| far(tick.y)) && kept.last().is_none_or(|last| far(last.y)) {
            kept.push(gap);
        }
    }
    kept
}

fn tick(tick: &Tick, ladder: &Ladder, view: &View, clock: Clock) -> Html {
    let from = tick.label.left() + tick.label.width + 6.0;
    let y = view.y(tick.y);
    let text = match clock.times {
        Times::Start => tick.text.clone(),
        Times::Previous => {
            let before = before(ladder, tick);
            words::since(before.map(|placed| tick.at - placed.at))
        }
        Times::Wall => words::wall(clock.began, tick.at, words::Length::Short),
    };
    html! {
        <>
            <path class="tick" d={format!("M{} {}H{}", Px(from), Px(y), Px(ladder.width))} />
            <text class="time" x={n(tick.label.x)} y={n(y + 3.0)} text-anchor={tick.label.align.name()}>{ text }</text>
        </>
    }
}

/// The last thing before a tick's moment.
fn before<'a>(ladder: &'a Ladder, tick: &Tick) -> Option<&'a Placed> {
    let at = ladder.order.partition_point(|placed| placed.at < tick.at);
    ladder.order.get(at.checked_sub(1)?)
}

fn heading(lane: &Lane) -> Html {
    let x = n(lane.heading_x);
    html! {
        <>
            <text class="lane" x={x.clone()} y="20" text-anchor="middle">{ lane.name.clone() }</text>
            <text class="address" x={x.clone()} y="36" text-anchor="middle">{ lane.address.clone() }</text>
            if lane.hidden_sockets > 0 {
                <text class="address" {x} y="50" text-anchor="middle">
                    { words::hidden_sockets(lane.hidden_sockets.into()) }
                </text>
            }
        </>
    }
}

fn edges(lane: &Lane, ladder: &Ladder, view: &View) -> Html {
    let edges = lane.left_edge.into_iter().chain(lane.right_edge);
    let (top, bottom) = (view.y(ladder.top).max(-1.0), view.y(ladder.bottom));
    let bottom = bottom.min(view.height + 1.0);
    edges
        .map(|x| html! { <path class="edge" d={format!("M{} {}V{}", Px(x), Px(top), Px(bottom))} /> })
        .collect()
}

/// The word over the middle of each stretch of wire.
fn wire(ladder: &Ladder) -> Html {
    let pairs = ladder.lanes.iter().zip(ladder.lanes.iter().skip(1));
    let middles =
        pairs.filter_map(|(left, right)| Some(f32::midpoint(left.right_edge?, right.left_edge?)));
    middles
        .map(|x| html! { <text class="lane wire" x={n(x)} y="20" text-anchor="middle">{ words::WIRE }</text> })
        .collect()
}

fn gap(gap: &GapMark, view: &View) -> Html {
    let y = view.y(gap.y);
    let x = (gap.label.left() - 22.0).max(2.0);
    html! {
        <>
            <path class="gap" d={format!("M{} {}l7 4.5l-7 4.5m9 -9l7 4.5l-7 4.5", Px(x), Px(y - 4.5))} />
            <text class="time" x={n(gap.label.x)} y={n(y + 3.0)} text-anchor={gap.label.align.name()}>
                { gap.text.clone() }
            </text>
        </>
    }
}
