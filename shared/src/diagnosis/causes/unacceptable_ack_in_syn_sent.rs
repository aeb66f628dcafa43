//! A connecting client got an answer that cannot be meant for its SYN.

use super::{ResetCause, Verdict};
use crate::connection::SegmentSent;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::{IN_FLIGHT, Shape};

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
        match is_unacceptable(reset) {
            Ok(true) => Verdict::Explains(Vec::new()),
            Ok(false) => {
                Verdict::ruled_out("the answer acknowledged exactly the SYN that was sent")
            }
            Err(because) => Verdict::RuledOut(because),
        }
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

/// Whether a connecting end got an answer that cannot be meant for its SYN.
///
/// # Errors
/// Why the question does not arise.
pub(super) fn is_unacceptable(reset: &Reset<'_>) -> Result<bool, String> {
    let Some(trigger) = reset.trigger else {
        return Err("no segment in the capture drew it".to_owned());
    };
    // A SYN that is out: the handshake's own, or a new one on an old connection.
    let segments = reset.connection.segments.iter();
    let until = reset.trigger_index.unwrap_or(0);
    let own = segments
        .take(until)
        .rev()
        .take(IN_FLIGHT)
        .find(|sent| sent.from == reset.from);
    let syn = own.filter(|own| own.segment.flags.syn() && !own.segment.flags.ack());
    let Some(syn) = syn else {
        return Err(format!("{} was not connecting", reset.sender()));
    };
    let unfit = |answer: &SegmentSent| {
        let wrong = answer.segment.ack != syn.segment.seq_end();
        let plain = !answer.segment.flags.syn();
        wrong || plain || echoes_nothing_sent(reset, answer)
    };
    // Of several answers at once a fit one was not delivered: the end would not be connecting any more.
    let answers = reset.connection.segments.iter().skip(until);
    let mut answers = answers
        .take_while(|sent| sent.event != reset.sent.event)
        .filter(|sent| sent.from != reset.from && sent.segment.ack == reset.sent.segment.seq);
    Ok(unfit(trigger) || answers.any(unfit))
}

/// The answer echoes a timestamp that no SYN of that end carried.
fn echoes_nothing_sent(reset: &Reset<'_>, trigger: &SegmentSent) -> bool {
    let Some((_, echo)) = trigger.segment.options.timestamps else {
        return false;
    };
    let until = reset.trigger_index.unwrap_or(0);
    let segments = reset.connection.segments.iter().take(until).rev();
    let segments = segments.take(IN_FLIGHT);
    let syns = segments.filter(|sent| sent.from == reset.from && sent.segment.flags.syn());
    let mut values = syns
        .filter_map(|sent| sent.segment.options.timestamps)
        .map(|(value, _)| value)
        .peekable();
    values.peek().is_some() && !values.any(|value| value == echo)
}
