//! The chart: draws what `shared` has placed. Each bar can be reached and pressed; drawn anew only when counts change.

use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::chart::place::{Bar, Frame, Placed, Rect, Row, Tick};
use aftershake_shared::distribution::odd::Odd;
use aftershake_shared::ladder::svg::n;
use yew::{
    AttrValue, Callback, Html, KeyboardEvent, MouseEvent, Properties, component, use_effect_with,
};

use crate::browser;
use crate::el;
use crate::store::Action;
use crate::store::kept::Kept;
use crate::store::many::{Action as Did, At};
use crate::store::window::Width;
use crate::text::many as words;

/// Width of the drawing, in pixels at scale 1.
const WIDE: f32 = 690.0;
const NARROW: f32 = 330.0;
/// Room for the values below.
const FOOT: f32 = 8.0;
/// Drawn in turn; every row has its name as well.
const CLASSES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// What the chart is given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) tally: Kept<Tally>,
    /// The runs that can be opened.
    pub(super) odd: Kept<Odd>,
    /// Where the arrow keys are.
    pub(super) at: Option<At>,
    pub(super) width: Width,
    pub(super) on: Callback<Action>,
}

/// The chart.
#[component]
pub(super) fn SweepChart(props: &Props) -> Html {
    use_effect_with(props.at.clone(), |_| {
        if browser::focus_is_within(".sweep-bars") {
            browser::focus(".sweep-bars [tabindex=\"0\"]");
        }
    });
    let right = match props.width {
        Width::Wide => WIDE,
        Width::Narrow => NARROW,
    };
    let frame = Frame {
        left: 0.0,
        right,
        top: 0.0,
    };
    let placed = Kept::new(Placed::new(&props.tally, frame));
    let is_swept = !placed.ticks.is_empty();
    let stop = stop(&placed, props.at.as_ref());
    let rows = placed.rows.iter().enumerate();
    let rows: Vec<Html> = rows
        .map(|(at, row)| draw_row(at, row, stop, props))
        .collect();
    let ticks: Vec<Html> = placed
        .ticks
        .iter()
        .map(|tick| label(tick, "middle"))
        .collect();
    let height = placed.bottom + FOOT;
    let svg = el!("svg" {
        "class": "sweep-bars", "viewBox": ["0 0 ", &n(right), " ", &n(height)].concat(), "width": n(right),
        "role": "graphics-document", "aria-roledescription": words::KIND_OF_PICTURE, "aria-label": words::CHART_LABEL,
    } [onkeydown(on_key(&placed, &props.on)), onclick(on_click(&placed, &props.on))] rows, ticks);
    let legend = if is_swept {
        words::LEGEND
    } else {
        words::LEGEND_WHOLE
    };
    el!("figure" {}
        svg,
        el!("figcaption" { "class": "hint" } legend, " ", words::LEGEND_KEYS),
    )
}

/// The bar that the Tab key leads to: where the arrows were, else the first that can be opened.
fn stop(placed: &Placed, at: Option<&At>) -> (usize, usize) {
    let rows = placed.rows.iter();
    let place = at.and_then(|at| {
        let row = rows
            .clone()
            .position(|row| row.key.as_deref() == Some(&at.key));
        row.map(|row| (row, at.bin))
    });
    let first = || {
        let row = placed.rows.first()?;
        Some((0, row.bars.iter().find(|bar| bar.hits > 0)?.bin))
    };
    place.or_else(first).unwrap_or_default()
}

fn draw_row(number: usize, row: &Row, stop: (usize, usize), props: &Props) -> Html {
    let class = CLASSES.get(number).copied().unwrap_or("e");
    let key = row.key.as_deref().unwrap_or_default();
    let name = match row.words.split_once(": ").filter(|_| row.key.is_none()) {
        Some((name, _)) => name.to_owned(),
        None => words::ending(key),
    };
    let counted = row.words.rsplit(": ").next().unwrap_or_default().to_owned();
    let (left, seen) = match props.width {
        Width::Wide => (row.left, counted.as_str()),
        // A long ending and its count have just room.
        Width::Narrow => (0.0, counted.split(" runs").next().unwrap_or_default()),
    };
    let scale: Vec<Html> = row
        .scale
        .iter()
        .map(|tick| {
            let grid = ["M", &n(row.left), " ", &n(tick.y), "H", &n(row.right)].concat();
            let beside = Tick {
                x: tick.x - 6.0,
                y: tick.y + 4.0,
                words: tick.words.clone(),
            };
            el!("g" {} el!("path" { "class": "tick", "d": grid }), label(&beside, "end"))
        })
        .collect();
    let bars: Vec<Html> = row
        .bars
        .iter()
        .map(|bar| draw_bar((number, bar.bin) == stop, number, (row, bar), props))
        .collect();
    el!("g" { "class": ["ending ", class].concat(), "role": "group", "aria-label": [&name, ": ", &counted].concat() }
        el!("text" { "class": "key", "x": n(left), "y": n(row.y + 12.0) }
            el!("tspan" {} name), el!("tspan" { "class": "quiet", "dx": "8" } seen.to_owned())),
        scale,
        bars,
    )
}

