//! One worker process: starts it, writes requests, reads its lines, ends it.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::worker::protocol::WorkerRequest;

/// Bytes of one line that a worker may write. A longer one counts as a fault of the worker.
const MAX_LINE: usize = 32 << 20;
/// How long a worker may take to read a request, or to end once its stdin is closed.
const PATIENCE: Duration = Duration::from_secs(1);

/// A running worker. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct WorkerProcess {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    line: Vec<u8>,
}

impl WorkerProcess {
    /// Starts `program worker`. It is a group of its own, so that only we end it, not the terminal.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the worker has no pipes"));
        };
        Ok(Self {
            child,
            stdin,
            stdout: BufReader::with_capacity(64 * 1024, stdout),
            line: Vec::new(),
        })
    }

    /// Whether the process has not ended by itself.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Writes one request.
    pub(super) async fn send(&mut self, request: &WorkerRequest) -> io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        timeout(PATIENCE, self.stdin.write_all(&line)).await?
    }

    /// Waits for the next whole line; it is then in [`Self::line`]. Can be cancelled and called again.
    pub(super) async fn next_line(&mut self) -> io::Result<()> {
        if self.line.last() == Some(&b'\n') {
            self.line.clear();
        }
        loop {
            let bytes = self.stdout.fill_buf().await?;
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(bytes.len(), |at| at + 1);
            self.line.extend(bytes.iter().take(taken));
            self.stdout.consume(taken);
            if end.is_some() {
                return Ok(());
            }
            if self.line.len() > MAX_LINE {
                return Err(io::Error::other(format!("a line of over {MAX_LINE} bytes")));
            }
        }
    }

    /// The line that [`Self::next_line`] has read, without its end.
    pub(super) fn line(&self) -> Option<&str> {
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        std::str::from_utf8(line).ok()
    }

    /// How the process ended, in words; ends it if need be.
    pub(super) async fn autopsy(mut self) -> String {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        if let Ok(Ok(status)) = ended {
            return format!("it ended by itself ({status})");
        }
        self.kill().await;
        "it no longer answered and was killed".to_owned()
    }

    /// Kills it and waits until it is gone.
    pub(super) async fn kill(mut self) {
        // An error means that it is gone already.
        let _ = self.child.kill().await;
    }

    /// Closes its stdin, which ends it also in mid-run, and waits until it is gone.
    pub(super) async fn end(self) {
        let Self {
            mut child, stdin, ..
        } = self;
        drop(stdin);
        if timeout(PATIENCE, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
    }
}
