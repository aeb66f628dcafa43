//! Reads what a client says. Whatever it says, the answer is a sentence and the channel stays.

use aftershake_shared::channel::{ClientMessage, Failure, PROTOCOL_VERSION};
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::limits;
use serde::Deserialize;

/// Bad input, as on the command line.
pub(super) const BAD_INPUT: u8 = 2;
/// Something this machine or this moment lacks.
pub(super) const LACKING: u8 = 3;
/// A fault of ours.
pub(super) const INTERNAL: u8 = 4;
/// Ended on request.
pub(super) const INTERRUPTED: u8 = 130;

/// Longest part of a client's own words that is repeated to it, in characters.
const ECHOED: usize = 200;

/// What can be told of a message that is not one of ours.
#[derive(Deserialize)]
struct Outline {
    #[serde(rename = "type")]
    kind: Option<String>,
    protocol: Option<u32>,
}

/// The message, or what to tell the client.
pub(super) fn read_message(text: &str) -> Result<ClientMessage, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let outline = serde_json::from_str::<Outline>(text).ok();
        let protocol = outline.as_ref().and_then(|outline| outline.protocol);
        let kind = outline.and_then(|outline| outline.kind);
        match (protocol, kind.as_deref()) {
            (Some(theirs), _) if theirs != PROTOCOL_VERSION => failure(
                BAD_INPUT,
                format!(
                    "the message is of protocol {theirs}, this agent speaks {PROTOCOL_VERSION}"
                ),
                "use a page and an agent of the same version",
            ),
            (_, Some(kind)) if !matches!(kind, "run" | "run-many" | "cancel") => failure(
                BAD_INPUT,
                format!(
                    "unknown message type `{}`, expected `run`, `run-many` or `cancel` (protocol {PROTOCOL_VERSION})",
                    clipped(kind)
                ),
                "use a page and an agent of the same version",
            ),
            _ => failure(
                BAD_INPUT,
                format!("message not understood: {}", clipped(&error.to_string())),
                "",
            ),
        }
    })
}

/// Whether the scenario could be carried out, before a worker is asked.
pub(super) fn check_scenario(text: &ScenarioText) -> Result<(), Failure> {
    let characters = text.name.chars().count();
    if characters > limits::WORDS {
        let words = limits::WORDS;
        let message =
            format!("the scenario's name has {characters} characters, expected at most {words}");
        return Err(failure(BAD_INPUT, message, ""));
    }
    match text.parse() {
        Ok(_) => Ok(()),
        Err(error) => Err(failure(BAD_INPUT, error.to_string(), "")),
    }
}

/// An error in words.
pub(super) fn failure(code: u8, message: String, remedy: &str) -> Failure {
    Failure {
        code,
        message,
        remedy: remedy.to_owned(),
    }
}

fn clipped(text: &str) -> String {
    match text.char_indices().nth(ECHOED) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_a_message() {
        for (text, words) in [
            (
                r#"{"type":"fly"}"#,
                "unknown message type `fly`, expected `run`, `run-many` or `cancel`",
            ),
            (
                r#"{"type":"fly","protocol":2}"#,
                "is of protocol 2, this agent speaks 1",
            ),
            (r#"{"type":"cancel"}"#, "missing field `run`"),
            (
                r#"{"type":"cancel","run":1,"run":2}"#,
                "duplicate field `run`",
            ),
            (
                r#"{"type":"cancel","run":1,"__proto__":{}}"#,
                "unknown field `__proto__`",
            ),
            (r#"{"type":"cancel","run":-1}"#, "message not understood"),
            (r#"{"type":"cancel","run":1e400}"#, "number out of range"),
            (r#"{"type":"cancel","run":NaN}"#, "message not understood"),
            (
                r#"{"type":"cancel","run":18446744073709551616}"#,
                "message not understood",
            ),
            ("[]", "message not understood"),
            ("", "message not understood"),
        ] {
            let failure = read_message(text).unwrap_err();
            assert!(
                failure.message.contains(words),
                "{text}: {}",
                failure.message
            );
            assert_eq!(failure.code, BAD_INPUT);
        }
    }

    #[test]
    fn deep_and_wide_messages_are_refused_in_few_words() {
        let deep = "[".repeat(100_000);
        let nested = format!(
            "{{\"type\":\"run\",\"scenario\":{}",
            "{\"a\":".repeat(100_000)
        );
        let wide = format!("{{\"type\":\"{}\"}}", "x".repeat(1_000_000));
        for text in [&deep, &nested, &wide] {
            assert!(read_message(text).unwrap_err().message.len() < 400);
        }
    }
}
