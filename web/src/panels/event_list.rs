//! The ladder where there is no room for one: the same events in the same order, as a list.

use aftershake_shared::event::EventId;
use aftershake_shared::ladder::items::Tone;
use aftershake_shared::ladder::{Item, Ladder, Placed};
use yew::{Callback, Html, classes, html};

use crate::store::{Action, selection};

/// Events drawn at once; the rest is named below, and the table has them all by pages.
const MOST: usize = 500;

/// One button per event, worded as on the ladder.
pub fn event_list(
    ladder: &Ladder,
    selected: Option<EventId>,
    cited: &[EventId],
    on: &Callback<Action>,
) -> Html {
    let left = ladder.order.len().saturating_sub(MOST);
    html! {
        <>
            <ol class="events">
                { for ladder.order.iter().take(MOST).map(|placed| row(ladder, placed, selected, cited, on)) }
            </ol>
            if left > 0 { <p class="left-out">{ format!("{left} later events are in the table.") }</p> }
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
    ladder: &Ladder,
    placed: &Placed,
    selected: Option<EventId>,
    cited: &[EventId],
    on: &Callback<Action>,
) -> Html {
    let Some(words) = words(ladder, placed.item) else {
        return html! {};
    };
    let event = placed.event;
    let on = on.clone();
    let onclick = Callback::from(move |_| {
        on.emit(Action::Selection(selection::Action::Picked(event)));
    });
    let class = classes!(
        "event-row",
        words.class,
        cited.contains(&event).then_some("cited")
    );
    let is_selected = selected == Some(event);
    html! {
        <li key={event.0}>
            <button
                type="button" {class} data-event={event.to_string()} aria-label={words.sentence}
                aria-current={is_selected.then_some("true")} {onclick}
            >
                <span class="row-time">{ format!("{:.3}", placed.at.as_millis_f64()) }</span>
                <span class="row-what">
                    <b>{ words.strong }</b>{ " " }<span class="quiet">{ words.quiet }</span>
                    <span class="row-who">{ words.who }</span>
                </span>
            </button>
        </li>
    }
}
