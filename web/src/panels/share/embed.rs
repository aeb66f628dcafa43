//! Lines to paste into pages: Markdown, a frame, the player.

use aftershake_shared::export::format::Format;
use aftershake_shared::export::snippet::{self, Place};
use aftershake_shared::link::fragment;
use aftershake_shared::link::view::View;
use yew::{Callback, Html, InputEvent, html};

use super::body::{act, copied};
use crate::browser;
use crate::el;
use crate::store::share::format::file_name;
use crate::store::{Action, AppState, share as store};
use crate::text::share as words;

/// Where the address of the site is kept for later visits.
const SITE_KEY: &str = "aftershake.site";

/// The page.
pub(super) fn embed(state: &AppState, on: &Callback<Action>) -> Html {
    let text = state.named_text();
    let Ok(fragment) = fragment(&text, &View::default()) else {
        return el!("p" { "class": "warning" } words::LINK_TOO_LONG);
    };
    let scenario = state.draft.scenario.as_ref();
    let title = scenario.map_or(text.name.as_str(), |scenario| scenario.title.as_str());
    let typed = state.share.site(state.is_agents_page());
    let site = snippet::site(&typed);
    let is_address = site.is_some();
    let site = site.unwrap_or_else(|| words::SITE.to_owned());
    let place = Place {
        site: &site,
        fragment: &fragment,
        name: state.draft.from.filter(|_| !state.draft.is_edited()),
        title,
    };
    let player = state.run.diagnosis.is_some().then(|| {
        let picture = file_name(Format::Svg, &state.run);
        el!("div" { "class": "share-page" }
            el!("h3" {} words::REPLAY),
            copied("replay", words::REPLAY, &snippet::replay(place, &picture), on),
            el!("p" { "class": "note" } words::REPLAY_WHAT),
        )
    });
    el!("div" { "class": "share-page" }
        el!("p" { "class": "note" } words::EMBED_WHAT),
        site_field(&typed, on),
        (!is_address).then(|| el!("p" { "class": "warning", "role": "status" } words::EMBED_NO_BASE)),
        el!("h3" {} words::MARKDOWN),
        copied("markdown", words::MARKDOWN, &snippet::markdown(place), on),
        el!("h3" {} words::FRAME),
        copied("frame", words::FRAME, &snippet::frame(place), on),
        player,
    )
}

fn site_field(site: &yew::AttrValue, on: &Callback<Action>) -> Html {
    let on = on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some((_, site)) = browser::control(&event) {
            browser::keep(SITE_KEY, &site);
            on.emit(act(store::Action::SiteTyped(site)));
        }
    });
    html! {
        <label class="site">
            <span>{ words::EMBED_BASE }</span>
            <input
                name="site" data-test="share-site" type="url" autocomplete="off" spellcheck="false"
                value={site.clone()} {oninput}
            />
        </label>
    }
}

/// The address that an earlier visit typed.
pub(crate) fn kept_site() -> Option<yew::AttrValue> {
    let site = browser::kept(SITE_KEY).filter(|site| !site.is_empty())?;
    Some(yew::AttrValue::from(site))
}
