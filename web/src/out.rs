//! What only passing on needs, fetched when it is asked for: making links, files and lines for pages.

use yew::{Callback, Html};

use crate::cut;
use crate::panels::share::{body, my_agent};
use crate::store::share::Dialog;
use crate::store::{Action, AppState};

/// The functions behind the cut.
#[derive(Debug)]
pub struct Out {
    /// The share dialog's content.
    pub body: fn(&AppState, &Dialog, &Callback<Action>) -> Html,
    /// The way from a site to the reader's own agent.
    pub my_agent: fn(&AppState) -> Html,
}

static OUT: Out = Out {
    body: body::body,
    my_agent: my_agent::my_agent,
};

cut!(out, OUT: super::Out);
