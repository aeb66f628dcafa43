//! Every mistake is named with its line; what reads like a story is accepted.

use super::*;

const STORY: &str = r#"
title = "Client sent before the close"
story = "A server that hangs up. A client that speaks first."

[[steps]]
by = "server"
do.listen = { port = 8080, backlog = 1 }

[[steps]]
by = "server"
do = "accept"

[[steps]]
by = "client"
do = "connect"

[[steps]]
by = "client"
do.send = { text = "incorrect_prefix" }

[[steps]]
by = "server"
do = "close"

[[steps]]
by = "client"
name = "reply"
do.receive = { at_most = 1024 }

[expect]
outcome = "reset"
reset_by = "server"
cause = "close-with-unread-data"
returns."client.reply" = "ECONNRESET"
"#;

#[test]
fn reads_a_story() {
    let scenario = Scenario::parse(STORY).unwrap();
    assert_eq!(scenario.endpoints(), ["server", "client"]);
    assert_eq!(scenario.steps.len(), 6);
    assert_eq!(scenario.steps[5].label(), "reply");
    assert_eq!(scenario.steps[4].label(), "close");
    assert_eq!(scenario.steps[4].line, 21);
}

#[test]
fn every_mistake_is_placed_and_explained() {
    for (from, to, place, message) in [
        (
            "text = \"inc",
            "txet = \"inc",
            "19:13",
            "unknown field `txet`, expected one of `text`",
        ),
        (
            "port = 8080",
            "port = 99999",
            "7:22",
            "invalid value: integer `99999`, expected a whole number from 0 to 65535",
        ),
        (
            "\"accept\"",
            "\"acept\"",
            "11:6",
            "unknown variant `acept`, expected one of `listen`",
        ),
        (
            "by = \"server\"\ndo = \"accept\"",
            "by = \"guest\"\ndo = \"accept\"",
            "9:1",
            "step 2: `accept` needs a listener, and `guest` has none yet",
        ),
        (
            "name = \"reply\"",
            "delay = \"-5ms\"",
            "27:9",
            "`-5ms` is negative, expected 0 or more",
        ),
        (
            "name = \"reply\"",
            "on = \"nobody\"",
            "25:1",
            "step 6: on `nobody`: no step with that name makes a connection",
        ),
        (
            "client.reply",
            "client.answer",
            "30:1",
            "returns.\"client.answer\": `client` has no step `answer`",
        ),
        (
            "unread-data",
            "unread",
            "30:1",
            "`close-with-unread` is no cause",
        ),
        (
            "\"ECONNRESET\"",
            "\"reset\"",
            "34:26",
            "invalid value: string \"reset\", expected a byte count",
        ),
        (
            "at_most = 1024",
            "at_most = 1024, exactly = 3",
            "25:1",
            "step 6: receive has 2 forms",
        ),
        (
            "[[steps]]\nby = \"server\"\ndo.listen",
            "[machine]\n\"net.ipv4.tcp_mem\" = 0\n\n[[steps]]\nby = \"server\"\ndo.listen",
            "1:1",
            "[machine] asks for `net.ipv4.tcp_mem`, expected one of net.ipv4.tcp_max_orphans",
        ),
        (
            "title = \"Client sent before the close\"",
            "",
            "1:1",
            "missing field `title`",
        ),
        (
            "outcome = \"reset\"",
            "outcome = \"rest\"",
            "31:11",
            "unknown variant `rest`",
        ),
        (
            "do = \"close\"",
            "do.close = { what = \"door\" }",
            "23:21",
            "unknown variant `door`",
        ),
    ] {
        let text = STORY.replacen(from, to, 1);
        assert_ne!(text, STORY, "{from} is not in the story");
        let error = Scenario::parse(&text).unwrap_err();
        assert!(
            error.message.contains(message),
            "found: {error}\nexpected: {message}"
        );
        assert_eq!(format!("{}:{}", error.line, error.column), place, "{error}");
    }
}

#[test]
fn an_error_shows_the_line_and_marks_the_column() {
    let error = Scenario::parse("title = \"x\"\nsteps = 3\n").unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("2:9: invalid type: integer `3`, expected a sequence"),
        "{text}"
    );
    assert!(text.ends_with("\n2 | steps = 3\n  |         ^"), "{text}");
}

#[test]
fn no_cut_of_the_text_panics() {
    for end in 0..STORY.len() {
        let _ = Scenario::parse(&STORY[..end]);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("title = {}", "[".repeat(100_000));
    assert!(Scenario::parse(&deep).is_err());
}

/// The texts of the catalogue's folder.
pub(super) fn catalogue() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let families = folder
        .read_dir()
        .unwrap()
        .map(|family| family.unwrap().path());
    let mut files: Vec<_> = families
        .filter(|family| family.is_dir())
        .flat_map(|family| family.read_dir().unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}
