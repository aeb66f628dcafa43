//! The fields of one step, drawn from what is said of them in `shared`: control, unit, help.

use aftershake_shared::scenario::edit::change::{from_one_line, on_one_line as escaped};
use aftershake_shared::scenario::edit::{StepText, Story};
use aftershake_shared::scenario::field::{Field, Presence, STEP, Takes};
use aftershake_shared::scenario::steps::StepKind;
use yew::virtual_dom::VTag;
use yew::{AttrValue, Callback, Html, InputEvent, html};

use crate::browser;
use crate::el;
use crate::panels::press::{Button, button};
use crate::store::Action;
use crate::store::draft::{self, Draft};
use crate::text::{self, editor as words};

/// The form below a step's row.
pub(super) fn step_form(
    draft: &Draft,
    story: &Story,
    at: usize,
    step: &StepText,
    on: &Callback<Action>,
) -> Html {
    let count = story.steps.len();
    let act = |test, words, disabled, action| {
        let description = Button {
            class: "ghost",
            test,
            words,
            disabled,
            ..Button::default()
        };
        button(description, on, Action::Draft(action))
    };
    let kind = step.known();
    let mut groups: Vec<&str> = Vec::new();
    let own = kind
        .into_iter()
        .flat_map(|kind| kind.fields)
        .filter_map(|field| {
            if let Presence::OneOf(word) = field.presence {
                if groups.contains(&word) {
                    return None;
                }
                groups.push(word);
                return Some(group(word, step));
            }
            Some(control(
                field,
                "k",
                step.field(field.name).map(|field| field.value.as_str()),
            ))
        });
    let own: Vec<Html> = own.collect();
    let common = STEP
        .iter()
        .filter(|field| !matches!(field.name, "by" | "do"));
    let error = draft
        .scenario
        .as_ref()
        .err()
        .filter(|_| draft.wrong_step() == Some(at));
    let names = story
        .steps
        .iter()
        .map(|step| step.value("name"))
        .filter(|name| !name.is_empty());
    let kinds = StepKind::ALL
        .iter()
        .map(|kind| option(kind.name, kind.name, kind.name == step.kind));
    let by = text_field(
        "s:by",
        "field-by".to_owned(),
        "endpoints",
        "",
        step.by().to_owned(),
    );
    let common = common.map(|field| {
        let known = step.common.iter().find(|known| known.name == field.name);
        control(field, "s", known.map(|known| known.value.as_str()))
    });
    let said = error
        .map(|error| el!("p" { "class": "mistake", "role": "alert" } text::shown(&error.message)));
    el!("div" { "class": "step-form", "data-test": "step-form" } [oninput(on_input(at, step, on))]
        el!("label" {} el!("span" {} words::WHO), by),
        el!("label" {}
            el!("span" {} words::KIND),
            el!("select" { "name": "kind", "data-test": "field-kind" } kinds.collect::<Vec<_>>()),
            el!("small" {} kind.map_or("", |kind| kind.help)),
        ),
        own,
        el!("details" {} el!("summary" {} words::MORE), common.collect::<Vec<_>>()),
        self::names("names", names),
        said,
        el!("div" { "class": "buttons" }
            act("", words::UP, at == 0, draft::Action::StepShifted { from: at, to: at.saturating_sub(1) }),
            act("", words::DOWN, at + 1 >= count, draft::Action::StepShifted { from: at, to: at + 1 }),
            act("copy-step", words::COPY, false, draft::Action::StepCopied(at)),
            act("remove-step", words::REMOVE, false, draft::Action::StepRemoved(at)),
            act("", words::CLOSE, false, draft::Action::StepClosed),
        ),
    )
}

/// A field of one line; what is empty is left out of it.
#[inline(never)]
pub(super) fn text_field(
    name: &'static str,
    test: String,
    list: &'static str,
    label: &'static str,
    value: String,
) -> Html {
    let some = |word: &'static str| (!word.is_empty()).then_some(word);
    html! { <input {name} data-test={test} list={some(list)} aria-label={some(label)} {value} autocomplete="off" spellcheck="false" /> }
}

/// Names that a text field offers.
pub(super) fn names<'a>(id: &'static str, names: impl Iterator<Item = &'a str>) -> Html {
    let names = names.map(|name| el!("option" { "value": name.to_owned() }));
    el!("datalist" { "id": id } names.collect::<Vec<_>>())
}

/// A value as one line of a form shows it.
pub(super) fn on_one_line(field: Option<&Field>, value: &str) -> String {
    if field.is_some_and(|field| field.takes == Takes::Text) {
        return escaped(value);
    }
    value.to_owned()
}

/// Of these fields only one may be there: which, and its value.
fn group(word: &'static str, step: &StepText) -> Html {
    let fields = || {
        let fields = step.known().into_iter().flat_map(|kind| kind.fields);
        fields.filter(|field| field.presence == Presence::OneOf(word))
    };
    let now = fields().find_map(|field| Some((field, step.field(field.name)?)));
    let is_optional = fields().any(|field| !field.default.is_empty());
    let unset = (is_optional || now.is_none()).then(|| option("", words::UNSET, now.is_none()));
    let options = fields().map(|field| {
        let is_now = now.is_some_and(|(now, _)| now.name == field.name);
        option(field.name, field.name, is_now)
    });
    el!("div" { "class": "group" }
        el!("label" {}
            el!("span" {} word),
            el!("select" { "name": ["g:", word].concat(), "data-test": ["group-", word].concat() }
                unset, options.collect::<Vec<_>>(),
            ),
        ),
        now.map(|(field, value)| control(field, "k", Some(&value.value))),
    )
}

