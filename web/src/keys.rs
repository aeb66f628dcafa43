//! Which key does what, wherever the focus is. Silent in text fields, except for Ctrl or Cmd with Enter.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};
use yew::Callback;

use crate::browser;
use crate::commands;
use crate::store::selection::{self, Walk};
use crate::store::{Action, draft, window};

/// What a key asks for.
#[derive(Clone, Debug, PartialEq)]
enum Wish {
    Does(Action),
    FocusSearch,
}

/// Where the focus is when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Page,
    /// The editor's text or a form's field: their texts have one history.
    Editor,
    TextField,
    Dialog,
}

/// Whether Ctrl, Cmd or Alt was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    Command,
    Other,
}

/// Reports a key's action and keeps the browser from doing its own.
pub fn pressed(event: &KeyboardEvent, on: &Callback<Action>) {
    let held = match (event.ctrl_key() || event.meta_key(), event.alt_key()) {
        (false, false) => Held::Nothing,
        (true, false) => Held::Command,
        (_, true) => Held::Other,
    };
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    let is_in = |selector: &str| {
        let closest = target.as_ref().map(|element| element.closest(selector));
        matches!(closest, Some(Ok(Some(_))))
    };
    // A dialog keeps the keys also when the focus is on nothing in it, as after a click on its text.
    let place = if browser::is_there("dialog[open]") {
        Place::Dialog
    } else if is_in(".editor input, .editor textarea, .editor select") {
        Place::Editor
    } else if is_in("input, textarea, select") {
        Place::TextField
    } else {
        Place::Page
    };
    let Some(wish) = wish(&event.key(), held, place) else {
        return;
    };
    event.prevent_default();
    match wish {
        Wish::Does(action) => on.emit(action),
        // The run's own search where there is a run.
        Wish::FocusSearch if browser::focus("#find") => {}
        Wish::FocusSearch => {
            browser::focus("#search");
        }
    }
}

fn wish(key: &str, held: Held, place: Place) -> Option<Wish> {
    let selection = |action| Some(Wish::Does(Action::Selection(action)));
    let walk = |walk| selection(selection::Action::Walked(walk));
    match (key, held, place) {
        ("z", Held::Command, Place::Page | Place::Editor) => {
            Some(Wish::Does(Action::Draft(draft::Action::Undone)))
        }
        ("Z" | "y", Held::Command, Place::Page | Place::Editor) => {
            Some(Wish::Does(Action::Draft(draft::Action::Redone)))
        }
        ("Enter", Held::Command, Place::Page | Place::Editor | Place::TextField) => {
            Some(Wish::Does(Action::RunAsked))
        }
        (">", Held::Nothing, Place::Page) | ("P", Held::Command, _) if place != Place::Dialog => {
            Some(Wish::Does(commands::OPEN))
        }
        ("?", Held::Nothing, Place::Page) => {
            Some(Wish::Does(Action::Window(window::Action::HelpAsked)))
        }
        ("/", Held::Nothing, Place::Page) => Some(Wish::FocusSearch),
        ("e", Held::Nothing, Place::Page) => walk(Walk::NextOdd),
        ("E", Held::Nothing, Place::Page) => walk(Walk::PreviousOdd),
        ("r", Held::Nothing, Place::Page) => walk(Walk::TheReset),
        ("t", Held::Nothing, Place::Page) => selection(selection::Action::TabTurned),
        ("n", Held::Nothing, Place::Page) => walk(Walk::Next),
        ("p", Held::Nothing, Place::Page) => walk(Walk::Previous),
        ("Escape", Held::Nothing, Place::Page) => selection(selection::Action::Left),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_a_text_field_are_text() {
        for key in ["?", "t", "/", "n", "Escape"] {
            assert_eq!(wish(key, Held::Nothing, Place::TextField), None, "{key}");
            assert_eq!(wish(key, Held::Nothing, Place::Editor), None, "{key}");
            assert!(wish(key, Held::Nothing, Place::Page).is_some(), "{key}");
            assert_eq!(wish(key, Held::Command, Place::Page), None, "{key}");
        }
    }

    #[test]
    fn ctrl_enter_runs_from_anywhere_but_a_dialog() {
        let runs = Some(Wish::Does(Action::RunAsked));
        assert_eq!(wish("Enter", Held::Command, Place::TextField), runs);
        assert_eq!(wish("Enter", Held::Command, Place::Page), runs);
        assert_eq!(wish("Enter", Held::Nothing, Place::Page), None);
        assert_eq!(wish("Enter", Held::Command, Place::Dialog), None);
    }
}
