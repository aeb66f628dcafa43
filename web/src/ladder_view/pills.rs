//! Counters, the kernel's reasons and remarks, near what they follow.

use aftershake_shared::ladder::items::{Pill, Tone};
use yew::{Html, html};

use super::{Draw, Text, leader, n};

/// Draws one pill.
pub(super) fn pill(pill: &Pill, text: Text, draw: &Draw<'_>) -> Html {
    let tone = match pill.tone {
        Tone::Plain | Tone::Failed => "plain",
        Tone::Reset => "reset",
    };
    let class = format!("pill {} {tone}", pill.kind.name());
    let shape = &pill.shape;
    let radius = n(shape.height / 2.0);
    let middle = shape.left() + shape.width / 2.0;
    if text == Text::LeftOut {
        let inside =
            html! { <rect x={n(shape.left())} y={n(pill.y - 1.5)} width="14" height="3" /> };
        return draw.group(pill.event, &class, &pill.sentence, inside);
    }
    let inside = html! {
        <>
            { leader(pill.leader) }
            <rect x={n(shape.left())} y={n(shape.top)} width={n(shape.width)} height={n(shape.height)} rx={radius} />
            <text x={n(middle)} y={n(shape.top + shape.height / 2.0 + 3.8)} text-anchor="middle">
                { pill.text.clone() }
            </text>
        </>
    };
    draw.group(pill.event, &class, &pill.sentence, inside)
}
