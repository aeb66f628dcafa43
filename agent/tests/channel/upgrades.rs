//! Who may open the channel: origins, sub-protocols, tokens.

use crate::support::{Agent, Answer};

fn protocols(agent: &Agent, first: &str) -> String {
    format!("Sec-WebSocket-Protocol: {first}, token.{}", agent.token)
}

#[test]
fn a_page_of_ours_gets_only_its_protocol_echoed() {
    let agent = Agent::start();
    let line = protocols(&agent, "aftershake.v1");
    for host in ["127.0.0.1", "localhost", "[::1]"] {
        let origin = format!("Origin: http://{host}:{}", agent.port);
        let answer = agent.upgrade(&[
            &line,
            &origin,
            "Sec-WebSocket-Extensions: permessage-deflate",
        ]);
        assert_eq!(answer.status, 101);
        assert_eq!(
            answer.header("sec-websocket-protocol"),
            Some("aftershake.v1")
        );
        // RFC 6455 §1.3 gives this answer to this key; the helper lowers its case.
        assert_eq!(
            answer.header("sec-websocket-accept"),
            Some("s3pplmbitxaq9kygzzhzrbk+xoo=")
        );
        assert_eq!(answer.header("sec-websocket-extensions"), None);
        assert!(answer.header("content-security-policy").is_some());
        assert!(!answer.head.contains(&agent.token.to_ascii_lowercase()));
    }
}

#[test]
fn foreign_origins_are_refused_even_with_the_token() {
    let agent = Agent::start_allowing(&["https://docs.example"]);
    let port = agent.port;
    let line = protocols(&agent, "aftershake.v1");
    let allowed = agent.upgrade(&[&line, "Origin: https://docs.example"]);
    assert_eq!(allowed.status, 101);
    for origin in [
        "https://evil.example",
        "http://docs.example",
        "https://docs.example.evil",
        "https://docs.example:444",
        "http://127.0.0.1:1",
        "http://192.168.0.5",
        "http://localhost.evil.example",
        "http://evil.example#http://127.0.0.1:PORT",
        "https://127.0.0.1:PORT",
        "http://127.0.0.1:PORT/",
        "HTTP://127.0.0.1:PORT",
        "http://127.0.0.1:PORT`",
        "http://127.0.0.1:PORT http://evil.example",
        "null",
        "file://",
        "chrome-extension://abcdefgh",
        "",
    ] {
        let origin = format!("Origin: {}", origin.replace("PORT", &port.to_string()));
        let answer = agent.upgrade(&[&line, &origin, "Cookie: session=1"]);
        assert_eq!((answer.status, answer.body.len()), (403, 0), "{origin}");
    }
    let own = format!("Origin: http://127.0.0.1:{port}");
    assert_eq!(
        agent.upgrade(&[&line, &own, &own]).status,
        403,
        "two origins"
    );
}

#[test]
fn programs_need_the_token_and_their_own_protocol() {
    let agent = Agent::start();
    let token = &agent.token;
    let status = |protocol: &str| {
        let line = format!("Sec-WebSocket-Protocol: {protocol}");
        agent.upgrade(&[&line]).status
    };
    assert_eq!(agent.upgrade(&[]).status, 401);
    assert_eq!(status("aftershake.cli.v1"), 401);
    assert_eq!(status(&format!("aftershake.v1, token.{token}")), 403);
    assert_eq!(status(&format!("token.{token}")), 403);
    assert_eq!(status(&format!("aftershake.cli.v1, token.{token}")), 101);
    assert_eq!(status(&format!("token.{token} ,aftershake.cli.v1")), 101);
    let twice = format!("aftershake.cli.v1, token.{token}, token.{token}");
    assert_eq!(status(&twice), 401);
    let own = format!("Origin: http://127.0.0.1:{}", agent.port);
    let line = protocols(&agent, "aftershake.cli.v1");
    assert_eq!(agent.upgrade(&[&line, &own]).status, 403);
}

#[test]
fn another_version_is_named() {
    let agent = Agent::start();
    let line = protocols(&agent, "aftershake.cli.v2");
    let answer = agent.upgrade(&[&line]);
    assert_eq!(answer.status, 400);
    assert_eq!(
        String::from_utf8_lossy(&answer.body),
        "this agent speaks aftershake.cli.v1, the client offered aftershake.cli.v2\n"
    );
    let both = protocols(&agent, "aftershake.cli.v2, aftershake.cli.v1");
    assert_eq!(agent.upgrade(&[&both]).status, 101);
}

#[test]
fn wrong_tokens_are_refused_without_repeating_them() {
    let agent = Agent::start();
    let token = &agent.token;
    for wrong in [
        String::new(),
        "x".to_owned(),
        token[..20].to_owned(),
        token[..42].to_owned(),
        format!("{token}A"),
        token.to_ascii_lowercase(),
        format!("{}A", &token[1..]),
    ] {
        let line = format!("Sec-WebSocket-Protocol: aftershake.cli.v1, token.{wrong}");
        let answer = agent.upgrade(&[&line]);
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(wrong.len() < 2 || !String::from_utf8_lossy(&answer.body).contains(&wrong));
    }
    let huge = format!("Sec-WebSocket-Protocol: token.{}", "A".repeat(1 << 20));
    assert_eq!(agent.upgrade(&[&huge]).status, 431);
}

#[test]
fn guessing_slows_down_and_the_right_token_still_works() {
    let agent = Agent::start();
    let wrong = "Sec-WebSocket-Protocol: aftershake.cli.v1, token.AAAA";
    let statuses: Vec<u16> = (0..300).map(|_| agent.upgrade(&[wrong]).status).collect();
    assert!(statuses[..10].iter().all(|status| *status == 401));
    assert!(statuses[10..].iter().all(|status| *status == 429));
    agent.channel();
}

#[test]
fn a_token_in_a_query_or_a_cookie_is_no_token() {
    let agent = Agent::start();
    let token = &agent.token;
    let usual = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: aftershake.cli.v1",
    ];
    let query = agent.get(&format!("/ws?token={token}"), &usual);
    assert_eq!(query.status, 401);
    for line in [
        format!("Cookie: token={token}"),
        format!("Authorization: Bearer {token}"),
    ] {
        let answer = agent.get("/ws", &[&usual[..], &[&line]].concat());
        assert_eq!(answer.status, 401, "{line}");
    }
    assert!(agent.talk.lock().unwrap().is_empty());
}

#[test]
fn a_request_that_is_no_upgrade_is_told_so() {
    let agent = Agent::start();
    let line = protocols(&agent, "aftershake.cli.v1");
    let answer: Answer = agent.get("/ws", &[&line]);
    assert_eq!(answer.status, 426);
    assert_eq!(answer.header("sec-websocket-version"), Some("13"));
}
