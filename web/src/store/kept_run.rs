//! A run of an earlier visit, from the messages in which the agent told it.

use aftershake_shared::channel::ServerMessage;

use super::kept::Kept;
use super::run_events::{Phase, RunEvents};

/// The run as it was; `None` when the messages are not one whole run.
pub(super) fn of_messages(messages: Vec<ServerMessage>) -> Option<RunEvents> {
    let Some(ServerMessage::Started { run, header }) = messages.first() else {
        return None;
    };
    let begun = RunEvents {
        newest: *run,
        phase: Phase::Asked,
        scenario: Some(Kept::new(header.scenario.parse().ok()?)),
        ..RunEvents::default()
    };
    let told = messages
        .into_iter()
        .try_fold(begun, |run, message| run.agent_said(message))?;
    told.diagnosis.is_some().then_some(told)
}
