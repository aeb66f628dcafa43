//! The scenario in two linked views: the story's steps in columns, and the text. A change of either is one
//! change of the text.

mod step_form;
mod story;
mod suggest;
mod text_view;
mod tokens;

use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::error::ScenarioError;
use yew::{AttrValue, Callback, Html, html};

use super::press::{Button, button};
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
    html! {
        <section class="card editor" aria-labelledby="editor-title">
            { tools(draft, on) }
            <div {class}>
                if draft.view != View::Text { { story::story(draft, on) } }
                if draft.view != View::Story { { text_view::text_view(draft, on) } }
            </div>
            <div id="editor-says" class="says" aria-live="polite">
                { match &draft.scenario {
                    Ok(scenario) => reads(scenario),
                    Err(error) => mistake(error),
                } }
                { hidden_characters(&draft.text) }
            </div>
            { newest_run(state) }
        </section>
    }
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
    html! {
        <div class="tools">
            <h2 id="editor-title">{ words::TITLE }</h2>
            <span class="file">{ draft.from.unwrap_or(words::UNTITLED) }{ ".toml" }</span>
            <div class="choices" role="group" aria-label={words::VIEWS}>
                { view(View::Both, "view-both", words::VIEW_BOTH) }
                { view(View::Story, "view-story", words::VIEW_STORY) }
                { view(View::Text, "view-text", words::VIEW_TEXT) }
            </div>
            <span class="push" />
            if draft.from.is_some() && draft.is_edited() { { act(revert, draft::Action::Reverted) } }
            { fixed }
            { act(undo, draft::Action::Undone) }
            { act(redo, draft::Action::Redone) }
        </div>
    }
}

fn reads(scenario: &Scenario) -> Html {
    let steps = text::count(scenario.steps.len() as u64, "step", "steps");
    let endpoints: Vec<_> = scenario.endpoints().into_iter().map(text::shown).collect();
    let line = [
        words::READS_WELL,
        ": ",
        &steps,
        " by ",
        &endpoints.join(", "),
        ".",
    ]
    .concat();
    html! { <p class="reads">{ line }</p> }
}

/// What the newest run came to, where the change was made that it shows.
fn newest_run(state: &AppState) -> Html {
    let Some(now) = verdict(&state.run) else {
        return html! {};
    };
    let ran = state
        .run
        .header
        .as_ref()
        .map(|header| header.scenario.toml.as_str());
    let is_old = ran.is_some_and(|ran| ran != state.draft.text.as_str());
    let before = state.previous.as_ref().and_then(|run| verdict(run));
    html! {
        <p class="newest-run" data-test="newest-run">
            { words::RUN_SAYS }{ " " }<b>{ now }</b>
            if is_old { { ", " }{ words::RUN_IS_OLD } }
            if let Some(before) = before { { "; " }{ words::RUN_BEFORE }{ " " }{ before } }
        </p>
    }
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
    let source_line = text::shown(source).replace('\t', " ");
    let caret = format!("{:>column$}", "^");
    html! {
        <div class="mistake" data-test="editor-error">
            <p><b>{ format!("{line}:{column}") }</b>{ " " }{ text::shown(message) }</p>
            if !source.trim().is_empty() {
                <pre aria-hidden="true">{ format!("{line} | {source_line}\n{:>margin$} | {caret}", "", margin = line.to_string().len()) }</pre>
            }
        </div>
    }
}

fn hidden_characters(source: &str) -> Html {
    match text::first_hidden(source) {
        None => html! {},
        Some((line, letter)) => html! {
            <p class="mistake">
                { format!(
                    "Line {line} holds a character that cannot be seen and may reorder what is: U+{:04X}.",
                    u32::from(letter)
                ) }
            </p>
        },
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
