//! The run played again: play and pause, step by step, from mark to mark, and how fast.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use web_sys::KeyboardEvent;
use yew::{Callback, Html, Properties, component, html, use_effect_with};

use super::ladder_tools::list;
use crate::browser::{self, Listener};
use crate::ladder_view::is_sign;
use crate::store::playback::{self, Playback, Speed, State};
use crate::store::selection::Walk;
use crate::text::playback as words;

/// Milliseconds between two looks at what has come: often enough to seem steady.
const TICK: u16 = 60;

/// What the tools are given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) playback: Playback,
    pub(super) on: Callback<playback::Action>,
}

/// The tools.
#[component]
pub(super) fn PlaybackTools(props: &Props) -> Html {
    let Props { playback, on } = props;
    let is_playing = playback.state == State::Playing;
    use_effect_with((is_playing, on.clone()), |(is_playing, on)| {
        let goes_on = Rc::new(Cell::new(*is_playing));
        let (goes, on) = (Rc::clone(&goes_on), on.clone());
        if *is_playing {
            yew::platform::spawn_local(async move {
                while goes.get() {
                    yew::platform::time::sleep(Duration::from_millis(TICK.into())).await;
                    if goes.get() {
                        on.emit(playback::Action::Passed(TICK));
                    }
                }
            });
        }
        move || goes_on.set(false)
    });
    use_effect_with(on.clone(), |on| {
        let on = on.clone();
        let keys = Listener::on_key(move |event| {
            if let Some(action) = asked(event) {
                event.prevent_default();
                on.emit(action);
            }
        });
        move || drop(keys)
    });
    // What is asked for is found out when the button is pressed: only then is the browser asked.
    let button = |test: &'static str,
                  words: &'static str,
                  title: &'static str,
                  asks: fn() -> playback::Action| {
        let press = on.reform(move |_| asks());
        let label = is_sign(words).then_some(title);
        html! { <button type="button" data-test={test} {title} aria-label={label} onclick={press}>{ words }</button> }
    };
    let speeds = Speed::ALL.map(|speed| (words::speed(speed).to_owned(), speed == playback.speed));
    let chosen = on.reform(|number: usize| {
        let speed = Speed::ALL.get(number).copied().unwrap_or_default();
        playback::Action::SpeedChosen(speed)
    });
    html! {
        <>
            <div class="choices" role="group" aria-label={words::GROUP}>
                { button("play-mark-before", words::MARK_BEFORE, words::MARK_BEFORE_TITLE, || playback::Action::Stepped(Walk::PreviousOdd)) }
                { button("play-before", words::BEFORE, words::BEFORE_TITLE, || playback::Action::Stepped(Walk::Previous)) }
                if is_playing {
                    { button("play", words::PAUSE, words::PAUSE_TITLE, pressed) }
                } else {
                    { button("play", words::PLAY, words::PLAY_TITLE, pressed) }
                }
                { button("play-after", words::AFTER, words::AFTER_TITLE, || playback::Action::Stepped(Walk::Next)) }
                { button("play-mark-after", words::MARK_AFTER, words::MARK_AFTER_TITLE, || playback::Action::Stepped(Walk::NextOdd)) }
                if playback.state != State::Off {
                    { button("play-end", words::WHOLE, words::WHOLE_TITLE, || playback::Action::Left) }
                }
            </div>
            { list("speed", words::SPEED, speeds.into(), chosen) }
        </>
    }
}

/// Where the reader wants nothing to move by itself, playing goes one event on.
fn pressed() -> playback::Action {
    if browser::wants_less_motion() {
        playback::Action::Stepped(Walk::Next)
    } else {
        playback::Action::Turned
    }
}

/// What a key asks for, unless it is meant for what has the focus.
fn asked(event: &KeyboardEvent) -> Option<playback::Action> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let is_meant_for = |selector: &str| {
        let target = browser::target(event);
        target.is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
    };
    if is_meant_for("input, textarea, select, dialog, [contenteditable]") {
        return None;
    }
    match event.key().as_str() {
        " " if !is_meant_for("button, a, summary") => Some(pressed()),
        "," => Some(playback::Action::Stepped(Walk::Previous)),
        "." => Some(playback::Action::Stepped(Walk::Next)),
        "[" => Some(playback::Action::Stepped(Walk::PreviousOdd)),
        "]" => Some(playback::Action::Stepped(Walk::NextOdd)),
        _ => None,
    }
}
