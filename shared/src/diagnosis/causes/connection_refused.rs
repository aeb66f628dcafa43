//! A SYN to a port where nobody listens.

use super::{ResetCause, Verdict};
use crate::connection::Role;
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::{Reset, the};
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::errno::Errno;
use crate::event::Source;
use crate::event::call::{Call, Returned};

/// Source: RFC 9293 §3.5.2, §3.10.7.1; `tcp_v4_rcv` (no socket).
pub(super) struct ConnectionRefused;

impl ResetCause for ConnectionRefused {
    fn id(&self) -> CauseId {
        CauseId::ConnectionRefused
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.5.2, §3.10.7.1"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::AnswerToSyn, Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["NO_SOCKET"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let before = reset.before.of(reset.from);
        if before.isn.is_some() {
            return Verdict::RuledOut(format!("{} had answered the SYN", reset.sender()));
        }
        if let Some(by) = listening(reset) {
            let by = the(&by);
            return Verdict::RuledOut(format!("{by} was listening on that address"));
        }
        let is_syn = reset
            .trigger
            .is_none_or(|trigger| trigger.segment.flags.syn() && !trigger.segment.flags.ack());
        if !is_syn {
            return stray(reset);
        }
        let refused = reset
            .run
            .calls_of(reset.connection, reset.to())
            .find(|(_, call)| call.failed_with(Errno::ECONNREFUSED));
        let cites: Vec<_> = refused
            .map(|(event, call)| {
                cited(
                    event.id,
                    "call",
                    &format!("{} = ECONNREFUSED", call.signature()),
                )
            })
            .into_iter()
            .collect();
        Verdict::Likely(cites)
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        let port = reset.connection.server.address.port();
        format!(
            "{} was refused: nobody listened on port {port}.",
            reset.receiver()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let address = reset.connection.server.address;
        let elsewhere = reset
            .run
            .connections
            .listeners()
            .iter()
            .find_map(|listener| {
                listener
                    .address
                    .filter(|local| local.port() == address.port() && local.ip() != address.ip())
            });
        let other = elsewhere.map_or_else(String::new, |local| {
            format!(" A listener existed on {local}, another address.")
        });
        format!(
            "The SYN to {address} met no listening socket; the kernel answers such a SYN with RST,ACK.{other}"
        )
    }

    fn fix(&self) -> &'static str {
        "Start the server first, on the address and family that the client uses; localhost tries ::1 before 127.0.0.1."
    }

    fn fix_code(&self) -> &'static str {
        "listener.bind((\"127.0.0.1\", 8080))\nlistener.listen()"
    }
}

/// No SYN drew it: some segment for a port where nothing had ever been said.
///
/// Source: RFC 9293 §3.10.7.1, which answers every segment for a closed port, not a SYN only.
fn stray(reset: &Reset<'_>) -> Verdict {
    let nothing_said = reset.before.of(reset.from).last_at.is_none();
    if !nothing_said || reset.from == Role::Client {
        return Verdict::ruled_out("the segment that drew it was no SYN");
    }
    if reset.is_unheard_of() {
        return Verdict::Explains(Vec::new());
    }
    if reset.shape == Shape::AnswerToSyn {
        Verdict::Usual
    } else if reset.seen_from_start() || reset.before.of(reset.from).rsts > 0 {
        Verdict::Likely(Vec::new())
    } else if reset.before.of(reset.to()).spoken <= 1 {
        Verdict::Possible
    } else {
        Verdict::Unlikely
    }
}

/// Who was listening on exactly that address when the SYN came; `None` also when calls cannot say.
pub(super) fn listening(reset: &Reset<'_>) -> Option<String> {
    if !reset.has(Source::Calls) {
        return None;
    }
    let address = reset.connection.server.address;
    let fits = |local: std::net::SocketAddr| {
        local.port() == address.port()
            && local.is_ipv4() == address.is_ipv4()
            && (local.ip() == address.ip() || local.ip().is_unspecified())
    };
    let listeners = reset.run.connections.listeners().iter();
    let here = listeners.filter(|listener| listener.address.is_some_and(fits));
    here.into_iter()
        .find(|listener| {
            let calls = reset.run.listener_calls(Some(listener.socket));
            let mut open = false;
            for (event, call) in calls.filter(|(event, _)| event.at <= reset.at()) {
                let worked = matches!(call.result, Returned::Ok(_));
                if matches!(call.call, Call::Listen { .. }) && worked {
                    open = call_ended(event, call) <= reset.at();
                } else if matches!(call.call, Call::Close { .. } | Call::Shutdown { .. }) {
                    open = false;
                }
            }
            open && listener
                .ended
                .and_then(|ended| reset.run.events.get(ended.position))
                .is_none_or(|ended| ended.at > reset.at())
        })
        .map(|listener| listener.by.clone())
}

fn call_ended(
    event: &crate::event::Event,
    call: &crate::event::call::CallReturned,
) -> crate::units::Nanos {
    crate::diagnosis::run::end_of(event, call)
}
