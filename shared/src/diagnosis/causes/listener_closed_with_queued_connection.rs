//! A listener closed while a finished connection still waited in its queue to be accepted.

use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::outside::Destroyed;
use crate::diagnosis::reset::{PROMPT, Reset};
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;

/// Source: `inet_csk_listen_stop` > `inet_child_forget` > `tcp_disconnect`; RFC 9293 knows no accept queue.
pub(super) struct ListenerClosedWithQueuedConnection;

impl ResetCause for ListenerClosedWithQueuedConnection {
    fn id(&self) -> CauseId {
        CauseId::ListenerClosedWithQueuedConnection
    }

    fn rfc(&self) -> &'static str {
        "no clause; acts as RFC 9293 §3.10.5 (ABORT)"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_STATE"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.from == Role::Client {
            return Verdict::ruled_out(
                "it came from the client, which was not waiting to be accepted",
            );
        }
        let own = reset.before.of(reset.from);
        if own.payload > 0 || own.fin.is_some() {
            let sent = if own.payload > 0 { "data" } else { "FIN" };
            return Verdict::RuledOut(format!(
                "{} had sent {sent}, so it had accepted",
                reset.sender()
            ));
        }
        if let Some((_, reason)) = reset.reason
            && reason.state.as_deref() == Some("TCP_ESTABLISHED")
        {
            return Verdict::ruled_out("the socket was still ESTABLISHED when the RST left");
        }
        if let Some((event, Destroyed::Listener)) = reset.destroyed() {
            return Verdict::Explains(vec![cited(event, "outside", "destroy listener")]);
        }
        match reset.was_accepted() {
            Some(true) => Verdict::ruled_out("accept had returned the connection"),
            Some(false) => match reset.sending_call() {
                Some(ending) => Verdict::Explains(vec![ending.cited()]),
                None => Verdict::Possible,
            },
            None if listener_lived_on(reset) => Verdict::Unlikely,
            None if died_together(reset) => Verdict::Likely(Vec::new()),
            None if reset.received() == 0 && reset.before.of(reset.to()).fin.is_none() => {
                Verdict::Usual
            }
            None => Verdict::Possible,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} closed its listener while this connection still waited to be accepted.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let (sender, receiver) = (reset.sender(), reset.receiver());
        format!(
            "The kernel finishes handshakes by itself: for {receiver} the connection existed, but {sender} never \
             called accept for it. With its listener such a connection dies, and no Abort counter moves."
        )
    }

    fn fix(&self) -> &'static str {
        "Accept what is queued before closing the listener, or hand the listener over; let clients try again."
    }

    fn fix_code(&self) -> &'static str {
        "listener.setblocking(False)\nwhile True:\n    try:\n        serve(listener.accept()[0])\n    \
         except BlockingIOError:\n        break\nlistener.close()"
    }
}

/// The same address answered a SYN after one of its connections had been reset: it was not the listener's end.
fn listener_lived_on(reset: &Reset<'_>) -> bool {
    let server = reset.connection.server.address;
    let ends = &reset.run.ends;
    let (first, last) = (ends.first_death(server), ends.last_answer(server));
    matches!((first, last), (Some(first), Some(last)) if last > first)
}

/// Another connection to the same address was reset at the same time, or a later SYN was refused.
///
/// Connections die together when each had waited longer than one request takes to be answered.
pub(super) fn died_together(reset: &Reset<'_>) -> bool {
    let server = reset.connection.server.address;
    let at = reset.at();
    let ends = &reset.run.ends;
    let refused = ends.last_refusal(server);
    ends.deaths_near(server, at, PROMPT) > 1 || refused.is_some_and(|refused| refused > at)
}

/// Died together with others after its data had waited unread for long: nobody had accepted it.
pub(super) fn waited_with_others(reset: &Reset<'_>) -> bool {
    let waited = reset.before.of(reset.to()).last_payload;
    let own = reset.before.of(reset.from);
    let silent = reset.from == Role::Server && own.payload == 0 && own.fin.is_none();
    silent
        && waited.is_some_and(|(_, since)| reset.at() - since > PROMPT)
        && died_together(reset)
        && !listener_lived_on(reset)
}
