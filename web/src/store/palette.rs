//! The list of commands: whether it is open, what it is narrowed to, where the arrow keys are.

use yew::AttrValue;

/// The palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// `None` while it is closed.
    pub query: Option<AttrValue>,
    pub at: usize,
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Opened,
    Closed,
    Searched(AttrValue),
    WalkedTo(usize),
}

impl Palette {
    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        let next = match action {
            Action::Opened => Self {
                query: Some(AttrValue::default()),
                at: 0,
            },
            Action::Closed => Self::default(),
            Action::Searched(query) => Self {
                query: Some(query),
                at: 0,
            },
            Action::WalkedTo(at) => Self {
                at,
                query: self.query.clone(),
            },
        };
        (next != *self).then_some(next)
    }
}
