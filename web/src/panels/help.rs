//! The keyboard help. A modal `<dialog>`: the browser holds the focus inside and gives it back.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlDialogElement;
use yew::{Callback, Event, Html, Properties, component, html, use_effect_with, use_node_ref};

use crate::store::Action;
use crate::store::window::{self, Help};

/// What the help is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub help: Help,
    pub on: Callback<Action>,
}

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

/// The help.
#[component]
pub fn HelpPanel(props: &Props) -> Html {
    let dialog = use_node_ref();
    let help = props.help;
    {
        let dialog = dialog.clone();
        use_effect_with(help, move |help| {
            let element = dialog
                .get()
                .and_then(|node| node.dyn_into::<HtmlDialogElement>().ok());
            if let Some(element) = element {
                match help {
                    Help::Open if !element.open() => {
                        let _ = element.show_modal();
                    }
                    Help::Closed if element.open() => element.close(),
                    Help::Open | Help::Closed => {}
                }
            }
        });
    }
    let on = props.on.clone();
    let closed = Callback::from(move |()| on.emit(Action::Window(window::Action::HelpClosed)));
    let onclose = closed.reform(|_: Event| ());
    let onclick = closed.reform(|_| ());
    html! {
        <dialog ref={dialog} class="help" aria-labelledby="help-title" {onclose}>
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
