//! The way from a page without an agent to the reader's own: a plain link, because a page cannot find an agent.

use aftershake_shared::link::fragment;
use aftershake_shared::link::view::View;
use yew::Html;

use crate::el;
use crate::store::AppState;
use crate::text::share as words;

/// Where an agent listens unless told otherwise.
const USUAL_AGENT: &str = "http://127.0.0.1:4747/";

/// The link; nothing where the text in the editor takes none.
pub(crate) fn my_agent(state: &AppState) -> Html {
    let Ok(fragment) = fragment(&state.named_text(), &View::default()) else {
        return Html::default();
    };
    el!("p" {}
        el!("a" { "href": [USUAL_AGENT, &fragment].concat(), "data-test": "my-agent", "rel": "noreferrer" } words::MY_AGENT),
        " ",
        words::MY_AGENT_WHAT,
    )
}
