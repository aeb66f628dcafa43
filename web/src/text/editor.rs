//! What the editor says.

use super::count;

/// Titles, labels and buttons.
pub const TITLE: &str = "Scenario";
pub const UNTITLED: &str = "untitled";
pub const VIEWS: &str = "Editor’s view";
pub const VIEW_BOTH: &str = "Both";
pub const VIEW_STORY: &str = "Story";
pub const VIEW_TEXT: &str = "Text";
pub const UNDO: &str = "Undo";
pub const REDO: &str = "Redo";
pub const REVERT: &str = "Back to the catalogue’s text";
pub const FIXED: &str = "Start from the fixed version";
pub const TEXT_LABEL: &str = "Scenario in TOML";
pub const SUGGESTIONS: &str = "Ways to go on";
pub const STEPS: &str = "Steps in the order of the story";
pub const SCENARIO_TITLE: &str = "Title";
pub const SCENARIO_STORY: &str = "Story";
pub const NO_STORY: &str = "The story cannot be drawn while the text has this mistake:";
pub const TOO_MANY: &str = "more steps, in the text only.";
pub const WHO: &str = "by";
pub const KIND: &str = "does";
pub const ADD: &str = "Add a step";
pub const ADD_END: &str = "at the end";
pub const ADD_AFTER: &str = "after step";
pub const NEW_WHO: &str = "New step’s program";
pub const NEW_KIND: &str = "What the new step does";
pub const MORE: &str = "Name, order, timing";
pub const UP: &str = "Move up";
pub const DOWN: &str = "Move down";
pub const COPY: &str = "Duplicate";
pub const REMOVE: &str = "Remove";
pub const CLOSE: &str = "Close";
/// How long, as a form takes it.
pub const DURATION: &str = "100ms, 1.5s";
pub const UNSET: &str = "not set";
pub const KEYS: &str =
    "Arrows walk, Alt with arrows moves, Enter opens, Delete removes, Ctrl D duplicates.";

/// A step's place, for those who cannot see it.
pub const STEP: &str = "Step";
pub const OF: &str = "of";
pub const HAS_MISTAKE: &str = "has a mistake";

/// What the newest run said, beside the text that is being changed.
pub const RUN_SAYS: &str = "Newest run:";
pub const RUN_BEFORE: &str = "before it:";
pub const RUN_IS_OLD: &str = "of an earlier text";
pub const HIDDEN: &str = "holds a character that cannot be seen and may reorder what is:";
pub const READS_WELL: &str = "Reads well";

/// `Reads well: 5 steps by server, client.`
pub fn reads(steps: usize, endpoints: &str) -> String {
    let steps = count(steps as u64, "step", "steps");
    [READS_WELL, ": ", &steps, " by ", endpoints, "."].concat()
}

/// Where a character is that cannot be seen.
pub fn hidden(line: usize, letter: char) -> String {
    format!("Line {line} {HIDDEN} U+{:04X}.", u32::from(letter))
}
