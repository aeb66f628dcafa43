//! Whatever the program reads and writes is what its JSON Schemas say.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use aftershake_shared::catalog::CATALOG;
use jsonschema::Validator;
use program::{code, json, run, stderr, stdout};
use serde_json::{Value, json};

fn validator(name: &str) -> Validator {
    let output = run(&["schema", name], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let schema = json(&output);
    assert!(
        schema
            .get("title")
            .and_then(Value::as_str)
            .unwrap()
            .starts_with(&format!("aftershake {name}: "))
    );
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Says where a value is not as its schema has it.
fn check(validator: &Validator, value: &Value) {
    if let Some(error) = validator.iter_errors(value).next() {
        panic!("{error} at {}\n{value}", error.instance_path());
    }
}

/// What a command prints with `--json`, whatever its exit code.
fn check_output(schema: &str, arguments: &[&str]) {
    let output = run(arguments, "");
    check(&validator(schema), &json(&output));
}

#[test]
fn every_format_is_listed() {
    let output = run(&["schema"], "");
    let list = stdout(&output);
    let names: Vec<_> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for name in [
        "scenario",
        "recording",
        "run",
        "exec",
        "explain",
        "compare",
        "list",
        "test",
        "doctor",
        "link",
        "error",
        "client",
        "server",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    for name in names {
        validator(name);
    }
    let output = run(&["schema", "runs"], "");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no format `runs`, expected one of scenario, recording"));
}

#[test]
fn every_scenario_of_the_catalogue_is_as_its_schema_says() {
    let schema = validator("scenario");
    for entry in CATALOG {
        check(&schema, &toml::from_str(entry.toml).unwrap());
    }
    for wrong in [
        json!({"title": "x"}),
        json!({"title": "x", "steps": [{"by": "a", "do": "fly"}]}),
        json!({"title": "x", "steps": [{"by": "a", "do": "connect", "when": 3}]}),
        json!({"title": "x", "steps": [{"by": "a", "do": {"connect": {"port": "80"}}}]}),
        json!({"title": "x", "steps": [{"by": "a", "do": {"sleep": {"time": "soon"}}}]}),
        json!({"title": "x", "steps": [], "order": "random"}),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn runs_and_recordings_are_as_their_schemas_say() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (schema, line_schema) = (validator("run"), validator("recording"));
    for name in [
        "sent-before-close",
        "nobody-listens",
        "wrong-prefix",
        "proxy-with-two-connections",
    ] {
        let path = folder.join(format!("schemas-{name}.jsonl"));
        let output = run(
            &["run", name, "--json", "--save", &path.display().to_string()],
            "",
        );
        check(&schema, &json(&output));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.lines().count() > 5);
        for line in text.lines() {
            check(&line_schema, &serde_json::from_str(line).unwrap());
        }
    }
    assert!(!schema.is_valid(&json!({"format": 1, "outcome": "reset"})));
    assert!(!line_schema.is_valid(&json!({"id": 1, "at_ns": 0, "what": {"wind": 3}})));
}

#[test]
fn what_the_other_commands_print_is_as_their_schemas_say() {
    check_output("list", &["list", "--json"]);
    check_output("test", &["test", "linger-zero", "wrong-prefix", "--json"]);
    check_output("doctor", &["doctor", "--json"]);
    check_output("sweep", &["run", "linger-zero", "--repeat", "2", "--json"]);
    check_output(
        "exec",
        &["exec", "--server", "true", "--client", "true", "--json"],
    );
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data/truth/cases");
    for name in ["unread-close-ipv6", "keepalive-user-timeout"] {
        let path = captures.join(format!("{name}.pcap"));
        check_output(
            "explain",
            &["explain", &path.display().to_string(), "--json"],
        );
    }
    check_output(
        "compare",
        &["compare", "linger-zero", "sent-before-close", "--json"],
    );
    check_output("link", &["link", "linger-zero", "--json"]);
    let link = stdout(&run(&["link", "linger-zero"], ""));
    check_output(
        "link-decoded",
        &["link", "--decode", link.trim_end(), "--json"],
    );
    for arguments in [
        &["run", "no-such", "--json"][..],
        &["run", "linger-zero", "--json", "--no-such"],
        &["link", "--decode", "#s1.x", "--json"],
        &["test", "no-such.toml", "--json"],
    ] {
        check_output("error", arguments);
    }
}

#[test]
fn the_first_line_of_a_server_is_as_its_schema_says() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aftershake"))
        .args(["serve", "--port", "0", "--no-open", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let read = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
    child.kill().unwrap();
    child.wait().unwrap();
    read.unwrap();
    check(&validator("serve"), &serde_json::from_str(&line).unwrap());
}

/// The examples of `docs/protocol.md`, which another test reads with the types.
#[test]
fn messages_on_the_channel_are_as_their_schemas_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol.md");
    let text = fs::read_to_string(path).unwrap();
    for (fence, name) in [
        ("```json client\n", "client"),
        ("```json agent\n", "server"),
    ] {
        let schema = validator(name);
        let (_, block) = text.split_once(fence).unwrap();
        let (block, _) = block.split_once("```").unwrap();
        assert!(block.lines().count() >= 3);
        for line in block.lines() {
            check(&schema, &serde_json::from_str(line).unwrap());
        }
        assert!(!schema.is_valid(&json!({"type": "tomorrow"})));
    }
}
