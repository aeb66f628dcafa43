//! What happened, as much of it as can be drawn: everything, or without texts, or counted.

use aftershake_shared::event::EventId;
use aftershake_shared::ladder::crowd::{BAR, Bars, Detail};
use aftershake_shared::ladder::items::SegmentKind;
use aftershake_shared::ladder::view::{View, without_overlaps};
use aftershake_shared::ladder::{Item, Ladder, Visible};
use aftershake_shared::order::sort_by_rank;
use yew::{Html, html};

use super::{Draw, Px, Text, calls, ghosts, kernels, pills, segments};
use crate::text::ladder as words;

/// RSTs that are drawn one by one where everything else is counted.
const RESETS: usize = 40;

/// Everything in view: what lasts first, then each thing in order of time.
pub(super) fn things(ladder: &Ladder, visible: &Visible<'_>, view: &View, draw: &Draw<'_>) -> Html {
    let detail = ladder.detail(&view.range());
    if detail == Detail::Crowd {
        return crowd(ladder, visible, view, draw);
    }
    let queues: Vec<_> = visible.queues.iter().map(|q| view.queue(q)).collect();
    let segments: Vec<_> = visible.segments.iter().map(|s| view.segment(s)).collect();
    let calls: Vec<_> = visible.calls.iter().map(|c| view.call(c)).collect();
    let pills: Vec<_> = visible.pills.iter().map(|p| view.pill(p)).collect();
    // Columns: the lanes, then the wires.
    let lanes = ladder.lanes.len();
    let column = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let mut texts = Vec::new();
    for segment in &segments {
        let weight = match segment.kind {
            SegmentKind::Rst => 9,
            SegmentKind::Syn | SegmentKind::Fin => 6,
            SegmentKind::Data => 4,
            SegmentKind::Ack => 2,
        };
        let wire = column(lanes + segment.from_lane.min(segment.to_lane));
        texts.push((wire, segment.label.top, segment.label.bottom(), weight));
    }
    for call in &calls {
        let (top, bottom) = (call.label.top, call.label.bottom());
        texts.push((column(call.lane), top, bottom, 5));
    }
    for pill in &pills {
        let (top, bottom) = (pill.shape.top, pill.shape.bottom());
        texts.push((column(pill.lane.unwrap_or(lanes)), top, bottom, 3));
    }
    for queue in &queues {
        let (top, bottom) = (queue.label.top, queue.label.bottom());
        texts.push((column(queue.lane), top, bottom, 1));
    }
    let mut shown: Box<dyn Iterator<Item = bool>> = if detail == Detail::Lines {
        Box::new(std::iter::repeat(false))
    } else if view.is_as_placed() {
        Box::new(std::iter::repeat(true))
    } else {
        Box::new(without_overlaps(&texts).into_iter())
    };
    let mut text = |event: Option<EventId>| {
        let fits = shown.next().unwrap_or(false);
        let is_asked_for = event.is_some() && event == draw.selected;
        if fits || is_asked_for {
            Text::Shown
        } else {
            Text::LeftOut
        }
    };
    // Each with where it begins, so that the run before is told where it belongs.
    let mut marks: Vec<(EventId, f32, Html)> = Vec::new();
    for (placed, segment) in visible.segments.iter().zip(&segments) {
        let text = text(Some(segment.event));
        let mark = segments::arrow(segment, text, draw);
        marks.push((segment.event, placed.from.1, mark));
    }
    for (placed, call) in visible.calls.iter().zip(&calls) {
        let text = text(Some(call.event));
        let mark = calls::block(call, text, draw);
        marks.push((call.event, placed.start(), mark));
    }
    for (placed, pill) in visible.pills.iter().zip(&pills) {
        let text = text(Some(pill.event));
        marks.push((pill.event, placed.y, pills::pill(pill, text, draw)));
    }
    let queues: Html = queues
        .iter()
        .map(|queue| kernels::queue(queue, text(None)))
        .collect();
    sort_by_rank(&mut marks, |(event, _, _)| (event.0.into(), 0));
    let mut before = ghosts::drawn(draw.ghosts, view, detail, &texts)
        .into_iter()
        .peekable();
    let mut things = Vec::with_capacity(marks.len());
    for (_, begins, mark) in marks {
        while let Some((_, ghost)) = before.next_if(|(top, _)| *top <= begins) {
            things.push(ghost);
        }
        things.push(mark);
    }
    things.extend(before.map(|(_, ghost)| ghost));
    html! {
        <>
            { for visible.bands.iter().map(|band| kernels::band(&view.band(band))) }
            { queues }
            { for things }
        </>
    }
}

