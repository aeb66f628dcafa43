//! The run as a file: each format of `aftershake export`, and the recording itself.

use aftershake_shared::export::format::Format;
use yew::{AttrValue, Callback, Html, MouseEvent};

use super::body::{plain_button, then};
use crate::el;
use crate::hand_out;
use crate::store::run_events::RunEvents;
use crate::store::share::Done;
use crate::store::share::format::{file_name, write};
use crate::store::{Action, AppState};
use crate::text::share as words;

/// The page.
pub(super) fn run(state: &AppState, on: &Callback<Action>) -> Html {
    if state.run.diagnosis.is_none() || state.run.header.is_none() {
        return el!("p" { "class": "note", "data-test": "no-run" } words::NO_RUN);
    }
    let rows: Vec<Html> = Format::ALL.map(|format| row(format, &state.run, on)).into();
    el!("div" { "class": "share-page" }
        el!("p" { "class": "note" } words::RUN_WHAT),
        el!("ul" { "class": "formats" } rows),
    )
}

fn row(format: Format, run: &RunEvents, on: &Callback<Action>) -> Html {
    let (name, what) = words::format(format);
    let copy = format.is_text().then(|| {
        let then = then(on, Done::Copied(name), words::NOT_SAVED);
        let run = run.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            let text = write(format, &run).and_then(|bytes| String::from_utf8(bytes).ok());
            match text {
                Some(text) => hand_out::copy(&text, "", &then),
                None => then.emit(false),
            }
        });
        plain_button(
            ["copy-", format.name()].concat(),
            words::COPY,
            name,
            onclick,
        )
    });
    let save = save(format, name, run, on);
    el!("li" { "data-test": AttrValue::from(["format-", format.name()].concat()) }
        el!("span" { "class": "format" } el!("b" {} name), " ", el!("span" { "class": "aside" } what)),
        copy,
        save,
    )
}

fn save(format: Format, name: &'static str, run: &RunEvents, on: &Callback<Action>) -> Html {
    let then = then(on, Done::Saved(name), words::NOT_SAVED);
    let run = run.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let file = file_name(format, &run);
        let (_, media) = format.file();
        match (format, write(format, &run)) {
            (Format::Png, Some(svg)) => {
                hand_out::save_pixels(&file, &String::from_utf8_lossy(&svg), &then);
            }
            (_, Some(bytes)) => hand_out::save(&file, media, &bytes, &then),
            (_, None) => then.emit(false),
        }
    });
    plain_button(
        ["save-", format.name()].concat(),
        words::SAVE,
        name,
        onclick,
    )
}
