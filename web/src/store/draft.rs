//! The scenario in the editor: its text, and what reading it gave.

use aftershake_shared::catalog::{self, CATALOG};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::error::ScenarioError;
use yew::AttrValue;

use super::kept::Kept;

/// The text being edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The catalogue scenario it came from.
    pub from: Option<&'static str>,
    pub text: AttrValue,
    /// What the text says, or its first mistake.
    pub scenario: Result<Kept<Scenario>, Kept<ScenarioError>>,
}

/// What happened in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Edited(AttrValue),
    /// Back to the catalogue's text.
    Reverted,
}

/// The scenario the page opens with, when the catalogue has it.
const FIRST: &str = "accepts-then-closes";

impl Default for Draft {
    fn default() -> Self {
        let first = catalog::find(FIRST).or_else(|| CATALOG.first());
        first
            .and_then(|entry| Self::of_catalogue(entry.name))
            .unwrap_or_else(|| Self::of_text(None, AttrValue::default()))
    }
}

impl Draft {
    /// The catalogue's scenario of that name.
    pub fn of_catalogue(name: &str) -> Option<Self> {
        let entry = catalog::find(name)?;
        Some(Self::of_text(
            Some(entry.name),
            AttrValue::Static(entry.toml),
        ))
    }

    fn of_text(from: Option<&'static str>, text: AttrValue) -> Self {
        let scenario = match Scenario::parse(&text) {
            Ok(scenario) => Ok(Kept::new(scenario)),
            Err(error) => Err(Kept::new(error)),
        };
        Self {
            from,
            text,
            scenario,
        }
    }

    /// Whether the text differs from the catalogue's.
    pub fn is_edited(&self) -> bool {
        let original = self.from.and_then(catalog::find);
        original.is_none_or(|entry| entry.toml != self.text.as_str())
    }

    /// The text with a name: the catalogue's while it is unchanged.
    pub fn to_text(&self) -> ScenarioText {
        let name = match self.from {
            Some(name) if self.is_edited() => format!("{name}-edited"),
            Some(name) => name.to_owned(),
            None => "untitled".to_owned(),
        };
        ScenarioText {
            name,
            toml: self.text.to_string(),
        }
    }

    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        match action {
            Action::Edited(text) if text == self.text => None,
            Action::Edited(text) => Some(Self::of_text(self.from, text)),
            Action::Reverted if !self.is_edited() => None,
            Action::Reverted => self.from.and_then(Self::of_catalogue),
        }
    }
}
