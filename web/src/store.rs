//! All state of the page and the one reducer that changes it. Each part has its own file below.
//!
//! Touches no browser object, so that every change can be tested natively.

pub mod capture_rows;
pub mod channel_status;
pub mod draft;
pub mod gallery;
pub mod guide;
pub mod kept;
mod kept_run;
pub mod look;
pub mod opened;
pub mod palette;
pub mod playback;
pub mod run_events;
pub mod selection;
pub mod window;

use std::rc::Rc;

use aftershake_shared::catalog;
use aftershake_shared::channel::ServerMessage;
use aftershake_shared::event::EventId;
use yew::{AttrValue, Reducible};

use channel_status::ChannelStatus;
use draft::Draft;
use gallery::Gallery;
use guide::Guide;
use kept::Kept;
use look::Look;
use opened::File;
use palette::Palette;
use playback::Playback;
use run_events::RunEvents;
use selection::{Selection, Walk};
use window::Window;

use crate::late::Part;
use crate::text::templates::TEMPLATES;

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppState {
    pub channel: ChannelStatus,
    pub draft: Draft,
    pub gallery: Gallery,
    pub guide: Guide,
    /// Whether runs can be read and shown.
    pub late: Part,
    pub look: Look,
    pub palette: Palette,
    pub playback: Playback,
    pub run: RunEvents,
    /// The file that was opened last, while it is on show.
    pub file: Option<File>,
    /// The run before, to compare with.
    pub previous: Option<Kept<RunEvents>>,
    pub selection: Selection,
    pub window: Window,
}

/// Something that happened: the user did it, the agent said it, or the browser reported it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The agent said something.
    AgentSaid(ServerMessage),
    /// Run was pressed.
    RunAsked,
    /// A catalogue scenario was chosen, and `run` says whether to run it at once.
    ScenarioChosen {
        name: &'static str,
        run: bool,
    },
    /// A story to begin with was chosen, by its number.
    TemplateChosen(usize),
    /// What the agent told of a run, before the page was loaded anew.
    RunKept(Vec<ServerMessage>),
    /// Something about a file that the reader opened.
    File(opened::Action),
    /// The page's second part was asked for.
    LateTried(Part),
    /// One thing and then another.
    Both(Box<[Action; 2]>),
    Channel(channel_status::Action),
    Draft(draft::Action),
    Gallery(gallery::Action),
    Guide(guide::Action),
    Look(look::Action),
    Palette(palette::Action),
    Playback(playback::Action),
    Run(run_events::Action),
    Selection(selection::Action),
    Window(window::Action),
}

impl Reducible for AppState {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let changed = self.changed_by(action);
        match changed {
            Some(state) => Rc::new(state),
            None => self,
        }
    }
}

impl AppState {
    /// The state after the action; `None` when it changes nothing.
    fn changed_by(&self, action: Action) -> Option<Self> {
        match action {
            Action::AgentSaid(message) => self.agent_said(message),
            Action::RunAsked => self.run_asked(),
            Action::ScenarioChosen { name, run } => {
                let chosen = self.scenario_chosen(name)?;
                if run {
                    return chosen.run_asked().or(Some(chosen));
                }
                Some(chosen)
            }
            Action::TemplateChosen(number) => {
                let (_, text) = TEMPLATES.get(number)?;
                Some(Self {
                    draft: self.draft.replaced(None, AttrValue::Static(text)),
                    ..self.put_away()
                })
            }
            Action::RunKept(_) if self.file.is_some() => None,
            Action::RunKept(messages) => {
                let run = kept_run::of_messages(messages)?;
                Some(Self {
                    previous: self.run_to_compare(),
                    run,
                    ..self.clone()
                })
            }
            Action::File(action) => self.file_changed(action),
            Action::LateTried(late) => Some(Self {
                late,
                ..self.clone()
            })
            .filter(|next| next.late != self.late),
            Action::Both(actions) => {
                let [first, second] = *actions;
                let between = self.changed_by(first);
                let after = between.as_ref().unwrap_or(self).changed_by(second);
                after.or(between)
            }
            Action::Guide(action) => {
                let (guide, shows) = self.guide.reduce(action);
                let next = Self {
                    guide,
                    ..self.clone()
                };
                Some(match shows {
                    Some((name, run)) => next
                        .changed_by(Action::ScenarioChosen { name, run })
                        .unwrap_or(next),
                    None => next,
                })
            }
            Action::Palette(action) => self.palette.reduce(action).map(|palette| Self {
                palette,
                ..self.clone()
            }),
            Action::Playback(action) => self.played(action),
            Action::Channel(action) => {
                let channel = self.channel.reduce(action)?;
                let run = if channel.is_open() {
                    None
                } else {
                    self.run.reduce(run_events::Action::ChannelLost)
                };
                Some(Self {
                    channel,
                    run: run.unwrap_or_else(|| self.run.clone()),
                    ..self.clone()
                })
            }
            Action::Draft(action) => self.draft.reduce(action).map(|draft| Self {
                draft,
                ..self.clone()
            }),
            Action::Gallery(action) => self.gallery.reduce(action).map(|gallery| Self {
                gallery,
                ..self.clone()
            }),
            Action::Look(action) => {
                let ladder = self.run.ladder.as_deref();
                self.look.reduce(action, ladder).map(|look| Self {
                    look,
                    ..self.clone()
                })
            }
            Action::Run(action) => {
                let run = self.run.reduce(action)?;
                Some(Self {
                    look: self.look.clone().searched(run.ladder.as_deref()),
                    run,
                    ..self.clone()
                })
            }
            Action::Selection(action) => self.selected(action),
            Action::Window(action) => self.window.reduce(action).map(|window| Self {
                window,
                ..self.clone()
            }),
        }
    }

