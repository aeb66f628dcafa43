//! What comes in by a link, action by action.

use std::rc::Rc;

use aftershake_shared::catalog;
use aftershake_shared::link::fragment;
use yew::Reducible as _;

use super::*;
use crate::store::draft;

fn after(actions: impl IntoIterator<Item = Action>) -> Rc<AppState> {
    let start = Rc::new(AppState::default());
    actions
        .into_iter()
        .map(crate::store::Action::Share)
        .fold(start, AppState::reduce)
}

fn link(name: &str, toml: &str, view: &View) -> String {
    let text = ScenarioText {
        name: name.to_owned(),
        toml: toml.to_owned(),
    };
    fragment(&text, view).unwrap()
}

fn opened(link: &str) -> Rc<AppState> {
    let found = Action::LinkFound(AttrValue::from(link.to_owned()));
    after([found, Action::LinkRead(read::read(link))])
}

#[test]
fn a_scenario_of_the_catalogue_comes_with_its_comments_and_another_with_its_name() {
    let entry = catalog::find("linger-zero").unwrap();
    let state = opened(&link(entry.name, entry.toml, &View::default()));
    assert_eq!(
        (state.draft.from, state.draft.text.as_str()),
        (Some("linger-zero"), entry.toml)
    );
    let other = entry.toml.replace("port = 8080", "port = 8081");
    let state = opened(&link("linger-zero", &other, &View::default()));
    assert_eq!(state.draft.from, None);
    assert!(state.draft.text.contains("8081"));
    assert_eq!(state.named_text().name, "linger-zero");
    assert!(state.draft.can_undo());
    assert_eq!(state.share.opening, Opening::Nothing);
}

#[test]
fn a_damaged_link_shows_no_scenario_and_nothing_can_be_run() {
    let entry = catalog::find("linger-zero").unwrap();
    let good = link(entry.name, entry.toml, &View::default());
    let cut = &good[..good.len() - 1];
    let newer = good.replacen("#s1.", "#s2.", 1);
    let long = format!("{good}A");
    for bad in [cut, &newer, &long, "#1.abc", "#s1"] {
        let state = opened(bad);
        let Opening::Failed(problem) = &state.share.opening else {
            panic!("{bad} was opened");
        };
        assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
        assert!(!state.can_run());
        let left = state.reduce(crate::store::Action::Share(Action::LinkLeft));
        assert_eq!(left.share.opening, Opening::Nothing);
        let chosen = opened(bad).reduce(crate::store::Action::ScenarioChosen {
            name: "linger-zero",
            run: false,
        });
        assert_eq!(chosen.share.opening, Opening::Nothing);
    }
}

#[test]
fn a_link_brings_its_time_axis_and_says_what_is_looked_at() {
    let entry = catalog::find("linger-zero").unwrap();
    let view = View {
        mode: Some(Mode::Order),
        ..View::default()
    };
    let state = opened(&link(entry.name, entry.toml, &view));
    assert_eq!(state.run.axis, Axis::Order);
    assert_eq!(state.view(), view);
    assert_eq!(AppState::default().view(), View::default());
}

#[test]
fn the_same_link_again_leaves_everything_as_it_is() {
    let entry = catalog::find("linger-zero").unwrap();
    let link = link(entry.name, entry.toml, &View::default());
    let state = opened(&link);
    let again = state
        .clone()
        .reduce(crate::store::Action::Share(Action::LinkRead(read::read(
            &link,
        ))));
    assert_eq!(again.draft, state.draft);
    let edited = again.reduce(crate::store::Action::Draft(draft::Action::Edited {
        text: "title = \"x\"".into(),
        caret: 0,
    }));
    assert_eq!(edited.named_text().name, "linger-zero-edited");
}

#[test]
fn an_agents_page_is_local_and_a_site_is_not() {
    for (address, local, site) in [
        ("http://127.0.0.1:4747/", true, SITE),
        ("http://localhost/x", true, SITE),
        ("http://[::1]:80/", true, SITE),
        (
            "http://127.0.0.1.example.org/",
            false,
            "http://127.0.0.1.example.org/",
        ),
        (
            "https://example.org/play/index.html",
            false,
            "https://example.org/play/",
        ),
        ("", false, SITE),
    ] {
        let share = Share {
            address: address.into(),
            ..Share::default()
        };
        assert_eq!(
            (share.is_local(), share.site(share.is_local()).as_str()),
            (local, site),
            "{address}"
        );
    }
}
