//! The 24 named causes of a RST, as measured on Linux. Names only; what tells them apart is in `causes/`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A named reason for which a RST was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseId {
    /// Last reference to a socket is dropped (close, exit, SIGKILL, crash) while received, `ACKed` bytes were
    /// never read.
    CloseWithUnreadData,
    /// `close()`/exit with `SO_LINGER{on,0}`.
    LingerZeroClose,
    /// A completed but `un-accepted` connection is destroyed because its listener is closed, `shutdown()`, its
    /// process exits, it is ss -K-ed, or it leaves a `SO_REUSEPORT` group.
    ListenerClosedWithQueuedConnection,
    /// `connect(AF_UNSPEC)` on a live TCP socket.
    DisconnectAfUnspec,
    /// `tcp_dis`connect()`` in CLOSING/`LAST_ACK` while unsent data is queued (linger0 after shutdown with a
    /// stalled peer).
    DisconnectWithUnsentData,
    /// `SOCK_DESTROY` (ss -K, network managers, `bpf_sock_destroy` S).
    SocketDestroyedByAdmin,
    /// `TCP_LINGER2` < 0: no `FIN_WAIT2` allowed for orphans.
    Linger2Negative,
    /// `tcp_max_orphans` or `tcp_mem` exceeded when closing, or later by timer.
    OrphanResourcePressure,
    /// `SO_KEEPALIVE` probes unanswered (count or `TCP_USER_TIMEOUT`).
    KeepaliveTimeout,
    /// MPTCP socket closed with unread data or linger0.
    MptcpFastclose,
    /// Peer sends data after our clean, `ACKed` FIN (orphan already reduced to a `FIN_WAIT2` time-wait bucket:
    /// default, tcp_fin_timeout<=60).
    DataAfterCloseTimewait,
    /// As above, but the closed/shutdown socket is still a full socket: FIN not `ACKed` or not yet sent (zero
    /// window), tcp_fin_timeout>60, or shutdown(SHUT_RDWR) without close.
    DataAfterCloseOrphan,
    /// Segment for a connection the receiver no longer knows: `FIN_WAIT2` expired, peer gave up silently
    /// (RTO/USER_TIMEOUT/orphan retries), crash/restore/TCP_REPAIR, tw bucket overflow.
    StaleConnectionNoSocket,
    /// Client is ESTABLISHED but the server is still SYN_RECV (final ACK lost, TCP_DEFER_ACCEPT); the
    /// listener closes; the next client segment finds nothing.
    SynRecvListenerGone,
    /// Final ACK/first data meets a full accept queue with tcp_abort_on_overflow=1.
    AcceptQueueOverflowAbort,
    /// ACK that belongs to no valid handshake: wrong ACK in SYN_RECV, stray ACK/data/SYN,ACK to a listener,
    /// bad SYN cookie, bad ACK for a TFO child.
    BadAckInHandshake,
    /// A SYN with a different ISN for a request in SYN_RECV.
    SynInSynRecv,
    /// Client's SYN hits an old incarnation (half-open or TIME_WAIT) that answers with a plain ACK; the
    /// client kernel resets it.
    UnacceptableAckInSynSent,
    /// SYN,ACK arrives after the client abandoned `connect()`.
    LateSynackClientGone,
    /// SYN to a port without listener (before the handshake).
    ConnectionRefused,
    /// MP_JOIN SYN with an unknown token.
    MptcpJoinRejected,
    /// nft/iptables "reject with tcp reset".
    FirewallRejectTcpReset,
    /// DNAT/redirect conntrack entry expired; the next segment goes to the un-NATed port.
    NatStateLost,
    /// Spoofed RST.
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
