//! The order `listed`: steps begin strictly in list order, each after the network has come to rest.
//!
//! Deterministic without sleeps: one thread makes every call of every endpoint, without blocking. A call that
//! cannot go on is parked and completed as soon as the kernel says it can. The rules are in `docs/scenarios.md`.

use std::os::fd::{AsRawFd, RawFd};

use aftershake_shared::event::step_progress::{Progress, StepResult};
use aftershake_shared::scenario::steps::StepKind;
use aftershake_shared::scenario::{OUTSIDE, Step};
use aftershake_shared::units::Nanos;

use crate::sys::poll::{self, Interest};
use crate::sys::thread;
use crate::worker::clock::Ticks;
use crate::worker::endpoint::{Endpoint, Given};
use crate::worker::process::{End, Remote, ends};
use crate::worker::random;
use crate::worker::run::Run;
use crate::worker::steps::outside::Outside;
use crate::worker::steps::{self, Act, Attempt};

/// While a kernel timer runs, parked steps are looked at this often; and child processes, while anything is waited for.
const TIMER_LOOK: u64 = 10_000_000;
/// The longest the kernel's worker of Multipath TCP may take to tell a program that the other end has finished.
const WORKER_LIMIT: Nanos = Nanos::from_millis(500);
/// The last part of a wait is spent watching the clock: a timer wakes some 50 us late.
const WATCHED: Nanos = Nanos::from_micros(80);

/// A step that waits.
struct Parked {
    step: usize,
    act: Box<dyn Act>,
    waits_for: (RawFd, Interest),
    deadline: Option<Nanos>,
    /// Its endpoint's place in the list of endpoints.
    endpoint: usize,
}

/// The state of a run in list order.
struct Listed<'l, 'a, 'r> {
    run: &'l mut Run<'a, 'r>,
    endpoints: Vec<Endpoint<'a>>,
    outside: Outside<'a>,
    /// In order of their steps.
    parked: Vec<Parked>,
    finished: Vec<bool>,
    next: usize,
}

/// Carries out the steps; returns for each that did not finish how it ended.
pub(crate) fn carry_out(run: &mut Run<'_, '_>) -> Vec<Option<StepResult>> {
    // One processor for all: its queue of the loopback interface then keeps the order of the calls.
    let cpus = thread::allowed_cpus();
    let _ = thread::pin_to(thread::current_cpu());
    let _ = thread::exact_timers();
    let scenario = run.scenario;
    let endpoints = scenario
        .processes()
        .iter()
        .map(|program| run.start_program(program))
        .collect();
    let finished = vec![false; scenario.steps.len()];
    let outside = Outside::new(run.common, run.scenario);
    run.follow_flows();
    let mut listed = Listed {
        run,
        endpoints,
        outside,
        parked: Vec::new(),
        finished,
        next: 0,
    };
    listed.go();
    listed.run.take_calls(&mut listed.endpoints);
    let results = listed.left_over();
    // Keeps every socket open until the capture has ended.
    let _ = thread::allow_cpus(&cpus);
    let kept = listed.endpoints;
    run.keep_open(kept);
    results
}

/// Waits for the beginning of a tick, asleep.
///
/// A delayed ACK is sent on a tick. One that came between a step and the one that follows it at once would let the
/// net come to rest after all, in one run of some hundreds. Who has just been woken also keeps the processor longest.
fn begin_after_tick() {
    /// On a busy machine a thread that wakes may get the processor late, and then tries again.
    const TRIES: u32 = 8;
    let ticks = Ticks::find();
    for _ in 0..TRIES {
        let _ = poll::wait(&[], Some(ticks.until_next()));
        if ticks.is_early() {
            return;
        }
    }
}

