//! The keyboard help. A modal `<dialog>`: the browser holds the focus inside and gives it back.

use yew::{Callback, Event, Html, html};

use crate::store::{Action, window};

const KEYS: [(&str, &str); 9] = [
    ("Ctrl Enter", "run the scenario, from anywhere"),
    ("↑ ↓", "in the ladder: previous and next event"),
    ("Home End", "in the ladder: first and last event"),
    ("Enter", "in the ladder: to the event's details"),
    ("n p", "next and previous event, from anywhere"),
    ("t", "ladder or table"),
    ("/", "search the scenarios"),
    ("?", "this help"),
    ("Esc", "close, or leave the selected event"),
];

/// The help; shown by [`crate::browser::show_help`].
pub fn help(on: &Callback<Action>) -> Html {
    let on = on.clone();
    let closed = Callback::from(move |()| on.emit(Action::Window(window::Action::HelpClosed)));
    let onclose = closed.reform(|_: Event| ());
    let onclick = closed.reform(|_| ());
    html! {
        <dialog class="help" aria-labelledby="help-title" {onclose}>
            <h2 id="help-title">{ "Keyboard" }</h2>
            <dl>
                { for KEYS.iter().map(|(keys, does)| html! {
                    <>
                        <dt>{ for keys.split(' ').map(|key| html! { <kbd>{ key }</kbd> }) }</dt>
                        <dd>{ *does }</dd>
                    </>
                }) }
            </dl>
            <button type="button" class="ghost" {onclick}>{ "Close" }</button>
        </dialog>
    }
}
