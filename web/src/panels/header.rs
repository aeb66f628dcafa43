//! The top of the page: name, whether an agent answers, theme, help, run.

use yew::{Callback, Html, classes, html};

use super::press::{Button, button, press};

use crate::commands;
use crate::store::channel_status::ChannelStatus;
use crate::store::run_events;
use crate::store::share::{self, Page};
use crate::store::window;
use crate::store::{Action, AppState};
use crate::text::guide::PALETTE;
use crate::text::share::SHARE as SHARE_WORD;
use crate::text::{self, page as words};

const SHARE: Button = Button {
    class: "ghost theme",
    test: "share",
    words: SHARE_WORD,
    keys: "",
    pressed: None,
    disabled: false,
};

/// The page's header.
pub fn header(state: &AppState, on: &Callback<Action>) -> Html {
    let theme = state.window.theme;
    let turn = press(on, Action::Window(window::Action::ThemeTurned));
    let help = press(on, Action::Window(window::Action::HelpAsked));
    html! {
        <header class="top">
            <span class="brand">{ "after" }<b>{ "shake" }</b></span>
            { agent_status(&state.channel) }
            <div class="top-buttons">
                <button
                    type="button" class="ghost theme" data-test="commands" onclick={press(on, commands::OPEN)}
                    aria-keyshortcuts="Control+Shift+P" title={words::COMMANDS_TITLE}
                >
                    { PALETTE }
                </button>
                { button(SHARE, on, Action::Share(share::Action::Asked(Page::Link))) }
                <button
                    type="button" class="ghost theme" data-test="theme" onclick={turn}
                    title={words::THEME_TITLE}
                >
                    { words::theme(theme) }
                </button>
                <button
                    type="button" class="ghost help-button" data-test="help" onclick={help}
                    aria-label={words::HELP} title={words::HELP_TITLE}
                >
                    { "?" }
                </button>
                { run_button(state, on) }
            </div>
        </header>
    }
}

fn agent_status(channel: &ChannelStatus) -> Html {
    let (class, said) = match channel {
        ChannelStatus::NoToken => ("absent", words::STATUS_NO_TOKEN.to_owned()),
        ChannelStatus::Recorded => ("absent", text::recorded::STATUS.to_owned()),
        ChannelStatus::Connecting => ("trying", words::STATUS_CONNECTING.to_owned()),
        ChannelStatus::Open(_) => ("open", words::STATUS_OPEN.to_owned()),
        ChannelStatus::Lost { was_open: true, .. } => ("absent", words::STATUS_LOST.to_owned()),
        ChannelStatus::Lost { .. } => ("absent", words::STATUS_SILENT.to_owned()),
        ChannelStatus::OtherVersion { theirs } => ("absent", words::status_other_version(*theirs)),
    };
    html! {
        <p class={classes!("agent", class)} role="status" data-test="agent-status">
            <span class="dot" aria-hidden="true" /><span>{ said }</span>
        </p>
    }
}

fn run_button(state: &AppState, on: &Callback<Action>) -> Html {
    if state.run.phase.is_under_way() {
        let cancel = press(on, Action::Run(run_events::Action::CancelAsked));
        return html! {
            <button type="button" class="run cancel" data-test="cancel" onclick={cancel}>{ words::CANCEL }</button>
        };
    }
    if state.channel == ChannelStatus::Recorded {
        return Html::default();
    }
    let run = press(on, Action::RunAsked);
    // Why it cannot be pressed, where nothing else on the page says so.
    let why = if state.many_ask.is_some() {
        Some(words::RUN_AFTER_MANY)
    } else if state.draft.scenario.is_err() {
        Some(words::RUN_AFTER_MENDING)
    } else {
        None
    };
    html! {
        <button
            type="button" class="run" data-test="run" onclick={run} disabled={!state.can_run()}
            title={why} aria-keyshortcuts="Control+Enter Meta+Enter"
        >
            { words::RUN }<kbd aria-hidden="true">{ "⌃↵" }</kbd>
        </button>
    }
}
