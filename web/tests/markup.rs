//! The page as markup, rendered without a browser: what it says, and what outside checks hold on to.

#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

#[path = "support/shown.rs"]
mod shown;

use aftershake_shared::channel::{Failure, PROTOCOL_VERSION, ServerMessage};
use aftershake_shared::event::{EventId, Source};
use aftershake_shared::recording::{Environment, Recording};
use aftershake_web::store::selection::Tab;
use aftershake_web::store::window::Width;
use aftershake_web::store::{Action, draft, selection, window};
use shown::markup;

fn recording() -> Recording {
    Recording::from_json_lines(include_str!("recordings/sent-before-close.jsonl")).unwrap()
}

fn run() -> Vec<Action> {
    run_of("sent-before-close", recording())
}

fn run_of(name: &'static str, recording: Recording) -> Vec<Action> {
    let Recording { header, events } = recording;
    let said = Action::AgentSaid;
    vec![
        said(ServerMessage::Welcome {
            protocol: PROTOCOL_VERSION,
            version: "0.1.0".to_owned(),
            environment: header.environment.clone(),
        }),
        Action::ScenarioChosen { name, run: false },
        Action::RunAsked,
        said(ServerMessage::Started { run: 1, header }),
        said(ServerMessage::Events { run: 1, events }),
        said(ServerMessage::Finished {
            run: 1,
            took_ns: 23_100_000,
        }),
    ]
}

fn edited(toml: &str) -> Action {
    Action::Draft(draft::Action::Edited {
        text: toml.to_owned().into(),
        caret: 0,
    })
}

#[track_caller]
fn assert_says(markup: &str, all: &[&str]) {
    for words in all {
        assert!(markup.contains(words), "{words} is missing in\n{markup}");
    }
}

#[test]
fn without_an_agent_the_page_says_what_works_and_how_to_start_one() {
    let markup = markup([]);
    assert_says(
        &markup,
        &[
            "no agent",
            "cargo xtask play",
            "cannot open TCP sockets",
            "data-test=\"scenario-accepts-then-closes\"",
            "data-test=\"editor\"",
            "data-test=\"run\"",
            "not run yet",
            "claim: not run yet",
        ],
    );
    assert!(!markup.contains("data-test=\"cancel\""));
}

#[test]
fn a_verdict_answers_first_and_cites_its_evidence() {
    let markup = markup(run());
    assert_says(
        &markup,
        &[
            "reset by the server",
            "certain",
            "The server closed with 16 bytes still unread",
            "<b>TCP_ABORT_ON_CLOSE</b>",
            "https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1",
            "Ruled out: ",
            "As the scenario expects",
            "Each program saw",
            "Change this",
            "Run the fixed version",
        ],
    );
}

#[test]
fn every_event_of_the_ladder_is_a_symbol_with_a_sentence_and_one_takes_the_tab_key() {
    let markup = markup(run());
    assert_says(
        &markup,
        &[
            "role=\"graphics-document\"",
            "aria-roledescription=\"TCP ladder\"",
            "role=\"graphics-symbol\"",
        ],
    );
    let svg = markup.split("role=\"graphics-document\"").nth(1).unwrap();
    let svg = svg.split("</svg>").next().unwrap();
    let symbols = svg.matches("data-event=").count();
    assert!(symbols > 12, "{symbols} symbols");
    assert_eq!(svg.matches("tabindex=\"0\"").count(), 1);
    assert_eq!(
        svg.matches("<title>").count(),
        svg.matches("graphics-symbol").count()
    );
}

#[test]
fn a_selected_reset_is_decoded_in_the_inspector() {
    let decisive = recording().events.iter().position(|event| {
        let text = format!("{:?}", event.body);
        text.starts_with("KernelReset")
    });
    let reason = EventId(u32::try_from(decisive.unwrap() + 1).unwrap());
    let picked = |event| Action::Selection(selection::Action::Picked(event));
    let kernel = markup(run().into_iter().chain([picked(reason)]));
    assert_says(
        &kernel,
        &["The kernel’s reason, event", "TCP_ABORT_ON_CLOSE"],
    );
    let segment = markup(run().into_iter().chain([picked(EventId(reason.0 - 1))]));
    assert_says(
        &segment,
        &[
            "<span class=\"flag rst\">RST</span>",
            "absolute",
            "window",
            "TTL",
            "IP id",
        ],
    );
}

