//! Asks every cause about every RST, lets counters decide between several, and says how sure the answer is.

use super::causes::{ALL, LIKELY, ResetCause, Verdict, is_third_party};
use super::counters::{OUT_RSTS, SentByTcp};
use super::finding::{Certainty, Cited, Finding, RuledOut, Saw};
use super::outside::Destroyed;
use super::reset::Reset;
use super::run::Run;
use super::shape::Shape;
use super::written::by_checksum;
use super::{CauseId, headline};
use crate::connection::Role;
use crate::event::{EventId, Source};
use crate::order::sort_by_rank;
use crate::tcp::segment::Segment;

/// One RST with every cause's verdict.
pub(crate) struct Weighed<'a> {
    pub(crate) reset: Reset<'a>,
    /// In the order of [`ALL`].
    verdicts: Vec<Verdict>,
    /// The sources contradict each other; only the segments were believed.
    contradicted: bool,
}

/// Every RST weighed, in the order given.
pub(crate) fn weigh<'a>(run: &'a Run<'a>, resets: &[Reset<'a>]) -> Vec<Weighed<'a>> {
    let mut all: Vec<Weighed<'a>> = resets
        .iter()
        .map(|reset| Weighed {
            reset: *reset,
            verdicts: ALL.iter().map(|cause| ask(*cause, reset)).collect(),
            contradicted: false,
        })
        .collect();
    count(run, &mut all);
    let plain = run.segments_only();
    for one in &mut all {
        if one.verdicts.iter().all(|verdict| verdict.weight() == 0) {
            let seen = one.reset.seen_by(&plain);
            one.verdicts = ALL.iter().map(|cause| ask(*cause, &seen)).collect();
            one.contradicted = true;
        }
    }
    all
}

/// The header first; then the cause itself, whose reason says most; then counters and the kernel's word.
fn ask(cause: &dyn ResetCause, reset: &Reset<'_>) -> Verdict {
    if let Some(because) = not_by_act(cause.id(), reset).or_else(|| not_by_header(cause, reset)) {
        return Verdict::RuledOut(because);
    }
    let mut verdict = by_checksum(cause.examine(reset), cause.id(), reset);
    if !cause.shapes().contains(&reset.shape) && verdict.weight() > 0 {
        verdict = Verdict::Unlikely;
    }
    if verdict.weight() == 0 {
        return verdict;
    }
    if let Some(because) = not_by_counter(cause, reset).or_else(|| not_by_kernel(cause, reset)) {
        return Verdict::RuledOut(because);
    }
    match reset.reason {
        Some((event, reason)) if cause.kernel_reasons().contains(&reason.reason.as_str()) => {
            raised(verdict, event, &reason.reason)
        }
        Some(_) | None => verdict,
    }
}

/// A cause that the kernel itself names is at work, or one of few.
fn raised(verdict: Verdict, event: EventId, reason: &str) -> Verdict {
    let word = cited(event, "kernel", reason);
    match verdict {
        Verdict::Explains(mut cites) => {
            cites.push(word);
            Verdict::Explains(cites)
        }
        Verdict::Likely(mut cites) => {
            cites.push(word);
            Verdict::Likely(cites)
        }
        Verdict::Usual | Verdict::Possible | Verdict::Unlikely | Verdict::RuledOut(_) => verdict,
    }
}

fn not_by_kernel(cause: &dyn ResetCause, reset: &Reset<'_>) -> Option<String> {
    let third_party = is_third_party(cause.id());
    if let Some((_, reason)) = reset.reason {
        let known = ALL
            .iter()
            .any(|one| one.kernel_reasons().contains(&reason.reason.as_str()));
        let fits = cause.kernel_reasons().contains(&reason.reason.as_str());
        if third_party || (known && !fits) {
            return Some(format!("the kernel gave the reason {}", reason.reason));
        }
    }
    match reset.sent_by_tcp() {
        SentByTcp::Yes if third_party => Some(format!(
            "TCP itself sent as many RSTs as were captured ({OUT_RSTS})"
        )),
        SentByTcp::No if !third_party => Some(match reset.moved(OUT_RSTS) {
            Some(0) => format!("no TCP endpoint sent a RST then: {OUT_RSTS} did not move"),
            _ => "no TCP endpoint sent a RST then, by the kernel's own word".to_owned(),
        }),
        SentByTcp::Yes | SentByTcp::No | SentByTcp::Unknown => None,
    }
}

