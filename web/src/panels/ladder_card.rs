//! The run's picture: ladder or table, and what the vertical axis means.

use aftershake_shared::ladder::{Axis, Ladder};
use yew::{Callback, Html, html};

use super::event_list::event_list;
use super::event_table::EventTable;
use crate::ladder_view::LadderView;
use crate::store::kept::Kept;
use crate::store::run_events;
use crate::store::selection::{self, Selection, Tab};
use crate::store::window::Width;
use crate::store::{Action, AppState};

/// The card, once there is something to see.
pub fn picture(state: &AppState, on: &Callback<Action>) -> Html {
    let ladder = state.run.ladder.as_ref();
    ladder.map_or_else(Html::default, |ladder| ladder_card(state, ladder, on))
}

fn ladder_card(state: &AppState, ladder: &Kept<Ladder>, on: &Callback<Action>) -> Html {
    let Selection { event, tab } = state.selection;
    let AppState { run, window, .. } = state;
    let body = match (tab, window.width) {
        (Tab::Ladder, Width::Wide) => html! {
            <LadderView
                ladder={ladder.clone()} selected={event} cited={run.cited.clone()} on={on.clone()}
            />
        },
        (Tab::Ladder, Width::Narrow) => event_list(run, ladder, event, on),
        (Tab::Table, _) => html! {
            <EventTable
                ladder={ladder.clone()} events={run.events.clone()} selected={event} on={on.clone()}
            />
        },
    };
    html! {
        <section class="card picture" aria-labelledby="picture-title">
            <h2 id="picture-title" class="sr-only">{ "What was seen" }</h2>
            <div class="tools">
                { tabs(tab, on) }
                if (tab, window.width) == (Tab::Ladder, Width::Wide) { { axes(run.axis, on) } }
            </div>
            { body }
        </section>
    }
}

fn tabs(now: Tab, on: &Callback<Action>) -> Html {
    let tab = |tab: Tab, test: &'static str, words: &'static str| {
        choice(
            now == tab,
            Some(test),
            words,
            on,
            Action::Selection(selection::Action::TabChosen(tab)),
        )
    };
    html! {
        <div class="choices" role="group" aria-label="View">
            { tab(Tab::Ladder, "tab-ladder", "Ladder") }
            { tab(Tab::Table, "tab-table", "Table") }
        </div>
    }
}

fn axes(now: Axis, on: &Callback<Action>) -> Html {
    let axis = |axis: Axis, words: &'static str| {
        choice(
            now == axis,
            None,
            words,
            on,
            Action::Run(run_events::Action::AxisChosen(axis)),
        )
    };
    html! {
        <div class="choices" role="group" aria-label="Time axis">
            { axis(Axis::Real, "Real time") }
            { axis(Axis::GapsShortened, "Gaps shortened") }
            { axis(Axis::Order, "Order") }
        </div>
    }
}

/// One of several, exactly one of which is pressed.
fn choice(
    is_now: bool,
    test: Option<&'static str>,
    words: &'static str,
    on: &Callback<Action>,
    action: Action,
) -> Html {
    let on = on.clone();
    let onclick = Callback::from(move |_| on.emit(action.clone()));
    html! {
        <button type="button" data-test={test} aria-pressed={is_now.to_string()} {onclick}>{ words }</button>
    }
}
