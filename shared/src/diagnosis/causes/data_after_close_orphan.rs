//! Data for an end that had closed while its socket still existed in full: FIN not acknowledged or not sent.

use super::{ResetCause, Verdict};
use crate::diagnosis::reset::Reset;
use crate::diagnosis::samples::Left;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::{CauseId, headline};

/// Sources: RFC 9293 §3.6.1, RFC 1122 §4.2.2.13; `tcp_rcv_state_process` (`TCP_ABORT_ON_DATA`).
pub(super) struct DataAfterCloseOrphan;

impl ResetCause for DataAfterCloseOrphan {
    fn id(&self) -> CauseId {
        CauseId::DataAfterCloseOrphan
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.6.1 (SHLD-3); RFC 1122 §4.2.2.13"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_ABORT_ON_DATA"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnData")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if reset.sender_was_gone {
            return Verdict::ruled_out("an earlier RST had already removed the closed socket");
        }
        let Some(trigger) = reset.trigger else {
            return Verdict::ruled_out("no segment in the capture drew it");
        };
        if trigger.segment.payload_len == 0 {
            return Verdict::ruled_out("the segment that drew it carried no data");
        }
        match reset.left_before(trigger.at) {
            Some((event, Left::Nothing)) => {
                return Verdict::RuledOut(format!(
                    "nothing was left of the socket, by reading {event}"
                ));
            }
            Some((event, Left::Record)) => {
                return Verdict::RuledOut(format!(
                    "only a time-wait record was left, by reading {event}"
                ));
            }
            Some((_, Left::Socket)) | None => {}
        }
        // Not the trigger's own time: a segment that meets a close under way waits until the close is done.
        let ending = reset.last_ending_before(reset.at());
        if reset.covers_sender() && ending.is_none() && reset.used_after(trigger.at).is_some() {
            return Verdict::RuledOut(format!("{} had not closed", reset.sender()));
        }
        let cites: Vec<_> = ending.map(|ending| ending.cited()).into_iter().collect();
        if reset.own_fin().is_some() {
            return match reset.fin_acked_before_trigger() {
                None => Verdict::Likely(cites),
                Some(_) => Verdict::Possible,
            };
        }
        let own = reset.before.of(reset.from);
        let held_back = reset.before.window_left(reset.from) < u64::from(own.largest.max(1));
        match (held_back && own.payload > 0, cites.is_empty()) {
            (false, _) => Verdict::RuledOut(format!(
                "{} had sent no FIN, and nothing held one back",
                reset.sender()
            )),
            (true, false) => Verdict::Likely(cites),
            (true, true) if own.zero_window || reset.before.of(reset.to()).window == 0 => {
                Verdict::Likely(cites)
            }
            (true, true) => Verdict::Unlikely,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        let (sender, receiver) = (reset.sender(), reset.receiver());
        let verb = match reset.last_ending_before(reset.at()) {
            Some(ending) if ending.is_shutdown() => "shut down",
            _ => "closed",
        };
        format!("{receiver} sent data when {sender} had just {verb}.")
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let (sender, receiver) = (reset.sender(), reset.receiver());
        let bytes = reset
            .trigger
            .map_or(0, |trigger| trigger.segment.payload_len);
        let bytes = headline::bytes(bytes);
        let ended = match reset.last_ending_before(reset.at()) {
            Some(ending) if ending.is_shutdown() => "shut down both ways",
            _ => "closed",
        };
        let fin = match (reset.own_fin(), reset.fin_acked_before_trigger()) {
            (None, _) => "its FIN still waited behind data that the window held back",
            (Some(_), None) => "its FIN was on the way and not acknowledged yet",
            (Some(_), Some(_)) => {
                "its FIN was acknowledged, but the socket was still there in full"
            }
        };
        format!(
            "{sender} had {ended}; {fin}. Nobody there could take the {bytes} that {receiver} sent, so the \
             closed socket answered them with RST."
        )
    }

    fn fix(&self) -> &'static str {
        "On the sending side treat EOF as the end and do not send to who has closed; on the closing side half-close \
         and read on while more may come."
    }

    fn fix_code(&self) -> &'static str {
        "conn.shutdown(socket.SHUT_WR)\nwhile conn.recv(4096):\n    pass\nconn.close()"
    }
}
