//! A program's process ended, by itself or by a signal. Says what it held, not what the kernel sent for it.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::call::SocketId;
use crate::units::Nanos;

/// The end of one process; the kernel closed what it held. The event's time is when it was asked to end, or where nobody
/// of the run asked when it was last seen alive.
///
/// Source: `do_exit` in the kernel: `exit_files` closes every descriptor in the order of their numbers, before
/// the parent is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProcessEnded {
    /// The endpoint, or the process that several endpoints are threads of.
    pub process: String,
    /// The step that ended it, counting from 0; `None` for a program that is not scripted, and where no step did: it was
    /// killed by somebody else, or crashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    pub how: Ended,
    /// Until the process was gone and everything it held was closed.
    #[serde(rename = "took_ns")]
    pub took: Nanos,
    /// The sockets whose last descriptor it held, in the order in which they were made.
    pub closed: Vec<ClosedSocket>,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// `exit` with this code.
    Exited(i32),
    /// A signal of this name, `SIGKILL`.
    Killed(String),
}

/// A socket that ended with its process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClosedSocket {
    pub socket: SocketId,
    /// Its own address, once it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<SocketAddr>,
    /// The other end's address; `None` on a listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// What `SIOCINQ` said right before; `None` on a listener or when it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
}

impl ProcessEnded {
    /// Bytes that its connections had received and it had never read, all together.
    pub fn unread(&self) -> u32 {
        let unread = self.closed.iter().filter_map(|closed| closed.unread);
        unread.fold(0, u32::saturating_add)
    }
}

/// As a programmer writes it: `exit(1)`, `SIGKILL`.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(code) => f.pad(&format!("exit({code})")),
            Self::Killed(signal) => f.pad(signal),
        }
    }
}

/// `server ended by SIGKILL, 16 bytes unread`.
impl fmt::Display for ProcessEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (process, how) = (&self.process, &self.how);
        let unread = match self.unread() {
            0 => String::new(),
            1 => ", 1 byte unread".to_owned(),
            bytes => format!(", {bytes} bytes unread"),
        };
        f.pad(&format!("{process} ended by {how}{unread}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trip() {
        let ended = ProcessEnded {
            process: "server".into(),
            step: Some(4),
            how: Ended::Killed("SIGKILL".into()),
            took: Nanos(120_000),
            closed: vec![ClosedSocket {
                socket: SocketId(3),
                local: "127.0.0.1:8080".parse().ok(),
                remote: "127.0.0.1:40000".parse().ok(),
                unread: Some(16),
            }],
        };
        let json = serde_json::to_string(&ended).unwrap();
        assert_eq!(
            json,
            r#"{"process":"server","step":4,"how":{"killed":"SIGKILL"},"took_ns":120000,"closed":[{"socket":3,"local":"127.0.0.1:8080","remote":"127.0.0.1:40000","unread":16}]}"#
        );
        assert_eq!(serde_json::from_str::<ProcessEnded>(&json).unwrap(), ended);
        assert_eq!(
            ended.to_string(),
            "server ended by SIGKILL, 16 bytes unread"
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let json = r#"{"process":"a","how":{"exited":1},"took_ns":5,"closed":[{"socket":1}]}"#;
        let ended: ProcessEnded = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&ended).unwrap(), json);
        assert_eq!(ended.to_string(), "a ended by exit(1)");
    }
}
