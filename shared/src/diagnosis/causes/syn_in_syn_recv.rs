//! A second SYN with another number while the first was being answered.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 9293 §3.10.7.4; `tcp_check_req`.
pub(super) struct SynInSynRecv;

impl ResetCause for SynInSynRecv {
    fn id(&self) -> CauseId {
        CauseId::SynInSynRecv
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.10.7.4"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::AnswerToSyn]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["INVALID_SYN"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtEmbryonicRsts")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        let first = reset.before.of(reset.to()).isn;
        let answering = reset.before.of(reset.from).isn.is_some() && !reset.handshake_complete();
        if answering && first.is_some_and(|isn| isn != trigger.segment.seq) {
            return Verdict::Explains(Vec::new());
        }
        Verdict::ruled_out("no SYN with another number was being answered")
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} sent a second SYN with another number during the handshake.",
            reset.receiver()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} had answered a first SYN and waited for the final ACK. A SYN with another number makes that request \
             void; it is answered by RST.",
            reset.sender()
        )
    }

    fn fix(&self) -> &'static str {
        "Look for a program that uses one source port twice at once, or for forged segments."
    }
}
