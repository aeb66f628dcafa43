//! The order `free`: every endpoint is a thread of its own, and all begin at once. Races are wanted here.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Barrier, Condvar, Mutex, MutexGuard, PoisonError};

use aftershake_shared::event::step_progress::{Progress, StepProgress, StepResult};
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::scenario::steps::{Actor, StepKind};
use aftershake_shared::scenario::{OUTSIDE, Scenario, Step};
use aftershake_shared::units::Nanos;

use crate::sys::poll::{self, Bell, Interest};
use crate::sys::thread;
use crate::worker::common::Common;
use crate::worker::endpoint::Endpoint;
use crate::worker::process::{End, Remote, ends};
use crate::worker::random;
use crate::worker::run::{Cancel, Run};
use crate::worker::steps::outside::{NotHere, Outside};
use crate::worker::steps::{self, Attempt};

/// How often the watching thread empties the capture while there is something to see. Waking for every segment
/// instead would take a processor from those who race; the smallest capture holds some 270 segments.
const LOOK: Nanos = Nanos::from_micros(100);
/// How often it looks whether anything can still happen while there is not; a segment wakes it at once then.
const LAZY_LOOK: Nanos = Nanos::from_micros(1_000);
/// Time without any change after which a run of waiting threads has ended.
const QUIET: Nanos = Nanos::from_micros(6_000);

/// What the threads of one run share.
struct Stage<'a> {
    scenario: &'a Scenario,
    common: &'a Common,
    cancel: &'a Cancel,
    seed: u64,
    programs: Vec<Running<'a>>,
    start: Barrier,
    /// Rung when nothing can happen any more.
    curtain: Bell,
    /// Rung when no thread has steps left: the watching thread need not find out by itself.
    all_done: Bell,
    finished: Mutex<BTreeSet<usize>>,
    one_finished: Condvar,
    /// Threads that have steps left.
    acting: AtomicU32,
    /// What each thread that waits without a time limit waits for, by its name.
    waiting: Mutex<BTreeMap<String, WaitsFor>>,
    /// Grows with every attempt: a sign of life.
    moves: AtomicU64,
}

/// What would let a waiting thread go on.
#[derive(Clone, Copy)]
enum WaitsFor {
    Descriptor(RawFd, Interest),
    /// The step at this place has finished.
    Step(usize),
}

/// A program: its endpoints' threads make their calls in turn, each call without waiting.
struct Running<'a> {
    process: String,
    endpoint: Mutex<Endpoint<'a>>,
    /// Rung when its process has ended.
    ended: Bell,
}

/// What a thread brings back.
struct Performance<'a> {
    outside: Outside<'a>,
    not_here: Option<NotHere>,
    events: Vec<Event>,
    left_over: Vec<(usize, StepResult)>,
    thread: i32,
}

/// Carries out the steps; returns for each that did not finish how it ended.
pub(crate) fn carry_out(run: &mut Run<'_, '_>) -> Vec<Option<StepResult>> {
    let _ = thread::exact_timers();
    let mut names = run.scenario.endpoints();
    if run.scenario.steps.iter().any(|step| step.by == OUTSIDE) {
        names.push(OUTSIDE);
    }
    let count = u32::try_from(names.len()).unwrap_or(0);
    let mut results = vec![None; run.scenario.steps.len()];
    let (Ok(curtain), Ok(all_done)) = (Bell::new(), Bell::new()) else {
        return vec![Some(StepResult::NotRun); results.len()];
    };
    // Before any thread is there: a copy of this process has only the thread that made it.
    let mut programs = Vec::new();
    for program in run.scenario.processes() {
        let endpoint = Mutex::new(run.start_program(&program));
        let Ok(ended) = Bell::new() else {
            return vec![Some(StepResult::NotRun); results.len()];
        };
        let process = program.name.to_owned();
        programs.push(Running {
            process,
            endpoint,
            ended,
        });
    }
    let stage = Stage {
        programs,
        scenario: run.scenario,
        common: run.common,
        cancel: run.cancel,
        seed: run.seed,
        start: Barrier::new(names.len()),
        curtain,
        all_done,
        finished: Mutex::default(),
        one_finished: Condvar::new(),
        acting: AtomicU32::new(count),
        waiting: Mutex::default(),
        moves: AtomicU64::new(0),
    };
    let performances: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(|| stage.perform(name)))
            .collect();
        watch(run, &stage);
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    for performance in performances {
        run.threads.push(performance.thread);
        run.recorder.note_all(performance.events);
        run.not_here = run.not_here.take().or(performance.not_here);
        for (number, result) in performance.left_over {
            if let Some(slot) = results.get_mut(number) {
                *slot = Some(result);
            }
        }
    }
    let programs = stage.programs.into_iter();
    let endpoints = programs.map(|program| {
        let endpoint = program.endpoint.into_inner();
        endpoint.unwrap_or_else(PoisonError::into_inner)
    });
    let mut endpoints: Vec<_> = endpoints.collect();
    run.take_calls(&mut endpoints);
    run.come_to_rest(run.scenario.steps.len().saturating_sub(1));
    run.drain_segments();
    run.keep_open(endpoints);
    results
}

