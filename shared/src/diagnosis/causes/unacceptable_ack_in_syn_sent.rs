//! A connecting client got an answer that cannot be meant for its SYN.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Sources: RFC 9293 §3.5.1, §3.10.7.3, RFC 5961 §4.2; `tcp_rcv_synsent_state_process`.
pub(super) struct UnacceptableAckInSynSent;

impl ResetCause for UnacceptableAckInSynSent {
    fn id(&self) -> CauseId {
        CauseId::UnacceptableAckInSynSent
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.1, §3.10.7.3; RFC 5961 §4.2"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_INVALID_ACK_SEQUENCE", "TCP_RFC7323_PAWS"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        // A SYN that is out: the handshake's own, or a new one on an old connection.
        let connection = &reset.connection.segments;
        let until = reset.trigger_index.unwrap_or(0);
        let own = connection
            .iter()
            .take(until)
            .rev()
            .find(|sent| sent.from == reset.from);
        let Some(syn) = own.filter(|own| own.segment.flags.syn() && !own.segment.flags.ack())
        else {
            return Verdict::RuledOut(format!("{} was not connecting", reset.sender()));
        };
        let wrong = trigger.segment.ack != syn.segment.seq_end();
        let echoed = trigger.segment.options.timestamps.map(|(_, echo)| echo);
        let told = syn.segment.options.timestamps.map(|(value, _)| value);
        let stale_echo = matches!((echoed, told), (Some(echo), Some(value)) if echo != value)
            && !other_syn_has(reset, echoed);
        if wrong || !trigger.segment.flags.syn() || stale_echo {
            return Verdict::Explains(Vec::new());
        }
        Verdict::ruled_out("the answer acknowledged exactly the SYN that was sent")
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} was connecting and got an answer meant for an older connection.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "The SYN of {} met what was left of an older connection with the same two ports. That answered with its \
             old numbers, and an ACK of anything but the SYN is answered by RST; the SYN is then sent again.",
            reset.sender()
        )
    }

    fn fix(&self) -> &'static str {
        "Do not reuse fixed source ports; let the server notice dead connections by keepalive."
    }
}

/// Another SYN of the same end carried the timestamp that was echoed.
fn other_syn_has(reset: &Reset<'_>, echoed: Option<u32>) -> bool {
    let segments = reset.connection.segments.iter();
    segments
        .filter(|sent| sent.from == reset.from && sent.segment.flags.syn())
        .any(|sent| sent.segment.options.timestamps.map(|(value, _)| value) == echoed)
}
