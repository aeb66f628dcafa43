//! A multipath connection aborted as a whole.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 8684 §3.5, §3.6; `mptcp_do_fastclose`.
pub(super) struct MptcpFastclose;

impl ResetCause for MptcpFastclose {
    fn id(&self) -> CauseId {
        CauseId::MptcpFastclose
    }

    fn rfc(&self) -> &'static str {
        "RFC 8684 §3.5, §3.6"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &[
            "TCP_ABORT_ON_CLOSE",
            "MPTCP_RST_EMPTCP",
            "MPTCP_RST_ERESOURCE",
            "MPTCP_RST_EMIDDLEBOX",
        ]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let options = reset.sent.segment.options;
        if options.mp_fastclose {
            return Verdict::Explains(Vec::new());
        }
        Verdict::ruled_out("the RST carries no MP_FASTCLOSE")
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} aborted a multipath connection as a whole (MP_FASTCLOSE).",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "MPTCP closes with MP_FASTCLOSE when data is unread or SO_LINGER {1,0} is set; the segment does not say \
         which of the two it was."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Read until EOF before closing, and do not set SO_LINGER {1,0}."
    }
}
