//! The catalogue, by family: search, choose. Folds into a `<details>` where the column has no room.

use aftershake_shared::catalog::family_title;
use yew::{AttrValue, Callback, Html, InputEvent, TargetCast as _, html};

use super::glyph::{glyph, glyph_words};
use crate::browser;
use crate::catalogue::{LISTED, Listed};
use crate::store::window::Width;
use crate::store::{Action, gallery};
use crate::text::{self, page as words};

/// What the gallery is given.
#[derive(Clone, Debug)]
pub struct Props {
    pub chosen: Option<&'static str>,
    pub query: AttrValue,
    pub width: Width,
    /// Whether the list keeps to itself how scenarios end.
    pub hides_outcomes: bool,
    pub on: Callback<Action>,
}

/// The left column.
pub fn gallery_panel(props: &Props) -> Html {
    let body = html! {
        <>
            { search(props) }
            { families(props) }
        </>
    };
    match props.width {
        Width::Wide => html! { <nav class="gallery" aria-label={words::GALLERY}>{ body }</nav> },
        Width::Narrow => {
            let title = props.chosen.and_then(crate::catalogue::find);
            let title = title.map_or_else(
                || words::GALLERY_CHOOSE.to_owned(),
                |l| text::shown(&l.title),
            );
            html! {
                <nav class="gallery" aria-label={words::GALLERY}>
                    <details key={props.chosen.unwrap_or_default()}>
                        <summary>
                            <span class="summary-label">{ words::GALLERY }</span>
                            <span class="summary-now">{ title }</span>
                        </summary>
                        { body }
                    </details>
                </nav>
            }
        }
    }
}

fn search(props: &Props) -> Html {
    let on = props.on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            let searched = gallery::Action::Searched(AttrValue::from(input.value()));
            on.emit(Action::Gallery(searched));
        }
    });
    let placeholder = words::search(LISTED.len());
    html! {
        <input
            class="search" id="search" type="search" aria-label={placeholder.clone()} {placeholder}
            autocomplete="off" spellcheck="false" value={props.query.clone()} {oninput}
        />
    }
}

fn families(props: &Props) -> Html {
    let found: Vec<_> = LISTED.iter().filter(|l| l.fits(&props.query)).collect();
    let status = match (found.len(), props.query.is_empty()) {
        (_, true) => String::new(),
        (0, false) => words::GALLERY_NONE.to_owned(),
        (number, false) => words::found(number),
    };
    let groups = found.chunk_by(|a, b| a.family == b.family);
    html! {
        <>
            <p class="search-status" role="status">{ status }</p>
            { for groups.map(|group| family(group, props)) }
        </>
    }
}

fn family(group: &[&'static Listed], props: &Props) -> Html {
    let title = group.first().map(|listed| family_title(listed.family));
    html! {
        <section class="family">
            <h2>{ title }</h2>
            <ul>{ for group.iter().map(|listed| item(listed, props)) }</ul>
        </section>
    }
}

fn item(listed: &'static Listed, props: &Props) -> Html {
    let on = props.on.clone();
    let name = listed.name;
    let width = props.width;
    let onclick = Callback::from(move |_| {
        on.emit(Action::ScenarioChosen { name, run: false });
        if width == Width::Narrow {
            browser::focus("#stage");
        }
    });
    let is_chosen = props.chosen == Some(name);
    let outcome = listed.outcome.filter(|_| !props.hides_outcomes);
    html! {
        <li key={name}>
            <button
                type="button" data-test={format!("scenario-{name}")} {onclick}
                aria-current={is_chosen.then_some("true")}
                title={format!("{name}: {}", glyph_words(outcome))}
            >
                { glyph(outcome) }
                <span>{ text::shown(&listed.title) }</span>
                <span class="sr-only">{ format!(", {}", glyph_words(outcome)) }</span>
            </button>
        </li>
    }
}
