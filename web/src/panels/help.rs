//! The keyboard help. A modal `<dialog>`: the browser holds the focus inside and gives it back.

use yew::{Callback, Event, Html, html};

use crate::store::{Action, window};
use crate::text::commands::{HELP_CLOSE, OTHER_KEYS};
use crate::text::guide::HELP_TITLE;

/// The help; shown by [`crate::browser::show_dialog`].
pub fn help(on: &Callback<Action>) -> Html {
    let on = on.clone();
    let closed = Callback::from(move |()| on.emit(Action::Window(window::Action::HelpClosed)));
    let onclose = closed.reform(|_: Event| ());
    let onclick = closed.reform(|_| ());
    html! {
        <dialog class="help" aria-labelledby="help-title" {onclose}>
            <h2 id="help-title" tabindex="-1">{ HELP_TITLE }</h2>
            <dl>
                { for OTHER_KEYS.iter().map(|(keys, does)| html! {
                    <>
                        <dt>{ for keys.split(' ').map(|key| html! { <kbd>{ key }</kbd> }) }</dt>
                        <dd>{ *does }</dd>
                    </>
                }) }
            </dl>
            <button type="button" class="ghost" {onclick}>{ HELP_CLOSE }</button>
        </dialog>
    }
}
