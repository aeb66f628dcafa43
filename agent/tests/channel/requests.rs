//! HTTP from strangers: rebinding, other methods, smuggling, oversized and idle requests.

use std::io::Write;

use crate::support::{Agent, Answer, Steady};

fn assert_secure(answer: &Answer) {
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
             img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    assert!(answer.header("permissions-policy").is_some());
    assert!(!answer.head.contains("access-control"), "{answer:?}");
}

#[test]
fn a_foreign_host_gets_nothing_and_is_mentioned_once() {
    let agent = Agent::start();
    let port = agent.port;
    for target in ["/", "/index.html", "/ws", "/nothing"] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n");
        let answer = agent.ask(head.as_bytes());
        assert_eq!((answer.status, answer.body.len()), (403, 0), "{target}");
        assert_secure(&answer);
    }
    let talk = agent.talk.lock().unwrap();
    assert_eq!(talk.len(), 1, "{talk:?}");
    assert!(talk[0].contains("evil.example"));
}

#[test]
fn only_three_spellings_of_the_host_pass() {
    let agent = Agent::start();
    let port = agent.port;
    let status = |lines: &str| {
        let head = format!("GET / HTTP/1.1\r\n{lines}\r\n");
        agent.ask(head.as_bytes()).status
    };
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(status(&format!("Host: {host}:{port}\r\n")), 200, "{host}");
        let twice = format!("Host: {host}:{port}\r\nHost: {host}:{port}\r\n");
        assert_eq!(status(&twice), 403, "{host} twice");
        assert_eq!(status(&format!("Host: {host}\r\n")), 403, "{host} alone");
    }
    for host in [
        "127.0.0.1:1",
        "localhost.:PORT",
        "LOCALHOST:PORT",
        "127.1:PORT",
        "0.0.0.0:PORT",
        "2130706433:PORT",
        "[::ffff:127.0.0.1]:PORT",
        "::ffff:127.0.0.1",
        "127.0.0.1:PORT, 127.0.0.1:PORT",
        "user@127.0.0.1:PORT",
        "",
    ] {
        let host = host.replace("PORT", &port.to_string());
        assert_eq!(status(&format!("Host: {host}\r\n")), 403, "{host}");
    }
    assert_eq!(status(""), 403, "no Host");
    assert_eq!(agent.ask(b"GET / HTTP/1.0\r\n\r\n").status, 403);
}

#[test]
fn a_foreign_page_gets_nothing_by_any_method() {
    let agent = Agent::start();
    let port = agent.port;
    for method in ["GET", "OPTIONS", "POST"] {
        for target in ["/", "/ws", "/api/run"] {
            let head = format!(
                "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: https://evil.example\r\n\
                 Access-Control-Request-Method: POST\r\nAccess-Control-Request-Private-Network: true\r\n\
                 Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nx=1"
            );
            let answer = agent.ask(head.as_bytes());
            assert_eq!(answer.status, 403, "{method} {target}");
            assert_secure(&answer);
        }
    }
}

#[test]
fn only_get_and_head_without_a_body_are_served() {
    let agent = Agent::start();
    let port = agent.port;
    let ask = |first: &str, lines: &str| {
        let head = format!("{first}\r\nHost: 127.0.0.1:{port}\r\n{lines}\r\n");
        agent.ask(head.as_bytes())
    };
    for method in ["TRACE", "PUT", "DELETE", "OPTIONS", "POST", "PATCH", "FLY"] {
        for target in ["/", "/ws"] {
            let answer = ask(&format!("{method} {target} HTTP/1.1"), "");
            assert_eq!(answer.status, 405, "{method} {target}");
            assert_eq!(answer.header("allow"), Some("get, head"));
            assert_secure(&answer);
        }
    }
    let both = "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n";
    for (first, lines, status) in [
        ("CONNECT 127.0.0.1:22 HTTP/1.1", "", 405),
        ("GET http://evil.example/ HTTP/1.1", "", 400),
        ("GET * HTTP/1.1", "", 400),
        ("GET / HTTP/1.1", "Content-Length: 4\r\n", 400),
        ("GET / HTTP/1.1", "Content-Length: -1\r\n", 400),
        ("GET / HTTP/1.1", "Transfer-Encoding: chunked\r\n", 400),
        ("GET / HTTP/1.1", both, 400),
        ("GET / HTTP/1.1", "Broken\r\n", 400),
        ("GET / HTTP/1.1", "Broken : 1\r\n", 400),
        ("GET / HTTP/3.0", "", 505),
        ("GET /\0 HTTP/1.1", "", 400),
        ("GET", "", 400),
    ] {
        let answer = ask(first, lines);
        assert_eq!(answer.status, status, "{first:?} {lines:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        assert_secure(&answer);
    }
    let prior_knowledge = agent.ask(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert_eq!(prior_knowledge.status, 505);
}

#[test]
fn paths_lead_to_embedded_files_only() {
    let agent = Agent::start();
    for target in [
        "/../../etc/passwd",
        "/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/..%5c..%5cetc",
        "//etc/passwd",
        "/etc/passwd",
        "/app.wasm.map",
        "/api/run",
        "/index.html%00",
        "/ws/",
    ] {
        let answer = agent.get(target, &[]);
        assert_eq!(answer.status, 404, "{target}");
        assert_secure(&answer);
    }
    let long = format!("/{}", "a".repeat(64 * 1024));
    assert_eq!(agent.get(&long, &[]).status, 414);
}

#[test]
fn the_page_is_served_with_its_type_and_headers() {
    let agent = Agent::start();
    for target in ["/", "/index.html", "/?embed=1"] {
        let answer = agent.get(target, &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert!(answer.body.starts_with(b"<!"), "{answer:?}");
        assert_secure(&answer);
    }
    let foreign = [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: no-cors",
        "Sec-Fetch-Dest: script",
    ];
    assert_eq!(agent.get("/", &foreign).status, 403);
}

#[test]
fn requests_may_share_a_connection_and_head_has_no_body() {
    let agent = Agent::start();
    let port = agent.port;
    let mut stream = agent.connect();
    let line = |method: &str, target: &str| {
        format!("{method} {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")
    };
    let all = [line("GET", "/"), line("HEAD", "/"), line("GET", "/no")].concat();
    stream.write_all(all.as_bytes()).unwrap();
    let first = Answer::read(&mut stream);
    let mut head = vec![0; first.head.len()];
    std::io::Read::read_exact(&mut stream, &mut head).unwrap();
    assert_eq!(
        String::from_utf8(head).unwrap().to_ascii_lowercase(),
        first.head
    );
    assert_eq!(Answer::read(&mut stream).status, 404);
}

#[test]
fn oversized_heads_are_refused_in_a_readable_answer() {
    let agent = Agent::start();
    let big = format!("X: {}", "a".repeat(1 << 20));
    let many = vec!["X: 1"; 10_000];
    for lines in [vec![big.as_str()], many, vec!["X: 1"; 70]] {
        let answer = agent.get("/", &lines);
        assert_eq!(answer.status, 431);
        assert_secure(&answer);
    }
}

#[test]
fn five_hundred_idle_connections_do_not_keep_a_client_out() {
    let agent = Agent::start();
    let channel = agent.channel();
    let idle: Vec<Steady> = (0..500).map(|_| agent.connect()).collect();
    assert_eq!(agent.get("/", &[]).status, 200);
    drop(idle);
    // The channel was older than all of them and stays.
    let mut channel = channel;
    channel.say("{}");
    channel.next();
}
