//! Data for an end that had closed in order: its FIN was acknowledged, and only a time-wait record was left.

use super::{ResetCause, Verdict};
use crate::diagnosis::reset::Reset;
use crate::diagnosis::samples::Left;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::diagnosis::{CauseId, headline};
use crate::units::Nanos;

/// Sources: RFC 9293 §3.6.1 (SHLD-3), RFC 1122 §4.2.2.13; `tcp_timewait_state_process` (`TCP_TW_RST`).
pub(super) struct DataAfterCloseTimewait;

/// The record of a closed socket lives this long at most, unless `tcp_fin_timeout` is larger.
const LONGEST_RECORD: Nanos = Nanos::from_millis(60_000);

impl ResetCause for DataAfterCloseTimewait {
    fn id(&self) -> CauseId {
        CauseId::DataAfterCloseTimewait
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.6.1 (SHLD-3); RFC 1122 §4.2.2.13"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_TIMEWAIT_SOCKET"]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.sender_was_gone {
            return Verdict::ruled_out(
                "an earlier RST had already removed what was left of the connection",
            );
        }
        if reset.own_fin().is_none() {
            return Verdict::RuledOut(format!("{} had sent no FIN", reset.sender()));
        }
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        if trigger.segment.payload_len == 0 {
            return Verdict::ruled_out("the segment that drew it carried no data");
        }
        if let Some(used) = reset.used_after(trigger.at) {
            return Verdict::RuledOut(format!(
                "{} still held the socket, by call {used}",
                reset.sender()
            ));
        }
        let Some(acked) = reset.fin_acked_before_trigger() else {
            return Verdict::Possible;
        };
        let mut cites: Vec<_> = Vec::new();
        match reset.left_before(trigger.at) {
            Some((event, Left::Record)) => cites.push(cited(event, "socket", "FIN-WAIT-2")),
            Some((event, Left::Nothing)) => {
                return Verdict::RuledOut(format!(
                    "nothing was left of the socket, by reading {event}"
                ));
            }
            Some((event, Left::Socket)) => {
                return Verdict::RuledOut(format!(
                    "the socket was still there in full, by reading {event}"
                ));
            }
            None => {}
        }
        let gap = trigger.at - acked;
        if reset.record_expires_after().is_some_and(|life| gap > life) {
            return Verdict::RuledOut(format!(
                "its FIN had been acknowledged {gap} before: tcp_fin_timeout was over"
            ));
        }
        if trigger.at - acked > LONGEST_RECORD {
            return Verdict::Unlikely;
        }
        let all = &reset.run.counters;
        let (killed, kept) = (all.total("TcpExtTWKilled"), all.total("TcpExtTW"));
        if killed.is_some_and(|killed| killed > 0) && kept == Some(0) {
            // The only record was a short-lived one; it may have expired before.
            return Verdict::Possible;
        }
        let ending = reset.last_ending_before(acked);
        cites.extend(ending.map(|ending| ending.cited()));
        if let Some((index, _)) = reset.before.of(reset.from).fin_acked
            && let Some(ack) = reset.connection.segments.get(index)
        {
            cites.push(cited(ack.event, "segment", "ACK of the FIN"));
        }
        Verdict::Likely(cites)
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} sent data after {} had closed in order.",
            reset.receiver(),
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let (sender, receiver) = (reset.sender(), reset.receiver());
        let bytes = reset
            .trigger
            .map_or(0, |trigger| trigger.segment.payload_len);
        let bytes = headline::bytes(bytes);
        let ago = match (reset.fin_acked_before_trigger(), reset.trigger) {
            (Some(acked), Some(trigger)) => {
                format!(
                    " The FIN had been acknowledged {} before.",
                    trigger.at - acked
                )
            }
            _ => String::new(),
        };
        format!(
            "{sender} had finished with FIN, and nobody there could take the {bytes} that {receiver} sent \
             then.{ago} The first send after that still succeeds: the RST is the answer to it."
        )
    }

    fn fix(&self) -> &'static str {
        "On the sending side treat EOF as the end and use a new connection; on the closing side half-close and \
         read on while more may come."
    }

    fn fix_code(&self) -> &'static str {
        "if sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b\"\":\n    sock = reconnect()\nsock.sendall(request)"
    }
}
