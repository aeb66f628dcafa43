//! Keepalive probes stayed unanswered, so the kernel gave the connection up.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::errno::Errno;

/// Sources: RFC 9293 §3.8.4, RFC 1122 §4.2.3.6; `tcp_keepalive_timer`.
pub(super) struct KeepaliveTimeout;

impl ResetCause for KeepaliveTimeout {
    fn id(&self) -> CauseId {
        CauseId::KeepaliveTimeout
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.8.4; RFC 1122 §4.2.3.6"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_KEEPALIVE_TIMEOUT"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnTimeout")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let own = reset.before.of(reset.from);
        if own.probes == 0 {
            return Verdict::RuledOut(format!("{} sent no keepalive probe before", reset.sender()));
        }
        if let Some(ending) = reset.sending_call() {
            return Verdict::RuledOut(format!("the RST left {}", ending.within()));
        }
        let on = reset.option_in_force("SO_KEEPALIVE");
        if reset.covers_sender() && on.is_none_or(|(_, value)| value.trim() == "0") {
            return Verdict::ruled_out("SO_KEEPALIVE was never switched on");
        }
        let told = reset
            .run
            .calls_of(reset.connection, reset.from)
            .find(|(_, call)| call.failed_with(Errno::ETIMEDOUT));
        match told {
            Some((event, call)) => {
                let label = format!("{} = ETIMEDOUT", call.signature());
                Verdict::Explains(vec![cited(event.id, "call", &label)])
            }
            None => Verdict::Likely(Vec::new()),
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} got no answer to its keepalive probes and gave the connection up.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let own = reset.before.of(reset.from);
        let count = own.probes;
        let probes = if count == 1 {
            "keepalive probe was"
        } else {
            "keepalive probes were"
        };
        let unanswered = match own.unanswered_probes {
            0 => "the capture shows an answer to each".to_owned(),
            all if all == count => "the capture shows no answer".to_owned(),
            some => format!("the capture shows no answer to {some} of them"),
        };
        format!(
            "{count} {probes} sent since the last data; {unanswered}. The kernel then ended the connection: RST to \
             the other end, ETIMEDOUT to its own program."
        )
    }

    fn fix(&self) -> &'static str {
        "Find why the other end stopped answering, or give it longer: TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT."
    }
}
