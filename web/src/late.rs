//! What only a run needs, loaded after the first view: reading events, judging, placing, and all that shows them.
//!
//! The page's WASM is cut by function, as [`cut!`](crate::cut) marks it: what nothing else reaches travels as a file
//! of its own while the reader already sees the page; what only [`out`](crate::out) or
//! [`files`](crate::files) names, when it is asked for.

use aftershake_shared::channel::ServerMessage;
use aftershake_shared::compare::Comparison;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::tree::ReadError;
use aftershake_shared::units::Nanos;
use yew::{Callback, Html};

use crate::browser::timing::timed;
use crate::panels;
use crate::store::kept::Kept;
use crate::store::run_events::RunEvents;
use crate::store::{Action, AppState, compare, many};

/// A panel that is drawn from the state.
pub type Panel = fn(&AppState, &Callback<Action>) -> Html;

/// Whether what is behind the cut is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Coming,
    There,
    /// It could not be fetched.
    Missing,
}

impl Default for Part {
    fn default() -> Self {
        if ready().is_some() {
            Self::There
        } else {
            Self::Coming
        }
    }
}

/// The functions behind the cut.
#[derive(Debug)]
pub struct Late {
    /// Reads one message of the agent.
    pub read: fn(&str) -> Result<ServerMessage, ReadError>,
    /// A run with its events in their places.
    pub placed: fn(RunEvents) -> RunEvents,
    /// A run with its verdict.
    pub diagnosed: fn(RunEvents) -> RunEvents,
    pub finished: fn(&RunEvents, Nanos, &Diagnosis, &Callback<Action>) -> Html,
    pub inspector: Panel,
    pub picture: Panel,
    /// The state after something of many runs, their card, and the way back to it.
    pub many: fn(&AppState, many::Action) -> Option<AppState>,
    pub sweep: Panel,
    pub odd_run: Panel,
    pub palette: Panel,
    pub share: Panel,
    pub compare: Panel,
    pub authorise: fn() -> Html,
    /// Two runs compared; `None` unless both have a verdict.
    pub compared: fn(&RunEvents, &RunEvents) -> Option<Kept<Comparison>>,
}

/// A run with its verdict; how long that took stands in the browser's own timeline.
fn diagnosed(run: RunEvents) -> RunEvents {
    timed("diagnosis", || run.with_verdict())
}

static LATE: Late = Late {
    read: ServerMessage::from_json,
    placed: RunEvents::with_places,
    diagnosed,
    finished: panels::verdict::finished,
    inspector: panels::inspector::inspector,
    picture: panels::ladder_card::picture,
    many: many::reduce,
    sweep: panels::sweep_card::sweep,
    odd_run: panels::sweep_card::odd_run,
    palette: panels::palette::palette,
    share: panels::share::share,
    compare: panels::compare::compare,
    authorise: panels::share::authorise::authorise,
    compared: compare::compared,
};

/// The module `cut` of one part that travels as a file of its own: `load` fetches it, `ready` gives its functions.
/// Elsewhere, and in a build that was not cut, they are just there.
#[macro_export]
macro_rules! cut {
    ($name:ident, $functions:ident: $type:ty) => {
        #[cfg(all(feature = "cut", target_family = "wasm"))]
        mod cut {
            use std::cell::Cell;
            use wasm_split_helpers::{SplitLoaderError, wasm_split};

            thread_local! {
                static READY: Cell<Option<&'static $type>> = const { Cell::new(None) };
            }

            #[wasm_split($name, fallible)]
            fn all_of_it() -> Result<&'static $type, SplitLoaderError> {
                Ok(&super::$functions)
            }

            /// Fetches the part.
            ///
            /// # Errors
            /// It could not be fetched; the console says why.
            pub async fn load() -> Result<(), SplitLoaderError> {
                let part = all_of_it().await?;
                READY.set(Some(part));
                Ok(())
            }

            /// The functions, once they are there.
            pub fn ready() -> Option<&'static $type> {
                READY.get()
            }
        }

        #[cfg(not(all(feature = "cut", target_family = "wasm")))]
        mod cut {
            /// Nothing is to be fetched.
            ///
            /// # Errors
            /// Never.
            pub async fn load() -> Result<(), std::convert::Infallible> {
                Ok(())
            }

            /// The functions.
            pub const fn ready() -> Option<&'static $type> {
                Some(&super::$functions)
            }
        }

        pub use cut::{load, ready};
    };
}

cut!(late, LATE: super::Late);
