//! The words of the palette's commands with their keys, and the table of keys in the help.
//!
//! What a button says too, like the editor's “Undo”, stands with the button.

// The palette.
pub const RUN: &str = "Run the scenario";
pub const CANCEL: &str = "Cancel the run";
pub const EDITOR_BOTH: &str = "Editor: story and text";
pub const EDITOR_STORY: &str = "Editor: story";
pub const EDITOR_TEXT: &str = "Editor: text";
pub const LADDER_OR_TABLE: &str = "Ladder or table";
pub const COURSE: &str = "Course: three claims, three bets";
pub const QUIZ: &str = "Quiz: hide verdicts, or show them again";
pub const THEME: &str = "Theme: system, light, dark";
pub const HELP: &str = "Keyboard help";
pub const SHARE_LINK: &str = "Share: link or file";
pub const SHARE_EMBED: &str = "Share: lines for a page";
pub const EXPORT: &str = "Export the run";
pub const COMPARE: &str = "Beside the run before: line by line, or folded";
pub const GHOSTS: &str = "What only the run before did: drawn into the picture, or left out";

// Keys as a keyboard names them.
pub const RUN_KEYS: &str = "Ctrl Enter";
pub const UNDO_KEYS: &str = "Ctrl Z";
pub const REDO_KEYS: &str = "Ctrl Shift Z";

/// The help's button.
pub const HELP_CLOSE: &str = "Close";

/// Keys that lead somewhere instead of doing something, and those of single views.
pub const OTHER_KEYS: [(&str, &str); 17] = [
    (RUN_KEYS, "run the scenario, from anywhere"),
    ("Ctrl Shift P", "commands; also >"),
    ("/", "search the run, or the scenarios"),
    ("?", "this help"),
    (UNDO_KEYS, "undo; with Shift, redo"),
    ("Ctrl Space", "in the text: ways to go on"),
    ("Alt ↑ ↓ ← →", "in the story: move the step"),
    ("Ctrl D", "in the story: duplicate; Delete removes"),
    ("↑ ↓ Home End", "in the ladder: the events"),
    ("Enter", "in the ladder: the event’s details"),
    ("n p t", "next and previous event; ladder or table"),
    ("e r", "next oddity, with Shift back; the reset"),
    (
        "w s a d",
        "in the ladder: zoom in and out, move up and down",
    ),
    ("Space , .", "play or pause the run; one event back, one on"),
    ("[ ]", "back, and on, to what deserves a look"),
    ("f 1", "in the ladder: all of it; as it was placed"),
    ("Esc", "close, or leave the selected event"),
];
