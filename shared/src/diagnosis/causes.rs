//! The list of all causes, one file each, and what every one of them must say.
//!
//! A cause answers for one RST at a time and from the evidence alone; what several RSTs say of each other
//! is in `weigh`.

mod accept_queue_overflow_abort;
mod bad_ack_in_handshake;
mod close_with_unread_data;
mod connection_refused;
mod data_after_close_orphan;
mod data_after_close_timewait;
mod disconnect_af_unspec;
mod disconnect_with_unsent_data;
mod firewall_reject_tcp_reset;
mod injected_rst;
mod keepalive_timeout;
mod late_synack_client_gone;
mod linger2_negative;
mod linger_zero_close;
mod listener_closed_with_queued_connection;
mod mptcp_fastclose;
mod mptcp_join_rejected;
mod nat_state_lost;
mod orphan_resource_pressure;
mod socket_destroyed_by_admin;
mod stale_connection_no_socket;
mod syn_in_syn_recv;
mod syn_recv_listener_gone;
mod unacceptable_ack_in_syn_sent;

use super::cause_id::CauseId;
use super::finding::Cited;
use super::reset::Reset;
use super::shape::Shape;

/// A named reason for a RST.
pub(crate) trait ResetCause: Sync {
    fn id(&self) -> CauseId;

    /// The clause of the standard.
    fn rfc(&self) -> &'static str;

    /// The headers its RST can have.
    fn shapes(&self) -> &'static [Shape];

    /// The reasons that the kernel gives for it; empty when no TCP endpoint sends it.
    fn kernel_reasons(&self) -> &'static [&'static str];

    /// The counter that every RST of this cause moves by one; `None` when it has none of its own.
    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        None
    }

    /// What the evidence says of it beyond header, kernel reason and counter.
    fn examine(&self, reset: &Reset<'_>) -> Verdict;

    /// One sentence in the past tense: program, call, cause. Without certainty; that is added.
    fn headline(&self, reset: &Reset<'_>) -> String;

    /// Why, with the numbers of this run.
    fn explain(&self, reset: &Reset<'_>) -> String;

    /// What to change in the program.
    fn fix(&self) -> &'static str;

    /// A few lines that do it; empty when none would help.
    fn fix_code(&self) -> &'static str {
        ""
    }
}

/// What is always true of a cause, whatever the RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The clause of the standard.
    pub rfc: &'static str,
    /// The reasons that the kernel gives for it.
    pub kernel_reasons: &'static [&'static str],
    /// What to change in the program.
    pub fix: &'static str,
}

/// What is always true of that cause.
pub fn facts(id: CauseId) -> Facts {
    let own = ALL.iter().find(|cause| cause.id() == id);
    own.map_or(
        Facts {
            rfc: "",
            kernel_reasons: &[],
            fix: "",
        },
        |cause| Facts {
            rfc: cause.rfc(),
            kernel_reasons: cause.kernel_reasons(),
            fix: cause.fix(),
        },
    )
}

/// What one cause says of one RST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The evidence shows it at work.
    Explains(Vec<Cited>),
    /// A sign that others lack.
    Likely(Vec<Cited>),
    /// Nothing against it, and the commonest of those without a sign.
    Usual,
    /// Nothing against it.
    Possible,
    /// Nothing against it, but a usual sign is missing.
    Unlikely,
    /// Why not, one clause.
    RuledOut(String),
}

impl Verdict {
    pub(crate) fn ruled_out(because: &str) -> Self {
        Self::RuledOut(because.to_owned())
    }

    /// Higher is nearer; ruled out is lowest.
    pub(crate) const fn weight(&self) -> u8 {
        match self {
            Self::Explains(_) => 5,
            Self::Likely(_) => LIKELY,
            Self::Usual => 3,
            Self::Possible => 2,
            Self::Unlikely => 1,
            Self::RuledOut(_) => 0,
        }
    }
}

/// From this weight on a cause has a positive sign.
pub(crate) const LIKELY: u8 = 4;

/// All causes; of equally near ones the earlier is named first.
pub(crate) static ALL: [&dyn ResetCause; 24] = [
    &close_with_unread_data::CloseWithUnreadData,
    &disconnect_with_unsent_data::DisconnectWithUnsentData,
    &linger_zero_close::LingerZeroClose,
    &listener_closed_with_queued_connection::ListenerClosedWithQueuedConnection,
    &socket_destroyed_by_admin::SocketDestroyedByAdmin,
    &disconnect_af_unspec::DisconnectAfUnspec,
    &orphan_resource_pressure::OrphanResourcePressure,
    &linger2_negative::Linger2Negative,
    &keepalive_timeout::KeepaliveTimeout,
    &mptcp_fastclose::MptcpFastclose,
    &data_after_close_timewait::DataAfterCloseTimewait,
    &data_after_close_orphan::DataAfterCloseOrphan,
    &unacceptable_ack_in_syn_sent::UnacceptableAckInSynSent,
    &late_synack_client_gone::LateSynackClientGone,
    &accept_queue_overflow_abort::AcceptQueueOverflowAbort,
    &syn_recv_listener_gone::SynRecvListenerGone,
    &bad_ack_in_handshake::BadAckInHandshake,
    &stale_connection_no_socket::StaleConnectionNoSocket,
    &connection_refused::ConnectionRefused,
    &syn_in_syn_recv::SynInSynRecv,
    &mptcp_join_rejected::MptcpJoinRejected,
    &firewall_reject_tcp_reset::FirewallRejectTcpReset,
    &nat_state_lost::NatStateLost,
    &injected_rst::InjectedRst,
];

/// Whether no TCP endpoint decides on it.
pub(crate) const fn is_third_party(cause: CauseId) -> bool {
    matches!(
        cause,
        CauseId::FirewallRejectTcpReset | CauseId::InjectedRst
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_listed_once_and_says_what_it_must() {
        for id in CauseId::ALL {
            let listed: Vec<_> = ALL.iter().filter(|cause| cause.id() == id).collect();
            assert_eq!(listed.len(), 1, "{id}");
            assert!(!listed[0].fix().is_empty(), "{id}");
            assert!(!listed[0].rfc().is_empty(), "{id}");
            assert!(!listed[0].shapes().is_empty(), "{id}");
        }
    }
}
