//! Links: whether the dialog that makes them is open, what was copied from it, and why one could not be opened.

use aftershake_shared::link::error::LinkError;

/// The state of the dialog and of the link that the page was opened with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub dialog: Dialog,
    /// The last try to copy, until the dialog is opened anew.
    pub copied: Option<Copied>,
    /// Why the link in the address gave no scenario.
    pub refused: Option<LinkError>,
}

/// Whether the dialog is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialog {
    #[default]
    Closed,
    Open,
}

/// What came of copying, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    Done(&'static str),
    /// The browser does not let the page write to the clipboard.
    Refused(&'static str),
}

/// What happened around sharing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Asked,
    Closed,
    Copied(Copied),
    /// The link in the address is none that can be opened.
    LinkRefused(LinkError),
    /// Another scenario was chosen or opened.
    LinkLeft,
}

impl Share {
    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        let mut new = self.clone();
        match action {
            Action::Asked => {
                new.dialog = Dialog::Open;
                new.copied = None;
            }
            Action::Closed => new.dialog = Dialog::Closed,
            Action::Copied(copied) => new.copied = Some(copied),
            Action::LinkRefused(error) => new.refused = Some(error),
            Action::LinkLeft => new.refused = None,
        }
        (new != *self).then_some(new)
    }
}
