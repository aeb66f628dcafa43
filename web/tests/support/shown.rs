//! The page as markup after some actions, rendered without a browser.

use std::rc::Rc;

use aftershake_web::app::page;
use aftershake_web::store::{Action, AppState};
use yew::{Callback, Html, LocalServerRenderer, Properties, Reducible as _, component};

#[derive(Clone, PartialEq, Properties)]
struct Props {
    state: AppState,
}

#[component]
fn Shown(props: &Props) -> Html {
    page(&props.state, &Callback::noop())
}

pub(crate) fn markup(actions: impl IntoIterator<Item = Action>) -> String {
    let state = actions
        .into_iter()
        .fold(Rc::new(AppState::default()), AppState::reduce);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let props = Props {
        state: (*state).clone(),
    };
    let renderer = LocalServerRenderer::<Shown>::with_props(props).hydratable(false);
    runtime.block_on(renderer.render())
}
