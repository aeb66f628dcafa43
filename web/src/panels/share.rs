//! The share dialog: the scenario as a link, a command, Markdown and a file. And the card for a link that is none.
//!
//! Opening a link shows its scenario and runs nothing. A modal `<dialog>`: the browser holds the focus inside.

use aftershake_shared::export::markdown;
use aftershake_shared::link::error::LinkError;
use aftershake_shared::link::view::View;
use aftershake_shared::link::{fragment, limits};
use aftershake_shared::scenario::Scenario;
use yew::{Callback, Event, Html, MouseEvent, html};

use crate::browser;
use crate::store::draft::Draft;
use crate::store::share::{Action, Copied, Dialog, Share};
use crate::store::{self, AppState};
use crate::text;

/// The dialog; shown by [`browser::show_dialog`], empty while it is closed.
pub fn share(state: &AppState, on: &Callback<store::Action>) -> Html {
    let closed = said(on, Action::Closed);
    let onclose = closed.reform(|_: Event| ());
    let onclick = closed.reform(|_: MouseEvent| ());
    html! {
        <dialog class="help share" aria-labelledby="share-title" {onclose}>
            <h2 id="share-title">{ "Share this scenario" }</h2>
            if state.share.dialog == Dialog::Open { { ways(&state.draft, &state.share, on) } }
            <button type="button" class="ghost" data-test="share-close" {onclick}>{ "Close" }</button>
        </dialog>
    }
}

/// The card that stands in place of the scenario of a link that cannot be opened.
pub fn refused(error: Option<&LinkError>) -> Html {
    let Some(error) = error else {
        return html! {};
    };
    html! {
        <section class="card no-agent" role="alert" data-test="link-error" aria-labelledby="link-error-title">
            <h2 id="link-error-title">{ "This link cannot be opened" }</h2>
            <p>{ sentence(&error.to_string()) }{ " " }{ sentence(error.remedy()) }</p>
            <p>{ "Nothing else is shown in its place. The scenarios on this page are all there." }</p>
        </section>
    }
}

/// A lower-case message as a sentence.
fn sentence(words: &str) -> String {
    let words = text::shown(words);
    let mut letters = words.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", letters.as_str())
}

fn said(on: &Callback<store::Action>, action: Action) -> Callback<()> {
    let on = on.clone();
    Callback::from(move |()| on.emit(store::Action::Share(action.clone())))
}

/// Every way to pass the draft on.
fn ways(draft: &Draft, share: &Share, on: &Callback<store::Action>) -> Html {
    let Ok(scenario) = &draft.scenario else {
        return html! { <p>{ "The text has a mistake. What cannot be read cannot be shared: mend it first." }</p> };
    };
    let text = draft.to_text();
    let made = fragment(&text, &View::default());
    let name = text.name;
    let by_link = match &made {
        Ok(fragment) => links(scenario, fragment, on),
        Err(error) => html! {
            <p data-test="share-too-long">{ sentence(&error.to_string()) }{ " Pass it on as a file." }</p>
        },
    };
    let said = match share.copied {
        None => String::new(),
        Some(Copied::Done(what)) => format!("Copied: {what}."),
        Some(Copied::Refused(what)) => {
            format!("The browser does not let the page copy: {what} is selected, copy it by hand.")
        }
    };
    html! {
        <>
            <p>{ "The whole scenario is in the link; nothing is kept anywhere. Opening it runs nothing." }</p>
            { by_link }
            <p>
                <a class="link" data-test="share-file" download={format!("{name}.toml")} href={browser::data_address(&draft.text)}>
                    { format!("Save {}.toml", text::shown(&name)) }
                </a>
            </p>
            <p role="status" data-test="share-says">{ said }</p>
        </>
    }
}

fn links(scenario: &Scenario, fragment: &str, on: &Callback<store::Action>) -> Html {
    let address = format!("{}{fragment}", browser::page_address());
    let command = format!("aftershake run '{fragment}'");
    let title = markdown::text(&scenario.title);
    let markdown = format!("[{title}]({address})\n\n```sh\n{command}\n```\n");
    let length = fragment.len();
    html! {
        <>
            { way("link", "share-link", address, on) }
            { way("command", "share-command", command, on) }
            { way("Markdown", "share-markdown", markdown, on) }
            if length > limits::COMFORTABLE {
                <p>{ format!("The link has {length} characters; some programs cut links of more than {}.", limits::COMFORTABLE) }</p>
            }
        </>
    }
}

/// One text with its button.
fn way(what: &'static str, id: &'static str, value: String, on: &Callback<store::Action>) -> Html {
    let on = on.clone();
    let copy = value.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let on = on.clone();
        browser::copy(&copy, id, move |done| {
            let copied = if done {
                Copied::Done(what)
            } else {
                Copied::Refused(what)
            };
            on.emit(store::Action::Share(Action::Copied(copied)));
        });
    });
    let label = format!("Copy {what}");
    html! {
        <p class="way">
            <textarea {id} data-test={id} readonly={true} rows="2" aria-label={what} {value} />
            <button type="button" class="ghost" data-test={format!("{id}-copy")} {onclick}>{ label }</button>
        </p>
    }
}
