//! The server's SYN,ACK came when the client had given up.

use super::unacceptable_ack_in_syn_sent::is_unacceptable;
use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 9293 §3.5.2; `tcp_v4_rcv` (no socket).
pub(super) struct LateSynackClientGone;

impl ResetCause for LateSynackClientGone {
    fn id(&self) -> CauseId {
        CauseId::LateSynackClientGone
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.2"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["NO_SOCKET"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        let flags = trigger.segment.flags;
        if !(flags.syn() && flags.ack()) {
            return Verdict::ruled_out("the segment that drew it was no SYN,ACK");
        }
        if reset.knows_all_acts() && !reset.seen_from_start() && !reset.ever_connected() {
            return Verdict::RuledOut(format!(
                "no program had ever connected from {}",
                reset.connection.end(reset.from).address
            ));
        }
        let own = reset.before.of(reset.from);
        if own.spoken > 0 {
            return Verdict::ruled_out("the client had finished its handshake");
        }
        if is_unacceptable(reset) == Ok(true) {
            return Verdict::ruled_out("the SYN,ACK could not be meant for the SYN that was sent");
        }
        if reset.syn_again {
            return Verdict::ruled_out("the client went on connecting");
        }
        if reset.seen_from_start() {
            Verdict::Likely(Vec::new())
        } else {
            // Nobody was seen asking for it.
            Verdict::Possible
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} had given up connecting when the SYN,ACK came.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} answered, but no socket waited for it any more: connect() had timed out or its program had ended.",
            reset.receiver()
        )
    }

    fn fix(&self) -> &'static str {
        "Give connect() longer, or find why the answer takes so long."
    }
}
