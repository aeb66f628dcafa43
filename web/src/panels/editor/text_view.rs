//! The text: a plain text field above the same text in colours, with ways to go on at the caret.

use std::ops::Range;

use yew::{AttrValue, Callback, Html, InputEvent, KeyboardEvent, TargetCast as _, html};

use super::classes_if;
use super::suggest::{self, Item};
use super::tokens::tokens;
use crate::browser;
use crate::el;
use crate::part::{Child as _, all};
use crate::store::Action;
use crate::store::draft::{self, Draft, Suggest};
use crate::text::editor as words;

/// Bytes of the longest text in colours; a longer one is black on white and as quick to type.
const COLOURED: usize = 32 * 1024;

/// The view.
pub(super) fn text_view(draft: &Draft, on: &Callback<Action>) -> Html {
    let error = draft.scenario.as_ref().err();
    let act = |action: draft::Action| Action::Draft(action);
    let edit = on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some((text, caret)) = field(&event) {
            edit.emit(act(draft::Action::Edited { text, caret }));
        }
    });
    let items = match draft.suggest {
        Suggest::Closed => Vec::new(),
        now @ (Suggest::Open | Suggest::At(_)) => {
            let story = draft.story.as_ref().ok();
            suggest::items(
                &draft.text,
                draft.caret,
                story.map(|story| &**story),
                now != Suggest::Open,
            )
        }
    };
    let chosen = match draft.suggest {
        Suggest::At(at) => Some(at.min(items.len().saturating_sub(1))),
        Suggest::Closed | Suggest::Open => None,
    };
    let list = suggestions(draft, &items, chosen, on);
    let controls = (!items.is_empty()).then_some("suggestions");
    let active = chosen.filter(|_| !items.is_empty()).map(option_id);
    let keys = on.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(action) = key(&event, &items, chosen) {
            event.prevent_default();
            keys.emit(act(action));
        }
    });
    let moved = on.clone();
    let onselect = Callback::from(move |event: yew::Event| {
        if let Some((_, caret)) = field(&event) {
            moved.emit(act(draft::Action::CaretMoved(caret)));
        }
    });
    let onclick = onselect.reform(|event: yew::MouseEvent| event.into());
    let onkeyup = {
        let moved = onselect.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key().starts_with("Arrow") || matches!(event.key().as_str(), "Home" | "End") {
                moved.emit(event.into());
            }
        })
    };
    let lines = draft.text.split('\n').count();
    html! {
        <div class="text">
            <div class="numbers" aria-hidden="true">{ line_numbers(lines, error.map(|e| e.line)) }</div>
            <div class="scroller">
                <div class="layers">
                    <pre class="layer" aria-hidden="true">{ coloured(draft) }</pre>
                    <textarea
                        id="editor" data-test="editor" aria-label={words::TEXT_LABEL} wrap="off" spellcheck="false"
                        autocapitalize="off" autocomplete="off" rows={(lines + 1).to_string()}
                        aria-invalid={error.is_some().to_string()} aria-describedby="editor-says"
                        aria-autocomplete="list" aria-controls={controls} aria-activedescendant={active}
                        value={draft.text.clone()} {oninput} {onkeydown} {onkeyup} {onclick} {onselect}
                    />
                    { list }
                </div>
            </div>
        </div>
    }
}

/// The field's text and the byte at which its caret is.
fn field(event: &yew::Event) -> Option<(AttrValue, usize)> {
    let field = event.target_dyn_into::<web_sys::HtmlTextAreaElement>()?;
    let text = field.value();
    let units = field.selection_end().ok()??;
    let caret = browser::byte_at(&text, units);
    Some((AttrValue::from(text), caret))
}

