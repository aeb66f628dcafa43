//! One run: what was asked, how far it is, its events so far, and the verdict once it has ended.

use aftershake_shared::channel::{Failure, RunId, ServerMessage};
use aftershake_shared::connection::Connections;
use aftershake_shared::diagnosis::diagnose_connections;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::event::step_progress::Progress;
use aftershake_shared::event::{Event, EventBody, EventId, sort_and_number};
use aftershake_shared::expectation::{self, ClaimTried, Met};
use aftershake_shared::ladder::filter::Filter;
use aftershake_shared::ladder::items::SegmentKind;
use aftershake_shared::ladder::overview::{MANY, Row, overview};
use aftershake_shared::ladder::{Axis, Ladder, Options, StepText};
use aftershake_shared::recording::{Header, ScenarioText};
use aftershake_shared::scenario::Scenario;
use aftershake_shared::units::Nanos;

use yew::AttrValue;

use super::kept::Kept;
use crate::late;

/// The newest run of this page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunEvents {
    /// What the channel is to send; `None` before the first run and when the run was put away.
    pub ask: Option<Kept<Ask>>,
    /// The number of the newest run; counts from 1.
    pub newest: RunId,
    pub phase: Phase,
    /// What was run, as read when Run was pressed.
    pub scenario: Option<Kept<Scenario>>,
    /// The agent's word on what runs, and with what evidence.
    pub header: Option<Kept<Header>>,
    /// In order of time, numbered from 1; of a capture in its order, numbered by frames.
    pub events: Kept<Vec<Event>>,
    /// What the ladder's vertical axis means.
    pub axis: Axis,
    /// What is left out of the ladder.
    pub filter: Filter,
    /// Which connection is shown.
    pub focus: Focus,
    /// The file it came from; `None` for a run of the agent.
    pub file: Option<AttrValue>,
    /// Milliseconds since 1970 when the browser heard of the run's beginning; `None` for a run of another day.
    pub began: Option<f64>,
    /// The events in their places; `None` before the first.
    pub ladder: Option<Kept<Ladder>>,
    /// The connections that the events tell of.
    pub connections: Kept<Connections>,
    /// A row for each of many; empty for a few.
    pub overview: Kept<Vec<Row>>,
    /// The verdict, once the run has ended.
    pub diagnosis: Option<Kept<Diagnosis>>,
    /// The events that the verdict rests on.
    pub cited: Kept<Vec<EventId>>,
    /// How the run compares with the scenario's `[expect]`; `None` without one or before the end.
    pub met: Option<Kept<Met>>,
    /// The scenario's claims put to the test, in its order; empty until the run has ended.
    pub claims: Kept<Vec<ClaimTried>>,
}

/// Which connections the ladder shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// All of a few; of many the overview, so that one can be chosen.
    #[default]
    Undecided,
    All,
    One(u32),
}

/// A run that the channel is to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub run: RunId,
    pub scenario: ScenarioText,
    /// Whether it is to be ended early.
    pub cancelled: bool,
    /// Set when it is to be made many times.
    pub times: Option<Times>,
}

/// How many runs are to be made of it, and what is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    pub runs: u32,
    pub seed: Option<u64>,
    /// `steps.reply.delay=0..5ms`.
    pub vary: Option<String>,
    pub bins: Option<u32>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was run.
    #[default]
    Idle,
    /// Asked for; the agent has not answered.
    Asked,
    /// Waits until `ahead` others have ended.
    Queued {
        ahead: u32,
    },
    Running,
    /// No more events will come.
    Finished {
        took: Nanos,
    },
    /// The agent could not do it.
    Failed(Failure),
    /// The channel ended first; the events so far are kept.
    Lost,
}

impl Phase {
    /// Whether an answer is still to come.
    pub const fn is_under_way(&self) -> bool {
        match self {
            Self::Asked | Self::Queued { .. } | Self::Running => true,
            Self::Idle | Self::Finished { .. } | Self::Failed(_) | Self::Lost => false,
        }
    }
}

/// What happened to the run besides what the agent says.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    AxisChosen(Axis),
    FilterChosen(Filter),
    FocusChosen(Focus),
    /// The browser's clock when the run began, in milliseconds since 1970.
    BeganAt(f64),
    CancelAsked,
    ChannelLost,
}

