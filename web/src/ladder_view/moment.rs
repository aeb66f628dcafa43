//! What both ends were at a moment: the one under the pointer, else the selected event's.

use std::rc::Rc;

use aftershake_shared::connection::Connections;
use aftershake_shared::event::{Event, EventId};
use aftershake_shared::ladder::Ladder;
use aftershake_shared::ladder::ends::{EndAround, around, connection_at, words as state};
use aftershake_shared::ladder::view::View;
use aftershake_shared::units::Nanos;
use web_sys::{Element, PointerEvent};
use yew::{Html, NodeRef, Properties, component, html, use_effect_with, use_mut_ref, use_state_eq};

use super::Px;
use super::frame::Clock;
use super::window::y_of;
use crate::browser::{self, Listener};
use crate::store::kept::Kept;
use crate::text::{self, ladder as words};

/// What the line is given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) ladder: Kept<Ladder>,
    pub(super) events: Kept<Vec<Event>>,
    pub(super) connections: Kept<Connections>,
    pub(super) selected: Option<EventId>,
    pub(super) view: View,
    pub(super) clock: Clock,
    /// The ladder's drawing, and the line across it at the pointer.
    pub(super) svg: NodeRef,
    pub(super) cursor: NodeRef,
}

/// A moment, and the event that it is of.
type Moment = (Nanos, Option<EventId>);

/// One line of text; follows the pointer without drawing the ladder anew.
#[component]
pub(super) fn MomentLine(props: &Props) -> Html {
    let hovered = use_state_eq(|| None::<Moment>);
    let view = use_mut_ref(|| props.view);
    *view.borrow_mut() = props.view;
    let (setter, now) = (hovered.setter(), Rc::clone(&view));
    let cursor = props.cursor.clone();
    use_effect_with(
        (props.ladder.clone(), props.svg.clone()),
        move |(ladder, svg)| {
            let listeners = svg.cast::<Element>().map(|element| {
                let (left, hidden) = (setter.clone(), cursor.clone());
                let (at, ladder) = (element.clone(), ladder.clone());
                let moves = move |event: PointerEvent| {
                    let view = *now.borrow();
                    let y = y_of(&at, &view, event.client_y());
                    draw_cursor(&cursor, Some(y));
                    let own = browser::event_at(&event);
                    let placed = own.and_then(|id| ladder.placed(id));
                    let moment = ladder.scale.time_at(view.height_at(y));
                    setter.set(Some((placed.map_or(moment, |placed| placed.at), own)));
                };
                let leaves = move |_: PointerEvent| {
                    draw_cursor(&hidden, None);
                    left.set(None);
                };
                [
                    Listener::on_element(&element, "pointermove", moves),
                    Listener::on_element(&element, "pointerleave", leaves),
                ]
            });
            move || drop(listeners)
        },
    );
    let Props { ladder, .. } = props;
    let chosen = props.selected.and_then(|id| ladder.placed(id));
    let chosen = chosen.map(|placed| (placed.at, Some(placed.event)));
    match hovered.or(chosen) {
        None => html! { <p class="moment quiet-words" data-test="moment">{ words::HINT }</p> },
        Some(moment) => told(props, moment),
    }
}

fn told(props: &Props, (at, event): Moment) -> Html {
    let order = &props.ladder.order;
    let before = match event {
        Some(event) => order.partition_point(|placed| placed.event < event),
        None => order.partition_point(|placed| placed.at <= at),
    };
    let before = before.checked_sub(1).and_then(|index| order.get(index));
    let since = before.map(|placed| at - placed.at);
    let wall = words::wall(props.clock.began, at, words::Length::Long);
    html! {
        <p class="moment" data-test="moment">
            <span class="at">{ at.in_unit(Nanos::MILLISECOND, 3) }{ words::MS }</span>
            <span class="at">{ words::since(since) }</span>
            if !wall.is_empty() { <span class="at wall">{ wall }</span> }
            { ends(&props.connections, &props.events, event, at) }
        </p>
    }
}

/// Both ends around a moment, each a word or two; empty where neither was sampled.
fn ends(connections: &Connections, events: &[Event], event: Option<EventId>, at: Nanos) -> Html {
    let connection = connection_at(connections, event, at);
    let ends = connection.map(|connection| around(connection, events, at));
    let end = |end: EndAround<'_>| {
        let (before, after) = (state(end.before), state(end.after));
        let changes = before != after && end.after.is_some();
        html! {
            <span class="end">
                <b>{ text::shown(end.name) }</b>{ " " }{ before }
                if changes { { " → " }{ after } }
            </span>
        }
    };
    ends.into_iter().flatten().map(end).collect()
}

/// Moves the line; the drawing itself stays as it is.
fn draw_cursor(cursor: &NodeRef, y: Option<f32>) {
    let Some(line) = cursor.cast::<Element>() else {
        return;
    };
    let y = y.unwrap_or(-9.0);
    let _ = line.set_attribute("transform", &format!("translate(0 {})", Px(y)));
}
