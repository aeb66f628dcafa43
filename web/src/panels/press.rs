//! Buttons and callbacks that dispatch one action. One piece of code for all of them: the macro's is long.

use yew::{Callback, Html, MouseEvent, html};

use crate::store::Action;

/// A click that means this.
pub fn press(on: &Callback<Action>, action: Action) -> Callback<MouseEvent> {
    let on = on.clone();
    Callback::from(move |_| on.emit(action.clone()))
}

/// A button. What is empty is left out of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Button {
    pub class: &'static str,
    /// What outside checks find it by.
    pub test: &'static str,
    pub words: &'static str,
    /// Its keyboard shortcut, as `aria-keyshortcuts` spells it.
    pub keys: &'static str,
    /// Whether it is the pressed one of several.
    pub pressed: Option<bool>,
    pub disabled: bool,
}

/// The button, and what it means.
#[inline(never)]
pub fn button(button: Button, on: &Callback<Action>, action: Action) -> Html {
    let Button {
        class,
        test,
        words,
        keys,
        pressed,
        disabled,
    } = button;
    let some = |word: &'static str| (!word.is_empty()).then_some(word);
    let pressed = pressed.map(|pressed| if pressed { "true" } else { "false" });
    html! {
        <button
            type="button" {class} data-test={some(test)} aria-keyshortcuts={some(keys)} aria-pressed={pressed}
            {disabled} onclick={press(on, action)}
        >{ words }</button>
    }
}
