//! The client was connected, the server not yet, and the listener closed in between.

use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: RFC 9293 §3.5.2; a request of a listener that was closed, mostly with `TCP_DEFER_ACCEPT`.
pub(super) struct SynRecvListenerGone;

impl ResetCause for SynRecvListenerGone {
    fn id(&self) -> CauseId {
        CauseId::SynRecvListenerGone
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.2"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["NO_SOCKET"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some(because) = not_in_syn_received(reset) {
            return Verdict::RuledOut(because);
        }
        if reset.was_accepted() == Some(true) {
            return Verdict::ruled_out("accept had returned the connection");
        }
        let mut endings = reset.listener_endings();
        let is_closed = endings.any(|ending| ending.worked() && ending.event.at <= reset.at());
        match (reset.was_accepted(), is_closed) {
            (Some(false), true) => Verdict::Likely(Vec::new()),
            (Some(false), false) => Verdict::ruled_out("the listener was still open"),
            _ if reset.drawn_by_first_words() || reset.drawn_by_probe() => Verdict::Possible,
            _ if others_came_since(reset) => Verdict::Possible,
            _ => Verdict::Usual,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} closed its listener before it knew that the client was connected.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "After its SYN,ACK {} never acknowledged anything: for it the handshake was unfinished, while the client \
             was connected. Its listener was closed, so the client's next segment met nothing.",
            reset.sender()
        )
    }

    fn fix(&self) -> &'static str {
        "Close the listener later, and do without TCP_DEFER_ACCEPT across restarts."
    }
}

/// Why the server cannot have been in SYN-RECEIVED when it sent this; `None` when it can.
pub(super) fn not_in_syn_received(reset: &Reset<'_>) -> Option<String> {
    if reset.from == Role::Client {
        return Some("it came from the client".to_owned());
    }
    let server = reset.before.of(Role::Server);
    if server.isn.is_none() {
        return Some("no SYN,ACK of the server was captured".to_owned());
    }
    if reset.trigger.is_none() {
        return Some("no segment in the capture drew it".to_owned());
    }
    if server.spoken > 0 {
        return Some("the server had acknowledged something after its SYN,ACK".to_owned());
    }
    if reset.sender_was_gone {
        return Some("an earlier RST had already ended the connection".to_owned());
    }
    None
}

/// The listener answered somebody else between this connection's SYN,ACK and its RST: its queue may have filled.
pub(super) fn others_came_since(reset: &Reset<'_>) -> bool {
    let server = reset.connection.server.address;
    let own = reset.before.of(Role::Server).last_at;
    own.is_some_and(|own| reset.run.ends.answered_between(server, own, reset.at()))
}
