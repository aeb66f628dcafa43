//! A segment: an arrow whose stroke and head tell its kind, also without colour.

use aftershake_shared::ladder::items::{Head, SegmentArrow};
use yew::{Html, html};

use super::{Draw, Text, label_text, leader, line, surface};

/// Draws one segment; as a mere line when its text is left out.
pub(super) fn arrow(segment: &SegmentArrow, text: Text, draw: &Draw<'_>) -> Html {
    let lost = if segment.unanswered { " open" } else { "" };
    let class = format!("segment {}{lost}", segment.kind.name());
    let inside = html! {
        <>
            if text == Text::Shown {
                <path class="surface wide" d={line(&[segment.from, segment.to])} />
                { surface(&segment.label) }
            }
            { shape(segment) }
            if text == Text::Shown {
                { leader(segment.leader) }
                { label_text(&segment.label, "flags", &segment.flags, &segment.detail) }
            }
        </>
    };
    draw.group(segment.event, &class, &segment.sentence, inside)
}

/// The arrow alone.
pub(super) fn shape(segment: &SegmentArrow) -> Html {
    html! {
        <>
            <path class="shaft" d={line(&[segment.from, shaft_end(segment)])} />
            <path class="head" d={head(segment)} />
        </>
    }
}

/// Along and across the arrow, one unit long.
fn directions(segment: &SegmentArrow) -> ((f32, f32), (f32, f32)) {
    let (dx, dy) = (segment.to.0 - segment.from.0, segment.to.1 - segment.from.1);
    let length = dx.hypot(dy).max(1.0);
    let along = (dx / length, dy / length);
    (along, (-along.1, along.0))
}

/// A point this far along and across from the arrow's tip.
fn at_tip(segment: &SegmentArrow, along: f32, across: f32) -> (f32, f32) {
    let (a, c) = directions(segment);
    (
        segment.to.0 + a.0 * along + c.0 * across,
        segment.to.1 + a.1 * along + c.1 * across,
    )
}

fn shaft_end(segment: &SegmentArrow) -> (f32, f32) {
    match segment.head() {
        Head::Open => at_tip(segment, -4.0, 0.0),
        Head::Arrow => at_tip(segment, -7.0, 0.0),
        Head::Bar => at_tip(segment, -10.0, 0.0),
        Head::Cross => at_tip(segment, -5.0, 0.0),
    }
}

/// A filled triangle; a triangle against a bar for FIN; a cross for RST.
fn head(segment: &SegmentArrow) -> String {
    let at = |along, across| at_tip(segment, along, across);
    let triangle = |tip: f32| {
        let points = [at(tip, 0.0), at(tip - 9.0, 4.3), at(tip - 9.0, -4.3)];
        format!("{}Z", line(&points))
    };
    match segment.head() {
        Head::Open => format!(
            "{}{}",
            line(&[at(1.0, -5.0), at(-3.0, 5.0)]),
            line(&[at(-3.0, -5.0), at(-7.0, 5.0)])
        ),
        Head::Arrow => triangle(0.0),
        Head::Bar => format!(
            "{}{}",
            triangle(-2.5),
            line(&[at(-1.0, -6.0), at(-1.0, 6.0)])
        ),
        Head::Cross => format!(
            "{}{}",
            line(&[at(-9.5, -4.5), at(-0.5, 4.5)]),
            line(&[at(-9.5, 4.5), at(-0.5, -4.5)])
        ),
    }
}
