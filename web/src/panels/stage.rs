//! The middle of the page: the verdict, what others claimed, the run's picture, the scenario's text.

use yew::{Callback, Html, html};

use super::claims::claims;
use super::editor::editor;
use super::guide::{course, hides_verdict, lacks, quiz};
use super::no_agent::no_agent;
use super::press::{Button, button};
use super::verdict::verdict;
use crate::browser;
use crate::el;
use crate::files;
use crate::late;
use crate::store::channel_status::ChannelStatus;
use crate::store::opened::File;
use crate::store::share::{self, Opening, Problem};
use crate::store::{Action, AppState};
use crate::text::{self, file as words, recorded, share as share_words};

/// The stage.
pub fn stage(state: &AppState, on: &Callback<Action>) -> Html {
    if let Some(card) = link_card(state, on) {
        return html! { <main class="stage" id="stage" tabindex="-1">{ card }</main> };
    }
    let file = state.file.as_ref();
    let is_scenario = !file.is_some_and(File::has_no_scenario);
    // Without an agent it is what can be done here.
    let opens_first = state.channel == ChannelStatus::NoToken;
    html! {
        <main class="stage" id="stage" tabindex="-1">
            { no_agent(state) }
            { not_recorded(state) }
            if opens_first { { open_file(on) } }
            if let Some(files) = files::ready() { { (files.card)(state, on) } }
            { course(state, on) }
            if let Some(late) = late::ready() { { (late.odd_run)(state, on) } }
            if file.is_some_and(File::hides_run) {
                // The file's own card has all there is.
            } else if hides_verdict(state) {
                { quiz(state, on) }
            } else {
                { verdict(state, on) }
                if let Some(late) = late::ready() { { (late.compare)(state, on) } }
                if is_scenario { { claims(state) } }
            }
            if is_scenario { { lacks(state) } }
            if let Some(late) = late::ready() {
                { (late.picture)(state, on) }
                if is_scenario { { (late.sweep)(state, on) } }
            }
            if is_scenario { { editor(state, on) } }
            if !opens_first { { open_file(on) } }
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

/// A link on its way, or why it is not opened: nothing else is on show then.
fn link_card(state: &AppState, on: &Callback<Action>) -> Option<Html> {
    let problem = match &state.share.opening {
        Opening::Nothing => return None,
        Opening::Waiting(_) => {
            return Some(el!("p" { "class": "hint", "role": "status" } share_words::OPENING));
        }
        Opening::Failed(problem) => problem,
    };
    let leave = Button {
        class: "ghost",
        test: "leave-link",
        words: share_words::LEAVE,
        ..Button::default()
    };
    Some(
        el!("section" { "class": "card refused", "role": "alert", "data-test": "link-problem" }
            el!("h1" {} share_words::NOT_OPENED),
            el!("p" {} text::shown(&problem.message), "."),
            el!("p" {} el!("b" {} share_words::WHAT_HELPS), text::shown(&problem.remedy), "."),
            el!("p" { "class": "hint" } share_words::NOT_OPENED_WHY),
            button(leave, on, Action::Share(share::Action::LinkLeft)),
        ),
    )
}

/// The problem of a link that cannot be read because the page is not whole.
pub fn unread() -> Problem {
    Problem {
        message: share_words::PART_MISSING.to_owned(),
        remedy: share_words::PART_REMEDY.to_owned(),
    }
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
                <input type="file" name="open-file" data-test="open-file" accept=".jsonl,.svg,.pcap,.pcapng,.cap,.gz" {onchange} />
            </label>
            { words::OPEN_REMARK }
        </p>
    }
}
