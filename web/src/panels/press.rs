//! Buttons and callbacks that dispatch one action. One piece of code for all of them: the macro's is long.

use yew::{AttrValue, Callback, Html, MouseEvent};

use crate::el;
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
    let some = |word: &'static str| (!word.is_empty()).then_some(AttrValue::Static(word));
    let pressed = pressed.map(|pressed| AttrValue::Static(if pressed { "true" } else { "false" }));
    el!("button" {
        "type": "button", "class": some(class), "data-test": some(test), "aria-keyshortcuts": some(keys),
        "aria-pressed": pressed, "disabled": disabled.then_some(AttrValue::Static("")),
    } [onclick(press(on, action))] words)
}
