//! Feed the bytes of a capture, take explained connections: the front door for command line and page.
//!
//! Memory is bounded by the open connections: a connection that ended well becomes a count, one with a RST waits,
//! with its bounded history, until enough of them are judged together.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::net::SocketAddr;

use super::counters_text::CounterDeltas;
use super::explained::{ConnectionExplained, Explained, HEALTHY_LISTED, Summary};
use super::flows::{Flows, MOST_OPEN};
use super::frames::{FileProblem, Frame, NotACapture, Reader, Sink};
use super::judge::{World, judge};
use super::link::{self, NoDatagram};
use super::packet::{self, Pair};
use super::problems::Problems;
use super::trace_text::ResetTrace;
use super::tracked::Tracked;
use crate::scenario::expect::Outcome;
use crate::tcp::segment::NotASegment;

/// What to explain, and with what beside the capture.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only connections with this port at either end.
    pub port: Option<u16>,
    /// Hand out what was kept of each listed connection's segments.
    pub with_segments: bool,
    /// Segments of a connection's end that are kept, at least; [`TAIL`] unless told.
    pub tail: usize,
    pub counters: Option<CounterDeltas>,
    pub trace: Option<ResetTrace>,
}

/// What can be in flight at once, and with it what a RST can be an answer to.
pub const TAIL: usize = 256;

impl Default for Options {
    fn default() -> Self {
        Self {
            port: None,
            with_segments: false,
            tail: TAIL,
            counters: None,
            trace: None,
        }
    }
}

/// So many connections with RSTs are judged together, or as many as have so many segments; judging one segment
/// takes almost 2 KB.
const TOGETHER: usize = 2_048;
const TOGETHER_SEGMENTS: usize = 12_500;
/// Connections judged before that stay, in outline, as context of the next.
const CONTEXT: usize = 128;
/// Open connections with RSTs that are context as well, in outline.
const OPEN: usize = 128;
/// With counters or a trace beside, all RSTs must be judged at once: of so many connections at most.
pub const MOST_WITH_EVIDENCE: usize = 20_000;
/// And with so many kept segments; a long history is made shorter for it, to at least so many segments of its end.
const MOST_SEGMENTS_WITH_EVIDENCE: usize = 200_000;
const TAIL_WITH_EVIDENCE: usize = 64;

/// Reads a capture.
pub struct Explainer {
    reader: Reader,
    books: Books,
}

impl Explainer {
    pub fn new(options: Options) -> Self {
        Self {
            reader: Reader::default(),
            books: Books::new(options),
        }
    }

    /// Takes the next bytes of the file; they may end anywhere.
    ///
    /// # Errors
    /// The file is no capture. What is damaged further on is a problem and no error.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), NotACapture> {
        self.reader.feed(bytes, &mut self.books)
    }

    /// Connections that can be told now, in order of their ends.
    pub fn take(&mut self) -> Vec<ConnectionExplained> {
        std::mem::take(&mut self.books.told)
    }

    /// Judges what has a RST, also where more may follow: nothing is coming at the moment, and somebody is waiting.
    ///
    /// With counters or a trace beside it does nothing: those speak of all RSTs together.
    pub fn settle(&mut self) {
        if !self.books.has_evidence() {
            self.books.settle();
        }
    }

    /// Frames read so far.
    pub const fn frames(&self) -> u32 {
        self.reader.frames()
    }

    /// The first frame's time in nanoseconds since 1970, or since whatever the file counts from; 0 before it.
    pub fn began(&self) -> u64 {
        self.books.base.unwrap_or(0)
    }

    /// Ends the reading and judges a part of what is left; false when nothing was left.
    ///
    /// Calling it, and [`Self::take`], until then keeps memory low; [`Self::finish`] does all the rest at once.
    ///
    /// # Errors
    /// The file ended before its header did.
    pub fn end_part(&mut self) -> Result<bool, NotACapture> {
        self.reader.finish(&mut self.books)?;
        Ok(self.books.end_part())
    }

    /// Notes a problem of the whole file that its reader met, such as an end of its compression.
    pub fn note_problem(&mut self, message: &str) {
        let next = self.reader.frames().saturating_add(1);
        self.books.problems.note(next, message);
    }

    /// Says what is left. `connections` holds those not taken before.
    ///
    /// # Errors
    /// The file ended before its header did.
    pub fn finish(mut self) -> Result<Explained, NotACapture> {
        while self.end_part()? {}
        Ok(self.books.finish(self.reader.frames()))
    }
}

/// Everything that is kept while reading.
struct Books {
    options: Options,
    flows: Flows,
    problems: Problems,
    /// Connections just put away.
    ended: Vec<Tracked>,
    /// Of these, those with RSTs not judged yet.
    waiting: Vec<Tracked>,
    waiting_segments: usize,
    /// The last ones judged.
    context: VecDeque<Tracked>,
    told: Vec<ConnectionExplained>,
    base: Option<u64>,
    lost: u64,
    healthy: u64,
    summary: Summary,
    /// Counters and trace are not used: there are too many RSTs.
    evidence_dropped: bool,
}

