//! What only many runs need, fetched when the rest is there: their state, their card, the way back from one of them.

use yew::{Callback, Html};

use crate::cut;
use crate::panels::sweep_card;
use crate::store::{Action, AppState, many};

/// The functions behind the cut.
#[derive(Debug)]
pub struct ManyPart {
    /// The state after something of many runs.
    pub reduce: fn(&AppState, many::Action) -> Option<AppState>,
    pub sweep: fn(&AppState, &Callback<Action>) -> Html,
    pub odd_run: fn(&AppState, &Callback<Action>) -> Html,
}

static MANY: ManyPart = ManyPart {
    reduce: many::reduce,
    sweep: sweep_card::sweep,
    odd_run: sweep_card::odd_run,
};

cut!(many, MANY: super::ManyPart);
