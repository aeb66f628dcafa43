//! The tools of the run's picture: which view, which axis and times, what is left out, where to go.

use aftershake_shared::ladder::Axis;
use aftershake_shared::ladder::filter::{Filter, Kind};
use aftershake_shared::ladder::overview::MANY;
use yew::{Callback, Event, Html, InputEvent, KeyboardEvent, html};

use super::playback::PlaybackTools;
use super::press::{Button, button};
use crate::browser;
use crate::ladder_view::is_sign;
use crate::store::look::{self, Times};
use crate::store::run_events::{self, Focus, RunEvents};
use crate::store::selection::{self, Tab, Walk};
use crate::store::window::Width;
use crate::store::{Action, AppState};
use crate::text::{self, ladder as words};

/// Which picture: tab, connection, axis, times.
pub(super) fn looking(state: &AppState, is_overview: bool, on: &Callback<Action>) -> Html {
    let AppState {
        run,
        selection,
        window,
        look,
        ..
    } = state;
    let is_ladder = selection.tab == Tab::Ladder && !is_overview;
    let tab = |tab: Tab, test, words| {
        let is_now = Some(selection.tab == tab);
        let description = Button {
            test,
            words,
            pressed: is_now,
            ..Button::default()
        };
        button(
            description,
            on,
            Action::Selection(selection::Action::TabChosen(tab)),
        )
    };
    let back = Button {
        class: "ghost back",
        test: "overview-back",
        words: words::OVERVIEW_BACK,
        ..Button::default()
    };
    let has_overview =
        run.connections.len() >= MANY && !is_overview && run.focus != Focus::Undecided;
    html! {
        <>
            if has_overview {
                { button(back, on, Action::Run(run_events::Action::FocusChosen(Focus::Undecided))) }
            }
            <div class="choices" role="group" aria-label={words::VIEW}>
                { tab(Tab::Ladder, "tab-ladder", words::TAB_LADDER) }
                { tab(Tab::Table, "tab-table", words::TAB_TABLE) }
            </div>
            if run.connections.len() > 1 { { which_connection(run, on) } }
            if is_ladder && window.width == Width::Wide { { axes(run.axis, on) } }
            if !is_overview { { times(look.times, run.began.is_some(), on) } }
        </>
    }
}

/// Where in it: played, the reset, search, filter.
pub(super) fn finding(state: &AppState, on: &Callback<Action>) -> Html {
    let AppState { run, look, .. } = state;
    let go = |test, words: &'static str, title: &'static str, walk| {
        let press = on.reform(move |_| Action::Selection(selection::Action::Walked(walk)));
        let label = is_sign(words).then_some(title);
        let nowhere = run.resets().is_empty();
        html! { <button type="button" data-test={test} {title} aria-label={label} disabled={nowhere} onclick={press}>{ words }</button> }
    };
    html! {
        <>
            <PlaybackTools playback={state.playback} on={on.reform(Action::Playback)} />
            <div class="choices">
                { go("go-reset", words::GO_RESET, words::GO_RESET_TITLE, Walk::TheReset) }
            </div>
            { search(state, on) }
            { filter(run, on) }
            if !look.query.trim().is_empty() {
                <span class="found-count" role="status" data-test="found-count">
                    { text::events(look.found.len()) }
                </span>
            }
        </>
    }
}

fn axes(now: Axis, on: &Callback<Action>) -> Html {
    let axis = |axis: Axis, words| {
        let description = Button {
            words,
            pressed: Some(now == axis),
            ..Button::default()
        };
        button(
            description,
            on,
            Action::Run(run_events::Action::AxisChosen(axis)),
        )
    };
    html! {
        <div class="choices" role="group" aria-label={words::AXIS}>
            { axis(Axis::Real, words::AXIS_REAL) }
            { axis(Axis::GapsShortened, words::AXIS_SHORTENED) }
            { axis(Axis::Order, words::AXIS_ORDER) }
        </div>
    }
}

/// A list of which one is chosen, by its number.
pub(super) fn list(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, bool)>,
    chosen: Callback<usize>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let number = browser::control(&event).and_then(|(_, value)| value.parse().ok());
        if let Some(number) = number {
            chosen.emit(number);
        }
    });
    html! {
        <label class="list">
            <span>{ label }</span>
            <select {name} data-test={name} {onchange}>
                { for options.into_iter().enumerate().map(|(number, (words, is_now))| html! {
                    <option value={number.to_string()} selected={is_now}>{ words }</option>
                }) }
            </select>
        </label>
    }
}

