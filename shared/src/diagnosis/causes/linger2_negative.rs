//! `TCP_LINGER2` below 0: an orphan may not wait in FIN-WAIT-2.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;

/// Source: `__tcp_close`, `tcp_rcv_state_process`; a Linux option.
pub(super) struct Linger2Negative;

impl ResetCause for Linger2Negative {
    fn id(&self) -> CauseId {
        CauseId::Linger2Negative
    }

    fn rfc(&self) -> &'static str {
        "no clause; the Linux option TCP_LINGER2"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active, Shape::Reply]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_DATA"]
    }

    fn counter(&self, reset: &Reset<'_>) -> Option<&'static str> {
        Some(match reset.shape {
            Shape::Reply => "TcpExtTCPAbortOnData",
            Shape::Active | Shape::AnswerToSyn | Shape::Foreign => "TcpExtTCPAbortOnLinger",
        })
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let Some(_) = reset.own_fin() else {
            return Verdict::RuledOut(format!("{} had sent no FIN", reset.sender()));
        };
        let bare_ack = reset
            .trigger
            .is_some_and(|trigger| trigger.segment.seq_len() == 0);
        let acked = reset.before.of(reset.from).fin_acked;
        let in_time = match reset.shape {
            Shape::Reply => bare_ack && acked.map(|(index, _)| index) == reset.trigger_index,
            Shape::Active | Shape::AnswerToSyn | Shape::Foreign => acked.is_some(),
        };
        if !in_time {
            return Verdict::ruled_out("it did not follow the acknowledgement of the FIN");
        }
        let set = reset.option_in_force("TCP_LINGER2");
        match set {
            Some((event, value)) if value.trim().starts_with('-') => {
                let label = format!("setsockopt(TCP_LINGER2, {value})");
                Verdict::Explains(vec![cited(event, "call", &label)])
            }
            _ if reset.covers_sender() => Verdict::ruled_out("TCP_LINGER2 was never set below 0"),
            _ if reset.shape == Shape::Reply => Verdict::Likely(Vec::new()),
            _ => Verdict::Unlikely,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} closed with TCP_LINGER2 below 0, which forbids FIN-WAIT-2.",
            reset.sender()
        )
    }

    fn explain(&self, _reset: &Reset<'_>) -> String {
        "With TCP_LINGER2 below 0 a closed socket may not wait for the other end's FIN: once its own FIN was \
         acknowledged, the kernel sent RST."
            .to_owned()
    }

    fn fix(&self) -> &'static str {
        "Remove the option."
    }
}
