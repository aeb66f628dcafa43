//! A system call that a program made, with its result. Says what was asked and answered, not why.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::errno::Errno;
use crate::units::Nanos;

/// Names one socket within its run. Counts from 1 in order of creation; never reused, unlike a descriptor. A call that is
/// made on no socket, as `setrlimit`, has 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SocketId(pub u32);

impl SocketId {
    /// Of a call that is made on no socket.
    pub const NONE: Self = Self(0);
}

/// One call, from its beginning (the event's time) to its return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallReturned {
    /// The endpoint that called, or `outside`.
    pub by: String,
    /// The step it belongs to, counting from 0; `None` for a program that is not scripted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    pub call: Call,
    /// The socket it was made on.
    pub socket: SocketId,
    /// The socket's own address, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<SocketAddr>,
    /// The other end's address, once known. `None` on a listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// Time spent in the call itself.
    #[serde(rename = "took_ns")]
    pub took: Nanos,
    /// Time spent waiting until the call could go on, before it returned.
    #[serde(rename = "parked_ns", default)]
    pub parked: Nanos,
    pub result: Returned,
}

/// Which call, with the arguments a diagnosis needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `accept`; `opened` is the socket it returned.
    Accept {
        opened: Option<SocketId>,
    },
    Bind,
    /// `bind` of an `AF_UNIX` socket to that abstract name. Neither it nor what is accepted from it has an address.
    BindUnix {
        name: String,
    },
    /// `close` of a descriptor that was not the socket's last: nothing is sent.
    CloseCopy,
    /// `close` of the last descriptor while another thread of the process waits in a call on it, which holds the socket:
    /// nothing is sent until that call returns. Source: `fdget` of `recvfrom`, `fput` when it returns.
    CloseInUse {
        /// The endpoint that waits.
        held_by: String,
    },
    /// `close` of the last descriptor. `unread` is what `SIOCINQ` said right before: received bytes that were
    /// never read, without the urgent byte. `None` on a listener or when it was not asked.
    Close {
        unread: Option<u32>,
    },
    /// `connect` to the event's `remote`.
    Connect,
    /// `connect` of an `AF_UNIX` socket to that abstract name: no TCP, so no address and no segment.
    ConnectUnix {
        name: String,
    },
    /// `connect` with `AF_UNSPEC`: dissolves the association.
    Disconnect,
    /// `dup`: one descriptor more for the same socket.
    Duplicate,
    /// A descriptor more for the same socket, in the process of that endpoint: `sendmsg` with `SCM_RIGHTS`,
    /// as a service manager hands its listener on. The giver keeps its own.
    HandOver {
        to: String,
    },
    /// `setrlimit(RLIMIT_NOFILE)`: descriptors from this number on are refused with `EMFILE`. On no socket.
    LimitDescriptors {
        limit: u64,
    },
    Listen {
        backlog: i32,
    },
    Receive {
        at_most: u64,
        #[serde(default, skip_serializing_if = "is_default")]
        peek: bool,
        #[serde(default, skip_serializing_if = "is_default")]
        out_of_band: bool,
        /// `MSG_TRUNC`: the bytes are taken and thrown away.
        #[serde(default, skip_serializing_if = "is_default")]
        truncate: bool,
        /// The last descriptor had been closed while this call waited: its return closed the socket.
        #[serde(default, skip_serializing_if = "is_default")]
        lets_go: bool,
    },
    Send {
        bytes: u64,
        #[serde(default, skip_serializing_if = "is_default")]
        out_of_band: bool,
    },
    /// `sendto` with `MSG_FASTOPEN` to the event's `remote`: connects, with the bytes in the SYN where a cookie
    /// is known. Source: RFC 7413.
    SendFastOpen {
        bytes: u64,
    },
    /// `setsockopt`; the name as in the C headers, `SO_LINGER`, and the value as C writes it, `{1,0}`.
    SetOption {
        option: String,
        value: String,
    },
    Shutdown {
        how: How,
    },
    Socket {
        /// `IPPROTO_MPTCP`.
        #[serde(default, skip_serializing_if = "is_default")]
        mptcp: bool,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_default(value: &bool) -> bool {
    !value
}

/// What `shutdown` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum How {
    Read,
    Write,
    Both,
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Returned {
    /// The number returned: bytes for `send` and `recv`, a socket's id for `accept` and `socket`, else 0.
    Ok(u64),
    Err(Errno),
}

impl Call {
    /// Whether it let go of the socket: a `close` of the last descriptor, or the return of a call that held it longer.
    pub const fn lets_go(&self) -> bool {
        matches!(
            self,
            Self::Close { .. } | Self::Receive { lets_go: true, .. }
        )
    }

    /// Whether it can end the sending: it let go of the socket, or is a `shutdown` that is not for reading only.
    pub const fn ends_sending(&self) -> bool {
        matches!(
            self,
            Self::Close { .. }
                | Self::Receive { lets_go: true, .. }
                | Self::Shutdown {
                    how: How::Write | How::Both
                }
        )
    }

    /// The system call's name as `strace` shows it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Bind | Self::BindUnix { .. } => "bind",
            Self::Close { .. } | Self::CloseCopy | Self::CloseInUse { .. } => "close",
            Self::Connect | Self::ConnectUnix { .. } | Self::Disconnect => "connect",
            Self::Duplicate => "dup",
            Self::HandOver { .. } => "sendmsg",
            Self::LimitDescriptors { .. } => "setrlimit",
            Self::Listen { .. } => "listen",
            Self::Receive { .. } => "recv",
            Self::Send { .. } => "send",
            Self::SendFastOpen { .. } => "sendto",
            Self::SetOption { .. } => "setsockopt",
            Self::Shutdown { .. } => "shutdown",
            Self::Socket { .. } => "socket",
        }
    }
}

