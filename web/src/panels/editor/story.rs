//! The story: one row for each step, one column for each endpoint. Keyboard and pointer reach the same moves.

use aftershake_shared::scenario::edit::{FieldText, StepText, Story};
use aftershake_shared::scenario::field::{Presence, Takes};
use aftershake_shared::scenario::steps::StepKind;
use web_sys::Element;
use yew::{AttrValue, Callback, Html, KeyboardEvent, PointerEvent, html};

use super::classes_if;
use super::step_form::{self, step_form};
use crate::browser;
use crate::panels::press::press;
use crate::store::Action;
use crate::store::draft::{self, Draft, Drag, Field, Form};
use crate::text::{self, editor as words};

/// Columns that have room beside each other; of more endpoints each step names its own.
const MOST_COLUMNS: usize = 5;
/// Steps on show.
const MOST_STEPS: usize = 200;

/// The view.
pub(super) fn story(draft: &Draft, on: &Callback<Action>) -> Html {
    let story = match &draft.story {
        Ok(story) => story,
        Err(error) => {
            return html! {
                <div class="story"><p class="hint">{ words::NO_STORY }{ " " }{ text::shown(&error.message) }</p></div>
            };
        }
    };
    let endpoints = story.endpoints();
    let columns: &[&str] = if endpoints.len() > MOST_COLUMNS {
        &[]
    } else {
        &endpoints
    };
    let class = ["steps cols-", &columns.len().to_string()].concat();
    let wrong = draft.wrong_step();
    let drag_from = draft.drag.as_ref().map(|drag| drag.from);
    let count = story.steps.len();
    html! {
        <div class="story">
            { own_fields(story, on) }
            <div class={class.clone()} aria-hidden="true">
                <div class="row heads"><span />{ for columns.iter().map(|name| html! { <b>{ text::shown(name) }</b> }) }</div>
            </div>
            <ol
                {class} aria-label={words::STEPS} data-test="steps"
                onkeydown={on_keys(draft, story, on)} onpointerdown={on_grip(on)}
                onpointermove={on_move(drag_from, on)} onpointerup={on_drop(drag_from, draft::Action::Dropped, on)}
                onpointercancel={on_drop(drag_from, draft::Action::DragLeft, on)}
            >
                { for story.steps.iter().take(MOST_STEPS).enumerate().map(|(at, step)| {
                    row(draft, story, columns, at, step, wrong == Some(at), on)
                }) }
            </ol>
            if count > MOST_STEPS { <p class="hint">{ count - MOST_STEPS }{ " " }{ words::TOO_MANY }</p> }
            { adding(draft, &endpoints, count, on) }
            <p class="hint" id="story-keys">{ words::KEYS }</p>
            <p class="sr-only" role="status">{ spoken(draft, story) }</p>
        </div>
    }
}

/// The scenario's title and story.
fn own_fields(story: &Story, on: &Callback<Action>) -> Html {
    let on = on.clone();
    let oninput = Callback::from(move |event: yew::InputEvent| {
        if let Some((name, typed)) = browser::control(&event) {
            let name = if name == "story" { "story" } else { "title" };
            on.emit(Action::Draft(draft::Action::OwnSet { name, typed }));
        }
    });
    let field = |name: &'static str, label: &'static str| {
        html! {
            <label><span>{ label }</span><input {name} data-test={["own-", name].concat()} value={story.value(name).to_owned()} /></label>
        }
    };
    html! {
        <div class="own" {oninput}>
            { field("title", words::SCENARIO_TITLE) }
            { field("story", words::SCENARIO_STORY) }
        </div>
    }
}

