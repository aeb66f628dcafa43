//! What the kernels held: states as quiet bands, waiting bytes as bars.
//!
//! A band is full from the first sample that showed it to the last and pale up to the next: between two
//! samples nobody looked.

use aftershake_shared::ladder::items::{QueueBar, StateBand};
use aftershake_shared::tcp::state::TcpState;
use yew::{Html, classes, html};

use super::{Px, Text, label_text, leader, n};

/// A socket's state.
pub(super) fn band(band: &StateBand) -> Html {
    let class = classes!("band", tint(band.state));
    html! {
        <g key={format!("band-{}", band.event)} {class} role="graphics-symbol" aria-label={band.sentence.clone()}>
            <title>{ band.sentence.clone() }</title>
            { bar(band.x, band.width, band.seen, band.fades_to) }
            if let Some((x, y)) = band.name_at {
                <text class="state" transform={format!("translate({} {}) rotate(-90)", Px(x + 3.0), Px(y))} text-anchor="middle">
                    { band.state.name() }
                </text>
            }
        </g>
    }
}

/// Bytes that wait.
pub(super) fn queue(queue: &QueueBar, text: Text) -> Html {
    let class = classes!("queue", queue.kind.name());
    let key = format!("queue-{}-{}", queue.event, queue.kind.name());
    html! {
        <g {key} {class} role="graphics-symbol" aria-label={queue.sentence.clone()}>
            <title>{ queue.sentence.clone() }</title>
            { bar(queue.x, queue.width, queue.seen, queue.fades_to) }
            if text == Text::Shown {
                { leader(queue.leader) }
                { label_text(&queue.label, "waits", &queue.text, "") }
            }
        </g>
    }
}

fn bar(x: f32, width: f32, (top, bottom): (f32, f32), fades_to: f32) -> Html {
    let height = (bottom - top).max(2.0);
    html! {
        <>
            if fades_to > bottom {
                <rect class="fade" x={n(x)} y={n(top)} width={n(width)} height={n(fades_to - top)} rx="3" />
            }
            <rect class="seen" x={n(x)} y={n(top)} width={n(width)} height={n(height)} rx="3" />
        </>
    }
}

pub(super) const fn tint(state: TcpState) -> &'static str {
    match state {
        TcpState::Listen => "listen",
        TcpState::SynSent | TcpState::SynReceived => "opening",
        TcpState::Established => "established",
        TcpState::FinWait1
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::Closing
        | TcpState::LastAck
        | TcpState::TimeWait => "ending",
        TcpState::Closed => "closed",
    }
}
