//! What is said on a static site, where recordings take an agent's place.

pub const STATUS: &str = "recorded runs, no agent";
pub const CHANGED: &str = "No run of this text is recorded, and this site has no agent to run it: `aftershake` on your machine has.";
pub const UNKNOWN_REMEDY: &str = "the name behind `scenario=`, as `aftershake list` has it";

pub fn unknown(name: &str) -> String {
    ["the catalogue has no scenario `", name, "`"].concat()
}
pub const NOT_FETCHED: &str = "the site has no recording of it";
