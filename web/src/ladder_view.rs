//! The ladder as SVG: draws what `shared`'s ladder has placed, only what is in view, and moves the focus.
//!
//! Decides nothing about places; colours are in `style/ladder.css`.

mod calls;
mod frame;
mod kernels;
mod pills;
mod segments;
mod view_range;

use std::fmt::{self, Write as _};
use std::ops::Range;

use aftershake_shared::event::EventId;
use aftershake_shared::ladder::items::{Leader, TextBox};
use aftershake_shared::ladder::{Item, Ladder};
use aftershake_shared::order::sort_by_rank;
use yew::{
    AttrValue, Callback, Html, KeyboardEvent, Properties, classes, component, html,
    use_effect_with, use_node_ref,
};

use crate::browser;
use crate::store::Action;
use crate::store::kept::Kept;
use crate::store::selection::{self, Walk};

/// What the ladder is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub ladder: Kept<Ladder>,
    pub selected: Option<EventId>,
    /// The events that the verdict rests on; marked.
    pub cited: Kept<Vec<EventId>>,
    pub on: Callback<Action>,
}

/// Room below the lanes' ends.
const FOOT: f32 = 14.0;

/// The ladder.
#[component]
pub fn LadderView(props: &Props) -> Html {
    let Props {
        ladder,
        selected,
        cited,
        on,
    } = props;
    let svg = use_node_ref();
    let height = ladder.bottom + FOOT;
    let range = view_range::use_view_range(&svg, height);
    let selected_y = selected.and_then(|event| middle_of(ladder, event));
    use_effect_with(*selected, move |selected| {
        if let Some(event) = selected
            && browser::focus_is_within(".ladder")
        {
            browser::focus(&format!(".ladder [data-event=\"{event}\"]"));
        }
    });
    // An event that was walked to is drawn even when it is not in view yet, so that it can take the focus.
    let drawn = match selected_y {
        Some(y) => range.start.min(y - 40.0)..range.end.max(y + 40.0),
        None => range.clone(),
    };
    let drawn = if drawn.end - drawn.start > 3.0 * (range.end - range.start) {
        selected_y.map_or(range, |y| y - 800.0..y + 800.0)
    } else {
        drawn
    };
    let draw = Draw {
        selected: *selected,
        cited,
        stop: selected
            .filter(|event| ladder.find(*event).is_some())
            .or_else(|| ladder.order.first().map(|placed| placed.event)),
        on,
    };
    let width = ladder.width;
    html! {
        <div class="ladder">
            <svg
                ref={svg} viewBox={format!("0 0 {} {}", Px(width), Px(height))} width={n(width)}
                role="graphics-document" aria-roledescription="TCP ladder"
                aria-label={label(ladder)} onkeydown={on_key(on)}
            >
                { frame::back(ladder, &drawn) }
                { things(ladder, &drawn, &draw) }
            </svg>
        </div>
    }
}

/// What every drawn thing needs to know.
struct Draw<'a> {
    selected: Option<EventId>,
    cited: &'a [EventId],
    /// The one thing that the Tab key leads to.
    stop: Option<EventId>,
    on: &'a Callback<Action>,
}

fn label(ladder: &Ladder) -> String {
    let names: Vec<_> = ladder.lanes.iter().map(|lane| lane.name.as_str()).collect();
    let events = crate::text::count(ladder.order.len() as u64, "event", "events");
    format!(
        "TCP ladder of {} with {events}; arrow keys walk through them",
        names.join(", ")
    )
}

/// Everything that reaches into the range: what lasts first, then each thing in order of time.
fn things(ladder: &Ladder, range: &Range<f32>, draw: &Draw<'_>) -> Html {
    let visible = ladder.visible(range);
    let mut marks: Vec<(EventId, Html)> = Vec::new();
    marks.extend(
        visible
            .segments
            .iter()
            .map(|s| (s.event, segments::arrow(s, draw))),
    );
    marks.extend(
        visible
            .calls
            .iter()
            .map(|c| (c.event, calls::block(c, draw))),
    );
    marks.extend(
        visible
            .pills
            .iter()
            .map(|p| (p.event, pills::pill(p, draw))),
    );
    sort_by_rank(&mut marks, |(event, _)| (event.0.into(), 0));
    html! {
        <>
            { for visible.bands.iter().map(|band| kernels::band(band)) }
            { for visible.queues.iter().map(|queue| kernels::queue(queue)) }
            { for marks.into_iter().map(|(_, mark)| mark) }
        </>
    }
}

