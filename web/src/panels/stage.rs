//! The middle of the page: the verdict, what others claimed, the run's picture, the scenario's text.

use yew::{Callback, Html, html};

use super::claims::claims;
use super::editor::editor;
use super::guide::{course, hides_verdict, lacks, quiz};
use super::no_agent::no_agent;
use super::verdict::verdict;
use crate::browser;
use crate::el;
use crate::late;
use crate::store::channel_status::ChannelStatus;
use crate::store::{Action, AppState};
use crate::text::{self, ladder as words};

/// The stage.
pub fn stage(state: &AppState, on: &Callback<Action>) -> Html {
    html! {
        <main class="stage" id="stage" tabindex="-1">
            { no_agent(&state.channel) }
            { not_recorded(state) }
            { refused(state) }
            { course(state, on) }
            if hides_verdict(state) {
                { quiz(state, on) }
            } else {
                { verdict(state, on) }
                { claims(state) }
            }
            { lacks(state) }
            if let Some(late) = late::ready() { { (late.picture)(state, on) } }
            { editor(state, on) }
            { open_file(on) }
        </main>
    }
}

/// On a site of recordings: a story that has none.
fn not_recorded(state: &AppState) -> Html {
    if state.channel != ChannelStatus::Recorded || state.draft.recorded().is_some() {
        return Html::default();
    }
    el!("p" { "class": "card refused", "data-test": "not-recorded" } text::recorded::CHANGED)
}

/// A file that could not be read.
fn refused(state: &AppState) -> Html {
    let Some((name, why)) = &state.refused else {
        return Html::default();
    };
    html! {
        <section class="card refused" role="alert" data-test="refused">
            <p><b>{ words::REFUSED }{ " " }{ text::shown(name) }{ ": " }</b>{ text::shown(why) }{ "." }</p>
        </section>
    }
}

/// Recordings and captures can be dropped anywhere, or chosen here.
fn open_file(on: &Callback<Action>) -> Html {
    let on = on.clone();
    let onchange = Callback::from(move |event: yew::Event| {
        if let Some(file) = browser::chosen_file(&event) {
            browser::open_file(&file, &on);
        }
    });
    html! {
        <p class="hint open-file">
            <label>
                { words::OPEN }{ " " }
                <input type="file" name="open-file" data-test="open-file" accept=".jsonl,.pcap,.pcapng" {onchange} />
            </label>
            { words::OPEN_REMARK }
        </p>
    }
}
