//! An ACK that belongs to no valid handshake.

use super::connection_refused::listening;
use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 9293 §3.5.2 (group 2), §3.10.7.2; `tcp_rcv_state_process` in LISTEN and SYN-RECEIVED.
pub(super) struct BadAckInHandshake;

impl ResetCause for BadAckInHandshake {
    fn id(&self) -> CauseId {
        CauseId::BadAckInHandshake
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.2 (group 2), §3.10.7.2"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &[
            "TCP_FLAGS",
            "TCP_ACK_UNSENT_DATA",
            "TCP_TOO_OLD_ACK",
            "TCP_OLD_ACK",
        ]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.trigger.is_none() {
            return Verdict::ruled_out("no segment in the capture drew it");
        }
        let sender = reset.before.of(reset.from);
        if sender.last_at.is_none() && !reset.seen_from_start() {
            if reset.is_unheard_of() && listening(reset).is_none() {
                return Verdict::ruled_out("nobody was listening there");
            }
            // A lone segment for a connection whose beginning the capture does not hold.
            let only = reset.before.of(reset.to()).spoken <= 1;
            // Timestamps are sent where a handshake agreed on them: RFC 7323 §3.2.
            let agreed = reset.before.of(reset.to()).timestamps;
            return if only && !agreed {
                Verdict::Likely(Vec::new())
            } else {
                Verdict::Unlikely
            };
        }
        if reset.from == Role::Client {
            return Verdict::ruled_out("it came from the client");
        }
        if sender.isn.is_none() {
            return Verdict::ruled_out("no SYN,ACK of the server was captured");
        }
        if is_wrong_ack(reset) {
            return Verdict::Explains(Vec::new());
        }
        Verdict::ruled_out("the client had acknowledged the server's SYN as it should")
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} sent an ACK that belonged to no handshake of {}.",
            reset.receiver(),
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "Before a connection is established every ACK must acknowledge exactly the SYN that was sent; any other is \
         answered by RST."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Look for a scanner, for segments that take another way, or for a middlebox that was restarted."
    }
}

/// What drew it acknowledges another number than the SYN of a server that waits for exactly that.
pub(super) fn is_wrong_ack(reset: &Reset<'_>) -> bool {
    let sender = reset.before.of(reset.from);
    let (Some(isn), Some(trigger)) = (sender.isn, reset.trigger) else {
        return false;
    };
    let ack = trigger.segment.ack;
    let beyond = sender.snd_nxt.is_some_and(|nxt| nxt.distance_to(ack) > 0);
    let before = isn.distance_to(ack) <= 0;
    reset.from == Role::Server && sender.spoken == 0 && (beyond || before)
}
