//! The run before beside the run now: compared once, when the second of them has its verdict.

use aftershake_shared::compare::{Comparison, Side};

use super::AppState;
use super::kept::Kept;
use super::run_events::RunEvents;
use crate::late;

/// What is compared, and how much of it is on show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    /// `None` where there is only one run.
    pub result: Option<Kept<Comparison>>,
    pub stories: Stories,
    pub ghosts: Ghosts,
}

/// Whether what only the run before did is drawn into the picture of this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ghosts {
    #[default]
    Drawn,
    LeftOut,
}

/// Whether both stories are shown line by line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stories {
    #[default]
    Folded,
    Shown,
}

/// What the reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    StoriesTurned,
    GhostsTurned,
    /// The run before is not needed any more.
    PutAway,
}

impl Compare {
    pub(super) fn reduce(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::StoriesTurned => {
                next.stories = match self.stories {
                    Stories::Folded => Stories::Shown,
                    Stories::Shown => Stories::Folded,
                };
            }
            Action::GhostsTurned => {
                next.ghosts = match self.ghosts {
                    Ghosts::Drawn => Ghosts::LeftOut,
                    Ghosts::LeftOut => Ghosts::Drawn,
                };
            }
            Action::PutAway => next.result = None,
        }
        next
    }
}

impl AppState {
    /// The same with the two runs compared, when both have ended.
    pub(super) fn compared(self) -> Self {
        let result = self.previous.as_ref().and_then(|before| {
            late::ready()
                .filter(|_| self.run.diagnosis.is_some())
                // Two captures need have nothing to do with each other.
                .filter(|_| {
                    [before, &self.run]
                        .into_iter()
                        .all(|run| run.scenario.is_some())
                })
                .and_then(|late| (late.compared)(before, &self.run))
        });
        Self {
            compare: Compare {
                result,
                ..self.compare
            },
            ..self
        }
    }
}

/// What [`AppState::compared`] does behind the cut; `None` unless both runs have a verdict.
pub(crate) fn compared(before: &RunEvents, after: &RunEvents) -> Option<Kept<Comparison>> {
    let comparison = Comparison::new(side(before)?, side(after)?);
    Some(Kept::new(comparison))
}

fn side(run: &RunEvents) -> Option<Side<'_>> {
    let header = run.header.as_ref();
    let evidence = header.map(|header| header.environment.evidence.as_slice());
    Some(Side {
        evidence: evidence.unwrap_or_default(),
        events: &run.events,
        connections: &run.connections,
        diagnosis: run.diagnosis.as_deref()?,
    })
}
