//! Whose turn it is: a few runs at once, the rest in a queue, each told how many are before it.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aftershake_shared::channel::{RunId, ServerMessage};
use tokio::sync::Notify;

use super::fan_out::Outgoing;
use super::limits::{MAX_QUEUED, MAX_RUNS};

/// The queue of all channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<Line>>);

#[derive(Debug, Default)]
struct Line {
    next: u64,
    running: BTreeSet<u64>,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    id: u64,
    run: RunId,
    outgoing: Arc<Outgoing>,
    told: Option<u32>,
    granted: Arc<Notify>,
}

/// A place among the running or the waiting; the next one moves up when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    id: u64,
    turns: Turns,
    granted: Arc<Notify>,
}

impl Turns {
    /// Joins the line; `None` if it is full.
    pub(super) fn join(&self, run: RunId, outgoing: &Arc<Outgoing>) -> Option<Turn> {
        let mut line = self.lock();
        let id = line.next;
        let granted = Arc::new(Notify::new());
        if line.running.len() < MAX_RUNS {
            line.running.insert(id);
            granted.notify_one();
        } else if line.waiting.len() < MAX_QUEUED {
            line.waiting.push_back(Waiting {
                id,
                run,
                outgoing: Arc::clone(outgoing),
                told: None,
                granted: Arc::clone(&granted),
            });
            line.tell();
        } else {
            return None;
        }
        line.next += 1;
        Some(Turn {
            id,
            turns: self.clone(),
            granted,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Tells every waiting run how many are before it, where that has changed.
    fn tell(&mut self) {
        for (ahead, waiting) in (0..).zip(&mut self.waiting) {
            let ahead = ahead + u32::try_from(self.running.len()).unwrap_or(u32::MAX);
            if waiting.told != Some(ahead) {
                waiting.told = Some(ahead);
                let run = waiting.run;
                waiting.outgoing.push(&ServerMessage::Queued { run, ahead });
            }
        }
    }

    fn leave(&mut self, id: u64) {
        if self.running.remove(&id) {
            if let Some(next) = self.waiting.pop_front() {
                self.running.insert(next.id);
                next.granted.notify_one();
            }
        } else {
            self.waiting.retain(|waiting| waiting.id != id);
        }
        self.tell();
    }
}

impl Turn {
    /// Ends when the run may begin.
    pub(super) async fn granted(&self) {
        self.granted.notified().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().leave(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn told(outgoing: &Outgoing) -> Vec<String> {
        std::iter::from_fn(|| outgoing.next().now_or_never().flatten()).collect()
    }

    #[test]
    fn runs_beyond_the_limit_wait_and_move_up() {
        let turns = Turns::default();
        let outgoing = Arc::new(Outgoing::default());
        let mut taken: Vec<_> = (0..4)
            .filter_map(|run| turns.join(run, &outgoing))
            .collect();
        let granted: Vec<_> = taken
            .iter()
            .map(|turn| turn.granted().now_or_never().is_some())
            .collect();
        assert_eq!(granted, [true, true, false, false]);
        assert_eq!(
            told(&outgoing),
            [
                r#"{"type":"queued","run":2,"ahead":2}"#,
                r#"{"type":"queued","run":3,"ahead":3}"#
            ]
        );
        drop(taken.remove(1));
        assert!(taken[1].granted().now_or_never().is_some());
        assert_eq!(told(&outgoing), [r#"{"type":"queued","run":3,"ahead":2}"#]);
    }

    #[test]
    fn the_line_has_an_end() {
        let turns = Turns::default();
        let outgoing = Arc::new(Outgoing::default());
        let join = |run| turns.join(run, &outgoing);
        let taken: Vec<_> = (0..1000).filter_map(join).collect();
        assert_eq!(taken.len(), MAX_RUNS + MAX_QUEUED);
        drop(taken);
        assert!(join(1).is_some());
    }
}
