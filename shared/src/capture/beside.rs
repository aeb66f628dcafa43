//! What counters and a trace from the same machine may say of a capture's RSTs, and of which.
//!
//! Both speak of a whole machine, the capture of a part of it. Only that is handed on which holds whatever else
//! the machine did meanwhile; nothing here judges a cause.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use super::counters_text::CounterDeltas;
use super::kept::Kept;
use super::trace_text::{ResetTrace, SentReset};
use super::tracked::Tracked;
use crate::connection::canonical;
use crate::event::EventId;

/// One captured RST.
#[derive(Clone, Copy, Debug)]
pub(super) struct Captured {
    pub(super) frame: u32,
    pub(super) at: u64,
    from: SocketAddr,
    to: SocketAddr,
    /// It left the machine that captured, so that this machine's kernel or a rule of its firewall wrote it.
    pub(super) is_local: bool,
}

/// Times to live that no router has lowered. What a machine passes on for its containers leaves it as well, often
/// under its own address, but with one less; their kernel's counters are others.
const UNROUTED: [u8; 3] = [64, 128, 255];

/// The RSTs of one connection.
pub(super) fn captured(tracked: &Tracked) -> impl Iterator<Item = Captured> + '_ {
    let (low, high) = (tracked.pair.low(), tracked.pair.high());
    let is_loopback = tracked.pair.is_loopback();
    let rsts = tracked.history.iter().filter(|kept| kept.flags.rst());
    rsts.map(move |kept| {
        let (from, to) = if kept.side() == 0 {
            (low, high)
        } else {
            (high, low)
        };
        Captured {
            frame: kept.frame,
            at: kept.at,
            from: canonical(from),
            to: canonical(to),
            is_local: is_loopback || (kept.is(Kept::OUTGOING) && UNROUTED.contains(&kept.ttl)),
        }
    })
}

/// What the counters of the machine leave to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sums {
    /// Every RST of the namespace is in the capture, and every one in the capture is counted, or none is.
    Exact,
    /// The namespace sent others too: only a counter that stood still says something.
    NotExact,
}

pub(super) const OUT_RSTS: &str = "TcpOutRsts";

/// Whether the sums admit one reading.
///
/// `doubtful` of the local RSTs could have been written by somebody else than TCP: then as many may have been
/// counted elsewhere, unless the segments received show that the capture holds all there was.
pub(super) fn sums(
    counters: &CounterDeltas,
    local: usize,
    doubtful: usize,
    all_segments: Option<u64>,
) -> Sums {
    let same = |name, count: Option<u64>| {
        let moved = counters
            .of(name)
            .and_then(|moved| u64::try_from(moved).ok());
        moved.is_some() && moved == count
    };
    if counters.of(OUT_RSTS) == Some(0) {
        return Sums::Exact;
    }
    let captured = same(OUT_RSTS, u64::try_from(local).ok());
    if captured && (doubtful == 0 || same("TcpInSegs", all_segments)) {
        Sums::Exact
    } else {
        Sums::NotExact
    }
}

/// Which line of the trace belongs to which captured RST.
#[derive(Clone, Debug, Default)]
pub(super) struct Ties<'a> {
    by_frame: HashMap<u32, &'a SentReset>,
    /// From the first to the last RST that was tied.
    span: Option<(u64, u64)>,
    /// Every line was tied and none was lost.
    complete: bool,
}

/// With clocks that differ by an unknown, two differences farther apart than this are of different RSTs.
const CLOCKS: u64 = 1_000_000_000;
/// A line and its RST are this near once the difference of the clocks is known.
const NEAR: u64 = 5_000_000;

impl<'a> Ties<'a> {
    /// Ties lines to RSTs, both in order of time.
    pub(super) fn new(trace: &'a ResetTrace, rsts: &[Captured]) -> Self {
        let mut known_by = Self::default();
        let mut lines: BTreeMap<_, Vec<&SentReset>> = BTreeMap::new();
        for line in &trace.resets {
            lines.entry((line.from, line.to)).or_default().push(line);
        }
        let mut own: BTreeMap<_, Vec<&Captured>> = BTreeMap::new();
        for rst in rsts {
            own.entry((rst.from, rst.to)).or_default().push(rst);
        }
        let mut pairs = Vec::new();
        for ((from, to), lines) in &lines {
            let Some(rsts) = to.and_then(|to| own.get(&(*from, to))) else {
                continue;
            };
            if rsts.len() == lines.len() {
                pairs.extend(lines.iter().copied().zip(rsts.iter().copied()));
            }
        }
        let clock = clock(&pairs);
        pairs.retain(|(line, rst)| clock.is_none_or(|clock| clock.fits(line, rst, CLOCKS)));
        if clock.is_none() && differ(&pairs) {
            pairs.clear();
        }
        for (line, rst) in &pairs {
            known_by.by_frame.insert(rst.frame, line);
        }
        let mut used: Vec<*const SentReset> = pairs
            .iter()
            .map(|(line, _)| std::ptr::from_ref(*line))
            .collect();
        used.sort_unstable();
        let rest = trace.resets.iter();
        let rest = rest.filter(|line| used.binary_search(&std::ptr::from_ref(*line)).is_err());
        let rest: Vec<&SentReset> = rest.collect();
        let offset = clock.or_else(|| pairs.first().map(|(line, rst)| Clock::of(line, rst)));
        let left = known_by.tie_rest(&rest, rsts, offset);
        known_by.complete = left == 0 && !trace.lost;
        let told = rsts
            .iter()
            .filter(|rst| known_by.by_frame.contains_key(&rst.frame));
        let moments: Vec<u64> = told.map(|rst| rst.at).collect();
        known_by.span = moments
            .iter()
            .min()
            .copied()
            .zip(moments.iter().max().copied());
        known_by
    }

