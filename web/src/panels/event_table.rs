//! Every event as a row of a table, also those that have no place on the ladder.

use aftershake_shared::event::call::CallReturned;
use aftershake_shared::event::step_progress::Progress;
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::ladder::{Item, Ladder};
use aftershake_shared::scenario::OUTSIDE;
use aftershake_shared::units::Nanos;
use yew::{Callback, Html, Properties, classes, component, html, use_state};

use crate::store::kept::Kept;
use crate::store::look::Times;
use crate::store::{Action, selection};
use crate::text::{self, ladder as words, table as said};

/// What the table is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    pub ladder: Kept<Ladder>,
    pub events: Kept<Vec<Event>>,
    pub selected: Option<EventId>,
    pub times: Times,
    pub began: Option<f64>,
    pub on: Callback<Action>,
}

/// Rows added at a time.
const PAGE: usize = 300;

/// The table.
#[component]
pub fn EventTable(props: &Props) -> Html {
    let pages = use_state(|| 1_usize);
    let shown = PAGE.saturating_mul(*pages);
    let left = props.events.len().saturating_sub(shown);
    let before = std::iter::once(None).chain(props.events.iter().map(|event| Some(event.at)));
    let rows = props.events.iter().zip(before).take(shown);
    let rows = rows.map(|(event, before)| row(event, before, props));
    let more = {
        let pages = pages.clone();
        Callback::from(move |_| pages.set(pages.saturating_add(1)))
    };
    html! {
        <div class="table-frame" tabindex="0" role="region" aria-label={said::TITLE}>
            <table class="table">
                <caption class="sr-only">{ said::CAPTION }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ "#" }</th>
                        <th scope="col" class="number">{ said::MILLISECONDS }</th>
                        <th scope="col">{ said::EVIDENCE }</th>
                        <th scope="col">{ said::WHO }</th>
                        <th scope="col">{ said::WHAT }</th>
                        <th scope="col">{ said::RESULT }</th>
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
            if left > 0 {
                <button type="button" class="ghost" onclick={more}>{ said::more(left) }</button>
            }
        </div>
    }
}

/// A kind of event: its class, and its name in the table.
type Kind = (&'static str, &'static str);
const CALLS: Kind = ("calls", said::CALLS);
const COUNTERS: Kind = ("counters", said::COUNTERS);
const KERNEL_RESETS: Kind = ("kernel-resets", said::KERNEL_RESETS);
const FROM_OUTSIDE: Kind = ("outside", said::OUTSIDE);
const REMARK: Kind = ("remark", said::REMARK);
const SEGMENTS: Kind = ("segments", said::SEGMENTS);
const SOCKETS: Kind = ("sockets", said::SOCKETS);
const STEP: Kind = ("step", said::STEP);

/// The cells that differ between kinds of event.
struct Cells {
    kind: Kind,
    who: String,
    what: String,
    result: String,
    is_bad: bool,
}

fn row(event: &Event, before: Option<Nanos>, props: &Props) -> Html {
    let cells = cells(event, &props.ladder);
    let id = event.id;
    let on = props.on.clone();
    let pick = Callback::from(move |()| on.emit(Action::Selection(selection::Action::Picked(id))));
    let onclick = pick.reform(|_| ());
    let is_selected = props.selected == Some(id);
    let class = classes!(cells.kind.0, cells.is_bad.then_some("bad"));
    html! {
        <tr key={id.0} {class} aria-current={is_selected.then_some("true")}>
            <th scope="row">
                <button type="button" class="link" data-event={id.to_string()} {onclick}
                    aria-label={said::details(id)}>{ id.0 }</button>
            </th>
            <td class="number">{ words::time(props.times, props.began, event.at, before) }</td>
            <td class="kind">{ cells.kind.1 }</td>
            <td>{ text::shown(&cells.who) }</td>
            <td class="what">{ text::shown(&cells.what) }</td>
            <td class="result">{ text::shown(&cells.result) }</td>
        </tr>
    }
}

fn cells(event: &Event, ladder: &Ladder) -> Cells {
    let plain = |kind, who: String, what: String, result: String| Cells {
        kind,
        who,
        what,
        result,
        is_bad: false,
    };
    match &event.body {
        EventBody::Call(call) => call_cells(call),
        EventBody::Segment(_) => segment_cells(event.id, ladder),
        EventBody::Counters(counters) => {
            let moved = counters
                .deltas
                .iter()
                .map(|(name, by)| format!("{name} {by:+}"));
            plain(
                COUNTERS,
                String::new(),
                moved.collect::<Vec<_>>().join(", "),
                String::new(),
            )
        }
        EventBody::KernelReset(reset) => Cells {
            is_bad: true,
            ..plain(
                KERNEL_RESETS,
                reset.from.to_string(),
                said::SENDS_RST.to_owned(),
                reset.reason.clone(),
            )
        },
        EventBody::ProcessEnded(ended) => plain(
            CALLS,
            ended.process.clone(),
            said::ENDS.to_owned(),
            ended.how.to_string(),
        ),
        EventBody::Outside(acted) => Cells {
            is_bad: !acted.succeeded(),
            ..plain(
                FROM_OUTSIDE,
                OUTSIDE.to_owned(),
                acted.act.to_string(),
                acted.result.to_string(),
            )
        },
        EventBody::Socket(socket) => {
            let remote = socket.remote.map(|remote| format!(" ↔ {remote}"));
            let queues = said::queues(socket.unread, socket.unsent);
            let who = format!("{}{}", socket.local, remote.unwrap_or_default());
            plain(SOCKETS, who, socket.state.name().to_owned(), queues)
        }
        EventBody::Step(step) => {
            let (what, result) = match &step.progress {
                Progress::Started => (said::STARTS, String::new()),
                Progress::Parked => (said::WAITS, String::new()),
                Progress::Finished(result) => (said::ENDS, result.to_string()),
            };
            plain(STEP, said::step(step.step), what.to_owned(), result)
        }
        EventBody::Trouble(trouble) => {
            plain(REMARK, String::new(), trouble.to_string(), String::new())
        }
    }
}

fn call_cells(call: &CallReturned) -> Cells {
    Cells {
        kind: CALLS,
        who: call.by.clone(),
        what: call.signature(),
        result: call.result.to_string(),
        is_bad: matches!(
            call.result,
            aftershake_shared::event::call::Returned::Err(_)
        ),
    }
}

fn segment_cells(id: EventId, ladder: &Ladder) -> Cells {
    let lane = |index: usize| {
        ladder
            .lanes
            .get(index)
            .map_or("", |lane| lane.name.as_str())
    };
    let arrow = match ladder.find(id) {
        Some(Item::Segment(index)) => ladder.segments.get(index),
        Some(Item::Call(_) | Item::Pill(_)) | None => None,
    };
    let (who, what, result, is_bad) = match arrow {
        Some(arrow) => (
            format!("{} → {}", lane(arrow.from_lane), lane(arrow.to_lane)),
            arrow.flags.clone(),
            arrow.detail.clone(),
            arrow.kind == aftershake_shared::ladder::items::SegmentKind::Rst,
        ),
        None => (
            String::new(),
            said::NOT_TCP.to_owned(),
            String::new(),
            false,
        ),
    };
    Cells {
        kind: SEGMENTS,
        who,
        what,
        result,
        is_bad,
    }
}
