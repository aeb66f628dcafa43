//! Connections with RSTs to explanations, by the same diagnosis that runs and recordings get.
//!
//! Each connection is judged with the evidence that may be believed for it; all others are there as its context.

use std::collections::HashMap;

use super::beside::{self, OUT_RSTS, Reach, Sums, Ties};
use super::counters_text::CounterDeltas;
use super::trace_text::ResetTrace;
use super::tracked::Tracked;
use crate::diagnosis::causes::is_third_party;
use crate::diagnosis::finding::{Diagnosis, Finding};
use crate::diagnosis::{diagnose, diagnose_some};
use crate::event::counters::CountersMoved;
use crate::event::kernel_reset::{KernelReset, TiedBy};
use crate::event::trouble::Trouble;
use crate::event::{Event, EventBody, EventId, Source};
use crate::order::sort_by_rank;
use crate::scenario::expect::Outcome;
use crate::units::Nanos;

/// What holds for a whole capture.
#[derive(Clone, Copy, Debug)]
pub(super) struct World<'a> {
    /// The first frame's time.
    pub(super) base: u64,
    /// Frames that the capturing program says it lost.
    pub(super) lost: u64,
    pub(super) counters: Option<&'a CounterDeltas>,
    pub(super) trace: Option<&'a ResetTrace>,
    /// TCP segments of the whole capture where all of it is loopback.
    pub(super) all_segments: Option<u64>,
}

/// One connection judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) outcome: Option<Outcome>,
    /// In order of the file.
    pub(super) resets: Vec<Finding>,
}

/// What may be believed for one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Profile {
    has_holes: bool,
    has_counters: bool,
    reach: Reach,
}

/// Judges the first so many connections of the list, in its order; the others are their context.
pub(super) fn judge(all: &[&Tracked], own: usize, world: &World<'_>) -> Vec<Judged> {
    let mut events: Vec<Event> = Vec::new();
    for tracked in all {
        events.extend(tracked.events(world.base));
    }
    sort_by_rank(&mut events, |event| (event.id.0.into(), 0));
    let mut owners = HashMap::new();
    let mut rsts = Vec::new();
    for (index, tracked) in all.iter().enumerate() {
        for rst in beside::captured(tracked) {
            owners.insert(EventId(rst.frame), index);
            rsts.push(rst);
        }
    }
    rsts.sort_by_key(|rst| (rst.at, rst.frame));
    let ties = world.trace.map(|trace| Ties::new(trace, &rsts));
    let profiles: Vec<Profile> = all
        .iter()
        .map(|tracked| Profile {
            has_holes: tracked.has_holes || world.lost > 0,
            has_counters: world.counters.is_some()
                && beside::captured(tracked).all(|rst| rst.is_local),
            reach: ties
                .as_ref()
                .map_or(Reach::None, |ties| ties.reach(tracked)),
        })
        .collect();
    let mut different: Vec<Profile> = Vec::new();
    for profile in profiles.iter().take(own) {
        if !different.contains(profile) {
            different.push(*profile);
        }
    }
    let counters = world
        .counters
        .filter(|_| different.iter().any(|profile| profile.has_counters))
        .map(|counters| moved(counters, &events, &rsts, world));
    let mut judged = vec![Judged::default(); own];
    let plain = events.len();
    for profile in different {
        let evidence = add_evidence(
            &mut events,
            profile,
            counters.as_ref(),
            ties.as_ref(),
            world,
        );
        let is_own = |index: &usize| *index < own && profiles.get(*index) == Some(&profile);
        let diagnosis = diagnose_some(&events, &evidence, |rst| {
            owners.get(&rst).is_some_and(&is_own)
        });
        events.truncate(plain);
        take(diagnosis, &owners, is_own, &mut judged);
    }
    judged
}

/// Hands each finding to its connection.
fn take(
    diagnosis: Diagnosis,
    owners: &HashMap<EventId, usize>,
    is_own: impl Fn(&usize) -> bool,
    judged: &mut [Judged],
) {
    for finding in diagnosis.resets {
        let owner = owners.get(&finding.segment).copied().filter(&is_own);
        let Some(one) = owner.and_then(|index| judged.get_mut(index)) else {
            continue;
        };
        let number = usize::try_from(finding.connection).unwrap_or(0);
        let verdict = diagnosis.connections.get(number.wrapping_sub(1));
        one.outcome = one.outcome.max(verdict.map(|verdict| verdict.outcome));
        one.resets.push(finding);
    }
}

/// The counters as the diagnosis may take them: where others sent RSTs too, their number fits no reading.
fn moved(
    counters: &CounterDeltas,
    events: &[Event],
    rsts: &[beside::Captured],
    world: &World<'_>,
) -> CountersMoved {
    let local = rsts.iter().filter(|rst| rst.is_local);
    let third = diagnose(events, &[Source::Segments]).resets;
    let third = third
        .iter()
        .filter(|finding| {
            finding
                .candidates
                .iter()
                .any(|cause| is_third_party(*cause))
        })
        .count();
    let sums = beside::sums(counters, local.count(), third, world.all_segments);
    let mut deltas = counters.moved.clone();
    deltas.retain(|_, delta| *delta != 0);
    if deltas.contains_key(OUT_RSTS) || counters.of(OUT_RSTS).is_none() {
        let all = i64::try_from(rsts.len()).unwrap_or(i64::MAX);
        let said = match sums {
            Sums::Exact => all,
            Sums::NotExact => all.saturating_add(1),
        };
        deltas.insert(OUT_RSTS.to_owned(), said);
    }
    CountersMoved {
        after_step: None,
        deltas,
    }
}

/// Adds what a profile may believe and gives its sources.
fn add_evidence(
    events: &mut Vec<Event>,
    profile: Profile,
    counters: Option<&CountersMoved>,
    ties: Option<&Ties<'_>>,
    world: &World<'_>,
) -> Vec<Source> {
    let mut sources = vec![Source::Segments];
    let mut added = Vec::new();
    let mut add = |at, body| added.push((at, body));
    if profile.has_holes {
        let count = world.lost.max(1);
        add(
            Nanos(0),
            EventBody::Trouble(Trouble::SegmentsLost { count }),
        );
    }
    if let (true, Some(counters)) = (profile.has_counters, counters) {
        sources.push(Source::Counters);
        add(Nanos(u64::MAX / 2), EventBody::Counters(counters.clone()));
    }
    if let (Reach::Some | Reach::All, Some(ties)) = (profile.reach, ties) {
        sources.push(Source::KernelResets);
        for (frame, line) in ties.iter() {
            let index = events.binary_search_by_key(&frame, |event| event.id);
            let Some(rst) = index.ok().and_then(|index| events.get(index)) else {
                continue;
            };
            let body = EventBody::KernelReset(KernelReset {
                reason: line.reason.clone(),
                state: line.state.clone(),
                from: line.from,
                to: line.to,
                tied_by: TiedBy::OnlyMatch,
            });
            add(rst.at, body);
        }
        if profile.reach == Reach::Some {
            add(Nanos(0), EventBody::Trouble(Trouble::ReasonNotTied));
        }
    }
    for ((at, body), number) in added.into_iter().zip(0..) {
        events.push(Event {
            id: EventId(u32::MAX - number),
            at,
            body,
        });
    }
    sources
}