fn key(event: &KeyboardEvent, items: &[Item], chosen: Option<usize>) -> Option<draft::Action> {
    let turned = |suggest| Some(draft::Action::SuggestTurned(suggest));
    let held = event.ctrl_key() || event.meta_key() || event.alt_key();
    if held {
        let asks = event.ctrl_key() && event.key() == " ";
        return asks.then_some(draft::Action::SuggestTurned(Suggest::At(0)));
    }
    let last = items.len().checked_sub(1)?;
    let take = |at: usize| {
        let item = items.get(at)?;
        Some(draft::Action::Completed {
            from: item.from,
            with: AttrValue::from(item.text.clone()),
        })
    };
    match (event.key().as_str(), chosen) {
        ("ArrowDown", None) => turned(Suggest::At(0)),
        ("ArrowDown", Some(at)) => turned(Suggest::At(if at < last { at + 1 } else { 0 })),
        ("ArrowUp", Some(at)) => turned(Suggest::At(at.checked_sub(1).unwrap_or(last))),
        ("Escape", _) => turned(Suggest::Closed),
        ("Enter", Some(at)) => take(at),
        ("Tab", _) if !event.shift_key() => take(chosen.unwrap_or(0)),
        _ => None,
    }
}

fn option_id(at: usize) -> AttrValue {
    AttrValue::from(["suggestion-", &at.to_string()].concat())
}

/// The ways to go on, below the caret: as many line ends and spaces before them as there are in the text.
fn suggestions(
    draft: &Draft,
    items: &[Item],
    chosen: Option<usize>,
    on: &Callback<Action>,
) -> Html {
    let Some(first) = items.first() else {
        return Html::default();
    };
    let before = draft.text.get(..first.from).unwrap_or_default();
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count();
    let place = [
        "\n".repeat(before.matches('\n').count() + 1),
        " ".repeat(column),
    ]
    .concat();
    let option = |(at, item): (usize, &Item)| {
        let taken = draft::Action::Completed {
            from: item.from,
            with: AttrValue::from(item.text.clone()),
        };
        let on = on.clone();
        // Before the field would lose the focus.
        let onmousedown = Callback::from(move |event: yew::MouseEvent| {
            event.prevent_default();
            on.emit(Action::Draft(taken.clone()));
        });
        el!("li" { "id": option_id(at), "role": "option", "aria-selected": chosen == Some(at) } [onmousedown(onmousedown)]
            el!("b" {} item.label.clone()), " ", el!("span" {} item.help),
        )
    };
    let options = items.iter().enumerate().map(option);
    el!("div" { "class": "at-caret" }
        el!("span" { "aria-hidden": "true" } place),
        el!("ul" { "id": "suggestions", "data-test": "suggestions", "role": "listbox", "aria-label": words::SUGGESTIONS }
            options.collect::<Vec<_>>(),
        ),
    )
}

/// The text in its pieces; the one with the first mistake is marked.
fn coloured(draft: &Draft) -> Html {
    if draft.text.len() > COLOURED {
        return Html::default();
    }
    let wrong = draft
        .scenario
        .as_ref()
        .err()
        .map(|error| place(&draft.text, error.line, error.column));
    let mut pieces = Vec::new();
    for (token, span) in tokens(&draft.text) {
        let is_wrong = wrong.is_some_and(|wrong| is_in(wrong, &span));
        // What cannot be seen is named below the text; here every character keeps its width.
        let piece = draft.text.get(span).unwrap_or_default().to_owned();
        pieces.push(match (token.class(), is_wrong) {
            (None, false) => piece.child(),
            (class, false) => el!("i" { "class": class.unwrap_or_default() } piece),
            (class, true) => el!("i" { "class": classes_if(class.unwrap_or_default(), &[("wrong", true)]) } piece),
        });
    }
    pieces.push("\n".child());
    all(pieces)
}

fn is_in(at: usize, span: &Range<usize>) -> bool {
    span.contains(&at)
}

/// The byte at a line and column, both from 1.
fn place(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let rest = text.get(start..).unwrap_or_default();
    let within = rest.char_indices().nth(column - 1);
    start + within.map_or(rest.len(), |(at, _)| at)
}

fn line_numbers(lines: usize, wrong: Option<usize>) -> Html {
    let number = |line: usize| {
        let class = if wrong == Some(line) {
            "number wrong"
        } else {
            "number"
        };
        el!("span" { "class": class } line.to_string())
    };
    all((1..=lines).map(number).collect())
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn lines_and_columns_are_found_in_characters() {
        let text = "aé\nbü = 1\n";
        assert_eq!(place(text, 1, 1), 0);
        assert_eq!(place(text, 2, 3), 7);
        assert_eq!(place(text, 9, 9), text.len());
    }
}
