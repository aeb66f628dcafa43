//! The scenario's text: a plain text field with line numbers, checked at every key.

use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::error::ScenarioError;
use yew::{AttrValue, Callback, Html, InputEvent, TargetCast as _, classes, html};

use crate::store::Action;
use crate::store::draft::{self, Draft};
use crate::text;

/// The editor card.
pub fn editor(draft: &Draft, on: &Callback<Action>) -> Html {
    let error = draft.scenario.as_ref().err();
    let edit = on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<web_sys::HtmlTextAreaElement>() {
            let text = AttrValue::from(field.value());
            edit.emit(Action::Draft(draft::Action::Edited(text)));
        }
    });
    let revert = on.clone();
    let onrevert = Callback::from(move |_| revert.emit(Action::Draft(draft::Action::Reverted)));
    let lines = draft.text.split('\n').count();
    html! {
        <section class="card editor" aria-labelledby="editor-title">
            <div class="tools">
                <h2 id="editor-title">{ "Scenario" }</h2>
                <span class="file">{ draft.from.map_or("untitled", |name| name) }{ ".toml" }</span>
                <span class="push" />
                if draft.from.is_some() && draft.is_edited() {
                    <button type="button" class="link" data-test="revert" onclick={onrevert}>
                        { "Back to the catalogue’s text" }
                    </button>
                }
            </div>
            <div class="text">
                <div class="numbers" aria-hidden="true">{ line_numbers(lines, error.map(|e| e.line)) }</div>
                <textarea
                    id="editor" data-test="editor" aria-label="Scenario in TOML" wrap="off" spellcheck="false"
                    autocapitalize="off" autocomplete="off" rows={(lines + 1).to_string()}
                    aria-invalid={error.is_some().to_string()} aria-describedby="editor-says"
                    value={draft.text.clone()} {oninput}
                />
            </div>
            <div id="editor-says" class="says" aria-live="polite">
                { match &draft.scenario {
                    Ok(scenario) => reads(scenario),
                    Err(error) => mistake(error),
                } }
                { hidden_characters(&draft.text) }
            </div>
        </section>
    }
}

fn line_numbers(lines: usize, wrong: Option<usize>) -> Html {
    (1..=lines)
        .map(|line| {
            let class = classes!("number", (wrong == Some(line)).then_some("wrong"));
            html! { <span key={line} {class}>{ line }</span> }
        })
        .collect()
}

fn reads(scenario: &Scenario) -> Html {
    let steps = text::count(scenario.steps.len() as u64, "step", "steps");
    let endpoints: Vec<_> = scenario.endpoints().into_iter().map(text::shown).collect();
    html! { <p class="reads">{ format!("Reads well: {steps} by {}.", endpoints.join(", ")) }</p> }
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
