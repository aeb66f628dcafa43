//! Performs `limit_descriptors`.

use aftershake_shared::event::call::{Call, Returned, SocketId};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::limit_descriptors::LimitDescriptors;

use super::{Act, Attempt, Task};
use crate::sys;
use crate::worker::endpoint::{Endpoint, Place, Timing, errno_of};

/// A `setrlimit`, done at once.
pub(super) struct Limiting {
    task: Task,
    spare: u32,
}

impl Limiting {
    pub(super) fn new(task: Task, limit: &LimitDescriptors) -> Self {
        Self {
            task,
            spare: limit.spare,
        }
    }
}

impl Act for Limiting {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        // The limit is a whole process's, and must not be the worker's.
        if !endpoint.is_child {
            return Attempt::Finished(StepResult::NotRun);
        }
        let limit = sys::process::limit_for(self.spare);
        let mut timing = Timing::default();
        let result = timing.attempt(&endpoint.clock(), || sys::process::limit_descriptors(limit));
        let error = result.err().map(|error| errno_of(&error));
        let nowhere = Place {
            socket: SocketId::NONE,
            local: None,
            remote: None,
        };
        let call = Call::LimitDescriptors { limit };
        let returned = error.map_or(Returned::Ok(0), Returned::Err);
        endpoint.record(&self.task, timing, nowhere, call, returned);
        Attempt::Finished(error.map_or(StepResult::Done, StepResult::Failed))
    }
}
