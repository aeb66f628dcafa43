//! How a run's picture is read: which time is told, and which words are looked for.

use aftershake_shared::event::EventId;
use aftershake_shared::ladder::{Item, Ladder};
use yew::AttrValue;

use super::kept::Kept;

/// How the picture is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub times: Times,
    /// The words in the picture's search field.
    pub query: AttrValue,
    /// The events whose sentence has all of them, in order; empty without any.
    pub found: Kept<Vec<EventId>>,
}

/// Which time stands beside an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// Since the run began.
    #[default]
    Start,
    /// Since the event before.
    Previous,
    /// The day's time, where it is known.
    Wall,
}

/// What the reader did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    TimesChosen(Times),
    Searched(AttrValue),
}

impl Look {
    pub(super) fn reduce(&self, action: Action, ladder: Option<&Ladder>) -> Option<Self> {
        let next = match action {
            Action::TimesChosen(times) => Self {
                times,
                ..self.clone()
            },
            Action::Searched(query) if query == self.query => return None,
            Action::Searched(query) => Self {
                query,
                ..self.clone()
            }
            .searched(ladder),
        };
        (next != *self).then_some(next)
    }

    /// With what is found now.
    pub(super) fn searched(self, ladder: Option<&Ladder>) -> Self {
        let words: Vec<String> = self
            .query
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let found = ladder
            .filter(|_| !words.is_empty())
            .map(|ladder| found(ladder, &words))
            .unwrap_or_default();
        Self {
            found: Kept::new(found),
            ..self
        }
    }
}

fn found(ladder: &Ladder, words: &[String]) -> Vec<EventId> {
    let fits = |sentence: &str| {
        let sentence = sentence.to_lowercase();
        words.iter().all(|word| sentence.contains(word))
    };
    let found = ladder.order.iter().filter(|placed| match placed.item {
        Item::Call(at) => ladder.calls.get(at).is_some_and(|c| fits(&c.sentence)),
        Item::Segment(at) => ladder.segments.get(at).is_some_and(|s| fits(&s.sentence)),
        Item::Pill(at) => ladder.pills.get(at).is_some_and(|p| fits(&p.sentence)),
    });
    found.map(|placed| placed.event).collect()
}
