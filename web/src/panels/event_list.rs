//! The ladder where there is no room for one: the same events in the same order, as a list.

use aftershake_shared::ladder::items::Tone;
use aftershake_shared::ladder::{Item, Ladder, Placed};
use aftershake_shared::units::Nanos;
use yew::{Callback, Html, classes, html};

use super::inspector::details;
use crate::store::{Action, AppState, selection};
use crate::text::ladder as words;
use crate::text::table::later;

/// Events drawn at once; the rest is named below, and the table has them all by pages.
const MOST: usize = 500;

/// One button per event, worded as on the ladder.
pub fn event_list(state: &AppState, ladder: &Ladder, on: &Callback<Action>) -> Html {
    let left = ladder.order.len().saturating_sub(MOST);
    let before = std::iter::once(None).chain(ladder.order.iter().map(|placed| Some(placed.at)));
    let rows = ladder.order.iter().zip(before).take(MOST);
    let rows = rows.map(|(placed, before)| row(state, ladder, (placed, before), on));
    html! {
        <>
            <ol class="events">
                { for rows }
            </ol>
            if left > 0 { <p class="left-out">{ later(left) }</p> }
        </>
    }
}

/// A thing's words: who, what, how it ended, and the class that tells its kind.
struct Words {
    class: String,
    who: String,
    strong: String,
    quiet: String,
    sentence: String,
}

/// The class name, the same as on the ladder.
const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Failed => "failed",
        Tone::Reset => "reset",
    }
}

fn words(ladder: &Ladder, item: Item) -> Option<Words> {
    let lane = |index: usize| {
        ladder
            .lanes
            .get(index)
            .map_or("", |lane| lane.name.as_str())
    };
    Some(match item {
        Item::Call(index) => {
            let call = ladder.calls.get(index)?;
            Words {
                class: format!("call {}", tone(call.tone)),
                who: lane(call.lane).to_owned(),
                strong: call.name.clone(),
                quiet: call.result.clone(),
                sentence: call.sentence.clone(),
            }
        }
        Item::Segment(index) => {
            let segment = ladder.segments.get(index)?;
            Words {
                class: format!("segment {}", segment.kind.name()),
                who: format!("{} → {}", lane(segment.from_lane), lane(segment.to_lane)),
                strong: segment.flags.clone(),
                quiet: segment.detail.clone(),
                sentence: segment.sentence.clone(),
            }
        }
        Item::Pill(index) => {
            let pill = ladder.pills.get(index)?;
            Words {
                class: format!("pill {}", tone(pill.tone)),
                who: pill.kind.name().to_owned(),
                strong: pill.text.clone(),
                quiet: String::new(),
                sentence: pill.sentence.clone(),
            }
        }
    })
}

fn row(
    state: &AppState,
    ladder: &Ladder,
    (placed, before): (&Placed, Option<Nanos>),
    on: &Callback<Action>,
) -> Html {
    let AppState { run, look, .. } = state;
    let selected = state.selection.event;
    let Some(words) = words(ladder, placed.item) else {
        return html! {};
    };
    let event = placed.event;
    let is_selected = selected == Some(event);
    let on = on.clone();
    let onclick = Callback::from(move |_| {
        let action = if is_selected {
            selection::Action::Left
        } else {
            selection::Action::Picked(event)
        };
        on.emit(Action::Selection(action));
    });
    let class = classes!(
        "event-row",
        words.class,
        run.cited.contains(&event).then_some("cited"),
        state
            .playback
            .now(selected)
            .is_some_and(|now| event > now)
            .then_some("later"),
    );
    let opened = run.event(event).filter(|_| is_selected);
    html! {
        <li key={event.0}>
            <button
                type="button" {class} data-event={event.to_string()} aria-description={words.sentence}
                aria-expanded={is_selected.to_string()} aria-current={is_selected.then_some("true")} {onclick}
            >
                <span class="row-time">{ words::time(look.times, run.began, placed.at, before) }</span>
                <span class="row-what">
                    <b>{ words.strong }</b>{ " " }<span class="quiet">{ words.quiet }</span>
                    <span class="row-who">{ words.who }</span>
                </span>
            </button>
            if let Some(event) = opened { <div class="row-details">{ details(event, run) }</div> }
        </li>
    }
}