    /// Ties what addresses alone did not; gives how many lines are left.
    fn tie_rest(
        &mut self,
        lines: &[&'a SentReset],
        rsts: &[Captured],
        clock: Option<Clock>,
    ) -> usize {
        let mut open: HashMap<SocketAddr, Vec<&Captured>> = HashMap::new();
        for rst in rsts
            .iter()
            .filter(|rst| !self.by_frame.contains_key(&rst.frame))
        {
            open.entry(rst.from).or_default().push(rst);
        }
        let mut of_source: HashMap<SocketAddr, usize> = HashMap::new();
        for line in lines {
            *of_source.entry(line.from).or_default() += 1;
        }
        let mut left = 0;
        for line in lines {
            let own = open.entry(line.from).or_default();
            let fits = |rst: &Captured| line.to.is_none_or(|to| to == rst.to);
            let found = match clock {
                Some(clock) => clock.nearest(line, own, fits),
                // Without a clock: the only one there can be.
                None if own.len() == 1 && of_source.get(&line.from) == Some(&1) => {
                    own.first().is_some_and(|rst| fits(rst)).then_some(0)
                }
                None => None,
            };
            match found {
                Some(index) if index < own.len() => {
                    let rst = own.remove(index);
                    self.by_frame.insert(rst.frame, line);
                }
                Some(_) | None => left += 1,
            }
        }
        left
    }

    pub(super) fn of(&self, frame: u32) -> Option<&'a SentReset> {
        self.by_frame.get(&frame).copied()
    }

    /// The trace would have shown it had TCP sent it: its silence counts.
    fn would_show(&self, rst: &Captured) -> bool {
        let within = |(from, to): (u64, u64)| rst.at > from && rst.at < to;
        self.complete && rst.is_local && self.span.is_some_and(within)
    }

    /// How much of a connection the trace speaks of.
    pub(super) fn reach(&self, tracked: &Tracked) -> Reach {
        let (mut known, mut unknown, mut tied) = (0, 0, 0);
        for rst in captured(tracked) {
            if self.of(rst.frame).is_some() {
                tied += 1;
            } else if self.would_show(&rst) {
                known += 1;
            } else {
                unknown += 1;
            }
        }
        match (tied + known, unknown) {
            (0, _) => Reach::None,
            (_, 0) => Reach::All,
            _ if tied > 0 => Reach::Some,
            _ => Reach::None,
        }
    }

    /// The lines that were tied, each with the RST's frame.
    pub(super) fn iter(&self) -> impl Iterator<Item = (EventId, &'a SentReset)> + '_ {
        let all = self.by_frame.iter();
        all.map(|(frame, line)| (EventId(*frame), *line))
    }
}

/// How much of a connection's RSTs a trace speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    None,
    Some,
    /// Of all: also its silence says something.
    All,
}

/// How far the trace's clock is ahead of the capture's, in nanoseconds; the difference wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock(u64);

impl Clock {
    const fn of(line: &SentReset, rst: &Captured) -> Self {
        Self(line.at.wrapping_sub(rst.at))
    }

    /// How far the two are apart once the clocks are aligned.
    const fn apart(self, line: &SentReset, rst: &Captured) -> u64 {
        let off = line.at.wrapping_sub(rst.at).wrapping_sub(self.0);
        off.cast_signed().unsigned_abs()
    }

    const fn fits(self, line: &SentReset, rst: &Captured, within: u64) -> bool {
        self.apart(line, rst) <= within
    }

