//! `aftershake exec`: programs that know nothing of it, watched from outside. This file's own binary plays them.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use program::{code, json, run, stderr, stdout};
use serde_json::{Value, json};

/// Names the part that this binary plays.
const PART: &str = "AFTERSHAKE_TEST_PART";
/// The port that a part tries.
const KNOCKS_AT: &str = "AFTERSHAKE_TEST_KNOCKS_AT";
const PORT: &str = "8080";

/// The shell's command line that plays a part.
fn part(name: &str) -> String {
    let own = std::env::current_exe().unwrap();
    let own = own.to_str().unwrap();
    format!("{PART}={name} exec '{own}' --exact plays_a_part --nocapture")
}

/// Not a test by itself: a program for the others.
#[test]
fn plays_a_part() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let accept = || {
        let listener = TcpListener::bind("127.0.0.1:8080").unwrap();
        listener.accept().unwrap().0
    };
    let connect = || TcpStream::connect("127.0.0.1:8080").unwrap();
    let mut byte = [0];
    match part.as_str() {
        // What it has read proves that there was more.
        "leaves-unread" => accept().read_exact(&mut byte).unwrap(),
        "reads-all" => {
            accept().read_to_end(&mut Vec::new()).unwrap();
        }
        "speaks" => {
            let mut stream = connect();
            stream.write_all(b"hello").unwrap();
            std::process::exit(stream.read(&mut byte).map_or(7, |_| 0));
        }
        "speaks-and-ends" => connect().write_all(b"hello").unwrap(),
        // The server connects, to a port of the client's, which closes with bytes unread.
        "calls-back" => {
            let listener = TcpListener::bind("127.0.0.1:8080").unwrap();
            let told = listener.accept().unwrap();
            let mut stream = TcpStream::connect("127.0.0.1:9090").unwrap();
            stream.write_all(b"hello").unwrap();
            let _ = stream.read(&mut byte);
            drop(told);
        }
        "is-called-back" => {
            let listener = TcpListener::bind("127.0.0.1:9090").unwrap();
            let mut asks = connect();
            listener.accept().unwrap().0.read_exact(&mut byte).unwrap();
            let _ = asks.read(&mut byte);
        }
        "knocks" => {
            let number: u16 = std::env::var(KNOCKS_AT).unwrap().parse().unwrap();
            let refused = TcpStream::connect(("127.0.0.1", number)).is_err();
            std::process::exit(if refused { 9 } else { 0 });
        }
        other => panic!("{other}"),
    }
}

fn exec(server: &str, client: &str, more: &[&str]) -> std::process::Output {
    let fixed = ["exec", "--json", "--server", server, "--client", client];
    run(&[&fixed[..], more].concat(), "")
}

#[test]
fn a_reset_of_two_programs_is_explained_without_their_calls() {
    let output = exec(&part("leaves-unread"), &part("speaks"), &["--ready", PORT]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = json(&output);
    assert_eq!(said["outcome"], "reset", "{said}");
    let reset = &said["resets"][0];
    assert_eq!(reset["sent_by"], "server");
    assert_eq!(reset["cause"], "close-with-unread-data", "{said}");
    assert_eq!(reset["certainty"], "certain", "{said}");
    assert_eq!(said["calls"], json!([]));
    let evidence = said["environment"]["evidence"].as_array().unwrap();
    assert!(!evidence.contains(&Value::from("calls")), "{said}");
    if evidence.contains(&Value::from("kernel-resets")) {
        assert_eq!(reset["kernel_reason"], "TCP_ABORT_ON_CLOSE", "{said}");
    }
    assert_eq!(
        said["programs"],
        json!({"server": {"exit": 0}, "client": {"exit": 7}})
    );
}

/// What a program was called on the command line says nothing of who connects.
#[test]
fn no_program_is_blamed_for_an_address() {
    let (server, client) = (part("calls-back"), part("is-called-back"));
    let said = json(&exec(&server, &client, &["--ready", PORT]));
    let resets = said["resets"].as_array().unwrap();
    assert!(!resets.is_empty(), "{said}");
    for reset in resets {
        assert_eq!(reset["sent_by"], "127.0.0.1:9090", "{said}");
        let words = ["headline", "explanation", "ruled_out"].map(|part| reset[part].to_string());
        let words = words.concat();
        for program in ["the server", "the client"] {
            assert!(!words.contains(program), "{words}");
        }
    }
    for connection in said["connections"].as_array().unwrap() {
        for end in ["server", "client"] {
            let called = connection[end].as_str().unwrap();
            assert!(called.parse::<SocketAddr>().is_ok(), "{called}");
        }
    }
}

#[test]
fn a_saved_recording_tells_the_same_again() {
    let file = std::env::temp_dir().join(format!("aftershake-exec-{}.jsonl", std::process::id()));
    let save = file.to_str().unwrap();
    let more = ["--ready", PORT, "--save", save];
    let said = json(&exec(&part("leaves-unread"), &part("speaks"), &more));
    let explained = json(&run(&["explain", save, "--json"], ""));
    let picture = run(&["export", save, "--to", "svg"], "");
    let link = run(&["link", save], "");
    std::fs::remove_file(&file).unwrap();
    let first = |told: &Value| {
        (
            told["resets"][0]["cause"].clone(),
            told["resets"][0]["certainty"].clone(),
        )
    };
    assert_eq!(
        first(&explained["connections"][0]),
        first(&said),
        "{explained}"
    );
    assert_eq!(first(&said).0, "close-with-unread-data");
    assert!(stdout(&picture).contains("unread"));
    // No scenario made it, and none is passed on.
    assert_eq!(code(&link), 2, "{}", stderr(&link));
}

#[test]
fn an_orderly_end_is_none() {
    let output = exec(
        &part("reads-all"),
        &part("speaks-and-ends"),
        &["--ready", PORT],
    );
    let said = json(&output);
    assert_eq!(said["outcome"], "closed", "{said}");
    assert_eq!(said["connections"][0]["server"], "server");
    assert_eq!(said["programs"]["client"]["exit"], 0);
}

#[test]
fn what_programs_say_goes_to_stderr_with_their_names() {
    let client = "printf 'one\\ntwo\\033[2J'; echo three >&2; kill -9 $$";
    let output = exec("exit 3", client, &[]);
    assert_eq!(code(&output), 0);
    let said = stderr(&output);
    for line in ["client: one\n", "client: two\n", "client: three\n"] {
        assert!(said.contains(line), "{said}");
    }
    let told = json(&output);
    assert_eq!(
        told["programs"],
        json!({"server": {"exit": 3}, "client": {"exit": 137}})
    );
    assert_eq!(told["connections"], json!([]));
}

#[test]
fn a_server_that_does_not_listen_is_bad_input() {
    let output = exec("echo no; exit 3", "true", &["--ready", PORT]);
    assert_eq!(code(&output), 2);
    let error = &json(&output)["error"];
    let message = error["message"].as_str().unwrap();
    assert_eq!(message, "the server ended before it listened on port 8080");
    assert!(
        stderr(&output).contains("server: no\n"),
        "{}",
        stderr(&output)
    );
    for wrong in [&["--ready", "0"][..], &["--limit", "0"], &["--limit", "x"]] {
        assert_eq!(code(&exec("true", "true", wrong)), 2, "{wrong:?}");
    }
}

/// What the work gives, unless it takes longer than that. Then its thread is left to itself.
fn within<T: Send + 'static>(
    most: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more when it is too late.
        let _ = done.send(work());
    });
    result.recv_timeout(most).ok()
}

