//! A run with its verdict: what happened, why, and whether that was expected. Pure, over `shared`.

use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::distribution::summary::outcome_key;
use aftershake_shared::expectation::{self, ClaimTried, Met};
use aftershake_shared::recording::Recording;
use aftershake_shared::scenario::Scenario;

use crate::commands::internal;

/// A recording, diagnosed and compared with its scenario's expectation and claims.
#[derive(Debug)]
pub struct Judged {
    pub recording: Recording,
    pub scenario: Scenario,
    pub diagnosis: Diagnosis,
    pub expectation: Met,
    pub claims: Vec<ClaimTried>,
}

/// A recording, diagnosed. Its scenario need not be one that can be read: what happened is in its events.
#[derive(Debug)]
pub struct Diagnosed {
    pub recording: Recording,
    pub diagnosis: Diagnosis,
}

impl Diagnosed {
    /// Diagnoses.
    pub fn new(recording: Recording) -> Self {
        let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
        Self {
            recording,
            diagnosis,
        }
    }
}

impl Judged {
    /// Diagnoses and compares.
    ///
    /// # Errors
    /// When the recording's own scenario cannot be read, which its worker had read.
    pub fn new(recording: Recording) -> Result<Self, Failure> {
        let scenario = recording
            .header
            .scenario
            .parse()
            .map_err(|error| internal(&error))?;
        let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
        let expectation = expectation::expected(&scenario, &recording.events, &diagnosis);
        let claims = expectation::claims(&scenario, &recording.events, &diagnosis);
        Ok(Self {
            recording,
            scenario,
            diagnosis,
            expectation,
            claims,
        })
    }

    /// Whether everything was as the scenario says.
    pub fn is_met(&self) -> bool {
        self.expectation.met
            && self
                .claims
                .iter()
                .all(|claim| claim.holds == claim.expected)
    }

    /// What was not, a line each.
    pub fn mismatches(&self) -> Vec<String> {
        expectation::sentences(&self.expectation, &self.claims)
    }

    /// How it ended in one word, as a distribution counts it: `reset:linger-zero-close`, `closed`.
    pub fn outcome_key(&self) -> String {
        outcome_key(&self.diagnosis)
    }
}
