//! The runs that are judged: what happened is known, every source tells its part.

pub(super) mod answered;
mod decided;
mod others;

use super::super::CauseId;
use crate::connection::story::Story;
use crate::scenario::expect::Outcome;

/// One run and the truth about it.
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) story: Story,
    /// Of every RST in order of time.
    pub(super) causes: Vec<CauseId>,
    pub(super) outcome: Outcome,
}

/// The causes that the first scenarios are about.
pub(super) const SIX: [CauseId; 6] = [
    CauseId::CloseWithUnreadData,
    CauseId::DataAfterCloseTimewait,
    CauseId::DataAfterCloseOrphan,
    CauseId::ListenerClosedWithQueuedConnection,
    CauseId::LingerZeroClose,
    CauseId::ConnectionRefused,
];

fn told(name: &'static str, story: &Story, causes: &[CauseId], outcome: Outcome) -> Told {
    Told {
        name,
        story: story.clone(),
        causes: causes.to_vec(),
        outcome,
    }
}

/// Every story.
#[expect(clippy::too_many_lines, reason = "a table with one row for each story")]
pub(super) fn all() -> Vec<Told> {
    use CauseId as C;
    use Outcome::{Closed, Refused, Reset};
    vec![
        told(
            "unread",
            &decided::unread(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "unread with linger zero",
            &decided::unread_with_linger(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "linger zero",
            &decided::linger(),
            &[C::LingerZeroClose],
            Reset,
        ),
        told(
            "linger zero from the listener",
            &decided::linger_inherited(),
            &[C::LingerZeroClose],
            Reset,
        ),
        told(
            "linger zero, all read",
            &decided::linger_all_read(),
            &[C::LingerZeroClose],
            Reset,
        ),
        told(
            "listener closed",
            &decided::listener_closed(),
            &[C::ListenerClosedWithQueuedConnection],
            Reset,
        ),
        told(
            "listener closed, data queued",
            &decided::listener_closed_with_data(),
            &[C::ListenerClosedWithQueuedConnection],
            Reset,
        ),
        told(
            "timewait",
            &answered::timewait(),
            &[C::DataAfterCloseTimewait],
            Reset,
        ),
        told(
            "orphan",
            &answered::orphan(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told(
            "orphan, FIN acknowledged by the data",
            &answered::orphan_acked_by_trigger(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told(
            "two in flight",
            &answered::two_in_flight(),
            &[C::DataAfterCloseOrphan, C::StaleConnectionNoSocket],
            Reset,
        ),
        told(
            "refused",
            &answered::refused(),
            &[C::ConnectionRefused],
            Refused,
        ),
        told(
            "disconnect",
            &decided::disconnect(),
            &[C::DisconnectAfUnspec],
            Reset,
        ),
        told(
            "destroyed",
            &decided::destroyed(),
            &[C::SocketDestroyedByAdmin],
            Reset,
        ),
        told(
            "two causes in one run",
            &decided::two_causes(),
            &[C::LingerZeroClose, C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "forged, not acceptable",
            &others::forged_outside(),
            &[C::InjectedRst],
            Closed,
        ),
        told(
            "firewall in the input hook",
            &others::firewall(),
            &[C::FirewallRejectTcpReset],
            Reset,
        ),
        told(
            "one byte unread",
            &decided::one_byte(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "peeked only",
            &decided::peeked(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "killed with data unread",
            &decided::killed(),
            &[C::CloseWithUnreadData],
            Reset,
        ),
        told(
            "shut down both ways",
            &answered::shut_both(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told(
            "FIN behind unsent data",
            &answered::fin_held_back(),
            &[C::DataAfterCloseOrphan],
            Reset,
        ),
        told("orderly", &others::orderly(), &[], Closed),
    ]
}
