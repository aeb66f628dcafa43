//! All state of the page and the one reducer that changes it. Each part has its own file below.
//!
//! Touches no browser object, so that every change can be tested natively.

pub mod capture_rows;
pub mod channel_status;
pub mod compare;
pub mod draft;
pub mod gallery;
pub mod guide;
pub mod kept;
mod kept_run;
pub mod look;
pub mod many;
pub mod opened;
pub mod palette;
pub mod playback;
pub mod run_events;
pub mod selection;
pub mod share;
pub mod window;

use std::any::Any;
use std::rc::Rc;

use aftershake_shared::catalog;
use aftershake_shared::channel::ServerMessage;
use aftershake_shared::event::EventId;
use yew::{AttrValue, Reducible};

use channel_status::ChannelStatus;
use compare::Compare;
use draft::Draft;
use gallery::Gallery;
use guide::Guide;
use kept::Kept;
use look::Look;
use opened::File;
use palette::Palette;
use playback::Playback;
use run_events::{Ask, RunEvents};
use selection::{Selection, Walk};
use share::{Opening, Share};
use window::Window;

use crate::late::{self, Part};
use crate::text::templates::TEMPLATES;

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppState {
    pub channel: ChannelStatus,
    pub compare: Compare,
    pub draft: Draft,
    pub gallery: Gallery,
    pub guide: Guide,
    /// Whether runs can be read and shown.
    pub late: Part,
    /// Many runs; what is behind the cut knows its type.
    pub many: Option<Kept<dyn Any>>,
    /// The request for many runs that is under way.
    pub many_ask: Option<Kept<Ask>>,
    pub look: Look,
    /// Whether links and files can be made.
    pub out: Part,
    pub palette: Palette,
    pub playback: Playback,
    pub run: RunEvents,
    /// The file that was opened last, while it is on show.
    pub file: Option<File>,
    /// The run before, to compare with.
    pub previous: Option<Kept<RunEvents>>,
    pub selection: Selection,
    pub share: Share,
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
    /// So was its third.
    OutTried(Part),
    /// One thing and then another.
    Both(Box<[Action; 2]>),
    Channel(channel_status::Action),
    Compare(compare::Action),
    Draft(draft::Action),
    Gallery(gallery::Action),
    Guide(guide::Action),
    Many(many::Action),
    Look(look::Action),
    Palette(palette::Action),
    Playback(playback::Action),
    Run(run_events::Action),
    Selection(selection::Action),
    Share(share::Action),
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
                let next = Self {
                    previous: self.run_to_compare(),
                    run,
                    ..self.clone()
                };
                Some(next.compared())
            }
            Action::File(action) => self.file_changed(action),
            Action::LateTried(late) => Some(Self {
                late,
                ..self.clone()
            })
            .filter(|next| next.late != self.late),
            Action::OutTried(out) => Some(Self {
                out,
                ..self.clone()
            })
            .filter(|next| next.out != self.out),
            Action::Both(actions) => {
                let [first, second] = *actions;
                let between = self.changed_by(first);
                let after = between.as_ref().unwrap_or(self).changed_by(second);
                after.or(between)
            }
            Action::Guide(action) => Some(self.guided(action)),
            Action::Many(action) => (late::ready()?.many)(self, action),
            Action::Palette(action) => self.palette.reduce(action).map(|palette| Self {
                palette,
                ..self.clone()
            }),
            Action::Playback(action) => self.played(action),
            Action::Channel(action) => self.channel_changed(action),
            Action::Compare(action) => Some(Self {
                compare: self.compare.reduce(action),
                previous: self
                    .previous
                    .clone()
                    .filter(|_| action != compare::Action::PutAway),
                ..self.clone()
            }),
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
            Action::Share(action) => self.shared(action),
            Action::Window(action) => self.window.reduce(action).map(|window| Self {
                window,
                ..self.clone()
            }),
        }
    }

    /// After a step of the course or the quiz, with the scenario that it shows.
    fn guided(&self, action: guide::Action) -> Self {
        let (guide, shows) = self.guide.reduce(action);
        let next = Self {
            guide,
            ..self.clone()
        };
        match shows {
            Some((name, run)) => next
                .changed_by(Action::ScenarioChosen { name, run })
                .unwrap_or(next),
            None => next,
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

    /// A lost channel ends what was under way.
    fn channel_changed(&self, action: channel_status::Action) -> Option<Self> {
        let channel = self.channel.reduce(action)?;
        let run = if channel.is_open() {
            None
        } else {
            self.run.reduce(run_events::Action::ChannelLost)
        };
        let next = Self {
            run: run.unwrap_or_else(|| self.run.clone()),
            channel,
            ..self.clone()
        };
        if next.channel.is_open() || next.many_ask.is_none() {
            return Some(next);
        }
        next.changed_by(Action::Many(many::Action::ChannelLost))
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
            message if message.run() >= Some(many::FIRST) => {
                self.changed_by(Action::Many(many::Action::Said(Box::new(message))))
            }
            // Of a run that is no longer known.
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
                let has_ended = run.diagnosis.is_some();
                let next = Self {
                    run,
                    selection,
                    ..self.clone()
                };
                Some(if has_ended { next.ended() } else { next })
            }
        }
    }

    /// The scenario whose recording is to be fetched now: on a static site, one that was chosen and is not on show.
    pub fn wanted_recording(&self) -> Option<&'static str> {
        let is_free = self.late == Part::There
            && self.channel == ChannelStatus::Recorded
            && self.share.opening == Opening::Nothing
            && self.run.phase == run_events::Phase::Idle;
        self.draft.recorded().filter(|_| is_free)
    }

    /// With a run that has just ended, and the link's own after the one it wants to be compared with.
    fn ended(self) -> Self {
        let was_beside = self.beside().is_some_and(|entry| self.shows(entry));
        let next = self.compared().with_wish();
        if was_beside {
            return next.run_asked().unwrap_or(next);
        }
        next
    }

    fn run_asked(&self) -> Option<Self> {
        if !self.can_run() {
            return None;
        }
        let own = self.draft.scenario.as_ref().ok()?;
        let beside = self
            .beside()
            .filter(|entry| !self.shows(entry))
            .and_then(|entry| Some((entry.text(), entry.text().parse().ok()?)));
        let (text, scenario) = match beside {
            Some((text, scenario)) => (text, Kept::new(scenario)),
            None => (self.named_text(), own.clone()),
        };
        Some(Self {
            file: None,
            playback: self.playback.off(),
            run: self.run.asked(text, scenario),
            previous: self.run_to_compare(),
            compare: self.compare.reduce(compare::Action::PutAway),
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
            compare: self.compare.reduce(compare::Action::PutAway),
            selection: self.selection.without_event(),
            file: None,
            share: self.share.at_rest(),
            ..self.clone()
        }
    }

    /// Whether the page's third part is needed now and was not tried.
    pub fn wants_out(&self) -> bool {
        let to_agent = self.channel == ChannelStatus::NoToken && !self.share.is_local();
        self.late == Part::There
            && self.out == Part::Coming
            && (self.share.dialog.is_some() || self.share.is_opening() || to_agent)
    }

    /// Whether pressing Run would start a run.
    pub fn can_run(&self) -> bool {
        self.late == Part::There
            && self.channel.is_open()
            && self.share.opening == Opening::Nothing
            && self.draft.scenario.is_ok()
            && !self.run.phase.is_under_way()
            && self.many_ask.is_none()
    }
}

#[cfg(test)]
mod tests;
