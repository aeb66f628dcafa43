//! What stands around the verdict: the header, the gallery, the card of a page without an agent, claims.

use crate::store::window::Theme;

/// The first thing that the Tab key leads to.
pub const SKIP: &str = "Skip to the verdict";

// The header.
pub const COMMANDS_TITLE: &str = "Ctrl Shift P";
pub const THEME_TITLE: &str = "Turn between the system's colours, light and dark";
pub const HELP: &str = "Keyboard help";
pub const HELP_TITLE: &str = "Keyboard help (?)";
pub const CANCEL: &str = "Cancel";
/// Stands before the key.
pub const RUN: &str = "Run ";
pub const RUN_AFTER_MANY: &str =
    "Many runs are under way; this one can begin when they end or are cancelled";
pub const RUN_AFTER_MENDING: &str = "The scenario has a mistake; the editor shows where";

// Whether an agent answers.
pub const STATUS_NO_TOKEN: &str = "no agent: the page was opened without one";
pub const STATUS_CONNECTING: &str = "looking for the agent";
pub const STATUS_OPEN: &str = "agent on this machine";
pub const STATUS_LOST: &str = "no agent: it went away, trying again";
pub const STATUS_SILENT: &str = "no agent: it does not answer";

// The card of a page without an agent.
pub const NO_AGENT: &str = "No agent";
pub const NO_AGENT_NO_TOKEN: &str =
    "This page was opened without an agent: its address carried no token.";
pub const NO_AGENT_LOST: &str = "The agent that opened this page does not answer. It has ended, or it was started anew and has another token.";
pub const NO_AGENT_OTHER_VERSION: &str =
    "The agent speaks another version of the protocol than this page. Reload the page it serves.";
pub const NO_AGENT_STILL: &str = " Reading, editing and checking scenarios works all the same. Running one does not, because a browser cannot open TCP sockets.";
/// Stand around two commands.
pub const NO_AGENT_START: &str = "Start one with ";
pub const NO_AGENT_OR: &str = ", or with ";
pub const NO_AGENT_THEN: &str = " in the repository; it opens its own page.";

// The gallery.
pub const GALLERY: &str = "Scenarios";
pub const GALLERY_CHOOSE: &str = "choose one";
pub const GALLERY_NONE: &str = "No scenario has these words.";
pub const NO_OUTCOME: &str = "no outcome expected";

// What others said about the scenario.
pub const CLAIMS: &str = "What was said about it";
pub const CLAIM_OPEN: &str = "claim: not run yet";
pub const CLAIM_HOLDS: &str = "claim: holds";
pub const CLAIM_FAILS: &str = "claim: does not hold";

/// The button that turns the theme.
pub const fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "Theme: auto",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    }
}

/// An agent of another version.
pub fn status_other_version(theirs: u32) -> String {
    format!("no agent: it speaks protocol {theirs}, this page another; reload")
}

/// The field that narrows the gallery.
pub fn search(scenarios: usize) -> String {
    format!("Search {scenarios} scenarios")
}

/// How many scenarios have the words.
pub fn found(number: usize) -> String {
    super::count(number as u64, "scenario", "scenarios")
}
