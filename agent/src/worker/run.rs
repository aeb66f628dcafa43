//! One run: sources on, steps, sources off. What is the same for both orders of steps.

use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use aftershake_shared::event::EventBody;
use aftershake_shared::event::step_progress::{Progress, StepProgress, StepResult};
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::scenario::{Order, Program, Scenario, Step};
use aftershake_shared::units::Nanos;

use crate::sys::poll::{self, Bell, Interest};
use crate::sys::thread;
use crate::worker::clock::{self, Clock};
use crate::worker::common::Common;
use crate::worker::endpoint::Endpoint;
use crate::worker::evidence::Evidence;
use crate::worker::evidence::kernel_resets::{KernelResets, Ties};
use crate::worker::process::Process;
use crate::worker::recorder::Recorder;
use crate::worker::steps::outside::NotHere;
use crate::worker::{free, listed};

/// The longest a run may take.
const WALL_LIMIT: Nanos = Nanos::from_millis(30_000);
/// The longest the network may take to come to rest after a step.
const REST_LIMIT: Nanos = Nanos::from_millis(50);
/// How often a watcher is given what is new.
const LIVE_EVERY: Nanos = Nanos::from_millis(20);

/// Ends a run early, from another thread.
pub(crate) struct Cancel {
    asked: AtomicBool,
    pub(crate) bell: Bell,
}

impl Cancel {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            asked: AtomicBool::new(false),
            bell: Bell::new()?,
        })
    }

    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::Release);
        self.bell.ring();
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }
}

/// Everything a run works with.
pub(crate) struct Run<'a, 'r> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) common: &'a Common,
    pub(crate) evidence: &'a mut Evidence,
    pub(crate) recorder: &'a mut Recorder<'r>,
    pub(crate) seed: u64,
    /// Hand events on while the run goes on.
    pub(crate) live: bool,
    /// It speaks Multipath TCP, of which the kernel does a part in a worker of its own.
    pub(crate) mptcp: bool,
    pub(crate) cancel: &'a Cancel,
    /// Threads that make calls.
    pub(crate) threads: Vec<i32>,
    /// The endpoints after their last step: their sockets stay open until the capture has ended.
    pub(crate) kept: Vec<Endpoint<'a>>,
    /// What a step needed and this machine's kernel does not have: the run ends with it.
    pub(crate) not_here: Option<NotHere>,
}

