//! The card of many runs as markup: what it says and what outside checks hold on to.

#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

#[path = "support/shown.rs"]
mod shown;

use aftershake_shared::channel::{PROTOCOL_VERSION, ServerMessage};
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::distribution::vary::Vary;
use aftershake_shared::recording::Recording;
use aftershake_web::store::Action;
use aftershake_web::store::many::{self, Aim, FIRST};
use shown::markup;

/// Forty runs of the race at twenty values, one kept; all of them told.
fn runs() -> Vec<Action> {
    let text = include_str!("recordings/sent-before-close.jsonl");
    let recording = Recording::from_json_lines(text).unwrap();
    let run = FIRST;
    let summary = |number: u64| RunSummary {
        number,
        bin: u32::try_from(number % 20).unwrap(),
        seed: number,
        key: if number % 20 < 10 {
            "reset:close-with-unread-data"
        } else {
            "closed"
        }
        .to_owned(),
        met: true,
        mismatches: Vec::new(),
        answers: Vec::new(),
    };
    let vary = Vary::parse("steps.5.delay=0..200us").unwrap();
    let said = Action::AgentSaid;
    vec![
        said(ServerMessage::Welcome {
            protocol: PROTOCOL_VERSION,
            version: "0.1.0".to_owned(),
            environment: recording.header.environment.clone(),
        }),
        Action::ScenarioChosen {
            name: "race-send-against-close",
            run: false,
        },
        Action::Many(many::Action::Asked(Aim::Count)),
        said(ServerMessage::Planned {
            run: FIRST | 1,
            runs: 1_000,
            varied: Some(vary.path),
            values: vary.range.values(20).into_iter().map(Some).collect(),
            seed: 7,
        }),
        said(ServerMessage::Kept {
            run: run | 1,
            summary: Box::new(summary(0)),
            recording: Box::new(recording),
        }),
        said(ServerMessage::Came {
            run: run | 1,
            runs: (0..400).map(summary).collect(),
        }),
    ]
}

fn assert_has(markup: &str, parts: &[&str]) {
    for part in parts {
        assert!(markup.contains(part), "no `{part}` on the page");
    }
}

#[test]
fn a_chart_under_way_says_how_far_it_is() {
    let page = markup(runs());
    assert_has(
        &page,
        &[
            "data-test=\"sweep-stop\"",
            "400 of 1000 runs",
            "reset: close with unread data",
            "0ms: reset: close with unread data 20 of 20, 100 % (84-100)",
            "role=\"button\"",
            "tabindex=\"0\"",
        ],
    );
    assert!(!page.contains("data-test=\"sweep-svg\""));
}

#[test]
fn at_the_end_boundary_noise_and_files_are_there() {
    let mut actions = runs();
    actions.push(Action::AgentSaid(ServerMessage::Finished {
        run: FIRST | 1,
        took_ns: 900_000_000,
    }));
    let page = markup(actions.clone());
    assert_has(
        &page,
        &[
            "data-test=\"sweep-start\"",
            "400 runs in 900",
            "from 105us on, closed instead of reset: close with unread data",
            "data-test=\"sweep-svg\"",
            "data-test=\"sweep-csv\"",
            "data-test=\"sweep-json\"",
        ],
    );
    actions.push(Action::Many(many::Action::ViewTurned));
    let page = markup(actions);
    assert_has(&page, &["<table class=\"table\"", "100 % (84-100)"]);
}