    /// Index of the only RST near the line; `None` when there is none, or another is about as near.
    fn nearest(
        self,
        line: &SentReset,
        rsts: &[&Captured],
        fits: impl Fn(&Captured) -> bool,
    ) -> Option<usize> {
        let near = rsts.iter().enumerate();
        let near = near.filter(|(_, rst)| fits(rst) && self.fits(line, rst, NEAR));
        let mut near: Vec<_> = near.map(|(i, rst)| (self.apart(line, rst), i)).collect();
        near.sort_unstable();
        match near.as_slice() {
            [(_, only)] => Some(*only),
            [(first, index), (second, _), ..] if *first < second / 4 => Some(*index),
            _ => None,
        }
    }
}

/// The difference that most ties share; `None` with fewer than three.
fn clock(tied: &[(&SentReset, &Captured)]) -> Option<Clock> {
    if tied.len() < 3 {
        return None;
    }
    let first = tied.first().map(|(line, rst)| Clock::of(line, rst))?;
    let ahead = |(line, rst): &(&SentReset, &Captured)| {
        Clock::of(line, rst).0.wrapping_sub(first.0).cast_signed()
    };
    let mut all: Vec<i64> = tied.iter().map(ahead).collect();
    all.sort_unstable();
    let median = all.get(all.len() / 2)?;
    Some(Clock(first.0.wrapping_add(median.cast_unsigned())))
}

/// Two ties that cannot both be right.
fn differ(tied: &[(&SentReset, &Captured)]) -> bool {
    match tied {
        [(line, rst), (other, another)] => !Clock::of(line, rst).fits(other, another, CLOCKS),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn line(at: u64, from: u16, to: u16) -> SentReset {
        SentReset {
            at,
            from: address(from),
            to: (to != 0).then(|| address(to)),
            state: None,
            reason: "NO_SOCKET".to_owned(),
        }
    }

    fn rst(frame: u32, at: u64, from: u16, to: u16) -> Captured {
        Captured {
            frame,
            at,
            from: address(from),
            to: address(to),
            is_local: true,
        }
    }

    const HOUR: u64 = 3_600_000_000_000;

    fn check(lines: Vec<SentReset>, rsts: &[Captured], expected: &[u32], complete: bool) {
        let trace = ResetTrace {
            resets: lines,
            lost: false,
        };
        let ties = Ties::new(&trace, rsts);
        let mut frames: Vec<u32> = ties.by_frame.keys().copied().collect();
        frames.sort_unstable();
        assert_eq!(frames, expected);
        assert_eq!(ties.complete, complete);
    }

    #[test]
    fn addresses_tie_where_the_counts_agree() {
        let rsts = [rst(1, 5, 80, 1000), rst(2, 9, 80, 1000)];
        check(
            vec![line(HOUR, 80, 1000), line(HOUR + 4, 80, 1000)],
            &rsts,
            &[1, 2],
            true,
        );
        check(vec![line(HOUR, 80, 1000)], &rsts, &[], false);
        check(vec![line(HOUR, 81, 1000)], &rsts, &[], false);
    }

    #[test]
    fn a_listener_is_tied_by_time_once_the_clocks_are_known() {
        let rsts = [
            rst(1, 0, 80, 1000),
            rst(2, 9_000_000, 80, 1001),
            rst(3, 50_000_000, 80, 1002),
        ];
        let lines = vec![line(HOUR, 80, 1000), line(HOUR + 9_010_000, 80, 0)];
        check(lines, &rsts, &[1, 2], true);
        let far = vec![line(HOUR, 80, 1000), line(HOUR + 30_000_000, 80, 0)];
        check(far, &rsts, &[1], false);
    }

    #[test]
    fn clocks_that_cannot_both_be_right_tie_nothing() {
        let rsts = [rst(1, 0, 80, 1000), rst(2, 1, 80, 1001)];
        check(
            vec![line(HOUR, 80, 1000), line(3 * HOUR, 80, 1001)],
            &rsts,
            &[],
            false,
        );
    }

    #[test]
    fn sums_decide_only_where_they_admit_one_reading() {
        let moved = |out, received| CounterDeltas {
            moved: [
                ("TcpOutRsts".to_owned(), out),
                ("TcpInSegs".to_owned(), received),
            ]
            .into(),
        };
        assert_eq!(sums(&moved(0, 9), 2, 2, None), Sums::Exact);
        assert_eq!(sums(&moved(2, 9), 2, 0, None), Sums::Exact);
        assert_eq!(sums(&moved(2, 9), 2, 1, None), Sums::NotExact);
        assert_eq!(sums(&moved(2, 9), 2, 1, Some(9)), Sums::Exact);
        assert_eq!(sums(&moved(2, 9), 2, 1, Some(8)), Sums::NotExact);
        assert_eq!(sums(&moved(3, 9), 2, 0, None), Sums::NotExact);
        assert_eq!(sums(&CounterDeltas::default(), 0, 0, None), Sums::NotExact);
    }
}