/// Carries out a scenario in this thread's namespace and records it.
///
/// Gives what this machine lacks for it, where that showed only now.
/// `after_last` is called when the last step has ended and nothing has been closed yet.
pub(crate) fn carry_out(
    mut run: Run<'_, '_>,
    mut kernel_resets: Option<&mut KernelResets>,
    after_last: impl FnOnce(&mut Recorder<'_>),
) -> Option<NotHere> {
    if let Some(kernel_resets) = &mut kernel_resets {
        kernel_resets.forget();
    }
    let since = clock::tick();
    run.threads.push(thread::id());
    let results = match run.scenario.order {
        Order::Listed => listed::carry_out(&mut run),
        Order::Free => free::carry_out(&mut run),
    };
    after_last(run.recorder);
    run.finish(&results, kernel_resets, since);
    run.not_here
}

impl<'a> Run<'a, '_> {
    pub(crate) fn clock(&self) -> Clock {
        self.common.clock
    }

    /// A program ready for its first step: a child process where the story needs one, else part of this one.
    pub(crate) fn start_program(&mut self, program: &Program<'_>) -> Endpoint<'a> {
        let mut endpoint = Endpoint::new(program.name, self.common);
        if program.is_child {
            match Process::start(self.scenario, program, self.common) {
                Ok(process) => {
                    self.threads.push(process.thread());
                    endpoint.process = Some(process);
                }
                Err(error) => {
                    let trouble = Trouble::NoProcess {
                        process: program.name.to_owned(),
                        reason: error.to_string(),
                    };
                    self.recorder
                        .note(self.clock().now(), EventBody::Trouble(trouble));
                }
            }
        }
        endpoint
    }

    pub(crate) fn step(&self, number: usize) -> Option<&'a Step> {
        self.scenario.steps.get(number)
    }

    /// Whether the run must end now; notes why.
    pub(crate) fn must_end(&mut self) -> bool {
        if self.not_here.is_some() {
            return true;
        }
        let now = self.clock().now();
        let trouble = if self.cancel.is_asked() {
            Trouble::Cancelled
        } else if now > WALL_LIMIT {
            Trouble::WallLimit {
                seconds: u32::try_from(WALL_LIMIT.0 / 1_000_000_000).unwrap_or(0),
            }
        } else {
            return false;
        };
        self.recorder.note(now, EventBody::Trouble(trouble));
        true
    }

    pub(crate) fn note_step(&mut self, number: usize, progress: Progress) {
        let step = u32::try_from(number).unwrap_or(u32::MAX);
        self.recorder.note(
            self.clock().now(),
            EventBody::Step(StepProgress { step, progress }),
        );
    }

    /// Lets the network come to rest, then notes what every source has to say about this step.
    pub(crate) fn settle(&mut self, number: usize, endpoints: &mut [Endpoint<'_>]) {
        self.take_calls(endpoints);
        self.come_to_rest(number);
        // What a call sends when it returns has to come to rest as well.
        let mut returned = false;
        for endpoint in endpoints.iter_mut() {
            returned |= endpoint.rest_threads();
        }
        if returned {
            self.come_to_rest(number);
        }
        let step = u32::try_from(number).unwrap_or(u32::MAX);
        let clock = self.clock();
        if let Some(segments) = &mut self.evidence.segments {
            segments.drain(&clock, self.recorder);
        }
        if let Some(sockets) = &mut self.evidence.sockets {
            sockets.note_touched(&clock, self.recorder);
        }
        if let Some(counters) = &mut self.evidence.counters {
            counters.note_moved(Some(step), &clock, self.recorder);
        }
        self.hand_on_if_live();
    }

    /// Waits until nothing that was sent is on its way any more; notes it when that takes too long.
    pub(crate) fn come_to_rest(&mut self, number: usize) {
        let step = u32::try_from(number).unwrap_or(u32::MAX);
        let clock = self.clock();
        if let Some(sockets) = &mut self.evidence.sockets {
            let began = clock.now();
            loop {
                if sockets.at_rest() {
                    break;
                }
                if clock.now() - began > REST_LIMIT {
                    self.recorder.note(
                        clock.now(),
                        EventBody::Trouble(Trouble::NotSettled { step }),
                    );
                    break;
                }
                // What has not arrived is worked off by the kernel's own threads: leave them the processor.
                let _ = poll::wait(&[], Some(20_000));
            }
        }
    }

    /// Takes the calls that the endpoints recorded, and tells the watchers which sockets they touched.
    pub(crate) fn take_calls(&mut self, endpoints: &mut [Endpoint<'_>]) {
        let mut calls = Vec::new();
        for endpoint in endpoints {
            endpoint.notice_death();
            calls.extend(endpoint.take_calls());
        }
        if let Some(sockets) = self.evidence.sockets.as_mut().filter(|_| self.mptcp) {
            for call in calls.iter().filter_map(|event| event.body.as_call()) {
                if let (true, Some(local), Some(remote)) =
                    (call.call.lets_go(), call.local, call.remote)
                {
                    sockets.leave_to_worker(local, remote);
                }
            }
        }
        self.recorder.note_all(calls);
        let mut known = self.common.known();
        let touched = std::mem::take(&mut known.touched);
        let listeners = std::mem::take(&mut known.listeners);
        drop(known);
        if let Some(sockets) = &mut self.evidence.sockets {
            for (local, remote) in touched {
                sockets.touch(local, remote);
            }
            for local in listeners {
                sockets.touch_listener(local);
            }
        }
    }

    /// Follows what passes on each connection when a step will need to know.
    pub(crate) fn follow_flows(&mut self) {
        if self
            .scenario
            .steps
            .iter()
            .any(|step| step.does.follows_connection())
        {
            self.recorder.follow_flows();
        }
    }

    /// Notes what the capture holds, and gives a watcher what is new.
    pub(crate) fn drain_segments(&mut self) {
        let clock = self.clock();
        if let Some(segments) = &mut self.evidence.segments {
            segments.drain(&clock, self.recorder);
        }
        self.hand_on_if_live();
    }

    /// Keeps the endpoints' sockets open until the run is over.
    pub(crate) fn keep_open(&mut self, endpoints: Vec<Endpoint<'a>>) {
        self.kept = endpoints;
    }

    fn hand_on_if_live(&mut self) {
        let now = self.clock().now();
        if self.live && self.recorder.waits_since(now, LIVE_EVERY) {
            self.recorder.hand_on(now);
        }
    }

    /// The descriptor of the capture, to wait on.
    pub(crate) fn capture(&self) -> Option<(RawFd, Interest)> {
        self.evidence
            .segments
            .as_ref()
            .map(|segments| (segments.as_raw_fd(), Interest::Readable))
    }

    /// What happens after the last step: everything is read once more and the capture's end is proved.
    ///
    /// The sockets that are still open are closed later: that is no part of the story.
    pub(crate) fn finish(
        &mut self,
        results: &[Option<StepResult>],
        kernel_resets: Option<&mut KernelResets>,
        since: u64,
    ) {
        let clock = self.clock();
        if let Some(sockets) = &mut self.evidence.sockets {
            sockets.note_all(&clock, self.recorder);
        }
        for (number, result) in results.iter().enumerate() {
            if let Some(result) = result {
                self.note_step(number, Progress::Finished(result.clone()));
            }
        }
        if let Some(counters) = &mut self.evidence.counters {
            counters.note_moved(None, &clock, self.recorder);
        }
        if let Some(segments) = &mut self.evidence.segments {
            segments.finish(&clock, self.recorder);
        }
        if let Some(kernel_resets) = kernel_resets {
            let captured = self.recorder.captured_resets().to_vec();
            let cookies = self.common.known().cookies.clone();
            let mut cookies: BTreeSet<u64> = cookies.into_iter().collect();
            if let Some(sockets) = &self.evidence.sockets {
                cookies.extend(&sockets.cookies);
            }
            let ties = Ties {
                cookies: &cookies,
                threads: &self.threads,
                captured: &captured,
                since,
            };
            kernel_resets.note(&ties, &clock, self.recorder);
        }
        self.recorder.hand_on(clock.now());
    }
}
