//! Who may open the channel: the sub-protocols and the token, checked before the answer 101.

use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_tungstenite::tungstenite::http::{Request, StatusCode, header};

use super::answer::Answer;
use super::request::Head;
use super::token::{Token, TokenRate, WrongTokens};
use aftershake_shared::channel::{BROWSER_PROTOCOL, CLI_PROTOCOL, TOKEN_PREFIX};

/// The answer to a request for [`aftershake_shared::channel::PATH`] that has passed the gate:
/// 101 and the sub-protocol, or why not.
pub(super) fn answer_upgrade(head: &Head, token: &Token, wrong: &WrongTokens) -> Answer {
    let lines = head.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let offered: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(',').map(str::trim))
        .collect();
    let mut tokens = offered
        .iter()
        .filter_map(|word| word.strip_prefix(TOKEN_PREFIX));
    let (Some(presented), None) = (tokens.next(), tokens.next()) else {
        return unauthorized("this channel needs the token of the address that the agent printed");
    };
    if !token.matches(presented) {
        return match wrong.note() {
            TokenRate::Tolerable => unauthorized("the token is not this agent's"),
            TokenRate::TooMany => {
                let sentence = "too many wrong tokens in the last minute";
                Answer::text(StatusCode::TOO_MANY_REQUESTS, sentence).with("retry-after", "60")
            }
        };
    }
    let expected = if head.headers.contains_key(header::ORIGIN) {
        BROWSER_PROTOCOL
    } else {
        CLI_PROTOCOL
    };
    if !offered.contains(&expected) {
        return wrong_protocol(&offered, expected);
    }
    accept(head, expected)
}

fn unauthorized(sentence: &str) -> Answer {
    Answer::text(StatusCode::UNAUTHORIZED, sentence).with("www-authenticate", "aftershake-token")
}

/// Names both versions when the client speaks another one. Only called for the right token.
fn wrong_protocol(offered: &[&str], expected: &'static str) -> Answer {
    let family = expected.trim_end_matches(|c: char| c.is_ascii_digit());
    let other = offered.iter().find_map(|word| {
        let version: u32 = word.strip_prefix(family)?.parse().ok()?;
        Some(format!("{family}{version}"))
    });
    match other {
        Some(other) => Answer::text(
            StatusCode::BAD_REQUEST,
            &format!("this agent speaks {expected}, the client offered {other}"),
        ),
        None => Answer::text(
            StatusCode::FORBIDDEN,
            &format!(
                "expected the sub-protocol {expected}: {BROWSER_PROTOCOL} is for pages, \
                 {CLI_PROTOCOL} for programs without an Origin"
            ),
        ),
    }
}

/// The opening handshake itself (RFC 6455 §4.2.2), without extensions.
fn accept(head: &Head, protocol: &'static str) -> Answer {
    let mut request = Request::new(());
    *request.method_mut() = head.method.clone();
    *request.version_mut() = head.version;
    request.headers_mut().clone_from(&head.headers);
    let key = create_response(&request).ok().and_then(|response| {
        let key = response.headers().get(header::SEC_WEBSOCKET_ACCEPT)?;
        key.to_str().ok().map(str::to_owned)
    });
    let Some(key) = key else {
        return Answer::text(
            StatusCode::UPGRADE_REQUIRED,
            "this is a WebSocket of version 13 (RFC 6455)",
        )
        .with("upgrade", "websocket")
        .with("sec-websocket-version", "13");
    };
    Answer::empty(StatusCode::SWITCHING_PROTOCOLS)
        .with("connection", "Upgrade")
        .with("upgrade", "websocket")
        .with("sec-websocket-accept", key)
        .with("sec-websocket-protocol", protocol)
}
