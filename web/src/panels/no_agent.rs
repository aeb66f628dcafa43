//! What still works without an agent, and how to start one.

use yew::{Html, html};

use crate::late;
use crate::out;
use crate::store::AppState;
use crate::store::channel_status::ChannelStatus;
use crate::text::page as words;

/// Empty while an agent answers or may answer any moment.
pub fn no_agent(state: &AppState) -> Html {
    let why = match &state.channel {
        ChannelStatus::Open(_)
        | ChannelStatus::Connecting
        | ChannelStatus::Recorded
        | ChannelStatus::Lost {
            was_open: true,
            attempts: 0 | 1,
        } => return html! {},
        ChannelStatus::NoToken => words::NO_AGENT_NO_TOKEN,
        ChannelStatus::Lost { .. } => words::NO_AGENT_LOST,
        ChannelStatus::OtherVersion { .. } => words::NO_AGENT_OTHER_VERSION,
    };
    html! {
        <section class="card no-agent" aria-labelledby="no-agent-title">
            <h2 id="no-agent-title">{ words::NO_AGENT }</h2>
            <p>
                { why }
                { words::NO_AGENT_STILL }
            </p>
            <p>
                { words::NO_AGENT_START }<code>{ "aftershake" }</code>
                { words::NO_AGENT_OR }<code>{ "cargo xtask play" }</code>
                { words::NO_AGENT_THEN }
            </p>
            if state.share.is_local() {
                if let Some(late) = late::ready() { { (late.authorise)() } }
            } else if let Some(out) = out::ready() {
                { (out.my_agent)(state) }
            }
        </section>
    }
}
