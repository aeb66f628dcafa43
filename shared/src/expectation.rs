//! Compares a run with what its scenario expects: `[expect]`, and each claim's predicate.
//!
//! Comes after the diagnosis and never goes into it.

use serde::Serialize;

use crate::diagnosis::finding::{Diagnosis, Finding};
use crate::event::step_progress::{Progress, StepResult};
use crate::event::{Event, EventBody};
use crate::scenario::Scenario;
use crate::scenario::expect::Expectation;

/// Whether a run was as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Met {
    pub met: bool,
    /// What differed, one sentence each: `outcome: expected reset, found closed`.
    pub mismatches: Vec<String>,
}

/// A claim put to the test of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClaimTried {
    /// The claim in its author's words.
    pub text: String,
    /// Whether its predicate holds on this run.
    pub holds: bool,
    /// Whether the scenario expects it to hold.
    pub expected: bool,
}

/// How each step of the scenario ended, in the scenario's order; `not-run` for one without any progress.
pub fn step_results(scenario: &Scenario, events: &[Event]) -> Vec<StepResult> {
    let mut results = vec![StepResult::NotRun; scenario.steps.len()];
    for event in events {
        let EventBody::Step(step) = &event.body else {
            continue;
        };
        let Some(result) = usize::try_from(step.step)
            .ok()
            .and_then(|step| results.get_mut(step))
        else {
            continue;
        };
        match &step.progress {
            Progress::Finished(finished) => result.clone_from(finished),
            Progress::Started | Progress::Parked => {
                if *result == StepResult::NotRun {
                    *result = StepResult::Waiting;
                }
            }
        }
    }
    results
}

/// Compares with `[expect]`; a scenario without one is met by every run.
pub fn expected(scenario: &Scenario, events: &[Event], diagnosis: &Diagnosis) -> Met {
    let mismatches = scenario
        .expect
        .as_ref()
        .map(|expect| mismatches(expect, scenario, events, diagnosis))
        .unwrap_or_default();
    Met {
        met: mismatches.is_empty(),
        mismatches,
    }
}

/// Tries every claim.
pub fn claims(scenario: &Scenario, events: &[Event], diagnosis: &Diagnosis) -> Vec<ClaimTried> {
    let claims = scenario.claims.iter();
    claims
        .map(|claim| ClaimTried {
            text: claim.text.clone(),
            holds: mismatches(&claim.predicate(), scenario, events, diagnosis).is_empty(),
            expected: claim.holds,
        })
        .collect()
}

/// What was not as the scenario says, a line each: its `[expect]`, then its claims.
pub fn sentences(met: &Met, claims: &[ClaimTried]) -> Vec<String> {
    let claims = claims.iter().filter(|claim| claim.holds != claim.expected);
    let claims = claims.map(|claim| {
        let (expected, found) = (claim.expected, claim.holds);
        format!(
            "{}: expected holds = {expected}, found {found}",
            claim_subject(&claim.text)
        )
    });
    met.mismatches.iter().cloned().chain(claims).collect()
}

/// Everything that the scenario says of its runs, each by the words that [`sentences`] begin with before the `:`.
pub fn subjects(scenario: &Scenario) -> Vec<String> {
    let mut subjects = Vec::new();
    if let Some(expect) = &scenario.expect {
        let single = [
            ("outcome", expect.outcome.is_some()),
            ("reset_by", expect.reset_by.is_some()),
            ("cause", expect.cause.is_some()),
        ];
        let given = single.into_iter().filter(|(_, given)| *given);
        subjects.extend(given.map(|(name, _)| name.to_owned()));
        subjects.extend(expect.returns.keys().map(|key| returns_subject(key)));
    }
    let claims = scenario.claims.iter();
    subjects.extend(claims.map(|claim| claim_subject(&claim.text)));
    subjects
}

fn claim_subject(text: &str) -> String {
    format!("claim \"{text}\"")
}

fn returns_subject(key: &str) -> String {
    format!("returns.\"{key}\"")
}

/// What differs between a predicate and a run; empty when it holds.
pub fn mismatches(
    expect: &Expectation,
    scenario: &Scenario,
    events: &[Event],
    diagnosis: &Diagnosis,
) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(outcome) = expect.outcome
        && outcome != diagnosis.outcome
    {
        found.push(differs("outcome", outcome.name(), diagnosis.outcome.name()));
    }
    let decisive = decisive(diagnosis);
    if let Some(by) = &expect.reset_by {
        let sent_by = decisive.map_or("nobody", |finding| finding.sent_by.as_str());
        if by != sent_by {
            found.push(differs("reset_by", by, sent_by));
        }
    }
    if let Some(cause) = &expect.cause {
        let named = decisive.map_or("no reset", |finding| finding.cause.slug());
        if cause != named {
            found.push(differs("cause", cause, named));
        }
    }
    let results = step_results(scenario, events);
    for (key, answer) in &expect.returns {
        let subject = returns_subject(key);
        let step = match scenario.step_named(key) {
            Ok(step) => step,
            Err(message) => {
                found.push(format!("{subject}: {message}"));
                continue;
            }
        };
        let result = results.get(step).unwrap_or(&StepResult::NotRun).to_string();
        if answer.0 != result {
            let line = scenario.steps.get(step).map_or(0, |step| step.line);
            let place = format!("(step {}, line {line})", step + 1);
            found.push(format!("{} {place}", differs(&subject, &answer.0, &result)));
        }
    }
    found
}

/// The RST that decided the run: of the gravest connection the first accepted, else the first of all.
pub fn decisive(diagnosis: &Diagnosis) -> Option<&Finding> {
    let gravest: Vec<u32> = diagnosis
        .connections
        .iter()
        .filter(|connection| connection.outcome == diagnosis.outcome)
        .map(|connection| connection.id)
        .collect();
    let resets = diagnosis.resets.iter();
    resets
        .clone()
        .find(|finding| finding.accepted && gravest.contains(&finding.connection))
        .or_else(|| resets.clone().find(|finding| finding.accepted))
        .or_else(|| diagnosis.resets.first())
}

fn differs(subject: &str, expected: &str, found: &str) -> String {
    format!("{subject}: expected {expected}, found {found}")
}

#[cfg(test)]
mod tests;
