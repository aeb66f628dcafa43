//! A real Chromium and a real agent, for tests and measurements.
//!
//! - [`agent`]: starts `aftershake serve` and reads where it listens
//! - [`browser`]: starts Chromium behind its driver, clicks, types, waits for conditions
//! - [`webdriver`]: the driver's protocol, as much of it as is used here
//!
//! Waits are for conditions with a deadline. Nothing here knows what the page should show.

pub mod agent;
pub mod browser;
pub mod webdriver;
