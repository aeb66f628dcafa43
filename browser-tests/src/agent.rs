//! One running agent, ended with its value.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// Names the binary; `cargo xtask` sets it to the one it built.
pub const BINARY: &str = "AFTERSHAKE_AGENT";

/// `aftershake serve` on a free port.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    /// What the user opens, token included.
    pub url: String,
    pub port: u16,
    pub token: String,
}

impl Agent {
    /// Starts the binary named by [`BINARY`] and waits for its first line.
    ///
    /// # Errors
    /// The binary is not named, does not start, or says something else.
    pub fn start() -> anyhow::Result<Self> {
        let binary = binary()?;
        let mut child = Command::new(&binary)
            .args(["serve", "--json", "--no-open", "--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let stdout = child.stdout.take().context("the agent has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let read = || -> anyhow::Result<_> {
            let hello: Value = serde_json::from_str(&line)?;
            let text = |key: &str| hello.get(key).and_then(Value::as_str).map(str::to_owned);
            let port = hello.get("port").and_then(Value::as_u64);
            Ok((
                text("url").context("no `url`")?,
                u16::try_from(port.context("no `port`")?)?,
                text("token").context("no `token`")?,
            ))
        };
        match read().with_context(|| format!("the agent's first line was `{}`", line.trim())) {
            Ok((url, port, token)) => Ok(Self {
                child,
                url,
                port,
                token,
            }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Its process, for measurements.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// It has already ended.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("ending the agent")?;
        self.child.wait().context("awaiting the agent's end")?;
        Ok(())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The agent's binary.
///
/// # Errors
/// [`BINARY`] is not set.
pub fn binary() -> anyhow::Result<PathBuf> {
    match env::var_os(BINARY) {
        Some(path) => Ok(PathBuf::from(path)),
        None => bail!("{BINARY} names no agent: these tests are run by `cargo xtask test`"),
    }
}
