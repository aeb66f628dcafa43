//! The share dialog, whose content is fetched when it is first asked for; and the ways from a page to an agent.

pub mod authorise;
pub(crate) mod body;
pub(crate) mod embed;
mod link;
pub(crate) mod my_agent;
mod run;

use yew::{Callback, Event, Html, html};

use crate::el;
use crate::late::Part;
use crate::out;
use crate::store::{Action, AppState, share as store};
use crate::text::share as words;

/// The dialog; empty while it is closed. Shown by [`crate::browser::show_dialog`].
pub fn share(state: &AppState, on: &Callback<Action>) -> Html {
    let close = on.clone();
    let onclose = Callback::from(move |_: Event| close.emit(Action::Share(store::Action::Closed)));
    let body = state
        .share
        .dialog
        .as_ref()
        .map(|open| match (out::ready(), state.out) {
            (Some(out), _) => (out.body)(state, open, on),
            (None, Part::Missing) => {
                el!("p" { "role": "alert" } words::PART_MISSING, ": ", words::PART_REMEDY, ".")
            }
            (None, Part::Coming | Part::There) => el!("p" { "role": "status" } words::COMING),
        });
    html! {
        <dialog class="share" aria-labelledby="share-title" {onclose}>{ for body }</dialog>
    }
}