#[test]
fn who_waits_too_long_goes_on() {
    let (never, held) = mpsc::channel::<()>();
    assert!(within(Duration::from_millis(50), move || held.recv()).is_none());
    drop(never);
    assert_eq!(within(Duration::from_secs(30), || 7), Some(7));
}

/// It comes back only when nobody holds the programs' pipes any more, grandchildren included.
#[test]
fn nothing_outlives_it() {
    let stays = "trap '' INT TERM; sleep 1000 & sleep 1000";
    let output = within(Duration::from_secs(60), || {
        exec(stays, stays, &["--limit", "1"])
    });
    let output = output.expect("somebody outlives it, and holds a pipe");
    let said = json(&output);
    assert_eq!(
        said["programs"],
        json!({"server": {"exit": null}, "client": {"exit": null}})
    );
    let troubles = said["troubles"].as_array().unwrap();
    assert!(
        troubles.contains(&"the run was ended after 1 s".into()),
        "{said}"
    );
}

#[test]
fn without_json_there_are_the_ladder_and_the_verdict() {
    let (server, client) = (part("leaves-unread"), part("speaks"));
    let fixed = ["exec", "--ready", PORT];
    let programs = ["--server", &server, "--client", &client];
    let output = run(&[fixed.as_slice(), programs.as_slice()].concat(), "");
    let said = stdout(&output);
    for words in [
        "RST,ACK",
        "The server closed with bytes still unread",
        "no calls: the programs ran as they are",
        "  client ended with exit code 7\n",
        "· exit(7) of the process │",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

/// Without a way out: what listens on this machine's own 127.0.0.1 is another.
#[test]
fn programs_do_not_reach_what_listens_outside() {
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    let client = format!("{}={port} {}", KNOCKS_AT, part("knocks"));
    let output = exec("exec sleep 100", &client, &[]);
    let said = json(&output);
    assert_eq!(said["programs"]["client"]["exit"], 9, "{}", stderr(&output));
    assert_eq!(said["outcome"], "refused", "{said}");
    outside.set_nonblocking(true).unwrap();
    assert!(outside.accept().is_err(), "somebody came in");
}

#[test]
fn a_disk_that_is_full_takes_neither_the_verdict_nor_the_other_file_away() {
    let file = std::env::temp_dir().join(format!("aftershake-full-{}.jsonl", std::process::id()));
    let save = file.to_str().unwrap();
    let full = ["--save", save, "--pcap", "/dev/full"];
    let (server, client) = (part("leaves-unread"), part("speaks"));
    let programs = [
        "exec", "--server", &server, "--client", &client, "--ready", PORT,
    ];
    for command in [&programs[..], &["run", "sent-before-close"]] {
        let output = run(&[command, &full].concat(), "");
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains("/dev/full: cannot be written"));
        assert!(
            stdout(&output).contains("still unread"),
            "{}",
            stdout(&output)
        );
        let saved = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(saved.starts_with("{\"aftershake_recording\""));
        let twice = [command, &["--save", save, "--pcap", save]].concat();
        let output = run(&twice, "");
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("both name"), "{}", stderr(&output));
    }
}
