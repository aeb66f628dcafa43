//! Performs `hand_over`: a descriptor more for the same socket, in another program.

use aftershake_shared::event::call::Call;
use aftershake_shared::scenario::steps::hand_over::HandOver;

use super::{Act, Attempt, Task, calling};
use crate::worker::endpoint::{Endpoint, Given, Opened};

/// A descriptor sent, at once. Whoever carries out the order delivers it.
pub(super) struct HandingOver {
    task: Task,
    hand_over: HandOver,
}

impl HandingOver {
    pub(super) fn new(task: Task, hand_over: &HandOver) -> Self {
        Self {
            task,
            hand_over: hand_over.clone(),
        }
    }
}

impl Act for HandingOver {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let HandOver { to, what } = self.hand_over.clone();
        let mut copy = None;
        let call = Call::HandOver { to: to.clone() };
        let result = calling::once(&self.task, endpoint, what, call, |socket| {
            copy = Some(socket.try_clone()?);
            Ok(())
        });
        let opened = endpoint.opened(what, self.task.on.as_deref());
        if let (Some(opened), Some(copy)) = (opened, copy) {
            let opened = Opened {
                id: opened.id,
                socket: Some(copy),
                copies: Vec::new(),
                local: opened.local,
                remote: opened.remote,
                usable: true,
                named: opened.named.clone(),
                received: opened.received.clone(),
            };
            endpoint.common.known().add_descriptor(opened.id);
            endpoint.given.push(Given { to, what, opened });
        }
        Attempt::Finished(result)
    }
}