impl Listed<'_, '_, '_> {
    fn go(&mut self) {
        while !self.run.must_end() {
            if self.can_begin(self.next) {
                let number = self.next;
                self.next += 1;
                self.begin(number);
                if !self.follows_at_once(self.next) {
                    self.run.settle(number, &mut self.endpoints);
                    self.complete_ready();
                }
            } else if !self.wait_for_parked() {
                return;
            }
        }
    }

    /// Whether this step's endpoint is idle and what it comes after has finished.
    fn can_begin(&self, number: usize) -> bool {
        let Some(step) = self.run.step(number) else {
            return false;
        };
        let idle = step.by == OUTSIDE
            || !self
                .parked
                .iter()
                .any(|parked| self.run.step(parked.step).is_some_and(|p| p.by == step.by));
        let after_finished = step.after.as_ref().is_none_or(|after| {
            let mut steps = self.run.scenario.steps.iter().zip(&self.finished);
            steps.any(|(earlier, finished)| earlier.name.as_ref() == Some(after) && *finished)
        });
        idle && after_finished
    }

    fn follows_at_once(&self, number: usize) -> bool {
        self.run.step(number).is_some_and(|step| step.at_once) && self.can_begin(number)
    }

    fn begin(&mut self, number: usize) {
        let Some(step) = self.run.step(number) else {
            return;
        };
        let step = step.clone();
        let clock = self.run.clock();
        if let Some(delay) = step.delay {
            let until = clock.now() + delay.0;
            if step.at_once {
                self.hold(until);
            } else {
                self.pause(until);
            }
        }
        let next = self.run.step(number + 1);
        if !step.at_once && next.is_some_and(|next| next.at_once) {
            begin_after_tick();
        }
        self.run.note_step(number, Progress::Started);
        if let StepKind::Sleep(sleep) = &step.does {
            let random = random::uniform(self.run.seed, u32::try_from(number).unwrap_or(0));
            self.pause(clock.now() + sleep.time(random).0);
            self.finish(number, StepResult::Done);
        } else if let StepKind::Sample(_) = &step.does {
            if let Some(sockets) = &mut self.run.evidence.sockets {
                sockets.note_all(&clock, self.run.recorder);
            }
            self.finish(number, StepResult::Done);
        } else if let Some((process, end)) = ends(&step) {
            self.end_process(number, process, &end);
        } else if step.by == OUTSIDE {
            self.act_from_outside(number, &step);
        } else {
            self.act(number, &step);
        }
    }

    /// Lets `outside` act: it never waits.
    fn act_from_outside(&mut self, number: usize, step: &Step) {
        self.run.drain_segments();
        let order = u32::try_from(number).unwrap_or(0);
        let flows = self.run.recorder.flows();
        let performed = self.outside.perform(order, step, flows);
        if let Some(event) = performed.event {
            self.run.recorder.note(event.at, event.body);
        }
        self.run.not_here = performed.not_here;
        self.finish(number, performed.result);
    }

    /// Ends a process; what its endpoints wait for ends with it.
    fn end_process(&mut self, number: usize, of: &str, end: &End) {
        let Some(place) = self.place_of(of) else {
            return;
        };
        let step = u32::try_from(number).unwrap_or(0);
        let ended = self
            .endpoints
            .get_mut(place)
            .is_some_and(|endpoint| endpoint.end_process(step, end));
        let (gone, left) = std::mem::take(&mut self.parked)
            .into_iter()
            .partition(|parked| parked.endpoint == place);
        self.parked = left;
        let gone: Vec<Parked> = gone;
        for parked in gone {
            self.finish(parked.step, StepResult::Killed);
        }
        let result = if ended {
            StepResult::Done
        } else {
            StepResult::NotRun
        };
        self.finish(number, result);
    }

    /// Where the process of that endpoint is in the list.
    fn place_of(&self, endpoint: &str) -> Option<usize> {
        let process = self.run.scenario.process_of(endpoint);
        let mut all = self.endpoints.iter();
        all.position(|endpoint| endpoint.name == process)
    }

    /// Brings descriptors that were handed over to whoever gets them.
    fn deliver(&mut self) {
        let given: Vec<_> = self
            .endpoints
            .iter_mut()
            .flat_map(|endpoint| std::mem::take(&mut endpoint.given))
            .collect();
        for Given { to, what, opened } in given {
            let place = self.place_of(&to);
            if let Some(endpoint) = place.and_then(|place| self.endpoints.get_mut(place)) {
                endpoint.take_given(what, opened);
            }
        }
    }

    /// Makes the first attempt at what an endpoint does.
    fn act(&mut self, number: usize, step: &Step) {
        let endpoint = self.place_of(&step.by);
        let order = u32::try_from(number).unwrap_or(0);
        let remote = endpoint
            .and_then(|place| self.endpoints.get(place))
            .is_some_and(|endpoint| endpoint.process.is_some());
        let act = if remote {
            Some(Remote::begin(order, step))
        } else {
            steps::begin(order, step)
        };
        let (Some(endpoint), Some(mut act)) = (endpoint, act) else {
            return;
        };
        let now = self.run.clock().now();
        let deadline = step.does.timeout().map(|span| now + span.0);
        let Some(acting) = self.endpoints.get_mut(endpoint) else {
            return;
        };
        match act.attempt(acting) {
            Attempt::Finished(result) => {
                self.deliver();
                self.finish(number, result);
            }
            Attempt::Waits(fd, interest) => self.park(Parked {
                step: number,
                act,
                waits_for: (fd, interest),
                deadline,
                endpoint,
            }),
        }
    }

    /// Sets a step aside. It counts as parked once the net is at rest and poll still says not ready.
    fn park(&mut self, parked: Parked) {
        let step = parked.step;
        let at = self.parked.partition_point(|other| other.step < step);
        self.parked.insert(at, parked);
        if self.follows_at_once(self.next) {
            return;
        }
        self.run.settle(step, &mut self.endpoints);
        self.complete_ready();
        if self.parked.iter().any(|parked| parked.step == step) {
            self.run.note_step(step, Progress::Parked);
        }
    }

    fn finish(&mut self, number: usize, result: StepResult) {
        if let Some(finished) = self.finished.get_mut(number) {
            *finished = true;
        }
        self.run.note_step(number, Progress::Finished(result));
    }

    /// Completes every parked step that can go on or whose time is over, the first in the list first.
    fn complete_ready(&mut self) {
        // Steps that were ready and went on without finishing; they have their turn again when one has finished.
        let mut went_on = Vec::new();
        while let Some(at) = self.first_ready(&went_on) {
            let step = self.parked.get(at).map_or(0, |parked| parked.step);
            if self.complete(at) {
                went_on.clear();
            } else {
                went_on.push(step);
            }
        }
    }

    /// The place of the first parked step that is ready or whose time is over, these steps left out.
    fn first_ready(&self, but: &[usize]) -> Option<usize> {
        if self.parked.is_empty() {
            return None;
        }
        let now = self.run.clock().now();
        let fds: Vec<_> = self.parked.iter().map(|parked| parked.waits_for).collect();
        let ready = poll::wait(&fds, Some(0)).unwrap_or_default();
        let is_over = |parked: &Parked| parked.deadline.is_some_and(|deadline| now >= deadline);
        // What it waited for can no longer be ready: its process took it along.
        let is_lost = |parked: &Parked| {
            let endpoint = self.endpoints.get(parked.endpoint);
            endpoint.is_some_and(Endpoint::is_gone)
        };
        let mut parked = self.parked.iter().zip(ready);
        parked.position(|(parked, ready)| {
            let goes_on = ready || is_over(parked) || is_lost(parked);
            !but.contains(&parked.step) && goes_on
        })
    }

    /// Lets one parked step go on; says whether it got anywhere.
    fn complete(&mut self, at: usize) -> bool {
        if at >= self.parked.len() {
            return false;
        }
        let mut parked = self.parked.remove(at);
        let Some(endpoint) = self.endpoints.get_mut(parked.endpoint) else {
            return false;
        };
        let result = match parked.act.attempt(endpoint) {
            Attempt::Finished(result) => result,
            Attempt::Waits(fd, interest) => {
                let now = self.run.clock().now();
                if parked.deadline.is_none_or(|deadline| now < deadline) {
                    parked.waits_for = (fd, interest);
                    self.parked.insert(at, parked);
                    return false;
                }
                parked.act.expire(endpoint);
                StepResult::Timeout
            }
        };
        self.finish(parked.step, result);
        self.run.settle(parked.step, &mut self.endpoints);
        true
    }

    /// Waits until a parked step goes on; `false` when none ever will.
    fn wait_for_parked(&mut self) -> bool {
        if self.parked.is_empty() {
            return false;
        }
        if self.first_ready(&[]).is_some() {
            self.complete_ready();
            return true;
        }
        let now = self.run.clock().now();
        let deadline = self
            .parked
            .iter()
            .filter_map(|parked| parked.deadline)
            .min();
        let sockets = self.run.evidence.sockets.as_ref();
        let timer_runs =
            sockets.is_some_and(crate::worker::evidence::sockets::Sockets::any_timer_runs);
        let limit = match (deadline, timer_runs) {
            (None, false) => return self.something_arrives(),
            (None, true) => TIMER_LOOK,
            (Some(deadline), false) => (deadline - now).0,
            (Some(deadline), true) => (deadline - now).0.min(TIMER_LOOK),
        };
        self.wait(limit);
        self.complete_ready();
        true
    }

    /// The last look before the run ends: what is still on its way may let a parked step go on.
    fn something_arrives(&mut self) -> bool {
        if let Some(sockets) = &mut self.run.evidence.sockets {
            sockets.touch_all();
        }
        let last = self.next.saturating_sub(1);
        self.run.settle(last, &mut self.endpoints);
        if self.run.mptcp {
            self.wait_for_worker();
        }
        self.first_ready(&[]).is_some()
    }

    /// Gives the kernel's worker of Multipath TCP, which no look-up shows, time to wake a parked step.
    fn wait_for_worker(&mut self) {
        let until = self.run.clock().now() + WORKER_LIMIT;
        while self.first_ready(&[]).is_none() && !self.run.cancel.is_asked() {
            let left = until - self.run.clock().now();
            if left == Nanos(0) {
                return;
            }
            self.wait(left.0);
        }
    }

    /// Waits for a parked step, a segment or a cancel, at most this many nanoseconds.
    fn wait(&mut self, limit: u64) {
        let mut fds: Vec<_> = self.parked.iter().map(|parked| parked.waits_for).collect();
        fds.push((self.run.cancel.bell.as_raw_fd(), Interest::Readable));
        fds.extend(self.run.capture());
        let others = fds.len();
        fds.extend(self.endpoints.iter().filter_map(Endpoint::end_sign));
        // Who dies unasked was last seen alive at such a look: the nearer, the better is known when it was.
        let limit = if fds.len() > others {
            limit.min(TIMER_LOOK)
        } else {
            limit
        };
        let _ = poll::wait(&fds, Some(limit));
        self.run.drain_segments();
        for endpoint in &mut self.endpoints {
            endpoint.notice_death();
        }
    }

    /// Lets time pass; parked steps go on meanwhile.
    fn pause(&mut self, until: Nanos) {
        loop {
            let left = until - self.run.clock().now();
            if left <= WATCHED || self.run.cancel.is_asked() {
                return self.hold(until);
            }
            let next_deadline = self
                .parked
                .iter()
                .filter_map(|parked| parked.deadline)
                .min();
            let now = self.run.clock().now();
            let span = next_deadline.map_or(left - WATCHED, |deadline| {
                (deadline - now).min(left - WATCHED)
            });
            self.wait(span.0);
            self.complete_ready();
        }
    }

    /// Lets time pass and does nothing else.
    fn hold(&self, until: Nanos) {
        let clock = self.run.clock();
        loop {
            let left = until - clock.now();
            if left == Nanos(0) || self.run.cancel.is_asked() {
                return;
            }
            if left > WATCHED {
                let _ = poll::wait(
                    &[(self.run.cancel.bell.as_raw_fd(), Interest::Readable)],
                    Some((left - WATCHED).0),
                );
            } else {
                std::hint::spin_loop();
            }
        }
    }

    /// How each step that did not finish ended: it still waits, or it never began.
    fn left_over(&self) -> Vec<Option<StepResult>> {
        let steps = self.finished.iter().enumerate();
        steps
            .map(|(number, finished)| {
                let waits = self.parked.iter().any(|parked| parked.step == number);
                match (finished, waits) {
                    (true, _) => None,
                    (false, true) => Some(StepResult::Waiting),
                    (false, false) => Some(StepResult::NotRun),
                }
            })
            .collect()
    }
}
