//! Links: the catalogue's are short, each gives back its scenario, and none ever gives another one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "links/arbitrary.rs"]
mod arbitrary;
#[path = "links/damaged.rs"]
mod damaged;
#[path = "links/golden.rs"]
mod golden;

use std::fmt::Write as _;

use aftershake_shared::catalog::{self, CATALOG};
use aftershake_shared::link::view::{Mode, View};
use aftershake_shared::link::{self, limits};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::Scenario;

/// A scenario of the catalogue and its link.
fn link_of(name: &str) -> (Scenario, String) {
    let text = catalog::find(name).unwrap().text();
    let link = link::fragment(&text, &View::default()).unwrap();
    (text.parse().unwrap(), link)
}

#[test]
fn every_scenario_of_the_catalogue_fits_a_short_link() {
    for entry in CATALOG {
        let (scenario, link) = link_of(entry.name);
        assert!(link.len() <= 1_200, "{}: {}", entry.name, link.len());
        let read = link::read(&link).unwrap();
        assert_eq!(read.text.name, entry.name);
        assert_eq!(read.scenario.without_lines(), scenario.without_lines());
        assert_eq!(read.view, View::default());
        assert_eq!(read.text.parse().unwrap(), read.scenario);
    }
}

#[test]
fn a_link_is_found_with_and_without_its_address() {
    let (_, link) = link_of("linger-zero");
    let bare = &link[1..];
    for text in [
        link.clone(),
        bare.to_owned(),
        format!("  {link}\n"),
        format!("http://127.0.0.1:8000/{link}"),
        format!("https://example.org/play?x=1{link}"),
    ] {
        assert_eq!(link::find(&text), Some(bare), "{text}");
        assert_eq!(link::read(&text).unwrap().text.name, "linger-zero");
    }
    for text in [
        "",
        "#",
        "s1",
        "linger-zero",
        "#token.abc",
        "s.x",
        "sx1.y",
        "#s1234567890.x",
    ] {
        assert_eq!(link::find(text), None, "{text}");
    }
}

#[test]
fn what_is_shown_travels_with_the_scenario() {
    let text = catalog::find("linger-zero").unwrap().text();
    let view = View {
        event: Some(12),
        zoom: Some(250),
        mode: Some(Mode::Order),
        compare: Some("sent-before-close".to_owned()),
    };
    let link = link::fragment(&text, &view).unwrap();
    assert_eq!(link::read(&link).unwrap().view, view);
}

#[test]
fn what_needs_more_letters_than_a_link_has_is_refused() {
    // Hexadecimal digits without a pattern hardly shrink.
    let mut state = 1_u32;
    let mut digits = String::new();
    while digits.len() < 20_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let _ = write!(digits, "{:02x}", state >> 24);
    }
    let text = format!(
        "title = \"x\"\n[[steps]]\nby = \"a\"\ndo = \"connect\"\n[[steps]]\nby = \"a\"\ndo.send = {{ hex = \"{digits}\" }}\n"
    );
    let text = ScenarioText {
        name: "x".to_owned(),
        toml: text,
    };
    let error = link::fragment(&text, &View::default()).unwrap_err();
    let message = error.to_string();
    assert!(
        message.ends_with(&format!(
            "characters, expected at most {}",
            limits::LONGEST_MADE
        )),
        "{message}"
    );
}

#[test]
fn defaults_and_comments_stay_behind_and_spelling_travels() {
    let toml = "# why\ntitle = 'x'\n[[steps]]\nby = \"a\"\n\
        do.connect = { port = 8080, timeout = \"0.5s\", address = \"127.0.0.1\" } # here\n\
        [[steps]]\nby = \"a\"\ndo.receive = { peek = false }\n";
    let text = ScenarioText {
        name: String::new(),
        toml: toml.to_owned(),
    };
    let link = link::fragment(&text, &View::default()).unwrap();
    assert_eq!(
        link::read(&link).unwrap().text.toml,
        "title = \"x\"\n\n[[steps]]\nby = \"a\"\ndo.connect = { timeout = \"0.5s\" }\n\n\
         [[steps]]\nby = \"a\"\ndo = \"receive\"\n"
    );
}
