//! Has many runs made by a worker and counts them. What came until an interrupt counts too.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::amount::Amount;
use aftershake_shared::distribution::noise::Noise;
use aftershake_shared::distribution::odd::Odd;
use aftershake_shared::distribution::search::Found;
use aftershake_shared::distribution::{Tally, report::About};

use crate::many::jitter;
use crate::sys::thread;
use crate::worker::protocol::{ManyBin, ManyRequest};
use crate::worker_process::{RunError, WorkerProcess};

/// How often a terminal is told how far it is.
const PROGRESS: Duration = Duration::from_millis(200);

/// How much later than its worker this process may learn of an interrupt.
const GRACE: Duration = Duration::from_millis(50);

/// The runs to make.
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) title: String,
    /// What is varied; `None` for the same run again and again.
    pub(crate) varied: Option<String>,
    pub(crate) values: Vec<Option<Amount>>,
    pub(crate) bins: Vec<ManyBin>,
    pub(crate) runs: u64,
    pub(crate) seed: u64,
    /// Recordings kept of each ending at each value.
    pub(crate) keep: u32,
    pub(crate) beside: Option<String>,
}

/// What came of them.
pub(crate) struct Collected {
    pub(crate) tally: Tally,
    pub(crate) odd: Odd,
    pub(crate) about: About,
    pub(crate) interrupted: bool,
    pub(crate) found: Option<Found>,
}

/// Makes the runs.
///
/// # Errors
/// A machine on which they cannot be made, or a fault of the worker.
pub(crate) fn collect(worker: &mut WorkerProcess, plan: Plan) -> Result<Collected, Failure> {
    let noise = jitter::measure();
    let began = Instant::now();
    let mut tally = Tally::new(plan.varied, &plan.values);
    let mut odd = Odd::default();
    let mut progress = Progress::new(plan.runs);
    let request = ManyRequest {
        bins: plan.bins,
        runs: plan.runs,
        seed: plan.seed,
        first: 0,
        keep: plan.keep,
        noise: false,
        beside: plan.beside,
    };
    let values = &plan.values;
    thread::end_child_on_interrupt(worker.id());
    let made = worker.many(
        request,
        |run| {
            tally.count(&run);
            progress.one_more();
        },
        |run, recording| {
            let bin = usize::try_from(run.bin).ok();
            let value = bin.and_then(|bin| values.get(bin).copied().flatten());
            odd.keep(value, run, recording);
        },
    );
    progress.clear();
    let interrupted = was_interrupted(made)?;
    let took = began.elapsed();
    Ok(Collected {
        about: About {
            scenario: plan.name,
            title: plan.title,
            planned: plan.runs,
            interrupted,
            seed: plan.seed,
            took_ms: millis(took),
            noise: worse(noise, interrupted),
            kept: String::new(),
        },
        tally,
        odd,
        interrupted,
        found: None,
    })
}

/// Whether the runs ended early because someone wished so.
///
/// # Errors
/// They ended early for another reason.
pub(crate) fn was_interrupted(made: Result<(), RunError>) -> Result<bool, Failure> {
    if made.is_err() && !thread::was_interrupted() {
        // A terminal interrupts the worker as well, whose end may be seen before the signal is.
        std::thread::sleep(GRACE);
    }
    match made {
        Ok(()) => Ok(thread::was_interrupted()),
        Err(RunError::Ended | RunError::Unreadable(_)) if thread::was_interrupted() => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// The machine's jitter before and after, whichever was worse; who interrupts does not wait for it.
pub(super) fn worse(before: Noise, interrupted: bool) -> Noise {
    if interrupted {
        before
    } else {
        before.or_worse(jitter::measure())
    }
}

pub(super) fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// One line on a terminal, rewritten; nothing elsewhere.
struct Progress {
    done: u64,
    all: u64,
    told: Option<Instant>,
}

impl Progress {
    fn new(all: u64) -> Self {
        let told = io::stderr().is_terminal().then(Instant::now);
        Self { done: 0, all, told }
    }

    fn one_more(&mut self) {
        self.done += 1;
        if let Some(told) = &mut self.told
            && told.elapsed() > PROGRESS
        {
            *told = Instant::now();
            // Nobody is harmed when this cannot be shown.
            let _ = write!(io::stderr(), "\r{} of {} runs", self.done, self.all);
        }
    }

    fn clear(&self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
