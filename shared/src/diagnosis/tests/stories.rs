//! The runs that are judged: what happened is known, every source tells its part.

pub(super) mod answered;
pub(super) mod decided;
mod handshake;
mod others;
mod timers;

use super::super::CauseId;
use super::super::CauseId as C;
use crate::connection::story::Story;
use crate::scenario::expect::Outcome::{self, Closed, Open, Refused, Reset, TimedOut};

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

/// Name, story, the cause of every RST in order of time, and how it ended.
type Row = (&'static str, fn() -> Story, &'static [C], Outcome);

const ROWS: &[Row] = &[
    ("unread", decided::unread, &[C::CloseWithUnreadData], Reset),
    (
        "unread, closed by a call's return",
        decided::unread_after_held,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    (
        "unread with linger zero",
        decided::unread_with_linger,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    ("linger zero", decided::linger, &[C::LingerZeroClose], Reset),
    (
        "linger zero from the listener",
        decided::linger_inherited,
        &[C::LingerZeroClose],
        Reset,
    ),
    (
        "linger zero, all read",
        decided::linger_all_read,
        &[C::LingerZeroClose],
        Reset,
    ),
    (
        "listener closed",
        decided::listener_closed,
        &[C::ListenerClosedWithQueuedConnection],
        Reset,
    ),
    (
        "listener closed, data queued",
        decided::listener_closed_with_data,
        &[C::ListenerClosedWithQueuedConnection],
        Reset,
    ),
    (
        "timewait",
        answered::timewait,
        &[C::DataAfterCloseTimewait],
        Reset,
    ),
    (
        "orphan",
        answered::orphan,
        &[C::DataAfterCloseOrphan],
        Reset,
    ),
    (
        "orphan, FIN acknowledged by the data",
        answered::orphan_acked_by_trigger,
        &[C::DataAfterCloseOrphan],
        Reset,
    ),
    (
        "two in flight",
        answered::two_in_flight,
        &[C::DataAfterCloseOrphan, C::StaleConnectionNoSocket],
        Reset,
    ),
    (
        "refused",
        answered::refused,
        &[C::ConnectionRefused],
        Refused,
    ),
    (
        "disconnect",
        decided::disconnect,
        &[C::DisconnectAfUnspec],
        Reset,
    ),
    (
        "destroyed",
        decided::destroyed,
        &[C::SocketDestroyedByAdmin],
        Reset,
    ),
    (
        "two causes in one run",
        decided::two_causes,
        &[C::LingerZeroClose, C::CloseWithUnreadData],
        Reset,
    ),
    (
        "forged, not acceptable",
        others::forged_outside,
        &[C::InjectedRst],
        Closed,
    ),
    (
        "firewall in the input hook",
        others::firewall,
        &[C::FirewallRejectTcpReset],
        Reset,
    ),
    (
        "one byte unread",
        decided::one_byte,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    (
        "peeked only",
        decided::peeked,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    (
        "killed with data unread",
        decided::killed,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    (
        "shut down both ways",
        answered::shut_both,
        &[C::DataAfterCloseOrphan],
        Reset,
    ),
    (
        "FIN behind unsent data",
        answered::fin_held_back,
        &[C::DataAfterCloseOrphan],
        Reset,
    ),
    ("orderly", others::orderly, &[], Closed),
    (
        "keepalive",
        timers::keepalive,
        &[C::KeepaliveTimeout],
        Reset,
    ),
    (
        "keepalive while a call holds the closed socket",
        timers::keepalive_while_held,
        &[C::KeepaliveTimeout],
        Reset,
    ),
    (
        "TCP_LINGER2 below 0",
        timers::linger2,
        &[C::Linger2Negative],
        Reset,
    ),
    (
        "TCP_LINGER2 below 0 in FIN-WAIT-2",
        timers::linger2_in_fin_wait_2,
        &[C::Linger2Negative],
        Reset,
    ),
    (
        "no room for orphans",
        timers::no_room,
        &[C::OrphanResourcePressure],
        Reset,
    ),
    (
        "unsent data in LAST-ACK",
        timers::unsent,
        &[C::DisconnectWithUnsentData],
        Reset,
    ),
    (
        "unsent data in CLOSE-WAIT",
        timers::linger_in_close_wait,
        &[C::LingerZeroClose],
        Reset,
    ),
    ("multipath", timers::fastclose, &[C::MptcpFastclose], Reset),
    (
        "exit with data unread",
        timers::exits,
        &[C::CloseWithUnreadData],
        Reset,
    ),
    (
        "full queue",
        handshake::overflow,
        &[C::AcceptQueueOverflowAbort],
        Reset,
    ),
    (
        "deferred and closed",
        handshake::deferred,
        &[C::SynRecvListenerGone],
        Reset,
    ),
    (
        "wrong ACK",
        handshake::bad_ack,
        &[C::BadAckInHandshake],
        Reset,
    ),
    (
        "stray ACK",
        handshake::stray,
        &[C::BadAckInHandshake],
        Reset,
    ),
    (
        "stray ACK, nobody listens",
        handshake::stray_refused,
        &[C::ConnectionRefused],
        Reset,
    ),
    (
        "second SYN",
        handshake::second_syn,
        &[C::SynInSynRecv],
        Refused,
    ),
    (
        "old answer",
        handshake::old_answer,
        &[C::UnacceptableAckInSynSent],
        Open,
    ),
    (
        "late answer",
        handshake::late_answer,
        &[C::LateSynackClientGone],
        TimedOut,
    ),
    (
        "unknown token",
        handshake::join,
        &[C::MptcpJoinRejected],
        Refused,
    ),
    (
        "record expired",
        answered::expired_by_setting,
        &[C::StaleConnectionNoSocket],
        Reset,
    ),
    (
        "firewall by a rule on record",
        others::firewall_by_rule,
        &[C::FirewallRejectTcpReset],
        Reset,
    ),
    ("forged exactly", others::forged, &[C::InjectedRst], Reset),
    (
        "destroyed on record",
        others::destroyed_by_act,
        &[C::SocketDestroyedByAdmin],
        Reset,
    ),
    (
        "translation lost",
        others::translation_lost,
        &[C::NatStateLost],
        Reset,
    ),
];

/// Every story.
pub(super) fn all() -> impl Iterator<Item = Told> {
    ROWS.iter().map(|(name, story, causes, outcome)| Told {
        name,
        story: story(),
        causes: causes.to_vec(),
        outcome: *outcome,
    })
}

/// The story of that name.
pub(super) fn named(name: &str) -> Told {
    all().find(|told| told.name == name).unwrap()
}

/// Each cause with the story that looks most like it and is another's.
pub(super) const LOOK_ALIKES: [(C, &str); 24] = [
    (C::CloseWithUnreadData, "linger zero, all read"),
    (C::LingerZeroClose, "unread with linger zero"),
    (C::ListenerClosedWithQueuedConnection, "linger zero"),
    (C::DisconnectAfUnspec, "linger zero"),
    (C::DisconnectWithUnsentData, "unsent data in CLOSE-WAIT"),
    (C::SocketDestroyedByAdmin, "listener closed"),
    (C::Linger2Negative, "orphan"),
    (
        C::OrphanResourcePressure,
        "TCP_LINGER2 below 0 in FIN-WAIT-2",
    ),
    (C::KeepaliveTimeout, "destroyed"),
    (C::MptcpFastclose, "unread"),
    (C::DataAfterCloseTimewait, "orphan"),
    (C::DataAfterCloseOrphan, "timewait"),
    (C::StaleConnectionNoSocket, "timewait"),
    (C::SynRecvListenerGone, "full queue"),
    (C::AcceptQueueOverflowAbort, "deferred and closed"),
    (C::BadAckInHandshake, "stray ACK, nobody listens"),
    (C::SynInSynRecv, "refused"),
    (C::UnacceptableAckInSynSent, "late answer"),
    (C::LateSynackClientGone, "old answer"),
    (C::ConnectionRefused, "stray ACK"),
    (C::MptcpJoinRejected, "refused"),
    (C::FirewallRejectTcpReset, "refused"),
    (C::NatStateLost, "record expired"),
    (C::InjectedRst, "firewall by a rule on record"),
];
