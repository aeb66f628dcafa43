//! Passing on and taking in: the share dialog, and the link in the page's address. Opening a link runs nothing.

pub mod format;
pub mod read;

use aftershake_shared::catalog::{self, Entry};
use aftershake_shared::ladder::Axis;
use aftershake_shared::link::view::{Mode, View};
use aftershake_shared::recording::ScenarioText;
use yew::AttrValue;

use super::AppState;
use super::channel_status::ChannelStatus;
use super::kept::Kept;
use super::run_events::RunEvents;
use crate::text::share::SITE;

/// What is passed on, and what came in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Share {
    /// The page's own address without its fragment; empty until it is known.
    pub address: AttrValue,
    pub opening: Opening,
    /// What the link in the address holds.
    pub linked: Option<Kept<Linked>>,
    /// The address of a static site, as typed; empty where none was.
    pub typed_site: AttrValue,
    /// `None` while the dialog is closed.
    pub dialog: Option<Dialog>,
}

/// Where the link in the address is on its way into the editor.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Opening {
    /// There is none, or it is open.
    #[default]
    Nothing,
    /// It waits to be read.
    Waiting(AttrValue),
    Failed(Kept<Problem>),
}

/// Why a link is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    /// What the reader can do, one sentence.
    pub remedy: String,
}

/// What a link holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// The scenario of the catalogue that it says the same as.
    pub from: Option<&'static str>,
    pub name: String,
    pub text: AttrValue,
    pub view: View,
}

/// The open dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialog {
    pub page: Page,
    pub with_view: Included,
    /// How far the ladder was zoomed in when the view was included, in percent; `None` as it was placed.
    pub zoom: Option<u32>,
    /// What became of the last press.
    pub done: Option<Done>,
}

/// The dialog's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The scenario as a link or a file.
    #[default]
    Link,
    /// Lines to put into a page.
    Embed,
    /// The run as a file.
    Run,
}

/// Whether the link also says what is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Included {
    Yes,
    #[default]
    No,
}

/// What became of a press on a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    Copied(&'static str),
    Saved(&'static str),
    /// The browser did not allow it.
    Refused(&'static str),
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    AddressKnown(AttrValue),
    LinkFound(AttrValue),
    LinkRead(Result<Kept<Linked>, Kept<Problem>>),
    /// The reader goes on without the link.
    LinkLeft,
    Asked(Page),
    Closed,
    /// With or without what is looked at; the ladder's zoom in percent, unless it is as placed.
    ViewIncluded(Included, Option<u32>),
    SiteTyped(AttrValue),
    Did(Done),
}

impl Share {
    /// Whether the page comes from this machine, as an agent's does.
    pub fn is_local(&self) -> bool {
        let host = self.address.strip_prefix("http://").unwrap_or_default();
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| {
            let rest = host.strip_prefix(local);
            rest.is_some_and(|rest| rest.starts_with([':', '/']))
        })
    }

    /// Whether a link waits to be read.
    pub const fn is_opening(&self) -> bool {
        matches!(self.opening, Opening::Waiting(_))
    }

    /// The address of a static site as it stands in the field: typed, or this page's own unless an agent serves it.
    pub fn site(&self, is_agents: bool) -> AttrValue {
        if !self.typed_site.is_empty() {
            return self.typed_site.clone();
        }
        let folder = self
            .address
            .rfind('/')
            .and_then(|end| self.address.get(..=end));
        match folder.filter(|_| !is_agents) {
            Some(folder) => {
                AttrValue::from(folder.strip_suffix("play/").unwrap_or(folder).to_owned())
            }
            None => AttrValue::Static(SITE),
        }
    }

    /// The same without a link on its way.
    pub(super) fn at_rest(&self) -> Self {
        Self {
            opening: Opening::Nothing,
            ..self.clone()
        }
    }
}

impl AppState {
    /// The state after something was shared or came in; `None` when nothing changes.
    pub(super) fn shared(&self, action: Action) -> Option<Self> {
        let mut share = self.share.clone();
        match action {
            Action::AddressKnown(address) => share.address = address,
            Action::LinkFound(link) => share.opening = Opening::Waiting(link),
            Action::LinkLeft => share.opening = Opening::Nothing,
            Action::LinkRead(Ok(linked)) => return Some(self.linked(&linked)),
            Action::LinkRead(Err(problem)) => {
                let away = self.put_away();
                share.opening = Opening::Failed(problem);
                share.linked = None;
                return Some(Self { share, ..away });
            }
            Action::Asked(page) => {
                let open = share.dialog.unwrap_or_default();
                share.dialog = Some(Dialog {
                    page,
                    done: None,
                    ..open
                });
            }
            Action::Closed => share.dialog = None,
            Action::SiteTyped(site) => share.typed_site = site,
            Action::ViewIncluded(with_view, zoom) => {
                share.dialog = share.dialog.map(|open| Dialog {
                    with_view,
                    zoom,
                    done: None,
                    ..open
                });
            }
            Action::Did(done) => {
                share.dialog = share.dialog.map(|open| Dialog {
                    done: Some(done),
                    ..open
                });
            }
        }
        (share != self.share).then(|| Self {
            share,
            ..self.clone()
        })
    }

