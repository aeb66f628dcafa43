//! The whole run in a strip: where much happened, where RSTs are, and which part is seen.

use std::ops::Range;

use aftershake_shared::ladder::Ladder;
use web_sys::PointerEvent;
use yew::{Callback, Html, Properties, component, html, use_node_ref};

use super::frame::HEAD;
use super::{Px, n};
use crate::browser::narrow;
use crate::store::kept::Kept;
use crate::text::ladder as words;

/// Rows of the strip, and its width.
const ROWS: u16 = 200;
const WIDTH: f32 = 34.0;

/// What the strip is given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) ladder: Kept<Ladder>,
    /// The strip's height.
    pub(super) height: f32,
    /// The heights of the ladder that are seen.
    pub(super) seen: Range<f32>,
    /// Goes to a height of the ladder.
    pub(super) go: Callback<f32>,
}

/// The strip.
#[component]
pub(super) fn Minimap(props: &Props) -> Html {
    let svg = use_node_ref();
    let Props {
        ladder,
        height,
        seen,
        go,
    } = props;
    let (top, span) = (ladder.top, (ladder.bottom - ladder.top).max(1.0));
    let y = |place: f32| ((place - top) / span * height).clamp(0.0, *height);
    let strip = *height;
    let goes = {
        let (svg, go) = (svg.clone(), go.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(element) = svg.cast::<web_sys::Element>() else {
                return;
            };
            if event.buttons() & 1 == 0 {
                return;
            }
            let rect = element.get_bounding_client_rect();
            let part = (f64::from(event.client_y()) - rect.top()) / rect.height().max(1.0);
            let _ = element.set_pointer_capture(event.pointer_id());
            let part = (narrow(part) * (strip + HEAD) - HEAD) / strip;
            go.emit(top + part * span);
        })
    };
    let (from, until) = (y(seen.start), y(seen.end));
    html! {
        <svg
            ref={svg} class="minimap" viewBox={format!("0 {} {} {}", Px(-HEAD), Px(WIDTH), Px(*height + HEAD))}
            preserveAspectRatio="none" data-test="minimap" aria-hidden="true" onpointerdown={goes.clone()} onpointermove={goes}
        >
            <title>{ words::MINIMAP }</title>
            <Strip ladder={ladder.clone()} height={*height} />
            <rect class="seen-part" x="0.8" y={n(from)} width={n(WIDTH - 1.6)} height={n((until - from).max(4.0))} rx="3" />
        </svg>
    }
}

/// What the strip's drawing is given.
#[derive(Clone, PartialEq, Properties)]
struct StripProps {
    ladder: Kept<Ladder>,
    height: f32,
}

/// What does not change while the view moves.
#[component]
fn Strip(props: &StripProps) -> Html {
    let StripProps { ladder, height } = props;
    let strip = ladder.strip(ROWS);
    let most = strip
        .iter()
        .map(|(count, _)| *count)
        .max()
        .unwrap_or(0)
        .max(1);
    let (mut bars, mut resets) = (String::new(), String::new());
    let row = height / f32::from(ROWS);
    for (index, (count, has_reset)) in (0_u16..).zip(&strip) {
        use std::fmt::Write as _;
        let y = (f32::from(index) + 0.5) * row;
        if *count > 0 {
            let length = (WIDTH - 12.0) * share(*count, most);
            let _ = write!(bars, "M3 {}h{}", Px(y), Px(length.max(1.5)));
        }
        if *has_reset {
            let _ = write!(resets, "M{} {}l5 5m0 -5l-5 5", Px(WIDTH - 8.0), Px(y - 2.5));
        }
    }
    html! {
        <>
            <path class="bars" d={bars} stroke-width={n((row * 0.8).max(1.0))} />
            <path class="resets" d={resets} />
        </>
    }
}

#[expect(clippy::cast_precision_loss, reason = "a bar's length")]
fn share(count: u32, most: u32) -> f32 {
    (count as f32 + 1.0).ln() / (most as f32 + 1.0).ln()
}
