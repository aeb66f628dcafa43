//! `close` with `SO_LINGER` on and time 0: the abort that a program asks for.

use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::calls::LingerZero;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;

/// Source: RFC 9293 §3.10.5 (ABORT); `__tcp_close` > `tcp_disconnect`.
pub(super) struct LingerZeroClose;

impl ResetCause for LingerZeroClose {
    fn id(&self) -> CauseId {
        CauseId::LingerZeroClose
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

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnData")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some((_, reason)) = reset.reason {
            if reason.reason == "TCP_DISCONNECT_WITH_DATA" {
                return Verdict::ruled_out("the kernel says that data was still unsent");
            }
            if reason.state.as_deref() == Some("TCP_ESTABLISHED") {
                return Verdict::ruled_out(
                    "close had not been called: the socket was still ESTABLISHED",
                );
            }
        }
        if reset.from == Role::Server && reset.was_accepted() == Some(false) {
            return Verdict::ruled_out("no program ever held the connection: it was not accepted");
        }
        if reset.closed_in_last_ack() == Some(true) {
            return Verdict::ruled_out(
                "both ends had finished and its FIN still waited behind unsent data",
            );
        }
        let ending = reset.sending_call();
        if let Some(ending) = ending
            && (ending.on_listener || !ending.lets_go())
        {
            return Verdict::RuledOut(format!("the RST left {}", ending.within()));
        }
        let unread = reset.unread();
        let unread = unread.is_some_and(|unread| unread.bytes() > unread.urgent);
        match reset.linger_zero() {
            LingerZero::Never => Verdict::ruled_out("SO_LINGER was never set to {1,0}"),
            LingerZero::Set(_) if unread => {
                Verdict::ruled_out("bytes were unread, and close looks at those before SO_LINGER")
            }
            LingerZero::Set(set) => {
                let close = ending.map(|ending| ending.cited());
                let option = cited(set, "call", "setsockopt(SO_LINGER, {1,0})");
                Verdict::Explains(std::iter::once(option).chain(close).collect())
            }
            LingerZero::Unknown => Verdict::Possible,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} closed with SO_LINGER {{1,0}}, which means reset in place of FIN.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let inherited = match reset.option_in_force("SO_LINGER") {
            Some((set, _)) if reset.listener_calls().any(|(event, _)| event.id == set) => {
                " It was set on the listener, and accept handed it on."
            }
            _ => "",
        };
        let own = reset.before.of(reset.from);
        let healthy = if reset.received() == 0 && own.payload == 0 && own.fin.is_none() {
            " Nothing had been exchanged: health checks end healthy connections this way on purpose."
        } else {
            ""
        };
        format!(
            "With SO_LINGER on and a time of 0 seconds, close() throws away what is unsent and sends RST at once, \
             with no orderly end and no TIME-WAIT.{inherited}{healthy}"
        )
    }

    fn fix(&self) -> &'static str {
        "Remove the option and close in order; use SO_REUSEADDR where TIME-WAIT was the trouble."
    }

    fn fix_code(&self) -> &'static str {
        "listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\nconn.close()  # without SO_LINGER"
    }
}
