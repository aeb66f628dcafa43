//! The 24 named causes of a RST, as measured on Linux. Names only; what tells them apart is in `causes/`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A named reason for which a RST was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CauseId {
    /// The last reference to a socket was dropped (close, exit, kill, crash) while received bytes had never
    /// been read.
    CloseWithUnreadData,
    /// `close` or exit with `SO_LINGER` on and time 0.
    LingerZeroClose,
    /// A finished connection waited to be accepted when its listener was closed, shut down, destroyed, or left
    /// its `SO_REUSEPORT` group.
    ListenerClosedWithQueuedConnection,
    /// `connect` with `AF_UNSPEC` on a live socket.
    DisconnectAfUnspec,
    /// An abort in CLOSING or LAST-ACK while unsent data was queued.
    DisconnectWithUnsentData,
    /// `SOCK_DESTROY`: `ss -K`, a network manager, BPF.
    SocketDestroyedByAdmin,
    /// `TCP_LINGER2` below 0: an orphan may not wait in FIN-WAIT-2.
    Linger2Negative,
    /// `tcp_max_orphans` or `tcp_mem` was exceeded when closing, or later.
    OrphanResourcePressure,
    /// Keepalive probes stayed unanswered, by count or by `TCP_USER_TIMEOUT`.
    KeepaliveTimeout,
    /// A multipath connection was closed with unread data or `SO_LINGER` time 0.
    MptcpFastclose,
    /// Data came after a FIN that had been acknowledged; only a time-wait record of the socket was left.
    DataAfterCloseTimewait,
    /// Data came for a closed socket that was still there in full: FIN not acknowledged or not sent yet,
    /// `tcp_fin_timeout` above 60 s, or `shutdown` of both directions without `close`.
    DataAfterCloseOrphan,
    /// A segment for a connection that its receiver no longer knew.
    StaleConnectionNoSocket,
    /// The client was connected, the server still in SYN-RECEIVED, and the listener closed in between.
    SynRecvListenerGone,
    /// The final ACK met a full accept queue with `tcp_abort_on_overflow` on.
    AcceptQueueOverflowAbort,
    /// An ACK that belonged to no valid handshake.
    BadAckInHandshake,
    /// A SYN with another number for a request in SYN-RECEIVED.
    SynInSynRecv,
    /// A SYN met what was left of an older connection, which answered with a plain ACK.
    UnacceptableAckInSynSent,
    /// The SYN,ACK came when the client had given up.
    LateSynackClientGone,
    /// A SYN to a port without listener.
    ConnectionRefused,
    /// A SYN that wanted to join a multipath connection by an unknown token.
    MptcpJoinRejected,
    /// A firewall rule that rejects with a TCP reset.
    FirewallRejectTcpReset,
    /// An address translation forgot the connection.
    NatStateLost,
    /// A forged RST.
    InjectedRst,
}

impl CauseId {
    /// All causes in the order of the catalogue: active resets, replies, third parties.
    pub const ALL: [Self; 24] = [
        Self::CloseWithUnreadData,
        Self::LingerZeroClose,
        Self::ListenerClosedWithQueuedConnection,
        Self::DisconnectAfUnspec,
        Self::DisconnectWithUnsentData,
        Self::SocketDestroyedByAdmin,
        Self::Linger2Negative,
        Self::OrphanResourcePressure,
        Self::KeepaliveTimeout,
        Self::MptcpFastclose,
        Self::DataAfterCloseTimewait,
        Self::DataAfterCloseOrphan,
        Self::StaleConnectionNoSocket,
        Self::SynRecvListenerGone,
        Self::AcceptQueueOverflowAbort,
        Self::BadAckInHandshake,
        Self::SynInSynRecv,
        Self::UnacceptableAckInSynSent,
        Self::LateSynackClientGone,
        Self::ConnectionRefused,
        Self::MptcpJoinRejected,
        Self::FirewallRejectTcpReset,
        Self::NatStateLost,
        Self::InjectedRst,
    ];

    /// The slug in files, scenarios, JSON and docs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::CloseWithUnreadData => "close-with-unread-data",
            Self::LingerZeroClose => "linger-zero-close",
            Self::ListenerClosedWithQueuedConnection => "listener-closed-with-queued-connection",
            Self::DisconnectAfUnspec => "disconnect-af-unspec",
            Self::DisconnectWithUnsentData => "disconnect-with-unsent-data",
            Self::SocketDestroyedByAdmin => "socket-destroyed-by-admin",
            Self::Linger2Negative => "linger2-negative",
            Self::OrphanResourcePressure => "orphan-resource-pressure",
            Self::KeepaliveTimeout => "keepalive-timeout",
            Self::MptcpFastclose => "mptcp-fastclose",
            Self::DataAfterCloseTimewait => "data-after-close-timewait",
            Self::DataAfterCloseOrphan => "data-after-close-orphan",
            Self::StaleConnectionNoSocket => "stale-connection-no-socket",
            Self::SynRecvListenerGone => "syn-recv-listener-gone",
            Self::AcceptQueueOverflowAbort => "accept-queue-overflow-abort",
            Self::BadAckInHandshake => "bad-ack-in-handshake",
            Self::SynInSynRecv => "syn-in-syn-recv",
            Self::UnacceptableAckInSynSent => "unacceptable-ack-in-syn-sent",
            Self::LateSynackClientGone => "late-synack-client-gone",
            Self::ConnectionRefused => "connection-refused",
            Self::MptcpJoinRejected => "mptcp-join-rejected",
            Self::FirewallRejectTcpReset => "firewall-reject-tcp-reset",
            Self::NatStateLost => "nat-state-lost",
            Self::InjectedRst => "injected-rst",
        }
    }

    /// The cause of that slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.slug() == slug)
    }
}

impl fmt::Display for CauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_equal_the_json_names() {
        for cause in CauseId::ALL {
            assert_eq!(CauseId::from_slug(cause.slug()), Some(cause));
            assert_eq!(
                serde_json::to_string(&cause).unwrap(),
                format!("\"{cause}\"")
            );
        }
    }
}
