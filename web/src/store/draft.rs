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
        let change = Change::between(&self.text, &text, (self.from, from));
        Self {
            from,
            step: None,
            form: Form::Closed,
            caret: 0,
            history: Kept::new(self.history.with(change)),
            ..self.with_text(text)
        }
    }

    fn with_text(&self, text: AttrValue) -> Self {
        Self {
            scenario: read(&text),
            story: read_story(&text),
            text,
            drag: None,
            suggest: Suggest::Closed,
            ..self.clone()
        }
    }

    fn edited(&self, text: AttrValue) -> Option<Self> {
        if text == self.text {
            return None;
        }
        let change = Change::between(&self.text, &text, (self.from, self.from));
        Some(Self {
            history: Kept::new(self.history.with(change)),
            ..self.with_text(text)
        })
    }

    /// The story view's change; the caret follows it.
    fn changed(&self, edit: &Edit) -> Option<Self> {
        let draft = self.edited(AttrValue::from(edit.apply(&self.text)))?;
        Some(Self {
            caret: edit.span.start,
            ..draft
        })
    }

    /// The same with this step chosen; the focus follows.
    fn at_step(self, step: usize) -> Self {
        let last = self.story.as_ref().map_or(0, |story| story.steps.len());
        Self {
            step: last.checked_sub(1).map(|last| step.min(last)),
            followed: self.followed.wrapping_add(1),
            ..self
        }
    }

    fn walked(
        &self,
        history: History,
        text: AttrValue,
        caret: usize,
        from: Option<&'static str>,
    ) -> Self {
        let draft = Self {
            from,
            caret,
            placed: self.placed.wrapping_add(1),
            history: Kept::new(history),
            ..self.with_text(text)
        };
        let last = draft.story.as_ref().map_or(0, |story| story.steps.len());
        let step = draft.step.filter(|step| *step < last);
        Self { step, ..draft }
    }

    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        let story = || self.story.as_ref().ok();
        match action {
            Action::Edited { text, caret } => {
                let draft = self.edited(text)?;
                let typed = draft.text.len() > self.text.len();
                Some(Self {
                    caret,
                    suggest: if typed {
                        Suggest::Open
                    } else {
                        Suggest::Closed
                    },
                    step: draft
                        .story
                        .as_ref()
                        .map_or(self.step, |story| story.step_at(caret)),
                    form: Form::Closed,
                    ..draft
                })
            }
            Action::Restored { from, text } => {
                let from = catalog::find(&from).map(|entry| entry.name);
                let is_new = text != self.text || from != self.from;
                is_new.then(|| Self {
                    from,
                    ..self.with_text(text)
                })
            }
            Action::Reverted => {
                let entry = self.from.and_then(catalog::find)?;
                self.edited(AttrValue::Static(entry.toml))
            }
            Action::Undone => {
                let (history, text, caret, from) = self.history.undo(&self.text)?;
                Some(self.walked(history, text, caret, from))
            }
            Action::Redone => {
                let (history, text, caret, from) = self.history.redo(&self.text)?;
                Some(self.walked(history, text, caret, from))
            }
            Action::ViewChosen(view) => (view != self.view).then(|| Self {
                view,
                ..self.clone()
            }),
            Action::CaretMoved(caret) if caret == self.caret => None,
            Action::CaretMoved(caret) => {
                let step = story().and_then(|story| story.step_at(caret));
                Some(Self {
                    caret,
                    step,
                    form: if step == self.step {
                        self.form
                    } else {
                        Form::Closed
                    },
                    suggest: Suggest::Closed,
                    ..self.clone()
                })
            }
            Action::SuggestTurned(suggest) => (suggest != self.suggest).then(|| Self {
                suggest,
                ..self.clone()
            }),
            Action::Completed { from, with } => {
                let span = from..self.caret;
                let edit = Edit {
                    span,
                    with: with.to_string(),
                };
                let draft = self.edited(AttrValue::from(edit.apply(&self.text)))?;
                Some(Self {
                    caret: from + with.len(),
                    placed: self.placed.wrapping_add(1),
                    ..draft
                })
            }
            Action::StepChosen(step) if self.step == Some(step) => None,
            Action::StepChosen(step) => Some(
                Self {
                    form: Form::Closed,
                    ..self.clone()
                }
                .at_step(step),
            ),
            Action::StepOpened(step) if (self.step, self.form) == (Some(step), Form::Open) => {
                self.reduce(Action::StepClosed)
            }
            Action::StepOpened(step) => Some(
                Self {
                    form: Form::Open,
                    ..self.clone()
                }
                .at_step(step),
            ),
            Action::StepClosed => (self.form == Form::Open).then(|| Self {
                form: Form::Closed,
                ..self.clone()
            }),
            Action::StepAdded { before, by, kind } => {
                let step = Story::new_step(&by, KindOfStep::of(kind)?);
                let draft = self.changed(&story()?.insert(&self.text, before, &step))?;
                Some(
                    Self {
                        form: Form::Open,
                        ..draft
                    }
                    .at_step(before),
                )
            }
            Action::StepRemoved(step) => {
                let draft = self.changed(&story()?.remove(&self.text, step)?)?;
                Some(
                    Self {
                        form: Form::Closed,
                        ..draft
                    }
                    .at_step(step),
                )
            }
            Action::StepCopied(step) => {
                let draft = self.changed(&story()?.duplicate(&self.text, step)?)?;
                Some(draft.at_step(step + 1))
            }
            Action::StepShifted { from, to } => {
                let draft = self.changed(&story()?.shift(&self.text, from, to)?)?;
                Some(draft.at_step(to))
            }
            Action::FieldSet { step, field, typed } => {
                let name = match field {
                    Field::OfStep(name) => Name::OfStep(name),
                    Field::OfKind(name) => Name::OfKind(name),
                };
                self.changed(&story()?.set(&self.text, step, name, typed.as_deref())?)
            }
            Action::KindSet { step, kind } => {
                self.changed(&story()?.set_kind(&self.text, step, KindOfStep::of(&kind)?)?)
            }
            Action::OwnSet { name, typed } => {
                self.changed(&story()?.set_own(&self.text, name, &typed))
            }
            Action::Dragged(drag) if self.drag.as_ref() == Some(&drag) => None,
            Action::Dragged(drag) => Some(Self {
                drag: Some(drag),
                ..self.clone()
            }),
            Action::DragLeft => self.drag.is_some().then(|| Self {
                drag: None,
                ..self.clone()
            }),
            Action::Dropped => self.dropped(),
        }
    }

    /// The dragged step in its new place and column, as one change.
    fn dropped(&self) -> Option<Self> {
        let drag = self.drag.clone()?;
        let story = self.story.as_ref().ok()?;
        let mut text = self.text.to_string();
        let step = story.steps.get(drag.from)?;
        if !drag.by.is_empty() && step.by() != drag.by.as_str() {
            let edit = story.set(&text, drag.from, Name::OfStep("by"), Some(&drag.by))?;
            text = edit.apply(&text);
        }
        let story = Story::read(&text).ok()?;
        if drag.from != drag.to {
            text = story.shift(&text, drag.from, drag.to)?.apply(&text);
        }
        let draft = self.edited(AttrValue::from(text));
        let draft = draft.unwrap_or_else(|| Self {
            drag: None,
            ..self.clone()
        });
        Some(draft.at_step(drag.to))
    }
}

#[cfg(test)]
mod tests;
