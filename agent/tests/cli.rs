//! The command line from outside: what it prints, and what it says to bad input. Needs a namespace, and fails without one.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::process::{Command, Stdio};

use program::{code, json, run as aftershake, stderr, stdout};
use serde_json::Value;

/// A scenario with one mistake, what is said of it, and where.
fn check_mistake(step: &str, place: &str, message: &str) {
    let toml = format!("title = \"x\"\n\n[[steps]]\nby = \"client\"\n{step}\n");
    let output = aftershake(&["run", "-"], &toml);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    let said = stderr(&output);
    assert!(
        said.starts_with(&format!("aftershake: stdin:{place}: ")),
        "{said}"
    );
    assert!(said.contains(message), "{said}");
    let output = aftershake(&["run", "-", "--json"], &toml);
    assert_eq!(code(&output), 2);
    let error = &json(&output)["error"];
    assert_eq!(error["code"], 2);
    assert!(
        error["message"].as_str().unwrap().contains(message),
        "{error}"
    );
}

#[test]
fn an_unknown_field_is_named_with_its_place() {
    check_mistake(
        "do.connect = { prot = 1 }",
        "5:16",
        "unknown field `prot`, expected one of `port`",
    );
}

#[test]
fn a_negative_delay_is_refused() {
    check_mistake(
        "delay = \"-1ms\"\ndo = \"connect\"",
        "5:9",
        "`-1ms` is negative, expected 0 or more",
    );
}

#[test]
fn a_step_without_its_connection_is_refused() {
    check_mistake(
        "do = \"close\"",
        "3:1",
        "`close` needs a connection, and `client` has none yet",
    );
}

#[test]
fn a_port_beyond_65535_is_refused() {
    check_mistake(
        "do.connect = { port = 99999 }",
        "5:23",
        "invalid value: integer `99999`, expected a whole number from 0 to 65535",
    );
}

#[test]
fn a_foreign_address_cannot_be_expressed() {
    check_mistake(
        "do.connect = { address = \"192.0.2.1\" }",
        "5:26",
        "expected `localhost`, a loopback address",
    );
}

#[test]
fn an_unknown_scenario_is_answered_with_a_near_one() {
    let output = aftershake(&["run", "linger-zer"], "");
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("did you mean `linger-zero`?"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_unknown_option_is_bad_usage_also_as_json() {
    let output = aftershake(&["run", "linger-zero", "--jsn"], "");
    assert_eq!(code(&output), 2);
    let output = aftershake(&["run", "linger-zero", "--jsn", "--json"], "");
    assert_eq!(code(&output), 2);
    assert_eq!(json(&output)["error"]["code"], 2);
}

#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["schema", "server"],
        &["export", "linger-zero", "--to", "svg"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aftershake"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn the_list_has_every_scenario_with_the_fields_readers_rely_on() {
    let output = aftershake(&["list", "--json"], "");
    let rows = json(&output);
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), aftershake_shared::catalog::CATALOG.len());
    let row = rows
        .iter()
        .find(|row| row["name"] == "nobody-listens")
        .unwrap();
    assert_eq!(row["outcome"], "refused");
    assert_eq!(row["cause"], "connection-refused");
    assert_eq!(row["family"], "nobody-took-it");
    for name in [
        "accepts-then-closes",
        "wrong-prefix",
        "times-out",
        "linger-zero",
        "race-send-against-close",
    ] {
        assert!(rows.iter().any(|row| row["name"] == name), "{name}");
    }
}

#[test]
fn a_run_as_json_has_the_fields_readers_rely_on() {
    let output = aftershake(&["run", "sent-before-close", "--json"], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let run = json(&output);
    assert_eq!(run["format"], 1);
    assert_eq!(run["scenario"]["name"], "sent-before-close");
    assert_eq!(run["outcome"], "reset");
    let reset = &run["resets"][0];
    assert_eq!(reset["sent_by"], "server");
    assert_eq!(reset["cause"], "close-with-unread-data");
    assert_eq!(reset["certainty"], "certain");
    assert_eq!(
        reset["candidates"],
        serde_json::json!(["close-with-unread-data"])
    );
    assert_eq!(reset["accepted"], true);
    assert_eq!(run["expectation"]["met"], true);
    assert_eq!(run["counters"]["TcpExtTCPAbortOnClose"], 1);
    assert_eq!(run["counters"]["TcpOutRsts"], 1);
    let flags: Vec<_> = run["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| segment["flags"].as_str().unwrap())
        .collect();
    assert_eq!(flags, ["S", "SA", "A", "PA", "A", "RA"]);
    let data = &run["segments"][3];
    assert_eq!(
        (&data["from"], &data["seq"], &data["ack"], &data["len"]),
        (&"client".into(), &1.into(), &1.into(), &16.into())
    );
    let close = run["calls"]
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["call"] == "close")
        .unwrap();
    assert_eq!(
        (&close["by"], &close["step"], &close["result"]),
        (&"server".into(), &"close".into(), &"0".into())
    );
    let reply = run["calls"]
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["step"] == "reply")
        .unwrap();
    assert_eq!(reply["result"], "ECONNRESET");
    let listen = run["calls"]
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["call"] == "listen")
        .unwrap();
    assert_eq!(listen["connection"], Value::Null);
}

#[test]
fn an_expectation_that_is_not_met_exits_with_one_and_says_what_was_found() {
    let entry = aftershake_shared::catalog::find("linger-zero").unwrap();
    let toml = entry.toml.replace("\"ECONNRESET\"", "\"EOF\"");
    let output = aftershake(&["run", "-", "--json"], &toml);
    assert_eq!(code(&output), 1);
    let mismatches = json(&output)["expectation"]["mismatches"].clone();
    let text = mismatches[0].as_str().unwrap().to_owned();
    assert!(
        text.contains("client.reply") && text.contains("EOF") && text.contains("ECONNRESET"),
        "{text}"
    );
}

