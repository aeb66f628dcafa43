//! A firewall rule that rejects with a TCP reset.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::counters::SentByTcp;
use crate::diagnosis::reset::{PROMPT, Reset};
use crate::diagnosis::shape::Shape;
use crate::units::Nanos;

/// Source: `nf_send_reset` of `net/ipv4/netfilter`; RFC 3360 on resets by middleboxes.
pub(super) struct FirewallRejectTcpReset;

impl ResetCause for FirewallRejectTcpReset {
    fn id(&self) -> CauseId {
        CauseId::FirewallRejectTcpReset
    }

    fn rfc(&self) -> &'static str {
        "no clause; RFC 3360 on resets by middleboxes"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply, Shape::AnswerToSyn]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &[]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.sent_by_tcp() == SentByTcp::No {
            return Verdict::Explains(Vec::new());
        }
        if reset.spoke_after.is_some() || !prompt_trigger(reset) {
            return Verdict::Likely(Vec::new());
        }
        if reset.shape == Shape::AnswerToSyn {
            let resent = reset.before.of(reset.from).isn.is_some();
            return if resent {
                Verdict::Unlikely
            } else {
                Verdict::Possible
            };
        }
        if reset.own_fin().is_some() || reset.sender_was_gone {
            return Verdict::RuledOut(format!(
                "{} was over by then, and its own kernel must answer with RST",
                reset.sender()
            ));
        }
        if reset.before.in_syn_sent(reset.from) {
            return Verdict::ruled_out("it was sent by the end that was still connecting");
        }
        Verdict::Possible
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "a firewall answered {} with a reset in the name of {}.",
            reset.receiver(),
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "A rule with `reject with tcp reset` writes the RST itself: TcpOutRsts does not move, and {} knows nothing \
             of it.",
            reset.sender()
        )
    }

    fn fix(&self) -> &'static str {
        "Change the rule set: nft list ruleset."
    }
}

/// Older than this, a bare ACK cannot have drawn an answer on a path of any length.
const SLOW_PATH: Nanos = Nanos::from_millis(500);

/// A segment in the capture drew it: new data, FIN, SYN or a probe, or an ACK right before.
pub(super) fn prompt_trigger(reset: &Reset<'_>) -> bool {
    let Some(trigger) = reset.trigger else {
        return false;
    };
    let local = reset.connection.client.address.ip().is_loopback();
    let limit = if local { PROMPT } else { SLOW_PATH };
    let waited = reset.at() - trigger.at;
    if trigger.segment.seq_len() > 0 {
        return waited <= SLOW_PATH;
    }
    let early_ack = Nanos::from_millis(2);
    let is_handshake = reset.before.of(reset.to()).spoken <= 1;
    waited <= if is_handshake { early_ack } else { limit }
}