/// What somebody outside the programs did at that very moment leaves one cause.
fn not_by_act(cause: CauseId, reset: &Reset<'_>) -> Option<String> {
    if let Some(event) = reset.forged() {
        let because = format!("a raw socket wrote exactly this segment, by event {event}");
        return (cause != CauseId::InjectedRst).then_some(because);
    }
    if let Some((event, destroyed)) = reset.destroyed()
        && reset.shape == Shape::Active
    {
        let (only, what) = match destroyed {
            Destroyed::Socket => (CauseId::SocketDestroyedByAdmin, "socket"),
            Destroyed::Listener => (CauseId::ListenerClosedWithQueuedConnection, "listener"),
        };
        let because = format!("the {what} was destroyed at that moment, by event {event}");
        return (cause != only).then_some(because);
    }
    if reset.sent_by_tcp() != SentByTcp::Yes
        && let Some(rule) = reset.rejecting_rule()
        && rule.is_plain()
    {
        let event = rule.event;
        let because = format!("a rule must answer that segment with RST, by event {event}");
        return (cause != CauseId::FirewallRejectTcpReset).then_some(because);
    }
    None
}

fn not_by_header(cause: &dyn ResetCause, reset: &Reset<'_>) -> Option<String> {
    let third_party = is_third_party(cause.id());
    let fits = cause.shapes().contains(&reset.shape);
    let may_fit = reset.is_of_unknown_system() && cause.shapes().contains(&reset.family);
    if !fits && !may_fit {
        return Some(reset.shape.words().to_owned());
    }
    // A segment that was not translated met another socket than the one that goes on.
    let own_socket = !third_party && cause.id() != CauseId::NatStateLost;
    if own_socket && let Some(later) = reset.spoke_after {
        let after = later.at - reset.at();
        let sender = reset.sender();
        return Some(format!("{sender} went on sending {after} after the RST"));
    }
    if own_socket && let Some((event, state)) = reset.alive_after() {
        let sender = reset.sender();
        return Some(format!(
            "{sender} was still {state} afterwards, by reading {event}"
        ));
    }
    if cause.id() != CauseId::KeepaliveTimeout
        && reset.sending_call().is_none()
        && let Some(count) = reset.after_probes()
    {
        return Some(format!(
            "it left one probe interval after {count} unanswered keepalive probes"
        ));
    }
    let options = reset.sent.segment.options;
    let multipath = cause.id() == CauseId::MptcpFastclose;
    if options.mp_fastclose && !multipath {
        return Some("the RST carries MP_FASTCLOSE".to_owned());
    }
    None
}

fn not_by_counter(cause: &dyn ResetCause, reset: &Reset<'_>) -> Option<String> {
    let counter = cause.counter(reset)?;
    let moved = reset.moved(counter)?;
    (moved == 0).then(|| format!("{} did not move", short(counter)))
}

/// A counter that moved as often as there are RSTs left that could have moved it names them all.
///
/// Only for counters that move with nothing but a RST, and only where every RST of the time was captured.
fn count(run: &Run<'_>, all: &mut [Weighed<'_>]) {
    for counter in [
        "TcpExtTCPAbortOnClose",
        "TcpExtTCPAbortOnData",
        "TcpExtTCPAbortOnMemory",
        "TcpExtEmbryonicRsts",
    ] {
        // A linger-zero close of an unanswered connect moves this one without any RST.
        let sure = match counter {
            "TcpExtTCPAbortOnData" => no_linger_zero(run),
            // A RST that comes for an unfinished handshake moves this one too.
            "TcpExtEmbryonicRsts" => all.iter().all(|one| one.reset.from == Role::Server),
            _ => true,
        };
        if run.segments_lost {
            continue;
        }
        let mut by_window: std::collections::BTreeMap<usize, Vec<usize>> =
            std::collections::BTreeMap::new();
        for (index, one) in all.iter().enumerate() {
            if let Some(window) = run.counters.window(one.reset.at())
                && one.can_have_moved(counter)
            {
                by_window.entry(window).or_default().push(index);
            }
        }
        for members in by_window.values() {
            restrict(all, members, counter, sure);
        }
    }
}

