//! A segment for a connection that its receiver no longer knows.

use super::bad_ack_in_handshake::is_wrong_ack;
use super::connection_refused::listening;
use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::samples::Left;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::units::Nanos;

/// Sources: RFC 9293 §3.5.1, §3.5.2 (group 1); `tcp_v4_rcv` (no socket), or a listener on the port.
pub(super) struct StaleConnectionNoSocket;

/// No time-wait record lives shorter: 3.5 retransmission timeouts of at least 200 ms.
const SHORTEST_RECORD: Nanos = Nanos::from_millis(500);
/// And none longer, unless `tcp_fin_timeout` is larger.
const LONGEST_RECORD: Nanos = Nanos::from_millis(60_000);
/// A record that lives at most this long is counted as `TWKilled`, a longer one as `TW`.
const KILLED: Nanos = Nanos::from_millis(3_900);

/// A kernel that forgets a connection without a FIN or a RST that anybody saw has mostly waited in vain for an answer,
/// at least so long; seldom was its RST lost, or its connection moved to another machine. Source: `TCP_RTO_MIN`.
const SHORTEST_SILENCE: Nanos = Nanos::from_millis(200);

impl ResetCause for StaleConnectionNoSocket {
    fn id(&self) -> CauseId {
        CauseId::StaleConnectionNoSocket
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.1, §3.5.2 (group 1)"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["NO_SOCKET", "TCP_FLAGS"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.sender_was_gone {
            return match reset.trigger {
                // All that this port ever said was RST: it may never have known a connection.
                Some(_) if reset.before.of(reset.from).last_at.is_none() => Verdict::Possible,
                Some(_) => Verdict::Explains(Vec::new()),
                None => Verdict::Likely(Vec::new()),
            };
        }
        if reset.before.in_syn_sent(reset.from) || reset.is_connecting() {
            return Verdict::ruled_out("it was sent by the end that was still connecting");
        }
        let Some(trigger) = reset.trigger else {
            return Verdict::Possible;
        };
        if reset.is_unheard_of() {
            return Verdict::ruled_out("there had never been a connection between the two");
        }
        if never_served(reset) {
            return Verdict::ruled_out(
                "no program of the server ever had that address: it was another's, translated",
            );
        }
        if is_wrong_ack(reset) && is_young(reset) && listening(reset).is_some() {
            return Verdict::ruled_out("the server still waited for the ACK of its SYN");
        }
        if request_was_dropped(reset) {
            return Verdict::ruled_out(
                "the listener was closed before the server's SYN,ACK was a second old",
            );
        }
        if request_is_kept(reset) {
            return Verdict::ruled_out(
                "the listener had sent its SYN,ACK less than a second before and waited for the answer",
            );
        }
        let held = reset.used_after(reset.at()).is_some() && !reset.kernel_gave_up();
        if held && reset.own_fin().is_none() {
            return Verdict::RuledOut(format!("{} still had the socket", reset.sender()));
        }
        let silent_since = reset.before.of(reset.from).last_at;
        match (reset.own_fin(), reset.fin_acked_before_trigger()) {
            (Some(_), Some(acked)) => after_fin(reset, trigger.at - acked),
            (Some(_), None) if trigger.segment.payload_len > 0 => Verdict::ruled_out(
                "its FIN was not acknowledged yet: the closed socket was still there",
            ),
            (Some(_), None) if trigger.segment.flags.fin() => Verdict::Likely(Vec::new()),
            (Some(_), None) => Verdict::Possible,
            (None, _) if !reset.seen_from_start() => Verdict::Likely(Vec::new()),
            (None, _) if reset.drawn_by_probe() => Verdict::Likely(Vec::new()),
            (None, _) if unaccepted_silence(reset) => Verdict::Unlikely,
            (None, _) if silent_since.is_none() => Verdict::Possible,
            (None, _) if silent_since.is_some_and(|last| trigger.at - last < SHORTEST_SILENCE) => {
                Verdict::Unlikely
            }
            (None, _) => Verdict::Likely(Vec::new()),
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} sent on a connection that {} no longer knew.",
            reset.receiver(),
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let sender = reset.sender();
        let why = if reset.sender_was_gone {
            "an earlier RST had removed it"
        } else if reset.own_fin().is_some() {
            "it had closed, and the record kept after the FIN was gone"
        } else {
            "it had given the connection up without a word, or lost it"
        };
        format!(
            "No socket at {sender} belonged to the segment any more: {why}. Such a segment is answered by RST."
        )
    }

    fn fix(&self) -> &'static str {
        "Send heartbeats or keepalives more often than the other end's timeout, and connect again on error."
    }
}

