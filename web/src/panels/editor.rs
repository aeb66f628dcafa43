//! The scenario in two linked views: the story's steps in columns, and the text. A change of either is one
//! change of the text.

mod step_form;
mod story;
mod suggest;
mod text_view;
mod tokens;

use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::error::ScenarioError;
use yew::{AttrValue, Callback, Html};

use super::guide::hides_verdict;
use super::press::{Button, button};
use crate::el;
use crate::store::draft::{self, Draft, View};
use crate::store::run_events::RunEvents;
use crate::store::{Action, AppState};
use crate::text::{self, editor as words};

/// The editor card.
pub fn editor(state: &AppState, on: &Callback<Action>) -> Html {
    let draft = &state.draft;
    let class = match draft.view {
        View::Both => "views both",
        View::Story | View::Text => "views",
    };
    let story = (draft.view != View::Text).then(|| story::story(draft, on));
    let text = (draft.view != View::Story).then(|| text_view::text_view(draft, on));
    let said = match &draft.scenario {
        Ok(scenario) => reads(scenario),
        Err(error) => mistake(error),
    };
    el!("section" { "class": "card editor", "aria-labelledby": "editor-title" }
        tools(draft, on),
        el!("div" { "class": class } story, text),
        el!("div" { "id": "editor-says", "class": "says", "aria-live": "polite" } said, hidden_characters(&draft.text)),
        newest_run(state),
    )
}

fn tools(draft: &Draft, on: &Callback<Action>) -> Html {
    let act = |description: Button, action| button(description, on, Action::Draft(action));
    let view = |view: View, test: &'static str, words: &'static str| {
        let description = Button {
            test,
            words,
            pressed: Some(draft.view == view),
            ..Button::default()
        };
        act(description, draft::Action::ViewChosen(view))
    };
    let tool = |class: &'static str, test: &'static str, words: &'static str| Button {
        class,
        test,
        words,
        ..Button::default()
    };
    let undo = Button {
        disabled: !draft.can_undo(),
        keys: "Control+Z",
        ..tool("ghost", "undo", words::UNDO)
    };
    let redo = Button {
        disabled: !draft.can_redo(),
        keys: "Control+Shift+Z",
        ..tool("ghost", "redo", words::REDO)
    };
    let revert = tool("link", "revert", words::REVERT);
    let fixed = draft.fixed_by().map(|name| {
        let chosen = Action::ScenarioChosen { name, run: false };
        button(tool("link", "fixed", words::FIXED), on, chosen)
    });
    let revert =
        (draft.from.is_some() && draft.is_edited()).then(|| act(revert, draft::Action::Reverted));
    el!("div" { "class": "tools" }
        el!("h2" { "id": "editor-title" } words::TITLE),
        el!("span" { "class": "file" } draft.from.unwrap_or(words::UNTITLED), ".toml"),
        el!("div" { "class": "choices", "role": "group", "aria-label": words::VIEWS }
            view(View::Both, "view-both", words::VIEW_BOTH),
            view(View::Story, "view-story", words::VIEW_STORY),
            view(View::Text, "view-text", words::VIEW_TEXT),
        ),
        el!("span" { "class": "push" }),
        act(undo, draft::Action::Undone),
        act(redo, draft::Action::Redone),
        revert,
        fixed,
    )
}

fn reads(scenario: &Scenario) -> Html {
    let endpoints: Vec<_> = scenario.endpoints().into_iter().map(text::shown).collect();
    let line = words::reads(scenario.steps.len(), &endpoints.join(", "));
    el!("p" { "class": "reads" } line)
}

/// What the newest run came to, where the change was made that it shows.
fn newest_run(state: &AppState) -> Html {
    let Some(now) = verdict(&state.run).filter(|_| !hides_verdict(state)) else {
        return Html::default();
    };
    let ran = state
        .run
        .header
        .as_ref()
        .map(|header| header.scenario.toml.as_str());
    let is_old = ran.is_some_and(|ran| ran != state.draft.text.as_str());
    let mut line = String::new();
    if is_old {
        line = [", ", words::RUN_IS_OLD].concat();
    }
    if let Some(before) = state.previous.as_ref().and_then(|run| verdict(run)) {
        line = [&line, "; ", words::RUN_BEFORE, " ", before].concat();
    }
    el!("p" { "class": "newest-run", "data-test": "newest-run" } words::RUN_SAYS, " ", el!("b" {} now), line)
}

fn verdict(run: &RunEvents) -> Option<&'static str> {
    let diagnosis = run.diagnosis.as_ref()?;
    Some(text::outcome(diagnosis.outcome))
}

/// Place, message, the line and a caret below the column.
fn mistake(error: &ScenarioError) -> Html {
    let ScenarioError {
        line,
        column,
        message,
        text: source,
    } = error;
    let line = line.to_string();
    let source_line = text::shown(source).replace('\t', " ");
    let margin = " ".repeat(line.len());
    let caret = " ".repeat(column.saturating_sub(1));
    let marked = [
        &line,
        " | ",
        &source_line,
        "\n",
        &margin,
        " | ",
        &caret,
        "^",
    ]
    .concat();
    let place = [&line, ":", &column.to_string()].concat();
    let shown = (!source.trim().is_empty()).then(|| el!("pre" { "aria-hidden": "true" } marked));
    el!("div" { "class": "mistake", "data-test": "editor-error" }
        el!("p" {} el!("b" {} place), " ", text::shown(message)),
        shown,
    )
}

fn hidden_characters(source: &str) -> Html {
    match text::first_hidden(source) {
        None => Html::default(),
        Some((line, letter)) => {
            el!("p" { "class": "mistake" } words::hidden(line, letter))
        }
    }
}

/// The classes that depend on what holds.
#[inline(never)]
fn classes_if(always: &'static str, others: &[(&'static str, bool)]) -> AttrValue {
    let mut classes = always.to_owned();
    for (class, holds) in others {
        if *holds {
            classes.push(' ');
            classes.push_str(class);
        }
    }
    AttrValue::from(classes)
}