/// Keeps the capture empty until every thread is done or nothing can happen any more.
fn watch(run: &mut Run<'_, '_>, stage: &Stage<'_>) {
    let clock = stage.common.clock;
    let mut last_moves = 0;
    let mut quiet_since = clock.now();
    let mut lazy = false;
    let bells = [run.cancel.bell.as_raw_fd(), stage.all_done.as_raw_fd()];
    let bells = bells.map(|bell| (bell, Interest::Readable));
    let with_capture: Vec<_> = bells.into_iter().chain(run.capture()).collect();
    while stage.acting.load(Ordering::Acquire) > 0 {
        let ready = if lazy {
            poll::wait(&with_capture, Some(LAZY_LOOK.0))
        } else {
            poll::wait(&bells, Some(LOOK.0))
        };
        // The capture is the last one asked; when it was not, only a step's move says that there is life.
        let segment_came = lazy && ready.is_ok_and(|ready| ready.last() == Some(&true));
        run.drain_segments();
        run.take_calls(&mut []);
        stage.notice_deaths();
        let moves = stage.moves.load(Ordering::Acquire);
        lazy = moves == last_moves && !segment_came;
        if moves != last_moves || !stage.is_stuck() {
            quiet_since = clock.now();
        }
        last_moves = moves;
        let sockets = run.evidence.sockets.as_ref();
        let over = clock.now() - quiet_since > QUIET
            && !sockets.is_some_and(crate::worker::evidence::sockets::Sockets::any_timer_runs);
        if over || run.must_end() {
            stage.curtain.ring();
            // Under the lock: a thread between its look and its wait would miss the call.
            let _finished = stage
                .finished
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            stage.one_finished.notify_all();
            return;
        }
    }
}

