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
use crate::store::opened::File;
use crate::store::{Action, AppState};
use crate::text::{file as words, recorded};

/// The stage.
pub fn stage(state: &AppState, on: &Callback<Action>) -> Html {
    let file = state.file.as_ref();
    let is_scenario = !file.is_some_and(File::has_no_scenario);
    html! {
        <main class="stage" id="stage" tabindex="-1">
            { no_agent(&state.channel) }
            { not_recorded(state) }
            if let Some(late) = late::ready() { { (late.file)(state, on) } }
            { course(state, on) }
            if file.is_some_and(File::hides_run) {
                // The file's own card has all there is.
            } else if hides_verdict(state) {
                { quiz(state, on) }
            } else {
                { verdict(state, on) }
                if is_scenario { { claims(state) } }
            }
            if is_scenario { { lacks(state) } }
            if let Some(late) = late::ready() { { (late.picture)(state, on) } }
            if is_scenario { { editor(state, on) } }
            { open_file(on) }
        </main>
    }
}

/// On a site of recordings: a story that has none.
fn not_recorded(state: &AppState) -> Html {
    if state.channel != ChannelStatus::Recorded || state.draft.recorded().is_some() {
        return Html::default();
    }
    el!("p" { "class": "card refused", "data-test": "not-recorded" } recorded::CHANGED)
}

/// Recordings and captures can be dropped anywhere, or chosen here.
fn open_file(on: &Callback<Action>) -> Html {
    let on = on.clone();
    let onchange = Callback::from(move |event: yew::Event| {
        if let Some(file) = browser::chosen_file(&event) {
            browser::open_file(file, &on);
        }
    });
    html! {
        <p class="hint open-file">
            <label>
                { words::OPEN }{ ": " }
                <input type="file" name="open-file" data-test="open-file" accept=".jsonl,.pcap,.pcapng,.cap,.gz" {onchange} />
            </label>
            { words::OPEN_REMARK }
        </p>
    }
}
