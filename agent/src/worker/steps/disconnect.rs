//! Performs `disconnect`.

use std::os::fd::AsFd;

use aftershake_shared::event::call::Call;
use aftershake_shared::scenario::steps::close::What;

use super::{Act, Attempt, Task, calling};
use crate::sys;
use crate::worker::endpoint::Endpoint;

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
        let (what, call) = (What::Connection, Call::Disconnect);
        let result = calling::once(&self.task, endpoint, what, call, |socket| {
            sys::socket::disconnect(socket.as_fd())
        });
        Attempt::Finished(result)
    }
}
