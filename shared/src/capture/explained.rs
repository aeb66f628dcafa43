//! What `explain` says: connections, their RSTs, problems. Plain values that become JSON or lines of text.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;

use super::problems::Problem;
use crate::diagnosis::CauseId;
use crate::diagnosis::diagnose;
use crate::diagnosis::finding::{Certainty, Diagnosis, Finding};
use crate::event::{Event, Source};
use crate::remedy::in_full::in_full;
use crate::scenario::expect::Outcome;

/// Of connections that ended well, or not at all, so many are listed; all are counted.
pub const HEALTHY_LISTED: u64 = 1_000;

/// One connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionExplained {
    /// Counts from 0 in order of the first segment.
    pub id: u64,
    pub client: SocketAddr,
    pub server: SocketAddr,
    pub outcome: Outcome,
    /// No SYN told the roles apart: the higher port is called client.
    pub role_guessed: bool,
    /// Segments, copies left out.
    pub segments: u64,
    pub resets: Vec<ResetExplained>,
    /// RSTs beyond those explained.
    #[serde(skip_serializing_if = "is_zero")]
    pub resets_not_explained: u32,
    /// What was kept of its segments, where that was asked for; ids are frame numbers.
    #[serde(skip)]
    pub kept: Vec<Event>,
    /// Of the RSTs all that the diagnosis says, where the segments were asked for; events are frames.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

impl ConnectionExplained {
    /// The verdict on this connection, for a picture of what was kept of it.
    ///
    /// Its RSTs are as they were judged with everything around them; the rest is said of the kept segments alone.
    pub fn diagnosis(&self) -> Diagnosis {
        let alone = diagnose(&self.kept, &[Source::Segments]);
        let decides = self.findings.iter().find(|finding| finding.accepted);
        let (headline, explanation) = match decides {
            Some(finding) => (finding.headline.clone(), finding.explanation.clone()),
            None => (alone.headline, alone.explanation),
        };
        let mut connections = alone.connections;
        connections.truncate(1);
        for verdict in &mut connections {
            verdict.outcome = self.outcome;
        }
        let number = connections.first().map_or(1, |verdict| verdict.id);
        let resets = self.findings.iter().map(|finding| Finding {
            connection: number,
            ..finding.clone()
        });
        Diagnosis {
            outcome: self.outcome,
            headline,
            explanation,
            resets: resets.collect(),
            connections,
            // A capture holds segments and no calls.
            unix: Vec::new(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One RST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResetExplained {
    /// Counts from 1 in the file.
    pub frame: u32,
    /// `client`, `server`, `third-party`; in a recording an endpoint's name.
    pub sent_by: String,
    pub cause: CauseId,
    pub certainty: Certainty,
    /// Whether the receiver could take it: an unacceptable RST ends nothing.
    pub accepted: bool,
    /// Every cause left open, the likeliest first.
    pub candidates: Vec<CauseId>,
    /// The kernel's own word, where a trace had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_reason: Option<String>,
    /// One sentence.
    pub headline: String,
    pub explanation: String,
    pub fix: String,
}

impl From<Finding> for ResetExplained {
    fn from(finding: Finding) -> Self {
        let explanation = in_full(&finding);
        Self {
            frame: finding.segment.0,
            sent_by: finding.sent_by,
            cause: finding.cause,
            certainty: finding.certainty,
            accepted: finding.accepted,
            candidates: finding.candidates,
            kernel_reason: finding.kernel_reason,
            headline: finding.headline,
            explanation,
            fix: finding.fix,
        }
    }
}

/// All of a capture counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    pub connections: u64,
    /// Of these, listed one by one.
    pub listed: u64,
    /// By outcome: `closed`, `open`, `refused`, `reset`, `timed-out`.
    pub outcomes: BTreeMap<&'static str, u64>,
    pub resets: u64,
    /// By the cause named first.
    pub causes: BTreeMap<CauseId, u64>,
    /// RSTs by the server's port.
    pub ports: BTreeMap<u16, u64>,
    /// TCP segments, copies left out.
    pub segments: u64,
    /// Copies of a segment that was seen at several places.
    pub copies: u64,
    /// Frames that the capturing program says it lost.
    pub lost: u64,
    /// All problems, also those not listed.
    pub problems: u64,
}

impl Summary {
    /// At most so many ports are counted one by one.
    const PORTS: usize = 65_536;

    /// Counts a connection; only those of `new` resets that were not counted before.
    pub(super) fn count(&mut self, one: &ConnectionExplained) {
        *self.outcomes.entry(one.outcome.name()).or_default() += 1;
        self.count_resets(one);
    }

    pub(super) fn count_resets(&mut self, one: &ConnectionExplained) {
        let all = one.resets.len() as u64 + u64::from(one.resets_not_explained);
        self.resets += all;
        for reset in &one.resets {
            *self.causes.entry(reset.cause).or_default() += 1;
        }
        if all > 0 && self.ports.len() < Self::PORTS {
            *self.ports.entry(one.server.port()).or_default() += all;
        }
    }
}

/// A whole file explained. Fields in the order in which they are printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explained {
    pub format: u32,
    /// Those not taken before, in order of the first segment.
    pub connections: Vec<ConnectionExplained>,
    pub problems: Vec<Problem>,
    pub summary: Summary,
    /// Frames in the file.
    pub packets: u32,
}

impl Explained {
    /// The same of a recording: all sources, endpoints by name, frames counted as its segments.
    pub fn of_recording(events: &[Event], diagnosis: Diagnosis) -> Self {
        let mut summary = Summary::default();
        let mut resets: BTreeMap<u32, Vec<ResetExplained>> = BTreeMap::new();
        for finding in diagnosis.resets {
            let own = resets.entry(finding.connection).or_default();
            own.push(finding.into());
        }
        let all = crate::connection::Connections::from_events(events);
        let mut connections = Vec::new();
        for verdict in diagnosis.connections {
            let segments = all.with_id(verdict.id).map_or(0, |one| one.segments.len());
            let one = ConnectionExplained {
                id: u64::from(verdict.id).saturating_sub(1),
                client: verdict.client_address,
                server: verdict.server_address,
                outcome: verdict.outcome,
                role_guessed: verdict.role_guessed,
                segments: segments as u64,
                resets: resets.remove(&verdict.id).unwrap_or_default(),
                resets_not_explained: 0,
                kept: Vec::new(),
                findings: Vec::new(),
            };
            summary.count(&one);
            summary.connections += 1;
            summary.listed += 1;
            summary.segments += one.segments;
            connections.push(one);
        }
        let packets = u32::try_from(summary.segments).unwrap_or(u32::MAX);
        Self {
            format: 1,
            connections,
            problems: Vec::new(),
            summary,
            packets,
        }
    }

    /// Leaves only connections with this port at either end.
    pub fn keep_port(&mut self, port: u16) {
        self.connections
            .retain(|one| one.client.port() == port || one.server.port() == port);
        let mut summary = Summary::default();
        for one in &self.connections {
            summary.count(one);
            summary.connections += 1;
            summary.listed += 1;
            summary.segments += one.segments;
        }
        self.summary = summary;
    }
}