impl<'a> Stage<'a> {
    /// Whether every thread waits for something that has not come. One that could go on may merely not have had
    /// the processor yet.
    fn is_stuck(&self) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let acting = self.acting.load(Ordering::Acquire) as usize;
        if waiting.len() < acting {
            return false;
        }
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let can_go_on = waiting.values().any(|waits_for| match waits_for {
            WaitsFor::Step(step) => finished.contains(step),
            WaitsFor::Descriptor(fd, interest) => {
                poll::wait(&[(*fd, *interest)], Some(0)).is_ok_and(|ready| ready == [true])
            }
        });
        drop((waiting, finished));
        !can_go_on && !self.programs.iter().any(Running::is_woken)
    }

    /// Whoever waits in a process that has ended unasked wakes up.
    fn notice_deaths(&self) {
        for running in &self.programs {
            // One that is being asked right now notices by itself.
            if let Ok(mut endpoint) = running.endpoint.try_lock() {
                endpoint.notice_death();
                running.tell_end(&endpoint);
            }
        }
    }

    fn note_waiting(&self, name: &str, waits_for: Option<WaitsFor>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waits_for {
            Some(waits_for) => waiting.insert(name.to_owned(), waits_for),
            None => waiting.remove(name),
        };
    }

    fn perform(&self, name: &str) -> Performance<'a> {
        let _ = thread::exact_timers();
        let mut performance = Performance {
            outside: Outside::new(self.common, self.scenario),
            not_here: None,
            events: Vec::new(),
            left_over: Vec::new(),
            thread: thread::id(),
        };
        self.start.wait();
        let mut ended = false;
        for (number, step) in self.scenario.steps.iter().enumerate() {
            if step.by != name {
                continue;
            }
            if ended || self.is_curtain() || !self.wait_for_after(step) {
                performance.left_over.push((number, StepResult::NotRun));
                ended = true;
                continue;
            }
            if let Some(delay) = step.delay {
                self.hold(self.common.clock.now() + delay.0);
            }
            performance.note(self, number, Progress::Started);
            let Some(result) = self.act(number, step, &mut performance) else {
                performance.left_over.push((number, StepResult::Waiting));
                ended = true;
                continue;
            };
            performance.note(self, number, Progress::Finished(result));
            self.finished
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number);
            self.one_finished.notify_all();
        }
        if self.acting.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.all_done.ring();
        }
        performance
    }

    /// Performs a step; `None` when the run ended before it could finish.
    fn act(&self, number: usize, step: &Step, performance: &mut Performance) -> Option<StepResult> {
        let clock = self.common.clock;
        let order = u32::try_from(number).unwrap_or(0);
        if let StepKind::Sleep(sleep) = &step.does {
            self.hold(clock.now() + sleep.time(random::uniform(self.seed, order)).0);
            return (!self.is_curtain()).then_some(StepResult::Done);
        }
        if let Some((of, end)) = ends(step) {
            return Some(self.end_process(order, of, &end));
        }
        if step.does.actor() == Actor::Outside {
            let performed = performance.outside.perform(order, step, None);
            performance.events.extend(performed.event);
            performance.not_here = performance.not_here.take().or(performed.not_here);
            return Some(performed.result);
        }
        let Some(running) = self.program_of(&step.by) else {
            return Some(StepResult::Done);
        };
        // A step that had not begun when its process ended never will.
        if running.has_ended() {
            return Some(StepResult::NotRun);
        }
        let remote = running.lock().process.is_some();
        let act = if remote {
            Some(Remote::begin(order, step))
        } else {
            steps::begin(order, step)
        };
        let Some(mut act) = act else {
            return Some(StepResult::Done);
        };
        let deadline = step.does.timeout().map(|span| clock.now() + span.0);
        let mut parked = false;
        loop {
            self.moves.fetch_add(1, Ordering::AcqRel);
            let (fd, interest) = match running.with(|endpoint| act.attempt(endpoint)) {
                Attempt::Finished(result) => return Some(result),
                Attempt::Waits(fd, interest) => (fd, interest),
            };
            if deadline.is_some_and(|deadline| clock.now() >= deadline) {
                running.with(|endpoint| act.expire(endpoint));
                return Some(StepResult::Timeout);
            }
            if !parked {
                performance.note(self, number, Progress::Parked);
                parked = true;
            }
            if self.is_over(&step.by, (fd, interest), deadline, &running.ended) {
                return None;
            }
            if running.has_ended() {
                return Some(StepResult::Killed);
            }
        }
    }

    fn program_of(&self, endpoint: &str) -> Option<&Running<'a>> {
        let process = self.scenario.process_of(endpoint);
        let mut all = self.programs.iter();
        all.find(|running| running.process == process)
    }

    /// Ends a process; whoever waits in it wakes up.
    fn end_process(&self, step: u32, of: &str, end: &End) -> StepResult {
        let Some(running) = self.program_of(of) else {
            return StepResult::NotRun;
        };
        let ended = running.lock().end_process(step, end);
        running.ended.ring();
        if ended {
            StepResult::Done
        } else {
            StepResult::NotRun
        }
    }

    /// Waits for a descriptor; says whether the run ended instead.
    fn is_over(
        &self,
        name: &str,
        (fd, interest): (RawFd, Interest),
        deadline: Option<Nanos>,
        ended: &Bell,
    ) -> bool {
        let limit = deadline.map(|deadline| (deadline - self.common.clock.now()).0);
        let fds = [
            (fd, interest),
            (self.curtain.as_raw_fd(), Interest::Readable),
            (self.cancel.bell.as_raw_fd(), Interest::Readable),
            (ended.as_raw_fd(), Interest::Readable),
        ];
        let waits_for = WaitsFor::Descriptor(fd, interest);
        self.note_waiting(name, limit.is_none().then_some(waits_for));
        let ready = poll::wait(&fds, limit).unwrap_or_default();
        self.note_waiting(name, None);
        matches!(
            ready.as_slice(),
            [false, true, _, false] | [false, _, true, false]
        )
    }

    /// Waits until the step that this one comes after has finished; `false` when the run ended before.
    fn wait_for_after(&self, step: &Step) -> bool {
        let Some(after) = &step.after else {
            return true;
        };
        let position = self
            .scenario
            .steps
            .iter()
            .position(|other| other.name.as_ref() == Some(after));
        let Some(position) = position else {
            return true;
        };
        self.note_waiting(&step.by, Some(WaitsFor::Step(position)));
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let mut came = finished.contains(&position);
        while !came && !self.is_curtain() {
            finished = self
                .one_finished
                .wait(finished)
                .unwrap_or_else(PoisonError::into_inner);
            came = finished.contains(&position);
        }
        drop(finished);
        self.note_waiting(&step.by, None);
        came
    }

    fn is_curtain(&self) -> bool {
        let bells = [self.curtain.as_raw_fd(), self.cancel.bell.as_raw_fd()];
        let fds = bells.map(|fd| (fd, Interest::Readable));
        poll::wait(&fds, Some(0)).is_ok_and(|ready| ready.contains(&true))
    }

    /// Lets time pass, exactly: the last part is spent watching the clock, for a timer wakes late.
    ///
    /// Who watches leaves its processor to whoever wants it, as one that sleeps does. Otherwise a delay shorter than
    /// the watching would not delay at all: the program that should overtake waits for the same processor.
    fn hold(&self, until: Nanos) {
        const WATCHED: Nanos = Nanos::from_micros(80);
        loop {
            let left = until - self.common.clock.now();
            if left == Nanos(0) || self.cancel.is_asked() {
                return;
            }
            if left > WATCHED {
                let bells = [self.cancel.bell.as_raw_fd(), self.curtain.as_raw_fd()];
                let bells = bells.map(|bell| (bell, Interest::Readable));
                let rung = poll::wait(&bells, Some((left - WATCHED).0));
                if rung.is_ok_and(|rung| rung.contains(&true)) {
                    return;
                }
            } else {
                std::thread::yield_now();
            }
        }
    }
}