fn times(now: Times, has_clock: bool, on: &Callback<Action>) -> Html {
    let mut all = vec![
        (Times::Start, words::TIMES_START),
        (Times::Previous, words::TIMES_PREVIOUS),
    ];
    if has_clock {
        all.push((Times::Wall, words::TIMES_WALL));
    }
    let options = all
        .iter()
        .map(|(times, words)| ((*words).to_owned(), *times == now));
    let options = options.collect();
    let chosen = on.reform(move |number: usize| {
        let times = all.get(number).map_or(Times::Start, |(times, _)| *times);
        Action::Look(look::Action::TimesChosen(times))
    });
    list("times", words::TIMES, options, chosen)
}

fn which_connection(run: &RunEvents, on: &Callback<Action>) -> Html {
    let mut all = Vec::new();
    if run.connections.len() >= MANY {
        all.push((Focus::Undecided, words::CONNECTION_OVERVIEW.to_owned()));
    }
    let is_all = !run.shows_overview() && run.focus == Focus::Undecided;
    let focus = if is_all { Focus::All } else { run.focus };
    all.push((Focus::All, words::CONNECTION_ALL.to_owned()));
    all.extend(run.connections.into_iter().take(500).map(|connection| {
        let (client, server) = (&connection.client.name, &connection.server.name);
        let (client, server) = (text::shown(client), text::shown(server));
        let name = format!("{}: {client} → {server}", connection.id);
        (Focus::One(connection.id), name)
    }));
    let options = all
        .iter()
        .map(|(one, words)| (words.clone(), *one == focus));
    let options = options.collect();
    let chosen = on.reform(move |number: usize| {
        let focus = all.get(number).map_or(Focus::All, |(focus, _)| *focus);
        Action::Run(run_events::Action::FocusChosen(focus))
    });
    list("connection", words::CONNECTION, options, chosen)
}

fn search(state: &AppState, on: &Callback<Action>) -> Html {
    let typed = on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some((_, words)) = browser::control(&event) {
            typed.emit(Action::Look(look::Action::Searched(words)));
        }
    });
    let walks = on.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let walk = match (event.key().as_str(), event.shift_key()) {
            ("Enter", false) => Walk::NextFound,
            ("Enter", true) => Walk::PreviousFound,
            ("Escape", _) => {
                browser::focus(".ladder [tabindex=\"0\"]");
                return;
            }
            _ => return,
        };
        event.prevent_default();
        walks.emit(Action::Selection(selection::Action::Walked(walk)));
    });
    html! {
        <input
            class="find" id="find" name="find" type="search" data-test="find" aria-label={words::SEARCH}
            placeholder={words::SEARCH} autocomplete="off" spellcheck="false" value={state.look.query.clone()}
            {oninput} {onkeydown}
        />
    }
}

fn filter(run: &RunEvents, on: &Callback<Action>) -> Html {
    let now = &run.filter;
    let chosen = |filter: Filter| Action::Run(run_events::Action::FilterChosen(filter));
    let kind = |kind: Kind| {
        let next = now.turned(kind);
        let onchange = on.reform(move |_: Event| chosen(next.clone()));
        html! {
            <label>
                <input type="checkbox" checked={!now.hides(kind)} {onchange} data-test={format!("filter-{kind:?}").to_lowercase()} />
                { words::kind(kind) }
            </label>
        }
    };
    let names: Vec<String> = run
        .ladder
        .iter()
        .flat_map(|ladder| &ladder.lanes)
        .map(|lane| lane.name.clone())
        .collect();
    let mut options = vec![(words::FILTER_ALL.to_owned(), now.endpoint.is_none())];
    options.extend(
        names
            .iter()
            .map(|name| (name.clone(), now.endpoint.as_ref() == Some(name))),
    );
    let before = now.clone();
    let by_endpoint = on.reform(move |number: usize| {
        let endpoint = number.checked_sub(1).and_then(|at| names.get(at)).cloned();
        chosen(before.of_endpoint(endpoint))
    });
    let is_on = !now.is_empty();
    let clear = on.reform(move |_| chosen(Filter::default()));
    html! {
        <details class="filter">
            <summary data-test="filter">{ if is_on { words::FILTER_ON } else { words::FILTER } }</summary>
            <div class="filter-body" role="group" aria-label={words::FILTER}>
                { for Kind::ALL.into_iter().map(kind) }
                { list("endpoint", words::FILTER_ENDPOINT, options, by_endpoint) }
                if is_on { <button type="button" class="link" data-test="filter-clear" onclick={clear}>{ words::FILTER_CLEAR }</button> }
            </div>
        </details>
    }
}
