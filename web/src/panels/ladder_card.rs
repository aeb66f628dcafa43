//! The run's picture: the connections of many, or ladder or table, and the tools to read it by.

use aftershake_shared::compare::Comparison;
use aftershake_shared::ghost::draws_any;
use aftershake_shared::ladder::Ladder;
use yew::{Callback, Html, html};

use super::event_list::event_list;
use super::event_table::EventTable;
use super::ladder_tools::{finding, looking};
use super::overview::Overview;
use super::press::{Button, button};
use crate::el;
use crate::ladder_view::LadderView;
use crate::ladder_view::ghosts::Before;
use crate::store::compare::{Action as Compared, Ghosts};
use crate::store::kept::Kept;
use crate::store::run_events::{self, Focus};
use crate::store::selection::{Selection, Tab};
use crate::store::window::Width;
use crate::store::{Action, AppState};
use crate::text::{ladder as words, share};

/// The card, once there is something to see.
pub fn picture(state: &AppState, on: &Callback<Action>) -> Html {
    let ladder = state.run.ladder.as_ref();
    ladder.map_or_else(Html::default, |ladder| ladder_card(state, ladder, on))
}

fn ladder_card(state: &AppState, ladder: &Kept<Ladder>, on: &Callback<Action>) -> Html {
    let Selection { event, tab } = state.selection;
    let AppState {
        run, window, look, ..
    } = state;
    let is_overview = run.shows_overview() && tab == Tab::Ladder;
    let body = match (tab, window.width) {
        (Tab::Ladder, _) if is_overview => {
            let open = |row| Action::Run(run_events::Action::FocusChosen(Focus::One(row)));
            html! { <Overview rows={run.overview.clone()} open={on.reform(open)} /> }
        }
        (Tab::Ladder, _) if ladder.order.is_empty() && ladder.bands.is_empty() => {
            html! { <p class="left-out">{ words::NOBODY_SAW }</p> }
        }
        (Tab::Ladder, Width::Wide) => html! {
            <LadderView
                ladder={ladder.clone()} events={run.events.clone()} connections={run.connections.clone()}
                selected={event} cited={run.cited.clone()} found={look.found.clone()} times={look.times}
                until={state.playback.now(event)} began={run.began} zoom={state.wished_zoom()}
                before={before(state)} on={on.clone()}
            />
        },
        (Tab::Ladder, Width::Narrow) => event_list(state, ladder, on),
        (Tab::Table, _) => html! {
            <EventTable
                ladder={ladder.clone()} events={run.events.clone()} selected={event} times={look.times}
                began={run.began} on={on.clone()}
            />
        },
    };
    html! {
        <section class="card picture" aria-labelledby="picture-title">
            <h2 id="picture-title" class="sr-only">{ words::TITLE }</h2>
            <div class="tools">{ looking(state, is_overview, on) }</div>
            if !is_overview { <div class="tools second">{ finding(state, on) }</div> }
            { body }
            if !is_overview && tab == Tab::Ladder && window.width == Width::Wide { { about_before(state, on) } }
        </section>
    }
}

/// The run before, where it is to be drawn into the picture.
fn before(state: &AppState) -> Option<Before> {
    let comparison = state.compare.result.clone()?;
    let ladder = state.previous.as_ref()?.ladder.clone()?;
    (state.compare.ghosts == Ghosts::Drawn).then_some(Before { ladder, comparison })
}

/// What the dotted things are, and how to be without them.
fn about_before(state: &AppState, on: &Callback<Action>) -> Html {
    let draws = |result: &Kept<Comparison>| draws_any(result);
    if !state.compare.result.as_ref().is_some_and(draws) {
        return Html::default();
    }
    let (hint, turn) = match state.compare.ghosts {
        Ghosts::Drawn => (share::GHOSTS, share::GHOSTS_AWAY),
        Ghosts::LeftOut => ("", share::GHOSTS_BACK),
    };
    let turn = Button {
        class: "link",
        test: "ghosts-turn",
        words: turn,
        ..Button::default()
    };
    el!("p" { "class": "hint of-before" }
        hint, button(turn, on, Action::Compare(Compared::GhostsTurned)),
    )
}