#[test]
fn the_table_has_every_event_as_a_row() {
    let table = Action::Selection(selection::Action::TabChosen(Tab::Table));
    let markup = markup(run().into_iter().chain([table]));
    let rows = markup.split("<tbody>").nth(1).unwrap();
    let rows = rows.split("</tbody>").next().unwrap();
    assert_eq!(rows.matches("<tr").count(), recording().events.len());
    assert_says(&markup, &["scope=\"row\"", "ECONNRESET", "RST,ACK"]);
}

#[test]
fn a_narrow_page_lists_the_same_events_and_folds_the_gallery() {
    let narrow = Action::Window(window::Action::WidthKnown(Width::Narrow));
    let markup = markup(run().into_iter().chain([narrow]));
    assert_says(&markup, &["<details", "<ol class=\"events\">", "RST,ACK"]);
    assert!(!markup.contains("graphics-document"));
}

#[test]
fn a_mistake_is_shown_with_place_line_and_caret() {
    let markup = markup([edited("title = \"x\"\nstory = 5\n")]);
    assert_says(
        &markup,
        &[
            "data-test=\"editor-error\"",
            "<b>2:",
            "2 | story = 5",
            "^",
            "aria-invalid=\"true\"",
        ],
    );
}

#[test]
fn what_users_write_is_text_and_hidden_characters_are_shown() {
    let hostile = "title = \"<img src=x onerror=alert(1)>\u{202e}evil\"\n[[steps]]\nby = \"server\"\ndo.listen = { port = 8080 }\n";
    let markup = markup([edited(hostile)]);
    assert!(!markup.contains("<img"));
    assert_says(
        &markup,
        &[
            "&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩evil",
            "Line 1 holds a character",
        ],
    );
}

#[test]
fn a_failure_of_the_agent_is_shown_with_its_remedy() {
    let error = Failure {
        code: 3,
        message: "no <user> namespaces".to_owned(),
        remedy: "sysctl kernel.unprivileged_userns_clone=1".to_owned(),
    };
    let failed = Action::AgentSaid(ServerMessage::Failed {
        run: Some(1),
        error,
    });
    let markup = markup(run().into_iter().take(3).chain([failed]));
    assert_says(
        &markup,
        &[
            "no &lt;user&gt; namespaces",
            "What helps: ",
            "sysctl kernel",
        ],
    );
}

#[test]
fn what_a_run_needs_and_what_this_machine_lacks_is_said_before_it() {
    let welcome = |evidence: Vec<Source>| {
        Action::AgentSaid(ServerMessage::Welcome {
            protocol: PROTOCOL_VERSION,
            version: "0.1.0".to_owned(),
            environment: Environment {
                kernel: "6.1.0".to_owned(),
                isolation: "namespace".to_owned(),
                evidence,
            },
        })
    };
    let without_reasons = Source::ALL
        .into_iter()
        .filter(|source| *source != Source::KernelResets);
    let lacking = markup([welcome(without_reasons.collect())]);
    assert_says(
        &lacking,
        &[
            "data-test=\"lacks\"",
            "reason for a RST",
            "aftershake doctor",
        ],
    );
    let complete = markup([welcome(Source::ALL.to_vec())]);
    assert!(!complete.contains("data-test=\"lacks\""));
    let story = "title = \"x\"\n[[steps]]\nby = \"server\"\ndo.listen = { mptcp = true }\n";
    let needing = markup([welcome(Source::ALL.to_vec()), edited(story)]);
    assert_says(&needing, &["data-test=\"needs\"", "Multipath TCP"]);
}

#[test]
fn nothing_needs_an_inline_style_or_script() {
    for actions in [Vec::new(), run()] {
        let markup = markup(actions);
        for forbidden in [" style=", "<script", "javascript:", " onclick="] {
            assert!(!markup.contains(forbidden), "{forbidden}");
        }
    }
}

#[test]
fn a_reset_over_af_unix_is_told_without_a_connection() {
    let kept = include_str!("../../scenarios/recordings/unix-closed-with-unread-data.jsonl");
    let kept = Recording::from_json_lines(kept).unwrap();
    let arrow = "class=\"event segment";
    assert!(markup(run()).contains(arrow));
    let markup = markup(run_of("unix-closed-with-unread-data", kept));
    assert_says(
        &markup,
        &[
            ", with no packet and no RST: the server closed with 16 bytes unread",
            "connect(AF_UNIX @app)",
            "the error is told once; what follows is the end",
            "Read until recv returns 0",
            "data-test=\"run-fixed\"",
        ],
    );
    assert!(!markup.contains(arrow));
}
