//! What still works without an agent, and how to start one.

use yew::{Html, html};

use crate::late;
use crate::out;
use crate::store::AppState;
use crate::store::channel_status::ChannelStatus;

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
        ChannelStatus::NoToken => {
            "This page was opened without an agent: its address carried no token."
        }
        ChannelStatus::Lost { .. } => {
            "The agent that opened this page does not answer. It has ended, or it was started anew and has another token."
        }
        ChannelStatus::OtherVersion { .. } => {
            "The agent speaks another version of the protocol than this page. Reload the page it serves."
        }
    };
    html! {
        <section class="card no-agent" aria-labelledby="no-agent-title">
            <h2 id="no-agent-title">{ "No agent" }</h2>
            <p>
                { why }
                { " Reading, editing and checking scenarios works all the same. Running one does not, because a browser cannot open TCP sockets." }
            </p>
            <p>
                { "Start one with " }<code>{ "aftershake" }</code>
                { ", or with " }<code>{ "cargo xtask play" }</code>
                { " in the repository; it opens its own page." }
            </p>
            if state.share.is_local() {
                if let Some(late) = late::ready() { { (late.authorise)() } }
            } else if let Some(out) = out::ready() {
                { (out.my_agent)(state) }
            }
        </section>
    }
}
