//! The ladder as SVG: draws what `shared`'s ladder has placed, only what is in view, and moves the focus.
//!
//! Decides nothing about places; colours are in `style/ladder.css`.

mod calls;
mod frame;
pub mod ghosts;
mod kernels;
mod minimap;
mod moment;
mod pills;
mod segments;
mod things;
mod window;

use std::fmt::{self, Write as _};

use aftershake_shared::connection::Connections;
use aftershake_shared::event::{Event, EventId};
use aftershake_shared::ghost::Ghost;
use aftershake_shared::ladder::Ladder;
use aftershake_shared::ladder::items::{Leader, TextBox};
use aftershake_shared::ladder::view::{View, whole_height};
use yew::{
    AttrValue, Callback, Html, KeyboardEvent, Properties, classes, component, html,
    use_effect_with, use_memo, use_node_ref,
};

use ghosts::Before;
use minimap::Minimap;
use moment::MomentLine;
use window::{Window, as_placed, first_height, use_window};

use crate::browser;
use crate::store::Action;
use crate::store::kept::Kept;
use crate::store::look::Times;
use crate::store::selection::{self, Walk};
use crate::text::ladder as words;

/// Wider ladders, those of three ends and more, are moved sideways rather than made too small to read.
const WIDE: f32 = 1_000.0;

/// What the ladder is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub ladder: Kept<Ladder>,
    pub events: Kept<Vec<Event>>,
    pub connections: Kept<Connections>,
    pub selected: Option<EventId>,
    /// The events that the verdict rests on; marked.
    pub cited: Kept<Vec<EventId>>,
    /// The events that have the words looked for; marked.
    pub found: Kept<Vec<EventId>>,
    /// The event up to which everything has happened; what comes later is dimmed. `None` while nothing is played.
    pub until: Option<EventId>,
    pub times: Times,
    pub began: Option<f64>,
    /// How far it is to be zoomed in at first, in percent.
    pub zoom: Option<u32>,
    /// The run before, of which is drawn what this one did not do.
    pub before: Option<Before>,
    pub on: Callback<Action>,
}

/// The ladder.
#[component]
pub fn LadderView(props: &Props) -> Html {
    let Props {
        ladder,
        selected,
        cited,
        found,
        on,
        ..
    } = props;
    let (svg, cursor) = (use_node_ref(), use_node_ref());
    let window = use_window(&svg, ladder);
    let view = window
        .as_ref()
        .map_or_else(|| View::start(ladder, first_height(ladder)), |w| w.view);
    let (zoomer, shown) = (window.clone(), ladder.clone());
    let wish = (ladder.clone(), props.zoom, window.is_some());
    use_effect_with(wish, move |(_, zoom, _)| {
        if let (Some(window), Some(percent)) = (zoomer, zoom) {
            window.look(|view| view.scaled(&shown, *percent));
        }
    });
    let (mover, shown) = (window.clone(), ladder.clone());
    use_effect_with((*selected, ladder.clone()), move |(selected, _)| {
        let extent = selected.and_then(|event| shown.extent_of(event));
        if let (Some(window), Some(extent)) = (mover, extent) {
            window.look(|view| view.showing(&shown, extent));
        }
    });
    // Once it is drawn, wherever the view had to go for it.
    let is_drawn = selected
        .and_then(|event| ladder.extent_of(event))
        .is_some_and(|(from, until)| {
            let range = view.range();
            from < range.end && until > range.start
        });
    use_effect_with((*selected, is_drawn), move |(selected, is_drawn)| {
        if let (Some(event), true) = (selected, *is_drawn)
            && browser::focus_is_within(".ladder")
        {
            browser::focus(&format!(".ladder [data-event=\"{event}\"]"));
        }
    });
    let ghosts = use_memo(
        (ladder.clone(), props.before.clone()),
        |(ladder, before)| {
            let found = before.as_ref().map(|before| before.ghosts(ladder));
            found.unwrap_or_default()
        },
    );
    let range = view.range();
    let visible = ladder.visible(&range);
    let first = visible.first();
    let draw = Draw {
        selected: *selected,
        cited,
        found,
        stop: selected.filter(|_| is_drawn).or(first),
        ghosts: &ghosts,
        on,
    };
    let clock = frame::Clock {
        times: props.times,
        began: props.began,
    };
    let width = ladder.width;
    let is_whole = view.is_as_placed() && whole_height(ladder) <= view.height + 1.0;
    let go = {
        let (window, ladder) = (window.clone(), ladder.clone());
        Callback::from(move |height: f32| {
            if let Some(window) = &window {
                window.look(|view| view.centred(&ladder, height));
            }
        })
    };
    html! {
        <>
            <div class="tools second">
                { zoom(window.as_ref(), ladder) }
                <MomentLine
                    ladder={ladder.clone()} events={props.events.clone()} connections={props.connections.clone()}
                    selected={*selected} {view} {clock} svg={svg.clone()} cursor={cursor.clone()}
                />
            </div>
            <div class={classes!("ladder", (!is_whole).then_some("partly"), (width > WIDE).then_some("wide"))}>
                <div class="drawing">
                    { frame::headings(ladder) }
                    <svg
                        ref={svg} class="body" viewBox={format!("0 0 {} {}", Px(width), Px(view.height))} width={n(width)}
                        role="graphics-document" aria-roledescription={words::KIND_OF_PICTURE} tabindex={first.is_none().then_some("0")}
                        aria-label={label(ladder)} onkeydown={on_key(on)} data-test="ladder"
                        data-zoom={(!view.is_as_placed()).then(|| format!("{:.0}", (view.scale * 100.0).max(1.0)))}
                        data-detail={format!("{:?}", ladder.detail(&range)).to_lowercase()}
                    >
                        { frame::back(ladder, &visible, &view, clock) }
                        <path ref={cursor} class="cursor" d={format!("M0 0H{}", Px(width))} transform="translate(0 -9)" />
                        { things::things(ladder, &visible, &view, &draw) }
                        { later(props.until.and_then(|event| ladder.extent_of(event)), ladder, &view) }
                    </svg>
                </div>
                if !is_whole {
                    <div class="strip"><Minimap ladder={ladder.clone()} height={view.height} seen={range} {go} /></div>
                }
            </div>
        </>
    }
}

