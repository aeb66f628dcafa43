//! Share links on the command line: made, read, run, and refused.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use program::{code, json, run, stderr, stdout};

fn link_of(scenario: &str) -> String {
    let output = run(&["link", scenario], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    stdout(&output).trim_end().to_owned()
}

#[test]
fn a_link_runs_like_its_scenario() {
    let link = link_of("linger-zero");
    assert!(link.starts_with("#s1."), "{link}");
    for spelling in [
        link.clone(),
        link.trim_start_matches('#').to_owned(),
        format!("https://example.org/play?embed{link}"),
    ] {
        let output = run(&["run", &spelling, "--json"], "");
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let report = json(&output);
        assert_eq!(report["scenario"]["name"], "linger-zero");
        assert_eq!(report["resets"][0]["cause"], "linger-zero-close");
        assert_eq!(report["expectation"]["met"], true);
    }
}

#[test]
fn a_link_becomes_a_file_and_the_file_the_same_link() {
    for name in ["proxy-with-two-connections", "race-send-against-close"] {
        let link = link_of(name);
        let based = run(
            &["link", name, "--base", "https://example.org/play", "--json"],
            "",
        );
        let made = json(&based);
        assert_eq!(
            made["link"].as_str().unwrap(),
            format!("https://example.org/play{link}")
        );
        assert_eq!(made["characters"], link.len());
        let decoded = run(&["link", "--decode", &link], "");
        assert_eq!(code(&decoded), 0);
        let toml = stdout(&decoded);
        assert!(toml.starts_with(&format!("# {name}\ntitle = ")), "{toml}");
        let by_stdin = run(&["link", "--decode", "-"], &format!("{link}\n"));
        assert_eq!(stdout(&by_stdin), toml);
        // Only the name of standard input differs.
        let again = run(&["link", "-"], &toml);
        let twice = run(
            &["link", "--decode", stdout(&again).trim_end(), "--json"],
            "",
        );
        let once = run(&["link", "--decode", &link, "--json"], "");
        assert_eq!(json(&twice)["toml"], json(&once)["toml"]);
    }
}

#[test]
fn what_is_no_link_exits_with_2_and_says_what_to_do() {
    let link = link_of("linger-zero");
    let cut = &link[..link.len() - 1];
    let newer = link.replacen("s1", "s2", 1);
    let garbage = format!("{link}AAAA");
    let long = format!("#s1.{}", "A".repeat(100_000));
    for (argument, message, remedy) in [
        (cut, "the link is damaged", "copy the whole link again"),
        (&garbage, "the link is damaged", "copy the whole link again"),
        (
            &newer,
            "the link is of version 2, and the newest known here is 1",
            "update aftershake",
        ),
        (
            &long,
            "the link has 100004 characters, expected at most 65536",
            "ask for the scenario",
        ),
        (
            "https://example.org/",
            "this is no link to a scenario",
            "copy the whole link",
        ),
    ] {
        for arguments in [
            vec!["run", argument],
            vec!["link", "--decode", argument],
            vec!["test", argument],
        ] {
            let output = run(&arguments, "");
            assert_eq!(code(&output), 2);
            assert!(output.stdout.is_empty());
            let said = stderr(&output);
            assert!(
                said.starts_with(&format!("aftershake: {message}")),
                "{said}"
            );
            assert!(said.contains(&format!("\ntry: {remedy}")), "{said}");
        }
    }
    let error = &json(&run(&["link", "--decode", cut, "--json"], ""))["error"];
    assert_eq!(error["code"], 2);
}

#[test]
fn a_scenario_too_large_for_a_link_is_offered_as_a_file() {
    let digits = |many: u64| -> String {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            format!("{:016x}", state ^ (state >> 29))
        };
        (0..many).map(|_| next()).collect()
    };
    let toml = |many| {
        format!(
            "title = \"x\"\n[[steps]]\nby = \"a\"\ndo = \"connect\"\n[[steps]]\nby = \"a\"\ndo.send = {{ hex = \"{}\" }}\n",
            digits(many)
        )
    };
    let output = run(&["link", "-"], &toml(250));
    assert_eq!(code(&output), 0);
    assert!(
        stderr(&output).ends_with("characters; some programs cut links of more than 2000\n"),
        "{}",
        stderr(&output)
    );
    let output = run(&["link", "-"], &toml(1_500));
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(
        said.contains(
            "characters, expected at most 8000\ntry: pass the scenario on as a .toml file"
        ),
        "{said}"
    );
}

#[test]
fn a_base_that_is_no_address_is_refused() {
    for base in [
        "javascript:alert(1)//",
        "example.org",
        "https://x/#a",
        "https://",
        "http://a b",
    ] {
        let output = run(&["link", "linger-zero", "--base", base], "");
        assert_eq!(code(&output), 2, "{base}");
        assert!(stderr(&output).contains("expected an address without `#`"));
    }
}

/// Whatever a scenario wrote, no terminal is commanded by it.
#[test]
fn escapes_of_a_scenario_do_not_reach_the_terminal() {
    let toml = "title = \"\\u001b[31mred\\u202e\\u0007\"\n[[steps]]\nby = \"a\"\ndo = \"connect\"\n\
        [[claims]]\ntext = \"\\u001b]0;owned\\u0007 =cmd()\"\nholds = false\noutcome = \"reset\"\n";
    let link = stdout(&run(&["link", "-"], toml)).trim_end().to_owned();
    let bad = "title = 5\n\u{1b}[31m = 3\n";
    for output in [
        run(&["run", &link], ""),
        run(&["link", "--decode", &link], ""),
        run(&["run", "-"], bad),
        run(&["run", "no\u{1b}[31mscenario"], ""),
    ] {
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(
                !text
                    .chars()
                    .any(|c| c.is_control() && c != '\n' || c == '\u{202e}'),
                "{text:?}"
            );
        }
    }
}
