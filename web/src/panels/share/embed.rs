//! Lines to paste into pages: Markdown, a frame, the player.

use aftershake_shared::export::snippet::{self, Place};
use aftershake_shared::link::fragment;
use aftershake_shared::link::view::View;
use yew::{Callback, Html};

use super::body::copied;
use crate::el;
use crate::store::share::format::Format;
use crate::store::{Action, AppState};
use crate::text::share as words;

/// The page.
pub(super) fn embed(state: &AppState, on: &Callback<Action>) -> Html {
    let text = state.named_text();
    let Ok(fragment) = fragment(&text, &View::default()) else {
        return el!("p" { "class": "warning" } words::LINK_TOO_LONG);
    };
    let scenario = state.draft.scenario.as_ref();
    let title = scenario.map_or(text.name.as_str(), |scenario| scenario.title.as_str());
    let base = state.share.site();
    let place = Place {
        base: &base,
        fragment: &fragment,
        title,
    };
    let player = state.run.diagnosis.is_some().then(|| {
        let recording = Format::Recording.file_name(&state.run);
        el!("div" { "class": "share-page" }
            el!("h3" {} words::REPLAY),
            copied("replay", words::REPLAY, &snippet::replay(place, &recording), on),
            el!("p" { "class": "note" } words::REPLAY_WHAT),
        )
    });
    el!("div" { "class": "share-page" }
        el!("p" { "class": "note" } words::EMBED_WHAT),
        el!("h3" {} words::MARKDOWN),
        copied("markdown", words::MARKDOWN, &snippet::markdown(place), on),
        el!("h3" {} words::FRAME),
        copied("frame", words::FRAME, &snippet::frame(place), on),
        player,
    )
}
