//! Performs `close`.

use std::os::fd::AsFd;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::{Close, What};

use super::{Act, Attempt, Task};
use crate::sys;
use crate::worker::endpoint::{Endpoint, Opened, Timing};

/// A close, done at once.
pub(super) struct Closing {
    task: Task,
    what: What,
}

impl Closing {
    pub(super) fn new(task: Task, close: &Close) -> Self {
        Self {
            task,
            what: close.what,
        }
    }
}

impl Act for Closing {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let result = match self.what {
            What::Connection => close_connection(&self.task, endpoint),
            What::Listener => {
                let on = self.task.on.as_deref();
                close(
                    self.task.number,
                    endpoint,
                    |endpoint| endpoint.listener(on),
                    What::Listener,
                )
            }
        };
        Attempt::Finished(result)
    }
}

/// Closes the connection that the step means.
pub(super) fn close_connection(task: &Task, endpoint: &mut Endpoint<'_>) -> StepResult {
    let on = task.on.as_deref();
    close(
        task.number,
        endpoint,
        |endpoint| endpoint.connection(on),
        What::Connection,
    )
}

fn close<'e>(
    number: u32,
    endpoint: &mut Endpoint<'e>,
    find: impl for<'f> FnOnce(&'f mut Endpoint<'e>) -> Option<&'f mut Opened>,
    what: What,
) -> StepResult {
    let clock = endpoint.clock();
    let Some(opened) = find(endpoint) else {
        return StepResult::NotRun;
    };
    let place = opened.place();
    let Some(socket) = opened.socket.take() else {
        return StepResult::NotRun;
    };
    opened.usable = false;
    let unread = match what {
        What::Connection => sys::socket::unread_bytes(socket.as_fd()).ok(),
        What::Listener => None,
    };
    let mut timing = Timing::default();
    timing.attempt(&clock, || drop(socket));
    endpoint.record(
        number,
        timing,
        place,
        Call::Close { unread },
        Returned::Ok(0),
    );
    StepResult::Done
}
