//! Two runs side by side: what both did, what only one did, and where they part.
//!
//! Calls, segments and acts from outside are compared, in words without times and ports; no two runs have the same
//! of those. Times are told from the first SYN on, so that a slow start shifts nothing.

pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::connection::Connections;
use crate::diagnosis::CauseId;
use crate::diagnosis::finding::{Certainty, Diagnosis};
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, Source};
use crate::expectation::decisive;
use crate::scenario::expect::Outcome;
use crate::units::Nanos;

/// Most pairs that are weighed to line two runs up; beyond it what follows their first difference is not paired.
const PAIRS: usize = 1_000_000;

/// One run as it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    pub events: &'a [Event],
    pub connections: &'a Connections,
    pub diagnosis: &'a Diagnosis,
    /// The sources that were recorded; the events may say that one of them was absent after all.
    pub evidence: &'a [Source],
}

/// What kind of thing a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Call,
    /// Something from outside of the programs, or a process's end.
    Outside,
    Segment,
    /// A segment with RST.
    Reset,
}

/// One thing that a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Line {
    pub event: EventId,
    pub kind: Kind,
    /// Nanoseconds since the run's first SYN, before it negative; since the run began where no SYN was seen.
    pub since_syn_ns: i64,
    /// In words without times and ports.
    pub what: String,
    /// Since the run began.
    #[serde(skip)]
    pub at: Nanos,
    /// What makes it the same thing in another run, whatever came of it there.
    #[serde(skip)]
    pair: String,
}

/// How a line's two sides are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    Same,
    /// The same call with another result, or a process that ended otherwise.
    Changed,
    OnlyBefore,
    OnlyAfter,
}

/// One line of the comparison; at least one side is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    pub likeness: Likeness,
    pub before: Option<Line>,
    pub after: Option<Line>,
}

/// How one of the runs ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ending {
    pub outcome: Outcome,
    /// The decisive RST's; `None` without a RST.
    pub cause: Option<CauseId>,
    pub certainty: Option<Certainty>,
    pub headline: String,
}

/// A counter that the two runs moved differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counted {
    pub name: String,
    pub before: i64,
    pub after: i64,
}

/// Two runs compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    pub before: Ending,
    pub after: Ending,
    pub rows: Vec<Row>,
    /// The first row that is not the same on both sides, from 0.
    pub first_difference: Option<usize>,
    /// In order of their names.
    pub counters: Vec<Counted>,
    /// What is not compared, since not both runs recorded it: of `calls`, `segments` and `counters`.
    pub left_out: Vec<Source>,
}

impl Comparison {
    /// Compares two runs.
    pub fn new(before: Side<'_>, after: Side<'_>) -> Self {
        let left_out = left_out(before, after);
        // Where calls are recorded, so are acts and ends of processes; elsewhere they may be all there is.
        let acts = before.has(Source::Calls) == after.has(Source::Calls);
        let lines = |side| lines(side, &left_out, acts);
        let rows = paired(lines(before), lines(after));
        let counters = if left_out.contains(&Source::Counters) {
            Vec::new()
        } else {
            counted(before.events, after.events)
        };
        Self {
            before: Ending::of(before.diagnosis),
            after: Ending::of(after.diagnosis),
            first_difference: rows.iter().position(|row| row.likeness != Likeness::Same),
            rows,
            counters,
            left_out,
        }
    }

    /// The row in which they part.
    pub fn first(&self) -> Option<&Row> {
        self.rows.get(self.first_difference?)
    }
}

impl Ending {
    fn of(diagnosis: &Diagnosis) -> Self {
        let decisive = decisive(diagnosis);
        Self {
            outcome: diagnosis.outcome,
            cause: decisive.map(|finding| finding.cause),
            certainty: decisive.map(|finding| finding.certainty),
            headline: diagnosis.headline.clone(),
        }
    }
}

impl Row {
    fn new(before: Option<Line>, after: Option<Line>) -> Self {
        let likeness = match (&before, &after) {
            (Some(before), Some(after)) if before.what == after.what => Likeness::Same,
            (Some(_), Some(_)) => Likeness::Changed,
            (_, None) => Likeness::OnlyBefore,
            (None, Some(_)) => Likeness::OnlyAfter,
        };
        Self {
            likeness,
            before,
            after,
        }
    }
}

impl Side<'_> {
    fn has(&self, source: Source) -> bool {
        let is_absent = |event: &Event| matches!(&event.body, EventBody::Trouble(Trouble::Absent { evidence, .. }) if *evidence == source);
        self.evidence.contains(&source) && !self.events.iter().any(is_absent)
    }
}

/// Of what is compared, what not both runs recorded: the silence of the other says nothing.
fn left_out(before: Side<'_>, after: Side<'_>) -> Vec<Source> {
    let compared = [Source::Calls, Source::Segments, Source::Counters];
    let missing = |source: &Source| !(before.has(*source) && after.has(*source));
    compared.into_iter().filter(missing).collect()
}

/// A run's lines of the sources that both have, with their times from its first SYN on.
fn lines(side: Side<'_>, left_out: &[Source], acts: bool) -> Vec<Line> {
    let mut lines = told(side.events, side.connections);
    lines.retain(|line| match line.kind {
        Kind::Call => !left_out.contains(&Source::Calls),
        Kind::Segment | Kind::Reset => !left_out.contains(&Source::Segments),
        Kind::Outside => acts,
    });
    let syn = side.events.iter().find(|event| {
        let sent = side.connections.segment(event.id);
        sent.is_some_and(|(_, sent)| sent.segment.flags.syn())
    });
    let zero = signed(syn.map_or(0, |event| event.at.0));
    for line in &mut lines {
        line.since_syn_ns = signed(line.at.0) - zero;
    }
    lines
}