impl Sink for Books {
    fn frame(&mut self, frame: &Frame<'_>) {
        self.base.get_or_insert(frame.at);
        let datagram = match link::datagram(frame) {
            Ok(datagram) => datagram,
            Err(NoDatagram::NotIp) => return,
            Err(problem @ (NoDatagram::Cut(_) | NoDatagram::TooManyTags)) => {
                self.problems.note(frame.number, problem);
                return;
            }
        };
        match packet::read(&datagram, frame.number, frame.at) {
            Ok((packet, odd)) => {
                if let Some(odd) = odd {
                    self.problems.note(frame.number, odd);
                }
                self.flows.note(&packet, &mut self.ended);
                if !self.ended.is_empty() {
                    self.put_away();
                }
            }
            Err(NotASegment::NotTcp(_)) => {}
            Err(
                problem @ (NotASegment::TooShort(_)
                | NotASegment::IpVersion(_)
                | NotASegment::Ipv4HeaderLength(_)
                | NotASegment::LaterFragment(_)
                | NotASegment::TcpHeaderCut(_)),
            ) => self.problems.note(frame.number, problem),
        }
    }

    fn problem(&mut self, frame: u32, problem: FileProblem) {
        self.problems.note(frame, problem);
    }

    fn lost(&mut self, frames: u64) {
        self.lost = self.lost.max(frames);
    }
}

impl Books {
    fn new(options: Options) -> Self {
        Self {
            flows: Flows::new(options.tail),
            options,
            problems: Problems::default(),
            ended: Vec::new(),
            waiting: Vec::new(),
            waiting_segments: 0,
            context: VecDeque::new(),
            told: Vec::new(),
            base: None,
            lost: 0,
            healthy: 0,
            summary: Summary::default(),
            evidence_dropped: false,
        }
    }

    const fn has_evidence(&self) -> bool {
        let beside = self.options.counters.is_some() || self.options.trace.is_some();
        beside && !self.evidence_dropped
    }

    /// Counts those without RST; the others wait for each other, until there are many.
    fn put_away(&mut self) {
        for mut tracked in std::mem::take(&mut self.ended) {
            if tracked.rsts > 0 {
                if self.has_evidence() {
                    tracked.shorten(TAIL_WITH_EVIDENCE);
                }
                self.waiting_segments += tracked.history.len();
                self.waiting.push(tracked);
            } else {
                self.tell_quiet(&tracked);
            }
        }
        self.judge_when_many();
    }

    fn tell_quiet(&mut self, tracked: &Tracked) {
        if !self.is_wanted(tracked) {
            return;
        }
        let outcome = tracked.quiet_outcome();
        let one = self.described(tracked, outcome);
        self.summary.connections += 1;
        self.summary.count(&one);
        if outcome != Outcome::TimedOut {
            self.healthy += 1;
            if self.healthy > HEALTHY_LISTED {
                return;
            }
        }
        self.summary.listed += 1;
        self.told.push(one);
    }

    fn is_wanted(&self, tracked: &Tracked) -> bool {
        let port = self.options.port;
        port.is_none_or(|port| tracked.pair.has_port(port))
    }

    fn described(&self, tracked: &Tracked, outcome: Outcome) -> ConnectionExplained {
        let base = self.base.unwrap_or(0);
        let kept = if self.options.with_segments {
            tracked.events(base).collect()
        } else {
            Vec::new()
        };
        ConnectionExplained {
            id: tracked.id,
            client: tracked.client(),
            server: tracked.server(),
            outcome,
            role_guessed: tracked.roles.guessed,
            segments: tracked.segments,
            resets: Vec::new(),
            resets_not_explained: 0,
            kept,
            findings: Vec::new(),
        }
    }

    fn judge_when_many(&mut self) {
        let (most, segments) = if self.has_evidence() {
            (MOST_WITH_EVIDENCE, MOST_SEGMENTS_WITH_EVIDENCE)
        } else {
            (TOGETHER, TOGETHER_SEGMENTS)
        };
        if self.waiting.len() <= most && self.waiting_segments <= segments {
            return;
        }
        if self.has_evidence() {
            self.evidence_dropped = true;
            let message = format!(
                "more than {MOST_WITH_EVIDENCE} connections were reset, or {MOST_SEGMENTS_WITH_EVIDENCE} of their segments \
                 would be needed: counters and trace were not used"
            );
            self.problems.note(0, message);
        }
        self.judge_waiting();
    }

