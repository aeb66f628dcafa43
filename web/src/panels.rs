//! What the page shows, one file per panel. A panel draws state and reports what the user did.

pub mod claims;
pub mod compare;
pub mod editor;
pub mod event_list;
pub mod event_table;
pub mod file_card;
pub mod gallery;
pub mod glyph;
pub mod guide;
pub mod header;
pub mod help;
pub mod inspector;
pub mod ladder_card;
mod ladder_tools;
pub mod no_agent;
mod overview;
pub mod palette;
mod playback;
pub mod press;
pub mod share;
pub mod stage;
pub mod sweep_card;
pub mod verdict;
