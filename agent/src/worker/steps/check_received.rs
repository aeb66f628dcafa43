//! Performs `check`: compares what was received, and closes if the step says so.

use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::check_received::{CheckReceived, Reaction};
use aftershake_shared::scenario::steps::close::What;

use super::{Act, Attempt, Task, close};
use crate::worker::endpoint::Endpoint;

/// A comparison, made at once.
pub(super) struct Checking {
    task: Task,
    check: CheckReceived,
}

impl Checking {
    pub(super) fn new(task: Task, check: &CheckReceived) -> Self {
        Self {
            task,
            check: check.clone(),
        }
    }
}

impl Act for Checking {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let Some(opened) = endpoint
            .opened(What::Connection, self.task.on.as_deref())
            .filter(|opened| opened.usable)
        else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let holds = self.check.matches(&opened.received);
        let reaction = if holds {
            self.check.on_match
        } else {
            self.check.on_mismatch
        };
        if let Some(Reaction::Close) = reaction {
            close::close(&self.task, endpoint, What::Connection);
        }
        Attempt::Finished(StepResult::Checked(holds))
    }
}