/// Times of a run are far below what is lost here: 292 years.
fn signed(nanos: u64) -> i64 {
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Calls, segments and acts in words without times and ports, in order of time.
pub fn told(events: &[Event], connections: &Connections) -> Vec<Line> {
    let several = connections.len() > 1;
    let mut told = Vec::new();
    for event in events {
        let (kind, what, pair) = match &event.body {
            EventBody::Call(call) => {
                let pair = format!("{}: {}", call.by, call.signature());
                (Kind::Call, format!("{pair} = {}", call.result), pair)
            }
            EventBody::Segment(_) => {
                let Some((connection, sent)) = connections.segment(event.id) else {
                    continue;
                };
                let number = if several {
                    format!(" (connection {})", connection.id)
                } else {
                    String::new()
                };
                let bytes = match sent.segment.payload_len {
                    0 => String::new(),
                    1 => " with 1 byte".to_owned(),
                    bytes => format!(" with {bytes} bytes"),
                };
                let (from, flags) = (connection.name(sent.from), sent.segment.flags.names());
                let what = format!("{from} sends {flags}{bytes}{number}");
                let kind = if sent.segment.flags.rst() {
                    Kind::Reset
                } else {
                    Kind::Segment
                };
                (kind, what.clone(), what)
            }
            EventBody::Outside(act) => (Kind::Outside, act.sentence(), act.act.to_string()),
            EventBody::ProcessEnded(ended) => {
                let pair = format!("{} ends", ended.process);
                (Kind::Outside, format!("{pair} by {}", ended.how), pair)
            }
            EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::Socket(_)
            | EventBody::Step(_)
            | EventBody::Trouble(_) => continue,
        };
        told.push(Line {
            event: event.id,
            kind,
            since_syn_ns: signed(event.at.0),
            what,
            at: event.at,
            pair,
        });
    }
    told
}

/// Lines up what both did, in the order of both.
fn paired(before: Vec<Line>, after: Vec<Line>) -> Vec<Row> {
    let is_pair = |(one, other): &(&Line, &Line)| one.pair == other.pair;
    let begin = before.iter().zip(&after).take_while(is_pair).count();
    let (_, one) = before.split_at(begin);
    let (_, other) = after.split_at(begin);
    let rest = one.iter().rev().zip(other.iter().rev());
    let end = rest.take_while(is_pair).count();
    let middle = (one.len() - end, other.len() - end);
    let steps = walk(
        one.get(..middle.0).unwrap_or_default(),
        other.get(..middle.1).unwrap_or_default(),
    );
    let walk = std::iter::repeat_n(Step::Both, begin)
        .chain(steps)
        .chain(std::iter::repeat_n(Step::Both, end));
    let (mut before, mut after) = (before.into_iter(), after.into_iter());
    walk.map(|step| match step {
        Step::Both => Row::new(before.next(), after.next()),
        Step::Before => Row::new(before.next(), None),
        Step::After => Row::new(None, after.next()),
    })
    .collect()
}

/// Which side goes on by one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Both,
    Before,
    After,
}

/// The way through two lists that pairs most of them: the longest common subsequence, by dynamic programming.
fn walk(one: &[Line], other: &[Line]) -> Vec<Step> {
    let width = other.len() + 1;
    if one.len().saturating_mul(other.len()) > PAIRS {
        let before = std::iter::repeat_n(Step::Before, one.len());
        return before
            .chain(std::iter::repeat_n(Step::After, other.len()))
            .collect();
    }
    // How many pairs the rest holds, from each pair of places on.
    let mut most = vec![0_u32; (one.len() + 1) * width];
    let at = |most: &[u32], i: usize, j: usize| most.get(i * width + j).copied().unwrap_or(0);
    for (i, line) in one.iter().enumerate().rev() {
        for (j, its) in other.iter().enumerate().rev() {
            let best = if line.pair == its.pair {
                at(&most, i + 1, j + 1) + 1
            } else {
                at(&most, i + 1, j).max(at(&most, i, j + 1))
            };
            if let Some(cell) = most.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    loop {
        let step = match (one.get(i), other.get(j)) {
            (None, None) => return steps,
            (Some(line), Some(its)) if line.pair == its.pair => Step::Both,
            (Some(_), None) => Step::Before,
            (Some(_), Some(_)) if at(&most, i + 1, j) >= at(&most, i, j + 1) => Step::Before,
            (_, Some(_)) => Step::After,
        };
        i += usize::from(step != Step::After);
        j += usize::from(step != Step::Before);
        steps.push(step);
    }
}

/// What each run's counters moved by, where that differs.
fn counted(before: &[Event], after: &[Event]) -> Vec<Counted> {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (name, by) in moved(before) {
        sums.entry(name).or_default().0 += by;
    }
    for (name, by) in moved(after) {
        sums.entry(name).or_default().1 += by;
    }
    let differ = sums
        .into_iter()
        .filter(|(_, (before, after))| before != after);
    differ
        .map(|(name, (before, after))| Counted {
            name: name.to_owned(),
            before,
            after,
        })
        .collect()
}

fn moved(events: &[Event]) -> impl Iterator<Item = (&str, i64)> {
    let changed = events.iter().filter_map(|event| match &event.body {
        EventBody::Counters(counters) => Some(&counters.deltas),
        EventBody::Call(_)
        | EventBody::KernelReset(_)
        | EventBody::Outside(_)
        | EventBody::ProcessEnded(_)
        | EventBody::Segment(_)
        | EventBody::Socket(_)
        | EventBody::Step(_)
        | EventBody::Trouble(_) => None,
    });
    changed.flatten().map(|(name, by)| (name.as_str(), *by))
}

#[cfg(test)]
mod tests;
