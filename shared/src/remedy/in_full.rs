//! One RST told in full: the explanation of the run, then what it was not, Linux, the standard, the remedy.
//!
//! For the terminal and for JSON; the page shows these parts each in its place.

use std::fmt::Write as _;

use super::origin::Origin;
use crate::diagnosis::finding::Finding;

/// Of the causes that were ruled out at most so many are told with their reason: the nearest.
const NEAREST: usize = 3;

/// The explanation with everything that is known of this RST, as sentences.
pub fn in_full(finding: &Finding) -> String {
    let mut text = finding.explanation.clone();
    let nearest = finding.ruled_out.iter().take(NEAREST);
    let nearest: Vec<_> = nearest
        .map(|out| format!("{} ({})", out.cause, out.because))
        .collect();
    if !nearest.is_empty() {
        let more = finding.ruled_out.len().saturating_sub(NEAREST);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let _ = write!(text, " Ruled out: {}{more}.", nearest.join("; "));
    }
    let origin = Origin::of(finding.cause);
    let reason = match (&finding.kernel_reason, finding.kernel_asked) {
        (Some(reason), _) => format!("the kernel's own reason here was {reason}"),
        (None, true) => "the kernel says that no TCP endpoint sent it".to_owned(),
        (None, false) => "the kernel was not asked for its reason".to_owned(),
    };
    let functions = origin.functions_over(finding.over_ipv6);
    let counters = origin.counters;
    let _ = write!(
        text,
        " In Linux: {functions}; counters: {counters}; {reason}."
    );
    let _ = write!(text, " Standard: {}.", finding.rfc);
    text.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::CauseId;
    use crate::diagnosis::finding::{Certainty, RuledOut};
    use crate::event::EventId;

    fn finding(asked: bool, reason: Option<&str>) -> Finding {
        let out = |cause| RuledOut {
            cause,
            because: "of a test".to_owned(),
        };
        Finding {
            connection: 1,
            sent_by: "server".to_owned(),
            cause: CauseId::LingerZeroClose,
            certainty: Certainty::Certain,
            candidates: vec![CauseId::LingerZeroClose],
            segment: EventId(1),
            over_ipv6: false,
            accepted: true,
            kernel_asked: asked,
            kernel_reason: reason.map(str::to_owned),
            headline: String::new(),
            explanation: "It was so.".to_owned(),
            fix: String::new(),
            fix_code: String::new(),
            rfc: "RFC 9293 §3.10.5 (ABORT)".to_owned(),
            evidence: Vec::new(),
            ruled_out: CauseId::ALL.into_iter().skip(2).take(5).map(out).collect(),
        }
    }

    #[test]
    fn every_part_is_told() {
        let told = in_full(&finding(true, Some("TCP_STATE")));
        for part in [
            "It was so.",
            "Ruled out: listener-closed-with-queued-connection (of a test); ",
            " and 2 more.",
            "tcp_disconnect > tcp_send_active_reset",
            "TcpExtTCPAbortOnData +1",
            "the kernel's own reason here was TCP_STATE.",
            "Standard: RFC 9293 §3.10.5 (ABORT).",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn a_silent_kernel_is_told_apart_from_one_that_was_not_asked() {
        assert!(in_full(&finding(true, None)).contains("no TCP endpoint sent it"));
        assert!(in_full(&finding(false, None)).contains("was not asked"));
    }
}
