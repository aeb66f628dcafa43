//! A run played again, event by event, at the pace of its picture: what comes later is dimmed, what is now is selected.

use aftershake_shared::event::EventId;
use aftershake_shared::ladder::Ladder;

use super::AppState;
use super::selection;

/// Units of the picture that pass in a second at single speed: a screen in some six seconds.
const PACE: f32 = 120.0;

/// Whether, and how fast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Playback {
    pub state: State,
    pub speed: Speed,
    /// How far down the picture it has come.
    head: f32,
}

/// How it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The whole run is on show.
    #[default]
    Off,
    Paused,
    Playing,
}

/// How fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    Quarter,
    Half,
    #[default]
    Single,
    Double,
    Fourfold,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Play, or pause.
    Turned,
    SpeedChosen(Speed),
    /// One event on, or back, or to the next that deserves a look.
    Stepped(selection::Walk),
    /// So many milliseconds have passed.
    Passed(u16),
    /// The whole run is asked for.
    Left,
}

impl Speed {
    pub const ALL: [Self; 5] = [
        Self::Quarter,
        Self::Half,
        Self::Single,
        Self::Double,
        Self::Fourfold,
    ];

    const fn factor(self) -> f32 {
        match self {
            Self::Quarter => 0.25,
            Self::Half => 0.5,
            Self::Single => 1.0,
            Self::Double => 2.0,
            Self::Fourfold => 4.0,
        }
    }
}

impl Playback {
    /// With the whole run on show.
    pub(super) const fn off(self) -> Self {
        Self {
            state: State::Off,
            ..self
        }
    }

    /// The event up to which everything has happened; `None` while the whole run is on show.
    pub fn now(&self, selected: Option<EventId>) -> Option<EventId> {
        selected.filter(|_| self.state != State::Off)
    }
}

impl AppState {
    /// The state after something of the playback; `None` when it changes nothing.
    pub(super) fn played(&self, action: Action) -> Option<Self> {
        let ladder = self.run.ladder.as_ref()?;
        let first = ladder.order.first()?.event;
        let at_state = |state: State| Playback {
            state,
            ..self.playback
        };
        match action {
            Action::SpeedChosen(speed) => Some(self.at(
                Playback {
                    speed,
                    ..self.playback
                },
                self.selection.event,
            )),
            Action::Left => Some(self.at(at_state(State::Off), self.selection.event)),
            Action::Turned if self.playback.state == State::Playing => {
                Some(self.at(at_state(State::Paused), self.selection.event))
            }
            Action::Turned => {
                let last = ladder.order.last().map(|placed| placed.event);
                let here = self.selection.event.filter(|here| Some(*here) != last);
                let from = here.unwrap_or(first);
                Some(
                    self.at(at_state(State::Playing), Some(from))
                        .on(ladder, from),
                )
            }
            Action::Stepped(walk) => {
                let walked = selection::Action::Walked(walk);
                let selection = self.selection.reduce(walked, &self.order_of(walk));
                let event = selection.unwrap_or(self.selection).event?;
                Some(self.at(at_state(State::Paused), Some(event)))
            }
            Action::Passed(millis) => self.passed(ladder, millis),
        }
    }

    fn passed(&self, ladder: &Ladder, millis: u16) -> Option<Self> {
        let selected = self.selection.event?;
        if self.playback.state != State::Playing {
            return None;
        }
        let head =
            self.playback.head + f32::from(millis) / 1e3 * PACE * self.playback.speed.factor();
        let next = ladder
            .order
            .partition_point(|placed| placed.event <= selected);
        let rest = ladder.order.get(next..).unwrap_or_default();
        let has_come = |event: &EventId| {
            let extent = ladder.extent_of(*event);
            extent.is_some_and(|(top, _)| top <= head)
        };
        let come = rest.iter().map(|placed| placed.event).take_while(has_come);
        let event = come.last().unwrap_or(selected);
        let is_over = rest.last().is_none_or(|last| last.event <= event);
        let state = if is_over { State::Off } else { State::Playing };
        let playback = Playback {
            state,
            head,
            ..self.playback
        };
        Some(self.at(playback, Some(event)))
    }

    fn at(&self, playback: Playback, event: Option<EventId>) -> Self {
        Self {
            playback,
            selection: selection::Selection {
                event,
                ..self.selection
            },
            ..self.clone()
        }
    }

    /// With the head where an event is.
    fn on(self, ladder: &Ladder, event: EventId) -> Self {
        let head = ladder.extent_of(event).map_or(0.0, |(top, _)| top);
        Self {
            playback: Playback {
                head,
                ..self.playback
            },
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_file::Opening;
    use crate::store::opened::Holds;
    use crate::store::selection::Walk;

    fn shown() -> AppState {
        let recording = include_bytes!("../../tests/recordings/sent-before-close.jsonl");
        let mut opening = Opening::new("x".to_owned());
        opening.feed(recording).unwrap();
        let Ok(Holds::Run(run)) = opening.finish() else {
            panic!("no run");
        };
        AppState {
            run: (*run).clone(),
            ..AppState::default()
        }
    }

    fn ids(state: &AppState) -> Vec<EventId> {
        state.run.walking_order()
    }

    #[test]
    fn playing_goes_from_the_first_event_to_the_last_and_ends_there() {
        let state = shown();
        let mut state = state.played(Action::Turned).unwrap();
        let order = ids(&state);
        assert_eq!(state.selection.event, order.first().copied());
        let mut seen = vec![state.selection.event.unwrap()];
        for _ in 0..10_000 {
            let Some(next) = state.played(Action::Passed(60)) else {
                break;
            };
            state = next;
            seen.push(state.selection.event.unwrap());
        }
        assert!(seen.is_sorted());
        assert_eq!(seen.last(), order.last());
        assert_eq!(state.playback.state, State::Off);
        assert_eq!(state.playback.now(state.selection.event), None);
    }

    #[test]
    fn twice_the_speed_is_as_far_in_half_the_time() {
        let far = |speed, ticks: u16| {
            let state = shown().played(Action::SpeedChosen(speed)).unwrap();
            let state = state.played(Action::Turned).unwrap();
            let state = state.played(Action::Passed(ticks * 60)).unwrap();
            state.selection.event
        };
        assert_eq!(far(Speed::Single, 40), far(Speed::Double, 20));
        assert!(far(Speed::Quarter, 20) < far(Speed::Fourfold, 20));
    }

    #[test]
    fn a_step_pauses_and_what_is_left_shows_the_whole_run() {
        let state = shown().played(Action::Turned).unwrap();
        let state = state.played(Action::Stepped(Walk::Next)).unwrap();
        let order = ids(&state);
        assert_eq!(state.playback.state, State::Paused);
        assert_eq!(
            state.playback.now(state.selection.event),
            order.get(1).copied()
        );
        assert_eq!(state.played(Action::Passed(60)), None);
        let state = state.played(Action::Left).unwrap();
        assert_eq!(state.playback.now(state.selection.event), None);
        assert_eq!(AppState::default().played(Action::Turned), None);
    }
}
