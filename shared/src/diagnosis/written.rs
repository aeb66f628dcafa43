//! What the checksum of an answer with RST says of who wrote it. Of Linux's loopback only: elsewhere it says nothing.
//!
//! Over IPv4 TCP completes the sum of its answers and a firewall's `reject` leaves it to the device; over IPv6 each
//! does the other. Measured on 6.1 and 6.18. Sources: `ip_send_unicast_reply`, `tcp_v6_send_response`, `nf_send_reset`
//! (`nf_reject_ipv4.c`), `nf_reject_ip6_tcphdr_put` (`nf_reject_ipv6.c`).
//!
//! A sign and never a proof: a queue to user space completes sums on the way, and a program that writes whole datagrams
//! may write any. It says which cause is the nearer one and rules out none by itself.

use super::cause_id::CauseId;
use super::causes::Verdict;
use super::reset::Reset;
use super::shape::Shape;
use crate::tcp::checksum::Checksum;

/// Whose answers have that checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    Tcp,
    /// A rule of a firewall.
    Rule,
}

impl Reset<'_> {
    /// `None` where the checksum says nothing: no answer, another system, or a device that leaves none out.
    pub(crate) fn writer(&self) -> Option<Writer> {
        let answers = matches!(self.shape, Shape::Reply | Shape::AnswerToSyn);
        let segment = &self.sent.segment;
        // Where every sum is complete a complete one is no sign.
        if !answers || !self.before.offloads {
            return None;
        }
        match (segment.src.is_ipv4(), segment.checksum) {
            (true, Checksum::Complete) | (false, Checksum::Partial) => Some(Writer::Tcp),
            (true, Checksum::Partial) | (false, Checksum::Complete) => Some(Writer::Rule),
            (_, Checksum::Wrong | Checksum::Unknown) => None,
        }
    }
}

/// The verdict on that cause, as near as the checksum lets it be. What other evidence than segments explains stays.
pub(crate) fn by_checksum(verdict: Verdict, cause: CauseId, reset: &Reset<'_>) -> Verdict {
    let is_rule = cause == CauseId::FirewallRejectTcpReset;
    let (speaks_for, speaks_against) = match reset.writer() {
        Some(Writer::Tcp) => (false, is_rule),
        Some(Writer::Rule) => (is_rule, !is_rule && cause != CauseId::InjectedRst),
        None => (false, false),
    };
    match verdict {
        Verdict::Usual | Verdict::Possible | Verdict::Unlikely if speaks_for => {
            Verdict::Likely(Vec::new())
        }
        Verdict::Explains(_) if speaks_against && reset.is_of_unknown_system() => Verdict::Unlikely,
        Verdict::Likely(_) | Verdict::Usual | Verdict::Possible if speaks_against => {
            Verdict::Unlikely
        }
        Verdict::Explains(_)
        | Verdict::Likely(_)
        | Verdict::Usual
        | Verdict::Possible
        | Verdict::Unlikely
        | Verdict::RuledOut(_) => verdict,
    }
}
