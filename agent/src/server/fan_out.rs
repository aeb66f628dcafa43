//! Bounded delivery to one channel: a slow page never slows a run, it is cut off and told.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::limits::MAX_WAITING;
use aftershake_shared::channel::{RunId, ServerMessage};
use tokio::sync::Notify;

/// Events of one run that wait together leave in one frame of about this many bytes.
const FRAME: usize = 64 * 1024;

/// What waits for one channel.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    queue: Mutex<Queue>,
    changed: Notify,
    overflowed: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    bytes: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// Too much waited; all of it was thrown away.
    Overflowed,
    /// Nobody is there any more.
    Closed,
}

#[derive(Debug)]
enum Frame {
    Message(String),
    /// An `events` message without its last two brackets, so that more events can join it.
    Events {
        run: RunId,
        text: String,
    },
}

impl Frame {
    fn len(&self) -> usize {
        match self {
            Self::Message(text) | Self::Events { text, .. } => text.len(),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Message(text) => text,
            Self::Events { mut text, .. } => {
                text.push_str("]}");
                text
            }
        }
    }
}

impl Outgoing {
    /// Queues a message.
    pub(super) fn push(&self, message: &ServerMessage) {
        // Our own types always serialise.
        if let Ok(text) = serde_json::to_string(message) {
            self.add(text.len(), |queue| {
                queue.frames.push_back(Frame::Message(text));
            });
        }
    }

    /// Queues events as they came from the worker: JSON objects with commas between them.
    pub(super) fn push_events(&self, run: RunId, events: &str) {
        self.add(events.len() + 1, |queue| {
            if let Some(Frame::Events { run: last, text }) = queue.frames.back_mut()
                && *last == run
                && text.len() + events.len() < FRAME
            {
                text.push(',');
                text.push_str(events);
                return;
            }
            let mut text = format!("{{\"type\":\"events\",\"run\":{run},\"events\":[");
            text.push_str(events);
            queue.frames.push_back(Frame::Events { run, text });
        });
    }

    fn add(&self, bytes: usize, push: impl FnOnce(&mut Queue)) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.state != State::Open {
            return;
        }
        if queue.bytes + bytes > MAX_WAITING {
            *queue = Queue {
                state: State::Overflowed,
                ..Queue::default()
            };
            self.overflowed.notify_one();
            self.changed.notify_one();
            return;
        }
        queue.bytes += bytes;
        push(&mut queue);
        drop(queue);
        self.changed.notify_one();
    }

    /// The next frame; `None` once too much waited.
    pub(super) async fn next(&self) -> Option<String> {
        loop {
            {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.state != State::Open {
                    return None;
                }
                if let Some(frame) = queue.frames.pop_front() {
                    queue.bytes = queue.bytes.saturating_sub(frame.len());
                    return Some(frame.into_text());
                }
            }
            self.changed.notified().await;
        }
    }

    /// Ends when too much waits, also while a frame is being written.
    pub(super) async fn overflowed(&self) {
        self.overflowed.notified().await;
    }

    /// Whether nobody will hear what is pushed.
    pub(super) fn is_closed(&self) -> bool {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .state
            != State::Open
    }

    /// From now on everything is thrown away.
    pub(super) fn close(&self) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = Queue {
            state: State::Closed,
            ..Queue::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn next(outgoing: &Outgoing) -> Option<String> {
        outgoing.next().now_or_never().flatten()
    }

    #[test]
    fn waiting_events_of_one_run_leave_together() {
        let outgoing = Outgoing::default();
        outgoing.push_events(1, r#"{"id":1},{"id":2}"#);
        outgoing.push_events(1, r#"{"id":3}"#);
        outgoing.push_events(2, r#"{"id":1}"#);
        outgoing.push(&ServerMessage::Finished { run: 1, took_ns: 5 });
        let expected = [
            r#"{"type":"events","run":1,"events":[{"id":1},{"id":2},{"id":3}]}"#,
            r#"{"type":"events","run":2,"events":[{"id":1}]}"#,
            r#"{"type":"finished","run":1,"took_ns":5}"#,
        ];
        for text in expected {
            assert_eq!(next(&outgoing).unwrap(), text);
        }
        assert!(next(&outgoing).is_none());
    }

    #[test]
    fn frames_stay_near_their_size() {
        let outgoing = Outgoing::default();
        let event = format!("\"{}\"", "x".repeat(1000));
        for _ in 0..200 {
            outgoing.push_events(1, &event);
        }
        let sizes: Vec<_> = std::iter::from_fn(|| next(&outgoing))
            .map(|f| f.len())
            .collect();
        assert_eq!(sizes.len(), 4);
        assert!(sizes.iter().all(|size| *size < FRAME + 2000), "{sizes:?}");
    }

    #[test]
    fn too_much_waiting_throws_all_away_and_says_so() {
        let outgoing = Outgoing::default();
        let event = format!("\"{}\"", "x".repeat(1 << 20));
        for _ in 0..33 {
            outgoing.push_events(1, &event);
        }
        assert!(outgoing.overflowed().now_or_never().is_some());
        assert_eq!(outgoing.next().now_or_never(), Some(None));
        outgoing.push_events(1, "1");
        assert_eq!(outgoing.next().now_or_never(), Some(None));
    }
}
