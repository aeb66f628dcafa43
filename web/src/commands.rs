//! Everything that can be asked of the page by a word: the palette lists it, the help shows its keys.

use crate::store::draft::View;
use crate::store::guide;
use crate::store::share::{self, Page};
use crate::store::{Action, AppState, compare, draft, palette, run_events, selection, window};
use crate::text::templates::TEMPLATES;

/// One command.
#[derive(Clone, Debug)]
pub struct Command {
    pub words: &'static str,
    /// Its keys, separated by spaces; empty without any.
    pub keys: &'static str,
    pub action: Action,
}

/// All of them that make sense now, in the order of the palette.
pub fn commands(state: &AppState) -> Vec<Command> {
    let draft = &state.draft;
    let mut list = Vec::new();
    let mut add = |holds: bool, words: &'static str, keys: &'static str, action: Action| {
        if holds {
            list.push(Command {
                words,
                keys,
                action,
            });
        }
    };
    add(
        state.can_run(),
        "Run the scenario",
        "Ctrl Enter",
        Action::RunAsked,
    );
    add(
        state.run.phase.is_under_way(),
        "Cancel the run",
        "",
        Action::Run(run_events::Action::CancelAsked),
    );
    add(
        draft.can_undo(),
        "Undo",
        "Ctrl Z",
        Action::Draft(draft::Action::Undone),
    );
    add(
        draft.can_redo(),
        "Redo",
        "Ctrl Shift Z",
        Action::Draft(draft::Action::Redone),
    );
    if let Some(name) = draft.fixed_by() {
        add(
            true,
            "Start from the fixed version",
            "",
            Action::ScenarioChosen { name, run: false },
        );
    }
    let is_edited = draft.from.is_some() && draft.is_edited();
    add(
        is_edited,
        "Back to the catalogue’s text",
        "",
        Action::Draft(draft::Action::Reverted),
    );
    for (words, view) in [
        ("Editor: story and text", View::Both),
        ("Editor: story", View::Story),
        ("Editor: text", View::Text),
    ] {
        add(
            draft.view != view,
            words,
            "",
            Action::Draft(draft::Action::ViewChosen(view)),
        );
    }
    for (number, (words, _)) in TEMPLATES.iter().enumerate() {
        add(true, words, "", Action::TemplateChosen(number));
    }
    add(
        true,
        "Ladder or table",
        "t",
        Action::Selection(selection::Action::TabTurned),
    );
    add(
        true,
        "Course: three claims, three bets",
        "",
        Action::Guide(guide::Action::CourseAsked),
    );
    add(
        true,
        "Quiz: hide verdicts, or show them again",
        "",
        Action::Guide(guide::Action::QuizTurned),
    );
    add(
        true,
        "Theme: system, light, dark",
        "",
        Action::Window(window::Action::ThemeTurned),
    );
    add(
        true,
        "Keyboard help",
        "?",
        Action::Window(window::Action::HelpAsked),
    );
    list.extend(sharing(state));
    list
}

/// What is passed on, and what is compared.
fn sharing(state: &AppState) -> Vec<Command> {
    let pages = [
        ("Share: link or file", Page::Link),
        ("Share: lines for a page", Page::Embed),
        ("Export the run", Page::Run),
    ];
    let share = pages.map(|(words, page)| Command {
        words,
        keys: "",
        action: Action::Share(share::Action::Asked(page)),
    });
    let compare = state.compare.result.as_ref().map(|_| Command {
        words: "Beside the run before: line by line, or folded",
        keys: "",
        action: Action::Compare(compare::Action::StoriesTurned),
    });
    share.into_iter().chain(compare).collect()
}

/// Keys that lead somewhere instead of doing something, and those of single views.
pub const OTHER_KEYS: [(&str, &str); 17] = [
    ("Ctrl Enter", "run the scenario, from anywhere"),
    ("Ctrl Shift P", "commands; also >"),
    ("/", "search the run, or the scenarios"),
    ("?", "this help"),
    ("Ctrl Z", "undo; with Shift, redo"),
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

/// The action that opens the palette.
pub const OPEN: Action = Action::Palette(palette::Action::Opened);
