//! Performs `shutdown`.

use std::net;

use aftershake_shared::event::call::{Call, How, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::shutdown::Shutdown;

use super::{Act, Attempt, Task};
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

/// Ends a direction, at once.
pub(super) struct ShuttingDown {
    task: Task,
    how: How,
}

impl ShuttingDown {
    pub(super) fn new(task: Task, shutdown: &Shutdown) -> Self {
        Self {
            task,
            how: shutdown.how,
        }
    }
}

impl Act for ShuttingDown {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let clock = endpoint.clock();
        let Some(opened) = endpoint
            .connection(self.task.on.as_deref())
            .filter(|opened| opened.usable)
        else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let place = opened.place();
        let Some(socket) = &opened.socket else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let how = match self.how {
            How::Read => net::Shutdown::Read,
            How::Write => net::Shutdown::Write,
            How::Both => net::Shutdown::Both,
        };
        let mut timing = Timing::default();
        let done = timing.attempt(&clock, || socket.shutdown(how));
        let (result, step) = match done {
            Ok(()) => (Returned::Ok(0), StepResult::Done),
            Err(error) => (
                Returned::Err(errno_of(&error)),
                StepResult::Failed(errno_of(&error)),
            ),
        };
        endpoint.record(
            self.task.number,
            timing,
            place,
            Call::Shutdown { how: self.how },
            result,
        );
        Attempt::Finished(step)
    }
}
