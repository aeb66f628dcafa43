//! The way from a page without an agent to the reader's own: a plain link, and a field for the agent's address.

use aftershake_shared::link::fragment;
use aftershake_shared::link::view::View;
use yew::{Callback, Html, SubmitEvent, html};

use crate::address;
use crate::browser;
use crate::el;
use crate::store::{Action, AppState};
use crate::text::share as words;

/// Where an agent listens unless told otherwise.
const USUAL_AGENT: &str = "http://127.0.0.1:4747/";

/// What the card of a page without an agent offers.
pub fn my_agent(state: &AppState, _: &Callback<Action>) -> Html {
    if state.share.is_local() {
        return authorise();
    }
    let Ok(fragment) = fragment(&state.named_text(), &View::default()) else {
        return Html::default();
    };
    el!("p" {}
        el!("a" { "href": [USUAL_AGENT, &fragment].concat(), "data-test": "my-agent", "rel": "noreferrer" } words::MY_AGENT),
        " ",
        words::MY_AGENT_WHAT,
    )
}

/// The agent's page without its token: it can be given here, and what is in the editor stays.
fn authorise() -> Html {
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
