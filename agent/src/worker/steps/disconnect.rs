//! Performs `disconnect`.

use std::os::fd::AsFd;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;

use super::{Act, Attempt, Task};
use crate::sys;
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

/// A `connect` with `AF_UNSPEC`, done at once.
pub(super) struct Disconnecting {
    task: Task,
}

impl Disconnecting {
    pub(super) fn new(task: Task) -> Self {
        Self { task }
    }
}

impl Act for Disconnecting {
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
        let mut timing = Timing::default();
        let done = timing.attempt(&clock, || sys::socket::disconnect(socket.as_fd()));
        let (result, step) = match done {
            Ok(()) => (Returned::Ok(0), StepResult::Done),
            Err(error) => (
                Returned::Err(errno_of(&error)),
                StepResult::Failed(errno_of(&error)),
            ),
        };
        endpoint.record(self.task.number, timing, place, Call::Disconnect, result);
        Attempt::Finished(step)
    }
}
