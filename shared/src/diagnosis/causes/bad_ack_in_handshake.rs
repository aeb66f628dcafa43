//! An ACK that belongs to no valid handshake.

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
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        let sender = reset.before.of(reset.from);
        if sender.last_at.is_none() && !reset.seen_from_start() {
            // A lone segment for a connection whose beginning the capture does not hold.
            let only = reset.before.of(reset.to()).spoken <= 1;
            return if only {
                Verdict::Likely(Vec::new())
            } else {
                Verdict::Unlikely
            };
        }
        if reset.from == Role::Client {
            return Verdict::ruled_out("it came from the client");
        }
        let Some(isn) = sender.isn else {
            return Verdict::ruled_out("no SYN,ACK of the server was captured");
        };
        let ack = trigger.segment.ack;
        let beyond = sender.snd_nxt.is_some_and(|nxt| nxt.distance_to(ack) > 0);
        let before = isn.distance_to(ack) <= 0;
        if sender.spoken == 0 && (beyond || before) {
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
