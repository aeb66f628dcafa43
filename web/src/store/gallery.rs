//! What the gallery is narrowed to.

use yew::AttrValue;

/// The words in the search field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gallery {
    pub query: AttrValue,
}

/// What happened in the gallery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Searched(AttrValue),
}

impl Gallery {
    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        match action {
            Action::Searched(query) if query == self.query => None,
            Action::Searched(query) => Some(Self { query }),
        }
    }
}