    /// Judges those put away; some open ones with RSTs and the last ones judged are their context.
    fn judge_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_segments = 0;
        if waiting.is_empty() {
            return;
        }
        let open = self.flows.resets().take(OPEN);
        let open: Vec<Tracked> = open.map(|one| one.outline()).collect();
        let mut rest = waiting.as_slice();
        while !rest.is_empty() {
            let together = self.together(rest);
            let (own, others) = rest.split_at_checked(together).unwrap_or((rest, &[]));
            rest = others;
            self.judge(own, &open);
            let last = own.len().saturating_sub(CONTEXT);
            self.context
                .extend(own.iter().skip(last).map(Tracked::outline));
            let surplus = self.context.len().saturating_sub(CONTEXT);
            self.context.drain(..surplus);
        }
    }

    /// How many of these are judged at once, one at least.
    fn together(&self, waiting: &[Tracked]) -> usize {
        if self.has_evidence() {
            return waiting.len();
        }
        let mut segments = 0;
        let fit = waiting.iter().take(TOGETHER).take_while(|one| {
            segments += one.history.len();
            segments <= TOGETHER_SEGMENTS
        });
        fit.count().max(1)
    }

    fn judge(&mut self, own: &[Tracked], others: &[Tracked]) {
        let mut all: Vec<&Tracked> = own.iter().collect();
        all.extend(others);
        all.extend(&self.context);
        let pairs: HashSet<Pair> = all.iter().map(|one| one.pair).collect();
        let servers: BTreeSet<SocketAddr> = own.iter().map(Tracked::server).collect();
        let answers = servers.into_iter();
        let answers = answers.filter_map(|server| self.flows.last_answer(server));
        let answers: Vec<Tracked> = answers.filter(|one| !pairs.contains(&one.pair)).collect();
        all.extend(&answers);
        let beside = self.has_evidence();
        let is_loopback = !self.flows.has_remote;
        let judged = judge(
            &all,
            own.len(),
            &World {
                base: self.base.unwrap_or(0),
                lost: self.lost,
                counters: self.options.counters.as_ref().filter(|_| beside),
                trace: self.options.trace.as_ref().filter(|_| beside),
                all_segments: is_loopback.then_some(self.flows.segments),
            },
        );
        for (tracked, mut judged) in own.iter().zip(judged) {
            if !self.is_wanted(tracked) {
                continue;
            }
            let outcome = judged.outcome.unwrap_or_else(|| tracked.quiet_outcome());
            let mut one = self.described(tracked, outcome);
            let before = usize::try_from(tracked.told).unwrap_or(usize::MAX);
            let known = judged.resets.len();
            judged.resets.drain(..before.min(known));
            let explained = u32::try_from(known).unwrap_or(u32::MAX);
            one.resets_not_explained = tracked.rsts.saturating_sub(explained.max(tracked.told));
            if self.options.with_segments {
                one.findings.clone_from(&judged.resets);
            }
            one.resets = judged.resets.into_iter().map(Into::into).collect();
            if tracked.told == 0 {
                self.summary.connections += 1;
                self.summary.listed += 1;
                self.summary.count(&one);
            } else {
                self.summary.count_resets(&one);
            }
            if tracked.told == 0 || !one.resets.is_empty() {
                self.told.push(one);
            }
        }
    }

    fn settle(&mut self) {
        self.judge_waiting();
        let mut open = Vec::new();
        for tracked in self.flows.resets() {
            if tracked.told < tracked.rsts {
                open.push(tracked.clone());
                tracked.told = tracked.rsts;
            }
        }
        if !open.is_empty() {
            self.judge(&open, &[]);
        }
    }

    fn end_part(&mut self) -> bool {
        let (most, segments) = if self.has_evidence() {
            (usize::MAX, usize::MAX)
        } else {
            (TOGETHER, TOGETHER_SEGMENTS)
        };
        let mut is_more = !self.waiting.is_empty();
        // Few of those that end have a RST, and each judging weighs its context too: many are judged together.
        loop {
            self.ended = self.flows.end_some(most, segments);
            if self.ended.is_empty() {
                break;
            }
            is_more = true;
            self.put_away();
            let is_much = self.told.len() >= most || self.waiting_segments >= segments / 2;
            if is_much || self.options.with_segments {
                break;
            }
        }
        self.judge_waiting();
        self.told.sort_by_key(|one| one.id);
        is_more
    }

    fn finish(mut self, packets: u32) -> Explained {
        self.told.sort_by_key(|one| one.id);
        if self.flows.overflowed {
            let message = format!(
                "more than {MOST_OPEN} connections were open at once: those silent for longest were put away"
            );
            self.problems.note(0, message);
        }
        let mut summary = self.summary;
        summary.segments = self.flows.segments;
        summary.copies = self.flows.copies;
        summary.lost = self.lost;
        summary.problems = self.problems.count;
        Explained {
            format: 1,
            connections: self.told,
            problems: self.problems.list,
            summary,
            packets,
        }
    }
}