impl<'a> Running<'a> {
    fn lock(&self) -> MutexGuard<'_, Endpoint<'a>> {
        self.endpoint.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the endpoint do something, which may show that its process has ended.
    fn with<T>(&self, act: impl FnOnce(&mut Endpoint<'a>) -> T) -> T {
        let mut endpoint = self.lock();
        let result = act(&mut endpoint);
        self.tell_end(&endpoint);
        result
    }

    /// Whoever waits in its process wakes up where that has ended, whoever found out.
    fn tell_end(&self, endpoint: &Endpoint<'_>) {
        if endpoint.is_gone() && !self.has_ended() {
            self.ended.ring();
        }
    }

    /// Whether a thread of it that waits inside a call has been woken, or it is just being asked for something.
    fn is_woken(&self) -> bool {
        match self.endpoint.try_lock() {
            Ok(mut endpoint) => {
                let woken = endpoint.rest_threads();
                self.tell_end(&endpoint);
                woken
            }
            Err(_) => true,
        }
    }

    fn has_ended(&self) -> bool {
        let rung = poll::wait(&[(self.ended.as_raw_fd(), Interest::Readable)], Some(0));
        rung.is_ok_and(|rung| rung == [true])
    }
}

impl Performance<'_> {
    fn note(&mut self, stage: &Stage<'_>, number: usize, progress: Progress) {
        let step = u32::try_from(number).unwrap_or(u32::MAX);
        let body = EventBody::Step(StepProgress { step, progress });
        self.events.push(Event {
            id: EventId(0),
            at: stage.common.clock.now(),
            body,
        });
    }
}
