//! The story: one row for each step, one column for each endpoint. Keyboard and pointer reach the same moves.

use aftershake_shared::scenario::edit::{FieldText, StepText, Story};
use aftershake_shared::scenario::field::{Presence, Takes};
use aftershake_shared::scenario::steps::StepKind;
use web_sys::Element;
use yew::{AttrValue, Callback, Html, KeyboardEvent, PointerEvent};

use super::classes_if;
use super::step_form::{self, step_form};
use crate::browser;
use crate::el;
use crate::panels::press::press;
use crate::part::all;
use crate::store::Action;
use crate::store::draft::{self, Draft, Drag, Form};
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
            let said =
                el!("p" { "class": "hint" } words::NO_STORY, " ", text::shown(&error.message));
            return el!("div" { "class": "story" } said);
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
    let names = columns.iter().map(|name| el!("b" {} text::shown(name)));
    let heads = el!("div" { "class": "row heads" } el!("span" {}), names.collect::<Vec<_>>());
    let rows = story.steps.iter().take(MOST_STEPS).enumerate();
    let rows = rows.map(|(at, step)| row(draft, story, columns, at, step, wrong == Some(at), on));
    let more = count
        .checked_sub(MOST_STEPS + 1)
        .map(|more| el!("p" { "class": "hint" } (more + 1).to_string(), " ", words::TOO_MANY));
    el!("div" { "class": "story" }
        own_fields(story, on),
        el!("div" { "class": class.clone(), "aria-hidden": "true" } heads),
        el!("ol" { "class": class, "aria-label": words::STEPS, "data-test": "steps" } [
            onkeydown(on_keys(draft, story, on)),
            onpointerdown(on_grip(on)),
            onpointermove(on_move(drag_from, on)),
            onpointerup(on_drop(drag_from, draft::Action::Dropped, on)),
            onpointercancel(on_drop(drag_from, draft::Action::DragLeft, on)),
        ] rows.collect::<Vec<_>>()),
        more,
        adding(draft, &endpoints, count, on),
        el!("p" { "class": "hint", "id": "story-keys" } words::KEYS),
        el!("p" { "class": "sr-only", "role": "status" } spoken(draft, story)),
    )
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
        let control = step_form::text_field(
            name,
            ["own-", name].concat(),
            "",
            "",
            story.value(name).to_owned(),
        );
        el!("label" {} el!("span" {} label), control)
    };
    el!("div" { "class": "own" } [oninput(oninput)]
        field("title", words::SCENARIO_TITLE),
        field("story", words::SCENARIO_STORY),
    )
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
    let mut card = Some(all(vec![
        el!("button" {
            "type": "button", "id": id, "class": "step", "data-test": "step", "data-step": at.to_string(),
            "aria-expanded": is_open, "tabindex": if takes_tab { "0" } else { "-1" },
            "aria-describedby": "story-keys", "aria-label": label(story, at, is_wrong),
        } [onclick(press(on, Action::Draft(draft::Action::StepOpened(at))))]
            el!("span" { "class": "who" } text::shown(step.by())),
            el!("b" {} text::shown(&step.kind)),
            " ",
            el!("span" { "class": "what" } summary(step)),
            " ",
            el!("span" { "class": "name" } text::shown(step.value("name"))),
        ),
        el!("span" { "class": "grip", "data-grip": at.to_string(), "aria-hidden": "true" } "⠿"),
    ]));
    let mut cell = |by: &str, is_own: bool| {
        let is_over = over.is_some_and(|drag| drag.by.as_str() == by);
        let card = if is_own { card.take() } else { None };
        // An empty cell is `:empty` for the style sheet only without a child.
        let cell: Vec<Html> = card.into_iter().collect();
        crate::part::element(
            "div",
            &["class", "data-by"],
            vec![
                Some(classes_if("cell", &[("over", is_over)])),
                Some(AttrValue::from(by.to_owned())),
            ],
            Vec::new(),
            cell,
        )
    };
    let cells: Vec<Html> = if columns.is_empty() {
        vec![cell("", true)]
    } else {
        columns
            .iter()
            .map(|by| cell(by, *by == step.by()))
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
    let form = is_open.then(|| step_form(draft, story, at, step, on));
    el!("li" { "class": class, "data-row": at.to_string() }
        el!("span" { "class": "number", "aria-hidden": "true" } number),
        cells,
        form,
    )
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
        Takes::Position(_)
        | Takes::Number { .. }
        | Takes::Flag
        | Takes::Endpoint
        | Takes::StepName
        | Takes::Table => false,
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
            let by = browser::value_of("[name=new-by]");
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
    let first = endpoints.first().unwrap_or(&"server");
    let kinds = StepKind::ALL
        .iter()
        .map(|kind| step_form::option(kind.name, kind.name, kind.name == "send"));
    let outside = [aftershake_shared::scenario::OUTSIDE];
    el!("div" { "class": "adding" }
        step_form::text_field("new-by", "new-by".to_owned(), "endpoints", words::NEW_WHO, (*first).to_owned()),
        el!("select" { "id": "new-kind", "data-test": "new-kind", "aria-label": words::NEW_KIND } kinds.collect::<Vec<_>>()),
        el!("button" { "type": "button", "class": "ghost", "data-test": "add-step" } [onclick(onclick)]
            words::ADD, " ", el!("span" {} place),
        ),
        step_form::names("endpoints", endpoints.iter().copied().chain(outside)),
    )
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
        let escaped = if is_dragging {
            draft::Action::DragLeft
        } else {
            draft::Action::StepClosed
        };
        let left = (key == "Escape").then_some(escaped);
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
                    Some(draft::Action::StepGiven {
                        step: at,
                        by: endpoints.get(next)?.clone(),
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
