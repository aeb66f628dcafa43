//! Why a connection ended: every RST asked of every cause, on the evidence of the events alone.
//!
//! Pure: the same events give the same diagnosis on every machine and in the browser. Never reads
//! `[expect]`, names or story.

mod calls;
pub mod cause_id;
pub mod causes;
mod counters;
mod ending;
mod ends;
pub mod finding;
mod headline;
mod held;
mod kernel_reasons;
mod outcome;
mod outside;
mod reset;
mod run;
mod samples;
mod saw;
mod shape;
mod unix;
mod weigh;
mod written;

use crate::connection::Connections;
use crate::event::{Event, EventId, Source};
use crate::order::sort_by_rank;
use finding::{ConnectionVerdict, Diagnosis, Finding};
use run::Run;
use weigh::Weighed;

pub use cause_id::CauseId;

/// Explains a run or a capture.
///
/// `events` in order of time; `evidence` names the sources that were recorded, so that the absence of an
/// event can be evidence too.
pub fn diagnose(events: &[Event], evidence: &[Source]) -> Diagnosis {
    diagnose_connections(events, evidence, &Connections::from_events(events))
}

/// As [`diagnose`], with findings for these RSTs alone; the others are weighed, as their context.
pub(crate) fn diagnose_some(
    events: &[Event],
    evidence: &[Source],
    is_wanted: impl Fn(EventId) -> bool,
) -> Diagnosis {
    explained(
        events,
        evidence,
        &Connections::from_events(events),
        is_wanted,
    )
}

/// As [`diagnose`], with the connections rebuilt from the same events before.
pub fn diagnose_connections(
    events: &[Event],
    evidence: &[Source],
    connections: &Connections,
) -> Diagnosis {
    explained(events, evidence, connections, |_| true)
}

fn explained(
    events: &[Event],
    evidence: &[Source],
    connections: &Connections,
    is_wanted: impl Fn(EventId) -> bool,
) -> Diagnosis {
    let run = Run::new(events, evidence, connections);
    let resets = reset::all(&run);
    let weighed = weigh::weigh(&run, &resets);
    let mut verdicts: Vec<ConnectionVerdict> = Vec::new();
    let mut rest = weighed.as_slice();
    for connection in connections {
        // Findings come in the order of their connections, so each is looked at once.
        let of_this = rest
            .iter()
            .take_while(|one| one.reset.connection.id == connection.id)
            .count();
        let (own, others) = rest.split_at_checked(of_this).unwrap_or((rest, &[]));
        rest = others;
        verdicts.push(verdict(&run, connection, own));
    }
    let mut findings: Vec<Finding> = weighed
        .iter()
        .filter(|one| is_wanted(one.reset.sent.event))
        .map(|one| {
            let index = usize::try_from(one.reset.connection.id).unwrap_or(0);
            let saw = verdicts
                .get(index.wrapping_sub(1))
                .map(|v| v.saw.as_slice());
            one.finding(&run, saw.unwrap_or_default())
        })
        .collect();
    sort_by_rank(&mut findings, |finding| (finding.segment.0.into(), 0));
    let unix = unix::verdicts(&run);
    let outcome = outcome::of_run(&verdicts, &unix);
    let (headline, explanation) = headline::of_run(&run, &verdicts, &findings, &unix);
    Diagnosis {
        outcome,
        headline,
        explanation,
        connections: verdicts,
        resets: findings,
        unix,
    }
}

fn verdict(
    run: &Run<'_>,
    connection: &crate::connection::Connection,
    resets: &[Weighed<'_>],
) -> ConnectionVerdict {
    ConnectionVerdict {
        id: connection.id,
        client: connection.client.name.clone(),
        server: connection.server.name.clone(),
        client_address: connection.client.address,
        server_address: connection.server.address,
        role_guessed: connection.role_guessed,
        outcome: outcome::of_connection(run, connection, resets),
        saw: saw::saw(run, connection, resets),
    }
}

#[cfg(test)]
mod tests;
