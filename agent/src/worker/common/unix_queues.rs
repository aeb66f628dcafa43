//! Which `connect` each `accept` on an `AF_UNIX` name takes: an unbound client has no address to know it by.
//!
//! A queue is first in, first out, as `unix_stream_connect` and `unix_accept` of the kernel keep it. Only for
//! `order = "listed"`, where one call is made at a time; reading a scenario refuses the other order.

use aftershake_shared::event::call::SocketId;
use serde::{Deserialize, Serialize};

/// The queues of all listeners of a run, by everything that was ever put in and taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnixQueues {
    /// Each listener with its name, in order.
    listeners: Vec<(String, SocketId)>,
    /// Whose queue it is, and the connect step's name.
    waiting: Vec<(SocketId, Option<String>)>,
}

impl UnixQueues {
    /// Somebody listens at that name.
    pub(crate) fn listens(&mut self, name: &str, listener: SocketId) {
        self.listeners.push((name.to_owned(), listener));
    }

    /// A `connect` to that name worked; the step may have a name.
    pub(crate) fn connected(&mut self, name: &str, step: Option<&str>) {
        let mut latest = self.listeners.iter().rev();
        if let Some((_, listener)) = latest.find(|(known, _)| known == name) {
            self.waiting.push((*listener, step.map(str::to_owned)));
        }
    }

    /// An `accept` worked on that listener: the name of the connect step that it took.
    pub(crate) fn accepted(&mut self, listener: SocketId) -> Option<String> {
        let oldest = self.waiting.iter().position(|(of, _)| *of == listener)?;
        self.waiting.remove(oldest).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accept_takes_the_oldest_of_its_own_listener() {
        let mut queues = UnixQueues::default();
        let (old, new) = (SocketId(1), SocketId(2));
        queues.connected("app", Some("too early"));
        queues.listens("app", old);
        queues.connected("app", Some("left behind"));
        // The first listener was closed with one in its queue, and the name was bound again.
        queues.listens("app", new);
        queues.connected("app", Some("first"));
        queues.connected("app", None);
        queues.connected("app", Some("third"));
        assert_eq!(queues.accepted(new).as_deref(), Some("first"));
        assert_eq!(queues.accepted(new), None);
        assert_eq!(queues.accepted(new).as_deref(), Some("third"));
        assert_eq!(queues.accepted(new), None);
    }
}
