//! The playground: edits scenarios, runs them on an agent, draws the ladder, explains every RST.
//!
//! Knows the agent only through `shared::channel` and diagnoses for itself with `shared`'s code. A library,
//! so that reducers and markup can be tested without a browser.
//!
//! - [`store`]: all state of the page, changed by one reducer
//! - [`agent_channel`], [`address`], [`browser`], [`hand_out`], [`opening`], [`recorded`]: the only places that touch the browser
//! - [`panels`]: what the page shows; [`ladder_view`]: the picture of a run

pub mod address;
pub mod agent_channel;
pub mod app;
pub mod browser;
pub mod catalogue;
pub mod commands;
pub mod files;
pub mod hand_out;
pub mod keys;
pub mod ladder_view;
pub mod late;
pub mod opening;
pub mod out;
pub mod panels;
pub mod part;
pub mod read_file;
pub mod recorded;
pub mod store;
pub mod text;
