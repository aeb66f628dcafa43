//! A further path for a multipath connection that the server does not know.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 8684 §3.2, §3.6; `subflow_v4_route_req`.
pub(super) struct MptcpJoinRejected;

impl ResetCause for MptcpJoinRejected {
    fn id(&self) -> CauseId {
        CauseId::MptcpJoinRejected
    }

    fn rfc(&self) -> &'static str {
        "RFC 8684 §3.2, §3.6"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::AnswerToSyn]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["MPTCP_RST_EMPTCP"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("MPTcpExtMPJoinNoTokenFound")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        match reset.sent.segment.options.mp_tcprst {
            Some(_) => Verdict::Explains(Vec::new()),
            None => Verdict::ruled_out("the RST carries no MP_TCPRST"),
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} did not know the multipath connection that a SYN wanted to join.",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "The SYN carried MP_JOIN with a token that belongs to no connection there; it is answered by RST with \
         MP_TCPRST."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Find why the two ends disagree about the connection: a restart, or a path to another machine."
    }
}
