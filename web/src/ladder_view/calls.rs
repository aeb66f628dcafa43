//! A call: a block as long as the call, an outline while it was parked, its name and result beside it.

use aftershake_shared::ladder::items::{CallBlock, Tone};
use yew::{Html, html};

use super::{Draw, Text, label_text, leader, n, surface};

/// Draws one call.
pub(super) fn block(call: &CallBlock, text: Text, draw: &Draw<'_>) -> Html {
    let class = match call.tone {
        Tone::Plain => "call",
        Tone::Failed => "call failed",
        Tone::Reset => "call reset",
    };
    let bar = |class: &'static str, (top, bottom): (f32, f32)| {
        html! {
            <rect {class} x={n(call.x)} y={n(top)} width={n(call.width)} height={n((bottom - top).max(2.0))} rx="4" />
        }
    };
    let inside = html! {
        <>
            if text == Text::Shown { { surface(&call.label) } }
            { for call.parked.map(|extent| bar("parked", extent)) }
            { for call.block.map(|extent| bar("bar", extent)) }
            if text == Text::Shown {
                { leader(call.leader) }
                { label_text(&call.label, "name", &call.name, &call.result) }
            }
        </>
    };
    draw.group(call.event, class, &call.sentence, inside)
}
