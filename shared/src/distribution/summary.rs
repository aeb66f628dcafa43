//! What is kept of one run among many: how it ended, why, and what its programs were told.

use serde::{Deserialize, Serialize};

use crate::diagnosis::diagnose;
use crate::diagnosis::finding::{Certainty, Diagnosis};
use crate::event::Event;
use crate::event::step_progress::StepResult;
use crate::expectation::{self, decisive, step_results};
use crate::recording::Environment;
use crate::scenario::Scenario;

/// Answers that are kept of one run: a scenario of many endpoints has thousands.
const MOST_ANSWERS: usize = 12;

/// One run in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunSummary {
    /// Counts from 0.
    pub number: u64,
    /// Which of the values it had; 0 when nothing was varied.
    pub bin: u32,
    /// Seeds its random choices.
    pub seed: u64,
    /// How it ended and why: `reset:linger-zero-close`, `closed`.
    pub key: String,
    /// Whether it was as its scenario says.
    pub met: bool,
    /// What was not, a sentence each.
    pub mismatches: Vec<String>,
    /// What its programs were told, `client.reply = ECONNRESET`, of steps that tell more than that they are done.
    pub answers: Vec<String>,
}

/// How a run ended in one word, as a distribution counts it: the outcome, `:` and the first cause, `+uncertain`
/// when the evidence leaves more than one.
pub fn outcome_key(diagnosis: &Diagnosis) -> String {
    let outcome = diagnosis.outcome;
    match decisive(diagnosis) {
        None => outcome.name().to_owned(),
        Some(reset) => {
            let doubt = if reset.certainty == Certainty::Certain {
                ""
            } else {
                "+uncertain"
            };
            format!("{outcome}:{}{doubt}", reset.cause)
        }
    }
}

impl RunSummary {
    /// Diagnoses a run by itself, with the same code as a run alone.
    pub fn of_run(
        (number, bin, seed): (u64, u32, u64),
        scenario: &Scenario,
        events: &[Event],
        environment: &Environment,
    ) -> Self {
        let diagnosis = diagnose(events, &environment.evidence);
        let met = expectation::expected(scenario, events, &diagnosis);
        let claims = expectation::claims(scenario, events, &diagnosis);
        let mismatches = expectation::sentences(&met, &claims);
        Self {
            number,
            bin,
            seed,
            key: outcome_key(&diagnosis),
            met: mismatches.is_empty(),
            mismatches,
            answers: answers(scenario, events),
        }
    }
}

fn answers(scenario: &Scenario, events: &[Event]) -> Vec<String> {
    let results = step_results(scenario, events);
    let told = scenario.steps.iter().zip(results);
    told.filter(|(_, result)| *result != StepResult::Done)
        .map(|(step, result)| format!("{}.{} = {result}", step.by, step.label()))
        .take(MOST_ANSWERS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;

    #[test]
    fn a_real_run_becomes_a_line() {
        let text = include_str!("../../../web/tests/recordings/sent-before-close.jsonl");
        let Recording { header, events } = Recording::from_json_lines(text).unwrap();
        let scenario = header.scenario.parse().unwrap();
        let found = RunSummary::of_run((3, 1, 7), &scenario, &events, &header.environment);
        assert_eq!(found.key, "reset:close-with-unread-data");
        assert!(found.met);
        assert!(
            found
                .answers
                .contains(&"client.reply = ECONNRESET".to_owned()),
            "{:?}",
            found.answers
        );
    }
}
