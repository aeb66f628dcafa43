//! A file that the reader opened: how far it is read, and what it holds. Read here, sent nowhere.

use aftershake_shared::capture::explained::Explained;
use aftershake_shared::catalog;
use aftershake_shared::ladder::overview::Row;
use yew::AttrValue;

use super::AppState;
use super::kept::Kept;
use super::run_events::RunEvents;
use crate::files;

/// The file on show.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Tells it from files opened before; counts from 1.
    pub job: u32,
    pub name: AttrValue,
    /// Its size.
    pub bytes: u64,
    pub stage: Stage,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// So many of its bytes were read, with so many frames or events.
    Reading { bytes: u64, found: u64 },
    /// It cannot be read, and why.
    Refused(AttrValue),
    /// A run, which is on show like any other.
    Run,
    /// A run of the reader's own programs: on show like any other, and no scenario made it.
    Programs,
    Capture {
        told: Kept<Told>,
        /// The number of the connection on show, as the rows have it; `None` shows all rows.
        open: Option<u32>,
    },
}

/// A capture explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub explained: Explained,
    /// A row for each listed connection.
    pub rows: Kept<Vec<Row>>,
    /// Milliseconds since 1970 at its first frame.
    pub began: f64,
    /// Connections whose segments were not kept, because too many were.
    pub not_drawn: u64,
}

/// What a whole file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    Run(Kept<RunEvents>),
    Capture(Kept<Told>),
}

/// What happened to a file; the number is its job's.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Began(File),
    Went(u32, u64, u64),
    Ended(u32, Result<Holds, AttrValue>),
    /// A connection's ladder was asked for, by the number of its row.
    ConnectionChosen(u32),
    /// All connections were asked for.
    BackAsked,
    Closed,
}

impl File {
    /// Whether all that is to be seen is in the file's own card.
    pub const fn hides_run(&self) -> bool {
        match &self.stage {
            Stage::Reading { .. } | Stage::Capture { open: None, .. } => true,
            Stage::Refused(_)
            | Stage::Run
            | Stage::Programs
            | Stage::Capture { open: Some(_), .. } => false,
        }
    }

    /// Whether no scenario belongs to what is on show.
    pub const fn has_no_scenario(&self) -> bool {
        match &self.stage {
            Stage::Reading { .. } | Stage::Programs | Stage::Capture { .. } => true,
            Stage::Refused(_) | Stage::Run => false,
        }
    }

    /// At another stage.
    pub(super) fn at(&self, stage: Stage) -> Self {
        Self {
            stage,
            ..self.clone()
        }
    }
}

impl AppState {
    /// The state after something happened to a file; `None` when it changes nothing.
    pub(super) fn file_changed(&self, action: Action) -> Option<Self> {
        let with = |stage: Stage| {
            let file = self.file.as_ref()?.at(stage);
            Some(Self {
                file: Some(file),
                ..self.clone()
            })
        };
        let now = self.file.as_ref();
        match action {
            Action::Began(file) => Some(Self {
                file: Some(file),
                ..self.put_away()
            }),
            Action::Went(job, bytes, found) => {
                now.filter(|file| file.job == job)?;
                with(Stage::Reading { bytes, found })
            }
            Action::Ended(job, holds) => {
                now.filter(|file| file.job == job)?;
                match holds {
                    Err(why) => with(Stage::Refused(why)),
                    Ok(Holds::Run(run)) => {
                        let header = run.header.as_ref();
                        let is_told = header.is_some_and(|header| !header.scenario.toml.is_empty());
                        let stage = if is_told { Stage::Run } else { Stage::Programs };
                        Some(with(stage)?.with_run_of_file(&run))
                    }
                    Ok(Holds::Capture(told)) => {
                        let only = match told.rows.as_slice() {
                            [only] => Some(only.id),
                            [] | [_, ..] => None,
                        };
                        let all = with(Stage::Capture { told, open: None })?;
                        match only {
                            Some(only) => all.connection_chosen(only).or(Some(all)),
                            None => Some(all),
                        }
                    }
                }
            }
            Action::ConnectionChosen(row) => self.connection_chosen(row),
            Action::BackAsked => {
                let Stage::Capture { told, .. } = &now?.stage else {
                    return None;
                };
                let next = with(Stage::Capture {
                    told: told.clone(),
                    open: None,
                })?;
                Some(Self {
                    playback: next.playback.off(),
                    run: next.run.put_away(),
                    selection: next.selection.without_event(),
                    ..next
                })
            }
            Action::Closed => now.map(|_| self.put_away()),
        }
    }

    /// With a connection of the capture on show as a run of its own.
    fn connection_chosen(&self, row: u32) -> Option<Self> {
        let file = self.file.as_ref()?;
        let Stage::Capture { told, .. } = &file.stage else {
            return None;
        };
        let run = (files::ready()?.connection)(&file.name, told, row)?;
        let stage = Stage::Capture {
            told: told.clone(),
            open: Some(row),
        };
        let shown = Self {
            file: Some(file.at(stage)),
            selection: self.selection.without_event(),
            ..self.clone()
        };
        Some(shown.with_run_of_file(&run))
    }

    /// With a run out of a file on show, and its scenario, if it has one, in the editor.
    fn with_run_of_file(self, run: &RunEvents) -> Self {
        let text = run.header.as_ref().map(|header| &header.scenario);
        let text = text.filter(|text| !text.toml.is_empty());
        let draft = text.map(|text| {
            let from = catalog::find(&text.name).map(|entry| entry.name);
            self.draft
                .replaced(from, AttrValue::from(text.toml.clone()))
        });
        let next = Self {
            draft: draft.unwrap_or_else(|| self.draft.clone()),
            run: RunEvents {
                newest: self.run.newest.wrapping_add(1),
                axis: self.run.axis,
                filter: self.run.filter.clone(),
                ..run.clone()
            }
            .placed(),
            ..self
        };
        next.compared()
    }
}
