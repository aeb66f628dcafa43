//! What only an opened capture or recording needs, fetched when one is opened.

use yew::Callback;

use crate::late::Panel;
use crate::store::Action;
use crate::store::opened::Told;
use crate::store::run_events::RunEvents;
use crate::{cut, opening, panels, read_file, recorded};

/// The functions behind the cut.
#[derive(Debug)]
pub struct Files {
    /// Fetches a scenario's recording and shows it.
    pub fetch: fn(&'static str, &Callback<Action>),
    /// Reads a file and shows what it holds.
    pub open: fn(web_sys::File, &Callback<Action>),
    /// A connection of a capture as a run, by the file's name and the number of its row.
    pub connection: fn(&str, &Told, u32) -> Option<RunEvents>,
    /// The file's card.
    pub card: Panel,
}

static FILES: Files = Files {
    fetch: recorded::fetch,
    open: opening::open,
    connection: read_file::connection,
    card: panels::file_card::file_card,
};

cut!(files, FILES: super::Files);
