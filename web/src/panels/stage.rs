//! The middle of the page: the verdict, what others claimed, the run's picture, the scenario's text.

use yew::{Callback, Html, html};

use super::claims::claims;
use super::editor::editor;
use super::guide::{course, hides_verdict, lacks, quiz};
use super::no_agent::no_agent;
use super::verdict::verdict;
use crate::late;
use crate::store::{Action, AppState};

/// The stage.
pub fn stage(state: &AppState, on: &Callback<Action>) -> Html {
    html! {
        <main class="stage" id="stage" tabindex="-1">
            { no_agent(&state.channel) }
            { course(state, on) }
            if let Some(late) = late::ready() { { (late.odd_run)(state, on) } }
            if hides_verdict(state) {
                { quiz(state, on) }
            } else {
                { verdict(state, on) }
                { claims(state) }
            }
            { lacks(state) }
            if let Some(late) = late::ready() { { (late.picture)(state, on) }{ (late.sweep)(state, on) } }
            { editor(state, on) }
        </main>
    }
}
