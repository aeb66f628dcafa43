//! Performs `receive` with `blocks`: one `recv` that waits inside the kernel, in a thread of its own.

use std::os::fd::AsRawFd;
use std::sync::Arc;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::receive::{DEFAULT_BUFFER, Receive};

use super::{Act, Attempt, Task};
use crate::sys::poll::Interest;
use crate::worker::blocked::{Outcome, Waiting};
use crate::worker::endpoint::{Endpoint, Place, Spent, errno_of};

/// A `recv` and the thread that is in it.
pub(super) struct Blocking {
    task: Task,
    at_most: u64,
    begun: Option<(Arc<Waiting>, Place)>,
}

impl Blocking {
    pub(super) fn new(task: Task, receive: &Receive) -> Self {
        Self {
            task,
            at_most: receive.at_most.unwrap_or(DEFAULT_BUFFER),
            begun: None,
        }
    }

    /// Sends a thread into the call.
    fn begin(&self, endpoint: &mut Endpoint<'_>) -> Result<(Arc<Waiting>, Place), StepResult> {
        // Elsewhere a call that never returns would outlive the run.
        if !endpoint.is_child {
            return Err(StepResult::NotRun);
        }
        let clock = endpoint.clock();
        let opened = endpoint.opened(What::Connection, self.task.on.as_deref());
        let opened = opened.filter(|opened| opened.usable);
        let opened = opened.ok_or(StepResult::NotRun)?;
        let socket = opened.socket.as_ref().ok_or(StepResult::NotRun)?;
        let place = opened.place();
        let size = usize::try_from(self.at_most).unwrap_or(1);
        let who = (opened.id, self.task.by.as_str());
        // The other calls of this program say for themselves that they do not wait.
        let waiting = socket
            .set_nonblocking(false)
            .and_then(|()| Waiting::receive(socket.as_raw_fd(), size, who, clock))
            .map_err(|error| StepResult::Failed(errno_of(&error)))?;
        endpoint.blocked.add(&waiting);
        Ok((waiting, place))
    }

    /// Records the call, and whether it was the last to hold the socket.
    fn finish(
        &self,
        (waiting, place): (&Arc<Waiting>, Place),
        outcome: &Outcome,
        endpoint: &mut Endpoint<'_>,
    ) -> StepResult {
        let call = Call::Receive {
            at_most: self.at_most,
            peek: false,
            out_of_band: false,
            truncate: false,
            lets_go: endpoint.blocked.remove(waiting),
        };
        let count = outcome.bytes.len() as u64;
        let error = outcome.error.as_ref().map(errno_of);
        let returned = error.map_or(Returned::Ok(count), Returned::Err);
        let spent = Spent {
            began: outcome.began,
            parked: (outcome.ended - outcome.began) - outcome.ran,
            took: outcome.ran.min(outcome.ended - outcome.began),
        };
        endpoint.record_spent(&self.task, spent, place, call, returned);
        if let Some(opened) = endpoint.opened(What::Connection, self.task.on.as_deref()) {
            opened.keep_received(&outcome.bytes);
        }
        match (error, count) {
            (Some(errno), _) => StepResult::Failed(errno),
            (None, 0) => StepResult::Eof,
            (None, count) => StepResult::Bytes(count),
        }
    }
}

impl Act for Blocking {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        if self.begun.is_none() {
            match self.begin(endpoint) {
                Ok(begun) => self.begun = Some(begun),
                Err(result) => return Attempt::Finished(result),
            }
        }
        let Some((waiting, place)) = &self.begun else {
            return Attempt::Finished(StepResult::NotRun);
        };
        waiting.come_to_rest();
        match waiting.outcome() {
            Some(outcome) => Attempt::Finished(self.finish((waiting, *place), outcome, endpoint)),
            None => Attempt::Waits(waiting.as_raw_fd(), Interest::Readable),
        }
    }
}
