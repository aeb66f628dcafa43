//! Carries out runs in worker processes, which wait warm between runs, and relays what they say.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use aftershake_shared::channel::{Failure, RunId, ServerMessage};
use aftershake_shared::recording::ScenarioText;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::client_message::{INTERNAL, INTERRUPTED, LACKING, check_scenario, failure};
use super::fan_out::Outgoing;
use super::limits::{CANCEL_TIME, LONGEST_RUN, MAX_QUEUED};
use super::turns::Turns;
use super::worker_process::WorkerProcess;
use crate::worker::protocol::{
    EVENTS_LINE_START, ManyRequest, RunRequest, WorkerReply, WorkerRequest,
};

/// Workers kept between runs. A first one starts with the agent, so that the first run is quick too.
const MAX_IDLE: usize = 2;

/// Bytes of a scenario's text that are checked within a millisecond or two.
const QUICK_TEXT: usize = 16 * 1024;

/// All workers of the agent.
#[derive(Debug)]
pub(super) struct WorkerPool {
    program: PathBuf,
    idle: Mutex<Vec<WorkerProcess>>,
    turns: Turns,
    /// The tasks that relay runs.
    relays: Mutex<JoinSet<()>>,
}

/// One run that a client asked for.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) run: RunId,
    pub(super) request: Asked,
    pub(super) asked: Instant,
    pub(super) outgoing: Arc<Outgoing>,
    pub(super) cancel: Arc<Notify>,
}

/// What it asked for.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    One(RunRequest),
    Many(ManyRequest),
}

/// What is left of a worker after a run.
enum Afterwards {
    Reusable,
    Doubtful(Failure),
}

impl WorkerPool {
    /// `program worker` must speak [`crate::worker::protocol`].
    pub(super) fn new(program: PathBuf) -> Self {
        Self {
            program,
            idle: Mutex::default(),
            turns: Turns::default(),
            relays: Mutex::default(),
        }
    }

    /// Starts a worker for the first run; a failure shows when that run is asked for.
    pub(super) fn warm_up(&self) {
        if let Ok(worker) = WorkerProcess::start(&self.program) {
            self.put_back(worker);
        }
    }

    /// Begins a run in a task of its own; `ended` is called right after its last message was queued.
    pub(super) fn spawn(self: &Arc<Self>, job: Job, ended: impl FnOnce() + Send + 'static) {
        let pool = Arc::clone(self);
        let mut relays = self.relays.lock().unwrap_or_else(PoisonError::into_inner);
        while relays.try_join_next().is_some() {}
        relays.spawn(async move {
            pool.carry_out(&job).await;
            ended();
        });
    }

    async fn carry_out(&self, job: &Job) {
        if let Err(error) = self.try_carry_out(job).await {
            let run = Some(job.run);
            job.outgoing.push(&ServerMessage::Failed { run, error });
        }
    }

    async fn try_carry_out(&self, job: &Job) -> Result<(), Failure> {
        let Some(turn) = self.turns.join(job.run, &job.outgoing) else {
            let message = format!("{MAX_QUEUED} runs already wait for their turn");
            return Err(failure(
                LACKING,
                message,
                "run it again when some have ended",
            ));
        };
        if let Asked::One(request) = &job.request {
            check(&request.scenario).await?;
        }
        tokio::select! {
            biased;
            () = job.cancel.notified() => {
                let message = "cancelled before it began".to_owned();
                return Err(failure(INTERRUPTED, message, ""));
            }
            () = turn.granted() => {}
        }
        if job.outgoing.is_closed() {
            return Ok(());
        }
        let mut worker = self.take().map_err(|error| {
            let message = format!("the worker could not be started: {error}");
            failure(INTERNAL, message, "")
        })?;
        match relay(&mut worker, job).await {
            Ok(Afterwards::Reusable) => {
                self.put_back(worker);
                Ok(())
            }
            Ok(Afterwards::Doubtful(error)) => {
                worker.kill().await;
                Err(error)
            }
            Err(error) => {
                let end = worker.autopsy().await;
                let message = format!("the worker was lost in mid-run: {end} [{error}]");
                let remedy = "run it again; a fresh worker takes over";
                Err(failure(INTERNAL, message, remedy))
            }
        }
    }

    /// A warm worker if one is alive, else a new one.
    fn take(&self) -> std::io::Result<WorkerProcess> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut worker) = idle.pop() {
            if worker.is_alive() {
                return Ok(worker);
            }
        }
        WorkerProcess::start(&self.program)
    }

    fn put_back(&self, worker: WorkerProcess) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(worker);
        }
    }

    /// Ends all runs and workers.
    pub(super) async fn end(&self) {
        let mut relays =
            std::mem::take(&mut *self.relays.lock().unwrap_or_else(PoisonError::into_inner));
        relays.shutdown().await;
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        futures_util::future::join_all(idle.into_iter().map(WorkerProcess::end)).await;
    }
}