impl RunEvents {
    /// A run that was recorded earlier, not yet placed or judged. With the time at which it began, milliseconds since
    /// 1970, its events' times need not count from there: it took as long as lies between its first and its last.
    pub fn recorded(header: Header, events: Vec<Event>, began: Option<f64>) -> Self {
        let times = || events.iter().map(|event| event.at);
        let first = if began.is_some() { times().min() } else { None };
        let took = times().max().unwrap_or_default() - first.unwrap_or_default();
        Self {
            phase: Phase::Finished { took },
            scenario: header.scenario.parse().ok().map(Kept::new),
            header: Some(Kept::new(header)),
            events: Kept::new(events),
            focus: Focus::Undecided,
            began,
            ..Self::default()
        }
    }

    /// The event of that number.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        let at = self.events.binary_search_by_key(&id, |event| event.id);
        self.events.get(at.ok()?)
    }

    /// How many steps have finished.
    pub fn steps_done(&self) -> usize {
        let finished = |event: &&Event| match &event.body {
            EventBody::Step(step) => matches!(step.progress, Progress::Finished(_)),
            EventBody::Call(_)
            | EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::ProcessEnded(_)
            | EventBody::Outside(_)
            | EventBody::Segment(_)
            | EventBody::Socket(_)
            | EventBody::Trouble(_) => false,
        };
        self.events.iter().filter(finished).count()
    }

    /// The events that arrow keys lead to, as drawn.
    pub fn walking_order(&self) -> Vec<EventId> {
        let placed = self.ladder.iter().flat_map(|ladder| &ladder.order);
        placed.map(|placed| placed.event).collect()
    }

    /// The events that deserve a look.
    pub fn odd(&self) -> Vec<EventId> {
        let ladder = self.ladder.iter();
        ladder.flat_map(|ladder| ladder.odd()).collect()
    }

    /// The RSTs on the ladder.
    pub fn resets(&self) -> Vec<EventId> {
        let segments = self.ladder.iter().flat_map(|ladder| &ladder.segments);
        let resets = segments.filter(|segment| segment.kind == SegmentKind::Rst);
        let mut resets: Vec<_> = resets.map(|segment| segment.event).collect();
        resets.sort_unstable();
        resets
    }

    /// Whether the connections are shown instead of a ladder.
    pub fn shows_overview(&self) -> bool {
        self.focus == Focus::Undecided && self.connections.len() >= MANY
    }

    /// The same run with an event's connection on show; `None` when it is already.
    pub(super) fn showing(&self, event: EventId) -> Option<Self> {
        let connection = self.connections.connection_of(event).map(|c| c.id);
        match (self.focus, connection) {
            (Focus::Undecided, one) if self.shows_overview() => {
                self.focused(one.map_or(Focus::All, Focus::One))
            }
            (Focus::One(shown), Some(one)) if shown != one => self.focused(Focus::One(one)),
            (Focus::Undecided | Focus::All | Focus::One(_), _) => None,
        }
    }

    fn focused(&self, focus: Focus) -> Option<Self> {
        let next = Self {
            focus,
            ..self.clone()
        };
        (focus != self.focus).then(|| next.placed())
    }

    pub(super) fn asked(&self, text: ScenarioText, scenario: Kept<Scenario>) -> Self {
        let run = self.newest.wrapping_add(1);
        Self {
            ask: Some(Kept::new(Ask {
                run,
                scenario: text,
                cancelled: false,
                times: None,
            })),
            newest: run,
            phase: Phase::Asked,
            scenario: Some(scenario),
            axis: self.axis,
            filter: self.filter.clone(),
            ..Self::default()
        }
    }

    /// No run on show; one under way is cancelled.
    pub(super) fn put_away(&self) -> Self {
        let cancelled = self.reduce(Action::CancelAsked);
        Self {
            ask: cancelled.and_then(|run| run.ask),
            newest: self.newest,
            axis: self.axis,
            filter: self.filter.clone(),
            ..Self::default()
        }
    }

    pub(super) fn reduce(&self, action: Action) -> Option<Self> {
        match action {
            Action::AxisChosen(axis) if axis == self.axis => None,
            Action::AxisChosen(axis) => Some(
                Self {
                    axis,
                    ..self.clone()
                }
                .placed(),
            ),
            Action::FilterChosen(filter) if filter == self.filter => None,
            Action::FilterChosen(filter) => Some(
                Self {
                    filter,
                    ..self.clone()
                }
                .placed(),
            ),
            Action::FocusChosen(focus) => self.focused(focus),
            Action::BeganAt(_) if self.began.is_some() => None,
            Action::BeganAt(began) => Some(Self {
                began: Some(began),
                ..self.clone()
            }),
            Action::CancelAsked | Action::ChannelLost if !self.phase.is_under_way() => None,
            Action::CancelAsked => {
                let ask = self.ask.as_ref().filter(|ask| !ask.cancelled)?;
                Some(Self {
                    ask: Some(Kept::new(Ask {
                        cancelled: true,
                        ..Ask::clone(ask)
                    })),
                    ..self.clone()
                })
            }
            Action::ChannelLost => Some(Self {
                ask: None,
                phase: Phase::Lost,
                ..self.clone()
            }),
        }
    }

    /// The run after a message; `None` when it is about another run or changes nothing.
    pub(super) fn agent_said(&self, message: ServerMessage) -> Option<Self> {
        if !self.phase.is_under_way() {
            return None;
        }
        let mine = |run: RunId| (run == self.newest).then_some(());
        match message {
            ServerMessage::Welcome { .. }
            | ServerMessage::Planned { .. }
            | ServerMessage::Noise { .. }
            | ServerMessage::Came { .. }
            | ServerMessage::Kept { .. } => None,
            ServerMessage::Queued { run, ahead } => {
                mine(run)?;
                Some(self.at_phase(Phase::Queued { ahead }))
            }
            ServerMessage::Started { run, header } => {
                mine(run)?;
                Some(Self {
                    header: Some(Kept::new(header)),
                    ..self.at_phase(Phase::Running)
                })
            }
            ServerMessage::Events { run, events } => {
                mine(run)?;
                Some(self.with_events(events))
            }
            ServerMessage::Finished { run, took_ns } => {
                mine(run)?;
                let took = Nanos(took_ns);
                Some(self.at_phase(Phase::Finished { took }).diagnosed())
            }
            ServerMessage::Failed { run, error } => {
                run.map_or(Some(()), mine)?;
                Some(self.at_phase(Phase::Failed(error)))
            }
        }
    }

    fn at_phase(&self, phase: Phase) -> Self {
        Self {
            phase,
            ..self.clone()
        }
    }

    fn with_events(&self, more: Vec<Event>) -> Self {
        let mut events = self.events.to_vec();
        events.extend(more);
        sort_and_number(&mut events, 1);
        Self {
            events: Kept::new(events),
            ..self.clone()
        }
        .placed()
    }

    /// The same run with its events in their places.
    pub(super) fn placed(self) -> Self {
        match late::ready() {
            Some(late) if !self.events.is_empty() => (late.placed)(self),
            Some(_) | None => self,
        }
    }

    /// What [`Self::placed`] does behind the cut.
    pub(crate) fn with_places(self) -> Self {
        let steps = self.scenario.as_ref();
        let options = Options {
            axis: self.axis,
            filter: self.filter.clone(),
            connection: match self.focus {
                Focus::One(connection) => Some(connection),
                Focus::Undecided | Focus::All => None,
            },
            steps: steps
                .map(|scenario| StepText::of(scenario))
                .unwrap_or_default(),
            ..Options::default()
        };
        let ladder = Ladder::place(&self.events, &options);
        Self {
            ladder: Some(Kept::new(ladder)),
            connections: Kept::new(Connections::from_events(&self.events)),
            ..self
        }
        .with_overview()
    }

    /// The same run with its verdict.
    fn diagnosed(self) -> Self {
        match late::ready() {
            Some(late) => (late.diagnosed)(self),
            None => self,
        }
    }

    /// What [`Self::diagnosed`] does behind the cut.
    pub(crate) fn with_verdict(self) -> Self {
        let evidence = self
            .header
            .as_ref()
            .map(|header| header.environment.evidence.as_slice());
        let evidence = evidence.unwrap_or_default();
        let diagnosis = diagnose_connections(&self.events, evidence, &self.connections);
        self.judged(diagnosis).with_overview()
    }

    /// The same run with a row for each of many connections.
    fn with_overview(self) -> Self {
        if self.connections.len() < MANY {
            return self;
        }
        let rows = overview(&self.connections, self.diagnosis.as_deref());
        Self {
            overview: Kept::new(rows),
            ..self
        }
    }

    /// The same run with this verdict.
    pub(crate) fn judged(self, diagnosis: Diagnosis) -> Self {
        let (met, claims) = match &self.scenario {
            None => (None, Vec::new()),
            Some(scenario) => (
                scenario
                    .expect
                    .as_ref()
                    .map(|_| expectation::expected(scenario, &self.events, &diagnosis)),
                expectation::claims(scenario, &self.events, &diagnosis),
            ),
        };
        let cited = diagnosis
            .resets
            .iter()
            .flat_map(|finding| &finding.evidence);
        Self {
            met: met.map(Kept::new),
            claims: Kept::new(claims),
            cited: Kept::new(cited.map(|cited| cited.event).collect()),
            diagnosis: Some(Kept::new(diagnosis)),
            ..self
        }
    }
}
