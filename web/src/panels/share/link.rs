//! The scenario as a link, as a command and as a file.

use aftershake_shared::export::snippet;
use aftershake_shared::link::error::MakeError;
use aftershake_shared::link::view::View;
use aftershake_shared::link::{fragment, limits};
use yew::{Callback, Event, Html, MouseEvent, html};

use super::body::{act, copied, plain_button, then};
use super::my_agent::my_agent;
use crate::browser;
use crate::el;
use crate::hand_out;
use crate::store::share::{Dialog, Done, Included};
use crate::store::{Action, AppState, share as store};
use crate::text::share as words;

/// The page.
pub(super) fn link(state: &AppState, open: &Dialog, on: &Callback<Action>) -> Html {
    let text = state.named_text();
    let seen = state.view();
    let view = match open.with_view {
        Included::Yes => seen.clone(),
        Included::No => View::default(),
    };
    let link = match fragment(&text, &view) {
        Ok(fragment) => whole(state, &fragment, on),
        Err(error) => el!("p" { "class": "warning", "data-test": "link-refused" } refusal(&error)),
    };
    let include = state
        .run
        .ladder
        .is_some()
        .then(|| include(open.with_view, on));
    let name = snippet::file_stem(&text.name) + ".toml";
    let file = then(on, Done::Saved(words::FILE), words::NOT_SAVED);
    let (saved, toml) = (name.clone(), text.toml);
    let save = Callback::from(move |_: MouseEvent| {
        hand_out::save(&saved, "application/toml", toml.as_bytes(), &file);
    });
    el!("div" { "class": "share-page" }
        el!("p" { "class": "note" } words::LINK_WHAT),
        link,
        include,
        el!("div" { "class": "as-file" }
            el!("p" {} el!("b" {} words::FILE), " ", el!("code" {} name), ". ", words::FILE_WHAT),
            plain_button("save-toml".to_owned(), words::SAVE, words::FILE, save),
        ),
    )
}

fn whole(state: &AppState, fragment: &str, on: &Callback<Action>) -> Html {
    let address = &state.share.address;
    let characters = fragment.len();
    let is_long = characters > limits::COMFORTABLE;
    let length = words::characters(characters);
    el!("div" { "class": "share-page" }
        el!("h3" {} words::LINK, " ", el!("span" { "class": "aside", "data-test": "link-length" } length)),
        copied("link", words::LINK, &[address, fragment].concat(), on),
        is_long.then(|| el!("p" { "class": "warning", "data-test": "link-long" } words::LINK_LONG)),
        if state.is_agents_page() {
            el!("p" { "class": "note" } words::LINK_LOCAL)
        } else {
            el!("div" { "class": "note" } my_agent(state))
        },
        el!("h3" {} words::COMMAND),
        copied("command", words::COMMAND, &snippet::command(fragment), on),
    )
}

const fn refusal(error: &MakeError) -> &'static str {
    match error {
        MakeError::TooLong { .. } | MakeError::Unreadable(_) | MakeError::Name { .. } => {
            words::LINK_TOO_LONG
        }
        MakeError::Scenario(_) => words::LINK_UNREADABLE,
    }
}

fn include(now: Included, on: &Callback<Action>) -> Html {
    let on = on.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some((_, value)) = browser::control(&event) {
            let included = if value == "true" {
                Included::Yes
            } else {
                Included::No
            };
            on.emit(act(store::Action::ViewIncluded(
                included,
                browser::ladder_zoom(),
            )));
        }
    });
    html! {
        <label class="include">
            <input
                type="checkbox" name="with-view" data-test="with-view" checked={now == Included::Yes} {onchange}
            />
            { words::WITH_VIEW }
        </label>
    }
}