    /// The selection after an action. What is picked in a connection that is not on show brings it there.
    fn selected(&self, action: selection::Action) -> Option<Self> {
        let order = match action {
            selection::Action::Walked(walk) => self.order_of(walk),
            selection::Action::Picked(_)
            | selection::Action::Left
            | selection::Action::TabChosen(_)
            | selection::Action::TabTurned => Vec::new(),
        };
        let selection = self.selection.reduce(action, &order)?;
        let event = selection
            .event
            .filter(|_| selection.event != self.selection.event);
        let run = event.and_then(|event| self.run.showing(event));
        let playback = match selection.event {
            Some(_) => self.playback,
            None => self.playback.off(),
        };
        Some(Self {
            selection,
            playback,
            run: run.unwrap_or_else(|| self.run.clone()),
            ..self.clone()
        })
    }

    /// The events that a walk goes along, in order.
    fn order_of(&self, walk: Walk) -> Vec<EventId> {
        match walk {
            Walk::First | Walk::Last | Walk::Next | Walk::Previous => self.run.walking_order(),
            Walk::NextOdd | Walk::PreviousOdd => self.run.odd(),
            Walk::NextFound | Walk::PreviousFound => self.look.found.to_vec(),
            Walk::TheReset => self.run.resets(),
        }
    }

    fn agent_said(&self, message: ServerMessage) -> Option<Self> {
        match message {
            ServerMessage::Welcome {
                protocol,
                version,
                environment,
            } => {
                let welcomed = channel_status::Action::Welcomed {
                    protocol,
                    version,
                    environment,
                };
                self.changed_by(Action::Channel(welcomed))
            }
            // Nothing on the page asks for many runs yet.
            ServerMessage::Planned { .. }
            | ServerMessage::Noise { .. }
            | ServerMessage::Came { .. }
            | ServerMessage::Kept { .. } => None,
            ServerMessage::Queued { .. }
            | ServerMessage::Started { .. }
            | ServerMessage::Events { .. }
            | ServerMessage::Finished { .. }
            | ServerMessage::Failed { .. } => {
                let run = self.run.agent_said(message)?;
                let selection = self.selection.follow(&self.run, &run);
                Some(Self {
                    run,
                    selection,
                    ..self.clone()
                })
            }
        }
    }

    /// The scenario whose recording is to be fetched now: on a static site, one that was chosen and is not on show.
    pub fn wanted_recording(&self) -> Option<&'static str> {
        let is_free = self.late == Part::There
            && self.channel == ChannelStatus::Recorded
            && self.run.phase == run_events::Phase::Idle;
        self.draft.recorded().filter(|_| is_free)
    }

    fn run_asked(&self) -> Option<Self> {
        if !self.can_run() {
            return None;
        }
        let scenario = self.draft.scenario.as_ref().ok()?;
        Some(Self {
            file: None,
            playback: self.playback.off(),
            run: self.run.asked(self.draft.to_text(), scenario.clone()),
            previous: self.run_to_compare(),
            selection: self.selection.without_event(),
            guide: self.guide.run_asked(),
            ..self.clone()
        })
    }

    /// The newest run that has ended, else the one before.
    fn run_to_compare(&self) -> Option<Kept<RunEvents>> {
        if self.run.diagnosis.is_some() {
            return Some(Kept::new(self.run.clone()));
        }
        self.previous.clone()
    }

    fn scenario_chosen(&self, name: &'static str) -> Option<Self> {
        let entry = catalog::find(name)?;
        // A remedy is compared with what it remedies, any other scenario with nothing.
        let is_related = self.draft.fixed_by() == Some(name) || self.draft.from == Some(name);
        let cleared = self.put_away();
        Some(Self {
            draft: self
                .draft
                .replaced(Some(entry.name), AttrValue::Static(entry.toml)),
            previous: cleared.previous.clone().filter(|_| is_related),
            ..cleared
        })
    }

    /// Without a run on show; it stays to compare with.
    fn put_away(&self) -> Self {
        Self {
            playback: self.playback.off(),
            run: self.run.put_away(),
            previous: self.run_to_compare(),
            selection: self.selection.without_event(),
            file: None,
            ..self.clone()
        }
    }

    /// Whether pressing Run would start a run.
    pub fn can_run(&self) -> bool {
        self.late == Part::There
            && self.channel.is_open()
            && self.draft.scenario.is_ok()
            && !self.run.phase.is_under_way()
    }
}

#[cfg(test)]
mod tests;
