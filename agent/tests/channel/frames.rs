//! Hostile WebSocket frames and messages: each ends in a close code or in a sentence.

use std::io::Write;

use aftershake_shared::channel::ServerMessage;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Agent, Channel};

/// A masked frame with a mask of zeros: first byte, then the payload.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match u8::try_from(payload.len()) {
        Ok(len) if len < 126 => bytes.push(0x80 + len),
        _ => {
            bytes.push(0x80 + 126);
            bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

/// What the agent says after these raw bytes.
fn close_after(agent: &Agent, bytes: &[u8]) -> u16 {
    let mut channel = agent.channel();
    // The agent may close while we still write.
    let _ = channel.0.get_mut().write_all(bytes);
    channel.close_code().0
}

#[test]
fn broken_frames_close_the_channel_with_their_code() {
    let agent = Agent::start();
    let huge = |first: u8| [&[first, 0xff][..], &(u64::MAX >> 1).to_be_bytes(), &[0; 4]].concat();
    let over = |first: u8| {
        [
            &[first, 0xff][..],
            &((1_u64 << 20) + 1).to_be_bytes(),
            &[0; 4],
        ]
        .concat()
    };
    let cases = [
        ("2^63-1 bytes declared", huge(0x82), 1009),
        ("a byte over the limit", over(0x81), 1009),
        ("unmasked", vec![0x81, 1, b'x'], 1002),
        ("reserved bit", frame(0xc1, b"{}"), 1002),
        ("reserved data opcode", frame(0x83, b"{}"), 1002),
        ("reserved control opcode", frame(0x8b, b""), 1002),
        ("text that is not UTF-8", frame(0x81, &[0xff, 0xfe]), 1007),
        ("a ping of 126 bytes", frame(0x89, &[0; 126]), 1002),
        ("a fragmented ping", frame(0x09, b""), 1002),
        ("a continuation of nothing", frame(0x80, b"x"), 1002),
        ("binary", frame(0x82, b"x"), 1003),
        ("a close code of 1 byte", frame(0x88, b"x"), 1002),
    ];
    for (name, bytes, code) in cases {
        assert_eq!(close_after(&agent, &bytes), code, "{name}");
    }
}

#[test]
fn floods_close_the_channel() {
    let agent = Agent::start();
    let first_fragment = frame(0x01, b"[");
    let floods = [
        ("pings", frame(0x89, b"").repeat(100_000)),
        ("pongs", frame(0x8a, b"").repeat(100_000)),
        (
            "fragments",
            [first_fragment.clone(), frame(0x00, b" ").repeat(100_000)].concat(),
        ),
        (
            "empty fragments",
            [first_fragment, frame(0x00, b"").repeat(100_000)].concat(),
        ),
    ];
    for (name, bytes) in floods {
        assert_eq!(close_after(&agent, &bytes), 1008, "{name}");
    }
}

#[test]
fn a_flood_of_messages_closes_the_channel() {
    let agent = Agent::start();
    assert_eq!(close_after(&agent, &frame(0x81, b"").repeat(100_000)), 1008);
}

#[test]
fn hostile_json_is_answered_in_words_and_the_channel_stays() {
    let agent = Agent::start();
    let mut channel = agent.channel();
    let keys: Vec<_> = (0..50_000).map(|n| format!("\"{n}\":1")).collect();
    let wide = keys.join(",");
    for text in [
        String::new(),
        "null".to_owned(),
        "[".repeat(100_000),
        "{\"type\":".repeat(100_000),
        format!("{{{wide},\"type\":\"run\"}}"),
        r#"{"type":"cancel","run":1,"run":1}"#.to_owned(),
        r#"{"type":"cancel","run":1,"__proto__":{"a":1}}"#.to_owned(),
        r#"{"type":"cancel","run":NaN}"#.to_owned(),
        r#"{"type":"cancel","run":1e400}"#.to_owned(),
        r#"{"type":"cancel","run":99999999999999999999999}"#.to_owned(),
        r#"{"type":"shell","command":"id"}"#.to_owned(),
        r#"{"type":"run","run":1,"scenario":{"name":"x","toml":""},"seed":null,"beside":"id"}"#
            .to_owned(),
    ] {
        channel.say(&text);
        let (code, message) = failed(&mut channel);
        assert_eq!(code, 2, "{message}");
        assert!(message.len() < 400, "{message}");
    }
}

#[test]
fn unknown_types_and_newer_protocols_are_named() {
    let agent = Agent::start();
    let mut channel = agent.channel();
    channel.say(r#"{"type":"fly"}"#);
    assert_eq!(
        failed(&mut channel).1,
        "unknown message type `fly`, expected `run`, `run-many` or `cancel` (protocol 1)"
    );
    channel.say(r#"{"type":"run","protocol":2}"#);
    assert_eq!(
        failed(&mut channel).1,
        "the message is of protocol 2, this agent speaks 1"
    );
}

#[test]
fn a_ping_is_answered() {
    let agent = Agent::start();
    let mut channel = agent.channel();
    channel.0.send(Message::Ping("hello".into())).unwrap();
    assert_eq!(channel.0.read().unwrap(), Message::Pong("hello".into()));
}

fn failed(channel: &mut Channel) -> (u8, String) {
    let message = channel.next();
    let ServerMessage::Failed { run: None, error } = message else {
        panic!("expected a failure, got {message:?}");
    };
    (error.code, error.message)
}
