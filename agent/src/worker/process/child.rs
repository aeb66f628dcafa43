//! The child's side: waits for requests, makes the calls, sends home what came of them. Decides nothing.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, RawFd};

use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::Scenario;

use super::{Answer, Asked, Came, Described, Request};
use crate::sys::process::{Channel, Watch};
use crate::sys::thread;
use crate::worker::common::{Common, Known};
use crate::worker::endpoint::Endpoint;
use crate::worker::steps::{self, Act, Attempt};

/// A child between two requests.
struct Serving<'a> {
    scenario: &'a Scenario,
    endpoint: Endpoint<'a>,
    /// Steps begun and not finished.
    acts: BTreeMap<u32, Box<dyn Act>>,
    /// What each of them waits for.
    watched: BTreeMap<u32, RawFd>,
    watches: &'a [(String, Watch)],
}

/// Serves until the worker is gone or asks for the end; gives the exit code.
pub(super) fn serve(
    scenario: &Scenario,
    name: &str,
    watches: &[(String, Watch)],
    channel: &Channel,
    common: &Common,
) -> i32 {
    // A core dump of the worker's memory helps nobody.
    let _ = thread::forbid_core_dumps();
    let mut endpoint = Endpoint::new(name, common);
    endpoint.is_child = true;
    let mut serving = Serving {
        scenario,
        endpoint,
        acts: BTreeMap::new(),
        watched: BTreeMap::new(),
        watches,
    };
    loop {
        let Ok((bytes, descriptor)) = channel.receive() else {
            return 0;
        };
        let Ok(asked) = serde_json::from_slice::<Asked>(&bytes) else {
            return 1;
        };
        let names = asked.known.names.len();
        *common.known() = asked.known;
        common.number_from(asked.first_number);
        let came = match asked.request {
            Request::Attempt { step } => serving.attempt(step),
            Request::Expire { step } => serving.expire(step),
            Request::Rest => {
                serving.endpoint.blocked.come_to_rest();
                Came::Rested(serving.endpoint.blocked.any_returned())
            }
            Request::Holdings => Came::Holds {
                closed: serving.endpoint.would_close(),
                descriptors: serving.endpoint.holds(),
            },
            Request::Exit { code } => return code.into(),
            Request::Keep { what, socket } => {
                if let Some(descriptor) = descriptor {
                    serving.endpoint.keep_given(what, socket.opened(descriptor));
                }
                Came::Kept
            }
        };
        let given = serving.endpoint.given.pop();
        let mut news: Known = std::mem::take(&mut *common.known());
        news.names.drain(..names.min(news.names.len()));
        let answer = Answer {
            came,
            events: serving.endpoint.take_calls(),
            news,
            next_number: common.next_number(),
            blocks: !serving.endpoint.blocked.is_empty(),
            given: given
                .as_ref()
                .map(|given| (given.to.clone(), given.what, Described::of(&given.opened))),
        };
        let Ok(bytes) = serde_json::to_vec(&answer) else {
            return 1;
        };
        let with = given
            .as_ref()
            .and_then(|given| given.opened.socket.as_ref());
        if channel.send(&bytes, with.map(AsFd::as_fd)).is_err() {
            return 0;
        }
    }
}

impl Serving<'_> {
    fn attempt(&mut self, number: u32) -> Came {
        let step = usize::try_from(number)
            .ok()
            .and_then(|place| self.scenario.steps.get(place));
        let Some(step) = step else {
            return Came::Finished(StepResult::NotRun);
        };
        let act = self
            .acts
            .remove(&number)
            .or_else(|| steps::begin(number, step));
        let Some(mut act) = act else {
            return Came::Finished(StepResult::NotRun);
        };
        let mut watches = self.watches.iter();
        let watch = watches
            .find(|(name, _)| *name == step.by)
            .map(|(_, watch)| watch);
        if let (Some(fd), Some(watch)) = (self.watched.remove(&number), watch) {
            watch.end(fd);
        }
        // Who waits inside a call and has been woken goes on first, as on the machine.
        self.endpoint.blocked.come_to_rest();
        match act.attempt(&mut self.endpoint) {
            Attempt::Finished(result) => Came::Finished(result),
            Attempt::Waits(fd, interest) => {
                // Where it cannot be watched, the step is tried again when others have moved on.
                if watch.is_some_and(|watch| watch.begin(fd, interest).is_ok()) {
                    self.watched.insert(number, fd);
                }
                self.acts.insert(number, act);
                Came::Waits
            }
        }
    }

    fn expire(&mut self, number: u32) -> Came {
        if let Some(mut act) = self.acts.remove(&number) {
            act.expire(&mut self.endpoint);
        }
        Came::Finished(StepResult::Timeout)
    }
}
