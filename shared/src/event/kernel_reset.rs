//! The kernel's own word on why it sent a RST. Only those that were tied to this run become events.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// One `tcp:tcp_send_reset` of the kernel. Source: `net/ipv4/tcp_output.c`, `include/net/rstreason.h`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KernelReset {
    /// The reason as the kernel names it: `TCP_ABORT_ON_CLOSE`.
    pub reason: String,
    /// The sending socket's state as the kernel names it; `None` when there was no socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The address the RST was sent from.
    pub from: SocketAddr,
    /// The address it was sent to; `None` where a listening socket answered (the kernel then prints 0.0.0.0:0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<SocketAddr>,
    /// How it was tied to this run, not to another program on the machine.
    pub tied_by: TiedBy,
}

/// What ties a host-wide trace event to one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TiedBy {
    /// The socket's cookie is one of this run's sockets.
    Cookie,
    /// A thread of this run was on the processor when it was sent.
    Task,
    /// Addresses and time fit one captured RST, and no other trace event did.
    OnlyMatch,
}
