//! What to vary, from where to where, how often. A mistake stands where it was made.

use yew::virtual_dom::VTag;
use yew::{AttrValue, Callback, Html, InputEvent, html};

use super::super::press::{Button, button};
use crate::browser;
use crate::el;
use crate::store::many::form::{Control, Form, choices};
use crate::store::many::{Action as Did, Aim, Many};
use crate::store::{Action, AppState};
use crate::text::many as words;

/// The form.
pub(super) fn form(state: &AppState, many: &Many, on: &Callback<Action>) -> Html {
    let form = many.form(state);
    let wrong = many.wrong.as_ref();
    let line = |control: Control, name: &'static str, label: &'static str, value: &AttrValue| {
        let is_wrong = wrong.is_some_and(|wrong| wrong.control == control);
        let numeric = matches!(control, Control::Runs | Control::Values);
        field(
            (name, label, value),
            if numeric { "numeric" } else { "text" },
            is_wrong,
        )
    };
    let range = (!form.path.is_empty()).then(|| {
        vec![
            line(Control::Range, "low", words::FROM, &form.low),
            line(Control::Range, "high", words::TO, &form.high),
            line(Control::Values, "values", words::VALUES, &form.values),
        ]
    });
    let mistake = wrong.map(|wrong| {
        el!("p" { "class": "mistake", "id": "sweep-wrong", "role": "alert", "data-test": "sweep-error" }
            wrong.words.clone())
    });
    el!("div" {}
        el!("div" { "class": "sweep-form" } [oninput(on_input(on))]
            paths(state, &form, wrong.is_some_and(|wrong| wrong.control == Control::Path)),
            range.unwrap_or_default(),
            line(Control::Runs, "runs", words::RUNS, &form.runs),
            buttons(state, many, &form, on),
        ),
        mistake,
    )
}

fn buttons(state: &AppState, many: &Many, form: &Form, on: &Callback<Action>) -> Html {
    let is_under_way = many.phase.is_under_way();
    let (start, action) = if is_under_way {
        ("run cancel", Did::CancelAsked)
    } else {
        ("run", Did::Asked(Aim::Count))
    };
    let start = Button {
        class: start,
        test: if is_under_way {
            "sweep-stop"
        } else {
            "sweep-start"
        },
        words: if is_under_way {
            words::CANCEL
        } else {
            words::START
        },
        disabled: !is_under_way && !state.can_run(),
        ..Button::default()
    };
    let find = (!form.path.is_empty()).then(|| {
        let find = Button {
            class: "ghost",
            test: "sweep-find",
            words: words::FIND,
            disabled: !state.can_run(),
            ..Button::default()
        };
        button(find, on, Action::Many(Did::Asked(Aim::Find)))
    });
    el!("div" { "class": "sweep-buttons" } button(start, on, Action::Many(action)), find)
}

fn paths(state: &AppState, form: &Form, is_wrong: bool) -> Html {
    let steps = state
        .draft
        .story
        .as_ref()
        .map(|story| story.steps.as_slice());
    let steps = steps.unwrap_or_default();
    let mut options = vec![option("", words::VARY_NOTHING.to_owned(), form)];
    for choice in choices(state) {
        let step = choice.step.and_then(|step| steps.get(step));
        let (by, kind) = step.map_or(("", ""), |step| (step.by(), step.kind.as_str()));
        let line = words::choice(choice.step, by, kind, &choice.path);
        options.push(option(&choice.path, line, form));
    }
    el!("label" { "class": "wide" }
        el!("span" {} words::VARY),
        el!("select" { "name": "path", "data-test": "sweep-path", "aria-invalid": is_wrong,
            "aria-describedby": is_wrong.then_some(AttrValue::Static("sweep-wrong")) } options),
    )
}

fn option(path: &str, line: String, form: &Form) -> Html {
    let mut option = VTag::new("option");
    option.add_attribute("value", path.to_owned());
    // The property: after a user's choice the attribute has no effect any more.
    option.add_property("selected", *form.path == *path);
    option.add_child(AttrValue::from(line).into());
    option.into()
}

/// A short text with its name above it.
fn field(
    (name, label, value): (&'static str, &'static str, &AttrValue),
    mode: &'static str,
    is_wrong: bool,
) -> Html {
    let described = is_wrong.then_some("sweep-wrong");
    let invalid = if is_wrong { "true" } else { "false" };
    let test = ["sweep-", name].concat();
    let input = html! {
        <input {name} data-test={test} inputmode={mode} value={value.clone()} aria-invalid={invalid}
            aria-describedby={described} autocomplete="off" spellcheck="false" />
    };
    el!("label" {} el!("span" {} label), input)
}

/// One listener for all controls.
fn on_input(on: &Callback<Action>) -> Callback<InputEvent> {
    let on = on.clone();
    Callback::from(move |event: InputEvent| {
        if let Some((name, value)) = browser::control(&event) {
            on.emit(Action::Many(Did::Formed { name, value }));
        }
    })
}
