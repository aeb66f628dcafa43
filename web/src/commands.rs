//! Everything that can be asked of the page by a word, as the palette lists it.

use crate::store::draft::View;
use crate::store::guide;
use crate::store::share::{self, Page};
use crate::store::{Action, AppState, compare, draft, palette, run_events, selection, window};
use crate::text::templates::TEMPLATES;
use crate::text::{commands as words, editor};

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
        words::RUN,
        words::RUN_KEYS,
        Action::RunAsked,
    );
    add(
        state.run.phase.is_under_way(),
        words::CANCEL,
        "",
        Action::Run(run_events::Action::CancelAsked),
    );
    add(
        draft.can_undo(),
        editor::UNDO,
        words::UNDO_KEYS,
        Action::Draft(draft::Action::Undone),
    );
    add(
        draft.can_redo(),
        editor::REDO,
        words::REDO_KEYS,
        Action::Draft(draft::Action::Redone),
    );
    if let Some(name) = draft.fixed_by() {
        add(
            true,
            editor::FIXED,
            "",
            Action::ScenarioChosen { name, run: false },
        );
    }
    let is_edited = draft.from.is_some() && draft.is_edited();
    add(
        is_edited,
        editor::REVERT,
        "",
        Action::Draft(draft::Action::Reverted),
    );
    for (words, view) in [
        (words::EDITOR_BOTH, View::Both),
        (words::EDITOR_STORY, View::Story),
        (words::EDITOR_TEXT, View::Text),
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
        words::LADDER_OR_TABLE,
        "t",
        Action::Selection(selection::Action::TabTurned),
    );
    add(
        true,
        words::COURSE,
        "",
        Action::Guide(guide::Action::CourseAsked),
    );
    add(
        true,
        words::QUIZ,
        "",
        Action::Guide(guide::Action::QuizTurned),
    );
    add(
        true,
        words::THEME,
        "",
        Action::Window(window::Action::ThemeTurned),
    );
    add(
        true,
        words::HELP,
        "?",
        Action::Window(window::Action::HelpAsked),
    );
    list.extend(sharing(state));
    list
}

/// What is passed on, and what is compared.
fn sharing(state: &AppState) -> Vec<Command> {
    let pages = [
        (words::SHARE_LINK, Page::Link),
        (words::SHARE_EMBED, Page::Embed),
        (words::EXPORT, Page::Run),
    ];
    let share = pages.map(|(words, page)| Command {
        words,
        keys: "",
        action: Action::Share(share::Action::Asked(page)),
    });
    let compare = state.compare.result.as_ref().map(|_| Command {
        words: words::COMPARE,
        keys: "",
        action: Action::Compare(compare::Action::StoriesTurned),
    });
    let ghosts = state.compare.result.as_ref().map(|_| Command {
        words: words::GHOSTS,
        keys: "",
        action: Action::Compare(compare::Action::GhostsTurned),
    });
    share.into_iter().chain(compare).chain(ghosts).collect()
}

/// The action that opens the palette.
pub const OPEN: Action = Action::Palette(palette::Action::Opened);
