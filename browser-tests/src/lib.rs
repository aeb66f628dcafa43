//! A real Chromium and a real agent, for tests and measurements.
//!
//! - [`agent`]: starts `aftershake serve` and reads where it listens
//! - [`axe`]: what the page denies to readers who cannot see or point; [`frames`]: how long a frame takes
//! - [`browser`]: starts Chromium behind its driver, clicks, types, waits for conditions
//! - [`dropped`]: files that fall on the page; [`files`]: a plain file server
//! - [`look`]: the four ways in which a view is looked at
//! - [`playground`]: both together, and what a user does there
//! - [`webdriver`]: the driver's protocol, as much of it as is used here
//!
//! Waits are for conditions with a deadline.

pub mod agent;
pub mod axe;
pub mod browser;
pub mod dropped;
pub mod files;
pub mod frames;
pub mod look;
pub mod playground;
pub mod webdriver;
