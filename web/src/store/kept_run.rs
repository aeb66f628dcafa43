//! A run of an earlier visit, from the messages in which the agent told it.

use aftershake_shared::channel::{RunId, ServerMessage};
use aftershake_shared::recording::{Header, Recording};

use super::kept::Kept;
use super::run_events::{Phase, RunEvents};

/// The run as it was; `None` when the messages are not one whole run.
pub(super) fn of_messages(messages: Vec<ServerMessage>) -> Option<RunEvents> {
    let Some(ServerMessage::Started { run, header }) = messages.first() else {
        return None;
    };
    told(begun(*run, header)?, messages)
}

/// A run of many, as it was recorded.
pub(super) fn of_recording(recording: &Recording, run: RunId) -> Option<RunEvents> {
    let Recording { header, events } = recording.clone();
    let took_ns = events.iter().map(|event| event.at.0).max().unwrap_or(0);
    let begun = begun(run, &header)?;
    let messages = vec![
        ServerMessage::Started { run, header },
        ServerMessage::Events { run, events },
        ServerMessage::Finished { run, took_ns },
    ];
    told(begun, messages)
}

/// Before its first message.
fn begun(run: RunId, header: &Header) -> Option<RunEvents> {
    Some(RunEvents {
        newest: run,
        phase: Phase::Asked,
        scenario: Some(Kept::new(header.scenario.parse().ok()?)),
        ..RunEvents::default()
    })
}

/// With all that was told; `None` when that is not the whole run.
fn told(begun: RunEvents, messages: Vec<ServerMessage>) -> Option<RunEvents> {
    let told = messages
        .into_iter()
        .try_fold(begun, |run, message| run.agent_said(message))?;
    told.diagnosis.is_some().then_some(told)
}