    /// With a link's scenario in the editor. After a reload it is there already, and its run is kept.
    fn linked(&self, linked: &Kept<Linked>) -> Self {
        let share = Share {
            linked: Some(linked.clone()),
            ..self.share.at_rest()
        };
        if self.draft.text == linked.text {
            return Self {
                share,
                ..self.clone()
            };
        }
        let away = self.put_away();
        let axis = match linked.view.mode {
            Some(Mode::Real) => Axis::Real,
            Some(Mode::GapsShortened) => Axis::GapsShortened,
            Some(Mode::Order) => Axis::Order,
            None => away.run.axis,
        };
        Self {
            draft: self.draft.replaced(linked.from, linked.text.clone()),
            previous: None,
            run: RunEvents { axis, ..away.run },
            share,
            ..away
        }
    }

    /// Whether an agent on this machine serves the page, as far as its address tells.
    pub fn is_agents_page(&self) -> bool {
        self.channel != ChannelStatus::Recorded && self.share.is_local()
    }

    /// The text in the editor with its name: the link's, while it is what the link says.
    pub fn named_text(&self) -> ScenarioText {
        let text = self.draft.to_text();
        let linked = self.share.linked.as_ref();
        let linked = linked.filter(|linked| linked.from.is_none() && linked.text == text.toml);
        match linked {
            Some(linked) if !linked.name.is_empty() => ScenarioText {
                name: linked.name.clone(),
                ..text
            },
            Some(_) | None => text,
        }
    }

    /// The same with the event selected that the link asked for, when its run has just ended.
    pub(super) fn with_wish(self) -> Self {
        let wish = self.share.linked.as_ref().and_then(|linked| {
            let text = self.run.header.as_ref()?.scenario.toml.as_str();
            let event = linked.view.event.filter(|_| linked.text == text)?;
            let found = self.run.events.iter().find(|found| found.id.0 == event)?;
            Some(found.id)
        });
        let mut next = self;
        if let Some(event) = wish {
            next.selection.event = Some(event);
        }
        next
    }

    /// What is looked at now, for a link; empty before a run.
    pub fn view(&self) -> View {
        let mode = match self.run.axis {
            Axis::Real => Mode::Real,
            Axis::GapsShortened => Mode::GapsShortened,
            Axis::Order => Mode::Order,
        };
        let is_usual = self.run.axis == Axis::default();
        View {
            event: self.selection.event.map(|event| event.0),
            zoom: self.share.dialog.as_ref().and_then(|open| open.zoom),
            mode: (!is_usual).then_some(mode),
            compare: self.compared_with().map(|entry| entry.name.to_owned()),
        }
    }

    /// How far the link wants the ladder of its own run zoomed in, in percent.
    pub fn wished_zoom(&self) -> Option<u32> {
        let linked = self.share.linked.as_ref()?;
        let shown = self.run.header.as_ref()?.scenario.toml.as_str();
        linked.view.zoom.filter(|_| linked.text == shown)
    }

    /// The catalogue's scenario that the link wants run before its own, to compare; `None` once another text is there.
    pub(super) fn beside(&self) -> Option<&'static Entry> {
        let linked = self.share.linked.as_ref()?;
        let entry = catalog::find(linked.view.compare.as_deref()?)?;
        // Two runs of one scenario need no other.
        (linked.text == self.draft.text && linked.text != entry.toml).then_some(entry)
    }

    /// Whether the run on show is of that scenario, as the catalogue has it.
    pub(super) fn shows(&self, entry: &Entry) -> bool {
        is_of(&self.run, entry)
    }

    fn compared_with(&self) -> Option<&'static Entry> {
        let before = self.previous.as_ref()?;
        self.compare.result.as_ref()?;
        let entry = catalog::find(&before.header.as_ref()?.scenario.name)?;
        (is_of(before, entry) && !self.shows(entry)).then_some(entry)
    }
}

fn is_of(run: &RunEvents, entry: &Entry) -> bool {
    let text = run.header.as_ref().map(|header| &header.scenario);
    text.is_some_and(|text| text.name == entry.name && text.toml == entry.toml)
}

#[cfg(test)]
mod tests;
