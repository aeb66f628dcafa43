//! What stands behind the events: headings, the kernels' edges, times, shortened gaps.

use std::ops::Range;

use aftershake_shared::ladder::Ladder;
use aftershake_shared::ladder::items::{GapMark, Lane, Tick};
use yew::{Html, html};

use super::{Px, n};
use crate::text;

/// The ladder's ground. Hidden from screen readers: every event's sentence names its time and lanes.
pub(super) fn back(ladder: &Ladder, range: &Range<f32>) -> Html {
    let visible = ladder.visible(range);
    html! {
        <g class="ground" aria-hidden="true">
            { for visible.ticks.iter().map(|t| tick(t, ladder.width)) }
            { for ladder.lanes.iter().map(|l| lane(l, ladder)) }
            { wire(ladder) }
            { for visible.gaps.iter().map(gap) }
        </g>
    }
}

fn tick(tick: &Tick, width: f32) -> Html {
    let from = tick.label.left() + tick.label.width + 6.0;
    html! {
        <>
            <path class="tick" d={format!("M{} {}H{}", Px(from), Px(tick.y), Px(width))} />
            <text class="time" x={n(tick.label.x)} y={n(tick.label.baseline())} text-anchor={tick.label.align.name()}>
                { tick.text.clone() }
            </text>
        </>
    }
}

fn lane(lane: &Lane, ladder: &Ladder) -> Html {
    let x = n(lane.heading_x);
    let edges = lane.left_edge.into_iter().chain(lane.right_edge);
    html! {
        <>
            <text class="lane" x={x.clone()} y="20" text-anchor="middle">{ lane.name.clone() }</text>
            <text class="address" {x} y="36" text-anchor="middle">{ lane.address.clone() }</text>
            { for edges.map(|x| html! {
                <path class="edge" d={format!("M{} {}V{}", Px(x), Px(ladder.top), Px(ladder.bottom))} />
            }) }
            if lane.hidden_sockets > 0 {
                <text class="address" x={n(lane.heading_x)} y="50" text-anchor="middle">
                    { format!("{} not shown", text::count(lane.hidden_sockets.into(), "socket", "sockets")) }
                </text>
            }
        </>
    }
}

/// The word over the middle of each stretch of wire.
fn wire(ladder: &Ladder) -> Html {
    let pairs = ladder.lanes.iter().zip(ladder.lanes.iter().skip(1));
    let middles =
        pairs.filter_map(|(left, right)| Some(f32::midpoint(left.right_edge?, right.left_edge?)));
    middles
        .map(|x| html! { <text class="lane wire" x={n(x)} y="20" text-anchor="middle">{ "wire" }</text> })
        .collect()
}

fn gap(gap: &GapMark) -> Html {
    let y = gap.y;
    let x = (gap.label.left() - 22.0).max(2.0);
    html! {
        <>
            <path class="gap" d={format!("M{} {}l7 4.5l-7 4.5m9 -9l7 4.5l-7 4.5", Px(x), Px(y - 4.5))} />
            <text class="time" x={n(gap.label.x)} y={n(gap.label.baseline())} text-anchor={gap.label.align.name()}>
                { gap.text.clone() }
            </text>
        </>
    }
}