/// Whether a worker need be asked at all. A long text takes milliseconds, so another thread reads it.
async fn check(scenario: &ScenarioText) -> Result<(), Failure> {
    if scenario.toml.len() <= QUICK_TEXT {
        return check_scenario(scenario);
    }
    let scenario = scenario.clone();
    let checked = tokio::task::spawn_blocking(move || check_scenario(&scenario)).await;
    checked.unwrap_or_else(|error| {
        let message = format!("the scenario could not be checked: {error}");
        Err(failure(INTERNAL, message, ""))
    })
}

/// Hands the worker a run and its client what the worker says.
async fn relay(worker: &mut WorkerProcess, job: &Job) -> std::io::Result<Afterwards> {
    let request = match job.request.clone() {
        Asked::One(request) => WorkerRequest::Run(request),
        Asked::Many(request) => WorkerRequest::Many(request),
    };
    worker.send(&request).await?;
    let mut deadline = Instant::now() + LONGEST_RUN;
    let mut cancelled = false;
    loop {
        tokio::select! {
            biased;
            line = worker.next_line() => {
                line?;
                if matches!(job.request, Asked::Many(_)) && !cancelled {
                    // Each of many runs may take as long as one.
                    deadline = Instant::now() + LONGEST_RUN;
                }
                if let Some(end) = pass_on(worker.line(), job)? {
                    return Ok(end);
                }
            }
            () = job.cancel.notified(), if !cancelled => {
                cancelled = true;
                deadline = Instant::now() + CANCEL_TIME;
                worker.send(&WorkerRequest::Cancel).await?;
            }
            () = sleep_until(deadline) => {
                let message = if cancelled {
                    format!("the run did not end within {CANCEL_TIME:?} of being cancelled; its worker was killed")
                } else {
                    format!("the run did not end within {LONGEST_RUN:?}; its worker was killed")
                };
                return Ok(Afterwards::Doubtful(failure(INTERNAL, message, "")));
            }
        }
    }
}

/// Passes one line on; says what is left of the worker if it was the last of its run.
fn pass_on(line: Option<&str>, job: &Job) -> std::io::Result<Option<Afterwards>> {
    let line = line.ok_or_else(|| std::io::Error::other("a line that is not UTF-8"))?;
    let run = job.run;
    if let Some(events) = events_of(line) {
        if !events.is_empty() {
            job.outgoing.push_events(run, events);
        }
        return Ok(None);
    }
    match serde_json::from_str(line)? {
        WorkerReply::Started(header) => {
            job.outgoing.push(&ServerMessage::Started { run, header });
            Ok(None)
        }
        // Spelled with other spaces than ours; costs more, means the same.
        WorkerReply::Events(events) => {
            job.outgoing.push(&ServerMessage::Events { run, events });
            Ok(None)
        }
        WorkerReply::Finished { took_ns: _ } => {
            let took_ns = u64::try_from(job.asked.elapsed().as_nanos()).unwrap_or(u64::MAX);
            job.outgoing.push(&ServerMessage::Finished { run, took_ns });
            Ok(Some(Afterwards::Reusable))
        }
        WorkerReply::Noise(noise) => {
            job.outgoing.push(&ServerMessage::Noise { run, noise });
            Ok(None)
        }
        WorkerReply::Came(runs) => {
            job.outgoing.push(&ServerMessage::Came { run, runs });
            Ok(None)
        }
        WorkerReply::Kept(kept) => {
            let (summary, recording) = *kept;
            job.outgoing.push(&ServerMessage::Kept {
                run,
                summary: Box::new(summary),
                recording: Box::new(recording),
            });
            Ok(None)
        }
        WorkerReply::Failed(error) if error.code == INTERNAL => {
            Ok(Some(Afterwards::Doubtful(error)))
        }
        WorkerReply::Failed(error) => {
            let run = Some(run);
            job.outgoing.push(&ServerMessage::Failed { run, error });
            Ok(Some(Afterwards::Reusable))
        }
    }
}

/// What stands between the brackets of an `events` line, not parsed.
fn events_of(line: &str) -> Option<&str> {
    let array = line.strip_prefix(EVENTS_LINE_START)?.strip_suffix('}')?;
    array.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_cut_out_of_the_line_that_the_types_write() {
        let line = serde_json::to_string(&WorkerReply::Events(Vec::new())).unwrap();
        assert_eq!(events_of(&line), Some(""));
        assert_eq!(
            events_of(r#"{"events":[{"id":1},{"id":2}]}"#),
            Some(r#"{"id":1},{"id":2}"#)
        );
        assert_eq!(events_of(r#"{"finished":{"took_ns":1}}"#), None);
    }
}
