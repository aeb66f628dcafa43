//! The whole page: owns the store and the channel, lays out the panels, listens to the window.

use yew::{
    AttrValue, Callback, Html, UseReducerHandle, component, html, use_callback, use_effect_with,
    use_reducer, use_state,
};

use crate::address::{self, Fragment};
use crate::agent_channel::AgentChannel;
use crate::browser::{self, Listener};
use crate::keys;
use crate::late::{self, Part};
use crate::out;
use crate::panels::gallery::{self, gallery_panel};
use crate::panels::guide::hides_verdict;
use crate::panels::header::header;
use crate::panels::help::help;
use crate::panels::stage::stage;
use crate::panels::stage::unread;
use crate::recorded;
use crate::store::kept::Kept;
use crate::store::share::{self, Opening};
use crate::store::window::{self, Theme};
use crate::store::{Action, AppState, channel_status, draft};
use crate::text::page::SKIP;

/// Where the text in the editor is kept: the catalogue's name for it, and from the second line on the text.
const DRAFT_KEY: &str = "aftershake.draft";

/// The page in a browser.
#[component]
pub fn App() -> Html {
    let state: UseReducerHandle<AppState> = use_reducer(AppState::default);
    let dispatcher = state.dispatcher();
    let on = use_callback((), move |action: Action, ()| dispatcher.dispatch(action));
    let token = use_state(|| None);

    let first_on = on.clone();
    let set_token = token.setter();
    use_effect_with((), move |()| {
        let is_site = recorded::folder().is_some();
        let Fragment { token, link } = address::take(is_site);
        set_token.set(token);
        if is_site {
            // Nothing here looks for an agent, whatever the address says.
            let found = channel_status::Action::RecordingsFound;
            first_on.emit(Action::Channel(found));
        }
        let known = share::Action::AddressKnown(address::own());
        first_on.emit(Action::Share(known));
        first_on.emit(Action::Window(window::Action::ThemeKnown(
            browser::stored_theme(),
        )));
        first_on.emit(Action::Window(window::Action::WidthKnown(browser::width())));
        let asked = is_site.then(recorded::asked_scenario).flatten();
        if let Some(name) = asked {
            first_on.emit(match name {
                Ok(name) => Action::ScenarioChosen { name, run: false },
                Err(problem) => Action::Share(share::Action::LinkRead(Err(Kept::new(problem)))),
            });
        } else if let Some((from, text)) = browser::kept(DRAFT_KEY)
            .as_deref()
            .and_then(|kept| kept.split_once('\n'))
        {
            let (from, text) = (
                AttrValue::from(from.to_owned()),
                AttrValue::from(text.to_owned()),
            );
            first_on.emit(Action::Draft(draft::Action::Restored { from, text }));
        }
        if let Some(link) = link {
            first_on.emit(Action::Share(share::Action::LinkFound(link)));
        }
        let late_on = first_on.clone();
        yew::platform::spawn_local(async move {
            let part = match late::load().await {
                Ok(()) => Part::There,
                Err(_) => Part::Missing,
            };
            late_on.emit(Action::LateTried(part));
            let Some(late) = late::ready().filter(|_| !is_site) else {
                return;
            };
            for kept in browser::kept_runs() {
                let messages = kept.lines().map(late.read).collect();
                if let Ok(messages) = messages {
                    late_on.emit(Action::RunKept(messages));
                }
            }
        });
        let (width_on, link_on) = (first_on.clone(), first_on.clone());
        let drops = browser::listen_to_drops(&first_on);
        let listeners = [
            Listener::on_hash_change(move || {
                let Fragment { token, link } = address::take(is_site);
                if token.is_some() {
                    set_token.set(token);
                }
                if let Some(link) = link {
                    link_on.emit(Action::Share(share::Action::LinkFound(link)));
                }
            }),
            Listener::on_resize(move || {
                width_on.emit(Action::Window(window::Action::WidthKnown(browser::width())));
            }),
            Listener::on_key(move |event| keys::pressed(event, &first_on)),
        ];
        move || drop((listeners, drops))
    });
    let theme = state.window.theme;
    let is_first = yew::use_mut_ref(|| true);
    use_effect_with(theme, move |theme| {
        // Before the stored theme is known, the default must not overwrite it.
        if std::mem::take(&mut *is_first.borrow_mut()) && *theme == Theme::Auto {
            return;
        }
        browser::apply_theme(*theme);
    });

    use_effect_with(state.window.help, |help| {
        let is_open = *help == window::Help::Open;
        browser::show_dialog("dialog.help", is_open);
        // On the button at its end, a narrow page would show the end first.
        if is_open {
            browser::focus("#help-title");
        }
    });
    use_effect_with(state.palette.query.is_some(), |is_open| {
        browser::show_dialog("dialog.palette", *is_open);
    });

    let fetch_on = on.clone();
    use_effect_with(state.wanted_recording(), move |wanted| {
        if let Some(name) = *wanted {
            browser::fetch_recording(name, &fetch_on);
        }
    });
    use_effect_with(state.share.dialog.is_some(), |is_open| {
        browser::show_dialog("dialog.share", *is_open);
    });
    let out_on = on.clone();
    use_effect_with(state.wants_out(), move |wanted| {
        if *wanted {
            yew::platform::spawn_local(async move {
                let tried = out::load().await;
                let part = tried.map_or(Part::Missing, |()| Part::There);
                out_on.emit(Action::OutTried(part));
                if let Some(site) = out::ready().and_then(|out| (out.kept_site)()) {
                    out_on.emit(Action::Share(share::Action::SiteTyped(site)));
                }
            });
        }
    });
    let read_on = on.clone();
    let opening = state.share.opening.clone();
    let parts = (state.late, state.out);
    use_effect_with((parts, opening), move |(parts, opening)| {
        let Opening::Waiting(link) = opening else {
            return;
        };
        let read = match (out::ready(), parts) {
            (Some(out), _) => (out.link)(link),
            (None, (Part::Missing, _) | (_, Part::Missing)) => Err(Kept::new(unread())),
            (None, _) => return,
        };
        read_on.emit(Action::Share(share::Action::LinkRead(read)));
    });
    let linked = state.share.linked.clone();
    use_effect_with((state.draft.text.clone(), linked), |(text, linked)| {
        // An address that says one thing over a page that shows another would mislead.
        if linked.as_ref().is_some_and(|linked| linked.text != *text) {
            address::put_link_away();
        }
    });

    let draft = &state.draft;
    use_effect_with((draft.from, draft.text.clone()), |(from, text)| {
        if recorded::is_embedded() {
            return;
        }
        browser::keep(DRAFT_KEY, &[from.unwrap_or_default(), "\n", text].concat());
    });
    let (placed, caret) = (draft.placed, draft.caret);
    use_effect_with(placed, move |_| browser::place_caret("#editor", caret));
    let step = draft.step;
    use_effect_with(draft.followed, move |followed| {
        if let (true, Some(step)) = (*followed > 0, step) {
            browser::focus(&["#step-", &step.to_string()].concat());
        }
    });

    html! {
        <>
            <AgentChannel late={state.late} token={(*token).clone()} ask={state.run.ask.clone()} many={state.many_ask.clone()} on={on.clone()} />
            { page(&state, &on) }
        </>
    }
}

/// The page as a function of its state.
pub fn page(state: &AppState, on: &Callback<Action>) -> Html {
    let gallery = gallery::Props {
        chosen: state
            .draft
            .from
            .filter(|_| state.share.opening == Opening::Nothing),
        query: state.gallery.query.clone(),
        width: state.window.width,
        hides_outcomes: hides_verdict(state),
        on: on.clone(),
    };
    html! {
        <>
            <a class="skip" href="#stage">{ SKIP }</a>
            { header(state, on) }
            <div class="columns">
                { gallery_panel(&gallery) }
                { stage(state, on) }
                if !hides_verdict(state) {
                    if let Some(late) = late::ready() {
                        { (late.inspector)(state, on) }
                    } else {
                        <aside class="inspector" />
                    }
                }
            </div>
            { help(on) }
            if let Some(late) = late::ready() { { (late.palette)(state, on) }{ (late.share)(state, on) } }
        </>
    }
}
