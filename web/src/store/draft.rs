//! The scenario in the editor: its text, what reading it gave, and the way back to every earlier text.

mod history;

use aftershake_shared::catalog::{self, CATALOG};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::edit::change::Name;
use aftershake_shared::scenario::edit::{Edit, Story};
use aftershake_shared::scenario::error::ScenarioError;
use aftershake_shared::scenario::steps::KindOfStep;
use yew::AttrValue;

use super::kept::Kept;
use history::{Change, History};

/// The text being edited, and how it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The catalogue scenario it came from.
    pub from: Option<&'static str>,
    pub text: AttrValue,
    /// What the text says, or its first mistake.
    pub scenario: Result<Kept<Scenario>, Kept<ScenarioError>>,
    /// Its parts with their places; an error when the story view cannot show them.
    pub story: Result<Kept<Story>, Kept<ScenarioError>>,
    pub view: View,
    /// The step that the story view is at, and whether its form is open.
    pub step: Option<usize>,
    pub form: Form,
    pub drag: Option<Drag>,
    /// The byte at which the text view's caret is.
    pub caret: usize,
    /// Counts the changes after which the text view must be told where its caret is.
    pub placed: u32,
    /// Counts the moves in the story view after which the focus goes to the chosen step.
    pub followed: u32,
    /// Whether names and values to go on with are on show; the one that the arrow keys have reached.
    pub suggest: Suggest,
    history: Kept<History>,
}

/// Which of the two views are on show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Both,
    Story,
    Text,
}

/// Whether the chosen step's fields are on show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Closed,
    Open,
}

/// Whether completions are on show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suggest {
    #[default]
    Closed,
    Open,
    /// The arrow keys have reached this one.
    At(usize),
}

/// A step on its way to another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drag {
    pub from: usize,
    pub to: usize,
    /// The column it is over.
    pub by: AttrValue,
}

/// What happened in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The text was typed; the caret is at this byte.
    Edited {
        text: AttrValue,
        caret: usize,
    },
    /// A text of an earlier visit was found.
    Restored {
        from: AttrValue,
        text: AttrValue,
    },
    /// Back to the catalogue's text.
    Reverted,
    Undone,
    Redone,
    ViewChosen(View),
    CaretMoved(usize),
    SuggestTurned(Suggest),
    /// Put in place of the bytes from here to the caret.
    Completed {
        from: usize,
        with: AttrValue,
    },
    /// A step was chosen or, chosen already, opened or closed.
    StepChosen(usize),
    StepOpened(usize),
    StepClosed,
    StepAdded {
        before: usize,
        by: AttrValue,
        kind: &'static str,
    },
    StepRemoved(usize),
    StepCopied(usize),
    StepShifted {
        from: usize,
        to: usize,
    },
    /// Another endpoint does it.
    StepGiven {
        step: usize,
        by: AttrValue,
    },
    FieldSet {
        step: usize,
        field: Field,
        typed: Option<AttrValue>,
    },
    KindSet {
        step: usize,
        kind: AttrValue,
    },
    /// One of the scenario's own fields, like its title.
    OwnSet {
        name: &'static str,
        typed: AttrValue,
    },
    Dragged(Drag),
    Dropped,
    DragLeft,
}

/// A field of a step, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    OfStep(&'static str),
    OfKind(&'static str),
}

/// The scenario the page opens with, when the catalogue has it.
const FIRST: &str = "accepts-then-closes";

impl Default for Draft {
    fn default() -> Self {
        let first = catalog::find(FIRST).or_else(|| CATALOG.first());
        let (from, text) = first.map_or((None, ""), |entry| (Some(entry.name), entry.toml));
        Self {
            from,
            text: AttrValue::Static(text),
            scenario: read(text),
            story: read_story(text),
            view: View::default(),
            step: None,
            form: Form::default(),
            drag: None,
            caret: 0,
            placed: 0,
            followed: 0,
            suggest: Suggest::default(),
            history: Kept::default(),
        }
    }
}

impl Draft {
    /// The scenario of the catalogue whose text this is, word for word.
    pub fn recorded(&self) -> Option<&'static str> {
        let entry = self.from.and_then(catalog::find)?;
        (entry.toml == &*self.text).then_some(entry.name)
    }
}

fn read(text: &str) -> Result<Kept<Scenario>, Kept<ScenarioError>> {
    Scenario::parse(text).map(Kept::new).map_err(Kept::new)
}

fn read_story(text: &str) -> Result<Kept<Story>, Kept<ScenarioError>> {
    Story::read(text).map(Kept::new).map_err(Kept::new)
}