/// `sure` when nothing but a RST can have moved it; else it is a sign and no proof.
fn restrict(all: &mut [Weighed<'_>], members: &[usize], counter: &'static str, sure: bool) {
    let Some(first) = members.first().and_then(|index| all.get(*index)) else {
        return;
    };
    let moved = first.reset.moved(counter);
    let everyone = moved.is_some_and(|moved| usize::try_from(moved) == Ok(members.len()));
    if !everyone || first.reset.sent_by_tcp() != SentByTcp::Yes {
        return;
    }
    for index in members {
        let Some(one) = all.get_mut(*index) else {
            continue;
        };
        let reset = one.reset;
        let reading = reset.run.counters.reading(counter, reset.at());
        for (verdict, cause) in one.verdicts.iter_mut().zip(ALL) {
            if verdict.weight() == 0 {
                continue;
            }
            if cause.counter(&reset) != Some(counter) {
                if sure {
                    *verdict = Verdict::RuledOut(format!("{} moved for this RST", short(counter)));
                } else if matches!(verdict, Verdict::Likely(_)) {
                    *verdict = Verdict::Usual;
                }
            } else if let (
                Verdict::Usual | Verdict::Possible | Verdict::Unlikely,
                Some((event, delta)),
            ) = (&verdict, reading)
            {
                let label = format!("{} +{delta}", short(counter));
                *verdict = Verdict::Likely(vec![cited(event, "counter", &label)]);
            }
        }
    }
}

/// Calls were recorded and no `SO_LINGER` with time 0 is among them.
fn no_linger_zero(run: &Run<'_>) -> bool {
    use crate::event::call::Call;
    let sets = |event: &crate::event::Event| {
        event.body.as_call().is_some_and(|call| {
            matches!(&call.call, Call::SetOption { option, value }
                if option == "SO_LINGER" && super::calls::is_linger_zero(value))
        })
    };
    run.has(Source::Calls) && !run.events.iter().any(sets)
}

/// A counter's name without the file it stands in: `TCPAbortOnClose`.
pub(crate) fn short(counter: &str) -> &str {
    counter
        .strip_prefix("TcpExt")
        .or_else(|| counter.strip_prefix("MPTcpExt"))
        .unwrap_or(counter)
}

/// One piece of evidence.
pub(crate) fn cited(event: EventId, kind: &'static str, label: &str) -> Cited {
    Cited {
        event,
        kind,
        label: label.to_owned(),
    }
}

impl Weighed<'_> {
    fn can_have_moved(&self, counter: &str) -> bool {
        let mut pairs = self.verdicts.iter().zip(ALL);
        pairs.any(|(verdict, cause)| {
            verdict.weight() > 0 && cause.counter(&self.reset) == Some(counter)
        })
    }

    /// Causes left open, the nearest first.
    fn left(&self) -> Vec<(&'static dyn ResetCause, &Verdict)> {
        let pairs = ALL.into_iter().zip(&self.verdicts);
        let mut left: Vec<_> = pairs.filter(|(_, verdict)| verdict.weight() > 0).collect();
        sort_by_rank(&mut left, |(_, verdict)| {
            ((u8::MAX - verdict.weight()).into(), 0)
        });
        left
    }

    /// The cause named first.
    pub(crate) fn cause(&self) -> CauseId {
        let left = self.left();
        left.first()
            .map_or(CauseId::InjectedRst, |(cause, _)| cause.id())
    }

    fn certainty(&self) -> Certainty {
        let left = self.left();
        let weights: Vec<u8> = left.iter().map(|(_, verdict)| verdict.weight()).collect();
        let ahead = match weights.as_slice() {
            [] => false,
            [only] => *only > 1,
            [first, second, ..] => *first >= LIKELY && first > second,
        };
        let doubtful = self.contradicted || self.reset.run.segments_lost;
        match (left.len(), doubtful) {
            (1, false) => Certainty::Certain,
            _ if ahead && !self.contradicted => Certainty::Likely,
            _ => Certainty::Possible,
        }
    }

    /// Who sent it, as far as the evidence goes.
    fn sent_by(&self) -> String {
        let left = self.left();
        let outside = |cause: &&dyn ResetCause| is_third_party(cause.id());
        match left.first() {
            Some((first, _)) if !outside(first) => {
                self.reset.connection.name(self.reset.from).to_owned()
            }
            _ => "third-party".to_owned(),
        }
    }

    /// The whole answer.
    pub(crate) fn finding(&self, run: &Run<'_>, saw: &[Saw]) -> Finding {
        let reset = &self.reset;
        let left = self.left();
        let certainty = self.certainty();
        let candidates: Vec<CauseId> = left.iter().map(|(cause, _)| cause.id()).collect();
        let first = left.first().copied();
        let (plain, mut explanation) = match first {
            Some((cause, _)) => (cause.headline(reset), cause.explain(reset)),
            None => (
                "A RST appeared that no known cause explains.".to_owned(),
                String::new(),
            ),
        };
        explanation = headline::capital(&explanation);
        headline::add_what_programs_saw(&mut explanation, reset, saw);
        headline::add_doubt(&mut explanation, reset, &candidates, self.contradicted);
        let cause = first.map(|(cause, _)| cause);
        let named = |text: String| reset.connection.with_ends_named(text);
        let mut ruled_out = self.ruled_out();
        for out in &mut ruled_out {
            out.because = named(std::mem::take(&mut out.because));
        }
        Finding {
            connection: reset.connection.id,
            sent_by: self.sent_by(),
            cause: self.cause(),
            certainty,
            candidates: if candidates.is_empty() {
                vec![self.cause()]
            } else {
                candidates
            },
            segment: reset.sent.event,
            over_ipv6: reset.sent.segment.src.is_ipv6(),
            accepted: reset.accepted,
            // Asked in vain, because a reason could not be tied, is not the same as "no endpoint sent it".
            kernel_asked: run.reasons.asked
                && (reset.reason.is_some()
                    || (run.reasons.complete && reset.sent_by_tcp() == SentByTcp::No)),
            kernel_reason: reset.reason.map(|(_, reason)| reason.reason.clone()),
            headline: named(headline::with_certainty(&plain, certainty)),
            explanation: named(explanation),
            fix: cause.map_or("", |cause| cause.fix()).to_owned(),
            fix_code: cause.map_or("", |cause| cause.fix_code()).to_owned(),
            rfc: cause.map_or("", |cause| cause.rfc()).to_owned(),
            evidence: self.evidence(first),
            ruled_out,
        }
    }

    fn evidence(&self, first: Option<(&'static dyn ResetCause, &Verdict)>) -> Vec<Cited> {
        let reset = &self.reset;
        let mut cites = Vec::new();
        if let Some((cause, verdict)) = first {
            if let Verdict::Explains(own) | Verdict::Likely(own) = verdict {
                cites.extend(own.iter().cloned());
            }
            if let Some(counter) = cause.counter(reset)
                && let Some((event, delta)) = reset.run.counters.reading(counter, reset.at())
            {
                cites.push(cited(
                    event,
                    "counter",
                    &format!("{} +{delta}", short(counter)),
                ));
            }
        }
        if let Some(trigger) = reset.trigger {
            cites.push(cited(
                trigger.event,
                "segment",
                &segment_label(&trigger.segment),
            ));
        }
        cites.push(cited(
            reset.sent.event,
            "segment",
            &segment_label(&reset.sent.segment),
        ));
        if let Some((event, reason)) = reset.reason {
            cites.push(cited(event, "kernel", &reason.reason));
        }
        if let (SentByTcp::Yes, Some((event, delta))) = (
            reset.sent_by_tcp(),
            reset.run.counters.reading(OUT_RSTS, reset.at()),
        ) {
            cites.push(cited(event, "counter", &format!("{OUT_RSTS} +{delta}")));
        }
        sort_by_rank(&mut cites, |cited| (cited.event.0.into(), 0));
        let mut once: Vec<Cited> = Vec::with_capacity(cites.len());
        for cited in cites {
            if !once.contains(&cited) {
                once.push(cited);
            }
        }
        once
    }

    /// Nearest first: those of the same header family before the others.
    fn ruled_out(&self) -> Vec<RuledOut> {
        let family = |cause: &dyn ResetCause| !cause.shapes().contains(&self.reset.shape);
        let mut out: Vec<(bool, RuledOut)> = ALL
            .into_iter()
            .zip(&self.verdicts)
            .filter_map(|(cause, verdict)| match verdict {
                Verdict::RuledOut(because) => Some((
                    family(cause),
                    RuledOut {
                        cause: cause.id(),
                        because: because.clone(),
                    },
                )),
                Verdict::Explains(_)
                | Verdict::Likely(_)
                | Verdict::Usual
                | Verdict::Possible
                | Verdict::Unlikely => None,
            })
            .collect();
        sort_by_rank(&mut out, |(other_family, _)| ((*other_family).into(), 0));
        out.into_iter().map(|(_, out)| out).collect()
    }
}

/// `RST,ACK`, `PSH,ACK 16 bytes`.
pub(crate) fn segment_label(segment: &Segment) -> String {
    let flags = segment.flags.names();
    match segment.payload_len {
        0 => flags,
        1 => format!("{flags} 1 byte"),
        len => format!("{flags} {len} bytes"),
    }
}

/// The shapes a RST can have that no endpoint wrote: any.
pub(crate) const ANY_SHAPE: &[Shape] = &[
    Shape::Active,
    Shape::Reply,
    Shape::AnswerToSyn,
    Shape::Foreign,
];
