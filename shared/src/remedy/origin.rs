//! Where in Linux each RST comes from: what it is, the functions on the way, the counters that move.

use crate::diagnosis::CauseId;

/// A cause's place in the kernel. Measured on Linux 6.18; the functions have the same names since 5.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What happens, one sentence.
    pub what: &'static str,
    /// Kernel functions from the outermost to the one that writes the RST, as they are named for IPv4.
    pub functions: &'static str,
    /// Counters of `/proc/net/snmp` and `netstat` that move with it, as `nstat` names them.
    pub counters: &'static str,
}

impl Origin {
    /// Where a cause's RST comes from.
    #[expect(clippy::too_many_lines, reason = "a table of 24 rows")]
    pub const fn of(cause: CauseId) -> Self {
        let (what, functions, counters) = match cause {
            CauseId::CloseWithUnreadData => (
                "A program closes a socket, exits or is killed while received bytes lie unread in it.",
                "tcp_close > __tcp_close > tcp_send_active_reset",
                "TcpExtTCPAbortOnClose +1, TcpOutRsts +1",
            ),
            CauseId::LingerZeroClose => (
                "A program closes a socket on which SO_LINGER is on with time 0.",
                "__tcp_close > tcp_disconnect > tcp_send_active_reset",
                "TcpExtTCPAbortOnData +1, TcpOutRsts +1",
            ),
            CauseId::ListenerClosedWithQueuedConnection => (
                "A listener goes while a connected client still waits to be accepted.",
                "inet_csk_listen_stop > inet_child_forget > tcp_disconnect > tcp_send_active_reset",
                "TcpOutRsts +1 for each, no abort counter",
            ),
            CauseId::DisconnectAfUnspec => (
                "A program dissolves a connection by connect() with AF_UNSPEC.",
                "__inet_stream_connect > tcp_disconnect > tcp_send_active_reset",
                "TcpOutRsts +1, no abort counter",
            ),
            CauseId::DisconnectWithUnsentData => (
                "A socket that has sent its FIN is aborted while bytes before that FIN are still unsent.",
                "__tcp_close > tcp_disconnect > tcp_send_active_reset",
                "TcpExtTCPAbortOnData +1, TcpOutRsts +1",
            ),
            CauseId::SocketDestroyedByAdmin => (
                "Somebody destroys a socket under its program: ss -K, a network manager, BPF.",
                "tcp_diag_destroy > tcp_abort > tcp_send_active_reset",
                "TcpOutRsts +1, no abort counter",
            ),
            CauseId::Linger2Negative => (
                "A socket with TCP_LINGER2 below 0 is closed: it may not wait in FIN-WAIT-2.",
                "tcp_rcv_state_process > tcp_v4_do_rcv > tcp_v4_send_reset; from FIN-WAIT-2: __tcp_close > \
                 tcp_send_active_reset",
                "TcpExtTCPAbortOnData +1; from FIN-WAIT-2: TcpExtTCPAbortOnLinger +1",
            ),
            CauseId::OrphanResourcePressure => (
                "A closed socket is thrown away because the machine has too many of them or too little memory.",
                "__tcp_close > tcp_check_oom > tcp_send_active_reset; tcp_out_of_resources",
                "TcpExtTCPAbortOnMemory +1",
            ),
            CauseId::KeepaliveTimeout => (
                "Keepalive probes stay unanswered until the kernel gives up.",
                "tcp_keepalive_timer > tcp_send_active_reset",
                "TcpExtTCPAbortOnTimeout +1, TcpExtTCPKeepAlive, TcpOutRsts +1",
            ),
            CauseId::MptcpFastclose => (
                "A Multipath TCP socket is closed with unread bytes or SO_LINGER 0.",
                "__mptcp_close > mptcp_do_fastclose > tcp_send_active_reset",
                "MPTcpExtMPFastcloseTx +1, MPTcpExtMPRstTx +1",
            ),
            CauseId::DataAfterCloseTimewait => (
                "Bytes arrive for a socket that was closed in order and of which only a record is left.",
                "tcp_v4_rcv > tcp_timewait_state_process > tcp_v4_send_reset",
                "TcpOutRsts +1, no abort counter",
            ),
            CauseId::DataAfterCloseOrphan => (
                "Bytes arrive for a closed socket that is still there in full: its FIN is not acknowledged yet.",
                "tcp_rcv_state_process > tcp_v4_do_rcv > tcp_v4_send_reset",
                "TcpExtTCPAbortOnData +1, TcpOutRsts +1",
            ),
            CauseId::StaleConnectionNoSocket => (
                "A segment arrives of a connection that its receiver no longer knows.",
                "tcp_v4_rcv > tcp_v4_send_reset; with a listener on the port: tcp_v4_do_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1, no abort counter",
            ),
            CauseId::SynRecvListenerGone => (
                "The client is connected, the server's half is not, and the listener is closed.",
                "tcp_v4_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1, TcpExtTCPDeferAcceptDrop where accepting was deferred",
            ),
            CauseId::AcceptQueueOverflowAbort => (
                "The last ACK of a handshake meets a full accept queue, and tcp_abort_on_overflow is on.",
                "tcp_check_req > tcp_v4_send_reset",
                "TcpExtListenOverflows +1, TcpExtListenDrops +1, TcpExtEmbryonicRsts +1",
            ),
            CauseId::BadAckInHandshake => (
                "An ACK arrives that belongs to no handshake of the port.",
                "tcp_rcv_state_process > tcp_v4_do_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1",
            ),
            CauseId::SynInSynRecv => (
                "Another SYN with another number arrives for a handshake that is half done.",
                "tcp_check_req > tcp_v4_send_reset",
                "TcpExtEmbryonicRsts +1, TcpAttemptFails +1",
            ),
            CauseId::UnacceptableAckInSynSent => (
                "A client's SYN is answered by an old connection of the same ports.",
                "tcp_rcv_synsent_state_process > tcp_v4_do_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1, TcpExtTCPChallengeACK on the other side",
            ),
            CauseId::LateSynackClientGone => (
                "A SYN,ACK arrives after its client has given up.",
                "tcp_v4_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1, TcpExtEmbryonicRsts +1",
            ),
            CauseId::ConnectionRefused => (
                "A SYN arrives at a port on which nobody listens.",
                "tcp_v4_rcv > tcp_v4_send_reset",
                "TcpAttemptFails +1, TcpOutRsts +1",
            ),
            CauseId::MptcpJoinRejected => (
                "A subflow asks to join a Multipath TCP connection that nobody knows.",
                "subflow_v4_route_req > tcp_v4_send_reset",
                "MPTcpExtMPJoinNoTokenFound +1",
            ),
            CauseId::FirewallRejectTcpReset => (
                "A packet filter's rule with `reject with tcp reset` answers in an endpoint's name.",
                "nf_send_reset",
                "TcpOutRsts stands still",
            ),
            CauseId::NatStateLost => (
                "A translation of addresses is forgotten, and the next segment meets a port that never knew it.",
                "tcp_v4_rcv > tcp_v4_send_reset",
                "TcpOutRsts +1, no abort counter",
            ),
            CauseId::InjectedRst => (
                "Somebody else writes a RST in an endpoint's name.",
                "at the receiver: tcp_validate_incoming > tcp_reset",
                "TcpOutRsts stands still; TcpExtTCPChallengeACK where its number was not exact",
            ),
        };
        Self {
            what,
            functions,
            counters,
        }
    }

    /// The functions, as they are named for the family of that RST. Sources: `net/ipv6/tcp_ipv6.c`,
    /// `nf_reject_ipv6.c`, `net/mptcp/subflow.c`.
    pub fn functions_over(&self, ipv6: bool) -> String {
        if !ipv6 {
            return self.functions.to_owned();
        }
        let of_tcp = self.functions.replace("_v4_", "_v6_");
        of_tcp.replace("nf_send_reset", "nf_send_reset6")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_says_what_it_is_in_one_sentence() {
        for cause in CauseId::ALL {
            let origin = Origin::of(cause);
            assert!(origin.what.ends_with('.'), "{cause}");
            assert_eq!(origin.what.matches(". ").count(), 0, "{cause}");
            assert!(!origin.functions.is_empty() && !origin.counters.is_empty());
            assert_eq!(origin.functions_over(false), origin.functions);
            let over_ipv6 = origin.functions_over(true);
            assert!(!over_ipv6.contains("v4"), "{cause}: {over_ipv6}");
        }
        let rule = Origin::of(CauseId::FirewallRejectTcpReset);
        assert_eq!(rule.functions_over(true), "nf_send_reset6");
    }
}
