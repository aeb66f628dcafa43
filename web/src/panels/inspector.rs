//! The right column: the selected event in full, what each program saw, what to change.

use aftershake_shared::event::EventId;
use yew::{Callback, Html, Properties, component, html};

use crate::store::Action;
use crate::store::run_events::RunEvents;

/// What the inspector is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub run: RunEvents,
    pub event: Option<EventId>,
    pub on: Callback<Action>,
}

/// The right column.
#[component]
pub fn InspectorPanel(_props: &Props) -> Html {
    html! { <aside class="inspector" aria-label="Details" id="details" tabindex="-1"></aside> }
}
