//! Performs `duplicate`: one descriptor more for the same socket.

use aftershake_shared::event::call::Call;
use aftershake_shared::scenario::steps::duplicate::Duplicate;

use super::{Act, Attempt, Task, calling};
use crate::worker::endpoint::Endpoint;

/// A `dup`, done at once.
pub(super) struct Duplicating {
    task: Task,
    duplicate: Duplicate,
}

impl Duplicating {
    pub(super) fn new(task: Task, duplicate: &Duplicate) -> Self {
        Self {
            task,
            duplicate: duplicate.clone(),
        }
    }
}

impl Act for Duplicating {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let what = self.duplicate.what;
        let mut copy = None;
        let result = calling::once(&self.task, endpoint, what, Call::Duplicate, |socket| {
            copy = Some(socket.try_clone()?);
            Ok(())
        });
        let opened = endpoint.opened(what, self.task.on.as_deref());
        if let (Some(opened), Some(copy)) = (opened, copy) {
            opened.copies.push(copy);
            let id = opened.id;
            endpoint.common.known().add_descriptor(id);
        }
        Attempt::Finished(result)
    }
}