fn draw_bar(is_stop: bool, number: usize, (row, bar): (&Row, &Bar), props: &Props) -> Html {
    let value = props.tally.bins.get(bar.bin).and_then(|bin| bin.value);
    let key = row.key.as_deref();
    let can_open = key.is_some_and(|key| props.odd.find(value, key).is_some());
    let class = if can_open { "bar open" } else { "bar" };
    let whisker = bar
        .whisker
        .map(|whisker| el!("path" { "class": "whisker", "d": whisker.path() }));
    el!("g" {
        "class": class, "data-bar": [&number.to_string(), "-", &bar.bin.to_string()].concat(),
        "role": if can_open { "button" } else { "graphics-symbol" },
        "tabindex": if is_stop { "0" } else { "-1" }, "aria-label": spoken(bar, key),
    }
        el!("title" {} spoken(bar, key)),
        rect("track", bar.track),
        rect("fill", bar.fill),
        whisker,
    )
}

/// A bar's words with its ending as a reader says it.
fn spoken(bar: &Bar, key: Option<&str>) -> String {
    match key {
        Some(key) => bar.words.replacen(key, &words::ending(key), 1),
        None => bar.words.clone(),
    }
}

fn rect(class: &'static str, rect: Rect) -> Html {
    el!("rect" {
        "class": class, "x": n(rect.x), "y": n(rect.y), "width": n(rect.width), "height": n(rect.height),
    })
}

fn label(tick: &Tick, anchor: &'static str) -> Html {
    el!("text" { "class": "axis", "x": n(tick.x), "y": n(tick.y), "text-anchor": anchor } tick.words.clone())
}

/// The bar that an event came from.
fn bar_of(event: &web_sys::Event) -> Option<(usize, usize)> {
    let bar = browser::target(event)?.closest("[data-bar]").ok()??;
    let name = bar.get_attribute("data-bar")?;
    let (row, bin) = name.split_once('-')?;
    Some((row.parse().ok()?, bin.parse().ok()?))
}

/// A bar's ending and value; `None` for the rare endings that share a row.
fn at(placed: &Placed, (row, bin): (usize, usize)) -> Option<At> {
    let key = placed.rows.get(row)?.key.clone()?;
    let key = AttrValue::from(key);
    Some(At { key, bin })
}

fn on_click(placed: &Kept<Placed>, on: &Callback<Action>) -> Callback<MouseEvent> {
    let (placed, on) = (placed.clone(), on.clone());
    Callback::from(move |event: MouseEvent| {
        if let Some(at) = bar_of(&event).and_then(|bar| at(&placed, bar)) {
            on.emit(Action::Many(Did::Opened(at)));
        }
    })
}

fn on_key(placed: &Kept<Placed>, on: &Callback<Action>) -> Callback<KeyboardEvent> {
    let (placed, on) = (placed.clone(), on.clone());
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some((row, bin)) = bar_of(&event) else {
            return;
        };
        let last = placed
            .rows
            .get(row)
            .map_or(0, |row| row.bars.len().saturating_sub(1));
        let to = match event.key().as_str() {
            "Enter" | " " => (row, bin),
            "ArrowLeft" => (row, bin.saturating_sub(1)),
            "ArrowRight" => (row, (bin + 1).min(last)),
            "ArrowUp" => (row.saturating_sub(1), bin),
            "ArrowDown" => ((row + 1).min(placed.rows.len().saturating_sub(1)), bin),
            "Home" => (row, 0),
            "End" => (row, last),
            _ => return,
        };
        event.prevent_default();
        let Some(at) = at(&placed, to) else {
            return;
        };
        let is_walk = !matches!(event.key().as_str(), "Enter" | " ");
        let action = if is_walk {
            Did::WalkedTo(at)
        } else {
            Did::Opened(at)
        };
        on.emit(Action::Many(action));
    })
}