impl CallReturned {
    /// Whether this call ended in that error.
    pub fn failed_with(&self, errno: Errno) -> bool {
        self.result == Returned::Err(errno)
    }

    /// What it did that its result does not say; `None` for most.
    pub fn remark(&self) -> Option<String> {
        match &self.call {
            Call::CloseCopy => Some("another descriptor is open, so nothing was sent".to_owned()),
            Call::CloseInUse { held_by } => Some(format!(
                "{held_by} waits in a call on it, so nothing was sent"
            )),
            Call::Receive { lets_go: true, .. } => {
                Some("closed meanwhile: its return let go of the socket".to_owned())
            }
            Call::Accept { .. }
            | Call::Bind
            | Call::BindUnix { .. }
            | Call::Close { .. }
            | Call::Connect
            | Call::ConnectUnix { .. }
            | Call::Disconnect
            | Call::Duplicate
            | Call::HandOver { .. }
            | Call::LimitDescriptors { .. }
            | Call::Listen { .. }
            | Call::Receive { .. }
            | Call::Send { .. }
            | Call::SendFastOpen { .. }
            | Call::SetOption { .. }
            | Call::Shutdown { .. }
            | Call::Socket { .. } => None,
        }
    }

    /// The call as a programmer writes it, without its result: `recv(1024)`, `connect(:8080)`.
    pub fn signature(&self) -> String {
        let name = self.call.name();
        match &self.call {
            Call::Accept { .. }
            | Call::Close { .. }
            | Call::CloseCopy
            | Call::CloseInUse { .. }
            | Call::Duplicate
            | Call::Socket { mptcp: false } => format!("{name}()"),
            Call::Socket { mptcp: true } => format!("{name}(IPPROTO_MPTCP)"),
            Call::Bind => format!("{name}({})", address(self.local)),
            Call::Connect => format!("{name}({})", address(self.remote)),
            // As ss and strace show abstract names.
            Call::BindUnix { name: app } | Call::ConnectUnix { name: app } => {
                format!("{name}(AF_UNIX @{app})")
            }
            Call::Disconnect => format!("{name}(AF_UNSPEC)"),
            Call::HandOver { to } => format!("{name}(SCM_RIGHTS to {to})"),
            Call::LimitDescriptors { limit } => format!("{name}(RLIMIT_NOFILE, {limit})"),
            Call::Listen { backlog } => format!("{name}({backlog})"),
            Call::Receive {
                at_most,
                peek,
                out_of_band,
                truncate,
                lets_go: _,
            } => {
                let peek = if *peek { ", MSG_PEEK" } else { "" };
                let oob = if *out_of_band { ", MSG_OOB" } else { "" };
                let trunc = if *truncate { ", MSG_TRUNC" } else { "" };
                format!("{name}({at_most}{peek}{oob}{trunc})")
            }
            Call::Send { bytes, out_of_band } => {
                let oob = if *out_of_band { ", MSG_OOB" } else { "" };
                format!("{name}({}{oob})", counted(*bytes))
            }
            Call::SendFastOpen { bytes } => {
                format!("{name}({}, MSG_FASTOPEN)", counted(*bytes))
            }
            Call::SetOption { option, value } => format!("{name}({option}, {value})"),
            Call::Shutdown { how } => format!("{name}({how})"),
        }
    }
}

