//! A RST that somebody else wrote in an endpoint's name.

use super::{ResetCause, Verdict};
use crate::diagnosis::CauseId;
use crate::diagnosis::counters::SentByTcp;
use crate::diagnosis::reset::{NotTaken, Reset};
use crate::diagnosis::shape::Shape;
use crate::diagnosis::weigh::{ANY_SHAPE, cited};

/// Sources: RFC 5961 §3.2, RFC 9293 §3.5.3; `tcp_validate_incoming`.
pub(super) struct InjectedRst;

impl ResetCause for InjectedRst {
    fn id(&self) -> CauseId {
        CauseId::InjectedRst
    }

    fn rfc(&self) -> &'static str {
        "RFC 5961 §3.2; RFC 9293 §3.5.3"
    }

    fn shapes(&self) -> &'static [Shape] {
        ANY_SHAPE
    }

    fn kernel_reasons(&self) -> &'static [&'static str] {
        &[]
    }

    fn examine(&self, reset: &Reset<'_>) -> Verdict {
        if let Some(event) = reset.forged() {
            return Verdict::Explains(vec![cited(event, "outside", "a raw socket wrote it")]);
        }
        if reset.knows_all_acts() {
            return Verdict::ruled_out("nobody forged it: every act from outside was recorded");
        }
        if reset.shape == Shape::Foreign {
            return Verdict::Explains(Vec::new());
        }
        if reset.sent_by_tcp() == SentByTcp::No || reset.sender_lives_on() {
            return Verdict::Possible;
        }
        match reset.shape {
            Shape::Active => {
                Verdict::ruled_out("the header continues that socket's own in every field")
            }
            Shape::AnswerToSyn => Verdict::ruled_out("it answers exactly one SYN in the capture"),
            Shape::Reply if reset.own_fin().is_some() || reset.sender_was_gone => {
                Verdict::RuledOut(format!(
                    "{} was over by then, and its own kernel must answer with RST",
                    reset.sender()
                ))
            }
            Shape::Reply if reset.trigger.is_some() => {
                Verdict::ruled_out("it answers exactly one segment in the capture")
            }
            Shape::Reply | Shape::Foreign => Verdict::Possible,
        }
    }

    fn headline(&self, reset: &Reset<'_>) -> String {
        format!(
            "somebody else sent a RST in the name of {}.",
            reset.sender()
        )
    }

    fn explain(&self, reset: &Reset<'_>) -> String {
        let effect = match reset.not_taken() {
            None => "Its number was exactly the one expected, so it was taken.",
            Some(NotTaken::Damaged) => "Its checksum was wrong, so the kernel never looked at it.",
            Some(NotTaken::Over) => "Both ends had finished before it came.",
            Some(NotTaken::Lost) => "The connection was over by then, or it did not arrive.",
            Some(NotTaken::Unfit) => "Its number was not the one expected, so it ended nothing.",
        };
        let later = reset.spoke_after.map_or_else(String::new, |later| {
            format!(
                " {} went on sending {} later.",
                reset.sender(),
                later.at - reset.at()
            )
        });
        format!(
            "The header differs from what the endpoint's kernel writes, or no kernel sent it. {effect}{later}"
        )
    }

    fn fix(&self) -> &'static str {
        "Find who writes segments on this path: a test tool, an intrusion detector, a middlebox."
    }
}
