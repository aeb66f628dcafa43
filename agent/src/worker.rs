//! The worker: a child process in a user namespace of its own that carries out runs, each in a fresh network namespace.
//!
//! Started by the other commands, never by a person. Ends with its parent, whatever happens. One thread prepares
//! the next namespace while nothing runs, so that a request finds everything ready.

mod beside;
mod blocked;
mod clock;
mod common;
mod enclosed;
mod endpoint;
mod evidence;
mod exec;
mod facilities;
mod free;
mod listed;
mod many;
mod process;
pub mod protocol;
mod random;
mod recorder;
mod run;
mod steps;
mod sysctl;
mod threads;

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use aftershake_shared::channel::Failure;
use aftershake_shared::event::call::Returned;
use aftershake_shared::event::outside_acted::{OutsideAct, OutsideActed};
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};
use aftershake_shared::recording::{Environment, FORMAT_VERSION, Header};
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::facility::Facility;
use aftershake_shared::units::Nanos;

use crate::sys::{self, namespace};
use clock::Clock;
use common::Common;
use evidence::Evidence;
use evidence::kernel_resets::KernelResets;
use protocol::{RunRequest, WorkerReply, WorkerRequest};
use recorder::Recorder;
use run::{Cancel, Run};

/// What this machine lacks to run anything, with the way out.
pub const NO_NAMESPACE_REMEDY: &str = "allow user namespaces: as root `sysctl kernel.unprivileged_userns_clone=1` \
    (Debian), `sysctl kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu 24.04), \
    `sysctl user.max_user_namespaces=10000`; in a container add `--cap-add SYS_ADMIN`; or run as root";

/// How a failure begins that is about what one scenario needs, and not about running anything.
pub const NOT_HERE: &str = "not on this machine: ";

/// One run on its way to the thread that does it.
struct Job {
    request: RunRequest,
    scenario: Scenario,
    /// When the request was read.
    asked: u64,
    /// A setting of the namespace that the scenario does not make.
    sysctl: Option<(String, u64)>,
    cancel: Arc<Cancel>,
}

/// What the threads of a worker share.
struct Shared {
    kernel_resets: Mutex<Result<KernelResets, Trouble>>,
    /// The thread whose namespace is ready.
    ready: Mutex<Option<Sender<Job>>>,
    became_ready: Condvar,
    /// No namespace is being made ready, since the run begun last was to be the last.
    is_last: Mutex<bool>,
    current: Mutex<Option<Arc<Cancel>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads requests from stdin until its end; never returns.
pub fn serve() -> ! {
    let parent = sys::thread::parent_id();
    let _ = sys::thread::die_with_parent();
    let _ = sys::thread::allow_most_files();
    let kernel_resets = if evidence::calls_only() {
        Err(evidence::switched_off(Source::KernelResets))
    } else {
        KernelResets::start()
    };
    facilities::look_at_machine();
    let entered = enter();
    // Entering a user namespace forgets the wish to die with the parent.
    let _ = sys::thread::die_with_parent();
    if sys::thread::parent_id() != parent {
        sys::thread::exit_now(0);
    }
    let shared = Arc::new(Shared {
        kernel_resets: Mutex::new(kernel_resets),
        ready: Mutex::new(None),
        became_ready: Condvar::new(),
        is_last: Mutex::new(false),
        current: Mutex::new(None),
    });
    if entered.is_ok() {
        prepare_next(&shared);
    }
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str(&line) {
            Ok(WorkerRequest::Cancel) => {
                if let Some(cancel) = lock(&shared.current).as_ref() {
                    cancel.ask();
                }
            }
            Ok(WorkerRequest::Run(request)) => match &entered {
                Ok(()) => dispatch(&shared, request),
                Err(error) => fail_without_namespace(error),
            },
            Ok(WorkerRequest::Many(request)) => match &entered {
                Ok(()) => many::begin(&shared, request),
                Err(error) => fail_without_namespace(error),
            },
            Ok(WorkerRequest::Exec(request)) => match &entered {
                Ok(()) => exec::begin(&shared, request),
                Err(error) => fail_without_namespace(error),
            },
            Err(error) => fail(
                4,
                format!("the worker did not understand its parent: {error}"),
                "",
            ),
        }
    }
    // The kernel takes up to 100 ms to end what is open here, and whoever reads our parent's stderr waits for its end.
    sys::thread::close_stderr();
    sys::thread::exit_now(0)
}

