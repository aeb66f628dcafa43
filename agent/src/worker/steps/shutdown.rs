//! Performs `shutdown`.

use std::net;

use aftershake_shared::event::call::{Call, How};
use aftershake_shared::scenario::steps::shutdown::Shutdown;

use super::{Act, Attempt, Task, calling};
use crate::worker::endpoint::Endpoint;

/// Ends a direction, at once.
pub(super) struct ShuttingDown {
    task: Task,
    shutdown: Shutdown,
}

impl ShuttingDown {
    pub(super) fn new(task: Task, shutdown: &Shutdown) -> Self {
        Self {
            task,
            shutdown: shutdown.clone(),
        }
    }
}

impl Act for ShuttingDown {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let Shutdown { how, what } = self.shutdown;
        let direction = match how {
            How::Read => net::Shutdown::Read,
            How::Write => net::Shutdown::Write,
            How::Both => net::Shutdown::Both,
        };
        let call = Call::Shutdown { how };
        let result = calling::once(&self.task, endpoint, what, call, |socket| {
            socket.shutdown(direction)
        });
        Attempt::Finished(result)
    }
}
