//! The agent's token for a page of the agent that was opened without it, as from a link.

use yew::{Callback, Html, SubmitEvent, html};

use crate::address;
use crate::browser;
use crate::text::share as words;

/// The agent's page without its token: it can be given here, and what is in the editor stays.
pub fn authorise() -> Html {
    let onsubmit = Callback::from(|event: SubmitEvent| {
        event.prevent_default();
        address::follow_token(&browser::value_of("#agent-address"));
    });
    html! {
        <form class="authorise" {onsubmit}>
            <label for="agent-address">{ words::AUTHORISE }</label>
            <input
                id="agent-address" name="agent-address" data-test="agent-address" type="text" autocomplete="off"
                required=true pattern=".*#.*token=[A-Za-z0-9_\\-]{8,256}.*" title={words::AUTHORISE_WHAT} spellcheck="false" placeholder="http://127.0.0.1:4747/#token=…"
            />
            <button type="submit" class="ghost" data-test="authorise">{ words::AUTHORISE_DO }</button>
            <p class="hint">{ words::AUTHORISE_WHAT }</p>
        </form>
    }
}
