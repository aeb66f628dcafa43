//! The middle of the page: the verdict, what others claimed, the run's picture, the scenario's text.

use yew::{Callback, Html, Properties, component, html};

use super::claims::claims;
use super::editor::EditorPanel;
use super::ladder_card::LadderCard;
use super::no_agent::no_agent;
use super::verdict::VerdictPanel;
use crate::store::{Action, AppState};

/// What the stage is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub state: std::rc::Rc<AppState>,
    pub on: Callback<Action>,
}

/// The stage.
#[component]
pub fn StagePanel(props: &Props) -> Html {
    let Props { state, on } = props;
    html! {
        <main class="stage" id="stage" tabindex="-1">
            { no_agent(&state.channel) }
            <VerdictPanel run={state.run.clone()} draft={state.draft.scenario.clone().ok()} on={on.clone()} />
            { claims(state) }
            { picture(state, on) }
            <EditorPanel draft={state.draft.clone()} on={on.clone()} />
        </main>
    }
}

/// The run's picture, once there is something to draw.
fn picture(state: &AppState, on: &Callback<Action>) -> Html {
    match &state.run.ladder {
        None => html! {},
        Some(ladder) => html! {
            <LadderCard
                ladder={ladder.clone()} events={state.run.events.clone()} axis={state.run.axis}
                selection={state.selection} width={state.window.width} cited={state.run.cited.clone()} on={on.clone()}
            />
        },
    }
}
