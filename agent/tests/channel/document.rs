//! `docs/protocol.md` and `docs/safety.md` against the types and the limits they describe.

use std::collections::BTreeSet;

use aftershake::server::limits;
use aftershake_shared::channel::{
    ClientMessage, MAX_CLIENT_MESSAGE, PROTOCOL_VERSION, ServerMessage,
};
use aftershake_shared::scenario;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

/// The examples of one direction, each read by its type and written again; gives the types they name.
fn examples<T: Serialize + DeserializeOwned>(direction: &str) -> BTreeSet<String> {
    let fence = format!("```json {direction}\n");
    let (_, rest) = PROTOCOL.split_once(&fence).unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    let read = |line: &str| {
        let message: T = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let written = serde_json::to_value(&message).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(line).unwrap());
        written["type"].as_str().unwrap().to_owned()
    };
    block.lines().map(read).collect()
}

#[test]
fn every_message_has_an_example_that_its_type_reads() {
    let client = examples::<ClientMessage>("client");
    assert_eq!(
        client,
        BTreeSet::from(["run", "run-many", "cancel"].map(str::to_owned))
    );
    let agent = examples::<ServerMessage>("agent");
    let all = [
        "welcome", "queued", "started", "events", "planned", "noise", "came", "kept", "finished",
        "failed",
    ];
    assert_eq!(agent, BTreeSet::from(all.map(str::to_owned)));
    assert!(PROTOCOL.contains(&format!("protocol version {PROTOCOL_VERSION}")));
}

#[test]
fn the_limits_stated_are_those_enforced() {
    let seconds = |time: std::time::Duration| time.as_secs();
    for words in [
        format!("message | {MAX_CLIENT_MESSAGE} bytes"),
        format!(
            "{} at once, {} a second",
            limits::FRAME_BURST,
            limits::FRAMES_PER_SECOND
        ),
        format!("text | {} bytes", scenario::limits::TEXT),
        format!("over all channels | {} |", limits::MAX_RUNS),
        format!("runs that wait | {} |", limits::MAX_QUEUED),
        format!("one client | {} |", limits::MAX_WAITING),
        format!("one run | {} s", seconds(limits::LONGEST_RUN)),
        format!(
            "one request for many | {}, over {} values, {} bytes",
            aftershake_shared::channel::MAX_MANY,
            aftershake_shared::channel::MAX_BINS,
            limits::MAX_MANY_TEXT
        ),
        format!("its own limit is {} s", scenario::limits::SECONDS),
        format!("channels included | {} |", limits::MAX_CONNECTIONS),
        format!(
            "head | {} bytes, {} headers, {} s",
            limits::MAX_HEAD,
            limits::MAX_HEADERS,
            seconds(limits::HEAD_TIME)
        ),
        format!(
            "more than {} wrong tokens in {} s",
            limits::MAX_WRONG_TOKENS,
            seconds(limits::WRONG_TOKEN_WINDOW)
        ),
        format!("not ended after {} s", seconds(limits::CANCEL_TIME)),
    ] {
        assert!(
            PROTOCOL.contains(&words),
            "docs/protocol.md lacks `{words}`"
        );
    }
}
