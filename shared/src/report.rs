//! One run as the JSON object of `run --json`, and as text for people.
//!
//! Field names are fixed by the command line's contract; more may be added, none renamed.

pub mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::connection::Connections;
use crate::diagnosis::CauseId;
use crate::diagnosis::finding::{Certainty, Diagnosis, Finding};
use crate::event::call::CallReturned;
use crate::event::{Event, EventBody, EventId};
use crate::expectation::{ClaimTried, Met, claims, expected, step_results};
use crate::recording::{Environment, Recording};
use crate::remedy::in_full::in_full;
use crate::remedy::origin::Origin;
use crate::scenario::Scenario;
use crate::scenario::expect::Outcome;

/// Version of the object.
pub const FORMAT: u32 = 1;

/// The object of `run --json` and `exec --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    pub format: u32,
    pub scenario: ScenarioNamed,
    pub environment: Environment,
    pub outcome: Outcome,
    pub headline: String,
    pub explanation: String,
    /// TCP connections, then pairs of `AF_UNIX` sockets.
    pub connections: Vec<ConnectionRow>,
    pub resets: Vec<ResetRow>,
    pub expectation: Met,
    pub claims: Vec<ClaimTried>,
    pub steps: Vec<StepRow>,
    /// In order of time.
    pub segments: Vec<SegmentRow>,
    pub calls: Vec<CallRow>,
    /// Summed over the run.
    pub counters: BTreeMap<String, i64>,
    /// What made the evidence weaker than it could be, in words.
    pub troubles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScenarioNamed {
    pub name: String,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionRow {
    pub id: u32,
    pub client: String,
    pub server: String,
    pub outcome: Outcome,
    /// It is a pair of `AF_UNIX` sockets: no TCP, no segment, no RST. Absent for a TCP connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unix: Option<UnixRow>,
}

/// How a pair of `AF_UNIX` sockets ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnixRow {
    /// The listener's name in the abstract namespace.
    pub name: String,
    pub headline: String,
    pub explanation: String,
    /// What to change; empty where nothing went wrong.
    pub fix: String,
    /// The function of the kernel that did it; empty while nothing has.
    pub kernel_function: &'static str,
    /// The calls that this rests on.
    pub evidence: Vec<EventId>,
}

/// One RST explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResetRow {
    pub connection: u32,
    pub sent_by: String,
    pub cause: CauseId,
    pub certainty: Certainty,
    pub candidates: Vec<CauseId>,
    pub segment: EventId,
    pub accepted: bool,
    pub kernel_asked: bool,
    pub kernel_reason: Option<String>,
    pub headline: String,
    pub explanation: String,
    pub fix: String,
    pub fix_code: String,
    /// The functions of the kernel, from the outermost to the one that writes the RST.
    pub kernel_function: String,
    /// The counters that move with it.
    pub counters: &'static str,
    pub rfc: String,
    pub evidence: Vec<EventId>,
    pub ruled_out: Vec<RuledOutRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuledOutRow {
    pub cause: CauseId,
    pub because: String,
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepRow {
    pub name: String,
    pub by: String,
    pub result: String,
}

/// One segment in relative numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SegmentRow {
    pub id: EventId,
    pub connection: u32,
    pub at_ns: u64,
    /// The endpoint whose address it claims.
    pub from: String,
    pub flags: String,
    pub seq: u32,
    /// 0 when ACK is not set.
    pub ack: u32,
    /// Payload bytes.
    pub len: u32,
    /// The window field, not scaled.
    pub win: u16,
}

/// One system call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallRow {
    pub id: EventId,
    /// `None` for calls on a listener.
    pub connection: Option<u32>,
    pub at_ns: u64,
    pub took_ns: u64,
    pub parked_ns: u64,
    pub by: String,
    /// The step's name, or what it does; `None` for a program that is not scripted.
    pub step: Option<String>,
    /// The system call.
    pub call: String,
    /// As a programmer writes it: `recv(1024)`.
    pub signature: String,
    /// The number returned, or the errno's name.
    pub result: String,
    /// What it did that its result does not say: `another descriptor is open, so nothing was sent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl Report {
    /// The whole report of one run. A scenario that no longer parses leaves title, steps and claims empty.
    pub fn new(recording: &Recording, diagnosis: &Diagnosis) -> Self {
        let events = &recording.events;
        let text = &recording.header.scenario;
        let scenario = text.parse().ok();
        let connections = Connections::from_events(events);
        let title = scenario
            .as_ref()
            .map_or("", |scenario| scenario.title.as_str());
        Self {
            format: FORMAT,
            scenario: ScenarioNamed {
                name: text.name.clone(),
                title: title.to_owned(),
            },
            environment: recording.header.environment.clone(),
            outcome: diagnosis.outcome,
            headline: diagnosis.headline.clone(),
            explanation: diagnosis.explanation.clone(),
            connections: connection_rows(diagnosis),
            resets: diagnosis.resets.iter().map(ResetRow::from).collect(),
            expectation: scenario.as_ref().map_or_else(
                || Met {
                    met: true,
                    mismatches: Vec::new(),
                },
                |scenario| expected(scenario, events, diagnosis),
            ),
            claims: scenario
                .as_ref()
                .map(|scenario| claims(scenario, events, diagnosis))
                .unwrap_or_default(),
            steps: step_rows(scenario.as_ref(), events),
            segments: segment_rows(events, &connections),
            calls: call_rows(events, &connections, scenario.as_ref()),
            counters: counters(events),
            troubles: troubles(events),
        }
    }

    /// The report as one line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<&Finding> for ResetRow {
    fn from(finding: &Finding) -> Self {
        let mut evidence: Vec<_> = finding.evidence.iter().map(|cited| cited.event).collect();
        evidence.dedup();
        let ruled_out = finding.ruled_out.iter();
        Self {
            connection: finding.connection,
            sent_by: finding.sent_by.clone(),
            cause: finding.cause,
            certainty: finding.certainty,
            candidates: finding.candidates.clone(),
            segment: finding.segment,
            accepted: finding.accepted,
            kernel_asked: finding.kernel_asked,
            kernel_reason: finding.kernel_reason.clone(),
            headline: finding.headline.clone(),
            explanation: in_full(finding),
            fix: finding.fix.clone(),
            fix_code: finding.fix_code.clone(),
            kernel_function: Origin::of(finding.cause).functions_over(finding.over_ipv6),
            counters: Origin::of(finding.cause).counters,
            rfc: finding.rfc.clone(),
            evidence,
            ruled_out: ruled_out
                .map(|out| RuledOutRow {
                    cause: out.cause,
                    because: out.because.clone(),
                })
                .collect(),
        }
    }
}

