//! A firewall rule that rejects with a TCP reset.

use super::unacceptable_ack_in_syn_sent::is_unacceptable;
use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::counters::SentByTcp;
use crate::diagnosis::reset::Reset;
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::cited;
use crate::diagnosis::written::Writer;

/// Source: `nf_send_reset` of `net/ipv4/netfilter`; RFC 3360 on resets by middleboxes.
pub(super) struct FirewallRejectTcpReset;

impl ResetCause for FirewallRejectTcpReset {
    fn id(&self) -> CauseId {
        CauseId::FirewallRejectTcpReset
    }

    fn rfc(&self) -> &'static str {
        "no clause; RFC 3360 on resets by middleboxes"
    }

    fn shapes(&self) -> &'static [Shape] {
        &[Shape::Reply, Shape::AnswerToSyn]
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &[]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some(rule) = reset.rejecting_rule()
            && reset.sent_by_tcp() != SentByTcp::Yes
        {
            return Verdict::Explains(vec![cited(rule.event, "outside", rule.text)]);
        }
        if reset.knows_all_acts() {
            return Verdict::ruled_out(
                "no rule rejected with a reset: every act from outside was recorded",
            );
        }
        if reset.sent_by_tcp() == SentByTcp::No {
            return Verdict::Explains(Vec::new());
        }
        if reset.sender_lives_on() || reset.trigger.is_none() {
            return Verdict::Likely(Vec::new());
        }
        if reset.shape == Shape::AnswerToSyn {
            let answered = reset.before.of(reset.from).isn.is_some();
            return if answered {
                Verdict::Unlikely
            } else {
                Verdict::Possible
            };
        }
        if reset.own_fin().is_some() || reset.sender_was_gone {
            return after_the_end(reset);
        }
        if reset.before.in_syn_sent(reset.from) {
            return connecting(reset);
        }
        Verdict::Possible
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "a firewall answered {} with a reset in the name of {}.",
            reset.receiver(),
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let sign = match reset.writer() {
            Some(Writer::Rule) => format!(
                " The checksum of this one was {}, as a rule leaves it and TCP does not.",
                reset.sent.segment.checksum.words()
            ),
            Some(Writer::Tcp) | None => String::new(),
        };
        format!(
            "A rule with `reject with tcp reset` writes the RST itself: TcpOutRsts does not move, and {} knows nothing \
             of it.{sign}",
            reset.sender()
        )
    }

    fn fix(&self) -> &'static str {
        "Change the rule set: nft list ruleset."
    }
}

/// The RST came from the end whose SYN was out.
/// A rule answers before TCP does, and may reject just what comes late. TCP had to answer too, if it was let to.
fn after_the_end(reset: &Reset<'_>) -> Verdict {
    match reset.writer() {
        Some(Writer::Tcp) => Verdict::RuledOut(format!(
            "{} was over by then, its own kernel must answer with RST, and the checksum is one of TCP's answers",
            reset.sender()
        )),
        Some(Writer::Rule) | None => Verdict::Unlikely,
    }
}

fn connecting(reset: &Reset<'_>) -> Verdict {
    let repeated = reset.before.of(reset.to()).syns > 1;
    if is_unacceptable(reset) == Ok(true) {
        return Verdict::ruled_out(
            "the answer it rejects could not be meant for the SYN that was sent",
        );
    }
    if repeated {
        return Verdict::ruled_out("the same SYN,ACK had come before and was not rejected");
    }
    Verdict::Unlikely
}
