//! What the share dialog holds: the scenario as a link or a file, lines to paste, the run as a file.

use yew::{AttrValue, Callback, Html, MouseEvent, html};

use super::super::press::{Button, button};
use super::{embed, link, run};
use crate::el;
use crate::hand_out;
use crate::store::opened::File;
use crate::store::share::{Dialog, Done, Page};
use crate::store::{Action, AppState, share as store};
use crate::text::share as words;

pub(super) const fn act(action: store::Action) -> Action {
    Action::Share(action)
}

/// One of its three pages, between heading and foot.
pub(crate) fn body(state: &AppState, open: &Dialog, on: &Callback<Action>) -> Html {
    let page = match open.page {
        Page::Link | Page::Embed if state.file.as_ref().is_some_and(File::has_no_scenario) => {
            el!("p" { "class": "note", "data-test": "no-scenario" } words::NO_SCENARIO)
        }
        Page::Link => link::link(state, open, on),
        Page::Embed => embed::embed(state, on),
        Page::Run => run::run(state, on),
    };
    el!("div" { "class": "share-body", "data-test": "share-dialog" }
        el!("div" { "class": "share-head" }
            el!("h2" { "id": "share-title" } words::TITLE),
            pages(open.page, on),
        ),
        page,
        el!("div" { "class": "share-foot" }
            el!("p" { "role": "status", "data-test": "share-status" } open.done.as_ref().map(done).unwrap_or_default()),
            button(
                Button { class: "ghost", test: "share-close", words: words::CLOSE, ..Button::default() },
                on,
                act(store::Action::Closed),
            ),
        ),
    )
}

fn pages(now: Page, on: &Callback<Action>) -> Html {
    let page = |page: Page, test: &'static str, words: &'static str| {
        let description = Button {
            test,
            words,
            pressed: Some(page == now),
            ..Button::default()
        };
        button(description, on, act(store::Action::Asked(page)))
    };
    el!("div" { "class": "choices", "role": "group", "aria-label": words::PAGES }
        page(Page::Link, "share-link", words::PAGE_LINK),
        page(Page::Embed, "share-embed", words::PAGE_EMBED),
        page(Page::Run, "share-run", words::PAGE_RUN),
    )
}

fn done(done: &Done) -> String {
    match done {
        Done::Copied(what) => words::copied(what),
        Done::Saved(what) => words::saved(what),
        Done::Refused(why) => (*why).to_owned(),
    }
}

/// A callback that says what became of it.
pub(super) fn then(on: &Callback<Action>, done: Done, refused: &'static str) -> hand_out::Then {
    let on = on.clone();
    Callback::from(move |worked: bool| {
        let done = if worked {
            done.clone()
        } else {
            Done::Refused(refused)
        };
        on.emit(act(store::Action::Did(done)));
    })
}

/// A text in a field of its own with a button that copies it.
pub(super) fn copied(
    name: &'static str,
    what: &'static str,
    text: &str,
    on: &Callback<Action>,
) -> Html {
    let rows = text.lines().count().clamp(1, 6).to_string();
    let id = AttrValue::from(["share-text-", name].concat());
    let value = AttrValue::from(text.to_owned());
    let field = html! {
        <textarea
            id={id.clone()} data-test={["text-", name].concat()} readonly=true {rows} spellcheck="false"
            aria-label={what} value={value.clone()}
        />
    };
    el!("div" { "class": "copied" }
        field,
        copy_button(name, what, value, on),
    )
}

/// The button alone; what it copies may be in the field of that name.
fn copy_button(
    name: &'static str,
    what: &'static str,
    text: AttrValue,
    on: &Callback<Action>,
) -> Html {
    let then = then(on, Done::Copied(what), words::SELECT_ALL);
    let onclick = Callback::from(move |_: MouseEvent| {
        hand_out::copy(&text, &["#share-text-", name].concat(), &then);
    });
    plain_button(["copy-", name].concat(), words::COPY, what, onclick)
}

/// A small button; its whole name says what it is about.
pub(super) fn plain_button(
    test: String,
    word: &'static str,
    what: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    el!("button" {
        "type": "button", "class": "ghost", "data-test": test, "aria-label": [word, ": ", what].concat(),
    } [onclick(onclick)] word)
}
