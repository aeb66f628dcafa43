//! `connect` with `AF_UNSPEC` on a live socket: dissolves the association by RST.

use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: `__inet_stream_connect` > `tcp_disconnect`; RFC 9293 §3.10.5 (ABORT).
pub(super) struct DisconnectAfUnspec;

impl ResetCause for DisconnectAfUnspec {
    fn id(&self) -> CauseId {
        CauseId::DisconnectAfUnspec
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.10.5 (ABORT)"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_STATE", "TCP_DISCONNECT_WITH_DATA"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some((_, reason)) = reset.reason
            && reason.state.as_deref() == Some("TCP_ESTABLISHED")
        {
            return Verdict::ruled_out("the socket was still ESTABLISHED when the RST left");
        }
        if reset.from == Role::Server && reset.was_accepted() == Some(false) {
            return Verdict::ruled_out("no program ever held the connection: it was not accepted");
        }
        if let Some(ending) = reset.sending_call() {
            if ending.is_disconnect() {
                return Verdict::Explains(vec![ending.cited()]);
            }
            return Verdict::RuledOut(format!("the RST left {}", ending.within()));
        }
        if reset.covers_sender() {
            return Verdict::ruled_out("nobody called connect(AF_UNSPEC)");
        }
        if reset.before.of(reset.from).fin.is_some() {
            return Verdict::Unlikely;
        }
        Verdict::Possible
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} dissolved the connection with connect(AF_UNSPEC).",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "connect() with AF_UNSPEC makes a connected socket unconnected again. For TCP that is an abort: the other \
         end is told by RST."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Use shutdown and close, and a new socket for the next connection."
    }
}
