//! What the verdict's card says around the diagnosis, and instead of it while there is none.

use aftershake_shared::units::Nanos;

use super::{count, events};

pub const TITLE: &str = "Verdict";

// Nothing was run.
pub const NOT_RUN: &str = "not run";
pub const NOT_RUN_YET: &str = "not run yet";
pub const UNREADABLE: &str = "This scenario cannot be read yet.";
pub const UNREADABLE_WHERE: &str = "The first mistake is shown below its text.";
pub const AUTHOR_EXPECTS: &str = "Its author expects: ";
pub const EXPECTED_BY: &str = " by ";

// A run is under way.
pub const QUEUED: &str = "queued";
pub const RUNNING: &str = "running";
pub const ASKED: &str = "asked";
pub const ASKED_WORDS: &str = "The agent has been asked.";
pub const STEPS_DONE: &str = "Steps finished";

// No verdict came.
pub const FAILED: &str = "The agent could not run this scenario.";
pub const WHAT_HELPS: &str = "What helps: ";
pub const LOST_BADGE: &str = "cut off";
pub const LOST: &str = "The channel to the agent ended during this run.";
pub const LOST_ALL: &str =
    "No event arrived. The scenario is unchanged; run it again when the agent is back.";

// Around the diagnosis.
pub const AS_EXPECTED: &str = "As the scenario expects";
pub const NOT_AS_EXPECTED: &str = "Not as the scenario expects:";
pub const RULED_OUT: &str = "Ruled out:";
pub const REMARKS: &str = "Remarks on the evidence";
pub const REMARK: &str = "Remark: ";
pub const NOT_ACCEPTED: &str = "not accepted: it ended nothing";
pub const OPEN_CAUSES: &str = "The evidence leaves open: ";
pub const EVIDENCE: &str = "Evidence";

/// How far a run is.
pub fn so_far(done: usize, steps: usize, number: usize) -> String {
    let events = events(number);
    format!("Step {done} of {steps} finished, {events} so far.")
}

/// The channel ended after some events.
pub fn lost_rest(number: usize) -> String {
    let events = events(number);
    format!(
        "The {events} that arrived are kept below. They may be part of the story only, so there is no verdict."
    )
}

/// The badge of a reset.
pub fn reset_by(actor: &str) -> String {
    format!("reset by {actor}")
}

/// Which run it was, and how long it took.
pub fn run(number: u32, took: Nanos) -> String {
    format!("run {number}, {took}")
}

/// RSTs beside the one that decided.
pub fn more_resets(number: usize) -> String {
    format!("{} more", count(number as u64, "RST", "RSTs"))
}

/// `and 20 more`.
pub fn and_more(number: usize) -> String {
    format!("and {number} more")
}