fn row(
    draft: &Draft,
    story: &Story,
    columns: &[&str],
    at: usize,
    step: &StepText,
    is_wrong: bool,
    on: &Callback<Action>,
) -> Html {
    let is_chosen = draft.step == Some(at);
    let is_open = is_chosen && draft.form == Form::Open;
    let over = draft.drag.as_ref().filter(|drag| drag.to == at);
    let is_dragged = draft.drag.as_ref().is_some_and(|drag| drag.from == at);
    let number = (at + 1).to_string();
    let id = ["step-", &at.to_string()].concat();
    // One step takes the Tab key; arrows lead to the others.
    let takes_tab = draft.step.map_or(at == 0, |_| is_chosen);
    let card = html! {
        <>
            <button
                type="button" {id} class="step" data-test="step" data-step={at.to_string()} aria-expanded={is_open.to_string()}
                tabindex={if takes_tab { "0" } else { "-1" }} aria-describedby="story-keys"
                aria-label={label(story, at, is_wrong)}
                onclick={press(on, Action::Draft(draft::Action::StepOpened(at)))}
            >
                <span class="who">{ text::shown(step.by()) }</span>
                <b>{ text::shown(&step.kind) }</b>
                { " " }
                <span class="what">{ summary(step) }</span>
                { name_of(step) }
            </button>
            <span class="grip" data-grip={at.to_string()} aria-hidden="true">{ "⠿" }</span>
        </>
    };
    let cell = |by: &str, card: Html| {
        let is_over = over.is_some_and(|drag| drag.by.as_str() == by);
        html! { <div class={classes_if("cell", &[("over", is_over)])} data-by={by.to_owned()}>{ card }</div> }
    };
    let cells: Html = if columns.is_empty() {
        cell("", card)
    } else {
        columns
            .iter()
            .map(|by| {
                cell(
                    by,
                    if *by == step.by() {
                        card.clone()
                    } else {
                        html! {}
                    },
                )
            })
            .collect()
    };
    let class = classes_if(
        "row",
        &[
            ("chosen", is_chosen),
            ("wrong", is_wrong),
            ("dragged", is_dragged),
            ("target", over.is_some()),
        ],
    );
    html! {
        <li key={at} {class} data-row={at.to_string()}>
            <span class="number" aria-hidden="true">{ number }</span>
            { cells }
            if is_open { { step_form(draft, story, at, step, on) } }
        </li>
    }
}

fn name_of(step: &StepText) -> Html {
    match step.value("name") {
        "" => html! {},
        name => html! { <span class="name">{ text::shown(name) }</span> },
    }
}

/// The fields in a few words: `16 bytes`, `“hello”`, `port 8080`.
fn summary(step: &StepText) -> String {
    let words: Vec<_> = step
        .fields
        .iter()
        .map(|field| in_words(step, field))
        .collect();
    words.join(" ")
}

fn in_words(step: &StepText, field: &FieldText) -> String {
    let known = step.known().and_then(|kind| kind.field(&field.name));
    let value = text::shown(&step_form::on_one_line(known, &field.value));
    let value = match known.map(|known| known.takes) {
        Some(Takes::Text) => ["“", &value, "”"].concat(),
        Some(Takes::Flag) if field.value == "true" => return field.name.clone(),
        Some(Takes::Number { unit, .. }) if !unit.is_empty() => [&value, " ", unit].concat(),
        _ => value,
    };
    let is_plain = known.is_some_and(|known| match known.takes {
        Takes::Text => known.presence != Presence::Optional && field.name == "text",
        Takes::Duration => field.name == "time",
        Takes::Choice(_) => true,
        Takes::Number { .. } | Takes::Flag | Takes::Endpoint | Takes::StepName | Takes::Table => {
            false
        }
    });
    if is_plain {
        value
    } else {
        [&field.name, " ", &value].concat()
    }
}

