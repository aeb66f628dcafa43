//! An abort after the other end's FIN, while data could not be sent.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::calls::LingerZero;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;

/// Source: `tcp_disconnect` in CLOSING or LAST-ACK with a send queue; RFC 9293 §3.10.5.
pub(super) struct DisconnectWithUnsentData;

impl ResetCause for DisconnectWithUnsentData {
    fn id(&self) -> CauseId {
        CauseId::DisconnectWithUnsentData
    }

    fn rfc(&self) -> &'static str {
        "RFC 9293 §3.10.5 (ABORT)"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Active]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &["TCP_DISCONNECT_WITH_DATA"]
    }

    fn counter(&self, _reset: &Reset<'_>) -> Option<&'static str> {
        Some("TcpExtTCPAbortOnData")
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        let own = reset.before.of(reset.from);
        if reset.before.of(reset.to()).fin.is_none() {
            return Verdict::RuledOut(format!("{} had not sent FIN", reset.receiver()));
        }
        if own.fin.is_some() {
            return Verdict::ruled_out("everything had been sent: its own FIN was on the wire");
        }
        let stalled = reset.before.window_left(reset.from) < u64::from(own.largest.max(1));
        if reset.closed_in_last_ack() == Some(false) {
            return Verdict::ruled_out(
                "it had not ended its sending before: nothing of FIN was waiting",
            );
        }
        if own.payload == 0 || !stalled {
            return Verdict::ruled_out("the other end's window left room for everything");
        }
        if reset.linger_zero() == LingerZero::Never {
            return Verdict::ruled_out("SO_LINGER was never set to {1,0}");
        }
        match reset.shut_before() {
            Some(ending) if reset.closed_in_last_ack() == Some(true) => {
                Verdict::Explains(vec![ending.cited()])
            }
            Some(ending) => Verdict::Likely(vec![ending.cited()]),
            None if reset.covers_sender() => Verdict::Unlikely,
            None => Verdict::Usual,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} aborted after shutdown while data was still unsent.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        format!(
            "{} had finished sending, and its window held the rest of the data back. Closing with SO_LINGER {{1,0}} \
             threw that rest away and sent RST.",
            reset.receiver()
        )
    }

    fn fix(&self) -> &'static str {
        "Do not abort; let the kernel deliver what is queued, or use a linger time above 0."
    }
}
