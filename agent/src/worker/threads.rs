//! Threads that do one thing after another: to start one and to end it costs as much as many a run.
//!
//! Whatever a thread leaves behind (its network namespace, its processors) is for the next task to replace.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use super::lock;

/// What a thread is to do.
type Task = Box<dyn FnOnce() + Send>;

/// Threads that wait for tasks; they end with this value.
pub(super) struct Threads(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    /// Threads that wait and are not meant for a task yet.
    free: usize,
    over: bool,
}

impl Threads {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Has this done at once, by a thread that does nothing else meanwhile.
    ///
    /// # Errors
    /// Nobody is free, and no thread can be started.
    pub(super) fn run(&self, task: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut state = lock(&self.0.state);
        let is_free = state.free > 0;
        state.tasks.push_back(Box::new(task));
        if is_free {
            state.free -= 1;
            self.0.changed.notify_one();
            return Ok(());
        }
        let shared = Arc::clone(&self.0);
        let started = thread::Builder::new()
            .name("run".to_owned())
            .spawn(move || shared.live());
        if started.is_err() {
            state.tasks.pop_back();
        }
        started.map(drop)
    }
}

impl Shared {
    /// A thread's life: a task, then another, until there will be none.
    fn live(&self) {
        let mut state = lock(&self.state);
        loop {
            if let Some(task) = state.tasks.pop_front() {
                drop(state);
                task();
                state = lock(&self.state);
                state.free += 1;
            } else if state.over {
                return;
            } else {
                let woken = self.changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        lock(&self.0.state).over = true;
        self.0.changed.notify_all();
    }
}