/// The whole row as a sentence.
fn label(story: &Story, at: usize, is_wrong: bool) -> String {
    let Some(step) = story.steps.get(at) else {
        return String::new();
    };
    let place = [
        words::STEP,
        " ",
        &(at + 1).to_string(),
        " ",
        words::OF,
        " ",
        &story.steps.len().to_string(),
    ]
    .concat();
    let mut parts = vec![
        place,
        text::shown(step.by()),
        text::shown(&step.kind),
        summary(step),
        text::shown(step.value("name")),
    ];
    if is_wrong {
        parts.push(words::HAS_MISTAKE.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

fn spoken(draft: &Draft, story: &Story) -> String {
    draft.step.map_or_else(String::new, |at| {
        label(story, at, draft.wrong_step() == Some(at))
    })
}

/// The row that adds a step after the chosen one, or at the end.
fn adding(draft: &Draft, endpoints: &[&str], count: usize, on: &Callback<Action>) -> Html {
    let before = draft.step.map_or(count, |at| (at + 1).min(count));
    let on = on.clone();
    let onclick = Callback::from(move |_| {
        let kind = browser::value_of("#new-kind");
        let kind = StepKind::ALL
            .iter()
            .find(|known| known.name == kind.as_str());
        if let Some(kind) = kind {
            let by = browser::value_of("#new-by");
            on.emit(Action::Draft(draft::Action::StepAdded {
                before,
                by,
                kind: kind.name,
            }));
        }
    });
    let place = match draft.step {
        Some(at) => [words::ADD_AFTER, " ", &(at + 1).to_string()].concat(),
        None => words::ADD_END.to_owned(),
    };
    let first = endpoints.first().map_or("server", |first| first);
    html! {
        <div class="adding">
            <input id="new-by" data-test="new-by" list="endpoints" aria-label={words::NEW_WHO} value={first.to_owned()} />
            <select id="new-kind" data-test="new-kind" aria-label={words::NEW_KIND}>
                { for StepKind::ALL.iter().map(|kind| html! {
                    <option value={kind.name} title={kind.help}>{ kind.name }</option>
                }) }
            </select>
            <button type="button" class="ghost" data-test="add-step" {onclick}>{ words::ADD }{ " " }<span>{ place }</span></button>
            { step_form::names("endpoints", endpoints.iter().copied().chain([aftershake_shared::scenario::OUTSIDE])) }
        </div>
    }
}

/// The step whose button the event came from.
fn step_of(event: &web_sys::Event, holder: &str, attribute: &str) -> Option<(Element, usize)> {
    let element = browser::target(event)?.closest(holder).ok()??;
    let at = element.get_attribute(attribute)?.parse().ok()?;
    Some((element, at))
}

fn on_keys(draft: &Draft, story: &Story, on: &Callback<Action>) -> Callback<KeyboardEvent> {
    let count = story.steps.len();
    let endpoints: Vec<AttrValue> = story
        .endpoints()
        .into_iter()
        .map(|name| AttrValue::from(name.to_owned()))
        .collect();
    let by: Vec<AttrValue> = story
        .steps
        .iter()
        .map(|step| AttrValue::from(step.by().to_owned()))
        .collect();
    let is_dragging = draft.drag.is_some();
    let on = on.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        let left = (key == "Escape").then(|| {
            if is_dragging {
                draft::Action::DragLeft
            } else {
                draft::Action::StepClosed
            }
        });
        let moved = || {
            let (_, at) = step_of(&event, "[data-step]", "data-step")?;
            let command = event.ctrl_key() || event.meta_key();
            let last = count.checked_sub(1)?;
            let to = match key.as_str() {
                "ArrowUp" => at.saturating_sub(1),
                "ArrowDown" => (at + 1).min(last),
                "Home" => 0,
                "End" => last,
                _ => at,
            };
            match key.as_str() {
                "ArrowUp" | "ArrowDown" if event.alt_key() => {
                    Some(draft::Action::StepShifted { from: at, to })
                }
                "ArrowLeft" | "ArrowRight" if event.alt_key() => {
                    let now = endpoints.iter().position(|name| by.get(at) == Some(name))?;
                    let next = if key == "ArrowLeft" {
                        now.checked_sub(1)?
                    } else {
                        now + 1
                    };
                    let field = Field::OfStep("by");
                    Some(draft::Action::FieldSet {
                        step: at,
                        field,
                        typed: Some(endpoints.get(next)?.clone()),
                    })
                }
                "ArrowUp" | "ArrowDown" | "Home" | "End" => Some(draft::Action::StepChosen(to)),
                "Delete" | "Backspace" => Some(draft::Action::StepRemoved(at)),
                "d" if command => Some(draft::Action::StepCopied(at)),
                _ => None,
            }
        };
        if let Some(action) = left.or_else(moved) {
            event.prevent_default();
            on.emit(Action::Draft(action));
        }
    })
}

fn on_grip(on: &Callback<Action>) -> Callback<PointerEvent> {
    let on = on.clone();
    Callback::from(move |event: PointerEvent| {
        if let Some((grip, from)) = step_of(&event, "[data-grip]", "data-grip") {
            event.prevent_default();
            let _ = grip.set_pointer_capture(event.pointer_id());
            let by = AttrValue::default();
            on.emit(Action::Draft(draft::Action::Dragged(Drag {
                from,
                to: from,
                by,
            })));
        }
    })
}

fn on_move(from: Option<usize>, on: &Callback<Action>) -> Callback<PointerEvent> {
    let on = on.clone();
    Callback::from(move |event: PointerEvent| {
        let Some(from) = from else { return };
        let over = |holder: &str, attribute: &str| {
            let element = browser::element_at(&event)?.closest(holder).ok()??;
            element.get_attribute(attribute)
        };
        let to = over("[data-row]", "data-row").and_then(|at| at.parse().ok());
        if let Some(to) = to {
            let by = AttrValue::from(over("[data-by]", "data-by").unwrap_or_default());
            on.emit(Action::Draft(draft::Action::Dragged(Drag { from, to, by })));
        }
    })
}

fn on_drop(
    from: Option<usize>,
    action: draft::Action,
    on: &Callback<Action>,
) -> Callback<PointerEvent> {
    let on = on.clone();
    Callback::from(move |_| {
        if from.is_some() {
            on.emit(Action::Draft(action.clone()));
        }
    })
}
