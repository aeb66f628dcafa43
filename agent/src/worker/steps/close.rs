//! Performs `close`.

use std::os::fd::AsFd;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::{Close, What};

use super::{Act, Attempt, Task};
use crate::sys;
use crate::worker::endpoint::{Endpoint, Timing};

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
        Attempt::Finished(close(&self.task, endpoint, self.what))
    }
}

/// Closes one descriptor of the socket that the task means. Only the socket's last is told what was unread.
pub(super) fn close(task: &Task, endpoint: &mut Endpoint<'_>, what: What) -> StepResult {
    let clock = endpoint.clock();
    let common = endpoint.common;
    let Some(opened) = endpoint.opened(what, task.on.as_deref()) else {
        return StepResult::NotRun;
    };
    let place = opened.place();
    let Some(socket) = opened.copies.pop().or_else(|| opened.socket.take()) else {
        return StepResult::NotRun;
    };
    opened.usable = opened.socket.is_some();
    let id = opened.id;
    let is_last = common.known().drop_descriptors(id, 1);
    let held_by = is_last.then(|| endpoint.blocked.close(id)).flatten();
    let call = if let Some(held_by) = held_by {
        Call::CloseInUse { held_by }
    } else if is_last {
        let unread = match what {
            What::Connection => sys::socket::unread_bytes(socket.as_fd()).ok(),
            What::Listener => None,
        };
        Call::Close { unread }
    } else {
        Call::CloseCopy
    };
    let mut timing = Timing::default();
    timing.attempt(&clock, || drop(socket));
    endpoint.record(task, timing, place, call, Returned::Ok(0));
    StepResult::Done
}