impl Draw<'_> {
    /// The group of one event: focusable, named by its sentence, pressed to select.
    fn group(&self, event: EventId, class: &str, sentence: &str, inside: Html) -> Html {
        let on = self.on.clone();
        let onclick = Callback::from(move |_| {
            on.emit(Action::Selection(selection::Action::Picked(event)));
        });
        let is_selected = self.selected == Some(event);
        let tabindex = if self.stop == Some(event) { "0" } else { "-1" };
        let state = is_selected.then_some("selected");
        let cited = self.cited.contains(&event).then_some("cited");
        html! {
            <g
                key={event.0} class={classes!("event", class.to_owned(), state, cited)}
                data-event={event.to_string()} role="graphics-symbol" {tabindex}
                aria-label={sentence.to_owned()} aria-current={is_selected.then_some("true")} {onclick}
            >
                <title>{ sentence.to_owned() }</title>
                { inside }
            </g>
        }
    }
}

/// Where an event's thing stands.
fn middle_of(ladder: &Ladder, event: EventId) -> Option<f32> {
    let (top, bottom) = match ladder.find(event)? {
        Item::Call(index) => ladder.calls.get(index)?.extent(),
        Item::Segment(index) => ladder.segments.get(index)?.extent(),
        Item::Pill(index) => ladder.pills.get(index)?.extent(),
    };
    Some(f32::midpoint(top, bottom))
}

fn on_key(on: &Callback<Action>) -> Callback<KeyboardEvent> {
    let on = on.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let walk = match event.key().as_str() {
            "ArrowDown" => Walk::Next,
            "ArrowUp" => Walk::Previous,
            "Home" => Walk::First,
            "End" => Walk::Last,
            "Enter" | " " => {
                event.prevent_default();
                if let Some(here) = browser::event_at(&event) {
                    on.emit(Action::Selection(selection::Action::Picked(here)));
                }
                browser::focus("#details");
                return;
            }
            _ => return,
        };
        event.prevent_default();
        on.emit(Action::Selection(selection::Action::Walked(walk)));
    })
}

/// A number in an attribute.
fn n(number: f32) -> AttrValue {
    AttrValue::from(Px(number).to_string())
}

/// A length in a path, in tenths; printed as a whole number of them, without floating point's tables.
struct Px(f32);

impl fmt::Display for Px {
    #[expect(clippy::cast_possible_truncation, reason = "a ladder is far shorter")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i32;
        let sign = if tenths < 0 { "-" } else { "" };
        let tenths = tenths.unsigned_abs();
        write!(f, "{sign}{}.{}", tenths / 10, tenths % 10)
    }
}

/// A path through points.
fn line(points: &[(f32, f32)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", Px(*x), Px(*y));
    }
    path
}

fn leader(leader: Option<Leader>) -> Html {
    match leader {
        None => html! {},
        Some(Leader { from, to }) => html! { <path class="leader" d={line(&[from, to])} /> },
    }
}

/// A text in its box, with a quieter second part.
fn label_text(place: &TextBox, class: &'static str, strong: &str, quiet: &str) -> Html {
    html! {
        <text {class} x={n(place.x)} y={n(place.baseline())} text-anchor={place.align.name()}>
            { strong.to_owned() }
            if !quiet.is_empty() { <tspan class="quiet">{ format!(" {quiet}") }</tspan> }
        </text>
    }
}

/// An invisible surface to press, at least 24 units high where neighbours leave room.
fn surface(place: &TextBox) -> Html {
    html! {
        <rect
            class="surface" x={n(place.left() - 4.0)} y={n(place.top - 3.0)} rx="4"
            width={n(place.width + 8.0)} height={n(place.height + 6.0)}
        />
    }
}