/// Bars for what is counted; RSTs and what is selected one by one.
fn crowd(ladder: &Ladder, visible: &Visible<'_>, view: &View, draw: &Draw<'_>) -> Html {
    let is_reset = |kind: SegmentKind| kind == SegmentKind::Rst;
    let resets = visible.segments.iter().filter(|s| is_reset(s.kind));
    let resets: Vec<_> = resets.take(RESETS + 1).collect();
    let resets = if resets.len() > RESETS {
        &[][..]
    } else {
        &resets
    };
    let selected = draw
        .selected
        .filter(|event| resets.iter().all(|reset| reset.event != *event));
    let selected = selected.and_then(|event| match ladder.find(event)? {
        Item::Call(at) => ladder
            .calls
            .get(at)
            .map(|call| calls::block(&view.call(call), Text::Shown, draw)),
        Item::Segment(at) => ladder
            .segments
            .get(at)
            .map(|s| segments::arrow(&view.segment(s), Text::Shown, draw)),
        Item::Pill(at) => ladder
            .pills
            .get(at)
            .map(|pill| pills::pill(&view.pill(pill), Text::Shown, draw)),
    });
    let bands = visible.bands.iter().map(|band| {
        let band = view.band(band);
        let middle = band.x + band.width / 2.0;
        (
            kernels::tint(band.state),
            (middle, band.seen.0, band.fades_to),
        )
    });
    let queues = visible.queues.iter().map(|queue| {
        let queue = view.queue(queue);
        let middle = queue.x + queue.width / 2.0;
        (queue.kind.name(), (middle, queue.seen.0, queue.fades_to))
    });
    html! {
        <>
            { merged("bands", bands, view.height) }
            { merged("queues", queues, view.height) }
            { for ladder.crowd(view).iter().map(bars) }
            { for resets.iter().map(|reset| segments::arrow(&view.segment(reset), Text::LeftOut, draw)) }
            { for selected }
        </>
    }
}

/// One path for all bars of a kind, with their number in words.
fn bars(bars: &Bars) -> Html {
    let mut path = String::new();
    for (y, x, length) in &bars.rows {
        use std::fmt::Write as _;
        let _ = write!(path, "M{} {}h{}", Px(*x), Px(*y + BAR / 2.0), Px(*length));
    }
    let sentence = words::crowd(bars.kind, bars.count);
    html! {
        <g key={bars.kind.name()} class={format!("crowd {}", bars.kind.name())} role="graphics-symbol" aria-label={sentence.clone()}>
            <title>{ sentence }</title>
            <path d={path} />
        </g>
    }
}

/// What lasts, one path for each class; what is lower than a pixel is drawn once a pixel.
fn merged(
    class: &'static str,
    parts: impl Iterator<Item = (&'static str, (f32, f32, f32))>,
    height: f32,
) -> Html {
    use std::fmt::Write as _;
    // By class: the path, and in each column how far down it reaches.
    struct Class {
        name: &'static str,
        path: String,
        columns: Vec<(f32, f32)>,
    }
    let mut paths: Vec<Class> = Vec::new();
    for (name, (x, top, bottom)) in parts {
        let (top, bottom) = (top.max(0.0), bottom.min(height));
        let at = paths.iter().position(|path| path.name == name);
        let at = at.unwrap_or_else(|| {
            paths.push(Class {
                name,
                path: String::new(),
                columns: Vec::new(),
            });
            paths.len() - 1
        });
        let Some(Class { path, columns, .. }) = paths.get_mut(at) else {
            continue;
        };
        let is_here = |column: &&mut (f32, f32)| (column.0 - x).abs() < 0.5;
        match columns.iter_mut().find(is_here) {
            Some((_, until)) if bottom < *until + 1.0 => continue,
            Some((_, until)) => *until = bottom,
            None => columns.push((x, bottom)),
        }
        let _ = write!(path, "M{} {}V{}", Px(x), Px(top), Px(bottom.max(top + 1.0)));
    }
    paths
        .into_iter()
        .map(|Class { name, path, .. }| html! { <path key={name} class={format!("{class} {name}")} d={path} /> })
        .collect()
}
