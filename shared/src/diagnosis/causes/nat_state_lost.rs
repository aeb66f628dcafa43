//! An address translation forgot the connection, and the segment arrived where it was never meant to.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::diagnosis::written::Writer;

/// Source: RFC 5382 REQ-5; conntrack timeouts of netfilter.
pub(super) struct NatStateLost;

impl ResetCause for NatStateLost {
    fn id(&self) -> CauseId {
        CauseId::NatStateLost
    }

    fn rfc(&self) -> &'static str {
        "RFC 5382 REQ-5"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["NO_SOCKET", "TCP_FLAGS"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.knows_all_acts() && reset.redirection().is_none() {
            return Verdict::ruled_out(
                "no rule translated addresses: every act from outside was recorded",
            );
        }
        if reset.own_fin().is_some() || reset.sender_was_gone {
            return Verdict::RuledOut(format!(
                "{} had ended the connection itself",
                reset.sender()
            ));
        }
        if reset.before.in_syn_sent(reset.from) {
            return Verdict::ruled_out("it was sent by the end that was still connecting");
        }
        let both_known =
            reset.connection.client.socket.is_some() && reset.connection.server.socket.is_some();
        if both_known {
            return Verdict::ruled_out(
                "both programs named the same two addresses: nothing was translated",
            );
        }
        let client = reset.before.of(crate::connection::Role::Client);
        let server = reset.before.of(crate::connection::Role::Server);
        if server.isn.is_some() && client.isn.is_none() {
            // The SYN went to another port than the SYN,ACK came from.
            let rule = reset.redirection();
            let rule = rule.map(|(event, rule)| cited(event, "outside", rule));
            return Verdict::Explains(rule.into_iter().collect());
        }
        if server.isn.is_some() && server.spoken == 0 {
            return Verdict::ruled_out("the server had said nothing since its SYN,ACK");
        }
        if reset.trigger.is_none() {
            return Verdict::ruled_out("no segment in the capture drew it");
        }
        if reset.sender_lives_on() && reset.writer() == Some(Writer::Tcp) {
            return Verdict::Possible;
        }
        Verdict::Unlikely
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "an address translation forgot the connection, and {} met a port that never knew it.",
            reset.receiver()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "The entry of a redirect expired while the connection was idle. The next segment was no longer translated \
         and reached a port without that connection, which answered with RST."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Send keepalives more often than the translation's timeout."
    }
}