/// A veil over what has not happened yet.
fn later(now: Option<(f32, f32)>, ladder: &Ladder, view: &View) -> Html {
    let Some((_, bottom)) = now else {
        return html! {};
    };
    let top = view.y(bottom + 2.0).clamp(0.0, view.height);
    html! {
        <rect
            class="later" data-test="later" x="0" y={n(top)} width={n(ladder.width)}
            height={n(view.height - top)}
        />
    }
}

/// Whether a button's words are a mere sign, which a screen reader cannot read.
pub(crate) fn is_sign(words: &str) -> bool {
    words.chars().count() == 1
}

/// The buttons that zoom.
fn zoom(window: Option<&Window>, ladder: &Kept<Ladder>) -> Html {
    let button = |test: &'static str,
                  words: &'static str,
                  title: &'static str,
                  to: fn(&View, &Ladder) -> View| {
        let (window, ladder) = (window.cloned(), ladder.clone());
        let onclick = Callback::from(move |_| {
            if let Some(window) = &window {
                window.look(|view| to(view, &ladder));
            }
        });
        let label = is_sign(words).then_some(title);
        html! { <button type="button" data-test={test} {title} aria-label={label} {onclick}>{ words }</button> }
    };
    html! {
        <div class="choices" role="group" aria-label={words::ZOOM}>
            { button("zoom-out", words::ZOOM_OUT, words::ZOOM_OUT_TITLE, |v, l| v.zoomed(l, 1.0 / 1.5, v.height / 2.0)) }
            { button("zoom-in", words::ZOOM_IN, words::ZOOM_IN_TITLE, |v, l| v.zoomed(l, 1.5, v.height / 2.0)) }
            { button("zoom-placed", words::ZOOM_PLACED, words::ZOOM_PLACED_TITLE, as_placed) }
            { button("zoom-all", words::ZOOM_ALL, words::ZOOM_ALL_TITLE, |v, l| View::whole(l, v.height)) }
        </div>
    }
}

/// What every drawn thing needs to know.
struct Draw<'a> {
    selected: Option<EventId>,
    cited: &'a [EventId],
    found: &'a [EventId],
    /// The one thing that the Tab key leads to.
    stop: Option<EventId>,
    ghosts: &'a [Ghost],
    on: &'a Callback<Action>,
}

/// Whether a thing's text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Shown,
    LeftOut,
}

fn label(ladder: &Ladder) -> String {
    let names: Vec<_> = ladder.lanes.iter().map(|lane| lane.name.as_str()).collect();
    words::label(&names.join(", "), ladder.order.len())
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
        let found = self.found.binary_search(&event).is_ok().then_some("found");
        html! {
            <g
                key={event.0} class={classes!("event", class.to_owned(), state, cited, found)}
                data-event={event.to_string()} role="graphics-symbol" {tabindex}
                aria-label={sentence.to_owned()} aria-current={is_selected.then_some("true")} {onclick}
            >
                <title>{ sentence.to_owned() }</title>
                { inside }
            </g>
        }
    }
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
            "Enter" => {
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
