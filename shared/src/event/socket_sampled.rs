//! A socket's state and queues at one moment, as the kernel reports them.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::tcp::state::TcpState;

/// One end of a connection, or a listener, looked up in the kernel.
///
/// Also sockets that no program holds any more (orphans, TIME-WAIT) or not yet (waiting to be accepted).
/// Source: `NETLINK_SOCK_DIAG`, `struct inet_diag_msg` and `struct tcp_info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SocketSampled {
    pub local: SocketAddr,
    /// The other end; `None` for a listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// [`TcpState::Closed`] when the kernel no longer knows the socket.
    pub state: TcpState,
    /// Received bytes that were not read, FIN not counted. For a listener: connections waiting to be accepted.
    pub unread: u32,
    /// Bytes handed to the kernel that the other end has not acknowledged, FIN not counted.
    pub unsent: u32,
    /// More numbers of the same moment; `None` where the kernel keeps none (TIME-WAIT, listener, closed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<TcpInfo>,
}

/// The part of `TCP_INFO` that explains behaviour. Source: Linux `include/uapi/linux/tcp.h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TcpInfo {
    /// Smoothed round-trip time in microseconds.
    pub rtt_us: u32,
    /// Retransmission timeout in microseconds.
    pub rto_us: u32,
    /// Congestion window in segments.
    pub snd_cwnd: u32,
    /// Largest segment this end sends, in bytes.
    pub snd_mss: u32,
    /// The window this end was last offered, in bytes; 0 also on kernels that do not tell.
    pub snd_wnd: u32,
    /// Segments sent and not acknowledged, FIN included.
    pub unacked: u32,
    /// Retransmissions since the connection began.
    pub retransmits: u32,
    /// Unanswered probes (keepalive or zero window).
    pub probes: u32,
    /// Payload bytes sent, retransmissions included.
    pub bytes_sent: u64,
    /// Payload bytes sent again.
    pub bytes_retransmitted: u64,
    /// Bytes received in order.
    pub bytes_received: u64,
    /// Bytes not sent yet.
    pub not_sent: u32,
}
