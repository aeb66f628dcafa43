//! The command palette: a modal list that words narrow. The browser keeps the focus inside and gives it back.

use yew::{AttrValue, Callback, Event, Html, InputEvent, KeyboardEvent, html};

use super::press::press;
use crate::browser;
use crate::catalogue::LISTED;
use crate::commands::{Command, commands};
use crate::el;
use crate::part::all;
use crate::store::{Action, AppState, palette};
use crate::text::{self, guide as words};

/// Most entries on show.
const MOST: usize = 14;

/// One line of the list.
struct Entry {
    words: AttrValue,
    keys: &'static str,
    action: Action,
}

/// The palette; empty while it is closed.
pub fn palette(state: &AppState, on: &Callback<Action>) -> Html {
    let entries = match &state.palette.query {
        Some(query) => found(state, &query.to_ascii_lowercase()),
        None => Vec::new(),
    };
    let at = state.palette.at.min(entries.len().saturating_sub(1));
    let id = |at: usize| AttrValue::from(["command-", &at.to_string()].concat());
    let act = |action: palette::Action| Action::Palette(action);
    let searched = on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some((_, query)) = browser::control(&event) {
            searched.emit(act(palette::Action::Searched(query)));
        }
    });
    let last = entries.len().saturating_sub(1);
    let chosen = entries.get(at).map(|entry| entry.action.clone());
    let keys = on.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowDown" if at < last => at + 1,
            "ArrowDown" => 0,
            "ArrowUp" => at.checked_sub(1).unwrap_or(last),
            "Enter" => {
                event.prevent_default();
                keys.emit(act(palette::Action::Closed));
                if let Some(action) = &chosen {
                    keys.emit(action.clone());
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        keys.emit(act(palette::Action::WalkedTo(to)));
    });
    let close = on.clone();
    let onclose = Callback::from(move |_: Event| close.emit(act(palette::Action::Closed)));
    let is_open = state.palette.query.is_some();
    let shown = entries.iter().enumerate().map(|(number, entry)| {
        let both = [act(palette::Action::Closed), entry.action.clone()];
        let selected = if number == at { "true" } else { "false" };
        el!("li" { "id": id(number), "role": "option", "aria-selected": selected }
            [onclick(press(on, Action::Both(Box::new(both))))]
            el!("span" {} entry.words.clone()), el!("kbd" {} entry.keys),
        )
    });
    let shown: Vec<Html> = shown.collect();
    let empty = entries
        .is_empty()
        .then(|| el!("p" { "class": "hint", "role": "status" } words::PALETTE_NONE));
    let found = all(vec![
        el!("ul" { "id": "commands", "role": "listbox", "aria-label": words::PALETTE } shown),
        empty.unwrap_or_default(),
    ]);
    html! {
        <dialog class="palette" aria-label={words::PALETTE} {onclose}>
            if is_open {
                <input
                    name="command" data-test="palette" role="combobox" aria-expanded="true" aria-controls="commands"
                    aria-label={words::PALETTE_INPUT} placeholder={words::PALETTE_INPUT} autocomplete="off"
                    aria-activedescendant={(!entries.is_empty()).then(|| id(at))} {oninput} {onkeydown}
                />
                { found }
            }
        </dialog>
    }
}

/// Commands first, then scenarios, that have every word of the query.
fn found(state: &AppState, query: &str) -> Vec<Entry> {
    let has = |text: &str| {
        let text = text.to_ascii_lowercase();
        query.split_whitespace().all(|word| text.contains(word))
    };
    let commands = commands(state)
        .into_iter()
        .filter(|command| has(command.words));
    let commands = commands.map(
        |Command {
             words,
             keys,
             action,
         }| Entry {
            words: AttrValue::Static(words),
            keys,
            action,
        },
    );
    let scenarios = LISTED
        .iter()
        .filter(|listed| !query.is_empty() && listed.fits(query));
    let scenarios = scenarios.map(|listed| Entry {
        words: AttrValue::from(text::shown(&listed.title)),
        keys: words::SCENARIO,
        action: Action::ScenarioChosen {
            name: listed.name,
            run: false,
        },
    });
    commands.chain(scenarios).take(MOST).collect()
}
