//! A socket destroyed from outside its program: `ss -K`, a network manager, BPF.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::outside::Destroyed;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::errno::Errno;

/// Source: `tcp_diag_destroy` > `tcp_abort` > `tcp_send_active_reset`.
pub(super) struct SocketDestroyedByAdmin;

impl ResetCause for SocketDestroyedByAdmin {
    fn id(&self) -> CauseId {
        CauseId::SocketDestroyedByAdmin
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.10.5 (ABORT)"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_STATE"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let by_kernel = reset.reason.and_then(|(_, reason)| reason.state.as_deref());
        if by_kernel.is_some_and(|state| state == "TCP_CLOSE") {
            return Verdict::ruled_out(
                "the socket was closed by its own program when the RST left",
            );
        }
        if let Some((event, Destroyed::Socket)) = reset.destroyed() {
            return Verdict::Explains(vec![cited(event, "outside", "destroy socket")]);
        }
        let told = reset
            .run
            .calls_of(reset.connection, reset.from)
            .find(|(_, call)| call.failed_with(Errno::ECONNABORTED));
        if let Some((event, call)) = told {
            let label = format!("{} = ECONNABORTED", call.signature());
            return Verdict::Explains(vec![cited(event.id, "call", &label)]);
        }
        let timed_out = reset
            .run
            .calls_of(reset.connection, reset.from)
            .any(|(_, call)| call.failed_with(Errno::ETIMEDOUT));
        if timed_out {
            return Verdict::RuledOut(format!(
                "{} was told ETIMEDOUT, not ECONNABORTED",
                reset.sender()
            ));
        }
        if let Some(ending) = reset.sending_call() {
            return Verdict::RuledOut(format!("the RST left {}", ending.within()));
        }
        if reset.covers_sender() && reset.used_after(reset.at()).is_some() {
            return Verdict::RuledOut(format!("{} was never told ECONNABORTED", reset.sender()));
        }
        if reset.before.of(reset.from).fin.is_some() {
            return Verdict::Unlikely;
        }
        Verdict::Possible
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "the socket of {} was destroyed from outside its program.",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "SOCK_DESTROY (`ss -K`, a network manager, BPF) ends a socket under its owner: the other end gets RST, \
         the owner ECONNABORTED."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Find what destroys sockets on this machine and stop it."
    }
}