/// Enters a user namespace; root may do without where the system forbids them.
fn enter() -> io::Result<()> {
    match namespace::enter_user_namespace() {
        Err(_) if namespace::effective_uid() == 0 => Ok(()),
        other => other,
    }
}

fn reply(reply: &WorkerReply) {
    let Ok(mut line) = serde_json::to_vec(reply) else {
        return;
    };
    line.push(b'\n');
    // A parent that is gone takes this process with it; nothing is left to do here.
    let _ = io::stdout().lock().write_all(&line);
}

fn fail(code: u8, message: String, remedy: &str) {
    reply(&WorkerReply::Failed(Failure {
        code,
        message,
        remedy: remedy.to_owned(),
    }));
}

fn fail_without_namespace(error: &io::Error) {
    reply(&WorkerReply::Failed(Failure {
        code: 3,
        message: format!("no private network namespace can be made here: {error}"),
        remedy: NO_NAMESPACE_REMEDY.to_owned(),
    }));
}

/// Hands a request to the thread whose namespace is ready.
fn dispatch(shared: &Arc<Shared>, request: RunRequest) {
    let asked = clock::tick();
    let scenario = match request.scenario.parse() {
        Ok(scenario) => scenario,
        Err(error) => return fail(2, format!("{}:{error}", request.scenario.name), ""),
    };
    let cancel = match Cancel::new() {
        Ok(cancel) => Arc::new(cancel),
        Err(error) => return fail(3, format!("no event descriptor: {error}"), ""),
    };
    *lock(&shared.current) = Some(Arc::clone(&cancel));
    if std::mem::replace(&mut *lock(&shared.is_last), request.last) {
        prepare_next(shared);
    }
    let mut ready = lock(&shared.ready);
    let thread = loop {
        match ready.take() {
            Some(thread) => break thread,
            None => {
                ready = shared
                    .became_ready
                    .wait(ready)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    };
    drop(ready);
    if thread
        .send(Job {
            request,
            scenario,
            asked,
            sysctl: None,
            cancel,
        })
        .is_err()
    {
        fail(
            4,
            "the thread that prepared a namespace has ended".to_owned(),
            "",
        );
    }
}

/// Starts a thread that makes a namespace and waits for its one job.
fn prepare_next(shared: &Arc<Shared>) {
    let (sender, jobs) = channel();
    let for_thread = Arc::clone(shared);
    let started = thread::Builder::new()
        .name("run".to_owned())
        .spawn(move || live_once(&for_thread, &jobs));
    if let Err(error) = started {
        return fail(3, format!("no thread can be started: {error}"), "");
    }
    *lock(&shared.ready) = Some(sender);
    shared.became_ready.notify_one();
}

/// A thread's life: make a namespace, do one run in it, start the successor, close everything.
fn live_once(shared: &Arc<Shared>, jobs: &Receiver<Job>) {
    let prepared = fresh_namespace();
    let Ok(job) = jobs.recv() else { return };
    match prepared {
        Ok(mut evidence) => {
            match make_ready(&job, &mut evidence) {
                Ok(setting) => carry_out(shared, &job, &mut evidence, setting, &|r| reply(&r)),
                Err(failure) => reply(&WorkerReply::Failed(failure)),
            }
            // The next run may have begun already: its cancel is not ours to forget.
            let mut current = lock(&shared.current);
            if current
                .as_ref()
                .is_some_and(|now| Arc::ptr_eq(now, &job.cancel))
            {
                *current = None;
            }
            drop(current);
            if !job.request.last {
                prepare_next(shared);
            }
            // Closing the capture takes some 20 ms: nobody waits for it here.
            drop(evidence);
        }
        Err(error) => {
            if !job.request.last {
                prepare_next(shared);
            }
            fail_without_namespace(&error);
        }
    }
}

/// Puts this thread into a network namespace that nobody has used and opens every source in it.
fn fresh_namespace() -> io::Result<Evidence> {
    namespace::enter_net_namespace()?;
    namespace::loopback_up()?;
    Ok(Evidence::open())
}

/// What can be done in a namespace before its run begins; gives the event of the setting that was made.
///
/// # Errors
/// What this machine lacks for the scenario, or a setting that cannot be made.
fn make_ready(job: &Job, evidence: &mut Evidence) -> Result<Option<EventBody>, Failure> {
    facilities::all_there(&job.scenario)?;
    evidence.expect_bytes(job.scenario.bytes_sent());
    let setting = job.sysctl.as_ref();
    setting
        .map(|(name, value)| sysctl::set(name, *value))
        .transpose()
}

/// Does one run in this thread's namespace; `say` hears what a parent would be told.
fn carry_out(
    shared: &Shared,
    job: &Job,
    evidence: &mut Evidence,
    setting: Option<EventBody>,
    say: &dyn Fn(WorkerReply),
) {
    let mut kernel_resets = lock(&shared.kernel_resets);
    if let Err(trouble) = &*kernel_resets {
        evidence.absent.push(trouble.clone());
    }
    let beside = job.request.beside.as_deref().map(beside::Beside::start);
    let common = Common::new(Clock::start());
    let has_beside = beside.is_some();
    let mut send = |events| say(WorkerReply::Events(events));
    let mut recorder = Recorder::new(&mut send);
    evidence.begin(&common.clock, &mut recorder);
    if has_beside {
        // It may change the namespace unseen: a diagnosis must know that.
        let body = EventBody::Outside(OutsideActed {
            step: None,
            act: OutsideAct::RunCommand,
            took: Nanos(0),
            result: Returned::Ok(0),
        });
        recorder.note(common.clock.now(), body);
    }
    if let Some(setting) = setting {
        recorder.note(common.clock.now(), setting);
    }
    let sources = evidence.recorded(kernel_resets.as_ref().ok());
    say(WorkerReply::Started(Header {
        aftershake_recording: FORMAT_VERSION,
        scenario: job.request.scenario.clone(),
        environment: Environment {
            kernel: kernel_version(),
            isolation: "namespace".to_owned(),
            evidence: sources,
        },
        seed: job.request.seed,
    }));
    let run = Run {
        scenario: &job.scenario,
        common: &common,
        evidence,
        recorder: &mut recorder,
        seed: job.request.seed,
        live: job.request.live,
        mptcp: job.scenario.facilities().contains(&Facility::Mptcp),
        cancel: &job.cancel,
        threads: Vec::new(),
        kept: Vec::new(),
        not_here: None,
    };
    let after_last = |recorder: &mut Recorder<'_>| {
        if let Some(Err(error)) = beside.map(|beside| beside.and_then(beside::Beside::finish)) {
            let trouble = Trouble::BesideFailed {
                reason: error.to_string(),
            };
            recorder.note(common.clock.now(), EventBody::Trouble(trouble));
        }
    };
    if let Some(missing) = run::carry_out(run, kernel_resets.as_mut().ok(), after_last) {
        let message = format!("{NOT_HERE}{}", missing.what);
        return say(WorkerReply::Failed(Failure {
            code: 3,
            message,
            remedy: missing.remedy.to_owned(),
        }));
    }
    let took_ns = clock::tick().saturating_sub(job.asked);
    say(WorkerReply::Finished { took_ns });
}

/// The release without its local suffix, which may name a machine: `6.18.44`.
pub fn kernel_version() -> String {
    static VERSION: OnceLock<String> = OnceLock::new();
    let read = || {
        let release = namespace::kernel_release();
        let version = release.split(['-', '+']).next();
        version.unwrap_or_default().to_owned()
    };
    VERSION.get_or_init(read).clone()
}
