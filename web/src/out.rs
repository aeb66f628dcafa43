//! What only passing on and taking in need, fetched when it is asked for: links, files and lines for pages.

use yew::{AttrValue, Callback, Html};

use crate::cut;
use crate::panels::share::{body, embed, my_agent};
use crate::store::kept::Kept;
use crate::store::share::{Dialog, Linked, Problem, read};
use crate::store::{Action, AppState};

/// The functions behind the cut.
#[derive(Debug)]
pub struct Out {
    /// The share dialog's content.
    pub body: fn(&AppState, &Dialog, &Callback<Action>) -> Html,
    /// The way from a site to the reader's own agent.
    pub my_agent: fn(&AppState) -> Html,
    /// Reads a link.
    pub link: fn(&str) -> Result<Kept<Linked>, Kept<Problem>>,
    /// The address of a site that an earlier visit typed.
    pub kept_site: fn() -> Option<AttrValue>,
}

static OUT: Out = Out {
    body: body::body,
    my_agent: my_agent::my_agent,
    link: read::read,
    kept_site: embed::kept_site,
};

cut!(out, OUT: super::Out);
