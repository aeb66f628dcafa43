//! The run's picture: the connections of many, or ladder or table, and the tools to read it by.

use aftershake_shared::ladder::Ladder;
use yew::{Callback, Html, html};

use super::event_list::event_list;
use super::event_table::EventTable;
use super::ladder_tools::{finding, looking};
use super::overview::Overview;
use crate::ladder_view::LadderView;
use crate::store::kept::Kept;
use crate::store::run_events::{self, Focus};
use crate::store::selection::{Selection, Tab};
use crate::store::window::Width;
use crate::store::{Action, AppState};
use crate::text::ladder as words;

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
                until={state.playback.now(event)} began={run.began} zoom={state.wished_zoom()} on={on.clone()}
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
        </section>
    }
}
