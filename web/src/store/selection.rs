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
    /// Among those that deserve a look.
    NextOdd,
    PreviousOdd,
    /// Among those that have the words looked for.
    NextFound,
    PreviousFound,
    /// The RST that ended it; from there the next one.
    TheReset,
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

    /// The event that a step leads to; stays at the ends. `order` is sorted, and need not hold the present one.
    fn walked(self, walk: Walk, order: &[EventId]) -> Option<EventId> {
        let after = |here| order.get(order.partition_point(|id| *id <= here));
        let there = match (walk, self.event) {
            (Walk::First, _)
            | (Walk::Next | Walk::NextOdd | Walk::NextFound | Walk::TheReset, None) => {
                order.first()
            }
            (Walk::Last, _) | (Walk::Previous | Walk::PreviousOdd | Walk::PreviousFound, None) => {
                order.last()
            }
            (Walk::TheReset, Some(here)) => after(here).or(order.first()),
            (Walk::Next | Walk::NextOdd | Walk::NextFound, Some(here)) => after(here),
            (Walk::Previous | Walk::PreviousOdd | Walk::PreviousFound, Some(here)) => {
                let before = order.partition_point(|id| *id < here);
                before.checked_sub(1).and_then(|at| order.get(at))
            }
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
