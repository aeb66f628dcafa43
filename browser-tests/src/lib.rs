//! A real Chromium and a real agent, for tests and measurements.
//!
//! - [`agent`]: starts `aftershake serve` and reads where it listens
//! - [`browser`]: starts Chromium behind its driver, clicks, types, waits for conditions
//! - [`playground`]: both together, and what a user does there
//! - [`webdriver`]: the driver's protocol, as much of it as is used here
//!
//! Waits are for conditions with a deadline.

pub mod agent;
pub mod browser;
pub mod playground;
pub mod webdriver;
