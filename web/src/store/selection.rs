//! What the user looks at: one event, ladder or table, and which time axis.

use aftershake_shared::event::EventId;

use super::run_events::RunEvents;

/// The view of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The event in the inspector; `None` until one is picked.
    pub event: Option<EventId>,
    pub tab: Tab,
}

/// Two views of the same events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Ladder,
    Table,
}

/// A step from one event to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    First,
    Last,
    Next,
    Previous,
}

/// What the user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Picked(EventId),
    Walked(Walk),
    /// Nothing is selected any more.
    Left,
    TabChosen(Tab),
    TabTurned,
}

impl Selection {
    /// `order` holds the events that can be walked to, as drawn.
    pub(super) fn reduce(self, action: Action, order: &[EventId]) -> Option<Self> {
        let new = match action {
            Action::Picked(event) => Self {
                event: Some(event),
                ..self
            },
            Action::Walked(walk) => Self {
                event: self.walked(walk, order),
                ..self
            },
            Action::Left => self.without_event(),
            Action::TabChosen(tab) => Self { tab, ..self },
            Action::TabTurned => Self {
                tab: match self.tab {
                    Tab::Ladder => Tab::Table,
                    Tab::Table => Tab::Ladder,
                },
                ..self
            },
        };
        (new != self).then_some(new)
    }

    /// The event that a step leads to; stays at the ends.
    fn walked(self, walk: Walk, order: &[EventId]) -> Option<EventId> {
        let here = self
            .event
            .and_then(|event| order.iter().position(|id| *id == event));
        let there = match (walk, here) {
            (Walk::First, _) | (Walk::Next, None) => order.first(),
            (Walk::Last, _) | (Walk::Previous, None) => order.last(),
            (Walk::Next, Some(at)) => order.get(at.saturating_add(1)),
            (Walk::Previous, Some(at)) => at.checked_sub(1).and_then(|at| order.get(at)),
        };
        there.copied().or(self.event)
    }

    pub(super) const fn without_event(self) -> Self {
        Self {
            event: None,
            ..self
        }
    }

    /// The same selection after events were added: numbers follow time, so an event's may have changed.
    pub(super) fn follow(self, before: &RunEvents, after: &RunEvents) -> Self {
        let selected = self.event.and_then(|id| before.event(id));
        let event = selected.and_then(|selected| {
            after
                .events
                .iter()
                .find(|event| event.at == selected.at && event.body == selected.body)
        });
        Self {
            event: event.map(|event| event.id),
            ..self
        }
    }
}