fn after_fin(reset: &Reset<'_>, gap: Nanos) -> Verdict {
    let no_data = reset
        .trigger
        .is_some_and(|trigger| trigger.segment.payload_len == 0);
    if no_data {
        // What a time-wait record answers with an ACK: only its absence draws a RST.
        return Verdict::Explains(Vec::new());
    }
    let left = reset
        .trigger
        .and_then(|trigger| reset.left_before(trigger.at));
    if let Some((event, Left::Nothing)) = left {
        return Verdict::Explains(vec![cited(event, "socket", "CLOSED")]);
    }
    if let Some((event, Left::Socket)) = left {
        return Verdict::RuledOut(format!(
            "the socket was still there in full, by reading {event}"
        ));
    }
    let overflow = reset.run.counters.total("TcpExtTCPTimeWaitOverflow");
    let killed = reset.run.counters.total("TcpExtTWKilled");
    let alive = gap < SHORTEST_RECORD || (gap < KILLED && killed == Some(0));
    if alive && overflow == Some(0) {
        return Verdict::RuledOut(format!(
            "its FIN had been acknowledged {gap} before: too short for the record to expire"
        ));
    }
    let kept = reset.run.counters.total("TcpExtTW");
    let expired = killed.is_some_and(|killed| killed > 0) && kept == Some(0);
    if gap > LONGEST_RECORD || (gap > SHORTEST_RECORD && expired) {
        return Verdict::Likely(Vec::new());
    }
    if gap < SHORTEST_RECORD {
        Verdict::Unlikely
    } else {
        Verdict::Possible
    }
}

/// Bytes were exchanged with an address at which no program ever had a socket: another stood behind it.
fn never_served(reset: &Reset<'_>) -> bool {
    let Some(_) = reset.redirection() else {
        return false;
    };
    let end = reset.connection.end(reset.from);
    let listens = reset.run.connections.listens_at(end.address);
    reset.knows_all_acts() && end.socket.is_none() && !listens
}

/// A half-open connection is not forgotten by itself before its first timer, which is a second.
///
/// Source: `TCP_TIMEOUT_INIT`, RFC 6298 §2.1.
fn request_was_dropped(reset: &Reset<'_>) -> bool {
    reset.was_accepted() == Some(false)
        && unaccepted_silence(reset)
        && is_young(reset)
        && listener_closed(reset)
}

/// A half-open connection that nobody answered and nothing ended is still known: the segment came from a stranger.
fn request_is_kept(reset: &Reset<'_>) -> bool {
    let client = reset.before.of(Role::Client);
    reset.knows_all_acts()
        && !reset.run.outside.destroyed_any()
        && unaccepted_silence(reset)
        && client.syns > 0
        && reset.connection.listener.is_some()
        && client.spoken == 0
        && is_young(reset)
        && !listener_closed(reset)
}

/// The server's SYN,ACK is younger than the first timer of a half-open connection.
fn is_young(reset: &Reset<'_>) -> bool {
    const FIRST_TIMER: Nanos = Nanos::from_millis(1_000);
    let server = reset.before.of(Role::Server);
    let answered = server.isn.and(server.last_at);
    answered.is_some_and(|answered| reset.at() < answered + FIRST_TIMER)
}

fn listener_closed(reset: &Reset<'_>) -> bool {
    let mut endings = reset.listener_endings();
    endings.any(|ending| ending.worked() && ending.event.at <= reset.at())
}

/// The server said nothing after its SYN,ACK: it may never have known the connection.
fn unaccepted_silence(reset: &Reset<'_>) -> bool {
    reset.from == Role::Server && reset.before.of(Role::Server).spoken == 0
}
