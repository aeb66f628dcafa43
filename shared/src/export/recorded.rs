//! A recording as a file of its own: its closing line says the verdict, for readers without our code.
//!
//! Whoever has our code judges the events anew and never reads it back, so an old verdict cannot outlive its reasons.

use serde::Serialize;

use crate::diagnosis::CauseId;
use crate::diagnosis::finding::{Certainty, Diagnosis, Finding, Saw};
use crate::event::EventId;
use crate::recording::Recording;
use crate::scenario::expect::Outcome;

/// The last line: how many events there were, so that a cut file is noticed, and what they amount to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Closing<'a> {
    /// How many events came before this line.
    pub events: u64,
    /// What the version that wrote the file said of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict<'a>>,
}

/// A run's verdict in words.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict<'a> {
    /// Of several connections the gravest.
    pub outcome: Outcome,
    /// What happened, in one sentence.
    pub headline: &'a str,
    /// Why, in two or three; empty where the headline says all.
    pub explanation: &'a str,
    /// Every RST, in order of time.
    pub resets: Vec<Reset<'a>>,
    /// The calls through which the programs met the end.
    pub saw: Vec<Seen<'a>>,
}

/// One RST explained; the fields are those of `run --json`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reset<'a> {
    pub connection: u32,
    pub sent_by: &'a str,
    pub cause: CauseId,
    pub certainty: Certainty,
    pub candidates: &'a [CauseId],
    /// The event of the RST itself.
    pub segment: EventId,
    pub accepted: bool,
    pub headline: &'a str,
    pub explanation: &'a str,
    pub fix: &'a str,
    /// The events that it rests on.
    pub evidence: Vec<EventId>,
}

/// One call and what it was told.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Seen<'a> {
    pub by: &'a str,
    /// The event of the call.
    pub call: EventId,
    /// `recv(1024)`.
    pub signature: &'a str,
    /// `ECONNRESET`, `EOF`, `0`.
    pub result: &'a str,
    /// Why exactly this result.
    pub because: &'a str,
}

/// Writes the file's text.
pub fn write(recording: &Recording, diagnosis: &Diagnosis) -> String {
    recording.closed_by(&Closing {
        events: recording.events.len() as u64,
        verdict: Some(verdict(diagnosis)),
    })
}

fn verdict(diagnosis: &Diagnosis) -> Verdict<'_> {
    Verdict {
        outcome: diagnosis.outcome,
        headline: &diagnosis.headline,
        explanation: &diagnosis.explanation,
        resets: diagnosis.resets.iter().map(reset).collect(),
        saw: diagnosis.saw().map(seen).collect(),
    }
}

fn reset(finding: &Finding) -> Reset<'_> {
    Reset {
        connection: finding.connection,
        sent_by: &finding.sent_by,
        cause: finding.cause,
        certainty: finding.certainty,
        candidates: &finding.candidates,
        segment: finding.segment,
        accepted: finding.accepted,
        headline: &finding.headline,
        explanation: &finding.explanation,
        fix: &finding.fix,
        evidence: finding.evidence.iter().map(|cited| cited.event).collect(),
    }
}

fn seen(saw: &Saw) -> Seen<'_> {
    Seen {
        by: &saw.by,
        call: saw.call,
        signature: &saw.signature,
        result: &saw.result,
        because: &saw.because,
    }
}
