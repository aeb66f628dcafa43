//! Callbacks that dispatch one action. One closure's code for all of them.

use yew::{Callback, MouseEvent};

use crate::store::Action;

/// A click that means this.
pub fn press(on: &Callback<Action>, action: Action) -> Callback<MouseEvent> {
    let on = on.clone();
    Callback::from(move |_| on.emit(action.clone()))
}