impl Draft {
    /// Whether the text differs from the catalogue's.
    pub fn is_edited(&self) -> bool {
        let original = self.from.and_then(catalog::find);
        original.is_none_or(|entry| entry.toml != self.text.as_str())
    }

    /// The text with a name: the catalogue's while it is unchanged.
    pub fn to_text(&self) -> ScenarioText {
        let name = match self.from {
            Some(name) if self.is_edited() => [name, "-edited"].concat(),
            Some(name) => name.to_owned(),
            None => "untitled".to_owned(),
        };
        ScenarioText {
            name,
            toml: self.text.to_string(),
        }
    }

    /// Whether there is an earlier text to go back to.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is a text to come forward to.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// The scenario that shows the remedy, when the catalogue has it.
    pub fn fixed_by(&self) -> Option<&'static str> {
        let story = self.story.as_ref().ok()?;
        catalog::find(story.value("fixed_by")).map(|entry| entry.name)
    }

    /// The step in which reading found the first mistake.
    pub fn wrong_step(&self) -> Option<usize> {
        let error = self.scenario.as_ref().err()?;
        let story = self.story.as_ref().ok()?;
        let before = self.text.split_inclusive('\n').take(error.line - 1);
        let start: usize = before.map(str::len).sum();
        story.step_at(start)
    }

    /// Another text, of the catalogue or of nobody; undo leads back.
    pub(super) fn replaced(&self, from: Option<&'static str>, text: AttrValue) -> Self {
        let mut draft = self.clone();
        draft.change_text(text, from);
        draft.step = None;
        draft.form = Form::Closed;
        draft.caret = 0;
        draft
    }

    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        let mut draft = self.clone();
        draft.apply(action)?;
        Some(draft)
    }

    /// Takes a text without a trace in the history.
    fn take_text(&mut self, text: AttrValue) {
        self.scenario = read(&text);
        self.story = read_story(&text);
        self.text = text;
        self.drag = None;
        self.suggest = Suggest::Closed;
    }

    fn change_text(&mut self, text: AttrValue, from: Option<&'static str>) {
        let change = Change::between(&self.text, &text, (self.from, from));
        self.history = Kept::new(self.history.with(change));
        self.from = from;
        self.take_text(text);
    }

    /// One more change; `None` when the text stays the same.
    fn edit(&mut self, text: AttrValue) -> Option<()> {
        if text == self.text {
            return None;
        }
        self.change_text(text, self.from);
        Some(())
    }

    /// The story view's change; the caret follows it.
    fn edit_story(&mut self, edit: impl FnOnce(&Story, &str) -> Option<Edit>) -> Option<()> {
        let edit = edit(self.story.as_ref().ok()?, &self.text)?;
        self.edit(AttrValue::from(edit.apply(&self.text)))?;
        self.caret = edit.span.start;
        Some(())
    }

    fn steps(&self) -> usize {
        self.story.as_ref().map_or(0, |story| story.steps.len())
    }

    /// This step is chosen; the focus follows.
    fn go_to(&mut self, step: usize) {
        self.step = self.steps().checked_sub(1).map(|last| step.min(last));
        self.followed = self.followed.wrapping_add(1);
    }

    fn place_caret(&mut self, caret: usize) {
        self.caret = caret;
        self.placed = self.placed.wrapping_add(1);
    }

    fn walk(&mut self, walk: Option<history::Walk>) -> Option<()> {
        let (history, text, caret, from) = walk?;
        self.history = Kept::new(history);
        self.from = from;
        self.take_text(text);
        self.place_caret(caret);
        self.step = self.step.filter(|step| *step < self.steps());
        Some(())
    }

    /// `None` when nothing changes.
    fn apply(&mut self, action: Action) -> Option<()> {
        match action {
            Action::Edited { text, caret } => {
                let is_longer = text.len() > self.text.len();
                self.edit(text)?;
                self.caret = caret;
                if is_longer {
                    self.suggest = Suggest::Open;
                }
                if let Ok(story) = &self.story {
                    self.step = story.step_at(caret);
                }
                self.form = Form::Closed;
            }
            Action::Restored { from, text } => {
                let from = catalog::find(&from).map(|entry| entry.name);
                if text == self.text && from == self.from {
                    return None;
                }
                self.from = from;
                self.take_text(text);
            }
            Action::Reverted => {
                let entry = self.from.and_then(catalog::find)?;
                self.edit(AttrValue::Static(entry.toml))?;
            }
            Action::Undone => self.walk(self.history.undo(&self.text))?,
            Action::Redone => self.walk(self.history.redo(&self.text))?,
            Action::ViewChosen(view) => self.view = view,
            Action::CaretMoved(caret) if caret == self.caret => return None,
            Action::CaretMoved(caret) => {
                let step = self
                    .story
                    .as_ref()
                    .ok()
                    .and_then(|story| story.step_at(caret));
                if step != self.step {
                    self.form = Form::Closed;
                }
                self.caret = caret;
                self.step = step;
                self.suggest = Suggest::Closed;
            }
            Action::SuggestTurned(suggest) => self.suggest = suggest,
            Action::Completed { from, with } => {
                let edit = Edit {
                    span: from..self.caret,
                    with: with.to_string(),
                };
                self.edit(AttrValue::from(edit.apply(&self.text)))?;
                self.place_caret(from + with.len());
            }
            Action::StepChosen(_)
            | Action::StepOpened(_)
            | Action::StepClosed
            | Action::StepAdded { .. }
            | Action::StepRemoved(_)
            | Action::StepCopied(_)
            | Action::StepShifted { .. }
            | Action::StepGiven { .. }
            | Action::FieldSet { .. }
            | Action::KindSet { .. } => return self.apply_to_step(action),
            Action::OwnSet { name, typed } => {
                self.edit_story(|story, text| Some(story.set_own(text, name, &typed)))?;
            }
            Action::Dragged(drag) if self.drag.as_ref() == Some(&drag) => return None,
            Action::Dragged(drag) => self.drag = Some(drag),
            Action::DragLeft => {
                self.drag.take()?;
            }
            Action::Dropped => self.drop()?,
        }
        Some(())
    }

    /// What the story view does to one step; `None` when nothing changes.
    fn apply_to_step(&mut self, action: Action) -> Option<()> {
        match action {
            Action::StepChosen(step) => {
                self.form = Form::Closed;
                self.go_to(step);
            }
            Action::StepOpened(step) => {
                let is_open = (self.step, self.form) == (Some(step), Form::Open);
                self.form = if is_open { Form::Closed } else { Form::Open };
                self.go_to(step);
            }
            Action::StepClosed => {
                self.form = Form::Closed;
                self.go_to(self.step?);
            }
            Action::StepAdded { before, by, kind } => {
                let step = Story::new_step(&by, KindOfStep::of(kind)?);
                self.edit_story(|story, text| Some(story.insert(text, before, &step)))?;
                self.form = Form::Open;
                self.go_to(before);
            }
            Action::StepRemoved(step) => {
                self.edit_story(|story, text| story.remove(text, step))?;
                self.form = Form::Closed;
                self.go_to(step);
            }
            Action::StepCopied(step) => {
                self.edit_story(|story, text| story.duplicate(text, step))?;
                self.go_to(step + 1);
            }
            Action::StepShifted { from, to } => {
                self.edit_story(|story, text| story.shift(text, from, to))?;
                self.go_to(to);
            }
            Action::StepGiven { step, by } => {
                let name = Name::OfStep("by");
                self.edit_story(|story, text| story.set(text, step, name, Some(&by)))?;
                self.go_to(step);
            }
            Action::FieldSet { step, field, typed } => {
                let name = match field {
                    Field::OfStep(name) => Name::OfStep(name),
                    Field::OfKind(name) => Name::OfKind(name),
                };
                self.edit_story(|story, text| story.set(text, step, name, typed.as_deref()))?;
            }
            Action::KindSet { step, kind } => {
                let kind = KindOfStep::of(&kind)?;
                self.edit_story(|story, text| story.set_kind(text, step, kind))?;
            }
            Action::Edited { .. }
            | Action::Restored { .. }
            | Action::Reverted
            | Action::Undone
            | Action::Redone
            | Action::ViewChosen(_)
            | Action::CaretMoved(_)
            | Action::SuggestTurned(_)
            | Action::Completed { .. }
            | Action::OwnSet { .. }
            | Action::Dragged(_)
            | Action::Dropped
            | Action::DragLeft => return None,
        }
        Some(())
    }

    /// The dragged step in its new place and column, as one change.
    fn drop(&mut self) -> Option<()> {
        let Drag { from, to, by } = self.drag.take()?;
        let story = self.story.as_ref().ok()?;
        let mut text = self.text.to_string();
        if !by.is_empty() && story.steps.get(from)?.by() != by.as_str() {
            text = story
                .set(&text, from, Name::OfStep("by"), Some(&by))?
                .apply(&text);
        }
        if from != to {
            text = Story::read(&text)
                .ok()?
                .shift(&text, from, to)?
                .apply(&text);
        }
        let _ = self.edit(AttrValue::from(text));
        self.go_to(to);
        Some(())
    }
}

#[cfg(test)]
mod tests;