pub(super) fn option(value: &'static str, words: &'static str, is_chosen: bool) -> Html {
    let mut option = VTag::new("option");
    option.add_attribute("value", value);
    // The property: after a user's choice the attribute has no effect any more.
    option.add_property("selected", is_chosen);
    option.add_child(words.into());
    option.into()
}

/// A field's label, control, unit and help.
fn control(field: &'static Field, of: &str, value: Option<&str>) -> Html {
    let name = AttrValue::from([of, ":", field.name].concat());
    let test = AttrValue::from(["field-", field.name].concat());
    let shown = value.map_or_else(String::new, |value| on_one_line(Some(field), value));
    let placeholder = field.default.trim_matches('"');
    let line = |kind: &'static str, list: Option<&'static str>| {
        html! {
            <input name={name.clone()} data-test={test.clone()} inputmode={kind} {list} {placeholder} value={shown.clone()} autocomplete="off" spellcheck="false" />
        }
    };
    let control = match field.takes {
        Takes::Flag => {
            let checked = value == Some("true");
            html! { <input type="checkbox" name={name.clone()} data-test={test.clone()} {checked} /> }
        }
        Takes::Choice(choices) => {
            let is_free = field.presence != Presence::Required;
            let unset = is_free.then(|| option("", words::UNSET, value.is_none()));
            let options = choices
                .iter()
                .map(|choice| option(choice, choice, value == Some(*choice)));
            el!("select" { "name": name.clone(), "data-test": test.clone() } unset, options.collect::<Vec<_>>())
        }
        Takes::Number { .. } => line("numeric", None),
        Takes::Endpoint => line("text", Some("endpoints")),
        Takes::StepName => line("text", Some("names")),
        Takes::Text | Takes::Duration | Takes::Position(_) | Takes::Table => line("text", None),
    };
    let unit = match field.takes {
        Takes::Number { unit, .. } => unit,
        Takes::Duration => words::DURATION,
        Takes::Text
        | Takes::Flag
        | Takes::Position(_)
        | Takes::Choice(_)
        | Takes::Endpoint
        | Takes::StepName
        | Takes::Table => "",
    };
    let unit = (!unit.is_empty()).then(|| el!("em" {} unit, " "));
    el!("label" {} el!("span" {} field.name), control, el!("small" {} unit, field.help))
}

/// One listener for all controls: their names say whose field it is.
fn on_input(at: usize, step: &StepText, on: &Callback<Action>) -> Callback<InputEvent> {
    let on = on.clone();
    let own: &'static [Field] = step.known().map_or(&[], |kind| kind.fields);
    let given = own.iter().filter(|field| step.field(field.name).is_some());
    let given: Vec<&'static Field> = given.collect();
    Callback::from(move |event: InputEvent| {
        let Some((name, typed)) = browser::control(&event) else {
            return;
        };
        let (of, name) = name.split_once(':').unwrap_or((&name, ""));
        let find =
            |fields: &'static [Field], name: &str| fields.iter().find(|field| field.name == name);
        let action = match of {
            "kind" => Some(draft::Action::KindSet {
                step: at,
                kind: typed,
            }),
            "s" => find(STEP, name)
                .map(|field| set(at, field, draft::Field::OfStep(field.name), &typed)),
            "k" => find(own, name)
                .map(|field| set(at, field, draft::Field::OfKind(field.name), &typed)),
            // Another field of the group takes the place of the one that is there.
            "g" => {
                let is_in = |field: &&&Field| matches!(field.presence, Presence::OneOf(word) if word == name);
                if let Some(field) = find(own, &typed) {
                    let first = field.first_value();
                    let first = first.trim_matches('"');
                    Some(set(at, field, draft::Field::OfKind(field.name), first))
                } else {
                    given
                        .iter()
                        .find(is_in)
                        .map(|field| draft::Action::FieldSet {
                            step: at,
                            field: draft::Field::OfKind(field.name),
                            typed: None,
                        })
                }
            }
            _ => None,
        };
        if let Some(action) = action {
            on.emit(Action::Draft(action));
        }
    })
}

/// What was typed into a field. An emptied control takes an optional field away.
fn set(step: usize, field: &'static Field, name: draft::Field, typed: &str) -> draft::Action {
    let is_optional = field.presence == Presence::Optional;
    let is_off = field.takes == Takes::Flag && typed == "false";
    let typed = if field.takes == Takes::Text {
        from_one_line(typed)
    } else {
        typed.to_owned()
    };
    let is_gone = is_optional && (typed.is_empty() || is_off);
    draft::Action::FieldSet {
        step,
        field: name,
        typed: (!is_gone).then(|| AttrValue::from(typed)),
    }
}