fn connection_rows(diagnosis: &Diagnosis) -> Vec<ConnectionRow> {
    let connections = diagnosis.connections.iter();
    let connections = connections.map(|connection| ConnectionRow {
        id: connection.id,
        client: connection.client.clone(),
        server: connection.server.clone(),
        outcome: connection.outcome,
        unix: None,
    });
    let pairs = diagnosis.unix.iter().map(|pair| ConnectionRow {
        id: pair.id,
        client: pair.client.clone(),
        server: pair.server.clone(),
        outcome: pair.outcome,
        unix: Some(UnixRow {
            name: pair.name.clone(),
            headline: pair.headline.clone(),
            explanation: pair.explanation.clone(),
            fix: pair.fix.clone(),
            kernel_function: pair.kernel_function,
            evidence: pair.evidence.iter().map(|cited| cited.event).collect(),
        }),
    });
    connections.chain(pairs).collect()
}

fn step_rows(scenario: Option<&Scenario>, events: &[Event]) -> Vec<StepRow> {
    let Some(scenario) = scenario else {
        return Vec::new();
    };
    let results = step_results(scenario, events);
    let steps = scenario.steps.iter().zip(results);
    steps
        .map(|(step, result)| StepRow {
            name: step.label().to_owned(),
            by: step.by.clone(),
            result: result.to_string(),
        })
        .collect()
}

fn segment_rows(events: &[Event], connections: &Connections) -> Vec<SegmentRow> {
    let segments = events
        .iter()
        .filter_map(|event| connections.segment(event.id));
    segments
        .map(|(connection, sent)| SegmentRow {
            id: sent.event,
            connection: connection.id,
            at_ns: sent.at.0,
            from: connection.name(sent.from).to_owned(),
            flags: sent.segment.flags.to_string(),
            seq: connection.relative_seq(sent),
            ack: connection.relative_ack(sent).unwrap_or(0),
            len: sent.segment.payload_len,
            win: sent.segment.window,
        })
        .collect()
}

fn call_rows(
    events: &[Event],
    connections: &Connections,
    scenario: Option<&Scenario>,
) -> Vec<CallRow> {
    let mut rows = Vec::new();
    for event in events {
        if let EventBody::Call(call) = &event.body {
            rows.push(call_row(event, call, connections, scenario));
        }
    }
    rows
}

fn call_row(
    event: &Event,
    call: &CallReturned,
    connections: &Connections,
    scenario: Option<&Scenario>,
) -> CallRow {
    let on_listener = connections.listener(call.socket).is_some();
    let connection = connections.connection_of(event.id).filter(|_| !on_listener);
    let pair = connections.unix_pair_of(event.id).map(|pair| pair.id);
    let step = call.step.and_then(|step| usize::try_from(step).ok());
    let step = step.and_then(|step| scenario?.steps.get(step));
    CallRow {
        id: event.id,
        connection: connection.map(|connection| connection.id).or(pair),
        at_ns: event.at.0,
        took_ns: call.took.0,
        parked_ns: call.parked.0,
        by: call.by.clone(),
        step: step.map(|step| step.label().to_owned()),
        call: call.call.name().to_owned(),
        signature: call.signature(),
        result: call.result.to_string(),
        remark: call.remark(),
    }
}

fn counters(events: &[Event]) -> BTreeMap<String, i64> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for event in events {
        if let EventBody::Counters(moved) = &event.body {
            for (name, delta) in &moved.deltas {
                *sums.entry(name.clone()).or_default() += delta;
            }
        }
    }
    sums.retain(|_, delta| *delta != 0);
    sums
}

fn troubles(events: &[Event]) -> Vec<String> {
    let mut troubles = Vec::new();
    for event in events {
        if let EventBody::Trouble(trouble) = &event.body {
            troubles.push(trouble.to_string());
        }
    }
    troubles
}

#[cfg(test)]
mod tests;
