//! Which code wrote an answer with RST, told by its checksum. Of Linux's loopback only: elsewhere it is not known.
//!
//! Over IPv4 TCP completes the sum of its answers and the firewall's `reject` leaves it to the device; over IPv6 each
//! does the other. Measured on 6.1 and 6.18. Sources: `ip_send_unicast_reply`, `tcp_v6_send_response`, `nf_send_reset`
//! (`nf_reject_ipv4.c`), `nf_reject_ip6_tcphdr_put` (`nf_reject_ipv6.c`).

use super::reset::Reset;
use super::shape::Shape;
use crate::tcp::checksum::Checksum;

/// Whose code left that checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrittenBy {
    /// No firewall rule.
    Tcp,
    /// A firewall rule: nothing else leaves such a sum.
    Firewall,
    /// Not TCP: a firewall rule, or a program that writes whole datagrams.
    Outside,
}

/// `None` where the checksum tells nothing: no answer, another system, or a device that computes none.
pub(crate) fn written_by(reset: &Reset<'_>) -> Option<WrittenBy> {
    let answers = matches!(reset.shape, Shape::Reply | Shape::AnswerToSyn);
    let segment = &reset.sent.segment;
    // Only beside a sum that was left to the device does a complete one mean anything.
    if !answers || !reset.before.offloads {
        return None;
    }
    match (segment.src.is_ipv4(), segment.checksum) {
        (true, Checksum::Complete) | (false, Checksum::Partial) => Some(WrittenBy::Tcp),
        (true, Checksum::Partial) => Some(WrittenBy::Firewall),
        (false, Checksum::Complete) => Some(WrittenBy::Outside),
        (_, Checksum::Wrong | Checksum::Unknown) => None,
    }
}

impl Reset<'_> {
    /// Why its checksum excludes the firewall (`third_party`) or TCP itself; `None` where it does not.
    pub(crate) fn not_by_checksum(&self, third_party: bool) -> Option<String> {
        let words = self.sent.segment.checksum.words();
        match (written_by(self)?, third_party) {
            (WrittenBy::Tcp, true) => Some(format!(
                "its checksum was {words}, as TCP writes its answers and a firewall rule does not"
            )),
            (WrittenBy::Firewall | WrittenBy::Outside, false) => Some(format!(
                "its checksum was {words}, which is not how TCP writes its answers"
            )),
            (WrittenBy::Tcp, false) | (WrittenBy::Firewall | WrittenBy::Outside, true) => None,
        }
    }
}