#[test]
fn the_articles_claims_do_not_hold() {
    for name in ["accepts-then-closes", "wrong-prefix", "times-out"] {
        let output = aftershake(&["run", name, "--json"], "");
        let run = json(&output);
        assert_eq!(run["outcome"], "closed", "{name}");
        assert_eq!(run["claims"][0]["holds"], false, "{name}");
        assert_eq!(run["claims"][0]["expected"], false, "{name}");
        assert_eq!(code(&output), 0, "{name}");
    }
}

#[test]
fn repeated_runs_are_counted() {
    let output = aftershake(
        &["run", "race-send-against-close", "--repeat", "20", "--json"],
        "",
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let counted = json(&output);
    assert_eq!(counted["runs"], 20);
    let outcomes = counted["bins"][0]["outcomes"].as_object().unwrap();
    assert_eq!(
        outcomes
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum::<u64>(),
        20
    );
    for key in outcomes.keys() {
        assert!(key.starts_with("reset:"), "{key}");
        assert!(!key.contains("uncertain"), "{key}");
    }
}

#[test]
fn what_comes_after_a_waiting_step_does_not_hang() {
    let output = aftershake(&["run", "waits-for-accept", "--json"], "");
    assert_eq!(
        code(&output),
        0,
        "{}{}",
        stderr(&output),
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn doctor_names_all_five_kinds_of_evidence() {
    let output = aftershake(&["doctor", "--json"], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let names: Vec<_> = json(&output)["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["calls", "segments", "counters", "sockets", "kernel-resets"]
    );
}

#[test]
fn test_reports_a_row_for_each_scenario() {
    let folder = std::env::temp_dir().join(format!("aftershake-junit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("report.xml");
    let path = file.to_str().unwrap();
    let output = aftershake(
        &[
            "test",
            "linger-zero",
            "nobody-listens",
            "--json",
            "--junit",
            path,
        ],
        "",
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let rows = json(&output);
    assert_eq!(rows[0]["name"], "linger-zero");
    assert_eq!(rows[1]["met"], true);
    let xml = std::fs::read_to_string(&file).unwrap();
    assert!(
        xml.contains("tests=\"2\" failures=\"0\" skipped=\"0\""),
        "{xml}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_version_names_every_format() {
    let output = aftershake(&["--version"], "");
    assert_eq!(code(&output), 0);
    let said = stdout(&output);
    for format in [
        "recording format 1",
        "run JSON 1",
        "channel protocol 1",
        "link s1",
    ] {
        assert!(said.contains(format), "{said}");
    }
}

#[test]
fn quiet_and_verbose_are_about_stderr_only() {
    let plain = aftershake(&["run", "linger-zero"], "");
    assert_eq!(stderr(&plain), "");
    let verbose = aftershake(&["-v", "run", "linger-zero", "--seed", "7"], "");
    let said = stderr(&verbose);
    assert!(said.starts_with("aftershake: seed 7, "), "{said}");
    assert!(said.contains("evidence: calls, segments"), "{said}");
    let quiet = aftershake(&["run", "no-such", "-q"], "");
    assert_eq!(code(&quiet), 2);
    assert!(stderr(&quiet).starts_with("aftershake: no scenario"));
    let both = aftershake(&["run", "linger-zero", "-q", "-v"], "");
    assert_eq!(code(&both), 2);
}

#[test]
fn colour_comes_when_asked_for_and_not_into_a_pipe() {
    let colour = stdout(&aftershake(
        &["run", "linger-zero", "--color", "always"],
        "",
    ));
    assert!(colour.contains('\u{1b}'));
    for arguments in [
        &["run", "linger-zero"][..],
        &["run", "linger-zero", "--color", "never"],
    ] {
        assert!(!stdout(&aftershake(arguments, "")).contains('\u{1b}'));
    }
}

#[test]
fn a_new_scenario_meets_its_expectation_and_is_never_replaced() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("new");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let name = folder.join("mine").display().to_string();
    let path = format!("{name}.toml");
    let made = aftershake(&["new", &name], "");
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    assert_eq!(stdout(&made), format!("{path}\n"));
    assert!(stderr(&made).contains(&format!("next: aftershake run {path}")));
    let tested = aftershake(&["test", &path, "--json"], "");
    assert_eq!(code(&tested), 0, "{}", stdout(&tested));
    assert_eq!(json(&tested)[0]["met"], true);
    std::fs::write(&path, "mine").unwrap();
    let again = aftershake(&["new", &name], "");
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("is already there, and is left as it is"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let nowhere = aftershake(&["new", "no/such/folder/x"], "");
    assert_eq!(code(&nowhere), 2);
    assert!(stderr(&nowhere).contains("no/such/folder/x.toml: cannot be written"));
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&aftershake(&["completions", shell], ""));
        assert!(
            script.contains("export") && script.contains("--to") || script.contains("l to"),
            "{shell}"
        );
    }
    let page = stdout(&aftershake(&["man"], ""));
    assert!(
        page.contains(".TH aftershake 1") && page.contains("aftershake\\-export"),
        "{page}"
    );
    let page = stdout(&aftershake(&["man", "export"], ""));
    assert!(page.contains("packetdrill"), "{page}");
    assert_eq!(code(&aftershake(&["man", "nothing"], "")), 2);
}

#[test]
fn an_option_of_the_server_before_another_command_is_refused() {
    for arguments in [
        &["--port", "1", "list"][..],
        &["--no-open", "run", "linger-zero"],
    ] {
        let output = aftershake(arguments, "");
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("an option of `serve` stands before another command"));
    }
}
