//! The accept queue was full and `tcp_abort_on_overflow` was on.

use super::syn_recv_listener_gone::{not_in_syn_received, others_came_since};
use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;

/// Source: `tcp_check_req` (`listen_overflow`), sysctl `tcp_abort_on_overflow`.
pub(super) struct AcceptQueueOverflowAbort;

impl ResetCause for AcceptQueueOverflowAbort {
    fn id(&self) -> CauseId {
        CauseId::AcceptQueueOverflowAbort
    }

    fn rfc(&self) -> &'static str {
        "no clause; Linux sysctl tcp_abort_on_overflow"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["INVALID_SYN"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtEmbryonicRsts")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some(because) = not_in_syn_received(reset) {
            return Verdict::RuledOut(because);
        }
        if reset.moved("TcpExtListenOverflows") == Some(0) {
            return Verdict::ruled_out("ListenOverflows did not move");
        }
        let abort = reset
            .run
            .sysctl("net.ipv4.tcp_abort_on_overflow", reset.at());
        if abort.is_some_and(|(_, value)| value == "0") {
            return Verdict::ruled_out("tcp_abort_on_overflow was 0");
        }
        if reset.was_accepted() == Some(true) {
            return Verdict::ruled_out("accept had returned the connection");
        }
        match reset.moved("TcpExtListenOverflows") {
            Some(_) => Verdict::Explains(
                abort
                    .map(|(event, value)| {
                        let label = format!("tcp_abort_on_overflow = {value}");
                        cited(event, "outside", &label)
                    })
                    .into_iter()
                    .collect(),
            ),
            None if reset.drawn_by_probe() => Verdict::Unlikely,
            // The final ACK itself is what a full queue answers.
            None if reset.drawn_by_first_words() => Verdict::Likely(Vec::new()),
            None if others_came_since(reset) => Verdict::Usual,
            None => Verdict::Possible,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} had a full accept queue and was set to reset what did not fit.",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "The client's final ACK of the handshake met a full queue. With net.ipv4.tcp_abort_on_overflow=1 that is \
         answered by RST; by default it is dropped and tried again."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Accept faster, raise the backlog and net.core.somaxconn, and leave tcp_abort_on_overflow at 0."
    }

    fn fix_code(&self) -> &'static str {
        "listener.listen(1024)"
    }
}