/// `1 byte`, `16 bytes`.
fn counted(bytes: u64) -> String {
    let unit = if bytes == 1 { "byte" } else { "bytes" };
    format!("{bytes} {unit}")
}

fn address(address: Option<SocketAddr>) -> String {
    match address {
        None => "?".to_owned(),
        Some(address) if address.ip() == std::net::Ipv4Addr::LOCALHOST => {
            format!(":{}", address.port())
        }
        Some(address) => address.to_string(),
    }
}

/// As C names it: `SHUT_WR`.
impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Read => "SHUT_RD",
            Self::Write => "SHUT_WR",
            Self::Both => "SHUT_RDWR",
        })
    }
}

/// The number, or the errno's name.
impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(number) => f.pad(&number.to_string()),
            Self::Err(errno) => errno.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trip_and_signature() {
        for (call, json, signature) in [
            (Call::CloseCopy, r#""close-copy""#, "close()"),
            (
                Call::CloseInUse {
                    held_by: "reader".into(),
                },
                r#"{"close-in-use":{"held_by":"reader"}}"#,
                "close()",
            ),
            (
                Call::LimitDescriptors { limit: 3 },
                r#"{"limit-descriptors":{"limit":3}}"#,
                "setrlimit(RLIMIT_NOFILE, 3)",
            ),
            (
                Call::Receive {
                    at_most: 8,
                    peek: false,
                    out_of_band: false,
                    truncate: false,
                    lets_go: true,
                },
                r#"{"receive":{"at_most":8,"lets_go":true}}"#,
                "recv(8)",
            ),
            (Call::Duplicate, r#""duplicate""#, "dup()"),
            (
                Call::HandOver { to: "new".into() },
                r#"{"hand-over":{"to":"new"}}"#,
                "sendmsg(SCM_RIGHTS to new)",
            ),
            (
                Call::ConnectUnix { name: "app".into() },
                r#"{"connect-unix":{"name":"app"}}"#,
                "connect(AF_UNIX @app)",
            ),
            (
                Call::BindUnix { name: "app".into() },
                r#"{"bind-unix":{"name":"app"}}"#,
                "bind(AF_UNIX @app)",
            ),
            (
                Call::SendFastOpen { bytes: 1 },
                r#"{"send-fast-open":{"bytes":1}}"#,
                "sendto(1 byte, MSG_FASTOPEN)",
            ),
            (
                Call::Socket { mptcp: true },
                r#"{"socket":{"mptcp":true}}"#,
                "socket(IPPROTO_MPTCP)",
            ),
            (
                Call::Socket { mptcp: false },
                r#"{"socket":{}}"#,
                "socket()",
            ),
            (
                Call::Receive {
                    at_most: 9,
                    peek: false,
                    out_of_band: false,
                    truncate: true,
                    lets_go: false,
                },
                r#"{"receive":{"at_most":9,"truncate":true}}"#,
                "recv(9, MSG_TRUNC)",
            ),
        ] {
            assert_eq!(serde_json::to_string(&call).unwrap(), json);
            assert_eq!(serde_json::from_str::<Call>(json).unwrap(), call);
            let call = CallReturned {
                by: "a".into(),
                step: None,
                call,
                socket: SocketId(1),
                local: None,
                remote: None,
                took: Nanos(0),
                parked: Nanos(0),
                result: Returned::Ok(0),
            };
            assert_eq!(call.signature(), signature);
            let tells = json.contains("close-") || json.contains("lets_go");
            assert_eq!(call.remark().is_some(), tells, "{json}");
        }
    }
}
