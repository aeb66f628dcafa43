//! The parent's side of a worker process, for commands that do one run after the other.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::event::Event;
use aftershake_shared::recording::{Header, Recording};

use crate::worker::protocol::{ExecRequest, ManyRequest, RunRequest, WorkerReply, WorkerRequest};

/// A worker that waits for requests. Ends when this value is dropped, since its stdin then ends.
#[derive(Debug)]
pub struct WorkerProcess {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// Why a run did not take place.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{}", .0.message)]
    Failed(Failure),
    #[error("the worker process cannot be started: {0}")]
    Start(io::Error),
    #[error("the worker process ended in the middle of a run")]
    Ended,
    #[error("the worker process said something that cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl WorkerProcess {
    /// Starts this program again as a worker.
    ///
    /// # Errors
    /// [`RunError::Start`].
    pub fn start() -> Result<Self, RunError> {
        // The running program's own file, also when it has been replaced meanwhile.
        Self::start_program(Path::new("/proc/self/exe"))
    }

    /// Starts the worker of another `aftershake`.
    ///
    /// # Errors
    /// [`RunError::Start`].
    pub fn start_program(program: &Path) -> Result<Self, RunError> {
        let mut child = Command::new(program)
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(RunError::Start)?;
        let missing = || RunError::Start(io::Error::from(io::ErrorKind::BrokenPipe));
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = BufReader::with_capacity(1 << 16, child.stdout.take().ok_or_else(missing)?);
        Ok(Self {
            child,
            stdin,
            stdout,
        })
    }

    /// Ends the process without waiting here. A parent that lives on would otherwise keep its zombie.
    pub fn end(self) {
        let Self {
            mut child, stdin, ..
        } = self;
        drop(stdin);
        // Without a thread the zombie stays until we end, which harms nobody.
        let _ = thread::Builder::new().spawn(move || child.wait());
    }

    /// Does one run and returns it whole, with the time it took in nanoseconds.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn run(&mut self, request: RunRequest) -> Result<(Recording, u64), RunError> {
        self.ask(&WorkerRequest::Run(request))?;
        self.recorded()
    }

    /// Runs two programs of the user's and returns what was recorded.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn exec(&mut self, request: ExecRequest) -> Result<Recording, RunError> {
        self.ask(&WorkerRequest::Exec(request))?;
        self.recorded().map(|(recording, _)| recording)
    }

    /// What comes of one run, and the time it took in nanoseconds.
    fn recorded(&mut self) -> Result<(Recording, u64), RunError> {
        let mut header: Option<Header> = None;
        let mut events: Vec<Event> = Vec::new();
        let mut line = String::new();
        loop {
            match self.hear(&mut line)? {
                // Only many runs are told so.
                WorkerReply::Noise(_) | WorkerReply::Came(_) | WorkerReply::Kept(_) => {}
                WorkerReply::Started(started) => header = Some(started),
                WorkerReply::Events(batch) => events.extend(batch),
                WorkerReply::Finished { took_ns } => {
                    let header = header.ok_or(RunError::Ended)?;
                    events.sort_by_key(|event| (event.at, event.body.rank()));
                    return Ok((Recording { header, events }, took_ns));
                }
                WorkerReply::Failed(failure) => return Err(RunError::Failed(failure)),
            }
        }
    }

    /// Does many runs and hands over what came of each.
    ///
    /// # Errors
    /// [`RunError`]; what was handed over before it counts.
    pub fn many(
        &mut self,
        request: ManyRequest,
        mut came: impl FnMut(RunSummary),
        mut kept: impl FnMut(RunSummary, Recording),
    ) -> Result<(), RunError> {
        self.ask(&WorkerRequest::Many(request))?;
        let mut line = String::new();
        loop {
            match self.hear(&mut line)? {
                WorkerReply::Came(summaries) => summaries.into_iter().for_each(&mut came),
                WorkerReply::Kept(run) => kept(run.0, run.1),
                WorkerReply::Started(_) | WorkerReply::Events(_) | WorkerReply::Noise(_) => {}
                WorkerReply::Finished { .. } => return Ok(()),
                WorkerReply::Failed(failure) => return Err(RunError::Failed(failure)),
            }
        }
    }

    /// The process, to be ended by whoever must not wait for it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn ask(&mut self, request: &WorkerRequest) -> Result<(), RunError> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.stdin.write_all(&line).map_err(|_| RunError::Ended)
    }

    fn hear(&mut self, line: &mut String) -> Result<WorkerReply, RunError> {
        line.clear();
        let read = self.stdout.read_line(line);
        if read.map_err(|_| RunError::Ended)? == 0 {
            return Err(RunError::Ended);
        }
        Ok(serde_json::from_str(line)?)
    }
}
